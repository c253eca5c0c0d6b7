"""An administrator cannot sign as the chair by resetting an account; the pages for giving and resetting accounts."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import select, update

from govern.db import db, now
from govern.errors import Refused
from govern.paragraphs import operations as operations_of_paragraphs
from govern.paragraphs.models import Paragraph
from govern.paragraphs.states import ParagraphState
from govern.people import attempts, events, operations
from govern.people.access import credentials_of
from govern.people.accounts import operations as accounts
from govern.people.factors import operations as factors
from govern.people.models import Account, AccountEvent, Factor, Person, SignInSession
from govern.people.rules import ATTEMPTS, HOLD, Refusal
from govern.people.sessions import operations as sessions
from govern.people.states import FactorKind, Happening
from govern.protocols.adjusting.models import Adjustment
from govern.protocols.correcting import operations as correcting
from govern.protocols.dispatching import operations as dispatching
from govern.protocols.extracting.operations import make_extract
from govern.protocols.models import Protocol
from govern.protocols.signing import operations as signing
from tests import make
from tests.browse import Browser, Page
from tests.cast import PASSWORD, Cast
from tests.people.test_account_views import code_of
from tests.people.test_account_views import enrol as enrol_app
from tests.protocols.sealed import held, sealed
from tests.screen import SIZES, Screen, accessible, fits

Browse = Callable[..., Browser]
PEOPLE = "/installningar/personer"
NEW = "korrekt häst batteri"


def strong(browse: Browse, who: str = "ada") -> Browser:
    """Sign in as somebody who has just given a second factor."""
    browser = browse(who)
    enrol_app(browser)
    return browser


def link_on(page: Page) -> str:
    """Return the path of the one-time link that a page shows."""
    address = page.find("#lank").attributes["value"] or ""
    return "/" + address.split("/", 3)[3]


def test_own_resets_do_not_crowd_out_those_to_confirm(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator is shown as many resets as there is room for, without counting their own."""
    monkeypatch.setattr(events, "SHOWN", 1)
    for person, by in ((cast.anna, cast.ada), (cast.bo, cast.cilla)):
        accounts.reset_factors(person.account, by=by, at=now())  # type: ignore[arg-type]
    assert [account.person for account, _ in events.held_accounts(cast.ada, at=now())] == [cast.bo]


def test_an_administrator_cannot_sign_as_the_chair(browse: Browse, cast: Cast) -> None:
    """The attack: reset the factors, use a link, choose a password, sign in, enrol, sign; the last step fails.

    The signature is possible after a day, or when a second administrator has confirmed the reset.
    """
    protocol = sealed(cast)
    (cilla,) = (s for s in protocol.signatures if s.person_id == cast.cilla.id)
    address, signature_id = f"/protokoll/{protocol.id}", cilla.id
    ada = strong(browse)
    account = f"{PEOPLE}/{cast.cilla.id}/konto"
    ada.get(account)
    page = ada.submit("Gör en länk att lämna över")
    thief = browse()
    thief.get(link_on(page))
    page = thief.submit("Välj lösenord", password=NEW)
    assert page.text("h1") == "Andra steg"
    enrol_app(thief)
    page = thief.get(address)
    assert "Kontot är nytt eller återställt av Ada Administratör. Du kan underteckna från" in page.text(
        "#underskrifter"
    )
    page = thief.post(f"/underskrifter/{signature_id}", status=422)
    assert "eller när en annan administratör har bekräftat det" in page.text("main")
    db.session.rollback()
    assert "Ett nytt lösenord valdes med länken som Ada Administratör gjorde." in thief.get("/").text("main")

    assert Refusal.SECOND_NEEDED in ada.get(account).text("main")
    beda = operations.add_person("Beda Berg", "beda@alvsam.example", by=None, at=now())
    operations.add_account(beda, "beda@alvsam.example", PASSWORD, administrator=True, by=None, at=now())
    second = browse().sign_in("beda@alvsam.example")
    enrol_app(second)
    second.get(account)
    assert "Det är bekräftat." in second.submit("Bekräfta att det är riktigt").text(".flashes")
    thief.get(address)
    assert "Du har undertecknat protokollet." in thief.submit("Underteckna").text(".flashes")


