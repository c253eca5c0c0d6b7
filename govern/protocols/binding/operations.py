"""Making the binder of a meeting in the background: its signed protocol, summonses, corrections and every paper."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from govern import audit, files, limited, outbox, record
from govern.cases.models import StoredFile
from govern.db import db, lock, pause, save_changes
from govern.documents.binding.binder import Binder, Front, Paper, write_binder, write_zip
from govern.errors import Refusal as BaseRefusal
from govern.errors import enforce
from govern.forums.house.queries import style_of
from govern.meetings.models import Summons
from govern.meetings.states import PackageState
from govern.people.models import Person
from govern.protocols.correcting.operations import corrections_of
from govern.protocols.dispatching.models import MeetingBinder
from govern.protocols.models import Protocol
from govern.protocols.queries import beside, latest_file, protocol_by_id
from govern.protocols.states import ProtocolKind
from govern.swedish import local_day, long_date, moment
from govern.topics import Topic

log = logging.getLogger(__name__)

"""The keys of the outbox topic `Topic.BIND` are the ids of binders."""


class Refusal(BaseRefusal):
    """Why no binder is made."""

    NOT_MAIN = "Det är mötets protokoll som binds."
    UNDER_WAY = "Pärmen görs redan."


def refuse_binding(protocol: Protocol, latest: MeetingBinder | None) -> Refusal | None:
    """Refuse to bind anything but a main protocol, or while a binder is being made."""
    if protocol.kind is not ProtocolKind.MAIN:
        return Refusal.NOT_MAIN
    return Refusal.UNDER_WAY if latest is not None and latest.state is PackageState.WAITING else None


def latest_binder(protocol: Protocol) -> MeetingBinder | None:
    """Return the binder requested last, or None."""
    query = select(MeetingBinder).where(MeetingBinder.protocol_id == protocol.id)
    return db.session.scalar(query.order_by(MeetingBinder.id.desc()).limit(1))


def ask(protocol: Protocol, *, by: Person, at: datetime) -> MeetingBinder:
    """Request a binder of the meeting, to be made in the background.

    Raises:
        Refused: if this is not a main protocol, or a binder is being made.
    """
    enforce(refuse_binding(protocol, latest_binder(protocol)))
    binder = MeetingBinder(protocol=protocol, has_secrets=_has_secrets(protocol), asked_at=at, asked_by=by)
    db.session.add(binder)
    db.session.flush()
    audit.write("binder.asked", binder, by=by, at=at)
    outbox.enqueue(Topic.BIND, binder.id, at=at)
    save_changes()
    return binder


def _has_secrets(protocol: Protocol) -> bool:
    """Return whether the meeting has anything confidential: in a record, on the agenda, or sent with a summons."""
    meeting = protocol.meeting
    beside_it = [*beside(meeting, ProtocolKind.CORRECTION), *beside(meeting, ProtocolKind.IMMEDIATE)]
    sent = any(paper.confidential for summons in meeting.summonses for paper in summons.papers)
    held = any(item.confidential for item in meeting.agenda)
    return protocol.has_secrets or sent or held or any(row.has_secrets for row in beside_it)


def mark_failed(key: str) -> None:
    """Mark a binder as failed, so that another one can be requested."""
    unfinished = update(MeetingBinder).where(MeetingBinder.id == int(key), MeetingBinder.state != PackageState.READY)
    db.session.execute(unfinished.values(state=PackageState.FAILED))
    save_changes()


def bind(keys: Sequence[str]) -> None:
    """Make the binders that are not ready. No transaction is open during the work, so that nobody waits to write."""
    for key in keys:
        row = db.session.get(MeetingBinder, int(key))
        binder = gather(row) if row and row.state is not PackageState.READY else None
        pause()
        if binder is not None:
            _bind(int(key), binder)


def gather(row: MeetingBinder) -> Binder:
    """Return the content of a binder: the meeting's own documents, and each paper once for every § that lists it."""
    protocol = protocol_by_id(row.protocol_id)
    if protocol is None:
        raise LookupError(f"protocol {row.protocol_id} is gone")
    frozen = record.loads(protocol.record)
    papers = tuple(_papers(protocol, frozen))
    return Binder(
        title=f"{frozen.forum.name} {long_date(frozen.meeting.date)}",
        author=frozen.forum.name,
        at=row.asked_at,
        dated=f"Bundna {moment(row.asked_at)}",
        fronts=tuple(_fronts(protocol)),
        papers=papers,
        style=style_of(protocol.forum),
    )


