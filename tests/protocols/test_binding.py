"""The binder of a whole meeting holds every file, identified by its hash, and lists them all at the end."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import select

from govern import files, outbox
from govern.cases.models import Attachment, StoredFile
from govern.db import db
from govern.meetings import operations as meetings
from govern.meetings.models import Adjuster, Meeting
from govern.meetings.states import PackageState
from govern.paragraphs import operations as paragraphs
from govern.paragraphs.queries import paragraphs_of
from govern.protocols import operations
from govern.protocols.binding import operations as binding
from govern.protocols.binding.operations import Refusal, latest_binder, refuse_binding
from govern.protocols.correcting import operations as correcting
from govern.protocols.dispatching.models import MeetingBinder
from govern.protocols.models import Protocol
from govern.protocols.queries import latest_file
from govern.protocols.states import ProtocolKind
from govern.protocols.verifying.judging import verify
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.meetings.test_summons_papers import EARLY, locked, words
from tests.need import need
from tests.paragraphs.test_reviewing import save
from tests.protocols.test_adjusting import AT
from tests.protocols.test_correcting import sign_all
from tests.reading.files import pdf, png

Browse = Callable[..., Browser]
SECRET = "OSL 19 kap. 3 §"


@pytest.fixture
def protocol(cast: Cast) -> Protocol:
    """Return a signed and corrected protocol of a meeting with two items with papers, and a third withdrawn."""
    meeting: Meeting = make.meeting(cast.forum)
    for heading, papers in (
        ("Växel", (("kalkyl.pdf", pdf("Kalkylen")), ("karta.png", png()), ("kalkyl.pdf", pdf("En annan kalkyl")))),
        ("Budget", (("låst.pdf", locked()), ("noter.txt", b"Noterat"))),
        ("Struket", (("struken.pdf", pdf("Det strukna")),)),
    ):
        item = meetings.save_item(meeting, None, heading=heading, kind=None, by=cast.cilla, at=EARLY)
        for name, data in papers:
            meetings.add_paper(item, name, data, "", confidential=None, by=cast.cilla, at=EARLY)
    meetings.call(meeting, by=cast.cilla, at=EARLY)
    paragraphs.withdraw_item(meeting.agenda[2], by=cast.cilla, at=EARLY)
    meetings.open_meeting(meeting, by=cast.cilla, at=AT)
    bo = next(p for p in meeting.presences if p.person_id == cast.bo.id)
    make.add(Adjuster(meeting=meeting, presence=bo, position=0))
    make.commit()
    for item in meeting.agenda[:2]:
        paragraph = paragraphs.open_item(item, by=cast.cilla, at=AT)
        save(paragraph, cast.cilla, "Fem kommuner har var sin växel.")
        paragraphs.mark_ready(paragraph, by=cast.cilla, at=AT)
        paragraphs.approve(paragraph, by=cast.anna, at=AT)
    meetings.close_meeting(meeting, time(12), by=cast.cilla, at=AT)
    sealed = operations.seal(meeting, by=cast.cilla, at=AT)
    sign_all(sealed)
    correcting.correct(sealed, 1, old="Fem", new="Sju", reason="Skrivfel.", by=cast.cilla, at=AT)
    return sealed


def drain() -> None:
    """Drain the outbox."""
    while outbox.drain():
        pass
    db.session.expire_all()


def bound(browser: Browser, binder: MeetingBinder, ending: str, status: int = 200) -> bytes:
    """Download a binder."""
    page = browser.get(f"/parmar/{binder.id}/parm.{ending}", status=status)
    page.answer.close()
    return page.data


@pytest.mark.parametrize(
    ("kind", "state", "wanted"),
    [
        (ProtocolKind.MAIN, None, None),
        (ProtocolKind.MAIN, PackageState.READY, None),
        (ProtocolKind.MAIN, PackageState.FAILED, None),
        (ProtocolKind.MAIN, PackageState.WAITING, Refusal.UNDER_WAY),
        (ProtocolKind.EXTRACT, None, Refusal.NOT_MAIN),
    ],
)
def test_when(kind: ProtocolKind, state: PackageState | None, wanted: Refusal | None) -> None:
    """Only a meeting's main protocol can be bound, and only one binder is made at a time."""
    assert refuse_binding(Protocol(kind=kind), MeetingBinder(state=state) if state else None) == wanted