def test_a_closed_account_signs_nothing(cast: Cast) -> None:
    """An account that is closed may not sign; a person without one passes this check."""
    events.refuse_held(cast.anna, at=make.AT)
    account = cast.anna.account
    assert account is not None
    account.disabled_at = make.AT
    with pytest.raises(Refused, match=Refusal.CLOSED.value):
        events.refuse_held(cast.anna, at=make.AT)
    events.refuse_held(make.add(Person(name="Gun Gran")), at=make.AT)


def test_after_a_day_the_owner_signs(cast: Cast) -> None:
    """Until then every kind of signature is refused, also an adjuster's refusal and a certified extract."""
    protocol, at = sealed(cast), now()
    for person in (cast.cilla, cast.anna, cast.david):
        assert person.account
        accounts.reset_factors(person.account, by=cast.ada, at=at)
    adjuster = next(s for s in protocol.signatures if s.person_id == cast.david.id)
    fresh = {"fresh_at": at, "fresh_for": timedelta(days=9)}
    for signature in protocol.signatures:
        with pytest.raises(Refused, match="Kontot är nytt eller återställt"):
            signing.sign(signature, by=signature.person, at=at, **fresh)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="Kontot är nytt eller återställt"):
        correcting.refuse_to_adjust(adjuster, "Det sades inte.", by=cast.david, at=at)
    with pytest.raises(Refused, match="Kontot är nytt eller återställt"):
        dispatching.certify(protocol, [1], by=cast.cilla, at=at, **fresh)  # type: ignore[arg-type]
    first = protocol.signatures[0]
    assert signing.sign(first, by=first.person, at=at + HOLD, **fresh)  # type: ignore[arg-type]


def test_a_signature_begun_before_the_reset_is_not_finished_after(cast: Cast) -> None:
    """A signer who returns from a remote service is checked again."""
    protocol, at = sealed(cast), now()
    first = protocol.signatures[0]
    assert first.person.account
    begun = signing.begin(first, fresh_at=at, fresh_for=timedelta(minutes=5), by=first.person, at=at)
    accounts.reset_factors(
        cast.cilla.account if first.person_id == cast.cilla.id else cast.anna.account, by=cast.ada, at=at
    )  # type: ignore[arg-type]
    with pytest.raises(Refused, match="Kontot är nytt eller återställt"):
        signing.finish(begun.token, {}, at=at + timedelta(minutes=1))


def test_each_act_asks_for_a_fresh_second_factor(browse: Browse, cast: Cast) -> None:
    """Without a second factor each action leads to enrolment, with an old one to a new sign-in; nothing is done."""
    before = db.session.scalars(select(AccountEvent.id)).all()
    ada, konto = browse("ada"), f"{PEOPLE}/{cast.bo.id}/konto"
    acts = (
        "/lank",
        "/lank/aterkalla",
        "/adress",
        "/administrator/ge",
        "/administrator/ta",
        "/stang",
        "/oppna",
        "/logga-ut",
        "/bekrafta",
    )
    addresses = [*(konto + act for act in acts), f"{PEOPLE}/{cast.bo.id}/andra-steg/aterstall", konto]
    for address in addresses:
        assert ada.post(address, {"email": "x@alvsam.example"}).text("h1") == "Andra steg"
    enrol_app(ada)
    long_ago = now() - timedelta(minutes=6)
    db.session.execute(update(SignInSession).values(strong_at=long_ago))
    make.commit()
    for address in addresses:
        assert ada.post(address, {"email": "x@alvsam.example"}).text("h1") == "Bekräfta att det är du"
    db.session.rollback()
    events_now = db.session.scalars(select(AccountEvent.id).where(AccountEvent.account_id == cast.bo.account.id)).all()  # type: ignore[union-attr]
    assert list(events_now) == list(before)


def test_a_new_address_asks_too_and_what_was_typed_stays(browse: Browse, cast: Cast) -> None:
    """This concerns people with an account; a telephone number needs no second factor."""
    ada = browse("ada")
    ada.get(f"{PEOPLE}/{cast.bo.id}")
    assert "Sparat." in ada.submit("Spara", phone="0690-100").text(".flashes")
    page = ada.submit("Spara", email="ny@alvsam.example", phone="0690-200")
    assert page.text("h1") == "Andra steg"
    ada.click("Lägg till kodapp")
    _, page = enrol_app(ada, ada.page.url)  # type: ignore[union-attr]
    page = ada.submit("Jag har sparat koderna")
    assert page.find("[name=email]").attributes["value"] == "ny@alvsam.example"
    assert "Sparat." in ada.submit("Spara").text(".flashes")
    db.session.expire_all()
    assert (cast.bo.email, cast.bo.phone) == ("ny@alvsam.example", "0690-200")


