"""A summons with its papers: the documents as sent, in one PDF and one ZIP, opened by other programs."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from docx import Document

from govern import outbox
from govern.documents.binding import convert
from govern.documents.papers.summons import summons_document
from govern.meetings import operations
from govern.meetings.models import Meeting, SummonsPackage
from govern.meetings.papers_deadline import lateness
from govern.meetings.states import MeetingState, PackageState
from govern.meetings.summons import queries as summons
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.need import need
from tests.reading.files import pdf, png

EARLY = datetime(2024, 4, 8, 8, 0, tzinfo=UTC)
LOCKED = pikepdf.Encryption(owner="a", user="b")


def drain() -> None:
    """Drain the outbox."""
    while outbox.drain():
        pass


def locked() -> bytes:
    """Return a PDF that is locked with a password."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("Hemligt"))) as opened:
        opened.save(buffer, encryption=LOCKED)
    return buffer.getvalue()


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Plan a meeting with an item that has a proposal and all kinds of files, and one with a confidential file."""
    row = make.meeting(cast.forum)
    first = operations.save_item(row, None, heading="Gemensam växel", kind=None, by=cast.cilla, at=EARLY)
    first.proposal = make.proposal(cast.forum, "Inför en växel", cast.bo, clauses=["införa en växel"], ready_at=EARLY)
    second = operations.save_item(row, None, heading="Anbud / pris: A?", kind=None, by=cast.cilla, at=EARLY)
    for item, name, data, secret in (
        (first, "kalkyl.pdf", pdf("Kalkylen kostar", "sida två"), None),
        (first, "kalkyl.pdf", pdf("En annan kalkyl"), None),
        (first, "karta.png", png(), None),
        (first, "noter.txt", "Åtta kommuner".encode("cp1252"), None),
        (first, "låst.pdf", locked(), None),
        (first, "trasig.pdf", b"%PDF-1.7 trasig", None),
        (second, "anbud.pdf", pdf("Anbudet lyder 7 kronor"), "OSL 19 kap. 3 §"),
    ):
        operations.add_paper(item, name, data, "", confidential=secret, by=cast.cilla, at=EARLY)
    make.commit()
    return row


def call(meeting: Meeting, cast: Cast, at: datetime = EARLY) -> dict[bool, SummonsPackage]:
    """Call the meeting and pack its papers, and return the packages by whether they include confidential papers."""
    sent = operations.call(meeting, by=cast.cilla, at=at)
    assert {package.state for package in sent.packages} == {PackageState.WAITING}
    drain()
    make.db.session.expire_all()
    return {package.confidential: package for package in sent.packages}


def fetch(browser: Browser, package: SummonsPackage, ending: str, status: int = 200) -> bytes:
    """Download a package."""
    page = browser.get(f"/kallelser/{package.id}/handlingar.{ending}", status=status)
    page.answer.close()
    return page.data


def words(data: bytes) -> str:
    """Return the text of a PDF."""
    document = pypdfium2.PdfDocument(data)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(text.split())


@pytest.mark.office
@pytest.mark.usefixtures("each_database")
def test_one_pdf_and_one_zip(meeting: Meeting, cast: Cast, browse: Callable[..., Browser], tmp_path: Path) -> None:
    """Unreadable files are named in the PDF and included in the ZIP; secret ones are replaced by a note."""
    packages = call(meeting, cast)
    david, bo = browse("david"), browse("bo")
    bound = fetch(david, packages[False], "pdf")
    (tmp_path / "binder.pdf").write_bytes(bound)
    subprocess.run([need("qpdf"), "--check", str(tmp_path / "binder.pdf")], check=True, capture_output=True)
    text = words(bound)
    for part in (
        "Föredragningslista",
        "införa en växel",
        "Kalkylen kostar",
        "sida två",
        "En annan kalkyl",
        "Åtta kommuner",
    ):
        assert part in text, part
    assert "låst med ett lösenord" in text
    assert "trasig.pdf" in text
    assert "anbud.pdf" not in text
    assert "Anbudet lyder" not in text
    assert "Handling som omfattas av sekretess" in text
    with pikepdf.open(io.BytesIO(bound)) as opened, opened.open_outline() as outline:
        titles = [entry.title for entry in outline.root]
        assert titles == ["Kallelse", "1. Gemensam växel", "2. Anbud / pris: A?", "Förteckning över handlingarna"]
        assert [entry.title for entry in outline.root[1].children][:2] == [
            "Tjänsteskrivelse: Inför en växel",
            "kalkyl.pdf",
        ]
    with zipfile.ZipFile(io.BytesIO(fetch(david, packages[False], "zip"))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert "01 Gemensam växel/kalkyl (2).pdf" in names
        assert not any("anbud.pdf" in name for name in names)
        sums = {hashlib.sha256(archive.read(name)).hexdigest() for name in names}
    for paper in meeting.summonses[-1].papers:
        assert (paper.sha256 in sums) == (paper.confidential is None), paper.title
        if not paper.confidential:
            assert paper.sha256[:32] in text
    fetch(david, packages[True], "pdf", status=403)
    fetch(david, packages[True], "zip", status=403)
    assert "Anbudet lyder 7 kronor" in words(fetch(bo, packages[True], "pdf"))
    with zipfile.ZipFile(io.BytesIO(fetch(bo, packages[True], "zip"))) as archive:
        assert "02 Anbud - pris- A/anbud.pdf" in archive.namelist()


def test_what_was_sent_stays(meeting: Meeting, cast: Cast, browse: Callable[..., Browser]) -> None:
    """Papers removed after the summons stay in it, and the page says when packing is in progress."""
    sent = operations.call(meeting, by=cast.cilla, at=EARLY)
    first = meeting.agenda[0]
    operations.remove_paper(first, first.papers[0], by=cast.cilla, at=EARLY)
    page = browse("david").get(f"/moten/{meeting.id}/foredragningslista")
    assert "Handlingarna packas …" in page.text("aside")
    assert "med sekretess" not in page.text("aside")
    drain()
    assert "Kalkylen kostar" in words(fetch(browse("david"), sent.packages[0], "pdf"))
    page = browse("bo").get(f"/moten/{meeting.id}/foredragningslista")
    assert "ZIP med filerna, med sekretess" in page.text("aside")


def test_a_summons_says_that_it_was_sent_only_once_it_was(meeting: Meeting, cast: Cast) -> None:
    """Downloaded before, it is a draft; afterwards it keeps the day when it was sent."""
    later = make.AT + timedelta(days=2)
    assert summons.facts(meeting, make.AT).sent is None
    words = repr(summons_document(summons.facts(meeting, make.AT)))
    assert "Kallelsen är inte utskickad." in words
    assert "Utskickad" not in words
    sent = operations.call(meeting, by=cast.cilla, at=make.AT)
    assert summons.facts(meeting, later).sent == make.AT.date()
    (page, *_) = pypdfium2.PdfDocument(sent.pdf)
    assert "Utskickad" in page.get_textpage().get_text_bounded()


def test_a_secret_item(meeting: Meeting, cast: Cast, browse: Callable[..., Browser]) -> None:
    """Its content is only in the members' package; an open package is withheld if an item becomes secret later."""
    second = meeting.agenda[1]
    operations.withhold_item(second, "OSL 19:3", by=cast.cilla, at=EARLY)
    make.commit()
    packages = call(meeting, cast)
    text = words(fetch(browse("david"), packages[False], "pdf"))
    assert "Anbud / pris" not in text
    assert "Kalkylen kostar" in text
    with zipfile.ZipFile(io.BytesIO(fetch(browse("david"), packages[False], "zip"))) as archive:
        assert not any("Anbud" in name for name in archive.namelist())
        assert "Anbud / pris" not in words(archive.read("Kallelse.pdf"))
    assert "Anbud / pris" in words(fetch(browse("bo"), packages[True], "pdf"))
    operations.withhold_item(meeting.agenda[1], None, by=cast.cilla, at=EARLY)
    make.commit()
    later = call(meeting, cast, EARLY + timedelta(hours=1))[False]
    fetch(browse("david"), later, "zip")
    operations.withhold_item(meeting.agenda[1], "OSL 19:3", by=cast.cilla, at=EARLY)
    make.commit()
    fetch(browse("david"), later, "zip", status=403)


