"""Add and change people, sign them in, and change their own accounts.

Operations that hash a password take three steps: count the attempt in a separate transaction (`people/attempts.py`),
hash with no transaction open (`people/passwords/hashing.py`), and write the result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from govern import audit
from govern.addresses import refuse_address, spellings, written
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
        Refused: if the name is blank, or another person has the address.
    """
    name, email = " ".join(name.split()), normalise_email(email)
    if not name:
        raise Refused(Refusal.NO_NAME, "name")
    enforce(refuse_address(email) if email else None, "email")
    if email and db.session.scalar(select(Person).where(Person.email.in_(spellings(email)))):
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    person = Person(name=name, email=email, phone=phone)
    db.session.add(person)
    audit.write("person.added", person, by=by, at=at)
    save_changes()
    return person


def named_person(name: str, email: str | None = None, *, by: Person, at: datetime) -> Person:
    """Return the person meant by a name, added if unknown, in the caller's transaction.

    The name may include the address, `Anna Ask (anna@kommun.se)`, as the list of choices writes shared names. A given
    address identifies the person; otherwise a name that only one person has does.

    Raises:
        Refused: if the name is blank, several people have it, or the address is somebody else's.
    """
    both = NAME_AND_ADDRESS.fullmatch(name.strip())
    name, email = (both[1], normalise_email(both[2])) if both else (name, normalise_email(email))
    name = " ".join(name.split())
    if not name:
        raise Refused(Refusal.NO_NAME, "name")
    if email:
        known = db.session.scalar(select(Person).where(Person.email.in_(spellings(email))))
        if known is not None and known.name.casefold() != name.casefold():
            raise Refused(Refusal.ADDRESS_OF_ANOTHER, "email")
        found = [known] if known else []
    else:
        found = list(db.session.scalars(select(Person).where(Person.name == name).limit(2)))
    if len(found) > 1:
        raise Refused(Refusal.SEVERAL, "name")
    if found:
        return found[0]
    enforce(refuse_address(email) if email else None, "name" if both else "email")
    person = Person(name=name, email=email, phone="")
    db.session.add(person)
    audit.write("person.added", person, by=by, at=at)
    return person


def change_person(person: Person, name: str, email: str | None, phone: str, *, by: Person, at: datetime) -> None:
    """Change a person's name and addresses; sealed protocols are not affected.

    An account's owner is notified of a new name, which is shown at their signature, and of a new address, also at the
    old one.

    Raises:
        Refused: if the name is blank, or another person has the address.
    """
    name, email = " ".join(name.split()), normalise_email(email)
    if not name:
        raise Refused(Refusal.NO_NAME, "name")
    enforce(refuse_address(email) if email and email != person.email else None, "email")
    if email and db.session.scalar(select(Person).where(Person.email.in_(spellings(email)), Person.id != person.id)):
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    called, before = person.name, person.email
    person.name, person.email, person.phone = name, email, phone
    audit.write("person.changed", person, by=by, at=at, address=before != email)
    if person.account and called != name:
        events.notify_owner(person.account, Happening.NAME_CHANGED, by=by, at=at, about=f"{called} → {name}")
    if person.account and before != email:
        former = [before] if before else []
        events.notify_owner(
            person.account,
            Happening.ADDRESS_CHANGED,
            by=by,
            at=at,
            about=f"{before or '–'} → {email or '–'}",
            also=former,
        )
    save_changes()


def add_account(
    person: Person, email: str, password: str, *, administrator: bool = False, by: Person | None, at: datetime
) -> Account:
    """Create an account with a password, which only the server does: for the first account and the demo.

    Raises:
        Refused: if the person has an account, the address is taken, or the password is refused.
    """
    email = normalise_email(email) or ""
    refuse_account(person, email)
    person_id, own = person.id, words_of(person.name, email, *installation_words())
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
    """Refuse a second account for a person, and an address that mail cannot be sent to or that another account has.

    Raises:
        Refused: in those cases.
    """
    if person.account:
        raise Refused(Refusal.HAS_ACCOUNT, "email")
    enforce(refuse_address(email), "email")
    if account_by_email(email):
        raise Refused(Refusal.EMAIL_TAKEN, "email")


def account_by_email(email: str) -> Account | None:
    """Return the account that signs in with a normalised address, or None."""
    return db.session.scalar(select(Account).where(Account.email.in_(spellings(email))))


