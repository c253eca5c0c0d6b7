"""The background work page: the state of each lane, and the entries set aside, to be retried or dismissed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.people.access import ADMINISTRATOR, allow, me
from govern.people.background.operations import dismiss, run_again
from govern.people.background.queries import (
    OutboxEntry,
    all_set_aside,
    entry_by_id,
    lane_states,
    page_of_set_aside,
    what,
    why,
)
from govern.web.paging import asked_page

pages = Blueprint("background", __name__)

GONE = "Arbetet är inte längre åsidolagt. Någon annan hann före."


@pages.get("/installningar/bakgrund")
@allow(ADMINISTRATOR)
def background() -> ResponseReturnValue:
    """Show the state of the lanes and the entries that are set aside."""
    return render_template(
        "people/background.html",
        lanes=lane_states(now()),
        page=page_of_set_aside(asked_page()),
        what=what,
        why=why,
    )


@pages.post("/installningar/bakgrund/igen")
@allow(ADMINISTRATOR)
def run_all() -> ResponseReturnValue:
    """Retry all entries that are set aside."""
    entries = all_set_aside()
    run_again(entries, by=me(), at=now())
    flash(f"Antal arbeten som körs igen: {len(entries)}." if entries else GONE)
    return redirect(url_for(".background"), 303)


@pages.post("/installningar/bakgrund/<int:entry_id>/igen")
@allow(ADMINISTRATOR, entry_by_id)
def run_one(entry: OutboxEntry) -> ResponseReturnValue:
    """Retry one entry."""
    if not entry.is_aside:
        flash(GONE)
    else:
        run_again([entry], by=me(), at=now())
        flash("Arbetet körs igen.")
    return redirect(url_for(".background"), 303)


@pages.post("/installningar/bakgrund/<int:entry_id>/avfarda")
@allow(ADMINISTRATOR, entry_by_id)
def dismiss_one(entry: OutboxEntry) -> ResponseReturnValue:
    """Dismiss one entry."""
    if not entry.is_aside:
        flash(GONE)
    else:
        dismiss(entry, by=me(), at=now())
        flash("Arbetet är avfärdat och görs inte.")
    return redirect(url_for(".background"), 303)
