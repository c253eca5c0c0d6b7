"""Rules for an adjuster's verdict on a paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal
from govern.meetings.states import MeetingState
from govern.paragraphs.states import ParagraphState

if TYPE_CHECKING:
    from govern.meetings.models import Meeting
    from govern.paragraphs.models import Paragraph
    from govern.people.models import Person
    from govern.protocols.adjusting.models import Adjustment


class Refusal(BaseRefusal):
    """Why an adjuster's verdict is not accepted."""

    SEALED = "Protokollet är förseglat. Nu återstår att underteckna, eller att vägra."
    NOT_CLOSED = "Mötet är inte avslutat. Paragraferna läses när det är det."
    NOT_APPROVED = "Ordföranden har inte godkänt paragrafen än."
    NOT_ADJUSTER = "Det är den som valdes att justera som läser här."
    CHANGED_SINCE = "Paragrafen har ändrats sedan du öppnade sidan. Läs den igen."
    NO_TEXT = "Skriv vad du vill säga om paragrafen."
    ANSWERED = "Synpunkten är redan besvarad."


def is_adjuster(person: Person | None, meeting: Meeting) -> bool:
    """Return whether this person was elected to adjust the meeting's protocol."""
    return person is not None and any(row.presence.person_id == person.id for row in meeting.adjusters)


def refuse_reading(paragraph: Paragraph, by: Person, read: int) -> Refusal | None:
    """Refuse a verdict from anyone but an adjuster, on another version than `read`, or before the chair's approval."""
    meeting = paragraph.meeting
    if meeting.state is MeetingState.SEALED:
        return Refusal.SEALED
    if meeting.state is not MeetingState.CLOSED:
        return Refusal.NOT_CLOSED
    if not is_adjuster(by, meeting):
        return Refusal.NOT_ADJUSTER
    if paragraph.version != read:
        return Refusal.CHANGED_SINCE
    return None if paragraph.state is ParagraphState.APPROVED else Refusal.NOT_APPROVED


def refuse_comment(paragraph: Paragraph, by: Person, read: int, text: str) -> Refusal | None:
    """Refuse as `refuse_reading` does, or if the comment is empty."""
    return refuse_reading(paragraph, by, read) or (None if text.strip() else Refusal.NO_TEXT)


def refuse_answering(adjustment: Adjustment) -> Refusal | None:
    """Refuse to answer twice, or after the protocol is sealed."""
    if adjustment.paragraph.meeting.state is MeetingState.SEALED:
        return Refusal.SEALED
    return Refusal.ANSWERED if adjustment.answered_at is not None else None