def check_password(
    email: str, password: str, *, address: str, device: str = "", within: SignInSession | None = None, at: datetime
) -> Account:
    """Return the account with this address and password; a second factor, if there is one, remains to be checked.

    `device` is the browser's token, and `within` the session of a user who is already signed in.

    Raises:
        Refused: if they do not match.
        TooMany: if there have been too many failed attempts.
    """
    email = normalise_email(email) or ""
    account = account_by_email(email)
    account_id, kept = (account.id, account.password_hash) if account and not account.disabled_at else (0, "")
    limits = (
        sessions.limits_within(within)
        if within
        else sessions.limits_of(email, account, device, address=address, at=at, kind=attempts.BY_PASSWORD)
    )
    if not _fits(kept, password, limits, at=at):
        noting.note_refused_sign_in(db.session.get(Account, account_id) if account_id else account, "lösenord", at=at)
        raise Refused(Refusal.WRONG_AGAIN if within else Refusal.WRONG)  # Within a session no address is typed.
    renewed = hashing.hashed(password) if hashing.outdated(kept) else kept
    lock()  # Check the account again for what follows, a code or a session.
    account = db.session.get_one(Account, account_id)
    sessions.check_password_again(account, kept)
    if renewed != kept:
        account.password_hash = renewed
        commit_step()  # Keep the new hash even if the code that follows is wrong.
        sessions.check_password_again(account, renewed)
    return account


def _fits(kept: str, password: str, limits: Sequence[Limit], *, at: datetime) -> bool:
    """Count an attempt, check the password, and refund the attempt unless the password is wrong."""
    taken = attempts.take(limits, at=at)
    try:
        right = hashing.verify(kept, password)
    except TooMany:  # The password was not checked.
        attempts.give_back(taken)
        raise
    if right:
        attempts.give_back(taken)
    return right


def sign_in(
    email: str, password: str, code: str = "", *, address: str, browser: str, device: str = "", at: datetime
) -> tuple[SignInSession, str]:
    """Start a session by password, and by code if the account has a second factor.

    Raises:
        Refused: if the password or code is wrong.
        TooMany: if there have been too many failed attempts.
    """
    account = check_password(email, password, address=address, device=device, at=at)
    credentials, strong = credentials_of(account), bool(account.factors)
    if strong:
        factors.check_code(account, code, address=address, device=device, at=at)
    return sessions.start(account, credentials, strong=strong, address=address, browser=browser, device=device, at=at)


def refresh(session: SignInSession, password: str, code: str = "", *, address: str, at: datetime) -> None:
    """Make a session fresh, as signing requires, by password and by code if the account has a second factor.

    Raises:
        Refused: if the password or code is wrong.
        TooMany: if there have been too many failed attempts.
    """
    account = check_password(session.account.email, password, address=address, within=session, at=at)
    if account.factors:
        factors.check_code(account, code, address=address, within=session, at=at)
    sessions.freshen(session, first=True, second=bool(account.factors), at=at)


def change_own_password(session: SignInSession, old: str, new: str, *, address: str, at: datetime) -> None:
    """Change the user's own password, given the old one, and sign out of every other browser.

    Raises:
        Refused: if the old password is wrong, or the new one is refused.
        TooMany: if there have been too many failed attempts.
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
    events.notify_owner(account, Happening.PASSWORD_CHANGED, by=account.person, at=at)
    sessions.end(account, but=session, by=account.person, at=at)
    save_changes()


def change_own_address(session: SignInSession, email: str, *, at: datetime) -> None:
    """Change the user's own sign-in address, notify both addresses and sign out of every other browser.

    Nothing happens if it is the address already.

    Raises:
        Refused: if another account has the address.
    """
    account, email = session.account, normalise_email(email) or ""
    other = account_by_email(email)
    if other is not None and other is not account:
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    if email == account.email:
        return
    enforce(refuse_address(email), "email")
    before, account.email = account.email, email
    audit.write("account.address", account, by=account.person, at=at)
    about = f"{before} → {email}"
    events.notify_owner(account, Happening.ADDRESS_CHANGED, by=account.person, at=at, about=about, also=[before])
    sessions.end(account, but=session, by=account.person, at=at)
    save_changes()


def own_words(account: Account) -> set[str]:
    """Return public words about an account's owner, which a password may not be made of."""
    return words_of(account.person.name, account.email, account.person.email or "", *installation_words())


def installation_words() -> tuple[str, str]:
    """Return public words about the installation: its organisation and host name."""
    settings = current_app.config["GOVERN"]
    return settings.organisation, urlsplit(settings.base_url).hostname or ""


def normalise_email(email: str | None) -> str | None:
    """Return an address as it is stored, in lower case with its domain as IDN; None if it is empty.

    Rows from before IDN may have the domain in letters: search for an address by its `spellings`.
    """
    return written(email.lower()) or None if email else None
