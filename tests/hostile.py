"""Files made to hang, fill or crash a reader: each is small, and made here so that its content is known."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyhanko.pdf_utils.generic import TextStringObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.reading.files import DOCX, ODS, ODT, PARTS, WORD, XLSX, packed

PDF = "application/pdf"
PPTX = f"{PARTS}presentationml.presentation"
SHEET = '<worksheet xmlns="urn:x">{}</worksheet>'


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file, its type, and the expected result of reading its text: the words found, or None for a refusal."""

    name: str
    media_type: str
    make: Callable[[], bytes]
    words: str | None = None

    def __str__(self) -> str:
        return self.name


def streamed(member: str, head: str, piece: str, times: int, foot: str) -> bytes:
    """Pack a member that repeats a piece, without holding it whole in memory."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(member, "w") as file,
    ):
        file.write(head.encode())
        block = (piece * 1000).encode()
        for _ in range(times // 1000):
            file.write(block)
        file.write(foot.encode())
    return buffer.getvalue()


def _word(piece: str, times: int) -> bytes:
    head = f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>Borgen</w:t></w:r></w:p>'
    return streamed("word/document.xml", head, piece, times, "</w:body></w:document>")


def empty_paragraphs() -> bytes:
    """Make some 190 MB of empty paragraphs in 280 kB."""
    return _word("<w:p/>", 31_000_000)


def empty_marks() -> bytes:
    """Make empty elements that add nothing, not even a line."""
    return _word("<w:r/>", 31_000_000)


def many_parts() -> bytes:
    """Make thousands of heads, none of them large."""
    part = f'<w:hdr xmlns:w="{WORD}">{"<w:r/>" * 10_000}</w:hdr>'
    members = {f"word__header{n}_xml": part for n in range(2_500)}
    return packed(word__document_xml=f'<w:document xmlns:w="{WORD}"/>', **members)


def deep_xml() -> bytes:
    """Make elements nested half a million deep."""
    depth = 500_000
    return packed(word__document_xml=f'<w:document xmlns:w="{WORD}">{"<w:p>" * depth}{"</w:p>" * depth}</w:document>')


def long_number() -> bytes:
    """Make a cell that refers to a shared string by a number of 6 000 digits."""
    return packed(
        xl__sharedStrings_xml='<sst xmlns="urn:x"><si><t>Borgen</t></si></sst>',
        xl__worksheets__sheet1_xml=SHEET.format(f'<row><c t="s"><v>{"9" * 6000}</v></c><c t="s"><v>0</v></c></row>'),
    )


def long_sheet_number() -> bytes:
    """Make a sheet whose number has 6 000 digits."""
    return packed(
        **{f"xl__worksheets__sheet{'1' * 6000}_xml": SHEET.format("")},
        xl__worksheets__sheet1_xml=SHEET.format("<row><c><v>Borgen</v></c></row>"),
    )


def many_cells() -> bytes:
    """Make a sheet of empty cells."""
    return streamed("xl/worksheets/sheet1.xml", '<worksheet xmlns="urn:x">', "<c/>", 45_000_000, "</worksheet>")


def many_strings() -> bytes:
    """Make shared strings, all empty."""
    return streamed("xl/sharedStrings.xml", '<sst xmlns="urn:x">', "<si><t/></si>", 12_000_000, "</sst>")


def many_slides() -> bytes:
    """Make a presentation of empty lines."""
    return streamed("ppt/slides/slide1.xml", '<s xmlns:a="urn:a">', "<a:p/>", 31_000_000, "</s>")


def many_lines() -> bytes:
    """Make an OpenDocument text of empty lines."""
    head = '<o:d xmlns:o="urn:o" xmlns:t="urn:t"><t:p>Borgen</t:p>'
    return streamed("content.xml", head, "<t:p/>", 31_000_000, "</o:d>")


def bomb() -> bytes:
    """Make a member that declares 250 MB."""
    return streamed("word/document.xml", "", " " * 1000, 250_000, "")


def lying_size() -> bytes:
    """Make a member that declares a small size and contains 250 MB."""
    data = bytearray(bomb())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.rfind(mark)
        data[at + place : at + place + 4] = struct.pack("<I", 1000)
    return bytes(data)


def many_members() -> bytes:
    """Make a package of a hundred thousand members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    return buffer.getvalue()


def pdf_of(*objects: bytes) -> bytes:
    """Write a PDF of the given objects, the first being its catalogue."""
    out, places = io.BytesIO(b""), []
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def stream(data: Iterable[bytes], filters: int = 1) -> bytes:
    """Write a stream, compressed `filters` times."""
    packer = zlib.compressobj(1)
    packed_data = b"".join(packer.compress(piece) for piece in data) + packer.flush()
    for _ in range(filters - 1):
        packed_data = zlib.compress(packed_data, 9)
    names = b"/FlateDecode " * filters
    return b"<</Length %d/Filter[%b]>>\nstream\n%b\nendstream" % (len(packed_data), names, packed_data)


def _paged(content: bytes, pages: int = 1) -> bytes:
    kids = b"4 0 R " * pages
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%b]>>" % (pages, kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F 3 0 R>>>>>>",
        content,
    )


def huge_stream() -> bytes:
    """Make a page whose content unpacks to 600 MB of drawing."""
    return _paged(stream((b"0 0 m 1 1 l S\n" * 70_000 for _ in range(600)), filters=2))


def heavy_pages() -> bytes:
    """Make three thousand copies of a page of a million words."""
    text = b"BT /F 8 Tf 50 700 Td " + b"(Borgen) Tj 1 0 Td " * 100_000 + b"ET"
    return _paged(stream([text]), pages=3_000)


def nested_pages() -> bytes:
    """Make pages nested in a cycle."""
    return pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>")


def deep_objects() -> bytes:
    """Make an array nested a million deep."""
    return pdf_of(b"<</Type/Catalog/Pages 2 0 R/X %b%b>>" % (b"[" * 1_000_000, b"]" * 1_000_000), b"<</Kids[]>>")


def revised(pdf: bytes, times: int) -> bytes:
    """Save a signed PDF repeatedly: each revision is compared with the one before, for each signature."""
    buffer = io.BytesIO(pdf)
    for number in range(times):
        writer = IncrementalPdfFileWriter(buffer)
        writer.root[pdf_name("/Lang")] = TextStringObject(f"sv-{number}")
        writer.update_root()
        writer.write_in_place()
    return buffer.getvalue()


HOSTILE = (
    Hostile("empty paragraphs", DOCX, empty_paragraphs, "Borgen"),
    Hostile("empty marks", DOCX, empty_marks, "Borgen"),
    Hostile("many parts", DOCX, many_parts, ""),
    Hostile("deep XML", DOCX, deep_xml, ""),
    Hostile("long number", XLSX, long_number, "Borgen"),
    Hostile("long sheet number", XLSX, long_sheet_number, "Borgen"),
    Hostile("many cells", XLSX, many_cells, ""),
    Hostile("many strings", XLSX, many_strings, ""),
    Hostile("many slides", PPTX, many_slides, ""),
    Hostile("many lines", ODT, many_lines, "Borgen"),
    Hostile("many lines in cells", ODS, many_lines, "Borgen"),
    Hostile("bomb", DOCX, bomb),
    Hostile("lying size", DOCX, lying_size),
    Hostile("many members", DOCX, many_members),
    Hostile("huge stream", PDF, huge_stream),
    Hostile("heavy pages", PDF, heavy_pages),
    Hostile("nested pages", PDF, nested_pages, ""),
    Hostile("deep objects", PDF, deep_objects),
)
