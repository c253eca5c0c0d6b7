"""One's own account: second factors, enrolling one on the way to a signature, sessions and the password."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import update

from govern.db import db, now
from govern.people.models import Factor, SignInSession
from govern.people.rules import Refusal
from tests import make
from tests.browse import Browser, Page
from tests.cast import PASSWORD, Cast
from tests.protocols.sealed import sealed
from tests.screen import PHONE, Screen, accessible, fits

Browse = Callable[..., Browser]
OTHER = "ett nytt långt lösenord"


def code_of(page: Page, later: int = 0) -> str:
    """Return the code for the key that a page shows, `later` steps ahead."""
    secret = re.search(r"secret=([A-Z2-7]+)", page.find('a[href^="otpauth:"]').attributes["href"] or "")
    assert secret
    return pyotp.TOTP(secret[1]).at(now(), counter_offset=later)


def enrol(browser: Browser, url: str = "/konto/kodapp") -> tuple[Page, Page]:
    """Enrol a code app; return the page with its key and the next page."""
    key = browser.get(url)
    return key, browser.submit("Lägg till", code=code_of(key), name="Min telefon")


@pytest.fixture
def required(app: Flask) -> None:
    """Require a second factor for signing, as is the default."""
    app.config["GOVERN"] = replace(app.config["GOVERN"], signing_factor="required")


def test_signing_leads_to_enrolment_and_back(browse: Browse, cast: Cast, required: None) -> None:
    """A signer without a second factor enrols one, gets recovery codes, returns and signs."""
    address = f"/protokoll/{sealed(cast).id}"
    cilla = browse("cilla")
    cilla.get(address)
    page = cilla.submit("Underteckna")
    assert (page.text("h1"), "Inget går förlorat" in page.text()) == ("Andra steg", True)
    cilla.click("Lägg till kodapp")
    _, page = enrol(cilla, cilla.page.url)  # type: ignore[union-attr]
    codes = page.texts(".codes code")
    assert (page.text("h1"), len(codes)) == ("Återställningskoder", 10)
    page = cilla.submit("Jag har sparat koderna")
    assert page.url.endswith(f"{address}#underskrifter")
    page = cilla.submit("Underteckna")
    assert "Du har undertecknat protokollet." in page.text(".flashes")
    assert codes[0] not in cilla.get("/konto/aterstallningskoder").text()


def test_signing_asks_for_both_anew(browse: Browse, cast: Cast) -> None:
    """After five minutes both the password and a code are required."""
    address = f"/protokoll/{sealed(cast).id}"
    cilla = browse("cilla")
    key, _ = enrol(cilla)
    later = now() - timedelta(minutes=6)
    db.session.execute(update(SignInSession).values(fresh_at=later, strong_at=later))
    make.commit()
    cilla.get(address)
    assert cilla.submit("Underteckna").text("h1") == "Bekräfta att det är du"
    page = cilla.submit("Bekräfta", password=PASSWORD, status=422)
    assert Refusal.WRONG_CODE in page.text(".field-error")
    page = cilla.submit("Bekräfta", password=PASSWORD, code=code_of(key, 1))
    assert page.url.endswith(f"{address}#underskrifter")
    assert "Du har undertecknat" in cilla.submit("Underteckna").text(".flashes")


def test_the_second_step_at_sign_in(browse: Browse, cast: Cast) -> None:
    """After the password comes the code, then the requested page; nothing opens before it."""
    key, _ = enrol(browse("bo"))
    browser = browse()
    browser.get("/uppdrag?lage=late")
    page = browser.submit("Logga in", email="bo@alvsam.example", password=PASSWORD)
    assert page.text("h1") == "Andra steget"
    assert Refusal.WRONG_CODE in browser.submit("Fortsätt", code="000000", status=422).text(".field-error")
    half = page.answer.request.headers.get("Cookie")
    assert half
    assert browser.get("/", follow=True).text("h1") == "Logga in"
    browser.get("/logga-in/andra-steget?next=/uppdrag?lage=late")
    page = browser.submit("Fortsätt", code=code_of(key, 1))
    assert (page.text("h1"), page.url.endswith("/uppdrag?lage=late")) == ("Uppdrag", True)


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_no_step_leads_away(browse: Browse, cast: Cast, where: str) -> None:
    """A URL of another site is replaced by the start page, after the second step too."""
    key, _ = enrol(browse("bo"))
    browser = browse()
    browser.get("/logga-in")
    browser.submit("Logga in", email="bo@alvsam.example", password=PASSWORD, next=where)
    assert browser.submit("Fortsätt", code=code_of(key, 1)).text("h1") == "Min sida"


def test_the_second_step_needs_the_first(browse: Browse, cast: Cast) -> None:
    """A visitor who goes straight to the second step starts again."""
    page = browse().get("/logga-in/andra-steget")
    assert (page.text("h1"), Refusal.HALF_LAPSED in page.text(".flashes")) == ("Logga in", True)


def test_a_browser_left_open_changes_nothing(browse: Browse, cast: Cast) -> None:
    """Adding or removing a factor, or making codes, requires a fresh sign-in."""
    bo = browse("bo")
    enrol(bo)
    factor_id = db.session.scalars(db.select(Factor.id)).one()
    db.session.execute(update(SignInSession).values(fresh_at=now() - timedelta(minutes=6)))
    make.commit()
    for page in (
        bo.get("/konto/kodapp"),
        bo.get("/konto/passkey"),
        bo.post(f"/konto/andra-steg/{factor_id}/ta-bort"),
        bo.post("/konto/aterstallningskoder"),
    ):
        assert page.text("h1") == "Bekräfta att det är du"
    db.session.rollback()
    assert db.session.get(Factor, factor_id)


def test_a_factor_is_removed(browse: Browse, cast: Cast) -> None:
    """The owner removes the factor."""
    bo = browse("bo")
    enrol(bo)
    bo.get("/konto/andra-steg")
    assert "Min telefon" not in bo.submit("Ta bort").text("main")


def test_nobody_touches_anothers(browse: Browse, cast: Cast) -> None:
    """Others can remove neither a factor nor a session."""
    enrol(browse("bo"))
    factor_id = db.session.scalars(db.select(Factor.id)).one()
    session_id = db.session.scalars(db.select(SignInSession.id)).first()
    anna = browse("anna")
    anna.post(f"/konto/andra-steg/{factor_id}/ta-bort", status=403)
    anna.post(f"/konto/inloggningar/{session_id}/avsluta", status=403)
    anna.post(f"/installningar/personer/{cast.bo.id}/andra-steg/aterstall", status=403)


def test_the_browsers_are_listed_and_ended(browse: Browse, cast: Cast) -> None:
    """A single session can be ended, or all but the current one."""
    here, there, third = browse("bo"), browse("bo"), browse("bo")
    here.get("/konto/inloggningar")
    assert len(here.page.all("tbody tr")) == 3  # type: ignore[union-attr]
    page = here.submit("Avsluta")
    assert len(page.all("tbody tr")) == 2
    here.submit("Avsluta alla andra")
    assert [browser.get("/konto").text("h1") for browser in (here, there, third)] == ["Mitt konto"] + ["Logga in"] * 2


def test_the_password_is_changed(browse: Browse, cast: Cast) -> None:
    """The current password is required."""
    bo = browse("bo")
    bo.get("/konto/losenord")
    page = bo.submit("Byt lösenord", old="fel lösenord", new=OTHER, status=422)
    assert Refusal.WRONG_OLD in page.text(".field-error")
    assert "Lösenordet är bytt" in bo.submit("Byt lösenord", old=PASSWORD, new=OTHER).text(".flashes")
    browse().sign_in("bo@alvsam.example", OTHER)


@pytest.mark.long
@pytest.mark.browser
def test_a_passkey_from_enrolment_to_signature(
    app: Flask, live: str, chromium: object, cast: Cast, required: None
) -> None:
    """A passkey enrolled on the way to a signature signs in without a password and renews a stale sign-in."""
    protocol_id = sealed(cast).id
    address = live.replace("127.0.0.1", "localhost")
    app.config["GOVERN"] = replace(app.config["GOVERN"], base_url=address)
    screen = Screen(chromium, address, db.session(), size=PHONE)  # type: ignore[arg-type]
    page = screen.page
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    authenticator = devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )["authenticatorId"]

    screen.sign_in("cilla@alvsam.example")
    page.goto(f"/protokoll/{protocol_id}")
    page.get_by_role("button", name="Underteckna").click()
    page.get_by_role("link", name="Lägg till passkey").click()
    page.get_by_label("Namn").fill("Arbetsdatorn")
    accessible(page)
    fits(page)
    page.get_by_role("button", name="Skapa passkey").click()
    page.get_by_role("heading", name="Återställningskoder").wait_for()
    accessible(page)
    fits(page)
    page.get_by_role("button", name="Jag har sparat koderna").click()
    page.get_by_role("button", name="Underteckna").wait_for()
    for path in ("/konto", "/konto/andra-steg", "/konto/inloggningar", "/konto/losenord", "/konto/kodapp"):
        page.goto(path)
        accessible(page)
        fits(page)

    page.get_by_role("button", name="Konto: Cilla Ceder").click()
    page.get_by_role("button", name="Logga ut").click()
    page.get_by_role("button", name="Logga in med passkey").wait_for()
    accessible(page)
    page.get_by_role("button", name="Logga in med passkey").click()
    page.get_by_role("heading", name="Min sida").wait_for()

    long_ago = now() - timedelta(hours=1)
    db.session.execute(update(SignInSession).values(fresh_at=long_ago, strong_at=long_ago))
    make.commit()
    page.goto(f"/protokoll/{protocol_id}")
    page.get_by_role("button", name="Underteckna").click()
    page.get_by_role("heading", name="Bekräfta att det är du").wait_for()
    accessible(page)
    fits(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.get_by_role("button", name="Bekräfta med passkey").click()
    page.get_by_text("Ingen passkey användes").wait_for()
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    page.get_by_role("button", name="Bekräfta med passkey").click()
    page.get_by_role("button", name="Underteckna").click()
    page.get_by_text("Du har undertecknat protokollet.").wait_for()
    screen.close()


def test_a_wrong_password_is_named_alone(browse: Browse, cast: Cast) -> None:
    """The sign-in again asks for no address, so the error mentions none."""
    browser = browse("bo")
    browser.get("/logga-in-igen")
    page = browser.submit("Bekräfta", password="fel lösenord, långt", status=422)
    assert Refusal.WRONG_AGAIN in page.text(".form-errors")
    assert "E-postadressen" not in page.text("main")
