"""The background work as administrators see it: each lane, and what is set aside, to be run again or left undone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from govern import audit, outbox
from govern.db import db, now
from govern.outbox import OutboxEntry
from govern.people.access import ADMINISTRATOR, allow, me
from govern.people.models import Person
from govern.web.paging import Page, asked_page

pages = Blueprint("background", __name__)

SIZE = 50
GONE = "Arbetet är inte längre åsidolagt. Någon annan hann före."


def entry_by_id(entry_id: int) -> OutboxEntry | None:
    """Find what was asked for."""
    return db.session.get(OutboxEntry, entry_id)


def count_set_aside() -> int:
    """Count what waits for an administrator to look at it."""
    return db.session.scalar(select(func.count()).select_from(outbox.set_aside().order_by(None).subquery())) or 0


def what(entry: OutboxEntry) -> str:
    """Say what an entry is about."""
    duty = outbox.duty_of(entry.topic)
    return f"{duty.label if duty else entry.topic} ({entry.key[:12]})"


def why(entry: OutboxEntry) -> str:
    """Say why it was set aside; what a program says of itself is marked as such."""
    technical = re.match(r"[A-Z]\w*: ", entry.error)
    return f"Ett fel som Govern inte känner igen: {entry.error}" if technical else entry.error


def run_again(entries: Sequence[OutboxEntry], *, by: Person) -> None:
    """Let what is set aside be tried anew."""
    at = now()
    for entry in entries:
        outbox.run_again(entry, at=at)
        audit.write("background.run_again", entry, by=by, at=at, topic=entry.topic, key=entry.key)
    db.session.commit()


def dismiss(entry: OutboxEntry, *, by: Person) -> None:
    """Leave what is set aside undone."""
    at = now()
    outbox.dismiss(entry, at=at)
    audit.write("background.dismissed", entry, by=by, at=at, topic=entry.topic, key=entry.key)
    db.session.commit()


@pages.get("/installningar/bakgrund")
@allow(ADMINISTRATOR)
def background() -> ResponseReturnValue:
    """Show how the lanes stand, and what is set aside."""
    number = asked_page()
    rows = db.session.scalars(outbox.set_aside().limit(SIZE).offset((number - 1) * SIZE)).all()
    return render_template(
        "people/background.html",
        lanes=outbox.lane_states(now()),
        page=Page(rows, number, SIZE, count_set_aside()),
        what=what,
        why=why,
    )


@pages.post("/installningar/bakgrund/igen")
@allow(ADMINISTRATOR)
def run_all() -> ResponseReturnValue:
    """Run everything that is set aside again."""
    entries = db.session.scalars(outbox.set_aside()).all()
    run_again(entries, by=me())
    flash(f"Antal arbeten som körs igen: {len(entries)}." if entries else GONE)
    return redirect(url_for(".background"), 303)


@pages.post("/installningar/bakgrund/<int:entry_id>/igen")
@allow(ADMINISTRATOR, entry_by_id)
def run_one(entry: OutboxEntry) -> ResponseReturnValue:
    """Run one thing that is set aside again."""
    if not entry.is_aside:
        flash(GONE)
    else:
        run_again([entry], by=me())
        flash("Arbetet körs igen.")
    return redirect(url_for(".background"), 303)


@pages.post("/installningar/bakgrund/<int:entry_id>/avfarda")
@allow(ADMINISTRATOR, entry_by_id)
def dismiss_one(entry: OutboxEntry) -> ResponseReturnValue:
    """Leave one thing that is set aside undone."""
    if not entry.is_aside:
        flash(GONE)
    else:
        dismiss(entry, by=me())
        flash("Arbetet är avfärdat och görs inte.")
    return redirect(url_for(".background"), 303)
