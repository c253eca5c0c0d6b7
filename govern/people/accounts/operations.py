"""Account administration.

Administrators never choose or see a password, and the owner is notified of every change. Passwords are chosen through a
one-time link, sent by email or handed over. It is valid for a day and for one use; the database stores a digest of it.
An account that was reset may not sign for a day (`people/events.py`), unless a second administrator confirms.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from flask import current_app, url_for
from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import aliased

from govern import audit, mail, outbox, secrets_box
from govern.addresses import refuse_address
from govern.db import db, now, pause, save_changes
from govern.errors import Refused, enforce
from govern.people import attempts, events, noting
from govern.people.access import digest
from govern.people.factors import operations as factors
from govern.people.models import Account, OneTimeLink, Person
from govern.people.operations import account_by_email, normalise_email, own_words, refuse_account
from govern.people.passwords import hashing
from govern.people.passwords.rules import refuse_password
from govern.people.rules import LINK_LASTS, Refusal, refuse_confirming, refuse_on_own
from govern.people.sessions import devices
from govern.people.sessions import operations as sessions
from govern.people.states import Happening
from govern.swedish import moment
from govern.topics import Topic

PURPOSE = "govern one-time links"


def give_account(
    person: Person, email: str, *, administrator: bool, mailed: bool, by: Person, at: datetime
) -> tuple[Account, str]:
    """Create an account for a person with a one-time link for choosing its password; return it and the link's token.

    Raises:
        Refused: if the person has an account or the address is taken.
    """
    email = normalise_email(email) or ""
    refuse_account(person, email)
    account = Account(person=person, email=email, password_hash="", administrator=administrator)
    db.session.add(account)
    audit.write("account.added", account, by=by, at=at, administrator=administrator)
    events.notify_owner(account, Happening.ACCOUNT_MADE, by=by, at=at)
    if administrator:
        _notify_administrators(account, by=by, at=at)
    token = _make_link(account, mailed=mailed, by=by, at=at)
    save_changes()
    return account, token


# --- One-time links ------------------------------------------------------------------------------------------


def new_link(account: Account, *, mailed: bool, by: Person | None, at: datetime) -> str:
    """Create a one-time link for choosing a new password, replacing any earlier link, and return its token.

    The old password is valid until the link is used.

    Raises:
        Refused: if it is the user's own account or the account is disabled.
    """
    enforce(refuse_on_own(account, by))
    if account.disabled_at:
        raise Refused(Refusal.DISABLED)
    token = _make_link(account, mailed=mailed, by=by, at=at)
    events.notify_owner(account, Happening.LINK_MADE, by=by, at=at)
    save_changes()
    return token


def _make_link(account: Account, *, mailed: bool, by: Person | None, at: datetime) -> str:
    _end_links(account, at=at)
    token = secrets.token_urlsafe(32)
    link = OneTimeLink(
        account=account,
        digest=digest(token),
        made_at=at,
        expires_at=at + LINK_LASTS,
        by_id=by.id if by else None,
        recipient=account.email if mailed else "",
        closed=secrets_box.close(token.encode(), PURPOSE) if mailed else None,
    )
    db.session.add(link)
    audit.write("link.made", link, by=by, at=at, account=account.id, mailed=mailed)
    if mailed:
        outbox.enqueue(Topic.ONE_TIME_LINK, link.id, at=at)
    return token


def _end_links(account: Account, *, at: datetime) -> None:
    db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None), OneTimeLink.ended_at.is_(None))
        .values(ended_at=at, closed=None)
    )


def open_link(account: Account, *, at: datetime) -> OneTimeLink | None:
    """Return the usable link of an account, or None."""
    query = select(OneTimeLink).where(OneTimeLink.account_id == account.id, _usable(at))
    return db.session.scalar(query.order_by(OneTimeLink.id.desc()).limit(1))


def latest_link(account: Account) -> OneTimeLink | None:
    """Return the most recent link of an account, whatever its state, or None."""
    query = select(OneTimeLink).where(OneTimeLink.account_id == account.id)
    return db.session.scalar(query.order_by(OneTimeLink.id.desc()).limit(1))


def _usable(at: datetime) -> ColumnElement[bool]:
    return and_(OneTimeLink.used_at.is_(None), OneTimeLink.ended_at.is_(None), OneTimeLink.expires_at > at)


def revoke_link(account: Account, *, by: Person, at: datetime) -> None:
    """Revoke an account's unused link, as its owner and any administrator may.

    Raises:
        Refused: if there is no usable link.
    """
    link = open_link(account, at=at)
    if link is None:
        raise Refused(Refusal.NO_LINK)
    _end_links(account, at=at)
    audit.write("link.revoked", link, by=by, at=at, account=account.id)
    events.notify_owner(account, Happening.LINK_ENDED, by=by, at=at)
    save_changes()


def find_link(token: str, *, address: str, at: datetime) -> OneTimeLink | None:
    """Return the usable link of a token, or None; an unusable token counts as a guess.

    Raises:
        TooMany: if there have been too many failed attempts from this network.
    """
    query = select(OneTimeLink).join(Account, Account.id == OneTimeLink.account_id)
    query = query.where(OneTimeLink.digest == digest(token), _usable(at), Account.disabled_at.is_(None))
    link = db.session.scalar(query)
    if link is None:
        attempts.take(attempts.at_links(address), at=at)
        noting.note_refused_sign_in(None, "länk", at=at)
    return link


def use_link(link: OneTimeLink, password: str, *, at: datetime) -> Account:
    """Choose a password by a link, once; every browser is signed out, and the account may not sign for a day.

    Raises:
        Refused: if the password is refused, so that the link remains usable, or the link has been used meanwhile.
    """
    link_id, own = link.id, own_words(link.account)
    enforce(refuse_password(password, own), "password")
    pause()
    password_hash = hashing.hashed(password)
    used = update(OneTimeLink).where(OneTimeLink.id == link_id, _usable(at))
    result = db.session.execute(used.values(used_at=at, closed=None))
    link = db.session.get_one(OneTimeLink, link_id)
    if not isinstance(result, CursorResult) or result.rowcount != 1 or link.account.disabled_at:
        raise Refused(Refusal.LINK_GONE)
    account = link.account
    account.password_hash = password_hash
    devices.forget_all(account)
    audit.write("link.used", link, by=account.person, at=at, account=account.id)
    events.notify_owner(account, Happening.PASSWORD_SET, by=link.by, at=at)
    sessions.end(account, but=None, by=account.person, at=at)
    save_changes()
    sessions.check_password_again(account, password_hash)  # Take the lock again and check the account for what follows.
    return account


def address_of(token: str) -> str:
    """Return the URL of a link."""
    base: str = current_app.config["GOVERN"].base_url
    with current_app.test_request_context(base_url=base):
        return urljoin(base, url_for("people.choose_password", token=token))


def deliver(keys: Sequence[str]) -> None:
    """Mail pending links; once mailed, a link's token can no longer be decrypted here.

    Raises:
        Undelivered: if an email is to be retried.
    """
    for key in keys:
        link = db.session.get(OneTimeLink, int(key))
        if link is None or not link.closed:
            continue
        to, at, lasts, words = link.recipient, link.made_at, link.expires_at, _letter(link)
        pause()  # Hold no transaction while talking to the mail server.
        error = ""
        try:
            mail.send(current_app.config["GOVERN"], to, *words, key=f"link-{key}", at=at)
        except mail.Undelivered as undelivered:
            if not undelivered.permanent and now() < lasts:
                raise
            error = undelivered.sentence
        link = db.session.get_one(OneTimeLink, int(key))
        link.closed, link.error = None, error
        save_changes()


def _letter(link: OneTimeLink) -> tuple[str, str]:
    token = secrets_box.open_(link.closed or b"", PURPOSE).decode()
    by = link.by.name if link.by else events.ON_THE_SERVER
    text = (
        f"Hej {link.account.person.name}!\n\n"
        f"{by} har gjort en länk åt dig, så att du kan välja ett lösenord till Govern.\n\n{address_of(token)}\n\n"
        f"Länken går att använda en gång, till {moment(link.expires_at)}. Skicka den inte vidare.\n\n"
        "Väntade du dig inte det här? Hör av dig till någon annan som administrerar Govern hos er.\n"
    )
    return "Välj ett lösenord till Govern", text


# --- Other operations ----------------------------------------------------------------------------------------


def reset_factors(account: Account, *, by: Person | None, at: datetime) -> None:
    """Remove all factors and recovery codes of an owner who has lost theirs, and end their sessions.

    Raises:
        Refused: if it is the user's own account, which is changed with the old factor on Mitt konto.
    """
    enforce(refuse_on_own(account, by))
    names = factors.drop_all(account)
    audit.write("factors.reset", account, by=by, at=at, names=names)
    events.notify_owner(account, Happening.FACTORS_RESET, by=by, at=at)
    sessions.end(account, but=None, by=by, at=at)
    save_changes()


def end_sessions(account: Account, *, by: Person, at: datetime) -> None:
    """Sign an account out everywhere."""
    sessions.end(account, but=None, by=by, at=at)
    events.notify_owner(account, Happening.SESSIONS_ENDED, by=by, at=at)
    save_changes()


def change_address(account: Account, email: str, *, by: Person, at: datetime) -> None:
    """Change an account's sign-in address, notify both the old and the new one, and end its links.

    Raises:
        Refused: if another account has the address.
    """
    email = normalise_email(email) or ""
    other = account_by_email(email)
    if other is not None and other is not account:
        raise Refused(Refusal.EMAIL_TAKEN, "email")
    if email == account.email:
        return
    enforce(refuse_address(email), "email")
    before, account.email = account.email, email
    _end_links(account, at=at)
    audit.write("account.address", account, by=by, at=at)
    about = f"{before} → {email}"
    events.notify_owner(account, Happening.ADDRESS_CHANGED, by=by, at=at, about=about, also=[before])
    save_changes()


def set_administrator(
    account: Account, administrator: bool, *, by: Person | None, at: datetime, force: bool = False
) -> None:
    """Grant or revoke an account's right to administer; other administrators are notified of a new one.

    Raises:
        Refused: if no other administrator would remain, unless `force` is given.
    """
    if account.administrator == administrator:
        return
    if administrator:
        account.administrator = True
        _notify_administrators(account, by=by, at=at)
    else:
        _take_right(account, {"administrator": False}, force=force)
    audit.write("account.administrator", account, by=by, at=at, administrator=administrator)
    kind = Happening.ADMINISTRATOR_GIVEN if administrator else Happening.ADMINISTRATOR_TAKEN
    events.notify_owner(account, kind, by=by, at=at)
    save_changes()


def set_disabled(account: Account, disabled: bool, *, by: Person | None, at: datetime, force: bool = False) -> None:
    """Disable or enable an account; disabling ends its sessions and links.

    Raises:
        Refused: if no other administrator would remain, unless `force` is given.
    """
    if bool(account.disabled_at) == disabled:
        return
    if disabled:
        _take_right(account, {"disabled_at": at}, force=force)
        _end_links(account, at=at)
        sessions.end(account, but=None, by=by, at=at)
    else:
        account.disabled_at = None
    audit.write("account.disabled" if disabled else "account.enabled", account, by=by, at=at)
    events.notify_owner(account, Happening.DISABLED if disabled else Happening.ENABLED, by=by, at=at)
    save_changes()


def _take_right(account: Account, values: dict[str, object], *, force: bool) -> None:
    """Remove what lets an account administer, in one statement that checks that another administrator remains.

    On PostgreSQL all administrators' rows are locked first, so that of two concurrent removals the second is refused.
    """
    db.session.execute(select(Account.id).where(Account.administrator).order_by(Account.id).with_for_update())
    allowed = or_(~_administers(Account), _another_left(account))
    statement = update(Account).where(Account.id == account.id, *([] if force else [allowed])).values(**values)
    result = db.session.execute(statement.execution_options(synchronize_session="fetch"))
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise Refused(Refusal.LAST_ADMINISTRATOR)
    db.session.refresh(account)


def refuse_taking(account: Account) -> Refusal | None:
    """Refuse to remove the last administrator's right or to disable their account."""
    query = select(Account.id).where(Account.id == account.id, _administers(Account), ~_another_left(account))
    return Refusal.LAST_ADMINISTRATOR if db.session.scalar(query) else None


