"""The reading pages: home, the forums, a forum and a case."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from govern.archive import queries
from govern.archive.access import READS_CASE
from govern.archive.timeline import timeline
from govern.assignments.queries import open_duties
from govern.assignments.rules import state_of
from govern.cases.models import Case
from govern.db import now
from govern.forums.access import READS, keeps, sits
from govern.forums.models import Forum
from govern.forums.queries import forum_by_slug, series_in_force
from govern.meetings.queries import meetings_ahead, meetings_behind, meetings_for
from govern.meetings.rules import Refusal
from govern.notices import rules as notices
from govern.notices.queries import adjusted_on
from govern.notices.terms import post_by
from govern.people import events
from govern.people.access import SIGNED_IN, allow, is_administrator, me
from govern.people.background.queries import count_set_aside
from govern.swedish import local_day
from govern.web.paging import asked_page
from govern.web.unchanged import unchanged

pages = Blueprint("archive", __name__)


@pages.get("/")
@allow(SIGNED_IN)
def home() -> ResponseReturnValue:
    """Show the reader's pending tasks and next meetings (Min sida)."""
    today = local_day(now())
    waiting, news = queries.waiting(me(), today), events.unseen(me())
    return render_template(
        "archive/home.html",
        waiting=waiting,
        duty_states={duty.assignment.id: state_of(duty, today=today) for duty in waiting.duties.rows},
        meetings=meetings_for(me(), today),
        adjusted_on=adjusted_on,
        post_by=post_by,
        state_of_notice=notices.state_of,
        today=today,
        administrator=is_administrator(me()),
        set_aside=count_set_aside() if is_administrator(me()) else 0,
        account_news=[(event, events.sentence(event)) for event in news],
        refuse_acknowledging=events.refuse_acknowledging(news[0].account, at=now()) if news else None,
        held_accounts=events.held_accounts(me(), at=now()) if is_administrator(me()) else [],
    )


@pages.get("/forum")
@allow(SIGNED_IN)
def forums() -> ResponseReturnValue:
    """List the reader's collaborations and their forums as a tree."""
    return render_template("archive/forums.html", forest=queries.forest(me()), administrator=is_administrator(me()))


@pages.get("/forum/<slug>")
@allow(READS, forum_by_slug)
@unchanged
def forum(forum: Forum) -> ResponseReturnValue:
    """Show a forum: its seats, meetings and open assignments."""
    today = local_day(now())
    behind, duties = meetings_behind(forum, today), open_duties(forum, me(), today)
    return render_template(
        "archive/forum.html",
        forum=forum,
        children=[child for child in forum.children if child.closed_on is None],
        seats=forum.seats_on(today),
        other_seats=sorted(
            (seat for seat in forum.seats if not seat.held_on(today)), key=lambda seat: seat.starts_on, reverse=True
        ),
        series=series_in_force(forum, today),
        ahead=meetings_ahead(forum, today),
        behind=behind,
        ranges=queries.number_ranges(behind),
        duties=duties,
        duty_states={duty.assignment.id: state_of(duty, today=today) for duty in duties},
        may_keep=keeps(me(), forum),
        may_sit=sits(me(), forum),
        refuse_meeting=Refusal.FORUM_CLOSED if forum.closed_on else None,
    )


@pages.get("/arenden/<int:case_id>")
@allow(READS_CASE, queries.case_by_id)
def case(case: Case) -> ResponseReturnValue:
    """Show the timeline of a case across forums."""
    today = local_day(now())
    return render_template(
        "archive/case.html",
        case=case,
        page=timeline(case, me(), today, asked_page()),
        coming=queries.coming_items(case),
        name_withheld=bool(queries.names_withheld([case.id], me(), today)),
        name_open=not queries.names_withheld([case.id], None, today),
    )
