"""Queries for protocols, their findings and signatures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload, undefer

from govern import record
from govern.db import db
from govern.forums.models import Forum
from govern.meetings.models import Meeting
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraphs_of
from govern.people.models import Person
from govern.protocols import checks
from govern.protocols.adjusting.queries import latest_adjustments
from govern.protocols.models import (
    AcceptedWarning,
    Protocol,
    ProtocolFile,
    Signature,
    SignerSubstitution,
)
from govern.protocols.states import ProtocolKind

MINUTES = (ProtocolKind.MAIN, ProtocolKind.IMMEDIATE)
"""The kinds whose record is a `ProtocolRecord`; corrections and extracts have records of other shapes."""


def protocol_by_id(protocol_id: int) -> Protocol | None:
    """Return a protocol with its meeting, signatures and files (without their bytes), or None."""
    return db.session.scalar(_whole().where(Protocol.id == protocol_id))


def minutes_by_id(protocol_id: int) -> Protocol | None:
    """Return a meeting's protocol or an immediately adjusted paragraph's; None for a correction or an extract.

    Corrections and extracts have records of other shapes: they are not dispatched, published, corrected or bound.
    """
    protocol = protocol_by_id(protocol_id)
    return protocol if protocol and protocol.kind in MINUTES else None


def protocol_of(meeting: Meeting) -> Protocol | None:
    """Return a meeting's main protocol, or None if it is not sealed."""
    return db.session.scalar(_whole().where(Protocol.meeting_id == meeting.id, Protocol.kind == ProtocolKind.MAIN))


def beside(meeting: Meeting, kind: ProtocolKind) -> Sequence[Protocol]:
    """List a meeting's records of one kind other than the main protocol, in the order they were sealed."""
    query = _whole().options(joinedload(Protocol.paragraph), undefer(Protocol.record))
    query = query.where(Protocol.meeting_id == meeting.id, Protocol.kind == kind)
    return db.session.scalars(query.order_by(Protocol.id)).all()


def corrected(paragraph_ids: Collection[int]) -> set[int]:
    """Return the ids of those paragraphs that have been corrected after the sealing."""
    query = select(Protocol.paragraph_id).where(Protocol.kind == ProtocolKind.CORRECTION)
    return {id_ for id_ in db.session.scalars(query.where(Protocol.paragraph_id.in_(paragraph_ids))) if id_ is not None}


def _whole() -> Select[Protocol]:
    return select(Protocol).options(
        selectinload(Protocol.signatures).joinedload(Signature.refusal),
        joinedload(Protocol.meeting).joinedload(Meeting.forum).joinedload(Forum.collaboration),
        joinedload(Protocol.sealed_by),
        selectinload(Protocol.signatures).options(
            joinedload(Signature.person), selectinload(Signature.substitutions).joinedload(SignerSubstitution.by)
        ),
        selectinload(Protocol.files),
    )


def signature_by_id(signature_id: int) -> Signature | None:
    """Return a signature, or None."""
    return db.session.get(Signature, signature_id)


def minutes_signature(signature_id: int) -> Signature | None:
    """Return a signature of a meeting's protocol or an immediately adjusted paragraph's, or None."""
    signature = signature_by_id(signature_id)
    return signature if signature and signature.protocol.kind in MINUTES else None


def latest_file(protocol: Protocol) -> ProtocolFile:
    """Return the newest revision of the protocol's PDF.

    Raises:
        LookupError: if it has none.
    """
    query = select(ProtocolFile).where(ProtocolFile.protocol_id == protocol.id)
    file = db.session.scalar(query.order_by(ProtocolFile.revision.desc()).limit(1))
    if file is None:
        raise LookupError(f"protocol {protocol.id} has no file")
    return file


def findings_of(
    meeting: Meeting, paragraphs: Sequence[Paragraph] | None = None, *, today: date, at: datetime | None = None
) -> list[checks.Finding]:
    """Run every check on a meeting as it is now; `paragraphs` are all of its paragraphs, if they are loaded already."""
    return checks.find(
        meeting,
        paragraphs_of(meeting) if paragraphs is None else paragraphs,
        today=today,
        adjustments=latest_adjustments(meeting),
        sealed_immediately=_sealed_alone(meeting),
        at=at,
    )


def unsealed_before(meeting: Meeting) -> list[tuple[Meeting, list[int]]]:
    """List the earlier numbers of the meeting's series that are not sealed yet, grouped by their meeting."""
    own, other = aliased(Paragraph), Paragraph
    first = select(own.series_id, func.min(own.number).label("number")).where(own.meeting_id == meeting.id)
    of = first.group_by(own.series_id).subquery()
    query = (
        select(other)
        .join(of, (other.series_id == of.c.series_id) & (other.number < of.c.number))
        .join(Meeting, Meeting.id == other.meeting_id)
        .where(other.meeting_id != meeting.id, Meeting.sealed_at.is_(None), other.sealed_at.is_(None))
        .options(joinedload(other.meeting))
        .order_by(Meeting.day, other.meeting_id, other.number)
    )
    rows = groupby(db.session.scalars(query), lambda paragraph: paragraph.meeting)
    return [(held, [paragraph.number for paragraph in paragraphs]) for held, paragraphs in rows]


def _sealed_alone(meeting: Meeting) -> dict[int, record.Paragraph]:
    """Return the sealed facts of the immediately adjusted paragraphs, by paragraph id."""
    rows = beside(meeting, ProtocolKind.IMMEDIATE)
    return {row.paragraph_id: record.loads(row.record).paragraphs[0] for row in rows if row.paragraph_id is not None}


def accepted_of(meeting: Meeting) -> dict[str, AcceptedWarning]:
    """Return the accepted warnings of a meeting, by the finding's key."""
    query = select(AcceptedWarning).where(AcceptedWarning.meeting_id == meeting.id)
    rows = db.session.scalars(query.options(joinedload(AcceptedWarning.by)))
    return {row.finding: row for row in rows}


def waiting_signatures(person: Person) -> Sequence[Signature]:
    """List the signatures that this person can give now, the oldest first."""
    query = (
        select(Signature)
        .join(Signature.protocol)
        .join(Protocol.meeting)
        .join(Meeting.forum)
        .where(Signature.person_id == person.id, ~Signature.settled, Signature.in_turn)
        .options(contains_eager(Signature.protocol).contains_eager(Protocol.meeting).contains_eager(Meeting.forum))
        .order_by(Signature.id)
        .limit(100)
    )
    return db.session.scalars(query).all()
