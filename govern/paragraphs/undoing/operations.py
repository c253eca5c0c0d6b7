"""Undoing the opening of a paragraph or a meeting, and striking a paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete

from govern import audit
from govern.db import db, save_changes
from govern.errors import enforce
from govern.forums.operations import return_number
from govern.markup import to_html
from govern.meetings.models import Adjuster, Meeting, Presence
from govern.meetings.states import MeetingState
from govern.paragraphs.drafting import editors, versions
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.drafting.draft import SectionDraft
from govern.paragraphs.drafting.models import ParagraphEditor, ParagraphVersion
from govern.paragraphs.models import Paragraph
from govern.paragraphs.operations import queue_index_update, save_draft
from govern.paragraphs.queries import paragraphs_of
from govern.paragraphs.states import SectionKind
from govern.paragraphs.undoing import rules
from govern.people.models import Person
from govern.richtext import plain


def undo_opening(paragraph: Paragraph, *, by: Person, at: datetime) -> None:
    """Remove a paragraph that was opened by mistake; its number is free again, and its item can be opened anew.

    Raises:
        Refused: if it is not the last one, something has been or is being written in it, or the meeting is not open.
    """
    enforce(rules.refuse_undoing(paragraph))
    _remove([paragraph], by=by, at=at)
    save_changes()


def undo_opening_meeting(meeting: Meeting, *, by: Person, at: datetime) -> None:
    """Make a meeting that was opened by mistake called or planned again, without paragraphs and presence list.

    Raises:
        Refused: if it is not open, or something has been or is being written in one of its paragraphs.
    """
    paragraphs = paragraphs_of(meeting)
    enforce(rules.refuse_undoing_meeting(meeting, paragraphs))
    _remove([*reversed(paragraphs)], by=by, at=at)
    for kind in (Adjuster, Presence):
        db.session.execute(delete(kind).where(kind.meeting_id == meeting.id))
    db.session.expire(meeting, ["presences", "adjusters"])
    meeting.state = MeetingState.CALLED if meeting.called_at else MeetingState.PLANNED
    meeting.opened_at = None
    audit.write("meeting.opening_undone", meeting, by=by, at=at)
    save_changes()


def strike(paragraph: Paragraph, reason: str, *, by: Person, at: datetime) -> int:
    """Replace a paragraph's content by the words that it is struck, and why; return the new version's number.

    The earlier text remains as a version, from which it can be restored. The agenda item is free: it can be opened
    under another number, or withdrawn.

    Raises:
        Refused: if it may not be changed, is struck already, or no reason is given.
    """
    enforce(rules.refuse_striking(paragraph, reason), "reason")
    versions.ensure_stored(paragraph, by=by, at=at)
    text = to_html(plain(f"{rules.STRUCK} {reason.strip()}"))
    section = SectionDraft(kind=SectionKind.TEXT, heading="", html=text)
    kept = stored.read(paragraph)
    struck = replace(kept, sections=(section,), decisions=(), assignments=(), motions=(), ballots=(), dissents=())
    paragraph.agenda_item = None
    audit.write("paragraph.struck", paragraph, by=by, at=at)
    return save_draft(paragraph, struck, version=paragraph.version, by=by, at=at, apart=True)


def _remove(paragraphs: Sequence[Paragraph], *, by: Person, at: datetime) -> None:
    """Remove paragraphs, the last first, and give their numbers back, in the caller's transaction."""
    enforce(rules.Refusal.SOMEONE_WRITES if editors.others_write(paragraphs, by=by, at=at) else None)
    queue_index_update(paragraphs, at=at)
    for paragraph in paragraphs:
        audit.write("paragraph.opening_undone", paragraph, by=by, at=at, number=paragraph.number)
        return_number(paragraph.series, paragraph.number)
        for kind in (ParagraphEditor, ParagraphVersion):
            db.session.execute(delete(kind).where(kind.paragraph_id == paragraph.id))
        db.session.delete(paragraph)
        db.session.flush()
