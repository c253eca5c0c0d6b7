"""Who sees a paragraph and its files: the collaboration once it is sealed and open, until then the forum's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from govern.cases.models import Attachment
from govern.forums.access import keeps, reads, sits
from govern.forums.models import Forum
from govern.forums.states import SeatRole
from govern.meetings.models import Meeting
from govern.paragraphs.attendance import presides_at
from govern.paragraphs.models import Paragraph
from govern.people.access import Right
from govern.people.models import Person


@dataclass(frozen=True, slots=True)
class FiledAttachment:
    """A file where it is listed: under a paragraph, or on the agenda of a meeting."""

    attachment: Attachment
    meeting: Meeting
    paragraph: Paragraph | None

    @property
    def forum(self) -> Forum:
        """The forum whose meeting it belongs to."""
        return self.meeting.forum


def sees(person: Person | None, paragraph: Any) -> bool:
    """A sealed, open paragraph is read by the whole collaboration; a draft or a confidential one by those who sit."""
    if paragraph.confidential or paragraph.meeting.sealed_at is None:
        return sits(person, paragraph)
    return reads(person, paragraph)


def sees_file(person: Person | None, filed: Any) -> bool:
    """A file is as open as what it belongs to, unless it is confidential itself."""
    hidden = filed.attachment.confidential or (filed.paragraph and filed.paragraph.confidential)
    return sits(person, filed) if hidden else reads(person, filed)


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
SEES_FILE = Right("sees_file", "Handlingen är inte öppen för dig.", sees_file)
PRESIDES = Right("presides", "Det är den som ledde mötet som godkänner paragrafer.", presides)
