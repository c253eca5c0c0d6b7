"""What is done to an account is told to its owner: by mail, on Mitt konto, and on Min sida when another has done it.

After a reset by another the owner may not sign for a day, unless a second administrator confirms that it is right: so
no administrator alone can sign in somebody's name, and whoever is meant has a day to hear of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from flask import current_app, url_for
from sqlalchemy import ColumnElement, or_, select

from govern import mail, outbox
from govern.db import commit_step, db, now, pause
from govern.errors import Refused, enforce
from govern.letters import GIVE_UP
from govern.people.models import Account, AccountEvent, Person
from govern.people.rules import HOLD, Refusal
from govern.people.states import Happening
from govern.swedish import moment
from govern.topics import Topic

ON_THE_SERVER = "Den som sköter servern"
RESETS = frozenset({Happening.PASSWORD_SET, Happening.FACTORS_RESET})
"""What lets another in. A remote signing service knows the signer by address, so there a new address is one more."""
SHOWN = 20
LOOKED_AT = {
    Happening.ACCOUNT_MADE: "{by} gav kontot",
    Happening.LINK_MADE: "{by} gjorde en länk för att välja lösenord",
    Happening.LINK_ENDED: "{by} återkallade länken",
    Happening.PASSWORD_SET: "Lösenord valt med {by}s länk",
    Happening.PASSWORD_CHANGED: "{by} bytte lösenord",
    Happening.FACTORS_RESET: "{by} återställde andra steget",
    Happening.FACTOR_ADDED: "{by} lade till ett andra steg",
    Happening.FACTOR_REMOVED: "{by} tog bort ett andra steg",
    Happening.CODES_MADE: "{by} gjorde nya återställningskoder",
    Happening.CODE_USED: "{by} använde en återställningskod",
    Happening.ADDRESS_CHANGED: "{by} ändrade adressen: {about}",
    Happening.NAME_CHANGED: "{by} ändrade namnet: {about}",
    Happening.ADMINISTRATOR_GIVEN: "{by} gav rätten att administrera",
    Happening.ADMINISTRATOR_TAKEN: "{by} tog bort rätten att administrera",
    Happening.DISABLED: "{by} stängde av kontot",
    Happening.ENABLED: "{by} öppnade kontot",
    Happening.SESSIONS_ENDED: "{by} loggade ut kontot överallt",
    Happening.RESET_CONFIRMED: "{by} bekräftade återställningen",
    Happening.NEW_ADMINISTRATOR: "Fick veta att {about} blev administratör",
}
"""The same as an administrator reads it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """An account that was reset by others may not sign until a moment; `by` are those whom no confirmation counts."""

    events: Sequence[AccountEvent]
    until: datetime

    @property
    def by(self) -> set[int | None]:
        """Return who did it: None for the server."""
        return {event.by_id for event in self.events}

    @property
    def names(self) -> str:
        """Name them."""
        return " och ".join(dict.fromkeys(event.by_name for event in self.events))

    @property
    def sentence(self) -> str:
        """Tell the owner why they may not sign, and from when."""
        return (
            f"Kontot är nytt eller återställt av {self.names}. Du kan underteckna från {moment(self.until)}, "
            "eller när en annan administratör har bekräftat det."
        )


def tell(
    account: Account, kind: Happening, *, by: Person | None, at: datetime, about: str = "", also: Sequence[str] = ()
) -> AccountEvent:
    """Note what was done and ask for it to be mailed to the owner's addresses and `also`, in the caller's transaction.

    Where there is no mail server, Min sida and Mitt konto say it all the same.
    """
    addresses = dict.fromkeys(a for a in (account.email, account.person.email, *also) if a)
    mailed = list(addresses) if mail.configured(current_app.config["GOVERN"]) else []
    event = AccountEvent(
        account=account,
        kind=kind,
        at=at,
        by_id=by.id if by else None,
        by_name=by.name if by else ON_THE_SERVER,
        about=about,
        mailed_to=mailed,
    )
    db.session.add(event)
    db.session.flush()
    for address in mailed:
        outbox.enqueue(Topic.ACCOUNT_EVENT, f"{event.id} {address}", at=at)
    return event


def sentence(event: AccountEvent) -> str:
    """Return what was done, as its owner reads it."""
    own = event.by_id == event.account.person_id
    said = event.kind.label.format(by="Du" if own else event.by_name, about=event.about)
    return said.replace("Ett nytt lösenord valdes med länken som Du", "Ett nytt lösenord valdes med länken som du")


def about(event: AccountEvent) -> str:
    """Return what was done, as an administrator reads it in the list of somebody's account."""
    return LOOKED_AT[event.kind].format(by=event.by_name, about=event.about)


def event_by_id(event_id: int) -> AccountEvent | None:
    """Return an event, or None."""
    return db.session.get(AccountEvent, event_id)


def by_others() -> ColumnElement[bool]:
    """Choose what somebody else than the owner did."""
    return or_(AccountEvent.by_id.is_(None), AccountEvent.by_id != Account.person_id)


def unseen(person: Person) -> Sequence[AccountEvent]:
    """List what others have done to one's account that one has not said that one knows, the newest first."""
    query = select(AccountEvent).join(Account, Account.id == AccountEvent.account_id)
    query = query.where(Account.person_id == person.id, AccountEvent.seen_at.is_(None), by_others())
    return db.session.scalars(query.order_by(AccountEvent.id.desc()).limit(SHOWN)).all()


