"""Changes of others' accounts: one-time links, holds on signing, notifications, the last administrator."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from govern import outbox
from govern.db import db, in_turn
from govern.errors import Refused
from govern.people import events, operations
from govern.people.accounts import operations as accounts
from govern.people.factors import operations as factors
from govern.people.models import Account, AccountEvent, OneTimeLink, Person
from govern.people.rules import HOLD, LINK_LASTS, Refusal, refuse_confirming
from govern.people.states import Happening
from tests.cast import PASSWORD, Cast
from tests.people.test_attempts import at_once
from tests.people.test_factors import enrol
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("each_database")

AT = datetime(2024, 4, 22, 7, 0, 10, tzinfo=UTC)
NEW = "korrekt häst batteri"


def held(person: Person) -> Account:
    """Return a person's account."""
    assert person.account
    return person.account


def administrator(name: str = "Beda Berg", at: datetime = AT - timedelta(days=90)) -> Person:
    """Add an administrator, as the server's command does."""
    email = f"{name.split(maxsplit=1)[0].lower()}@alvsam.example"
    person = operations.add_person(name, email, by=None, at=at)
    operations.add_account(person, email, PASSWORD, administrator=True, by=None, at=at)
    return person


def used(person: Person, by: Person | None, at: datetime = AT) -> None:
    """Create a one-time link for an account and use it."""
    token = accounts.new_link(held(person), mailed=False, by=by, at=at)
    link = accounts.find_link(token, address="", at=at)
    assert link
    accounts.use_link(link, NEW, at=at)


def told(person: Person) -> list[Happening]:
    """Return the account's events in order."""
    query = select(AccountEvent.kind).where(AccountEvent.account_id == held(person).id)
    return list(db.session.scalars(query.order_by(AccountEvent.id)))


# --- One-time links ------------------------------------------------------------------------------------------


def test_a_link_chooses_a_password_once(cast: Cast) -> None:
    """The old password holds until then; afterwards the sessions are ended and the link is void."""
    session, _ = operations.sign_in("bo@alvsam.example", PASSWORD, address="", browser="", at=AT)
    token = accounts.new_link(held(cast.bo), mailed=False, by=cast.ada, at=AT)
    assert operations.check_password("bo@alvsam.example", PASSWORD, address="", at=AT)
    link = accounts.find_link(token, address="", at=AT)
    assert link
    with pytest.raises(Refused, match=Refusal.SHORT.value):
        accounts.use_link(link, "kort", at=AT)
    accounts.use_link(link, NEW, at=AT)
    assert session.ended_at == AT
    assert operations.check_password("bo@alvsam.example", NEW, address="", at=AT)
    assert accounts.find_link(token, address="", at=AT) is None
    with pytest.raises(Refused, match=Refusal.LINK_GONE.value):
        accounts.use_link(link, "ännu ett långt lösen", at=AT)
    assert told(cast.bo) == [Happening.LINK_MADE, Happening.PASSWORD_SET]


@pytest.mark.parametrize("why", ["old", "revoked", "replaced", "closed", "moved"])
def test_a_link_opens_nothing_more(cast: Cast, why: str) -> None:
    """A link is void after a day, or when it is revoked or replaced, or the account is closed or gets a new address."""
    bo, at = held(cast.bo), AT
    token = accounts.new_link(bo, mailed=False, by=cast.ada, at=AT)
    match why:
        case "old":
            at = AT + LINK_LASTS
        case "revoked":
            accounts.revoke_link(bo, by=cast.bo, at=AT)
        case "replaced":
            accounts.new_link(bo, mailed=False, by=cast.ada, at=AT)
        case "closed":
            accounts.set_disabled(bo, True, by=cast.ada, at=AT)
        case "moved":
            accounts.change_address(bo, "bo.bjork@alvsam.example", by=cast.ada, at=AT)
    assert accounts.find_link(token, address="", at=at) is None


def test_two_who_use_a_link_at_once(app: Flask, cast: Cast) -> None:
    """Only one of several concurrent requests chooses the password."""
    token = accounts.new_link(held(cast.bo), mailed=False, by=cast.ada, at=AT)
    db.session.rollback()

    def use() -> None:
        link = accounts.find_link(token, address="", at=AT)
        if link is None:
            raise Refused(Refusal.LINK_GONE)
        accounts.use_link(link, NEW, at=AT)

    assert at_once(app, 4, use) == [Refusal.LINK_GONE] * 3
    assert told(cast.bo).count(Happening.PASSWORD_SET) == 1


