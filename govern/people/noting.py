"""Audit entries for events that are not changes: refused sign-ins, refused pages and reading of confidential content.

Each is written in a short separate transaction, after the request's own work or its refusal. None can fill the log:
sign-in attempts are rate limited before they are logged, refused pages are logged at most MOST_REFUSALS times an hour
for each person, and reading a row is logged once a day for each person.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from govern import audit
from govern.audit import AuditEntry
from govern.db import commit_step, db, in_turn
from govern.people.models import Account, Person
from govern.swedish import SWEDEN

log = logging.getLogger(__name__)

MOST_REFUSALS = 50
"""The refused pages that are logged per person and hour."""

_secrets: dict[type, Callable[[Person, Any], bool]] = {}


def shows_secrets(model: type, shows: Callable[[Person, Any], bool]) -> None:
    """Register a function that returns whether a person who opens a row of a model is shown anything confidential."""
    _secrets[model] = shows


def note_refused_sign_in(account: Account | None, how: str, *, at: datetime) -> None:
    """Log a refused sign-in and its kind; the address typed is not stored."""
    account_id = account.id if account else None
    _write("sign_in.refused", Account, account_id, by_id=None, at=at, kind=how)


def note_refused_access(person: Person, row: Any, *, asked_for: str, right: str, at: datetime) -> None:
    """Log a refused page.

    `asked_for` is the route's pattern, `right` the sentence that was shown.
    """
    recent = select(func.count()).where(
        AuditEntry.action == "access.refused",
        AuditEntry.actor_id == person.id,
        AuditEntry.at > at - timedelta(hours=1),
    )
    if (db.session.scalar(recent) or 0) < MOST_REFUSALS:
        known = hasattr(row, "__tablename__")
        _write(
            "access.refused",
            type(row),
            row.id if known else None,
            by_id=person.id,
            at=at,
            asked_for=asked_for,
            right=right,
        )


def note_reading(person: Person, row: Any, *, at: datetime) -> None:
    """Log that a row with confidential content was read, once per person and Swedish day."""
    shows = _secrets.get(type(row))
    if shows is not None and shows(person, row):
        note_shown(person, [row], at=at)


def note_shown(person: Person, rows: Iterable[Any], *, at: datetime) -> None:
    """Log that confidential rows were shown in a list or a file, each once per person and Swedish day.

    Call it after rendering: it rolls back the session's transaction.
    """
    asked = {f"{row.__tablename__}:{row.id}": (type(row), row.id) for row in rows}
    if not asked:
        return
    midnight = datetime.combine(at.astimezone(SWEDEN).date(), time(), SWEDEN)
    noted = select(AuditEntry.target).where(
        AuditEntry.target.in_(asked),
        AuditEntry.action == "secret.read",
        AuditEntry.actor_id == person.id,
        AuditEntry.at >= midnight,
    )
    known = set(db.session.scalars(noted))
    fresh = [row for target, row in asked.items() if target not in known]
    if fresh:
        _write_all("secret.read", fresh, by_id=person.id, at=at)


def _write(action: str, model: type, row_id: int | None, *, by_id: int | None, at: datetime, **facts: Any) -> None:
    """Write one entry and commit."""
    _write_all(action, [(model, row_id)], by_id=by_id, at=at, **facts)


def _write_all(
    action: str, rows: Sequence[tuple[type, int | None]], *, by_id: int | None, at: datetime, **facts: Any
) -> None:
    """Write an entry for each row and commit; a busy database does not prevent the page from being sent."""

    def write() -> None:
        by = db.session.get(Person, by_id) if by_id is not None else None
        for model, row_id in rows:
            row = db.session.get(model, row_id) if row_id is not None else None
            audit.write(action, row, by=by, at=at, **facts)
        commit_step()

    db.session.rollback()
    try:
        in_turn(write)
    except OperationalError:
        db.session.rollback()
        log.exception("%s could not be noted", action)
