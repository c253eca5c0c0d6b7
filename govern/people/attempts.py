"""Failed attempts are counted for each address, whatever was tried: a password, a code or a passkey."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from govern.db import db
from govern.errors import Refusal, Refused, enforce
from govern.people.models import SignInAttempt
from govern.people.rules import ATTEMPT_WINDOW, refuse_attempt


def limit(email: str, *, at: datetime) -> None:
    """Stop before anything is tried.

    Raises:
        Refused: when too many attempts failed lately.
    """
    query = select(func.count()).where(SignInAttempt.email == email, SignInAttempt.at > at - ATTEMPT_WINDOW)
    enforce(refuse_attempt(db.session.scalar(query) or 0))


def fail(email: str, refusal: Refusal, field: str | None = None, *, address: str, at: datetime) -> Refused:
    """Count a failure and keep the count; give the refusal to raise."""
    db.session.rollback()
    db.session.add(SignInAttempt(email=email, address=address, at=at))
    db.session.commit()
    return Refused(refusal, field)


def forget(email: str) -> None:
    """Forget the failures of whoever got the whole way in, within the caller's transaction."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.email == email))
