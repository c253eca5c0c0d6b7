"""The log as administrators read it: what was done, by whom, to what, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select

from govern import audit
from govern.audit import AuditEntry
from govern.db import db
from govern.people.access import ADMINISTRATOR, allow
from govern.web.paging import Page, asked_page
from govern.web.swedish import SWEDEN

pages = Blueprint("log", __name__)

SIZE = 50
AT_ONCE = 20_000
"""So many entries are proven each time the page is shown; of a longer log only when asked, as it takes seconds."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the log is shown. Days are Swedish, both included."""

    who: str = ""
    what: str = ""
    since: date | None = None
    until: date | None = None

    def query(self) -> Select[AuditEntry]:
        """Choose the entries, the newest first."""
        query = select(AuditEntry).order_by(AuditEntry.id.desc())
        if self.who:
            query = query.where(func.lower(AuditEntry.actor).like(f"%{self.who.lower()}%"))
        if self.what:
            query = query.where(AuditEntry.action == self.what)
        if self.since:
            query = query.where(AuditEntry.at >= _midnight(self.since))
        if self.until:
            query = query.where(AuditEntry.at < _midnight(self.until + timedelta(days=1)))
        return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SWEDEN).astimezone(UTC)


def asked_filter() -> Filter:
    """Read the filter from the address; a day that is none is left out."""
    return Filter(
        who=request.args.get("vem", "").strip(),
        what=request.args.get("vad", "").strip(),
        since=request.args.get("fran", type=date.fromisoformat),
        until=request.args.get("till", type=date.fromisoformat),
    )


def log_page(asked: Filter, number: int) -> Page[AuditEntry]:
    """List the entries that a filter chooses, a page at a time."""
    query = asked.query()
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return Page(db.session.scalars(query.limit(SIZE).offset((number - 1) * SIZE)).all(), number, SIZE, total)


def actions() -> Sequence[str]:
    """List every kind of step that the log has."""
    return db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()


@pages.get("/installningar/logg")
@allow(ADMINISTRATOR)
def log() -> ResponseReturnValue:
    """Show the log, and whether its chain holds."""
    asked, anchor = asked_filter(), audit.anchor()
    proven = anchor.entries <= AT_ONCE or "prova" in request.args
    return render_template(
        "people/log.html",
        page=log_page(asked, asked_page()),
        asked=asked,
        actions=actions(),
        anchor=anchor,
        breaks=list(audit.breaks()) if proven else None,
    )
