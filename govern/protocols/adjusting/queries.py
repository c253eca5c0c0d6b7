"""Queries for adjusters' verdicts on a meeting's paragraphs, and for what they are still to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from govern import record
from govern.db import db
from govern.forums.access import forums_held
from govern.forums.states import SeatRole
from govern.meetings.adjusting_deadline import Clock, clock
from govern.meetings.models import Adjuster, Meeting, Presence
from govern.meetings.queries import UNSEALED
from govern.meetings.states import MeetingState
from govern.paragraphs.drafting.comparing import Part
from govern.paragraphs.drafting.models import ParagraphVersion
from govern.paragraphs.facts import facts
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraphs_of
from govern.paragraphs.reviewing.operations import kept_versions, since
from govern.paragraphs.states import ParagraphState
from govern.people.models import Person
from govern.protocols.adjusting.models import Adjustment, Reminder
from govern.protocols.states import Reading


class Stage(Enum):
    """One adjuster's progress with one paragraph."""

    AWAITED = "awaited"  # The chair has not approved it, or it is being amended.
    UNREAD = "unread"
    CHANGED = "changed"  # Read, and amended since.
    READ = "read"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphReading:
    """A paragraph for one adjuster: `last` is their latest verdict, `parts` what has changed since then."""

    paragraph: Paragraph
    facts: record.Paragraph
    stage: Stage
    last: Adjustment | None
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAdjust:
    """A meeting with paragraphs that somebody is to read, for Min sida."""

    meeting: Meeting
    clock: Clock
    readings: Sequence[ParagraphReading]
    reminded: bool

    @property
    def changed(self) -> list[ParagraphReading]:
        """The paragraphs that were amended after they were read."""
        return [reading for reading in self.readings if reading.stage is Stage.CHANGED]

    @property
    def words(self) -> str:
        """What is left to read, in Swedish: `3 att läsa, 1 ändrad sedan du läste`."""
        unread, changed = (sum(r.stage is stage for r in self.readings) for stage in (Stage.UNREAD, Stage.CHANGED))
        parts = [f"{unread} att läsa"] if unread else []
        parts += [f"{changed} ändrad sedan du läste" if changed == 1 else f"{changed} ändrade sedan du läste"] * (
            changed > 0
        )
        return ", ".join(parts) or "Allt är läst"


def adjustments_of(meeting: Meeting) -> Sequence[Adjustment]:
    """List the adjusters' verdicts on a meeting's paragraphs, in the order they were given."""
    query = select(Adjustment).join(Paragraph).where(Paragraph.meeting_id == meeting.id)
    return db.session.scalars(query.options(joinedload(Adjustment.by)).order_by(Adjustment.id)).all()


def unanswered_comments(person: Person, today: date, limit: int = 50) -> Sequence[Adjustment]:
    """List the adjusters' comments that wait for this secretary's answer, the oldest meeting's first."""
    query = (
        select(Adjustment)
        .join(Paragraph)
        .join(Meeting, Meeting.id == Paragraph.meeting_id)
        .where(UNSEALED, Meeting.forum_id.in_(forums_held(person, today, SeatRole.SECRETARY)))
        .where(Adjustment.verdict == Reading.COMMENT, Adjustment.answered_at.is_(None))
        .options(
            joinedload(Adjustment.by),
            joinedload(Adjustment.paragraph).joinedload(Paragraph.meeting).joinedload(Meeting.forum),
        )
        .order_by(Meeting.day, Adjustment.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def comments_on(paragraph: Paragraph) -> Sequence[Adjustment]:
    """List the adjusters' comments on a paragraph, the latest first."""
    query = select(Adjustment).where(Adjustment.paragraph_id == paragraph.id, Adjustment.verdict == Reading.COMMENT)
    return db.session.scalars(query.options(joinedload(Adjustment.by)).order_by(Adjustment.id.desc())).all()


def latest_adjustments(meeting: Meeting) -> list[Adjustment]:
    """Return each adjuster's latest verdict on each paragraph, and every earlier comment, answered or not."""
    rows = adjustments_of(meeting)
    latest = {(row.paragraph_id, row.by_id): row for row in rows}
    return [row for row in rows if row is latest[row.paragraph_id, row.by_id] or row.verdict is Reading.COMMENT]


def readings(meeting: Meeting, person: Person) -> list[ParagraphReading]:
    """Return the meeting's paragraphs as this adjuster is to see them, in a bounded number of statements."""
    paragraphs = paragraphs_of(meeting)
    mine = {row.paragraph_id: row for row in adjustments_of(meeting) if row.by_id == person.id}
    kept = kept_versions([(row.paragraph_id, row.version) for row in mine.values()])
    return [_reading(paragraph, mine.get(paragraph.id), kept) for paragraph in paragraphs]


def _reading(
    paragraph: Paragraph, last: Adjustment | None, kept: Mapping[tuple[int, int], ParagraphVersion]
) -> ParagraphReading:
    before = kept.get((last.paragraph_id, last.version)) if last else None
    parts = since(paragraph, before, last.at) if last and before else []
    if paragraph.state is not ParagraphState.APPROVED:
        stage = Stage.AWAITED
    elif last is None or before is None:
        stage = Stage.UNREAD
    elif any(part.changed for part in parts):
        stage = Stage.CHANGED
    else:
        stage = Stage.COMMENTED if last.verdict is Reading.COMMENT else Stage.READ
    return ParagraphReading(paragraph=paragraph, facts=facts(paragraph), stage=stage, last=last, parts=parts)


def to_adjust(person: Person, today: date, limit: int = 20) -> list[ToAdjust]:
    """List the first `limit` meetings with paragraphs that this adjuster is to read, the oldest first."""
    query = (
        select(Meeting)
        .join(Adjuster, Adjuster.meeting_id == Meeting.id)
        .join(Presence, Presence.id == Adjuster.presence_id)
        .where(UNSEALED, Presence.person_id == person.id, Meeting.state == MeetingState.CLOSED)
        .options(joinedload(Meeting.forum))
        .order_by(Meeting.day)
    )
    found = (
        ToAdjust(
            meeting=meeting,
            clock=clock(meeting, today),
            readings=readings(meeting, person),
            reminded=_reminded(meeting, person),
        )
        for meeting in db.session.scalars(query).all()
    )
    unread = (one for one in found if any(r.stage in {Stage.UNREAD, Stage.CHANGED} for r in one.readings))
    return list(islice(unread, limit))


def _reminded(meeting: Meeting, person: Person) -> bool:
    query = select(Reminder.id).where(Reminder.meeting_id == meeting.id, Reminder.person_id == person.id)
    return db.session.scalar(query.limit(1)) is not None


def adjustment_by_id(adjustment_id: int) -> Adjustment | None:
    """Return an adjuster's verdict, or None."""
    return db.session.get(Adjustment, adjustment_id)


def paragraph_of(adjustment_id: int) -> Paragraph | None:
    """Return the paragraph of an adjuster's verdict, or None."""
    adjustment = adjustment_by_id(adjustment_id)
    return adjustment.paragraph if adjustment else None