def test_a_link_is_kept_as_a_digest(cast: Cast) -> None:
    """The database does not reveal the link, not even while it waits to be mailed."""
    tokens = [accounts.new_link(held(cast.bo), mailed=mailed, by=cast.ada, at=AT) for mailed in (False, True)]
    rows = str(
        [
            [bytes(v) if isinstance(v, memoryview) else v for v in row]
            for row in db.session.execute(text("SELECT * FROM one_time_links"))
        ]
    )
    assert not [token for token in tokens if token in rows]


def test_an_account_is_given_without_a_password(cast: Cast) -> None:
    """Nobody can sign in until the owner has chosen a password."""
    frida = operations.add_person("Frida Fors", "frida@alvsam.example", by=cast.ada, at=AT)
    account, token = accounts.give_account(
        frida, "FRIDA@alvsam.example", administrator=False, mailed=False, by=cast.ada, at=AT
    )
    for guess in ("", PASSWORD):
        with pytest.raises(Refused, match=Refusal.WRONG.value):
            operations.check_password(account.email, guess, address="", at=AT)
    link = accounts.find_link(token, address="", at=AT)
    assert link
    accounts.use_link(link, NEW, at=AT)
    assert operations.check_password(account.email, NEW, address="", at=AT) is account
    assert (told(frida), bool(events.held(frida, at=AT))) == (
        [Happening.ACCOUNT_MADE, Happening.PASSWORD_SET],
        True,
    )


# --- Holds on signing ----------------------------------------------------------------------------------------


def test_a_reset_holds_for_a_day(cast: Cast) -> None:
    """The hold begins when the link is used or the factors are removed; an unused link holds nothing."""
    accounts.new_link(held(cast.anna), mailed=False, by=cast.ada, at=AT)
    assert events.held(cast.anna, at=AT) is None
    late = AT + timedelta(hours=23)
    used(cast.bo, cast.ada, late)
    accounts.reset_factors(held(cast.anna), by=cast.ada, at=AT)
    assert [bool(events.held(cast.anna, at=AT + after)) for after in (HOLD - timedelta(seconds=1), HOLD)] == [
        True,
        False,
    ]
    hold = events.held(cast.bo, at=AT + HOLD)
    assert hold
    assert hold.until == late + HOLD
    assert "Ada Administratör" in hold.sentence
    assert "24 april 2024 kl. 08.00" in hold.sentence


def test_what_one_does_oneself_holds_nothing(cast: Cast) -> None:
    """Actions by the owner, and actions by others that let nobody in, do not hold the account."""
    enrol(cast)
    factors.renew_codes(held(cast.bo), by=cast.bo, at=AT)
    session, _ = operations.sign_in("anna@alvsam.example", PASSWORD, address="", browser="", at=AT)
    operations.change_own_password(session, PASSWORD, NEW, address="", at=AT)
    accounts.end_sessions(held(cast.bo), by=cast.ada, at=AT)
    accounts.set_disabled(held(cast.bo), True, by=cast.ada, at=AT)
    accounts.set_disabled(held(cast.bo), False, by=cast.ada, at=AT)
    assert (events.held(cast.bo, at=AT), events.held(cast.anna, at=AT)) == (None, None)


@pytest.mark.parametrize(("signing", "holds"), [("local", False), ("csc", True), ("federated", True)])
def test_a_new_address_holds_where_the_signer_is_known_by_it(app: Flask, cast: Cast, signing: str, holds: bool) -> None:
    """A remote service signs for whoever controls the address."""
    app.config["GOVERN"] = replace(app.config["GOVERN"], signing=signing)
    operations.change_person(cast.anna, "Anna Ask", "ada@evil.example", "", by=cast.ada, at=AT)
    assert bool(events.held(cast.anna, at=AT)) == holds


def test_a_second_administrator_confirms(cast: Cast) -> None:
    """Resetters, their appointees, the owner and those whose account or right is new cannot confirm it."""
    beda, new = administrator(), administrator("Nils Ny")
    accounts.reset_factors(held(new), by=beda, at=AT - timedelta(hours=1))
    used(cast.anna, cast.ada)
    accounts.set_administrator(held(cast.anna), True, by=cast.ada, at=AT)
    accounts.set_administrator(held(cast.bo), True, by=cast.ada, at=AT)
    for who, refusal in (
        (cast.ada, Refusal.SECOND_NEEDED),
        (cast.anna, Refusal.SECOND_NEEDED),
        (cast.bo, Refusal.GIVEN_BY_RESETTER),
        (new, Refusal.NEW_TO_OFFICE),
    ):
        with pytest.raises(Refused, match=refusal.value):
            accounts.confirm_reset(held(cast.anna), by=who, at=AT)
        assert events.held(cast.anna, at=AT)
    accounts.confirm_reset(held(cast.anna), by=beda, at=AT)
    assert events.held(cast.anna, at=AT) is None
    with pytest.raises(Refused, match=Refusal.NOT_RESET.value):
        accounts.confirm_reset(held(cast.anna), by=beda, at=AT)
    accounts.reset_factors(held(cast.anna), by=cast.ada, at=AT + timedelta(minutes=1))
    assert events.held(cast.anna, at=AT + timedelta(minutes=1))


