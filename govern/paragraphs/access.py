"""Who may see a paragraph and who may approve it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select

from govern.db import db
from govern.forums.access import keeps, sits
from govern.forums.readers import Audience, reader
from govern.forums.states import SeatRole
from govern.meetings.models import AgendaItem, Meeting
from govern.paragraphs.attendance import presides_at
from govern.paragraphs.models import Paragraph
from govern.people.access import Right
from govern.people.models import Person


def audience(paragraph: Paragraph | type[Paragraph]) -> Audience:
    """Return who may read a paragraph: the collaboration if it is sealed and open, else those who sit in the forum."""
    return Audience(forum=paragraph.forum_id, open=paragraph.is_open)


def sees(person: Person | None, paragraph: Any) -> bool:
    """The whole collaboration reads sealed, open paragraphs; those who sit in the forum also drafts and secret ones."""
    return audience(paragraph).admits(reader(person))


def shows_secret_paragraph(_person: Person, paragraph: Paragraph) -> bool:
    return paragraph.confidential is not None


def shows_secret_item(_person: Person, item: AgendaItem) -> bool:
    return item.confidential is not None


def shows_secret_meeting(person: Person, meeting: Meeting) -> bool:
    """Return whether the meeting has confidential content that this person is shown: only those who sit are."""
    item = exists().where(AgendaItem.meeting_id == meeting.id, AgendaItem.confidential.is_not(None))
    paragraph = exists().where(Paragraph.meeting_id == meeting.id, Paragraph.confidential.is_not(None))
    return bool(db.session.scalar(select(item | paragraph))) and sits(person, meeting)


def presides(person: Person | None, row: Any) -> bool:
    """The chair, the vice chairs, the person chosen to preside and the forum's secretary; a rule says who approves."""
    if person is None:
        return False
    meeting = row if isinstance(row, Meeting) else row.meeting
    vices = {p.person_id for p in meeting.presences if p.role is SeatRole.VICE_CHAIR}
    presided = presides_at(row) if isinstance(row, Paragraph) else None
    may = person.id in {meeting.chair_id, *vices, presided.person_id if presided else None}
    return may or keeps(person, row)


SEES = Right("sees_paragraph", "Paragrafen är inte öppen för dig.", sees)
PRESIDES = Right("presides", "Det är den som ledde mötet som godkänner paragrafer.", presides)
