"""Whether a file is a protocol that this installation sealed, unchanged, and with the signatures it should have.

The stored bytes are hashed and the signatures checked; a meeting is never frozen again with newer code. A file cut back
to an earlier signature passes every validator, so the order and number of signatures and the file's own hash are
checked here. The stored files are checked too: against their hashes, and those against the audit log.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from govern import limited, record
from govern.audit import AuditEntry
from govern.db import db
from govern.documents.signatures.values import Change, Difference, UnreadablePdf, VerifyReport
from govern.protocols.correcting.operations import verification_notes
from govern.protocols.models import Protocol, ProtocolFile, Signature, SignerSubstitution
from govern.protocols.signing import keys
from govern.protocols.states import ProtocolKind
from govern.protocols.verifying.sentences import difference_sentence, signature_sentence
from govern.reading import Unreadable
from govern.reading.records import read_record
from govern.swedish import counted, local_day, long_date

SECONDS = 300
MEMORY_MB = 1_500
"""The limits of each process that reads a file; the time is the default, for trusted callers such as a command."""

ENDS = 8
"""The number of ends of file (`%%EOF`) that are tried as the end of a file's first revision."""
NAMES = {
    ProtocolKind.MAIN: "protokollet",
    ProtocolKind.CORRECTION: "en rättelse av protokollet",
    ProtocolKind.IMMEDIATE: "en omedelbart justerad paragraf i protokollet",
    ProtocolKind.EXTRACT: "ett utdrag ur protokollet",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, as sentences; `genuine` is whether the file is the newest stored one and all of it holds."""

    genuine: bool
    sentences: tuple[str, ...]
    sha256: str
    protocol: Protocol | None = None
    report: VerifyReport | None = None


def verify(data: bytes, *, at: datetime, seconds: float = SECONDS) -> Verdict:
    """Verify a submitted PDF, Word file or JSON record.

    A PDF and a record are read in separate processes; `seconds` is the time limit of each process.

    Raises:
        TooHeavy: if a limit is exceeded.
        NotStarted: if a process cannot be started.
    """
    if data.lstrip()[:1] == b"{":
        return _verify_record(data, seconds)
    if data.startswith(b"PK"):
        return _verify_word(data)
    from govern.documents.signatures.verify import verify as verify_pdf  # noqa: PLC0415 — loads pyHanko.

    sha256 = hashlib.sha256(data).hexdigest()
    try:
        report = limited.run(verify_pdf, data, keys.trust(at=at), at, seconds=seconds, memory_mb=MEMORY_MB)
    except (UnreadablePdf, limited.Crashed):
        return _unreadable(data, sha256, seconds)
    file = db.session.scalar(select(ProtocolFile).where(ProtocolFile.sha256 == sha256))
    return _verify_kept(file, report) if file else _verify_changed(data, report, seconds)


def _verify_kept(file: ProtocolFile, report: VerifyReport) -> Verdict:
    protocol = file.protocol
    given = _given(protocol)
    meant = _signatures_in(file)
    newest = file.revision == max(other.revision for other in protocol.files)
    cut = len(meant) < len(given)
    sentences = [f"Filen är {_name(protocol)}{', oförändrad' if newest else ', som det var tidigare'}."]
    if cut:
        sentences.append(_cut_back(len(meant), given))
    elif not newest:
        archived = any(other.archived_at for other in protocol.files if other.revision > file.revision)
        stamp = " och en arkivtidsstämpel" if archived else ""
        sentences.append(f"Det finns en senare version med samma underskrifter{stamp}.")
    if len(report.signatures) != len(meant):
        signatures = counted(len(meant), "underskrift", "underskrifter")
        sentences.append(f"Filen ska ha {signatures} men har {len(report.signatures)}.")
    sentences += verification_notes(protocol)
    missing = [s for s in protocol.signatures if not s.settled and not protocol.imported]
    if protocol.imported:
        sentences.append("Protokollet är inläst från ett annat system. Underskrifterna finns på originalet.")
    sentences += [f"Ännu inte undertecknat: {signature.name}, {signature.role.label}." for signature in missing]
    sentences += [_substituted(row) for signature in protocol.signatures for row in signature.substitutions]
    wrong = stored_faults(protocol)
    # The bytes are those stored, so a refusal printed after the last signature belongs there.
    holds = len(report.signatures) == len(meant) and (report.sound or not meant)
    said = (*sentences, *wrong, *map(signature_sentence, report.signatures), *_archived(report))
    return Verdict(newest and holds and not wrong, said, report.sha256, protocol, report)


def _verify_changed(data: bytes, report: VerifyReport, seconds: float) -> Verdict:
    """Return the verdict on a file that is not stored: which protocol it was made from, and how it differs."""
    digests = [signature.sha256 for signature in report.signatures]
    owners = _owners(digests)
    protocol = _by_content(data) or _commonest(owners.values())
    if protocol is None:
        sentence = "Filen är inte gjord här, eller så har den ändrats."
        return Verdict(False, (sentence, *map(signature_sentence, report.signatures)), report.sha256, None, report)
    foreign = [s for s in report.signatures if s.sha256 in owners and owners[s.sha256].id != protocol.id]
    if foreign:
        said = [
            f"Underskriften av {s.name} har flyttats hit från {_name(owners[s.sha256])} och gäller inte här."
            for s in foreign
        ]
        return Verdict(False, (f"Filen är gjord av {_name(protocol)}.", *said), report.sha256, protocol, report)
    wrong = stored_faults(protocol)
    if report.sha256 in logged_hashes(protocol):
        sentence = f"Filen är {_name(protocol)}, som det skrevs när det sparades."
        return Verdict(False, (sentence, *wrong), report.sha256, protocol, report)
    details = [*_differences(data, protocol, len(report.signatures), seconds), *wrong]
    sentence = f"Filen är gjord av {_name(protocol)} men har ändrats."
    return Verdict(
        False, (sentence, *details, *map(signature_sentence, report.signatures)), report.sha256, protocol, report
    )


def _unreadable(data: bytes, sha256: str, seconds: float) -> Verdict:
    from govern.documents.signatures.verify import signature_digests  # noqa: PLC0415 — loads pyHanko.

    try:
        digests = limited.run(signature_digests, data, seconds=seconds, memory_mb=MEMORY_MB)
    except limited.Crashed:
        digests = ()
    protocol = _by_content(data) or _commonest(_owners(digests).values())
    if protocol is None:
        return Verdict(False, ("Filen går inte att läsa. Välj protokollet som PDF, Word eller JSON.",), sha256)
    details = _differences(data, protocol, len(digests), seconds)
    return Verdict(False, (f"Filen är gjord av {_name(protocol)} men har skadats.", *details), sha256, protocol)


def _differences(data: bytes, protocol: Protocol, signatures: int, seconds: float) -> list[str]:
    """Describe the differences from the revision that the file was made from.

    That is the longest revision that it begins with, or else one of the same length, or else the newest.
    """
    from govern.documents.difference import compare  # noqa: PLC0415 — loads pikepdf.

    kept = sorted(protocol.files, key=lambda file: -file.revision)
    base = next((file for file in kept if data.startswith(file.pdf)), None)
    base = base or next((file for file in kept if len(file.pdf) == len(data)), kept[0])
    try:
        found = limited.run(compare, base.pdf, data, seconds=seconds, memory_mb=MEMORY_MB)
    except limited.Crashed:
        found = [Difference(Change.UNREADABLE)]
    given = _given(protocol)
    if any(difference.change is Change.CUT for difference in found):
        return [_cut_back(signatures, given)] if signatures < len(given) else [difference_sentence(found[0])]
    return [difference_sentence(difference) for difference in _gathered(found)]


def _gathered(found: Sequence[Difference]) -> list[Difference]:
    """Leave out that a file was saved again, if something worse was found."""
    worse = [difference for difference in found if difference.change is not Change.RESAVED]
    return worse or list(found)


def _substituted(row: SignerSubstitution) -> str:
    day = long_date(local_day(row.at))
    return f"{row.name} justerar i stället för {row.signature.name}, enligt {row.by.name} {day}: {row.reason}"


def _cut_back(there: int, given: Sequence[Signature]) -> str:
    gone = ", ".join(f"{signature.name} ({signature.role.label})" for signature in given[there:])
    return (
        f"Filen slutar efter underskrift {there} av {len(given)}: den är kapad, eller sparades innan de andra skrev "
        f"under. Borta är underskriften av {gone}."
    )


def _archived(report: VerifyReport) -> list[str]:
    return [f"Arkivtidsstämplad {long_date(report.archived)}."] if report.archived else []


def _given(protocol: Protocol) -> list[Signature]:
    """List the signatures that have been given, in the order they were."""
    revisions = {file.id: file.revision for file in protocol.files}
    return sorted((s for s in protocol.signatures if s.file_id), key=lambda s: revisions[s.file_id or 0])


def _signatures_in(file: ProtocolFile) -> list[Signature]:
    """List the signatures in a stored revision, in the order they were given."""
    revisions = {other.id: other.revision for other in file.protocol.files}
    return [s for s in _given(file.protocol) if revisions[s.file_id or 0] <= file.revision]


def _owners(digests: Sequence[str]) -> dict[str, Protocol]:
    """Return the protocol that each known signature was given on, by the signature's digest."""
    rows = db.session.scalars(select(Signature).where(Signature.digest.in_(digests)))
    return {row.digest: row.protocol for row in rows if row.digest}


def _by_content(data: bytes) -> Protocol | None:
    """Return the protocol of a stored revision, usually the unsigned one, with which this file begins, or None."""
    read, end = hashlib.sha256(), 0
    for _ in range(ENDS):
        start, end = end, data.find(b"%%EOF", end) + 5
        if end < 5:
            return None
        read.update(memoryview(data)[start:end])
        for tail in (b"", b"\n", b"\r\n"):
            if data[end : end + len(tail)] == tail:
                whole = read.copy()
                whole.update(tail)
                file = db.session.scalar(select(ProtocolFile).where(ProtocolFile.sha256 == whole.hexdigest()))
                if file is not None:
                    return file.protocol
    return None


def _commonest(protocols: Iterable[Protocol]) -> Protocol | None:
    counted = Counter(protocols)
    return counted.most_common(1)[0][0] if counted else None


def _name(protocol: Protocol) -> str:
    return f"{NAMES[protocol.kind]} från {protocol.forum.name} {long_date(protocol.meeting.day)}"


# --- What is stored -----------------------------------------------------------------------------------------


def logged_hashes(protocol: Protocol) -> dict[str, str]:
    """Return what the audit log says is stored of a protocol (`record`, `docx`, `revision:1`), by its SHA-256."""
    query = select(AuditEntry.facts).where(AuditEntry.target == f"protocols:{protocol.id}").order_by(AuditEntry.id)
    found: dict[str, str] = {}
    for facts in db.session.scalars(query):
        if "docx" in facts:
            found |= {facts["sha256"]: "record", facts["docx"]: "docx", facts["file"]: "revision:0"}
        elif "revision" in facts:
            found[facts["sha256"]] = f"revision:{facts['revision']}"
    return found


def stored_faults(protocol: Protocol) -> list[str]:
    """Return sentences on what is stored of a protocol and differs from its own hash or from the audit log's."""
    logged = {what: sha256 for sha256, what in logged_hashes(protocol).items()}
    faults = []
    if _differs(protocol.record, protocol.sha256, logged.get("record")):
        faults.append("Den sparade posten har ändrats sedan protokollet förseglades.")
    if _differs(protocol.docx, logged.get("docx"), None):
        faults.append("Den sparade Wordfilen har bytts ut sedan protokollet förseglades.")
    for file in protocol.files:
        if _differs(file.pdf, file.sha256, logged.get(f"revision:{file.revision}")):
            which = f"underskrift {len(_signatures_in(file))}" if file.revision else "förseglingen"
            faults.append(f"Den sparade filen från {which} har bytts ut mot en annan.")
    return faults


def _differs(data: bytes, *hashes: str | None) -> bool:
    own = hashlib.sha256(data).hexdigest()
    return any(known is not None and known != own for known in hashes)


# --- Word files and records ---------------------------------------------------------------------------------


def _verify_word(data: bytes) -> Verdict:
    """Return the verdict on a DOCX, which has no signatures, but whose bytes were stored at the sealing."""
    sha256 = hashlib.sha256(data).hexdigest()
    # Compare the lengths first: the database knows them without reading the files.
    protocol = db.session.scalar(
        select(Protocol).where(func.length(Protocol.docx) == len(data), Protocol.docx == data).limit(1)
    )
    if protocol is None:
        return Verdict(False, ("Wordfilen är inte gjord här, eller så har den ändrats.",), sha256)
    wrong = stored_faults(protocol)
    sentence = f"Filen är {_name(protocol)}, oförändrad."
    return Verdict(not wrong, (sentence, "Underskrifterna finns i protokollets PDF.", *wrong), sha256, protocol)


def _verify_record(data: bytes, seconds: float) -> Verdict:
    sha256 = hashlib.sha256(data).hexdigest()
    protocol = db.session.scalar(select(Protocol).where(Protocol.sha256 == sha256))
    if protocol is None:
        try:
            sha256 = record.sha256_of(read_record(data, seconds=seconds))
        except (Unreadable, limited.Crashed):
            return Verdict(False, ("Filen är JSON, men inget protokoll som går att läsa.",), sha256)
        protocol = db.session.scalar(select(Protocol).where(Protocol.sha256 == sha256))
    if protocol is None:
        return Verdict(False, ("JSON-filen är inte gjord här, eller så har den ändrats.",), sha256)
    wrong = stored_faults(protocol)
    return Verdict(not wrong, (f"JSON-filen är {_name(protocol)}, oförändrad.", *wrong), sha256, protocol)