def _administers(row: Any) -> ColumnElement[bool]:
    """Return the SQL condition that an account can administer, which requires that its password has been chosen."""
    return and_(row.administrator, row.disabled_at.is_(None), row.password_hash != "")


def _another_left(account: Account) -> ColumnElement[bool]:
    other = aliased(Account)
    return exists().where(other.id != account.id, _administers(other))


def _notify_administrators(account: Account, *, by: Person | None, at: datetime) -> None:
    query = select(Account).where(Account.administrator, Account.disabled_at.is_(None), Account.id != account.id)
    for other in db.session.scalars(query.order_by(Account.id)):
        if by is None or other.person_id != by.id:
            events.notify_owner(other, Happening.NEW_ADMINISTRATOR, by=by, at=at, about=account.person.name)


def refuse_confirming_by(account: Account, hold: events.Hold | None, *, by: Person, at: datetime) -> Refusal | None:
    """Refuse a confirmation of an account's resets by this person."""
    new = by.account is not None and events.new_to_office(by.account, at=at) is not None
    given_by = events.given_by(by.account) if by.account else set()
    return refuse_confirming(hold.by if hold else None, account, by, new=new, given_by=given_by)


def confirm_reset(account: Account, *, by: Person, at: datetime) -> None:
    """Confirm as a second administrator that the owner asked for a reset, so that they may sign at once.

    Raises:
        Refused: if there is nothing to confirm, or the person made the reset, owns the account, is new or recently
            reset, or got their own account or right from whoever made the reset.
    """
    hold = events.hold_on(account, at=at)
    enforce(refuse_confirming_by(account, hold, by=by, at=at))
    for event in hold.events if hold else ():
        event.confirmed_at, event.confirmed_by_id = at, by.id
    audit.write("reset.confirmed", account, by=by, at=at)
    events.notify_owner(account, Happening.RESET_CONFIRMED, by=by, at=at)
    save_changes()
