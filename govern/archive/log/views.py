"""The audit log for administrators: filtered, paged and exported."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from govern.archive.log.exporting import as_csv, as_json_lines
from govern.archive.log.names import names_of
from govern.archive.log.queries import Filter, choices, log_page, proof, rows_of
from govern.audit_words import action_word, facts_words, target_word
from govern.db import now
from govern.people.access import ADMINISTRATOR, allow
from govern.swedish import local_day
from govern.web.paging import asked_page

pages = Blueprint("log", __name__)


def _day(name: str) -> date | None:
    """Read a day from the URL; return None if it is invalid or not in the years 2000 to 2999."""
    with suppress(ValueError):
        day = date.fromisoformat(request.args.get(name, ""))
        return day if 2000 <= day.year <= 2999 else None
    return None


def asked_filter() -> Filter:
    """Read the filter from the URL."""
    return Filter(
        who=request.args.get("vem", "").strip(),
        what=request.args.get("vad", "").strip(),
        target=request.args.get("rad", "").strip(),
        since=_day("fran"),
        until=_day("till"),
    )


@pages.get("/installningar/logg")
@allow(ADMINISTRATOR)
def log() -> ResponseReturnValue:
    """Show the log and whether its hash chain is intact."""
    asked = asked_filter()
    anchor, breaks = proof(asked="prova" in request.args)
    page = log_page(asked, asked_page())
    return render_template(
        "archive/log.html",
        page=page,
        names=names_of(entry.target for entry in page.rows),
        asked=asked,
        choices=choices(),
        anchor=anchor,
        breaks=breaks,
        words=(action_word, target_word, facts_words),
    )


@pages.get("/installningar/logg/logg.<any(csv, jsonl):ending>")
@allow(ADMINISTRATOR)
def export(ending: str) -> ResponseReturnValue:
    """Send the filtered entries as CSV for a spreadsheet, or as JSON lines for a log system."""
    rows = rows_of(asked_filter())
    lines, media_type = (as_csv(rows), "text/csv") if ending == "csv" else (as_json_lines(rows), "application/jsonl")
    answer = Response(lines, content_type=f"{media_type}; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"logg-{local_day(now())}.{ending}")
    return answer
