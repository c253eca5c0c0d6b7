"""What was opened by mistake, and when it can be taken back.

Until others rely on it, an opening is undone as if it had never been (decision 34). After that a paragraph keeps its
number and says that it is struck, since numbers are never used twice or lost (decision 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal
from govern.meetings.states import MeetingState
from govern.paragraphs import rules
from govern.paragraphs.states import ParagraphState
from govern.richtext import from_json, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govern.meetings.models import Meeting
    from govern.paragraphs.models import Paragraph


class Refusal(BaseRefusal):
    """Why an opening is not taken back."""

    NOT_LAST = "Bara den senast öppnade paragrafen kan tas bort. Låt den här utgå, så behåller den sitt nummer."
    HAS_CONTENT = "Paragrafen har innehåll. Låt den utgå, så behåller den sitt nummer."
    SOMEONE_WRITES = "Någon annan skriver just nu. Hör med den personen, och försök igen."
    MEETING_HAS_CONTENT = "Mötet har paragrafer med innehåll. Avsluta mötet i stället."
    NO_REASON = "Skriv varför paragrafen utgår."
    ALREADY_STRUCK = "Paragrafen utgår redan."


STRUCK = "Paragrafen utgår."
"""The first words of a struck paragraph's text."""


def untouched(paragraph: Paragraph) -> bool:
    """Return whether nothing has been written or recorded in a paragraph, beyond what its agenda item prepared."""
    prepared = paragraph.agenda_item.papers if paragraph.agenda_item else []
    recorded = (
        *(paragraph.changes, paragraph.disqualifications, paragraph.reviews, paragraph.supersedes),
        *(paragraph.motions, paragraph.ballots, paragraph.dissents, paragraph.assignments),
    )
    written = paragraph.version > 1 and (paragraph.decisions or any(section.body for section in paragraph.sections))
    return not (
        paragraph.state is not ParagraphState.DRAFT
        or paragraph.immediate
        or written
        or any(recorded)
        or paragraph.presiding
        or {paper.id for paper in paragraph.attachments} - {paper.id for paper in prepared}
    )


def refuse_undoing(paragraph: Paragraph) -> BaseRefusal | None:
    """Refuse to undo the opening of a paragraph unless it is the last of its series, untouched, and the meeting is on.

    The next paragraph then takes the number: there is never a gap.
    """
    refusal = rules.refuse_opening(paragraph.meeting) or rules.refuse_editing(paragraph)
    if refusal:
        return refusal
    if not untouched(paragraph):
        return Refusal.HAS_CONTENT
    return None if paragraph.series.next_number == paragraph.number + 1 else Refusal.NOT_LAST


def refuse_striking(paragraph: Paragraph, reason: str) -> BaseRefusal | None:
    """Refuse to strike a paragraph that may not be changed, whose decisions are locked, or without a reason."""
    refusal = rules.refuse_editing(paragraph)
    if refusal:
        return refusal
    if rules.wording_locked(paragraph):
        return rules.Refusal.LOCKED
    if struck(paragraph):
        return Refusal.ALREADY_STRUCK
    return None if reason.strip() else Refusal.NO_REASON


def struck(paragraph: Paragraph) -> bool:
    """Return whether a paragraph says that it is struck, and nothing is decided in it."""
    first = text_of(from_json(paragraph.sections[0].body)) if paragraph.sections else ""
    return first.startswith(STRUCK) and not (paragraph.decisions or paragraph.assignments)


def refuse_undoing_meeting(meeting: Meeting, paragraphs: Sequence[Paragraph]) -> BaseRefusal | None:
    """Refuse to undo the opening of a meeting that is not open, or in which something has been written."""
    if meeting.state is not MeetingState.OPEN:
        return rules.refuse_opening(meeting)
    return None if all(map(untouched, paragraphs)) else Refusal.MEETING_HAS_CONTENT
