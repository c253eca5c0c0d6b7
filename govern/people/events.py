"""Account events: owners are notified by email, on Mitt konto and, of what others have done, on Min sida.

After a reset by another person the owner may not sign for a day, unless a second administrator confirms it: so no
administrator alone can sign in somebody's name, and the owner has a day to react.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
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
"""Events that give another person access.

With a remote signing service, which identifies signers by address, a changed address counts too (`hold_on`).
"""
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
"""The same events in the wording for administrators."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Resets by others of an account, which may not sign until a moment; those in `by` may not confirm them."""

    events: Sequence[AccountEvent]
    until: datetime

    @property
    def by(self) -> set[int | None]:
        """Who made the resets; None stands for the server."""
        return {event.by_id for event in self.events}

    @property
    def names(self) -> str:
        """Their names."""
        return " och ".join(dict.fromkeys(event.by_name for event in self.events))

    @property
    def sentence(self) -> str:
        """The sentence that explains to the owner why, and until when, they may not sign."""
        return (
            f"Kontot är nytt eller återställt av {self.names}. Du kan underteckna från {moment(self.until)}, "
            "eller när en annan administratör har bekräftat det."
        )


def notify_owner(
    account: Account,
    kind: Happening,
    *,
    by: Person | None,
    at: datetime,
    about: str = "",
    also: Sequence[str] = (),
) -> AccountEvent:
    """Record an event and queue emails to the owner's addresses and `also`, in the caller's transaction.

    Without a mail server it is shown on Min sida and Mitt konto only.
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
    """Return the sentence about an event for its owner."""
    own = event.by_id == event.account.person_id
    said = event.kind.label.format(by="Du" if own else event.by_name, about=event.about)
    return said.replace("Ett nytt lösenord valdes med länken som Du", "Ett nytt lösenord valdes med länken som du")


def about(event: AccountEvent) -> str:
    """Return the phrase about an event for administrators, in the account's list of events."""
    return LOOKED_AT[event.kind].format(by=event.by_name, about=event.about)


def event_by_id(event_id: int) -> AccountEvent | None:
    """Return an event, or None."""
    return db.session.get(AccountEvent, event_id)


def by_others() -> ColumnElement[bool]:
    """Return the SQL condition that somebody other than the owner caused an event."""
    return or_(AccountEvent.by_id.is_(None), AccountEvent.by_id != Account.person_id)


def unseen(person: Person) -> Sequence[AccountEvent]:
    """Return the newest events caused by others on the person's account that they have not acknowledged."""
    query = select(AccountEvent).join(Account, Account.id == AccountEvent.account_id)
    query = query.where(Account.person_id == person.id, AccountEvent.seen_at.is_(None), by_others())
    return db.session.scalars(query.order_by(AccountEvent.id.desc()).limit(SHOWN)).all()


def latest(account: Account) -> Sequence[AccountEvent]:
    """Return the latest events of an account, newest first."""
    query = select(AccountEvent).where(AccountEvent.account_id == account.id)
    return db.session.scalars(query.order_by(AccountEvent.id.desc()).limit(SHOWN)).all()


def refuse_acknowledging(account: Account, *, at: datetime) -> Refusal | None:
    """Refuse to dismiss events while the account is held: an intruder would hide them from its owner."""
    return Refusal.HELD_NEWS if hold_on(account, at=at) else None


def acknowledge(event: AccountEvent, *, at: datetime) -> None:
    """Record that the owner has seen an event, and remove it from Min sida.

    Raises:
        Refused: if the account may not sign because others have reset it.
    """
    enforce(refuse_acknowledging(event.account, at=at))
    event.seen_at = event.seen_at or at
    commit_step()


def hold_on(account: Account, *, at: datetime) -> Hold | None:
    """Return the unconfirmed resets by others in the last day, or None."""
    return _held(account, _holding(), at)


def _holding() -> set[Happening]:
    """Return the kinds of events that bar a signature, with the configured way of signing."""
    by_address = current_app.config["GOVERN"].signing != "local"
    return {*RESETS, Happening.ADDRESS_CHANGED} if by_address else set(RESETS)


def new_to_office(account: Account, *, at: datetime) -> Hold | None:
    """Return what bars an administrator from confirming: a reset, a new address or a new right in the last day."""
    return _held(account, {*RESETS, Happening.ADDRESS_CHANGED, Happening.ADMINISTRATOR_GIVEN}, at)


def given_by(account: Account) -> set[int | None]:
    """Return others who ever created, enabled or reset this account, or gave it a link, an address or its right."""
    kinds = {
        *RESETS,
        Happening.ACCOUNT_MADE,
        Happening.LINK_MADE,
        Happening.ADDRESS_CHANGED,
        Happening.ENABLED,
    }
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
    """Return accounts that may not sign because of resets by people other than this administrator."""
    query = select(Account).join(AccountEvent, AccountEvent.account_id == Account.id).distinct()
    query = query.where(
        AccountEvent.kind.in_(_holding()),
        AccountEvent.at > at - HOLD,
        AccountEvent.confirmed_at.is_(None),
        by_others(),
        Account.person_id != person.id,
        Account.disabled_at.is_(None),
    )
    holds = ((account, hold_on(account, at=at)) for account in db.session.scalars(query.order_by(Account.id)).all())
    others = ((account, hold) for account, hold in holds if hold is not None and person.id not in hold.by)
    return list(islice(others, SHOWN))


def held(person: Person, *, at: datetime) -> Hold | None:
    """Return the hold on this person's account, or None if they may sign now."""
    return hold_on(person.account, at=at) if person.account else None


def refuse_held(person: Person, *, at: datetime) -> None:
    """Refuse a signature by somebody whose account is disabled or has been reset by others.

    Raises:
        Refused: if the account is disabled, or was reset within a day without a second administrator's confirmation.
    """
    if person.account and person.account.disabled_at:
        raise Refused(Refusal.CLOSED)
    hold = held(person, at=at)
    if hold is not None:
        raise Refused(hold.sentence)


def deliver(keys: Sequence[str]) -> None:
    """Mail events, each to one address.

    Raises:
        Undelivered: if an email is to be retried.
    """
    for key in keys:
        event_id, _, address = key.partition(" ")
        event = event_by_id(int(event_id))
        if event is None:
            continue
        words, at = _letter(event), event.at
        pause()  # Hold no transaction while talking to the mail server.
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