def latest(account: Account) -> Sequence[AccountEvent]:
    """List what has been done to an account lately, the newest first."""
    query = select(AccountEvent).where(AccountEvent.account_id == account.id)
    return db.session.scalars(query.order_by(AccountEvent.id.desc()).limit(SHOWN)).all()


def refuse_acknowledging(account: Account, *, at: datetime) -> Refusal | None:
    """Refuse to put news away while the account is held: whoever took it over would hide it from its owner."""
    return Refusal.HELD_NEWS if hold_on(account, at=at) else None


def acknowledge(event: AccountEvent, *, at: datetime) -> None:
    """Note that the owner knows, and show it no more on Min sida.

    Raises:
        Refused: while the account may not sign because others have reset it.
    """
    enforce(refuse_acknowledging(event.account, at=at))
    event.seen_at = event.seen_at or at
    commit_step()


def hold_on(account: Account, *, at: datetime) -> Hold | None:
    """Return the resets by others within a day that no second administrator has confirmed, if any."""
    kinds = set(RESETS)
    if current_app.config["GOVERN"].signing != "local":
        kinds.add(Happening.ADDRESS_CHANGED)
    return _held(account, kinds, at)


def new_to_office(account: Account, *, at: datetime) -> Hold | None:
    """Return what keeps an administrator from confirming for others: a reset, or the right given within a day."""
    return _held(account, {*RESETS, Happening.ADDRESS_CHANGED, Happening.ADMINISTRATOR_GIVEN}, at)


def given_by(account: Account) -> set[int | None]:
    """Return who has ever given this account or its right to administer, let its password be chosen, or reset it."""
    kinds = {*RESETS, Happening.ACCOUNT_MADE, Happening.LINK_MADE, Happening.ADDRESS_CHANGED, Happening.ENABLED}
    query = select(AccountEvent.by_id).where(AccountEvent.account_id == account.id)
    query = query.where(AccountEvent.kind.in_({*kinds, Happening.ADMINISTRATOR_GIVEN}))
    return set(db.session.scalars(query.distinct())) - {account.person_id}


def _held(account: Account, kinds: set[Happening], at: datetime) -> Hold | None:
    query = select(AccountEvent).join(Account, Account.id == AccountEvent.account_id)
    query = query.where(
        AccountEvent.account_id == account.id,
        AccountEvent.kind.in_(kinds),
        AccountEvent.at > at - HOLD,
        AccountEvent.confirmed_at.is_(None),
        by_others(),
    )
    events = db.session.scalars(query.order_by(AccountEvent.id)).all()
    return Hold(events, max(event.at for event in events) + HOLD) if events else None


def held_accounts(person: Person, *, at: datetime) -> Sequence[tuple[Account, Hold]]:
    """List the accounts that may not sign since somebody else than this administrator gave or reset them."""
    query = select(Account).join(AccountEvent, AccountEvent.account_id == Account.id).distinct()
    query = query.where(
        AccountEvent.kind.in_(RESETS),
        AccountEvent.at > at - HOLD,
        AccountEvent.confirmed_at.is_(None),
        by_others(),
        Account.person_id != person.id,
        Account.disabled_at.is_(None),
    )
    accounts = db.session.scalars(query.order_by(Account.id).limit(SHOWN)).all()
    holds = [(account, hold_on(account, at=at)) for account in accounts]
    return [(account, hold) for account, hold in holds if hold is not None and person.id not in hold.by]


def held(person: Person, *, at: datetime) -> Hold | None:
    """Return whether, and why, this person may not sign now."""
    return hold_on(person.account, at=at) if person.account else None


def refuse_held(person: Person, *, at: datetime) -> None:
    """Refuse a signature by somebody whose account is closed, or others have reset.

    Raises:
        Refused: while it is closed, and until a day has passed or a second administrator has confirmed.
    """
    if person.account and person.account.disabled_at:
        raise Refused(Refusal.CLOSED)
    hold = held(person, at=at)
    if hold is not None:
        raise Refused(hold.sentence)


def deliver(keys: Sequence[str]) -> None:
    """Mail what was done, each letter to one address.

    Raises:
        Undelivered: when a letter is to be tried again.
    """
    for key in keys:
        event_id, _, address = key.partition(" ")
        event = event_by_id(int(event_id))
        if event is None:
            continue
        words, at = _letter(event), event.at
        pause()  # No transaction is open while the server is spoken to.
        name = hashlib.sha256(address.encode()).hexdigest()[:12]
        try:
            mail.send(current_app.config["GOVERN"], address, *words, key=f"account-{event_id}-{name}", at=at)
        except mail.Undelivered as error:
            if not error.permanent and now() - at < GIVE_UP:
                raise
            event = db.session.get_one(AccountEvent, int(event_id))
            event.error = error.sentence
            commit_step()


def _letter(event: AccountEvent) -> tuple[str, str]:
    own = event.by_id == event.account.person_id
    lines = [
        f"Hej {event.account.person.name}!",
        sentence(event),
        f"Det var {moment(event.at)}.",
        "Var det inte du? Byt lösenord genast, och hör av dig till den som administrerar Govern hos er."
        if own
        else "Var det inte väntat? Hör genast av dig till någon annan som administrerar Govern hos er.",
    ]
    if event.kind in RESETS and not own:
        lines.insert(3, "Kontot kan inte underteckna protokoll på ett dygn, om inte en annan administratör bekräftar.")
    base = current_app.config["GOVERN"].base_url
    with current_app.test_request_context():
        lines.append(f"Läs mer på Mitt konto: {urljoin(base, url_for('account.account'))}")
    return "Ändring av ditt konto i Govern", "\n\n".join(lines) + "\n"