def _fronts(protocol: Protocol) -> Iterator[Front]:
    signed = "Protokoll, undertecknat" if any(s.signed_at for s in protocol.signatures) else "Protokoll"
    yield Front(title=signed, filename="Protokoll.pdf", data=latest_file(protocol).pdf)
    yield Front(title="Protokoll som Word", filename="Protokoll.docx", data=protocol.docx)
    yield Front(title="Protokollets post", filename="Protokoll.json", data=protocol.record)
    query = select(Summons).where(Summons.meeting_id == protocol.meeting_id).options(undefer(Summons.pdf))
    for number, summons in enumerate(db.session.scalars(query.order_by(Summons.sent_at)), 1):
        which = "" if number == 1 else f" {number}"
        title = f"Kallelse{which}, {long_date(local_day(summons.sent_at))}"
        yield Front(title=title, filename=f"Kallelse{which}.pdf", data=summons.pdf)
    for row in beside(protocol.meeting, ProtocolKind.IMMEDIATE):
        label = record.loads(row.record).paragraphs[0].label
        title = f"{label}, omedelbart justerad"
        yield Front(title=title, filename=f"{title}.pdf", data=latest_file(row).pdf)
    for number, (row, facts) in enumerate(reversed(corrections_of(protocol)), 1):
        title = f"Rättelse {number} av {facts.label}, {long_date(facts.made)}"
        yield Front(title=title, filename=f"Rättelse {number} av {facts.label}.pdf", data=latest_file(row).pdf)


def _papers(protocol: Protocol, frozen: record.ProtocolRecord) -> Iterator[Paper]:
    """Yield the papers of each §, then those that were sent with a summons and are in no §."""
    listed = set()
    for paragraph in frozen.paragraphs:
        for paper in paragraph.attachments:
            listed.add(paper.sha256)
            yield Paper(
                number=paragraph.number,
                label=paragraph.label,
                item=paragraph.heading,
                title=paper.title,
                filename=paper.filename,
                media_type=paper.media_type,
                sha256=paper.sha256,
                size=paper.size,
                path=files.place(paper.sha256),
            )
    for summons in protocol.meeting.summonses:
        for sent in summons.papers:
            if sent.sha256 not in listed:
                listed.add(sent.sha256)
                file = db.session.get_one(StoredFile, sent.sha256)
                yield Paper(
                    number=sent.item_number,
                    label=f"Kallelsens ärende {sent.item_number},",
                    item=sent.item_heading,
                    title=sent.title,
                    filename=sent.filename,
                    media_type=file.media_type,
                    sha256=sent.sha256,
                    size=file.size,
                    path=files.place(sent.sha256),
                )


def _bind(binder_id: int, binder: Binder) -> None:
    def report(done: int, state: PackageState = PackageState.WAITING) -> None:
        values = {"done": min(done, binder.parts), "total": binder.parts, "state": state}
        db.session.execute(update(MeetingBinder).where(MeetingBinder.id == binder_id).values(**values))
        save_changes()

    report(0)
    try:
        with TemporaryDirectory(dir=files.workshop()) as folder:
            pdf, packed = Path(folder) / "binder.pdf", Path(folder) / "binder.zip"
            write_binder(binder, pdf, report)
            write_zip(binder, packed)
            made = files.keep_file(pdf), files.keep_file(packed)
    except (limited.TooHeavy, limited.Crashed) as error:  # A retry would not help.
        log.warning("binder %s: %s", binder_id, error.detail)
        return report(0, PackageState.FAILED)
    except Exception:
        with suppress(Exception):
            report(0, PackageState.FAILED)
        raise  # The outbox retries, with growing pauses.
    lock()
    row = db.session.get_one(MeetingBinder, binder_id)
    (row.pdf_sha256, row.pdf_size), (row.zip_sha256, row.zip_size) = made
    row.state, row.done = PackageState.READY, row.total
    save_changes()
    return None
