"""The follow-up of a quarter in a forum and those beneath it: meetings, decisions, assignments and open matters.

Assignments and open matters are shown as of the quarter's end, so that the follow-up of a past quarter does not
change. Whether a protocol is sealed or a paragraph confidential is shown as of now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from govern.assignments.followup.listing import body_of, found, line, sealed_duties
from govern.assignments.models import AssignmentClosing, Carried, Duty
from govern.db import db
from govern.documents.papers.files import quarter_file
from govern.documents.papers.quarter import Decided, Followed, HeldMeeting, OpenMatter, QuarterFacts
from govern.forums.house.queries import style_of
from govern.forums.models import Forum
from govern.media import Ending
from govern.meetings.models import AgendaItem, Meeting
from govern.meetings.states import HELD
from govern.paragraphs.models import Decision, Paragraph
from govern.paragraphs.states import COMES_BACK
from govern.record import WITHHELD
from govern.swedish import local_day, long_date, paragraph_range

MOST = 1000
UNSEALED = "inte förseglat än"
FIRST_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of a year; `number` is 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        """The following quarter."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> Quarter:
        """The preceding quarter."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def name(self) -> str:
        """Its name in Swedish: `kvartal 2 2024`."""
        return f"kvartal {self.number} {self.year}"


def quarter_of(day: date) -> Quarter:
    """Return the quarter of a day."""
    return Quarter(day.year, (day.month + 2) // 3)


def forums_beneath(forum: Forum) -> list[Forum]:
    """List a forum and all its descendants, breadth first, siblings by name."""
    query = select(Forum).where(Forum.collaboration_id == forum.collaboration_id).order_by(Forum.name)
    others = db.session.scalars(query).all()
    known = [forum]
    for above in known:  # The list grows during the iteration.
        known += [other for other in others if other.parent_id == above.id and other not in known]
    return known


def facts(forum: Forum, quarter: Quarter, today: date) -> QuarterFacts:
    """Return the facts of the follow-up."""
    forums = forums_beneath(forum)
    ids = [one.id for one in forums]
    return QuarterFacts(
        body=body_of(forum),
        forum=forum.name,
        quarter=quarter.name,
        first=quarter.first,
        last=quarter.last,
        forums=tuple(one.name for one in forums),
        meetings=_meetings(ids, quarter),
        decisions=_decisions(ids, quarter),
        duties=_duties(ids, quarter, min(today, quarter.next.first)),
        open_matters=_open_matters(ids, quarter),
    )


def _meetings(ids: Sequence[int], quarter: Quarter) -> tuple[HeldMeeting, ...]:
    numbers = (func.count(Paragraph.id), func.min(Paragraph.number), func.max(Paragraph.number))
    query = (
        select(Meeting, *numbers)
        .outerjoin(Paragraph, Paragraph.meeting_id == Meeting.id)
        .where(Meeting.forum_id.in_(ids), Meeting.state.in_(HELD), Meeting.day.between(quarter.first, quarter.last))
        .group_by(Meeting.id)
        .options(joinedload(Meeting.forum))
        .order_by(Meeting.day, Meeting.starts)
        .limit(MOST)
    )
    return tuple(
        HeldMeeting(
            forum=meeting.forum.name,
            day=meeting.day,
            place=meeting.place,
            paragraphs=count if meeting.sealed_at else 0,
            numbers=paragraph_range(first, last) if meeting.sealed_at else UNSEALED,
        )
        for meeting, count, first, last in db.session.execute(query)
    )


def _decisions(ids: Sequence[int], quarter: Quarter) -> tuple[Decided, ...]:
    query = (
        select(Paragraph)
        .join(Meeting, Meeting.id == Paragraph.meeting_id)
        .where(Meeting.forum_id.in_(ids), Meeting.sealed_at.is_not(None))
        .where(Meeting.day.between(quarter.first, quarter.last))
        .where(exists().where(Decision.paragraph_id == Paragraph.id))
        .options(
            joinedload(Paragraph.meeting).joinedload(Meeting.forum),
            selectinload(Paragraph.decisions).selectinload(Decision.clauses),
        )
        .order_by(Meeting.day, Meeting.starts, Paragraph.number)
        .limit(MOST)
    )
    return tuple(_decided(paragraph) for paragraph in db.session.scalars(query))


def _decided(paragraph: Paragraph) -> Decided:
    meeting, secret = paragraph.meeting, bool(paragraph.confidential)
    return Decided(
        forum=meeting.forum.name,
        day=meeting.day,
        label=paragraph.label,
        heading=WITHHELD if secret else paragraph.heading,
        reference="" if secret else paragraph.reference,
        clauses=() if secret else tuple(c.text for decision in paragraph.decisions for c in decision.clauses),
    )


def _duties(ids: Sequence[int], quarter: Quarter, today: date) -> tuple[Followed, ...]:
    query = sealed_duties(quarter.first, quarter.last).where(Meeting.forum_id.in_(ids), Meeting.day <= quarter.last)
    return tuple(_followed(_as_of(duty, quarter.last), quarter, today) for duty in found(query))


def _as_of(duty: Duty, last: date) -> Duty:
    """Return the assignment as of the end of a day."""
    reports = [report for report in duty.reports if local_day(report.at) <= last]
    closings = [*duty.reopened, *([duty.closing] if duty.closing else [])]
    return replace(duty, reports=reports, closing=next((c for c in closings if _stood(c, last)), None))


def _stood(closing: AssignmentClosing, last: date) -> bool:
    """Return whether a closing was in force at the end of a day."""
    reopened = closing.reopened_at is not None and local_day(closing.reopened_at) <= last
    return local_day(closing.at) <= last and not reopened


def _followed(duty: Duty, quarter: Quarter, today: date) -> Followed:
    return Followed(
        line=line(duty, today),
        given=duty.assignment.paragraph.meeting.day >= quarter.first,
        reported=any(local_day(report.at) >= quarter.first for report in duty.reports),
        closed=duty.closing is not None,
    )


def _open_matters(ids: Sequence[int], quarter: Quarter) -> tuple[OpenMatter, ...]:
    """List the matters tabled or returned, and not treated again at a later meeting, by the quarter's end."""
    later, later_meeting, item = aliased(Paragraph), aliased(Meeting), aliased(AgendaItem)
    came_back = (
        select(later.id)
        .join(later_meeting, later_meeting.id == later.meeting_id)
        .outerjoin(item, item.id == later.agenda_item_id)
        .outerjoin(Carried, Carried.item_id == item.id)
        .where(later_meeting.day > Meeting.day, later_meeting.day <= quarter.last)
        .where((Carried.paragraph_id == Paragraph.id) | (later.case_id == Paragraph.case_id))
        .exists()
    )
    query = (
        select(Paragraph)
        .join(Meeting, Meeting.id == Paragraph.meeting_id)
        .where(Meeting.forum_id.in_(ids), Meeting.sealed_at.is_not(None), Meeting.day <= quarter.last)
        .where(exists().where(Decision.paragraph_id == Paragraph.id, Decision.outcome.in_(COMES_BACK)), ~came_back)
        .options(joinedload(Paragraph.meeting).joinedload(Meeting.forum))
        .order_by(Meeting.day, Paragraph.number)
        .limit(MOST)
    )
    return tuple(
        OpenMatter(
            forum=paragraph.forum.name,
            heading=WITHHELD if paragraph.confidential else paragraph.heading,
            since=f"{paragraph.label}, {long_date(paragraph.meeting.day)}",
            reference="" if paragraph.confidential else paragraph.reference,
        )
        for paragraph in db.session.scalars(query)
    )


def printed(forum: Forum, quarter: Quarter, today: date, ending: Ending) -> bytes:
    """Return the follow-up as a file."""
    return quarter_file(facts(forum, quarter, today), ending, style_of(forum))
