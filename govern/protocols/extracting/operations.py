"""Making extracts of a sealed protocol: each is a separate record of some §§, signed by the person who certifies it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import datetime

from govern import audit, record
from govern.db import db, lock, pause, save_changes
from govern.documents.papers import extract
from govern.documents.papers.extract import ExtractFacts, extract_files
from govern.errors import Refused, enforce
from govern.forums.access import holds
from govern.forums.house.queries import style_of
from govern.forums.states import SeatRole
from govern.people.models import Person
from govern.protocols.correcting.operations import corrections_of
from govern.protocols.extracting.rules import Refusal, refuse_extract
from govern.protocols.models import Protocol, ProtocolFile, Signature
from govern.protocols.queries import beside
from govern.protocols.states import ProtocolKind, SignerRole
from govern.swedish import local_day, slug


def make_extract(protocol: Protocol, numbers: Collection[int], *, by: Person, at: datetime) -> Protocol:
    """Make an extract of these §§, for `by` to certify with their signature.

    Raises:
        Refused: if this is not an adjusted main protocol, no § is chosen, one is not in it, or it was corrected
            meanwhile.
    """
    pause()
    facts, style = _judged(protocol, numbers, by=by, at=at), style_of(protocol.forum)
    pause()
    files = extract_files(facts, style)
    lock()
    if _judged(protocol, numbers, by=by, at=at) != facts:
        raise Refused(Refusal.CHANGED)
    data = extract.canonical(facts)
    made = Protocol(
        meeting_id=protocol.meeting_id,
        kind=ProtocolKind.EXTRACT,
        record=data,
        sha256=hashlib.sha256(data).hexdigest(),
        docx=files.docx,
        has_secrets=any(record.is_secret(p) for p in facts.record.paragraphs),
        sealed_at=at,
        sealed_by=by,
    )
    made.files.append(ProtocolFile(revision=0, pdf=files.pdf, sha256=hashlib.sha256(files.pdf).hexdigest(), made_at=at))
    signer = Signature(position=1, role=SignerRole.CERTIFIER, person=by, name=by.name, field=extract.FIELD)
    made.signatures.append(signer)
    db.session.add(made)
    db.session.flush()
    audit.write(
        "extract.made",
        made,
        by=by,
        at=at,
        protocol=protocol.id,
        paragraphs=list(facts.numbers),
        sha256=made.sha256,
        docx=hashlib.sha256(files.docx).hexdigest(),
        file=made.files[0].sha256,
    )
    save_changes()
    return made


def _judged(protocol: Protocol, numbers: Collection[int], *, by: Person, at: datetime) -> ExtractFacts:
    frozen = record.loads(protocol.record)
    enforce(refuse_extract(protocol, numbers, {p.number for p in frozen.paragraphs}), "numbers")
    return facts_of(protocol, frozen, numbers, by=by, at=at)


def facts_of(
    protocol: Protocol, frozen: record.ProtocolRecord, numbers: Collection[int], *, by: Person, at: datetime
) -> ExtractFacts:
    """Return the facts of an extract of the protocol as it is now, with the corrections made since."""
    kept = extract.cut(frozen, sorted(numbers))
    corrections = [(facts.label, facts) for _, facts in reversed(corrections_of(protocol))]
    return ExtractFacts(
        record=kept,
        protocol=protocol.sha256,
        certifier=by.name,
        role=SeatRole.SECRETARY.label.lower() if holds(by, protocol.forum, SeatRole.SECRETARY) else "",
        made=local_day(at),
        amendments=extract.amendments(corrections, kept),
    )


def extracts_of(protocol: Protocol) -> Sequence[tuple[Protocol, ExtractFacts]]:
    """List a protocol's extracts with their facts, the latest first."""
    rows = beside(protocol.meeting, ProtocolKind.EXTRACT)
    return [(row, extract.loads(row.record)) for row in reversed(rows)]


def certified(
    protocol: Protocol,
    numbers: Collection[int],
    *,
    by: Person,
    at: datetime,
    among: Sequence[tuple[Protocol, ExtractFacts]],
    begun: bool = False,
) -> Protocol | None:
    """Return a certified extract from `among` that says the same as one made now would, or None.

    With `begun`, return one that `by` has made but not certified yet.
    """
    wanted = facts_of(protocol, record.loads(protocol.record), numbers, by=by, at=at)

    def fits(signature: Signature) -> bool:
        return signature.person_id == by.id and not signature.settled if begun else signature.signed_at is not None

    return next((row for row, facts in among if fits(row.signatures[0]) and facts.has_content_of(wanted)), None)


def filename(protocol: Protocol) -> str:
    """Return the name of a record's files, without extension. An extract's has its numbers, never a heading."""
    what = {ProtocolKind.CORRECTION: "rattelse", ProtocolKind.IMMEDIATE: "paragraf", ProtocolKind.EXTRACT: "utdrag"}
    name = f"{what.get(protocol.kind, 'protokoll')}-{slug(protocol.forum.name)}-{protocol.meeting.day.isoformat()}"
    if protocol.kind is ProtocolKind.EXTRACT:
        name += f"-paragraf{re.sub('[^0-9]+', '-', extract.loads(protocol.record).range)}"
    return name
