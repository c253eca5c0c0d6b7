"""Accepting warnings, and sealing a protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from govern import audit, record
from govern.db import db, lock, pause, save_changes
from govern.documents.papers.files import Files, protocol_files
from govern.documents.papers.protocol import signature_fields
from govern.errors import Refused, enforce
from govern.forums.house.queries import style_of
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.meetings.states import MeetingState
from govern.paragraphs.models import Paragraph
from govern.paragraphs.operations import queue_index_update
from govern.paragraphs.queries import paragraphs_of
from govern.people.models import Person
from govern.protocols import checks
from govern.protocols.freeze import freeze, signers
from govern.protocols.models import AcceptedWarning, Protocol, ProtocolFile, Signature
from govern.protocols.queries import accepted_of, findings_of
from govern.protocols.rules import Refusal, refuse_acceptance, refuse_sealing
from govern.protocols.states import SignerRole
from govern.record import ProtocolRecord
from govern.swedish import local_day


def accept_warning(meeting: Meeting, key: str, reason: str, *, by: Person, at: datetime) -> None:
    """Accept a warning or an answerable hinder, with the reason.

    Raises:
        Refused: if the finding is gone, is another hinder, or no reason is given.
    """
    findings = findings_of(meeting, today=local_day(at), at=at)
    finding = next((finding for finding in findings if finding.key == key), None)
    enforce(refuse_acceptance(finding, reason), "reason")
    row = accepted_of(meeting).get(key) or AcceptedWarning(meeting_id=meeting.id, finding=key)
    row.reason, row.by, row.at = reason.strip(), by, at
    db.session.add(row)
    if finding is not None and finding.check == checks.LATE:
        audit.write("adjusting.late", meeting, by=by, at=at, finding=key, reason=row.reason)
    else:
        audit.write("warning.accepted", meeting, by=by, at=at, finding=key)
    save_changes()


def take_back_acceptance(meeting: Meeting, key: str, *, by: Person, at: datetime) -> None:
    """Withdraw the acceptance of a warning, if there is one."""
    row = accepted_of(meeting).get(key)
    if row is not None:
        db.session.delete(row)
        audit.write("warning.acceptance_withdrawn", meeting, by=by, at=at, finding=key)
    save_changes()


def seal(meeting: Meeting, *, by: Person, at: datetime) -> Protocol:
    """Freeze the meeting to its record, and store it with the documents written from it. Nothing changes afterwards.

    The documents are written before the transaction that stores them, so that nobody waits for them; if the meeting has
    changed meanwhile, nothing is stored. They keep the house style of that moment.

    Raises:
        Refused: if there is a hinder or an unaccepted warning, the meeting is sealed already, or it has changed
            meanwhile.
    """
    meeting_id, by_id = meeting.id, by.id
    pause()
    printed_from, style = _checked(meeting, at), style_of(meeting.forum)
    pause()
    files = protocol_files(printed_from, style)
    lock()
    meeting = _found(meeting_id)
    frozen = _checked(meeting, at)
    if frozen != printed_from:
        raise Refused(Refusal.CHANGED)
    people = [person for _, person in signers(meeting, paragraphs_of(meeting))]
    protocol = store(meeting, frozen, files, signers=people, by_id=by_id, at=at)
    save_changes()
    return protocol


def _found(meeting_id: int) -> Meeting:
    meeting = meeting_by_id(meeting_id)
    if meeting is None:
        raise LookupError(f"meeting {meeting_id} is gone")
    return meeting


def _checked(meeting: Meeting, at: datetime) -> ProtocolRecord:
    paragraphs = paragraphs_of(meeting)
    findings = findings_of(meeting, paragraphs, today=local_day(at), at=at)
    enforce(refuse_sealing(meeting, findings, accepted_of(meeting)))
    return freeze(meeting, paragraphs)


def store(
    meeting: Meeting,
    frozen: ProtocolRecord,
    files: Files,
    *,
    signers: Sequence[Person | None] | None,
    by_id: int,
    at: datetime,
) -> Protocol:
    """Store a record and its documents and mark the meeting sealed, in the caller's transaction.

    `signers` are the people who are to sign, in the record's order. If it is None, the protocol is imported: it was
    signed in the system that it comes from, its signers are named, and nobody is asked to sign here.
    """
    imported, people = signers is None, signers if signers is not None else [None] * len(frozen.signatures)
    by = db.session.get_one(Person, by_id)
    protocol = Protocol(
        meeting=meeting,
        record=record.canonical(frozen),
        sha256=record.sha256_of(frozen),
        docx=files.docx,
        has_secrets=any(map(record.is_secret, frozen.paragraphs)),
        imported=imported,
        sealed_at=at,
        sealed_by=by,
    )
    protocol.files.append(
        ProtocolFile(revision=0, pdf=files.pdf, sha256=hashlib.sha256(files.pdf).hexdigest(), made_at=at)
    )
    slots = zip(frozen.signatures, signature_fields(frozen), people, strict=True)
    for position, (signer, field, person) in enumerate(slots, 1):
        protocol.signatures.append(
            Signature(
                position=position,
                role=SignerRole(signer.role),
                person=person,
                name=signer.name,
                field=field,
            )
        )
    meeting.state, meeting.sealed_at = MeetingState.SEALED, at
    db.session.add(protocol)
    audit.write(
        "protocol.sealed",
        protocol,
        by=by,
        at=at,
        sha256=protocol.sha256,
        docx=hashlib.sha256(files.docx).hexdigest(),
        file=protocol.files[0].sha256,
        imported=imported,
    )
    paragraphs: Sequence[Paragraph] = paragraphs_of(meeting)
    queue_index_update(paragraphs, at=at)
    return protocol