@pytest.mark.parametrize("whose", ["anna", "ada"])
def test_the_name_of_an_account_asks_too(browse: Browse, cast: Cast, whose: str) -> None:
    """The name appears at signatures, so an open or stolen session must not be able to change it."""
    person_id, ada = getattr(cast, whose).id, browse("ada")
    ada.get(f"{PEOPLE}/{person_id}")
    page = ada.submit("Spara", name="Cilla Ceder")
    assert "Bekräfta först att det är du" in page.text(".flashes")
    assert db.session.scalar(select(Person.name).where(Person.id == person_id)) != "Cilla Ceder"
    ada.get(f"{PEOPLE}/{person_id}")
    ada.submit("Spara", phone="0650-1")  # A telephone number appears at no signature.
    assert db.session.scalar(select(Person.phone).where(Person.id == person_id)) == "0650-1"


def test_a_person_is_added_and_given_an_account(browse: Browse, cast: Cast) -> None:
    """The administrator never sees a password, and the link is shown once."""
    ada = strong(browse)
    ada.get(f"{PEOPLE}/ny")
    ada.submit("Spara", name="Frida Fors", email="frida@alvsam.example")
    page = ada.click("Ge konto")
    assert not page.all("[type=password]")
    page = ada.submit("Ge konto")
    link = link_on(page)
    page = ada.click("Klar")
    assert "har inte valt något lösenord än" in page.text("main")
    assert link.rsplit("/", 1)[1] not in page.text()
    frida = browse()
    for _ in range(2):
        assert "Hej Frida Fors!" in frida.get(link).text("main")  # Opening the link does not use it up.
    page = frida.submit("Välj lösenord", password="fridafors1234", status=422)
    assert Refusal.OWN_WORDS in page.text(".field-error")
    frida.submit("Välj lösenord", password=NEW)
    assert "Ada Administratör gav dig ett konto." in frida.get("/").text("main")
    assert browse().get(link, status=404).text("h1") == "Länken gäller inte längre"
    browse().sign_in("frida@alvsam.example", NEW)


def test_a_link_leads_to_the_second_step(browse: Browse, cast: Cast) -> None:
    """For somebody with a second factor the link replaces only the password."""
    enrol_app(browse("bo"))
    token = accounts.new_link(cast.bo.account, mailed=False, by=cast.ada, at=now())  # type: ignore[arg-type]
    browser = browse()
    browser.get(f"/valj-losenord/{token}")
    assert browser.submit("Välj lösenord", password=NEW).text("h1") == "Andra steget"
    assert browser.get("/").text("h1") == "Logga in"


def test_the_owner_revokes_a_link(browse: Browse, cast: Cast) -> None:
    """The owner can revoke a link on Mitt konto."""
    token = accounts.new_link(cast.bo.account, mailed=False, by=cast.ada, at=now())  # type: ignore[arg-type]
    bo = browse("bo")
    assert "Ada Administratör gjorde en länk" in bo.get("/").text("main")
    bo.get("/konto")
    assert "Länken är återkallad" in bo.submit("Återkalla länken").text(".flashes")
    browse().get(f"/valj-losenord/{token}", status=404)


def test_what_was_done_stands_until_it_is_seen(browse: Browse, cast: Cast) -> None:
    """The event stays on Min sida until its owner acknowledges it; nobody else can."""
    accounts.end_sessions(cast.bo.account, by=cast.ada, at=now())  # type: ignore[arg-type]
    (event,) = events.unseen(cast.bo)
    browse("anna").post(f"/konto/handelser/{event.id}/sedd", status=403)
    bo = browse("bo")
    assert "loggade ut dig överallt" in bo.get("/").text("main")
    assert "loggade ut dig" not in bo.submit("Jag har sett det").text("main")
    assert "loggade ut dig överallt" in bo.get("/konto").text("main")