@pytest.mark.long
@pytest.mark.office
def test_office_files(
    meeting: Meeting, cast: Cast, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """LibreOffice prints them; without it a placeholder page says where the file is."""
    need("soffice")
    document, buffer = Document(), io.BytesIO()
    document.add_paragraph("Skrivet i Word")
    document.save(buffer)
    operations.add_paper(
        meeting.agenda[0], "plan.docx", buffer.getvalue(), "", confidential=None, by=cast.cilla, at=EARLY
    )
    assert "Skrivet i Word" in words(fetch(browse("bo"), call(meeting, cast)[False], "pdf"))
    monkeypatch.setattr(convert.shutil, "which", lambda _: None)
    text = words(fetch(browse("bo"), call(meeting, cast, EARLY + timedelta(days=1))[False], "pdf"))
    assert "Skrivet i Word" not in text
    assert "plan.docx" in text


def test_late(meeting: Meeting, cast: Cast, browse: Callable[..., Browser]) -> None:
    """A paper is in time until the end of the seventh day before; anything after the summons is late."""
    item = meeting.agenda[0]
    assert lateness(item) == ""
    at = datetime(2024, 4, 15, 21, 59, tzinfo=UTC)  # One minute before midnight in Swedish summer time.
    operations.add_paper(item, "i-tid.txt", b"a", "", confidential=None, by=cast.cilla, at=at)
    assert lateness(item) == ""
    operations.add_paper(item, "sen.txt", b"b", "", confidential=None, by=cast.cilla, at=at + timedelta(minutes=1))
    make.db.session.expire_all()
    assert lateness(item) == "Sen handling, inkommen 16 april 2024 efter sista dagen 15 april 2024"
    operations.call(meeting, by=cast.cilla, at=EARLY + timedelta(days=1))
    late = operations.save_item(
        meeting, None, heading="Extra", kind=None, minutes=15, by=cast.cilla, at=EARLY + timedelta(days=2)
    )
    assert lateness(late) == "Sent ärende, tillagt 10 april 2024 efter kallelsen"
    page = browse("david").get(f"/moten/{meeting.id}/foredragningslista")
    assert "Sent ärende, tillagt 10 april 2024 efter kallelsen" in page.text("main")
    sent = operations.call(meeting, by=cast.cilla, at=EARLY + timedelta(days=3))
    text = words(sent.pdf)
    assert "Sent ärende, tillagt 10 april 2024 efter kallelsen" in text
    assert "Kl. 09.00" in text


@pytest.mark.parametrize("who", ["item", "paragraph"])
def test_a_paper_that_is_secret_elsewhere_is_not_named(cast: Cast, browse: Callable[..., Browser], who: str) -> None:
    """An open item shares a proposal and a file with a secret item or paragraph: their titles are withheld."""
    earlier, row = make.meeting(cast.forum, state=MeetingState.OPEN), make.meeting(cast.forum)
    secret = operations.save_item(earlier, None, heading="Hemligt", kind=None, by=cast.cilla, at=EARLY)
    open_ = operations.save_item(row, None, heading="Lägesrapport", kind=None, by=cast.cilla, at=EARLY)
    paper = make.attachment("Vite mot Granit", cast.cilla)
    secret.proposal = open_.proposal = make.proposal(cast.forum, "Vite mot Bergbolaget", cast.bo, ready_at=EARLY)
    secret.papers.append(paper)
    open_.papers.append(paper)
    if who == "item":
        secret.confidential, secret.withheld_at = "OSL 19 kap. 3 §", EARLY
    else:
        written = make.paragraph(
            earlier, make.series(cast.forum), "Hemligt", cast.cilla, confidential="OSL 19 kap. 3 §"
        )
        written.agenda_item = secret
        written.attachments.append(paper)
    make.commit()
    titles = {title for one in summons.facts(row, EARLY, withheld=True).items for title in one.attachments}
    assert titles == {"Handling som omfattas av sekretess"}
    paper.added_at = secret.proposal.ready_at = EARLY + timedelta(days=9)
    make.commit()
    assert [one.remark for one in summons.facts(row, EARLY, withheld=True).items] == [""], "nor that one came late"
    assert summons.facts(row, EARLY).items[0].remark.startswith("Sen handling")
    told = summons.facts(earlier, EARLY).items[0].attachments
    assert ("Vite mot Granit" in told) == (who == "item")  # The secret item itself names them, to its members.