@pytest.mark.office
@pytest.mark.usefixtures("each_database")
def test_nothing_is_missing(cast: Cast, protocol: Protocol, browse: Browse, tmp_path: Path) -> None:
    """Every file is in the ZIP and in the list, by hash, and each part has a bookmark in the PDF."""
    bo = browse("bo")
    bo.get(f"/protokoll/{protocol.id}")
    page = bo.submit("Gör en pärm")
    assert "Pärmen görs" in page.text("#parm")
    drain()
    binder = latest_binder(protocol)
    assert binder is not None
    assert (binder.done, binder.total) == (5 + 6 + 1, 5 + 6 + 1)
    data = bound(bo, binder, "pdf")
    (tmp_path / "parm.pdf").write_bytes(data)
    subprocess.run([need("qpdf"), "--check", str(tmp_path / "parm.pdf")], check=True, capture_output=True)
    with zipfile.ZipFile(io.BytesIO(bound(bo, binder, "zip"))) as archive:
        assert archive.testzip() is None
        kept = {hashlib.sha256(archive.read(name)).hexdigest(): name for name in archive.namelist()}
        signed = archive.read("Protokoll.pdf")
    wanted = set(db.session.scalars(select(Attachment.sha256)))
    assert len(wanted) == 6
    wanted |= {hashlib.sha256(one).hexdigest() for one in (latest_file(protocol).pdf, protocol.docx, protocol.record)}
    wanted |= {hashlib.sha256(protocol.meeting.summonses[0].pdf).hexdigest()}
    (correction, _), *_ = correcting.corrections_of(protocol)
    wanted |= {latest_file(correction).sha256}
    listed = {name for name in kept.values() if not name.startswith("Förteckning")}
    assert wanted == {sha256 for sha256, name in kept.items() if name in listed}
    assert verify(signed, at=AT).genuine
    text = re.sub(r"\s", "", words(data))
    assert [sha256 for sha256 in wanted if sha256 not in text] == []
    for part in ("Kalkylen", "Enannankalkyl", "Noterat", "Detstrukna", "låstmedettlösenord", "Sjukommuner"):
        assert part.replace("Sjukommuner", "Sju") in text, part
    with pikepdf.open(io.BytesIO(data)) as opened, opened.open_outline() as outline:
        titles = [entry.title for entry in outline.root]
    assert titles == [
        "Protokoll, undertecknat",
        "Kallelse, 8 april 2024",
        "Rättelse 1 av § 1, 22 april 2024",
        "§ 1 Växel",
        "§ 2 Växel",
        "Kallelsens ärende 3, Struket",
        "Förteckning över handlingarna",
    ]
    assert listed >= {"§ 1 Växel/kalkyl.pdf", "§ 1 Växel/kalkyl (2).pdf", "Rättelse 1 av § 1.pdf", "Kallelse.pdf"}


def test_a_file_that_is_gone_is_told(cast: Cast, protocol: Protocol, browse: Browse) -> None:
    """A placeholder page and the list say that the file is missing; everything else is bound."""
    gone = db.session.scalars(select(StoredFile.sha256)).first()
    files.place(gone).unlink()
    binding.ask(protocol, by=cast.cilla, at=AT)
    drain()
    binder = latest_binder(protocol)
    assert binder is not None
    assert binder.state is PackageState.READY
    text = words(bound(browse("bo"), binder, "pdf"))
    assert text.count("Filen finns inte i arkivet.") == 2
    assert gone[:32] in text


def test_what_is_secret_stays_with_those_who_sit(cast: Cast, protocol: Protocol, browse: Browse) -> None:
    """A single confidential paper, attached only to the summons, restricts the whole binder."""
    protocol.meeting.summonses[0].papers[-1].confidential = SECRET
    make.commit()
    binding.ask(protocol, by=cast.cilla, at=AT)
    drain()
    binder = latest_binder(protocol)
    assert binder is not None
    assert binder.has_secrets
    assert paragraphs_of(protocol.meeting)
    for ending in ("pdf", "zip"):
        bound(browse("david"), binder, ending, status=403)
        bound(browse("bo"), binder, ending)
    assert "Hela mötet" not in browse("david").get(f"/protokoll/{protocol.id}").text()


def test_progress_is_told(cast: Cast, protocol: Protocol, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the binder is made, the page shows the progress and polls for it."""
    seen: list[tuple[int, int]] = []
    write = binding.write_binder

    def slowly(binder: binding.Binder, target: Path, tell: Callable[[int], None]) -> None:
        def told(done: int) -> None:
            tell(done)
            row = db.session.scalars(select(MeetingBinder)).one()
            seen.append((row.done, row.total))
            if done == 3:
                db.session.rollback()
                page = browse("bo").get(f"/protokoll/{protocol.id}")
                assert "3 av 12 delar" in page.text("#parm")
                assert page.find("#parm").attributes["data-wait-for"] == "parm"

        write(binder, target, told)

    monkeypatch.setattr(binding, "write_binder", slowly)
    binding.ask(protocol, by=cast.cilla, at=AT)
    drain()
    assert seen == [(done, 12) for done in range(1, 12)]
