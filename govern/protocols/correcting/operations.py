"""Refusing to adjust, and correcting a mistake, which both leave the sealed record unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from govern import audit, outbox, record, richtext
from govern.db import db, lock, pause, save_changes
from govern.documents.papers import correction
from govern.documents.papers.correction import CorrectionFacts, correction_files
from govern.documents.papers.files import Files
from govern.errors import Refused, enforce
from govern.forums.house.queries import style_of
from govern.paragraphs.facts import facts as facts_of
from govern.paragraphs.models import Paragraph
from govern.paragraphs.operations import queue_index_update
from govern.people import events
from govern.people.models import Person
from govern.protocols import rules
from govern.protocols.models import Protocol, ProtocolFile, Signature, SigningRefusal
from govern.protocols.queries import beside, latest_file
from govern.protocols.signing import keys
from govern.protocols.signing import operations as signing
from govern.protocols.signing.operations import add_revision
from govern.protocols.signing.substituting import signer_of
from govern.protocols.states import ProtocolKind, SignerRole
from govern.swedish import local_day, long_date
from govern.topics import Topic

CORRECT = {SignerRole.CHAIR, SignerRole.ADJUSTER}
"""The roles that sign a correction."""


def refuse_to_adjust(signature: Signature, reason: str, *, by: Person, at: datetime) -> None:
    """Record an adjuster's refusal with its reason, and print it beside their signature field; the others may sign.

    Raises:
        Refused: if they may not refuse here, have signed or refused already, others have reset their account, no reason
            is given, or somebody else signed meanwhile.
    """
    from govern.documents.signatures.refusing import print_refusal  # noqa: PLC0415 — loads pyHanko.

    enforce(rules.refuse_refusing(signature, by, reason), "reason")
    events.refuse_held(by, at=at)
    pause()
    protocol, reason = signature.protocol, reason.strip()
    signer, field, before = signer_of(signature, signing.frozen(protocol)), signature.field, latest_file(protocol)
    revision, printed_on, stamped = before.revision, before.pdf, keys.stamps() is not None
    pause()
    pdf = print_refusal(printed_on, field, signer, reason, at)
    lock()
    enforce(rules.refuse_refusing(signature, by, reason), "reason")
    if latest_file(protocol).revision != revision:
        raise Refused(rules.Refusal.SIGNED_MEANWHILE)
    file = add_revision(protocol, pdf, at=at)
    db.session.add(SigningRefusal(signature=signature, reason=reason, at=at))
    audit.write(
        "protocol.adjusting_refused",
        protocol,
        by=by,
        at=at,
        signature=signature.id,
        sha256=file.sha256,
        revision=file.revision,
    )
    if stamped and signature.protocol.settled:
        outbox.enqueue(Topic.ARCHIVE, signature.protocol_id, at=at)
    save_changes()


def correct(protocol: Protocol, number: int, *, old: str, new: str, reason: str, by: Person, at: datetime) -> Protocol:
    """Make a correction of one paragraph: a separate record, for the chair and the adjusters to sign.

    Raises:
        Refused: if this is not a main protocol, the old words are not in the paragraph, nothing would change, no reason
            is given, or something changed meanwhile.
    """
    said = {"old": old, "new": new, "reason": reason}
    pause()
    _, facts = _corrected(protocol, number, **said, by=by, at=at)
    style = style_of(protocol.forum)
    pause()
    files = correction_files(facts, style)
    lock()
    row, now_ = _corrected(protocol, number, **said, by=by, at=at)
    if now_ != facts:
        raise Refused(rules.Refusal.CHANGED_MEANWHILE)
    people = [one.person for one in protocol.signatures if one.role in CORRECT]
    made = store_other_record(
        protocol.meeting_id,
        row,
        ProtocolKind.CORRECTION,
        correction.canonical(facts),
        files,
        signers=list(zip(facts.signatures, correction.field_names(facts), people, strict=True)),
        by=by,
        at=at,
    )
    audit.write("protocol.corrected", made, by=by, at=at, protocol=protocol.id, paragraph=number, sha256=made.sha256)
    queue_index_update([row], at=at)
    save_changes()
    return made


def _corrected(
    protocol: Protocol, number: int, *, old: str, new: str, reason: str, by: Person, at: datetime
) -> tuple[Paragraph, CorrectionFacts]:
    """Check a correction; return its paragraph and its facts."""
    frozen = record.loads(protocol.record)
    fact = next((p for p in frozen.paragraphs if p.number == number), None)
    enforce(rules.refuse_correcting(protocol, words_of(fact) if fact else None, old, new, reason), "old")
    row = _paragraph(protocol, number)
    if fact is None or row is None:
        raise Refused(rules.Refusal.NOT_QUOTED, "old")
    facts = CorrectionFacts(
        body=frozen.body,
        forum=frozen.forum.name,
        meeting=frozen.meeting.date,
        protocol=protocol.sha256,
        label=fact.label,
        heading=fact.heading,
        old=old.strip(),
        new=new.strip(),
        reason=reason.strip(),
        made=local_day(at),
        made_by=by.name,
        signatures=_signers(protocol, frozen),
    )
    return row, facts


def store_other_record(
    meeting_id: int,
    paragraph: Paragraph,
    kind: ProtocolKind,
    data: bytes,
    files: Files,
    *,
    signers: list[tuple[record.Signature, str, Person | None]],
    by: Person,
    at: datetime,
) -> Protocol:
    """Store a record other than the main protocol, in the caller's transaction.

    `signers` are triples of the record's entry, the signature field and the person.
    """
    made = Protocol(
        meeting_id=meeting_id,
        kind=kind,
        paragraph=paragraph,
        record=data,
        sha256=hashlib.sha256(data).hexdigest(),
        docx=files.docx,
        has_secrets=record.is_secret(facts_of(paragraph)),
        sealed_at=at,
        sealed_by=by,
    )
    made.files.append(ProtocolFile(revision=0, pdf=files.pdf, sha256=hashlib.sha256(files.pdf).hexdigest(), made_at=at))
    for position, (signer, field, who) in enumerate(signers, 1):
        role = SignerRole(signer.role)
        made.signatures.append(Signature(position=position, role=role, person=who, name=signer.name, field=field))
    db.session.add(made)
    db.session.flush()
    return made


def _signers(protocol: Protocol, frozen: record.ProtocolRecord) -> tuple[record.Signature, ...]:
    """Return the signers of a correction: the chairs, and each adjuster or their substitute."""
    names = {row.position: row.signer for row in protocol.signatures}
    signers = enumerate(frozen.signatures, 1)
    return tuple(
        replace(one, name=names.get(place, one.name)) for place, one in signers if SignerRole(one.role) in CORRECT
    )


def _paragraph(protocol: Protocol, number: int) -> Paragraph | None:
    query = select(Paragraph).where(Paragraph.meeting_id == protocol.meeting_id, Paragraph.number == number)
    return db.session.scalar(query)


def words_of(value: Any) -> str:
    """Return all the text of a record's paragraph, as it could be copied from the protocol."""
    return "\n".join(_words(value))