def test_a_closed_account_is_shut_out(browse: Browse, cast: Cast) -> None:
    """Closing an account ends its sessions at once; it can be opened again."""
    bo, ada = browse("bo"), strong(browse)
    ada.get(f"{PEOPLE}/{cast.bo.id}/konto")
    assert "Avstängt" in ada.submit("Stäng av kontot").text("main")
    assert bo.get("/").text("h1") == "Logga in"
    assert "Öppet" in ada.submit("Öppna kontot").text("main")


def test_the_last_administrators_buttons_say_why_not(browse: Browse, cast: Cast) -> None:
    """The operations refuse it as well."""
    ada = strong(browse)
    page = ada.get(f"{PEOPLE}/{cast.ada.id}/konto")
    assert page.text("main").count(Refusal.LAST_ADMINISTRATOR) == 2
    ada.post(f"{PEOPLE}/{cast.ada.id}/konto/administrator/ta", status=422)
    ada.post(f"{PEOPLE}/{cast.ada.id}/konto/stang", status=422)
    assert ada.get(PEOPLE).text("h1") == "Personer"


def test_changing_ones_own_ends_the_other_browsers(browse: Browse, cast: Cast) -> None:
    """Adding or removing a factor, making new codes or changing the address ends all other sessions."""
    here = browse("bo")
    key, _ = enrol_app(here)
    secret = re.search(r"secret=([A-Z2-7]+)", key.find('a[href^="otpauth:"]').attributes["href"] or "")
    assert secret

    def other() -> str:
        """Sign in elsewhere and return the session's id."""
        code = factors.renew_codes(cast.bo.account, by=cast.bo, at=now(), here=mine())[0]  # type: ignore[arg-type]
        session, _ = operations.sign_in("bo@alvsam.example", PASSWORD, code, address="", browser="", at=now())
        return str(session.id)

    def mine() -> SignInSession:
        return db.session.scalars(
            select(SignInSession).where(SignInSession.ended_at.is_(None)).order_by(SignInSession.id)
        ).first()  # type: ignore[return-value]

    def ended(number: str) -> bool:
        db.session.expire_all()
        return db.session.get_one(SignInSession, int(number)).ended_at is not None

    elsewhere = other()
    here.get("/konto/aterstallningskoder")
    here.submit("Jag har sparat koderna")
    here.post("/konto/aterstallningskoder")
    assert ended(elsewhere)
    elsewhere = other()
    page = here.get("/konto/kodapp")
    again = re.search(r"secret=([A-Z2-7]+)", page.find('a[href^="otpauth:"]').attributes["href"] or "")
    assert again
    here.submit("Lägg till", code=pyotp.TOTP(again[1]).now(), name="Surfplattan")
    assert ended(elsewhere)
    elsewhere = other()
    here.get("/konto/adress")
    here.submit("Ändra adressen", email="bo.b@alvsam.example")
    assert ended(elsewhere)
    assert here.get("/konto").text("h1") == "Mitt konto"


def test_a_link_is_shown_once_and_then_what_became_of_it(browse: Browse, cast: Cast) -> None:
    """After a reload the page says what has happened to the link and offers a new one."""
    konto = f"{PEOPLE}/{cast.bo.id}/konto"
    ada = strong(browse)
    assert "Ingen länk gäller just nu." in ada.get(f"{konto}/lank").text("main")
    ada.get(konto)
    page = ada.submit("Gör en länk att lämna över")
    first = link_on(page)
    assert page.url.endswith(f"{konto}/lank")
    page = ada.get(page.url)
    assert not page.all("#lank")
    assert "Länken visas en enda gång" in page.text("main")
    assert "gör en ny: då slutar den gamla att gälla" in page.text("main")
    page = ada.submit("Gör en länk att lämna över")
    browse().get(first, status=404)
    bo = browse()
    bo.get(link_on(page))
    bo.submit("Välj lösenord", password=NEW)
    assert "Den senaste länken har använts." in ada.get(f"{konto}/lank").text("main")


def test_a_link_is_shown_for_the_person_it_is_for(browse: Browse, cast: Cast) -> None:
    """The page of another person's id does not show the link."""
    ada = strong(browse)
    ada.get(f"{PEOPLE}/{cast.bo.id}/konto")
    ada.submit("Gör en länk att lämna över", follow=False, status=303)
    assert not ada.get(f"{PEOPLE}/{cast.anna.id}/konto/lank").all("#lank")


