"""Pages for a forum's quarterly follow-up, and downloads of that and of its list of assignments."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from govern.assignments.followup import listing, quarter
from govern.assignments.followup.quarter import FIRST_YEAR, Quarter, quarter_of
from govern.db import now
from govern.documents.papers.quarter import FIGURES, figures
from govern.forums.access import READS
from govern.forums.models import Forum
from govern.forums.queries import forum_by_slug
from govern.media import MEDIA, Ending
from govern.people.access import allow
from govern.swedish import local_day, slug

pages = Blueprint("followup", __name__)


@pages.get("/forum/<slug>/uppdragslista.<any(pdf, docx):ending>")
@allow(READS, forum_by_slug)
def duty_list(forum: Forum, ending: Ending) -> ResponseReturnValue:
    """Download the forum's list of assignments."""
    today = local_day(now())
    name = f"uppdragslista-{slug(forum.name)}-{today.isoformat()}.{ending}"
    return send_file(BytesIO(listing.printed(forum, today, ending)), MEDIA[ending], ending == "docx", name)


@pages.get("/forum/<slug>/kvartal")
@allow(READS, forum_by_slug)
def latest(forum: Forum) -> ResponseReturnValue:
    """Redirect to the last quarter that has ended."""
    last = quarter_of(local_day(now())).previous
    return redirect(url_for(".quarterly", slug=forum.slug, year=last.year, number=last.number), 303)


def _of_quarter(slug: str, year: int, number: int) -> tuple[Forum, Quarter] | None:
    """Return a forum and a quarter that has begun, or None."""
    forum = forum_by_slug(slug)
    known = FIRST_YEAR <= year <= local_day(now()).year and 1 <= number <= 4
    asked = Quarter(year, number) if known else None
    if forum is None or asked is None or asked.first > local_day(now()):
        return None
    return forum, asked


READS_QUARTER = READS.of(lambda row: row[0])


@pages.get("/forum/<slug>/kvartal/<int:year>-<int:number>")
@allow(READS_QUARTER, _of_quarter)
def quarterly(row: tuple[Forum, Quarter]) -> ResponseReturnValue:
    """Show the follow-up of a quarter."""
    forum, asked = row
    today = local_day(now())
    quarter_facts = quarter.facts(forum, asked, today)
    return render_template(
        "assignments/quarter.html",
        forum=forum,
        quarter=asked,
        facts=quarter_facts,
        heads=FIGURES,
        figures=figures(quarter_facts),
        later=asked.next if asked.next.first <= today else None,
        earlier=asked.previous if asked.year > FIRST_YEAR else None,
        ended=asked.last < today,
    )


@pages.get("/forum/<slug>/kvartal/<int:year>-<int:number>.<any(pdf, docx):ending>")
@allow(READS_QUARTER, _of_quarter)
def quarter_paper(row: tuple[Forum, Quarter], ending: Ending) -> ResponseReturnValue:
    """Download the follow-up of a quarter."""
    forum, asked = row
    data = quarter.printed(forum, asked, local_day(now()), ending)
    name = f"kvartalsuppfoljning-{slug(forum.name)}-{asked.year}-{asked.number}.{ending}"
    return send_file(BytesIO(data), MEDIA[ending], ending == "docx", name)
