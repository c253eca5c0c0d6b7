"""Links lead only to the web, to mail or to a telephone number, whether they are read or written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest
from sqlalchemy import select

from govern import markup, record, richtext
from govern.archive.importing.rules import Refusal, refuse_record
from govern.cases.models import Proposal
from govern.db import db
from govern.documents.papers.files import protocol_files
from govern.paragraphs.drafting import draft as drafts
from govern.richtext import Lst, Para, Run, safe_href
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.examples import record as example

Browse = Callable[..., Browser]

GOOD = (
    "https://alvsam.example/protokoll?ar=2024#p12",
    "http://alvsam.example",
    "HTTPS://ALVSAM.EXAMPLE/",
    "mailto:registrator@alvsam.example",
    "tel:+46650123456",
)
BAD = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\x00script:alert(1)",
    "\u00a0javascript:alert(1)",
    "\ufeffjavascript:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "jаvascript:alert(1)",  # With a Cyrillic а.
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "DATA:text/html;base64,PHNjcmlwdD4=",
    "file:///etc/passwd",
    "blob:https://alvsam.example/1",
    "ftp://alvsam.example/",
    "smb://alvsam.example/del",
    "\\\\alvsam.example\\del",
    "//alvsam.example/",
    "/protokoll/1",
    "#p1",
    "https:",
    "https:javascript:alert(1)",
    "https://alvsam.example/\u2028javascript:alert(1)",
    "https://alvsam.example/\r\nSet-Cookie: a=b",
    "",
)


@pytest.mark.parametrize("href", GOOD)
def test_a_good_address_stays(href: str) -> None:
    """It is unchanged, both when read and when written."""
    assert safe_href(href) == href
    blocks = markup.from_html(f'<p><a href="{href}">länk</a></p>')
    assert blocks == (Para((Run("länk", (), href),)),)
    assert 'href="' in markup.to_html(blocks)


@pytest.mark.parametrize("href", BAD, ids=repr)
def test_a_bad_address_is_none(href: str) -> None:
    """It is removed when HTML is read or written and when a draft is saved; the text stays."""
    assert safe_href(href) is None
    html = f'<p><a href="{href.replace(chr(34), "")}">länk</a></p>'
    for blocks in (markup.from_html(html), (Para((Run("länk", (), href),)),)):
        written = markup.to_html(blocks)
        assert "länk" in written
        assert "href" not in written
    draft = drafts.parse({"heading": "", "sections": [{"html": html}]})
    assert "href" not in draft.sections[0].html


def with_link(href: str) -> record.ProtocolRecord:
    """Return a record with a link nested in its text."""
    whole = example()
    first = whole.paragraphs[0]
    deep = Lst("bullet", (richtext.Item((Para((Run("länk", (), href),)),)),))
    section = record.Section(kind="text", heading="", blocks=(deep,))
    return replace(whole, paragraphs=(replace(first, sections=(section,)), *whole.paragraphs[1:]))


@pytest.mark.parametrize("href", [href for href in BAD if href], ids=repr)
def test_a_record_with_a_bad_address_is_not_read_in(href: str) -> None:
    """The whole record is refused, since nothing that was signed may be changed silently."""
    assert refuse_record(with_link(href)) is Refusal.LINK


def test_no_file_leads_there() -> None:
    """A bad link stored before this check is printed as text in PDF and Word."""
    files = protocol_files(with_link("javascript:alert(1)"))
    with pikepdf.open(io.BytesIO(files.pdf)) as pdf:
        actions = [str(thing.URI) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/URI" in thing]
    assert not actions
    with zipfile.ZipFile(io.BytesIO(files.docx)) as docx:
        assert b"javascript" not in b"".join(docx.read(name) for name in docx.namelist())
    files = protocol_files(with_link("https://alvsam.example/"))
    with zipfile.ZipFile(io.BytesIO(files.docx)) as docx:
        assert b"https://alvsam.example/" in docx.read("word/_rels/document.xml.rels")


def test_an_officers_paper_and_a_phrase_keep_none(cast: Cast, browse: Browse) -> None:
    """The input of the proposal editor is cleaned in the same way."""
    cilla = browse("cilla")
    cilla.get(f"/forum/{cast.forum.slug}/ny-tjansteskrivelse")
    link = '<p><a href="java&#x09;script:alert(1)">länk</a> <a href="https://alvsam.example/">annan</a></p>'
    cilla.submit("Spara", heading="Rubrik", matter=link)
    kept = db.session.scalars(select(Proposal)).one().matter
    assert [run.href for run in richtext.runs_of(richtext.from_json(kept))] == [None, "https://alvsam.example/"]