def test_two_resets_need_a_third(cast: Cast) -> None:
    """An administrator who has reset something cannot confirm another's reset."""
    beda, carl = administrator(), administrator("Carl Colt")
    used(cast.anna, cast.ada)
    accounts.reset_factors(held(cast.anna), by=beda, at=AT)
    hold = events.held(cast.anna, at=AT)
    assert hold
    assert hold.by == {cast.ada.id, beda.id}
    assert refuse_confirming(hold.by, held(cast.anna), beda, new=False, given_by=set()) is Refusal.SECOND_NEEDED
    accounts.confirm_reset(held(cast.anna), by=carl, at=AT)
    assert events.held(cast.anna, at=AT) is None


@pytest.mark.parametrize("how", ["made", "right", "link", "reset"])
def test_a_puppet_does_not_confirm(cast: Cast, how: str) -> None:
    """Nobody whose account or right the resetter ever gave or reset may confirm, even months later."""
    beda, long_ago = administrator(), AT - timedelta(days=80)
    match how:
        case "made":
            puppet = operations.add_person("Puck Pall", "puck@alvsam.example", by=cast.ada, at=long_ago)
            accounts.give_account(
                puppet, "puck@alvsam.example", administrator=True, mailed=False, by=cast.ada, at=long_ago
            )
        case "right":
            puppet = cast.bo
            accounts.set_administrator(held(puppet), True, by=cast.ada, at=long_ago)
        case "link":
            puppet = administrator("Puck Pall")
            used(puppet, cast.ada, long_ago)
        case _:
            puppet = administrator("Puck Pall")
            accounts.reset_factors(held(puppet), by=cast.ada, at=long_ago)
    used(cast.anna, cast.ada)
    with pytest.raises(Refused, match=Refusal.GIVEN_BY_RESETTER.value):
        accounts.confirm_reset(held(cast.anna), by=puppet, at=AT)
    assert events.held(cast.anna, at=AT)
    accounts.confirm_reset(held(cast.anna), by=beda, at=AT)
    assert events.held(cast.anna, at=AT) is None


def test_a_reset_on_the_server_holds_too(cast: Cast) -> None:
    """Any administrator but the owner may confirm it."""
    used(cast.anna, None)
    hold = events.held(cast.anna, at=AT)
    assert hold
    assert events.ON_THE_SERVER in hold.sentence
    accounts.confirm_reset(held(cast.anna), by=cast.ada, at=AT)
    assert events.held(cast.anna, at=AT) is None


def test_nobody_resets_their_own_as_an_administrator(cast: Cast) -> None:
    """Administrators change their own account on Mitt konto."""
    with pytest.raises(Refused, match=Refusal.OWN_ACCOUNT.value):
        accounts.new_link(held(cast.ada), mailed=False, by=cast.ada, at=AT)
    with pytest.raises(Refused, match=Refusal.OWN_ACCOUNT.value):
        accounts.reset_factors(held(cast.ada), by=cast.ada, at=AT)


# --- The last administrator ----------------------------------------------------------------------------------


def test_the_last_administrator_stays(cast: Cast) -> None:
    """The last right and its account stay, unless `force`; administrators without a password do not count."""
    frida = operations.add_person("Frida Fors", by=cast.ada, at=AT)
    accounts.give_account(frida, "frida@alvsam.example", administrator=True, mailed=False, by=cast.ada, at=AT)
    ada = held(cast.ada)
    assert accounts.refuse_taking(ada) is Refusal.LAST_ADMINISTRATOR
    for by in (cast.ada, None):
        with pytest.raises(Refused, match=Refusal.LAST_ADMINISTRATOR.value):
            accounts.set_administrator(ada, False, by=by, at=AT)
        with pytest.raises(Refused, match=Refusal.LAST_ADMINISTRATOR.value):
            accounts.set_disabled(ada, True, by=by, at=AT)
    db.session.refresh(ada)
    assert (ada.administrator, ada.disabled_at) == (True, None)
    accounts.set_administrator(ada, False, by=None, at=AT, force=True)
    assert not ada.administrator


