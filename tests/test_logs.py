"""The server's log: JSON lines with request numbers and without user content."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from govern import create_app
from govern.config import Settings
from govern.web import logs
from tests.browse import Browser

SECRET = "hemliga orden om upphandlingen"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Configure logging as the server does, to a stream; restore pytest's handlers afterwards."""
    handlers, level = logging.root.handlers[:], logging.root.level
    written = io.StringIO()
    logs.configure("INFO", written)
    yield written
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    logging.captureWarnings(capture=False)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    """Return the logged lines."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_a_numbered_line(browse: Callable[..., Browser], stream: io.StringIO) -> None:
    """The line has route, status and duration, but not the URL, which may hold a token or a search query."""
    browser = browse("cilla")
    answer = browser.client.get(f"/sok?q={SECRET}")
    line = lines(stream)[-1]
    assert (line["route"], line["status"], line["method"]) == ("/sok", 200, "GET")
    assert line["request"] == answer.headers["X-Request-ID"]
    assert isinstance(line["ms"], float)
    assert line["account"]
    assert "hemliga" not in json.dumps(line)


def test_a_bug_is_found_by_its_number_and_says_no_content(own_app: Flask, stream: io.StringIO) -> None:
    """The error page shows the request number; the trace has types and places, also of the cause, but no messages."""

    def broken() -> str:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise RuntimeError(SECRET) from error

    own_app.add_url_rule("/trasig", "broken", broken)
    broken.right = own_app.view_functions["people.sign_in"].right  # type: ignore[attr-defined]
    own_app.config["PROPAGATE_EXCEPTIONS"] = False
    page = own_app.test_client().get("/trasig")
    assert page.status_code == 500
    bug = next(line for line in lines(stream) if line["level"] == "ERROR")
    assert str(bug["request"]) in page.text
    trace = str(bug["trace"])
    assert "builtins.ValueError" in trace
    assert trace.rstrip().endswith("builtins.RuntimeError")
    assert "test_logs.py" in trace
    assert SECRET not in json.dumps(bug, ensure_ascii=False)


def test_a_number_from_outside_is_not_believed(app: Flask) -> None:
    """A client cannot choose the number under which its request is logged."""
    given = {"X-Request-ID": "0123456789abcdef"}
    assert app.test_client().get("/logga-in", headers=given).headers["X-Request-ID"] != "0123456789abcdef"


def test_under_https_the_cookie_is_the_hosts_own(app: Flask) -> None:
    """Under https the cookie has the `__Host-` prefix and is secure, and HSTS is sent."""
    settings = Settings(data_dir=app.config["GOVERN"].data_dir, base_url="https://govern.example")
    safe = create_app(settings, TESTING=True)
    answer = safe.test_client().get("/logga-in", base_url="https://govern.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-govern=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    plain = app.test_client().get("/logga-in")
    assert "Strict-Transport-Security" not in plain.headers
