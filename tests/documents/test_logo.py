"""An uploaded logo must be a picture, and what is stored is re-encoded."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace

import docx
import pytest
from PIL import Image, PngImagePlugin

from govern.documents.logo import LARGEST, MOST_BYTES, LogoRefusal, read_logo
from govern.documents.papers.files import protocol_files, protocol_pdf
from govern.documents.style import HouseStyle
from tests.documents.examples import record
from tests.documents.reading import faults, pdf_pages


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 90), mode: str = "RGB", **more: object) -> bytes:
    """Return a picture in one colour."""
    buffer = io.BytesIO()
    Image.new(mode, size, "#7a1f3d" if mode != "CMYK" else (0, 90, 40, 30)).save(buffer, kind, **more)  # type: ignore[arg-type]
    return buffer.getvalue()


def vast() -> bytes:
    """Return a PNG of some hundred bytes that declares 10,000 million pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


REFUSED = {
    "nothing": (b"", LogoRefusal.NO_FILE),
    "svg": (b'<?xml version="1.0"?>\n<SVG xmlns="http://www.w3.org/2000/svg"><script/></SVG>', LogoRefusal.VECTOR),
    "html": (b"<html><script>alert(1)</script>", LogoRefusal.NOT_PICTURE),
    "gif": (picture("GIF", mode="P"), LogoRefusal.NOT_PICTURE),
    "half a png": (picture()[:60], LogoRefusal.NOT_PICTURE),
    "too many bytes": (picture() + b"\0" * MOST_BYTES, LogoRefusal.TOO_LARGE),
    "too many pixels": (picture(size=(6000, 5000)), LogoRefusal.TOO_MANY_PIXELS),
    "a bomb": (vast(), LogoRefusal.TOO_MANY_PIXELS),
    "a dot": (picture(size=(1, 1)), LogoRefusal.TOO_SMALL),
}


@pytest.mark.parametrize("which", REFUSED)
def test_refused(which: str) -> None:
    data, refusal = REFUSED[which]
    assert read_logo(data) is refusal


ACCEPTED = {
    "png": picture(),
    "jpeg": picture("JPEG"),
    "jpeg for print": picture("JPEG", mode="CMYK"),
    "clear png": picture(mode="RGBA"),
    "grey": picture(mode="L"),
    "wide": picture(size=(4000, 900)),
}


@pytest.mark.parametrize("which", ACCEPTED)
def test_accepted(which: str) -> None:
    """Every format becomes an RGB PNG of limited size."""
    made = read_logo(ACCEPTED[which])
    assert isinstance(made, bytes)
    with Image.open(io.BytesIO(made)) as kept:
        assert (kept.format, kept.mode) == ("PNG", "RGB")
        assert kept.width <= LARGEST[0]
        assert kept.height <= LARGEST[1]


def test_what_is_not_pixels_is_gone() -> None:
    """Neither embedded text nor data appended to the file is kept."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "<script>hemligt</script>")
    made = read_logo(picture(pnginfo=text) + b"PK\x03\x04<script>")
    assert isinstance(made, bytes)
    assert b"script" not in made
    assert b"hemligt" not in made


def test_clear_parts_become_paper() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(buffer, "PNG")
    made = read_logo(buffer.getvalue())
    assert isinstance(made, bytes)
    with Image.open(io.BytesIO(made)) as kept:
        assert kept.getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("which", ACCEPTED)
def test_a_protocol_with_the_logo_keeps_both_norms(which: str) -> None:
    """The PDF has the logo with its alternate text, and the header text on every page."""
    made = read_logo(ACCEPTED[which])
    assert isinstance(made, bytes)
    style = HouseStyle(logo=made, logo_alt="Norras logotyp", header_text="Samverkan Norra · Box 12")
    pdf = protocol_pdf(replace(record(), paragraphs=record().paragraphs[:1]), style)
    assert faults(pdf) == []
    assert all("Samverkan Norra · Box 12" in " ".join(page.split()) for page in pdf_pages(pdf))


def test_the_logo_stands_in_word_with_its_text() -> None:
    made = read_logo(picture(size=(2000, 100)))
    assert isinstance(made, bytes)
    file = docx.Document(io.BytesIO(protocol_files(record(), HouseStyle(logo=made, logo_alt="Norras logotyp")).docx))
    [shape] = file.inline_shapes
    assert shape._inline.docPr.get("descr") == "Norras logotyp"
    assert (shape.width.mm, shape.height.mm) == (pytest.approx(70, abs=0.1), pytest.approx(3.5, abs=0.1))
