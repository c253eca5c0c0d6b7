"""Enrol, check and remove second factors: authenticator apps (TOTP, RFC 6238) and recovery codes.

Passkeys are enrolled and checked in `people/factors/passkeys.py`; their storage and removal are here.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

import pyotp
from flask import current_app
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult

from govern import audit, secrets_box
from govern.db import db, lock, save_changes
from govern.errors import Refused
from govern.people import attempts, events, noting
from govern.people.models import Account, Factor, Person, RecoveryCode, SignInSession
from govern.people.rules import CODES, Refusal, refuse_factor_name
from govern.people.sessions import operations as sessions
from govern.people.states import FactorKind, Happening

PURPOSE = "govern code apps"
CODES_PURPOSE = "govern recovery codes"
WINDOW = 1
"""How many time steps of 30 seconds a clock may be slow or fast."""

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""The characters of recovery codes, without any that look alike."""


def own_host() -> str:
    """Return this site's host name, which passkeys are bound to."""
    return urlsplit(current_app.config["GOVERN"].base_url).hostname or ""


def passkeys_offered() -> bool:
    """Return whether passkeys can be used here: browsers bind them to a host name, never to an IP address."""
    host = own_host()
    return bool(host) and not host.replace(".", "").isdigit() and ":" not in host


def new_secret() -> bytes:
    """Create an app's key, encrypted; the client keeps it until a code proves that the app has it."""
    return secrets_box.close(pyotp.random_base32().encode(), PURPOSE)


def written(closed: bytes) -> str:
    """Return a key as text to type into an app (base32)."""
    return secrets_box.open_(closed, PURPOSE).decode()


def address(closed: bytes, account: Account, issuer: str) -> str:
    """Return a key as the otpauth URL that an app scans."""
    return pyotp.TOTP(written(closed), name=account.email, issuer=issuer).provisioning_uri()


def enrol_app(
    account: Account,
    closed: bytes,
    name: str,
    code: str,
    *,
    by: Person,
    at: datetime,
    here: SignInSession | None = None,
) -> Factor:
    """Enrol an app that has shown a valid code, and sign out of every browser except `here`.

    Raises:
        Refused: if the name is blank or taken, or the code does not match the key.
    """
    name = " ".join(name.split())
    refusal = refuse_factor_name(name, account.factors)
    if refusal:
        raise Refused(refusal, "name")
    step = _step(closed, code, at)
    if step is None:
        raise Refused(Refusal.WRONG_APP_CODE, "code")
    factor = Factor(
        account=account, kind=FactorKind.TOTP, name=name, secret=closed, counter=step, added_at=at, used_at=at
    )
    return keep(factor, by=by, at=at, here=here)


def keep(factor: Factor, *, by: Person, at: datetime, here: SignInSession | None = None) -> Factor:
    """Store a verified factor, sign out of every browser except `here`, notify the owner and save."""
    db.session.add(factor)
    audit.write("factor.added", factor, by=by, at=at, kind=factor.kind, name=factor.name)
    _changed_own(factor.account, Happening.FACTOR_ADDED, _named(factor), by=by, at=at, here=here)
    return factor


def remove(factor: Factor, *, by: Person, at: datetime, here: SignInSession | None = None) -> None:
    """Remove a factor, with the last one also the recovery codes, and sign out of every browser except `here`."""
    account = factor.account
    audit.write("factor.removed", factor, by=by, at=at, kind=factor.kind, name=factor.name)
    about = _named(factor)
    account.factors.remove(factor)
    db.session.delete(factor)
    if not account.factors:
        _drop_codes(account)
    _changed_own(account, Happening.FACTOR_REMOVED, about, by=by, at=at, here=here)


