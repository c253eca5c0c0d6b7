"""The security headers of every response, compared by value."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from govern.web import security
from tests.browse import Browser

CLOSED = {
    "default-src": "'self'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self' 'nonce-{nonce}'",
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
PAGES = {"a page": ("/logga-in", 200), "an error": ("/finns-inte", 404), "a way on": ("/", 303)}


@pytest.mark.parametrize(("address", "status"), PAGES.values(), ids=PAGES)
def test_what_an_answer_closes(app: Flask, address: str, status: int) -> None:
    """The policy has these directives and no others."""
    answer = app.test_client().get(address)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "Expires" not in answer.headers
    policy = answer.headers["Content-Security-Policy"]
    (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
    told = dict(part.split(" ", 1) for part in policy.split("; "))
    assert told == {name: value.format(nonce=nonce) for name, value in CLOSED.items()}


def test_no_two_answers_have_the_same_nonce() -> None:
    """Every nonce has at least 128 random bits."""
    small = Flask("small")
    security.init_app(small, https=False)
    policies = [small.test_client().get("/").headers["Content-Security-Policy"] for _ in range(20)]
    nonces = {re.findall(r"'nonce-([^']+)'", policy)[0] for policy in policies}
    assert len(nonces) == 20
    assert min(map(len, nonces)) >= 22


def test_https_stays_https(app: Flask) -> None:
    """HSTS lasts a year and covers subdomains (ASVS 5.0 3.4.1); without https it is not sent."""
    assert "Strict-Transport-Security" not in app.test_client().get("/logga-in").headers
    secured = Flask("secured")
    security.init_app(secured, https=True)
    secured.add_url_rule("/", "index", lambda: "x")
    answer = secured.test_client().get("/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_who_may_keep_an_answer(app: Flask) -> None:
    """Static files are cached for good, shared pages for their time, privately in a session, and others never."""
    small = Flask("small", static_folder=str(app.static_folder))
    small.config["SESSION_COOKIE_NAME"] = "session"
    security.init_app(small, https=False)
    small.add_url_rule("/shared", "shared", security.shared(60)(lambda: "x"))
    small.add_url_rule("/own", "own", lambda: "x")
    small.add_url_rule("/gone", "gone", security.shared(60)(lambda: ("x", 404)))
    client = small.test_client()

    def kept(address: str) -> str | None:
        return client.get(address).headers["Cache-Control"]

    assert kept("/shared") == "public, max-age=60"
    assert kept("/own") == kept("/gone") == "no-store, private"
    assert kept("/static/css/none.css") == "no-store, private"
    client.set_cookie("session", "x")
    assert kept("/shared") == "private, max-age=60"
    assert kept("/own") == "no-store, private"


def test_what_is_static_is_kept_for_a_year(browse: Callable[..., Browser]) -> None:
    page = browse().get("/logga-in")
    address = page.find('link[rel="stylesheet"]').attributes["href"]
    answer = browse().answer(str(address))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
