"""Papers, letterheads and logos made to hang or fill a server are refused with a sentence, within a time limit."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from govern.documents import logo
from govern.documents.binding import convert
from govern.documents.logo import LogoRefusal
from govern.documents.word import base_check
from govern.documents.word.untrusted import BaseRefusal
from tests import hostile

LONGEST = 60
PNG = "image/png"


def picture(width: int, height: int, filler: int = 0) -> bytes:
    """Return a PNG of one colour, which compresses about a thousandfold; `filler` adds surplus rows of data."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(b"\0" * (3 * width + 1)) for _ in range(height + filler)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PAPERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "deep objects": (hostile.PDF, hostile.deep_objects),
    "nested pages": (hostile.PDF, hostile.nested_pages),
    "too many pixels": (PNG, lambda: picture(20_000, 5_000)),
    "half a picture": (PNG, lambda: picture(100, 100)[:-40]),
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The binder gets a placeholder page with the sentence instead."""
    media_type, make = PAPERS[name]
    monkeypatch.setattr(convert, "SECONDS", 20)
    path = tmp_path / "paper"
    path.write_bytes(make())
    began = time.monotonic()
    with pytest.raises(convert.Unconvertible) as refused:
        convert.to_bind(path, media_type, "Plan", tmp_path / "made.pdf")
    assert str(refused.value).endswith(".")
    assert time.monotonic() - began < LONGEST


def test_a_paper_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading process is killed, whatever made it hang."""
    monkeypatch.setattr(convert, "SECONDS", 0.01)
    path = tmp_path / "paper"
    path.write_bytes(picture(8_000, 8_000))
    with pytest.raises(convert.Unconvertible, match="för lång tid"):
        convert.to_bind(path, PNG, "Plan", tmp_path / "made.pdf")


def letterhead(**members: bytes) -> bytes:
    """Return a Word document with replaced parts; `__` in their names is a slash and `_xml` the extension."""
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts |= {name.replace("__", "/").replace("_xml", ".xml"): data for name, data in members.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


def body(inside: bytes) -> bytes:
    """Return the main part of a Word document."""
    return f'<w:document xmlns:w="{hostile.WORD}"><w:body>'.encode() + inside + b"</w:body></w:document>"


LETTERHEADS: dict[str, tuple[Callable[[], bytes], set[BaseRefusal]]] = {
    "empty paragraphs": (lambda: letterhead(word__document_xml=body(b"<w:p/>" * 5_000_000)), {BaseRefusal.BOMB}),
    "deep": (
        lambda: letterhead(word__document_xml=body(b"<w:p>" * 100_000 + b"</w:p>" * 100_000)),
        {BaseRefusal.NOT_DOCX},
    ),
    "many styles": (
        lambda: letterhead(
            word__styles_xml=f'<w:styles xmlns:w="{hostile.WORD}">'.encode()
            + b'<w:style w:type="paragraph" w:styleId="a"><w:name w:val="a"/></w:style>' * 250_000
            + b"</w:styles>"
        ),
        {BaseRefusal.BOMB},
    ),
    "no letterhead": (lambda: b"PK\x03\x04" + b"\0" * 1000, {BaseRefusal.NOT_DOCX}),
}


@pytest.mark.parametrize("name", LETTERHEADS)
def test_a_letterhead_is_refused(name: str) -> None:
    make, answers = LETTERHEADS[name]
    data = make()
    began = time.monotonic()
    assert base_check.refuse_unusable_base(data) in answers
    assert time.monotonic() - began < LONGEST


def test_a_letterhead_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_check, "SECONDS", 0.01)
    assert base_check.refuse_unusable_base(letterhead()) is BaseRefusal.BOMB


def test_a_logo_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logo is refused because of its declared size, its broken data, or the time it takes."""
    assert logo.written_logo(picture(20_000, 5_000)) is LogoRefusal.TOO_MANY_PIXELS
    assert logo.written_logo(picture(100, 100)[:-60]) is LogoRefusal.NOT_PICTURE
    monkeypatch.setattr(logo, "SECONDS", 0.01)
    assert logo.written_logo(picture(4_000, 4_000)) is LogoRefusal.TOO_MANY_PIXELS


def test_a_picture_that_holds_more_than_it_says_is_read_as_it_says() -> None:
    assert isinstance(logo.written_logo(picture(300, 90, filler=500_000)), bytes)
