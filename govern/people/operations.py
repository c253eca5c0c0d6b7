"""People are added and changed; they sign in, and change their own account.

Whatever hashes is done in three steps: the attempt is counted in a transaction of its own (`people/attempts.py`), the
password is hashed with no transaction open (`people/passwords/hashing.py`), and what came of it is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from govern import audit
from govern.db import commit_step, db, lock, pause, save_changes
from govern.errors import Refused, TooMany, enforce
from govern.people import attempts, events, noting
from govern.people.access import credentials_of
from govern.people.attempts import Limit
from govern.people.factors import operations as factors
from govern.people.models import Account, Person, SignInSession
from govern.people.passwords import hashing
from govern.people.passwords.rules import refuse_password, words_of
from govern.people.rules import Refusal
from govern.people.sessions import operations as sessions
from govern.people.states import Happening

NAME_AND_ADDRESS = re.compile(r"(.+?)\s*\(([^()\s]+@[^()\s]+)\)")


def add_person(name: str, email: str | None = None, *, phone: str = "", by: Person | None, at: datetime) -> Person:
    """Add a person.

    Raises:
        Refused: when the name is blank, or another person has the address.
    """
    name, email = " ".join(name.split()), tidy(email)
    if not name:
        raise Refused(Refusal.NO_NAME, "name")
    if email and db.session.scalar(select(Person).where(Person.email == email)):
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    person = Person(name=name, email=email, phone=phone)
    db.session.add(person)
    audit.write("person.added", person, by=by, at=at)
    save_changes()
    return person


def named_person(name: str, email: str | None = None, *, by: Person, at: datetime) -> Person:
    """Find the person someone means by a name, or add them, within the caller's transaction.

    The name may carry its address, `Anna Ask (anna@kommun.se)`, as a list of choices writes those who share a name.
    An address that is given settles who it is; a name that only one person has settles it otherwise.

    Raises:
        Refused: when the name is blank, several people have it, or the address is somebody else's.
    """
    written = NAME_AND_ADDRESS.fullmatch(name.strip())
    name, email = (written[1], tidy(written[2])) if written else (name, tidy(email))
    name = " ".join(name.split())
    if not name:
        raise Refused(Refusal.NO_NAME, "name")
    if email:
        known = db.session.scalar(select(Person).where(Person.email == email))
        if known is not None and known.name.casefold() != name.casefold():
            raise Refused(Refusal.ADDRESS_OF_ANOTHER, "email")
        found = [known] if known else []
    else:
        found = list(db.session.scalars(select(Person).where(Person.name == name).limit(2)))
    if len(found) > 1:
        raise Refused(Refusal.SEVERAL, "name")
    if found:
        return found[0]
    person = Person(name=name, email=email, phone="")
    db.session.add(person)
    audit.write("person.added", person, by=by, at=at)
    return person


def change_person(person: Person, name: str, email: str | None, phone: str, *, by: Person, at: datetime) -> None:
    """Change a person's name and addresses; protocols already sealed keep what they say.

    Whoever has an account is told of a new name, which stands at their signature, and of a new address, at the old one
    too.

    Raises:
        Refused: when the name is blank, or another person has the address.
    """
    name, email = " ".join(name.split()), tidy(email)
    if not name:
        raise Refused(Refusal.NO_NAME, "name")
    if email and db.session.scalar(select(Person).where(Person.email == email, Person.id != person.id)):
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    called, before = person.name, person.email
    person.name, person.email, person.phone = name, email, phone
    audit.write("person.changed", person, by=by, at=at, address=before != email)
    if person.account and called != name:
        events.tell(person.account, Happening.NAME_CHANGED, by=by, at=at, about=f"{called} → {name}")
    if person.account and before != email:
        told = [before] if before else []
        events.tell(
            person.account,
            Happening.ADDRESS_CHANGED,
            by=by,
            at=at,
            about=f"{before or '–'} → {email or '–'}",
            also=told,
        )
    save_changes()


def add_account(
    person: Person, email: str, password: str, *, administrator: bool = False, by: Person | None, at: datetime
) -> Account:
    """Give a person an account with a password, as is done on the server alone: the first account, and the demo's.

    Raises:
        Refused: when they have one, the address is taken, or the password is refused.
    """
    email = tidy(email) or ""
    refuse_account(person, email)
    person_id, own = person.id, words_of(person.name, email, *around())
    enforce(refuse_password(password, own), "password")
    pause()
    password_hash = hashing.hashed(password)
    lock()
    person = db.session.get_one(Person, person_id)
    refuse_account(person, email)
    account = Account(person=person, email=email, password_hash=password_hash, administrator=administrator)
    db.session.add(account)
    audit.write("account.added", account, by=by, at=at, administrator=administrator)
    save_changes()
    return account


def refuse_account(person: Person, email: str) -> None:
    """Refuse a second account for one person, and a second person for one address.

    Raises:
        Refused: then.
    """
    if person.account:
        raise Refused(Refusal.HAS_ACCOUNT, "email")
    if account_by_email(email):
        raise Refused(Refusal.EMAIL_TAKEN, "email")


def account_by_email(email: str) -> Account | None:
    """Find the account that signs in with a tidy address."""
    return db.session.scalar(select(Account).where(Account.email == email))


def check_password(
    email: str, password: str, *, address: str, device: str = "", within: SignInSession | None = None, at: datetime
) -> Account:
    """Return the account whose address and password these are. Where it has a second factor, that is still to be given.

    `device` is the browser's token, and `within` the session of whoever is signed in already.

    Raises:
        Refused: when they do not fit.
        TooMany: when it has been tried too often lately.
    """
    email = tidy(email) or ""
    account = account_by_email(email)
    account_id, kept = (account.id, account.password_hash) if account and not account.disabled_at else (0, "")
    limits = (
        sessions.limits_within(within)
        if within
        else sessions.limits_of(email, account, device, address=address, at=at, kind=attempts.BY_PASSWORD)
    )
    if not _fits(kept, password, limits, at=at):
        noting.note_refused_sign_in(db.session.get(Account, account_id) if account_id else account, "lösenord", at=at)
        raise Refused(Refusal.WRONG_AGAIN if within else Refusal.WRONG)  # Signed in, one writes no address.
    renewed = hashing.hashed(password) if hashing.outdated(kept) else kept
    lock()  # What follows, a code or a session, belongs to the account as it is now.
    account = db.session.get_one(Account, account_id)
    sessions.judge_again(account, kept)
    if renewed != kept:
        account.password_hash = renewed
        commit_step()  # The password was right, whatever the code that follows is.
        sessions.judge_again(account, renewed)
    return account


def _fits(kept: str, password: str, limits: Sequence[Limit], *, at: datetime) -> bool:
    """Count an attempt, try the password, and count only a wrong one."""
    taken = attempts.take(limits, at=at)
    try:
        right = hashing.fits(kept, password)
    except TooMany:  # It was not tried.
        attempts.give_back(taken)
        raise
    if right:
        attempts.give_back(taken)
    return right


def sign_in(
    email: str, password: str, code: str = "", *, address: str, browser: str, device: str = "", at: datetime
) -> tuple[SignInSession, str]:
    """Start a session by the password, and by a code where the account has a second factor.

    Raises:
        Refused: when something does not fit.
        TooMany: when it has been tried too often lately.
    """
    account = check_password(email, password, address=address, device=device, at=at)
    credentials, strong = credentials_of(account), bool(account.factors)
    if strong:
        factors.check_code(account, code, address=address, device=device, at=at)
    return sessions.start(account, credentials, strong=strong, address=address, browser=browser, device=device, at=at)


def refresh(session: SignInSession, password: str, code: str = "", *, address: str, at: datetime) -> None:
    """Make a session fresh by its account's password, and by a code where it has a second factor, as signing asks.

    Raises:
        Refused: when something does not fit.
        TooMany: when it has been tried too often lately.
    """
    account = check_password(session.account.email, password, address=address, within=session, at=at)
    if account.factors:
        factors.check_code(account, code, address=address, within=session, at=at)
    sessions.freshen(session, first=True, second=bool(account.factors), at=at)


def change_own_password(session: SignInSession, old: str, new: str, *, address: str, at: datetime) -> None:
    """Change one's own password by the old one; every other browser is signed out.

    Raises:
        Refused: when the old one does not fit, or the new one is refused.
        TooMany: when it has been tried too often lately.
    """
    account = session.account
    kept, own = account.password_hash, own_words(account)
    if not _fits(kept, old, sessions.limits_within(session), at=at):
        noting.note_refused_sign_in(account, "lösenord", at=at)
        raise Refused(Refusal.WRONG_OLD, "old")
    enforce(refuse_password(new, own), "new")
    renewed = hashing.hashed(new)
    lock()
    if account.password_hash != kept:
        raise Refused(Refusal.WRONG_OLD, "old")
    account.password_hash = renewed
    audit.write("password.changed", account, by=account.person, at=at)
    events.tell(account, Happening.PASSWORD_CHANGED, by=account.person, at=at)
    sessions.end(account, but=session, by=account.person, at=at)
    save_changes()


def change_own_address(session: SignInSession, email: str, *, at: datetime) -> None:
    """Change the address that one signs in with; it is told to the old one and the new, and other browsers end.

    Raises:
        Refused: when another account has the address.
    """
    account, email = session.account, tidy(email) or ""
    other = account_by_email(email)
    if other is not None and other is not account:
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    before, account.email = account.email, email
    audit.write("account.address", account, by=account.person, at=at)
    about = f"{before} → {email}"
    events.tell(account, Happening.ADDRESS_CHANGED, by=account.person, at=at, about=about, also=[before])
    sessions.end(account, but=session, by=account.person, at=at)
    save_changes()


def own_words(account: Account) -> set[str]:
    """Return what everybody knows of an account's owner, and so no password may be made of."""
    return words_of(account.person.name, account.email, account.person.email or "", *around())


def around() -> tuple[str, str]:
    """Return what everybody knows of the installation: whose it is, and where."""
    settings = current_app.config["GOVERN"]
    return settings.organisation, urlsplit(settings.base_url).hostname or ""


def tidy(email: str | None) -> str | None:
    """Return an address as it is kept: in lower case, without white space around it."""
    return email.strip().lower() or None if email else None
