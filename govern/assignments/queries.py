"""Finding assignments, with their reports and closings, by state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, scoped_session, selectinload

from govern.assignments.access import audience
from govern.assignments.models import AssignmentClosing, Duty, Report
from govern.assignments.rules import deciding
from govern.assignments.states import AssignmentState
from govern.db import db
from govern.forums.access import forums_held
from govern.forums.models import Forum
from govern.forums.readers import reader
from govern.meetings.models import Meeting
from govern.paragraphs.models import Assignment, Paragraph
from govern.people.models import Person
from govern.web.paging import Page

PAGE = 50
REPORTED = select(Report.id).where(Report.assignment_id == Assignment.id).exists()
CLOSED = (
    select(AssignmentClosing.id)
    .where(AssignmentClosing.assignment_id == Assignment.id, AssignmentClosing.reopened_at.is_(None))
    .exists()
)


def duty_by_id(assignment_id: int) -> Duty | None:
    """Return an assignment with its paragraph, reports and closing, or None."""
    assignment = db.session.scalar(every_duty().where(Assignment.id == assignment_id))
    return duties([assignment])[0] if assignment else None


def duties(assignments: Sequence[Assignment], session: Session | scoped_session[Any] | None = None) -> list[Duty]:
    """Return assignments with reports, closings and the forums named, in three statements whatever their number."""
    found = {assignment.id: Duty(assignment) for assignment in assignments}
    if not found:
        return []
    reports = select(Report).where(Report.assignment_id.in_(found)).options(joinedload(Report.by))
    for report in (session or db.session).scalars(reports.order_by(Report.at)):
        found[report.assignment_id].reports.append(report)
    closings = select(AssignmentClosing).where(AssignmentClosing.assignment_id.in_(found))
    people = joinedload(AssignmentClosing.by), joinedload(AssignmentClosing.reopened_by)
    for closing in (session or db.session).scalars(closings.options(*people).order_by(AssignmentClosing.at)):
        duty = found[closing.assignment_id]
        if closing.reopened_at is None:
            duty.closing = closing
        else:
            duty.reopened.append(closing)
    _name_forums(found.values(), session or db.session)
    return list(found.values())


def _name_forums(duties: Collection[Duty], session: Session | scoped_session[Any]) -> None:
    """Set the other open forum that each assignment is to be reported to; `carrying.due_at` follows the same rule."""
    told = {duty.assignment.report_to for duty in duties if duty.assignment.report_to}
    if not told:
        return
    named = select(Forum).where(Forum.name.in_(told), Forum.closed_on.is_(None))
    forums = {(forum.collaboration_id, forum.name): forum for forum in session.scalars(named)}
    for duty in duties:
        forum = forums.get((duty.forum.collaboration_id, duty.assignment.report_to))
        duty.named = forum if forum is not duty.forum else None


def every_duty() -> Select[Assignment]:
    """Select assignments with their paragraph, meeting and forum."""
    return (
        select(Assignment)
        .join(Paragraph, Paragraph.id == Assignment.paragraph_id)
        .join(Meeting, Meeting.id == Paragraph.meeting_id)
        .options(
            joinedload(Assignment.paragraph).joinedload(Paragraph.meeting).joinedload(Meeting.forum),
            joinedload(Assignment.assignee_forum),
            selectinload(Assignment.every_alternative),
        )
    )


def readable(query: Select[Assignment], person: Person, today: date) -> Select[Assignment]:
    """Restrict a query to what the person may see; done in SQL, so that counts and pages are right."""
    return query.where(audience(Assignment, Paragraph).where(reader(person, today)))


def in_state(query: Select[Assignment], state: AssignmentState, today: date) -> Select[Assignment]:
    """Restrict a query to assignments in a state today, in the order of `rules.deciding`."""
    for decided, holds in deciding(closed=CLOSED, reported=REPORTED, overdue=Assignment.overdue(today)):
        if decided is state:
            return query.where(holds)
        query = query.where(~holds)
    return query


def duties_page(
    person: Person,
    *,
    mine: bool,
    state: AssignmentState | None,
    forum: Forum | None,
    today: date,
    number: int,
    size: int = PAGE,
) -> Page[Duty]:
    """List a page of the assignments that a person may see, by due day, filtered by `mine`, `state` and `forum`.

    Without a state those that are not closed are listed.
    """
    query = readable(every_duty(), person, today)
    if mine:
        sits_in = Assignment.assignee_forum_id.in_(forums_held(person, today))
        query = query.where((Assignment.assignee_person_id == person.id) | sits_in)
    query = in_state(query, state, today) if state else query.where(~CLOSED)
    if forum is not None:
        query = query.where(Meeting.forum_id == forum.id)
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    ordered = query.order_by(Assignment.due.is_(None), Assignment.due, Meeting.day, Assignment.id)
    rows = db.session.scalars(ordered.limit(size).offset((number - 1) * size)).unique().all()
    return Page(duties(rows), number, size, total)


def open_duties(forum: Forum, person: Person, today: date, limit: int = 10) -> list[Duty]:
    """List a forum's assignments that are not closed and that the person may see, by due day."""
    query = readable(every_duty(), person, today).where(~CLOSED, Meeting.forum_id == forum.id)
    ordered = query.order_by(Assignment.due.is_(None), Assignment.due, Assignment.id).limit(limit)
    return duties(db.session.scalars(ordered).unique().all())
