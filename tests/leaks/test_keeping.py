"""No response is stored by browsers or caches, except those that are shared on purpose."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask, send_file
from flask.typing import ResponseReturnValue

from govern.people.access import ANYONE, allow
from govern.web.security import NOBODY
from tests.browse import Browser
from tests.cast import Cast
from tests.leaks.reading import EVERY, addresses, of_each
from tests.leaks.story import others, run_story

Browse = Callable[..., Browser]

SHARED = {"colours.colours": 365 * 24 * 3600, "publishing.file": 60, "signing.crl": 300, "signing.root": 300}
"""The endpoints whose responses may be stored, and for how many seconds."""


def test_what_is_shared_is_listed(app: Flask) -> None:
    """A view cannot become shared without an entry in `SHARED`."""
    found = {name: view.kept_for for name, view in app.view_functions.items() if hasattr(view, "kept_for")}  # type: ignore[attr-defined]
    assert found == SHARED


@pytest.mark.parametrize("most", [1, EVERY])
def test_no_answer_is_kept_but_what_is_shared(app: Flask, cast: Cast, browse: Browse, most: int | None) -> None:
    """Every address is requested by the secretary and by the public, including redirects and refusals."""
    others(cast)
    for _ in run_story(cast, late=False):
        pass
    cilla = browse("cilla")
    for address, endpoint in of_each(addresses(app, "GET"), most):
        for reader in (cilla, browse()):  # A new browser has no cookie.
            answer = reader.answer(address, follow=False)
            answer.close()
            kept = answer.headers.get_all("Cache-Control")
            if endpoint in SHARED and answer.status_code == 200:
                who = "private" if reader is cilla else "public"
                assert kept == [f"{who}, max-age={SHARED[endpoint]}"], address
            else:
                assert kept == [NOBODY], (address, answer.status_code)
            assert "Expires" not in answer.headers, address


def test_a_published_file_is_asked_for_anew_by_its_name(app: Flask, cast: Cast, browse: Browse) -> None:
    """A conditional request with the ETag of an unchanged file is answered with 304."""
    others(cast)
    for step, _ in run_story(cast, late=False):
        if step == "published":
            break
    first = browse().answer("/publikt/protokoll/1/protokoll.pdf")
    again = browse().answer("/publikt/protokoll/1/protokoll.pdf", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert again.headers["Cache-Control"] == "public, max-age=60"


def test_a_new_route_is_kept_by_nobody(own_app: Flask) -> None:
    """A view's own `max_age` is overridden."""

    @allow(ANYONE)
    def forgotten() -> ResponseReturnValue:
        return send_file(BytesIO(b"glomd"), "text/plain", max_age=3600)

    own_app.add_url_rule("/glomd", "forgotten", forgotten)
    answer = Browser(own_app).answer("/glomd")
    assert answer.status_code == 200
    assert answer.headers.get_all("Cache-Control") == [NOBODY]


@pytest.mark.parametrize("name", ["css/base.css", "icons.svg"])
def test_what_is_static_is_kept_for_ever_under_an_address_of_its_own(app: Flask, name: str) -> None:
    """A changed file has a new address; an address without the fingerprint is not found."""
    with app.test_request_context():
        address = app.url_for("static", filename=name)
    answer = Browser(app).answer(address)
    answer.close()
    assert answer.status_code == 200
    assert answer.headers.get_all("Cache-Control") == ["public, max-age=31536000, immutable"]
    gone = Browser(app).answer(f"/static/{name}")
    assert (gone.status_code, gone.headers["Cache-Control"]) == (404, NOBODY)
