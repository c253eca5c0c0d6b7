"""Signing in and out, and the register of people."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from govern.db import db
from govern.people.models import Person, SignInSession
from govern.people.rules import Refusal
from tests import make
from tests.browse import Browser
from tests.cast import PASSWORD, Cast
from tests.statements import counted

Browse = Callable[..., Browser]
PEOPLE = "/installningar/personer"


def test_people_are_found_by_what_is_typed(browse: Browse, cast: Cast) -> None:
    """A letter that means anything to the database means itself here."""
    cast.bo.name = "Bo 100 % Björk"
    make.commit()
    ada = browse("ada")
    for typed, found in (("björk", ["Bo"]), ("100 %", ["Bo"]), ("%", ["Bo"]), ("_", [])):
        page = ada.get(f"{PEOPLE}?{urlencode({'q': typed})}").text("main")
        assert [name for name in ("Anna Ask", "Bo 100 %", "David Dal") if name in page] == [f"{n} 100 %" for n in found]


def test_signing_in_leads_where_one_was_going(browse: Browse, cast: Cast) -> None:
    """After signing in, the visitor comes to the requested page."""
    browser = browse()
    page = browser.get("/uppdrag?lage=late")
    assert page.text("h1") == "Logga in"
    page = browser.submit("Logga in", email="bo@alvsam.example", password=PASSWORD)
    assert (page.text("h1"), page.url.endswith("/uppdrag?lage=late")) == ("Uppdrag", True)


def test_a_wrong_password_keeps_the_address(browse: Browse, cast: Cast) -> None:
    """The form keeps the address but not the password; the sentence does not say which was wrong."""
    browser = browse()
    browser.get("/logga-in")
    page = browser.submit("Logga in", email="bo@alvsam.example", password="fel", status=422)
    assert Refusal.WRONG in page.text(".form-errors")
    assert page.find("[name=email]").attributes["value"] == "bo@alvsam.example"
    assert not page.find("[name=password]").attributes.get("value")


def test_signing_out_closes_the_pages(browse: Browse, cast: Cast) -> None:
    """After signing out, pages require a sign-in again."""
    browser = browse("bo")
    browser.get("/")
    assert browser.submit("Logga ut").text("h1") == "Logga in"
    assert browser.get("/").text("h1") == "Logga in"


def test_the_cookie_lives_on_with_its_session(browse: Browse, cast: Cast) -> None:
    """The cookie is sent again when the session's last use is stored, every five minutes, not with every response."""
    browser = browse("bo")
    browser.get("/")
    assert "Set-Cookie" not in browser.answer("/").headers
    for session in db.session.scalars(select(SignInSession)):
        session.seen_at -= timedelta(minutes=6)
    db.session.commit()
    assert browser.answer("/").headers["Set-Cookie"].startswith("govern=")
    assert "Set-Cookie" not in browser.answer("/").headers


def test_the_navigation_is_cut_to_the_reader(browse: Browse, cast: Cast) -> None:
    """Only administrators see the settings, and the current section is marked."""
    member, administrator = browse("bo").get("/uppdrag"), browse("ada").get(PEOPLE)
    assert "Inställningar" not in member.texts("#huvudmeny a")
    assert member.text("#huvudmeny [aria-current]") == "Uppdrag"
    assert administrator.text("#huvudmeny [aria-current]") == "Inställningar"


@pytest.mark.parametrize("who", ["anna", "bo", "cilla", "david"])
@pytest.mark.parametrize("path", [PEOPLE, f"{PEOPLE}/ny", f"{PEOPLE}/1", f"{PEOPLE}/1/konto"])
def test_the_register_is_the_administrators(browse: Browse, cast: Cast, who: str, path: str) -> None:
    """Others can neither read nor change the register."""
    browse(who).get(path, status=403)


def test_an_address_taken_is_refused_and_the_name_stays(browse: Browse, cast: Cast) -> None:
    """The refusal is shown at its field, and the form keeps what was typed."""
    browser = browse("ada")
    browser.get(f"{PEOPLE}/ny")
    page = browser.submit("Spara", name="Någon Annan", email="bo@alvsam.example", status=422)
    assert Refusal.EMAIL_TAKEN in page.text(".field.wrong")
    assert page.find("[name=name]").attributes["value"] == "Någon Annan"
    assert db.session.scalar(select(Person).where(Person.name == "Någon Annan")) is None


def test_the_list_asks_no_more_for_more_people(browse: Browse, cast: Cast) -> None:
    """A longer list takes no more statements."""
    browser = browse("ada")
    with counted() as few:
        browser.get(PEOPLE)
    for number in range(60):
        make.add(Person(name=f"Person {number:02}", email=None, phone=""))
    make.commit()
    with counted() as many:
        page = browser.get(PEOPLE)
    assert len(many) == len(few)
    assert (len(page.all("tbody tr")), page.text(".pager p")) == (50, "Sida 1 av 2 (65 träffar)")
    assert len(browser.click("Nästa").all("tbody tr")) == 15
