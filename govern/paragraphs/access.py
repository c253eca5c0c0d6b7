"""Who sees a paragraph: the collaboration once it is sealed and open, until then the forum's own."""

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
    """A sealed, open paragraph is read by the whole collaboration; a draft or a confidential one by those who sit."""
    return Audience(forum=paragraph.forum_id, open=paragraph.is_open)


def sees(person: Person | None, paragraph: Any) -> bool:
    """What is sealed and open is read by the whole collaboration; a draft or a secret paragraph by those who sit."""
    return audience(paragraph).admits(reader(person))


def shows_secret_paragraph(_person: Person, paragraph: Paragraph) -> bool:
    return paragraph.confidential is not None


def shows_secret_item(_person: Person, item: AgendaItem) -> bool:
    return item.confidential is not None


def shows_secret_meeting(person: Person, meeting: Meeting) -> bool:
    """On a meeting's pages and in its files what is secret is shown to who sits in the forum, and to nobody else."""
    item = exists().where(AgendaItem.meeting_id == meeting.id, AgendaItem.confidential.is_not(None))
    paragraph = exists().where(Paragraph.meeting_id == meeting.id, Paragraph.confidential.is_not(None))
    return bool(db.session.scalar(select(item | paragraph))) and sits(person, meeting)


def presides(person: Person | None, row: Any) -> bool:
    """The chair, the vice chairs and whoever was chosen to preside read and judge; the rule says at which paragraph."""
    if person is None:
        return False
    meeting = row if isinstance(row, Meeting) else row.meeting
    vices = {p.person_id for p in meeting.presences if p.role is SeatRole.VICE_CHAIR}
    presided = presides_at(row) if isinstance(row, Paragraph) else None
    may = person.id in {meeting.chair_id, *vices, presided.person_id if presided else None}
    return may or keeps(person, row)


SEES = Right("sees_paragraph", "Paragrafen är inte öppen för dig.", sees)
PRESIDES = Right("presides", "Det är den som ledde mötet som godkänner paragrafer.", presides)