def test_two_who_take_each_others_right_at_once(app: Flask, cast: Cast) -> None:
    """One of two administrators who concurrently take each other's right remains."""
    people = [cast.ada.id, administrator().id]
    db.session.rollback()
    pairs = iter([people, people[::-1]])

    def take() -> None:
        mine = next(pairs)

        def work() -> None:
            by, whom = (db.session.get_one(Person, number) for number in mine)
            accounts.set_administrator(held(whom), False, by=by, at=AT)

        in_turn(work)  # As a request does.

    assert at_once(app, 2, take) == [Refusal.LAST_ADMINISTRATOR]
    left = select(Account.person_id).where(Account.administrator)
    assert len(db.session.scalars(left).all()) == 1


# --- Notifications -------------------------------------------------------------------------------------------


def test_whatever_is_done_is_told(cast: Cast, postbox: Postbox) -> None:
    """The owner gets one letter per action, naming the actor; a changed address is told to both addresses."""
    bo = held(cast.bo)
    accounts.set_administrator(bo, True, by=cast.ada, at=AT)
    accounts.set_administrator(bo, False, by=cast.ada, at=AT)
    accounts.end_sessions(bo, by=cast.ada, at=AT)
    accounts.reset_factors(bo, by=cast.ada, at=AT)
    accounts.set_disabled(bo, True, by=cast.ada, at=AT)
    accounts.set_disabled(bo, False, by=cast.ada, at=AT)
    used(cast.bo, cast.ada)
    accounts.change_address(bo, "bo.bjork@alvsam.example", by=cast.ada, at=AT)
    while outbox.drain():
        pass
    to_bo = [(to, letter.get_content()) for to, letter, _ in postbox.taken if to.startswith("bo")]
    assert len(to_bo) == 10
    assert all("Ada Administratör" in text for _, text in to_bo)
    assert [to for to, text in to_bo if "ändrade din e-postadress" in text] == [
        "bo.bjork@alvsam.example",
        "bo@alvsam.example",
    ]
    assert "Bo" not in str([to for to, _, _ in postbox.taken if not to.startswith("bo")])


def test_every_administrator_hears_of_a_new_one(cast: Cast, postbox: Postbox) -> None:
    """The one who gave the right gets no letter."""
    beda = administrator()
    accounts.set_administrator(held(cast.bo), True, by=cast.ada, at=AT)
    outbox.drain()
    heard = [to for to, letter, _ in postbox.taken if "gjorde Bo Björk till administratör" in letter.get_content()]
    assert heard == [beda.email]


def test_a_link_is_mailed_and_then_forgotten(cast: Cast, postbox: Postbox) -> None:
    """The letter contains the link, which the database then no longer holds."""
    token = accounts.new_link(held(cast.bo), mailed=True, by=cast.ada, at=AT)
    while outbox.drain():
        pass
    link = db.session.scalars(select(OneTimeLink)).one()
    assert (link.closed, link.error, link.recipient) == (None, "", "bo@alvsam.example")
    letters = [letter.get_content() for to, letter, _ in postbox.taken if token in letter.get_content()]
    assert len(letters) == 1
    assert accounts.address_of(token) in letters[0]
    assert accounts.find_link(token, address="", at=AT)


def test_one_is_told_of_ones_own_changes(cast: Cast, postbox: Postbox) -> None:
    """A letter tells of changes that somebody else could make in an open browser; Min sida does not list them."""
    enrol(cast)
    session, _ = operations.sign_in("anna@alvsam.example", PASSWORD, address="", browser="", at=AT)
    operations.change_own_password(session, PASSWORD, NEW, address="", at=AT)
    for _ in range(2):  # Saving the address that it already is tells nobody.
        operations.change_own_address(session, "anna.ask@alvsam.example", at=AT)
    factors.remove(held(cast.bo).factors[0], by=cast.bo, at=AT)
    while outbox.drain():
        pass
    said = sorted(
        (to, letter.get_content().replace("\r", "").split("\n\n")[1].strip()) for to, letter, _ in postbox.taken
    )
    assert [to for to, _ in said] == [
        "anna.ask@alvsam.example",
        "anna@alvsam.example",
        "anna@alvsam.example",
        "bo@alvsam.example",
        "bo@alvsam.example",
    ]
    assert all(text.startswith("Du ") for _, text in said)
    assert events.unseen(cast.bo) == []


def test_without_a_mail_server_min_sida_tells(cast: Cast) -> None:
    """An event stays on Min sida until its owner acknowledges it, which is refused while the account is held."""
    accounts.reset_factors(held(cast.bo), by=cast.ada, at=AT)
    (event,) = events.unseen(cast.bo)
    assert event.mailed_to == []
    with pytest.raises(Refused, match="Raden står kvar"):
        events.acknowledge(event, at=AT)
    events.acknowledge(event, at=AT + HOLD)
    assert events.unseen(cast.bo) == []
    assert [one.kind for one in events.latest(held(cast.bo))] == [Happening.FACTORS_RESET]
