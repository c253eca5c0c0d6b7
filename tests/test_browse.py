"""The checks that apply to every page, tried on pages that break one rule each."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from govern.people.access import ANYONE, allow, someone
from govern.web.security import csp_nonce
from tests.browse import Browser

GOOD = """<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Prov</title></head>
<body><main><h1>Prov</h1>
<form method="post" action="/prov/svar" id="f"><input type="hidden" name="csrf_token" value="{token}">
<label for="name">Namn</label><input id="name" name="name" value="Å">
<label>Text <textarea name="text">
rad 1</textarea></label>
<label><input type="checkbox" name="box" value="y" checked> Ruta</label>
<label>Val <select name="choice"><option value="1">Ett</option><option value="2" selected>Två</option></select></label>
<label>Fil <input type="file" name="file"></label>
<button name="do" value="save">Spara</button><button name="do" value="drop">Ta bort</button></form>
<p><a href="/prov">Hit igen</a> <a href="#f">Formuläret</a></p></main></body></html>"""

FAULTS = {
    "html": ("<p><a", "<p><div></p><a", "not valid HTML"),
    "lang": ('lang="sv"', 'lang="en"', "lang"),
    "title": ("<title>Prov</title>", "<title> </title>", "title"),
    "title of nothing": ("<title>Prov</title>", "<title> · Govern</title>", "title"),
    "h1": ("<h1>Prov</h1>", "<h1>Prov</h1><h1>Igen</h1>", "h1"),
    "id": ("<p><a", '<p id="name"><a', "stands 2 times"),
    "method": ('method="post" ', "", "needs a method"),
    "action": ("/prov/svar", "/ingenstans", "answers 404"),
    "verb": ('action="/prov/svar"', 'action="/prov"', "answers 405"),
    "csrf": ('name="csrf_token"', 'name="token"', "csrf_token"),
    "label": ('for="name"', "", "nothing names"),
    "label to nothing": ('for="name"', 'for="nobody"', "labels nothing"),
    "button": (">Spara<", "><", "nothing names"),
    "style": ("<p><a", '<p style="color: red"><a', "style"),
    "script": ("<p><a", "<script>1</script><p><a", "inline script"),
    "handler": ("<p><a", '<p onclick="x()"><a', "onclick"),
    "alt": ("<p><a", '<p><img src="data:,"><a', "alt"),
    "link": ('href="/prov"', 'href="/borta"', "answers 404"),
    "javascript": ('href="/prov"', 'href="javascript:x()"', "leads to javascript"),
    "anchor": ('href="#f"', 'href="#g"', "no place"),
    "static": ("<p><a", '<p><img alt="" src="/static/none.png"><a', "answers 404"),
    "elsewhere": ("<p><a", '<p><img alt="" src="https://example.org/x.png"><a', "another site"),
    "htmx": ("<p><a", '<p hx-post="/prov"><a', "answers 405"),
}


@pytest.fixture
def trial(own_app: Flask, browse: Callable[..., Browser]) -> Callable[..., Browser]:
    """Return a function that opens a browser on a test page with one string replaced."""

    def open_trial(old: str = "", new: str = "") -> Browser:
        @allow(ANYONE)
        def page() -> ResponseReturnValue:
            return GOOD.replace("{token}", generate_csrf()).replace(old, new)

        @allow(ANYONE)
        def answer() -> ResponseReturnValue:
            file = request.files.get("file")
            got: dict[str, Any] = {name: request.form.getlist(name) for name in request.form if name != "csrf_token"}
            return got | {"file": file.read().decode() if file else None}

        @allow(ANYONE)
        def away() -> ResponseReturnValue:
            return redirect("/prov", 303)

        own_app.add_url_rule("/prov", "trial", page)
        own_app.add_url_rule("/prov/svar", "trial_answer", answer, methods=["POST"])
        own_app.add_url_rule("/bort", "trial_away", away)
        return browse()

    return open_trial


def test_a_good_page_passes(trial: Callable[..., Browser]) -> None:
    """A page without faults passes and can be read."""
    page = trial().get("/bort")
    assert (page.url, page.title, page.text("h1")) == ("/prov", "Prov", "Prov")
    assert page.link("Hit igen") == "/prov"


@pytest.mark.parametrize(("old", "new", "says"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(trial: Callable[..., Browser], old: str, new: str, says: str) -> None:
    """Each fault alone makes the page fail, with a message that names it."""
    assert old in GOOD
    with pytest.raises(AssertionError, match=says):
        trial(old, new).get("/prov")


def test_a_form_is_sent_as_a_browser_would(trial: Callable[..., Browser]) -> None:
    """The form's own values are sent unless replaced, together with the button that was pressed."""
    browser = trial()
    browser.get("/prov")
    proposed = {"name": ["Å"], "text": ["rad 1"], "box": ["y"], "choice": ["2"], "do": ["save"], "file": None}
    assert browser.submit("Spara").json == proposed
    filled = browser.submit("Ta bort", name="Ö", box=False, choice=1, file=("a.txt", b"hej")).json
    assert filled == {"name": ["Ö"], "text": ["rad 1"], "choice": ["1"], "do": ["drop"], "file": "hej"}


@pytest.mark.parametrize("fields", [{"nobody": 1}, {"choice": 3}])
def test_what_a_form_does_not_offer_cannot_be_sent(trial: Callable[..., Browser], fields: dict[str, Any]) -> None:
    """A test may not fill in a field or choose an option that the page does not have."""
    browser = trial()
    browser.get("/prov")
    with pytest.raises(AssertionError):
        browser.submit("#f", **fields)


def test_a_forged_form_is_refused(trial: Callable[..., Browser]) -> None:
    """A POST without the session's token changes nothing."""
    browser = trial()
    assert browser.post_json("/prov/svar", {}, csrf=False, status=400).json["refusal"]
    assert browser.post_json("/prov/svar", {}).json == {"file": None}


def test_sign_in(browse: Callable[..., Browser]) -> None:
    """The cast signs in through the real route."""
    assert browse("cilla").client.get_cookie("govern") is not None


def test_each_browser_is_its_own(own_app: Flask, browse: Callable[..., Browser]) -> None:
    """Browsers share no session, and each response has a nonce of its own."""

    @allow(ANYONE)
    def who() -> ResponseReturnValue:
        person = someone()
        return {"name": person.name if person else None, "nonce": csp_nonce()}

    own_app.add_url_rule("/vem", "who", who)
    anna, bo, eva = browse("anna"), browse("bo"), browse()
    answers = [browser.get("/vem").json for browser in (anna, eva, bo, anna)]
    assert [answer["name"] for answer in answers] == ["Anna Ask", None, "Bo Björk", "Anna Ask"]
    assert len({answer["nonce"] for answer in answers}) == 4
