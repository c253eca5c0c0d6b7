"""The text of a paragraph's files is found by those who may read the file."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from govern import outbox
from govern.cases.models import AttachmentText
from govern.cases.states import TextState
from govern.db import db
from govern.meetings.states import MeetingState
from govern.paragraphs import models as p
from govern.paragraphs import operations
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.reading.files import pdf

Browse = Callable[..., Browser]


def drain() -> None:
    """Drain the outbox until it is empty."""
    while outbox.drain():
        pass


def filed(cast: Cast, *files: tuple[str, bytes, str | None]) -> p.Paragraph:
    """Attach files to a paragraph of an open meeting."""
    held = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna)
    paragraph = make.paragraph(held, make.series(cast.forum, 812), "Gemensam växel", cast.cilla)
    make.commit()
    for name, data, secret in files:
        operations.add_attachment(paragraph, name, data, "", confidential=secret, by=cast.cilla, at=make.AT)
    return paragraph


def seal(paragraph: p.Paragraph) -> None:
    """Mark the meeting as sealed and queue an index update."""
    meeting = paragraph.meeting
    meeting.state, meeting.closed_at, meeting.sealed_at = MeetingState.SEALED, make.AT, make.AT
    operations.queue_index_update([paragraph], at=make.AT)
    make.commit()


def results(browser: Browser, words: str) -> list[str]:
    """Search and return the headings of the hits."""
    return browser.get(f"/sok?q={words}").texts(".results h2")


def test_the_text_of_a_file_is_found(app: Flask, cast: Cast, browse: Browse) -> None:
    """An inflected word on the second page is found, the hit links to the file, and equal files are read once."""
    data = pdf("Bilaga", "Kommunerna delar telefonisternas kostnader")
    paragraph = filed(cast, ("kalkyl.pdf", data, None), ("igen.pdf", data, None))
    seal(paragraph)
    drain()
    rows = db.session.scalars(db.select(AttachmentText).order_by(AttachmentText.part)).all()
    assert [row.part for row in rows] == [1, 2]
    page = browse("david").get("/sok?q=telefonist")
    assert page.texts(".results h2") == ["§ 812 Gemensam växel (B)"]
    assert "Kommunerna delar telefonisternas kostnader" in page.text(".results")
    assert any(href.endswith("#p812-bilaga1") for href in page.links.values())


def test_a_confidential_file_is_found_by_who_sits(app: Flask, cast: Cast, browse: Browse) -> None:
    """Only those who sit find its text and its name; everybody finds the paragraph, once."""
    paragraph = filed(cast, ("anbudet.pdf", pdf("Leverantörens växel kostar sju kronor"), "OSL 19:3"))
    seal(paragraph)
    drain()
    assert results(browse("anna"), "sju kronor") == ["§ 812 Gemensam växel (B)"]
    assert results(browse("david"), "sju kronor") == []
    assert results(browse("david"), "anbudet") == []
    for who in ("anna", "david"):
        assert results(browse(who), "växel") == ["§ 812 Gemensam växel (B)"]
    # Without the reason, the file's separate document is removed too.
    paragraph.attachments[0].confidential = None
    operations.queue_index_update([paragraph], at=make.AT)
    make.commit()
    drain()
    assert results(browse("david"), "sju kronor") == ["§ 812 Gemensam växel (B)"]


def test_a_scan_says_so(app: Flask, cast: Cast, browse: Browse) -> None:
    """The page says whether a file has no text, could not be read, or is still being read."""
    paragraph = filed(cast, ("skannad.pdf", pdf(""), None), ("trasig.pdf", b"%PDF-1.7 trasig", None))
    address = f"/paragrafer/{paragraph.id}"
    assert "Texten läses" in browse("cilla").get(address).text("#bilagelista")
    drain()
    db.session.expire_all()
    assert [a.file.text_state for a in paragraph.attachments] == [TextState.EMPTY, TextState.UNREADABLE]
    shown = browse("cilla").get(address).text("#bilagelista")
    assert "bild utan text" in shown
    assert "gick inte att läsa" in shown