def _words(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case record.Clause():
            yield f"att {value.text}"
        case record.Section():
            yield value.heading
            yield richtext.text_of(value.blocks)
        case tuple():
            for one in value:
                yield from _words(one)
        case _ if hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                yield from _words(getattr(value, name))


def corrections_of(protocol: Protocol) -> list[tuple[Protocol, CorrectionFacts]]:
    """List a main protocol's corrections, the latest first."""
    rows = beside(protocol.meeting, ProtocolKind.CORRECTION)
    return [(row, correction.loads(row.record)) for row in reversed(rows)]


def main_of(protocol: Protocol) -> Protocol:
    """Return the main protocol of a record's meeting."""
    query = select(Protocol).where(Protocol.meeting_id == protocol.meeting_id, Protocol.kind == ProtocolKind.MAIN)
    return db.session.scalars(query.options(undefer(Protocol.record))).one()


def verification_notes(protocol: Protocol) -> list[str]:
    """Return sentences about what a verifier must know besides the file: refusals, and corrections made since."""
    sentences = [
        f"{one.signer} vägrade att justera {long_date(local_day(one.refusal.at))}: {one.refusal.reason}"
        for one in protocol.signatures
        if one.refusal is not None
    ]
    if protocol.kind is ProtocolKind.MAIN:
        for row, facts in reversed(corrections_of(protocol)):
            state = "undertecknad" if row.settled else "ännu inte undertecknad av alla"
            sentences.append(f"Protokollet är rättat {long_date(facts.made)}: {facts.label}. Rättelsen är {state}.")
    return sentences
