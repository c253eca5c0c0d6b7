"""A forum's list of assignments as a document: those in sealed protocols, confidential ones without their content."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, exists, select

from govern import record
from govern.assignments.models import AssignmentClosing, Duty
from govern.assignments.queries import duties, every_duty
from govern.assignments.rules import state_of
from govern.db import db
from govern.documents.content import Point
from govern.documents.papers.duties import DutyLine, DutyListFacts, DutyState
from govern.documents.papers.files import duty_list_file
from govern.forums.house.queries import style_of
from govern.forums.models import Forum
from govern.media import Ending
from govern.meetings.models import Meeting
from govern.paragraphs.models import Alternative, Assignment
from govern.swedish import SWEDEN, local_day, long_date

MOST = 1000
KEPT = timedelta(days=365)
"""How long a closed assignment remains on the list."""


def midnight(day: date) -> datetime:
    """Return the instant when a day begins in Sweden."""
    return datetime.combine(day, time(), SWEDEN)


def facts(forum: Forum, today: date) -> DutyListFacts:
    """Return the facts of a forum's list today: its open assignments, and those closed in the last year."""
    since = today - KEPT
    query = sealed_duties(since, today).where(Meeting.forum_id == forum.id)
    return DutyListFacts(
        body=body_of(forum),
        forum=forum.name,
        day=today,
        closed_since=since,
        duties=tuple(line(duty, today) for duty in found(query)),
    )


def body_of(forum: Forum) -> record.Body:
    """Return the organisation that heads the forum's documents."""
    return record.Body(name=forum.legal_body, org_number=forum.collaboration.org_number)


def sealed_duties(since: date, last: date) -> Select[Assignment]:
    """Select the assignments in sealed protocols that were open on some day from `since` to `last`, both included.

    Those that are open at the end of `last` come first, by due day.
    """
    end = midnight(last + timedelta(days=1))
    query = every_duty().where(Meeting.sealed_at.is_not(None), ~_closed(midnight(since), end))
    return query.order_by(_closed(end, end), Assignment.due.is_(None), Assignment.due, Meeting.day, Assignment.id)


def _closed(before: datetime, until: datetime) -> ColumnElement[bool]:
    """Return the SQL condition that an assignment was closed before an instant, and not reopened before another."""
    reopened = AssignmentClosing.reopened_at
    return exists(
        select(AssignmentClosing.id)
        .where(AssignmentClosing.assignment_id == Assignment.id, AssignmentClosing.at < before)
        .where(reopened.is_(None) | (reopened >= until))
    )


def found(query: Select[Assignment]) -> list[Duty]:
    """Return at most `MOST` assignments with their reports and closings."""
    return duties(db.session.scalars(query.limit(MOST)).unique().all())


def line(duty: Duty, today: date) -> DutyLine:
    """Return an assignment as a line of a document; a confidential one without its content."""
    assignment = duty.assignment
    paragraph, secret = assignment.paragraph, bool(assignment.paragraph.confidential)
    task, points = _task(assignment)
    state: DutyState = state_of(duty, today=today).value  # type: ignore[assignment]  # The enum's values are its words.
    return DutyLine(
        forum=duty.forum.name,
        day=paragraph.meeting.day,
        label=paragraph.label,
        task=record.WITHHELD if secret else task,
        points=() if secret else tuple(points),
        doer="" if secret else assignment.assignee,
        state=state,
        due=assignment.due,
        report_to="" if secret else assignment.report_to,
        latest="" if secret else _latest(duty),
    )


def _task(assignment: Assignment) -> tuple[str, list[Point]]:
    """Split an assignment's text into its first line, without a leading `att`, and the points that follow."""
    first, *more = _said(assignment.text) or [assignment.paragraph.heading]
    first = first.removeprefix("att ")
    points = [*(Point("•", text) for text in more), *_alternatives(assignment.alternatives, 1)]
    points += [Point("•", text) for text in _said(assignment.addendum)]
    return f"{first[:1].upper()}{first[1:]}", points


def _said(text: str) -> list[str]:
    return [said.strip() for said in text.splitlines() if said.strip()]


def _alternatives(rows: list[Alternative], level: int) -> Iterator[Point]:
    for row in rows:
        yield Point(row.label, row.text, level)
        yield from _alternatives(row.alternatives, level + 1)


def _latest(duty: Duty) -> str:
    if duty.closing:
        return ": ".join(
            filter(None, (f"{duty.closing.why.label} {long_date(local_day(duty.closing.at))}", duty.closing.note))
        )
    if duty.reports:
        last = duty.reports[-1]
        return f"Redovisat {long_date(local_day(last.at))} av {last.by.name}: {last.text}"
    return ""


def printed(forum: Forum, today: date, ending: Ending) -> bytes:
    """Return the list as a file."""
    return duty_list_file(facts(forum, today), ending, style_of(forum))
