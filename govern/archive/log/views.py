"""The log as administrators read it: what was done, by whom, to what; narrowed, a page at a time, and exported."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine, Row, Select, func, select

from govern import audit
from govern.archive.log.names import names_of
from govern.audit import AuditEntry
from govern.audit_words import ACTIONS, Group, action_word, actions_of, facts_words, target_word
from govern.db import db, now
from govern.people.access import ADMINISTRATOR, allow
from govern.swedish import SWEDEN, local_day
from govern.web.paging import Page, asked_page

pages = Blueprint("log", __name__)

SIZE = 50
AT_ONCE = 20_000
"""So many entries are proven each time the page is shown; of a longer log only when asked, as it takes seconds."""
BATCH = 500
"""Entries held in memory at a time during an export."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would read as the start of a formula (OWASP: CSV injection)."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the log is shown. `what` is an action or a group of actions; days are Swedish, both included."""

    who: str = ""
    what: str = ""
    target: str = ""
    since: date | None = None
    until: date | None = None

    def query(self) -> Select[AuditEntry]:
        """Choose the entries, the newest first."""
        query = select(AuditEntry).order_by(AuditEntry.id.desc())
        if self.who:
            query = query.where(func.lower(AuditEntry.actor).contains(self.who.lower(), autoescape=True))
        if self.what in set(Group):
            query = query.where(AuditEntry.action.in_(actions_of(Group(self.what))))
        elif self.what:
            query = query.where(AuditEntry.action == self.what)
        if self.target:
            query = query.where(AuditEntry.target == self.target)
        if self.since:
            query = query.where(AuditEntry.at >= _midnight(self.since))
        if self.until:
            query = query.where(AuditEntry.at < _midnight(self.until) + timedelta(days=1))
        return query

    def address(self) -> dict[str, str]:
        """Give the filter as the page's own query, without what is empty."""
        asked = {
            "vem": self.who,
            "vad": self.what,
            "rad": self.target,
            "fran": self.since.isoformat() if self.since else "",
            "till": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in asked.items() if value}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SWEDEN).astimezone(UTC)


def _day(name: str) -> date | None:
    """Read a day from the address; one that is none, or that no log can reach, is left out."""
    with suppress(ValueError):
        day = date.fromisoformat(request.args.get(name, ""))
        return day if 2000 <= day.year <= 2999 else None
    return None


def asked_filter() -> Filter:
    """Read the filter from the address."""
    return Filter(
        who=request.args.get("vem", "").strip(),
        what=request.args.get("vad", "").strip(),
        target=request.args.get("rad", "").strip(),
        since=_day("fran"),
        until=_day("till"),
    )


def log_page(asked: Filter, number: int) -> Page[AuditEntry]:
    """List the entries that a filter chooses, a page at a time."""
    query = asked.query()
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return Page(db.session.scalars(query.limit(SIZE).offset((number - 1) * SIZE)).all(), number, SIZE, total)


def choices() -> Sequence[tuple[str, list[tuple[str, str]]]]:
    """List the groups with their actions in Swedish, for the filter; the first of each is the whole group."""
    return [
        (group.label, [(group.value, f"Allt: {group.label}"), *((a, ACTIONS[a][1]) for a in actions_of(group))])
        for group in Group
    ]


@pages.get("/installningar/logg")
@allow(ADMINISTRATOR)
def log() -> ResponseReturnValue:
    """Show the log, and whether its chain holds."""
    asked, anchor = asked_filter(), audit.anchor()
    proven = anchor.entries <= AT_ONCE or "prova" in request.args
    page = log_page(asked, asked_page())
    return render_template(
        "archive/log.html",
        page=page,
        names=names_of(entry.target for entry in page.rows),
        asked=asked,
        choices=choices(),
        anchor=anchor,
        breaks=list(audit.breaks()) if proven else None,
        words=(action_word, target_word, facts_words),
    )


HEADS = ("Rad", "Tid (UTC)", "Vem", "Person", "Åtgärd", "Kod", "På", "Uppgifter", "Från adress", "Föregående", "Hash")


@pages.get("/installningar/logg/logg.<any(csv, jsonl):ending>")
@allow(ADMINISTRATOR, lambda ending: ending)
def export(ending: str) -> ResponseReturnValue:
    """Send what the filter chooses as CSV for a spreadsheet, or as a JSON object a line for a log system."""
    rows = _rows(db.engine, asked_filter().query())
    lines, media_type = (_csv(rows), "text/csv") if ending == "csv" else (_json(rows), "application/jsonl")
    answer = Response(lines, content_type=f"{media_type}; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"logg-{local_day(now())}.{ending}")
    return answer


def _rows(engine: Engine, query: Select[AuditEntry]) -> Iterator[Row[Any]]:
    """Read the chosen entries' columns in batches, the newest first, whether or not the request's session lives on.

    Each batch is read over a connection that is given back before anything is sent, so that a slow reader holds no
    connection and no transaction. Entries are only ever added, so what is written meanwhile does not come in between.
    """
    columns = query.with_only_columns(*AuditEntry.__table__.columns).limit(BATCH)
    batch = columns
    while True:
        with engine.connect() as connection:
            rows = connection.execute(batch).all()
        yield from rows
        if len(rows) < BATCH:
            return
        batch = columns.where(AuditEntry.id < rows[-1].id)


def _csv(rows: Iterator[Row[Any]]) -> Iterator[str]:
    """Write lines that Swedish Excel opens: semicolons, a byte order mark, and no cell that begins a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    yield "\ufeff"
    writer.writerow(HEADS)
    for entry in rows:
        cells = [
            entry.id,
            entry.at.isoformat(),
            entry.actor,
            entry.actor_id or "",
            action_word(entry.action),
            entry.action,
            entry.target,
            facts_words(entry.facts),
            entry.address,
            entry.previous,
            entry.hash,
        ]
        writer.writerow([f"'{cell}" if str(cell).startswith(FORMULA) else cell for cell in cells])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _json(rows: Iterator[Row[Any]]) -> Iterator[str]:
    for entry in rows:
        fields = {
            "id": entry.id,
            "at": entry.at.isoformat(),
            "actor": entry.actor,
            "actor_id": entry.actor_id,
            "action": entry.action,
            "action_sv": action_word(entry.action),
            "target": entry.target,
            "facts": entry.facts,
            "address": entry.address,
            "previous": entry.previous,
            "hash": entry.hash,
        }
        yield json.dumps(fields, ensure_ascii=False) + "\n"