def renew_codes(account: Account, *, by: Person, at: datetime, here: SignInSession | None = None) -> Sequence[str]:
    """Replace the recovery codes by ten new ones and return them; they cannot be read later."""
    _drop_codes(account)
    codes = [_recovery_code() for _ in range(CODES)]
    account.recovery_codes.extend(RecoveryCode(digest=_digest(code)) for code in codes)
    audit.write("recovery_codes.made", account, by=by, at=at)
    _changed_own(account, Happening.CODES_MADE, "", by=by, at=at, here=here)
    return codes


def _named(factor: Factor) -> str:
    return f"{factor.name} ({factor.kind.label.lower()})"


def _changed_own(
    account: Account, kind: Happening, about: str, *, by: Person, at: datetime, here: SignInSession | None
) -> None:
    events.notify_owner(account, kind, by=by, at=at, about=about)
    sessions.end(account, but=here, by=by, at=at)
    save_changes()


def drop_all(account: Account) -> list[str]:
    """Remove all factors and recovery codes, in the caller's transaction, and return the factors' names."""
    names = [factor.name for factor in account.factors]
    for factor in list(account.factors):
        account.factors.remove(factor)
        db.session.delete(factor)
    _drop_codes(account)
    return names


def codes_left(account: Account) -> int:
    """Count the unused recovery codes."""
    query = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0


def check_code(
    account: Account,
    code: str,
    *,
    address: str,
    device: str = "",
    within: SignInSession | None = None,
    at: datetime,
) -> None:
    """Consume a code of an app or a recovery code, each valid once, in the caller's transaction.

    `device` is the browser's token, and `within` the session of a user who is already signed in.

    Raises:
        Refused: if it matches no factor or was used before.
        TooMany: if there have been too many failed attempts.
    """
    limits = (
        sessions.limits_within(within)
        if within
        else sessions.limits_of(account.email, account, device, address=address, at=at, kind=attempts.BY_PASSWORD)
    )
    taken = attempts.take(limits, at=at)
    lock()
    code = "".join(code.split()).replace("-", "").lower()
    if not (_take_app_code(account, code, at) or _take_recovery_code(account, code, at)):
        noting.note_refused_sign_in(account, "kod", at=at)
        raise Refused(Refusal.WRONG_CODE, "code")
    attempts.give_back(taken)


def _take_app_code(account: Account, code: str, at: datetime) -> bool:
    for factor in account.factors:
        step = _step(factor.secret, code, at) if factor.kind is FactorKind.TOTP else None
        if step is not None and _advance(factor, step, at):
            return True
    return False


def _advance(factor: Factor, step: int, at: datetime) -> bool:
    """Record that a step's code is used; of concurrent uses of the same code only one succeeds."""
    statement = update(Factor).where(Factor.id == factor.id, Factor.counter < step).values(counter=step, used_at=at)
    return _changed(db.session.execute(statement))


def _take_recovery_code(account: Account, code: str, at: datetime) -> bool:
    statement = (
        update(RecoveryCode)
        .where(RecoveryCode.account_id == account.id, RecoveryCode.digest == _digest(code))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=at)
    )
    if not _changed(db.session.execute(statement)):
        return False
    audit.write("recovery_code.used", account, by=account.person, at=at)
    events.notify_owner(account, Happening.CODE_USED, by=account.person, at=at)
    return True


def _changed(result: object) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1


def _step(closed: bytes, code: str, at: datetime) -> int | None:
    code = "".join(code.split())
    try:
        return pyotp.TOTP(written(closed)).verify_and_get_timecode(code, for_time=at, valid_window=WINDOW)
    except OTPVerificationError:
        return None


def _drop_codes(account: Account) -> None:
    for row in list(account.recovery_codes):
        account.recovery_codes.remove(row)
        db.session.delete(row)
    db.session.flush()


def _recovery_code() -> str:
    """Create a code of 12 letters: 59 bits, far beyond guessing within the rate limits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def _digest(code: str) -> str:
    """Return the HMAC of a code with the installation's secret, so that a stolen table reveals nothing."""
    return hmac.new(secrets_box.derive(CODES_PURPOSE), code.replace("-", "").encode(), hashlib.sha256).hexdigest()
