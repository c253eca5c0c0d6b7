"""Adjusting one paragraph immediately: it is sealed alone and signed at the meeting, and later included unchanged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from govern import audit, record
from govern.db import db, lock, pause, save_changes
from govern.documents.papers.files import protocol_files
from govern.documents.papers.protocol import signature_fields
from govern.errors import Refused, enforce
from govern.forums.house.queries import style_of
from govern.meetings.queries import meeting_by_id
from govern.paragraphs.attendance import Span, presides_at
from govern.paragraphs.models import Paragraph
from govern.paragraphs.movements import standings_at
from govern.paragraphs.operations import queue_index_update
from govern.paragraphs.queries import paragraph_by_id
from govern.people.models import Person
from govern.protocols import rules
from govern.protocols.correcting.operations import store_other_record
from govern.protocols.freeze import freeze, presence_of
from govern.protocols.models import Protocol
from govern.protocols.states import ProtocolKind
from govern.record import ProtocolRecord


def freeze_alone(paragraph: Paragraph) -> ProtocolRecord:
    """Return the record of one paragraph, with those present at it; the person who presided and the adjusters sign."""
    meeting = paragraph.meeting
    standings = standings_at(paragraph)
    there = [(p, standings[p.id]) for p in meeting.presences if standings[p.id].present]
    whole = freeze(meeting, [paragraph])
    return replace(
        whole,
        meeting=replace(whole.meeting, end=None),
        presence=tuple(presence_of(Span(p, None, None, s.serving_for_id), meeting) for p, s in there),
        signatures=(*_chair(paragraph, whole), *(one for one in whole.signatures if one.role == "adjuster")),
    )


def _chair(paragraph: Paragraph, whole: ProtocolRecord) -> list[record.Signature]:
    """Return the signer who presided: the meeting's chair or their stand-in; empty if there is no chair."""
    presiding = presides_at(paragraph)
    chair = next((one for one in whole.signatures if one.role == "chair"), None)
    if chair is None or presiding is None or presiding.person_id == paragraph.meeting.chair_id:
        return [] if chair is None else [chair]
    span = presence_of(Span(presiding, None, None, None), paragraph.meeting)
    return [record.Signature(role="chair", name=span.name, party=span.party, paragraphs=(paragraph.number,))]


def _people(paragraph: Paragraph) -> list[Person | None]:
    """Return the people who sign the paragraph, in the record's order."""
    meeting, presiding = paragraph.meeting, presides_at(paragraph)
    chair = meeting.chair if presiding is None or presiding.person_id == meeting.chair_id else presiding.person
    return [*([chair] if meeting.chair else []), *(adjuster.presence.person for adjuster in meeting.adjusters)]


def seal_immediately(paragraph: Paragraph, *, by: Person, at: datetime) -> Protocol:
    """Seal one paragraph alone, during the meeting; it cannot be changed afterwards.

    The documents are written before the transaction that stores them, as for the whole protocol.

    Raises:
        Refused: if it is not marked for it, not approved or sealed already, the meeting is not open or lacks signers,
            or something changed meanwhile.
    """
    paragraph_id, by_id = paragraph.id, by.id
    enforce(rules.refuse_sealing_immediately(paragraph))
    pause()
    printed_from, style = freeze_alone(paragraph), style_of(paragraph.meeting.forum)
    pause()
    files = protocol_files(printed_from, style)
    lock()
    paragraph, by = _found(paragraph_id), db.session.get_one(Person, by_id)
    enforce(rules.refuse_sealing_immediately(paragraph))
    frozen = freeze_alone(paragraph)
    if frozen != printed_from:
        raise Refused(rules.Refusal.CHANGED)
    meeting = paragraph.meeting
    made = store_other_record(
        meeting.id,
        paragraph,
        ProtocolKind.IMMEDIATE,
        record.canonical(frozen),
        files,
        signers=list(zip(frozen.signatures, signature_fields(frozen), _people(paragraph), strict=True)),
        by=by,
        at=at,
    )
    paragraph.sealed_at = at
    audit.write("paragraph.sealed", made, by=by, at=at, paragraph=paragraph.id, sha256=made.sha256)
    queue_index_update([paragraph], at=at)
    save_changes()
    return made


def _found(paragraph_id: int) -> Paragraph:
    paragraph = paragraph_by_id(paragraph_id)
    if paragraph is None:
        raise LookupError(f"paragraph {paragraph_id} is gone")
    meeting_by_id(paragraph.meeting_id)
    return paragraph


def record_of(paragraph: Paragraph) -> Protocol | None:
    """Return the record of an immediately adjusted paragraph, or None."""
    query = select(Protocol).where(Protocol.paragraph_id == paragraph.id, Protocol.kind == ProtocolKind.IMMEDIATE)
    return db.session.scalar(query)