def test_an_account_given_twice_leads_to_the_account(browse: Browse, cast: Cast) -> None:
    """Sending the form twice leads to the account's page."""
    konto = f"{PEOPLE}/{cast.bo.id}/konto"
    page = strong(browse).post(konto, {"email": "bo@alvsam.example", "way": "hand"})
    assert page.url.endswith(konto)
    assert Refusal.HAS_ACCOUNT in page.text(".flashes")


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_hold(screen: Callable[..., Screen], cast: Cast, size: tuple[int, int]) -> None:
    """The pages of accounts, links, passwords, Min sida and refused sign-ins are accessible and fit the screen."""
    accounts.reset_factors(cast.bo.account, by=cast.anna, at=now())  # type: ignore[arg-type]
    frida = operations.add_person("Frida Fors", "frida@alvsam.example", by=cast.ada, at=now())
    ada = screen("ada", size=size)
    db.session.execute(update(SignInSession).values(strong_at=now()))
    make.commit()
    page = ada.page

    def look(name: str, at: Screen = ada) -> None:
        accessible(at.page)
        fits(at.page)
        if folder := os.environ.get("GOVERN_PICTURES"):
            at.page.screenshot(path=f"{folder}/{name}-{size[0]}.png", full_page=True)

    page.goto(f"{PEOPLE}/{frida.id}/konto")
    look("give")
    page.get_by_role("button", name="Ge konto").click()
    look("link")
    link = page.get_by_label("Länken").input_value()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopiera länken").click()
    page.get_by_text("Kopierat.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.reload()
    look("link again")
    page.get_by_role("link", name="Till kontot").click()
    page.go_back()
    page.get_by_text("Länken visas en enda gång").wait_for()
    page.goto(f"{PEOPLE}/{cast.bo.id}/konto")
    page.get_by_role("button", name="Gör en länk att lämna över").click()
    page.get_by_role("link", name="Klar").click()
    look("account")
    stranger = screen(size=size)
    stranger.page.goto(link)
    look("choose", stranger)
    typed, shows = stranger.page.get_by_label("Nytt lösenord"), stranger.page.get_by_role("button", name="Visa")
    typed.fill("fridafors2024")
    assert (typed.get_attribute("type"), shows.get_attribute("aria-pressed")) == ("password", "false")
    shows.click()
    assert (typed.get_attribute("type"), shows.get_attribute("aria-pressed")) == ("text", "true")
    look("shown", stranger)
    stranger.page.get_by_role("button", name="Välj lösenord").click()
    look("refused", stranger)
    stranger.allow_complaint("422")
    stranger.page.get_by_label("Nytt lösenord").fill(NEW)
    stranger.page.get_by_role("button", name="Välj lösenord").click()
    look("factors", stranger)
    stranger.page.goto("/")
    look("home", stranger)
    stranger.page.goto("/konto")
    look("mine", stranger)
    gone = screen(size=size)
    gone.page.goto(link)
    gone.allow_complaint("404")
    look("gone", gone)
    for _ in range(ATTEMPTS + 1):
        gone.page.goto("/logga-in")
        gone.page.get_by_label("E-post").fill("bo@alvsam.example")
        gone.page.get_by_label("Lösenord").fill("fel lösenord, långt")
        gone.page.get_by_role("button", name="Logga in", exact=True).click()
    gone.page.get_by_text(Refusal.TOO_MANY).first.wait_for()
    look("too-many", gone)
    for status in ("422", "429"):
        gone.allow_complaint(status)


@pytest.mark.parametrize("reset", ["password", "factors", "closed"])
@pytest.mark.parametrize("factor", [False, True])
def test_what_was_given_before_a_reset_opens_nothing(cast: Cast, factor: bool, reset: str) -> None:
    """The account is judged again under the lock before a session starts."""
    account, at = cast.bo.account, now()
    assert account
    if factor or reset == "factors":
        make.add(Factor(account=account, kind=FactorKind.TOTP, name="Telefonen", secret=b"", counter=1, added_at=at))
        make.commit()
    credentials = credentials_of(account)
    match reset:
        case "password":
            link = accounts.find_link(accounts.new_link(account, mailed=False, by=cast.ada, at=at), address="", at=at)
            assert link
            accounts.use_link(link, NEW, at=at)
        case "factors":
            accounts.reset_factors(account, by=cast.ada, at=at)
        case "closed":
            accounts.set_disabled(account, True, by=cast.ada, at=at)
    db.session.rollback()
    with pytest.raises(Refused, match=re.escape(Refusal.HALF_LAPSED if factor else Refusal.WRONG)):
        sessions.start(account, credentials, strong=factor, address="", browser="", at=at)
    db.session.rollback()
    assert not account.sessions


@pytest.mark.parametrize("when", ["before", "while the code is tried"])
def test_the_second_step_ends_with_a_reset(
    browse: Browse, cast: Cast, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """The visitor is sent to sign in again and told why; the code is not called wrong."""
    shown, _ = enrol_app(browse("bo"))
    browser, account_id = browse(), cast.bo.account.id  # type: ignore[union-attr]
    browser.get("/logga-in")
    assert browser.submit("Logga in", email="bo@alvsam.example", password=PASSWORD).text("h1") == "Andra steget"

    def reset() -> None:
        accounts.reset_factors(db.session.get_one(Account, account_id), by=None, at=now())

    take = attempts.take

    def taken(*limits: Any, at: Any) -> Any:
        reset()
        db.session.commit()
        return take(*limits, at=at)

    if when == "before":
        reset()
    else:
        monkeypatch.setattr(attempts, "take", taken)
    page = browser.submit("Fortsätt", code=code_of(shown, 1))
    assert (page.text("h1"), Refusal.HALF_LAPSED in page.text(".flashes")) == ("Logga in", True)
    assert browser.get("/").text("h1") == "Logga in"


ADA = "Ada Administratör"
REFUSED = f"Kontot är nytt eller återställt av {ADA}"


def reset(person: Person) -> None:
    """Remove somebody's second factors, as Ada."""
    accounts.reset_factors(
        person.account, by=db.session.scalars(select(Person).where(Person.name == ADA)).one(), at=now()
    )  # type: ignore[arg-type]


def test_a_reset_chair_judges_no_paragraph(browse: Browse, cast: Cast) -> None:
    """The chair can neither approve nor send back, in the queue or elsewhere; the pages say why."""
    first, second = held(cast)
    first.version = second.version = 1
    make.commit()
    reset(cast.anna)
    anna, ids = browse("anna"), (first.id, second.id)
    page = anna.get("/granska")
    assert page.text("main").count(REFUSED) >= 4
    assert not page.all(".queue-actions button[type=submit]")
    for address, sent in (
        (f"/granska/{ids[0]}/godkann", {"read": 1}),
        (f"/granska/{ids[0]}/tillbaka", {f"p{ids[0]}-comment": "Skriv mer.", f"p{ids[0]}-read": 1}),
        (f"/paragrafer/{ids[0]}/godkann", {}),
        (f"/paragrafer/{ids[0]}/skicka-tillbaka", {"comment": "Skriv mer."}),
        ("/granska/oforandrade", {"read": f"{ids[1]}:1"}),
    ):
        assert REFUSED in anna.post(address, sent, status=422).text("main"), address
    db.session.rollback()
    assert [db.session.get_one(Paragraph, i).state for i in ids] == [ParagraphState.READY] * 2


def test_a_reset_adjuster_answers_nothing(browse: Browse, cast: Cast) -> None:
    """The adjuster can neither remark nor say that there is no remark."""
    first, second = held(cast)
    for paragraph in (first, second):
        operations_of_paragraphs.approve(paragraph, by=cast.anna, at=now())
    reset(cast.david)
    david, ids, meeting = browse("david"), (first.id, second.id), f"/moten/{first.meeting_id}"
    page = david.get(f"{meeting}/justering")
    assert page.text("main").count(REFUSED) >= 3
    for address, sent in (
        (f"/paragrafer/{ids[0]}/inga-synpunkter", {"read": first.version}),
        (f"/paragrafer/{ids[0]}/synpunkt", {f"p{ids[0]}-text": "Nej.", f"p{ids[0]}-read": first.version}),
        (f"{meeting}/inga-synpunkter", {"read": f"{ids[0]}:{first.version}"}),
    ):
        assert REFUSED in david.post(address, sent, status=422).text("main"), address
    assert not db.session.scalars(select(Adjustment)).all()


@pytest.mark.parametrize("kind", ["extract", "correction"])
def test_every_kind_is_signed_through_its_address(browse: Browse, cast: Cast, kind: str) -> None:
    """Extracts and corrections are signed too, but not within a day after a reset."""
    protocol, at = sealed(cast), now()
    fresh = {"fresh_at": at, "fresh_for": timedelta(days=9)}
    for signature in protocol.signatures:
        signing.sign(signature, by=signature.person, at=at, **fresh)  # type: ignore[arg-type]
    if kind == "extract":
        made, signer = make_extract(protocol, [12], by=cast.cilla, at=at), cast.cilla
    else:
        said = {"old": "Budget", "new": "Budgeten", "reason": "Skrivfel."}
        made, signer = correcting.correct(protocol, 12, **said, by=cast.cilla, at=at), cast.anna
    address, made_id = f"/underskrifter/{made.signatures[0].id}", made.id
    browse("bo").post(address, status=403)
    reset(signer)
    browser = browse(signer.name.split()[0].lower())
    assert REFUSED in browser.post(address, status=422).text("main")
    db.session.rollback()
    beda = operations.add_person("Beda Berg", "beda@alvsam.example", by=None, at=at)
    operations.add_account(beda, "beda@alvsam.example", PASSWORD, administrator=True, by=None, at=at)
    accounts.confirm_reset(signer.account, by=beda, at=now())  # type: ignore[arg-type]
    assert "Du har undertecknat" in browser.post(address).text(".flashes")
    db.session.rollback()
    assert db.session.get_one(Protocol, made_id).signatures[0].signed_at


def test_news_stays_while_the_account_is_held(browse: Browse, cast: Cast) -> None:
    """Somebody who has taken over an account cannot hide the event before its owner has had a day to read it."""
    account = cast.anna.account
    assert account is not None
    events.notify_owner(account, Happening.FACTORS_RESET, by=cast.ada, at=now())
    db.session.commit()
    event_id = db.session.scalars(select(AccountEvent.id).where(AccountEvent.account_id == account.id)).one()
    anna = browse("anna")
    home = anna.get("/")
    assert Refusal.HELD_NEWS in home.text("main")
    assert "Jag har sett det" not in home.text("main")
    anna.post(f"/konto/handelser/{event_id}/sedd", {}, status=422)
    assert "tog bort alla andra steg" in anna.get("/").text("main")
    db.session.execute(update(AccountEvent).values(at=now() - HOLD - timedelta(minutes=1)))
    db.session.commit()
    assert "Jag har sett det" in anna.get("/").text("main")
    anna.post(f"/konto/handelser/{event_id}/sedd", {})
    assert "Ändringar av ditt konto" not in anna.get("/").text("main")


def test_another_administrator_sees_who_waits(browse: Browse, cast: Cast) -> None:
    """An account given or reset by one administrator is listed on another's Min sida, with a link to confirm it."""
    account = cast.anna.account
    assert account is not None
    cast.bo.account.administrator = True  # type: ignore[union-attr]
    events.notify_owner(account, Happening.PASSWORD_SET, by=cast.ada, at=now())
    db.session.commit()
    assert "Nya och återställda konton" not in browse("ada").get("/").text("main")
    assert "Nya och återställda konton" not in browse("cilla").get("/").text("main")
    bo = browse("bo")
    home = bo.get("/")
    assert "Nya och återställda konton" in home.text("main")
    assert f"Av {cast.ada.name}." in home.text("main")
    assert "Bekräfta att det är riktigt" in bo.get(home.link(cast.anna.name)).text("main")


@pytest.mark.usefixtures("each_database")
def test_a_new_name_is_told_to_its_owner(cast: Cast) -> None:
    """The name appears at signatures, so its owner is told of a change."""
    operations.change_person(cast.anna, "Anna Alm", "anna@alvsam.example", "", by=cast.ada, at=now())
    (event,) = events.unseen(cast.anna)
    assert events.sentence(event) == "Ada Administratör ändrade ditt namn: Anna Ask → Anna Alm."
    operations.change_person(cast.anna, "Anna Alm", "anna@alvsam.example", "08-1", by=cast.ada, at=now())
    assert len(events.unseen(cast.anna)) == 1
