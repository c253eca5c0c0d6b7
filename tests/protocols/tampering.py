"""Thirteen ways of tampering with a protocol signed by four, as someone with the tools could do it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject


def flip(pdf: bytes) -> bytes:
    """Flip one bit in the content stream of a page."""
    at = pdf.index(b"/FlateDecode >>\nstream") + 60
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def save_again(pdf: bytes) -> bytes:
    """Open the file and save it again with another library."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        out = io.BytesIO()
        file.save(out)
    return out.getvalue()


def _update(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def append_page(pdf: bytes) -> bytes:
    """Append a page in an incremental update, as a PDF editor does."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        contents = writer.add_object(generic.StreamObject(stream_data=b""))
        writer.insert_page(PageObject(contents=contents, media_box=(0, 0, 595, 842)))

    return _update(pdf, change)


def redraw_page(pdf: bytes) -> bytes:
    """Redraw the third page with another text."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.find_page_for_modification(2)[0].get_object()
        page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 m 100 100 l S"))
        writer.update_container(page)

    return _update(pdf, change)


def annotate(pdf: bytes) -> bytes:
    """Add a note to the first page."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        note = writer.add_object(
            generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Annot"),
                    pdf_name("/Subtype"): pdf_name("/FreeText"),
                    pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 50, 200, 100))),
                    pdf_name("/Contents"): generic.TextStringObject("Ogiltigt"),
                }
            )
        )
        writer.register_annotation(writer.find_page_for_modification(0)[0], note)

    return _update(pdf, change)


def replace_appearance(pdf: bytes) -> bytes:
    """Replace the appearance of the secretary's signature."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = next(f for f in writer.root["/AcroForm"]["/Fields"] if f.get_object()["/T"] == "Secretary")
        look = field.get_object()["/AP"].raw_get("/N")
        stream = generic.StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): look.get_object()["/BBox"],
            },
            stream_data=b"1 0 0 rg 0 0 50 20 re f",
        )
        field.get_object()["/AP"][pdf_name("/N")] = writer.add_object(stream)
        writer.update_container(field.get_object())

    return _update(pdf, change)


def change_title(pdf: bytes) -> bytes:
    """Change the document's title."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.set_info(
            writer.add_object(
                generic.DictionaryObject({pdf_name("/Title"): generic.TextStringObject("Ett annat protokoll")})
            )
        )

    return _update(pdf, change)


def cut_after(pdf: bytes, signatures: int) -> bytes:
    """Truncate the file after this many signatures."""
    embedded = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[signatures - 1]
    _, _, start, length = embedded.byte_range
    return pdf[: start + length]


def swap(pdf: bytes, other: bytes, field: str = "Adjuster2") -> bytes:
    """Replace this field's signature by that of a field in another protocol."""
    mine, theirs = (_contents(data, field) for data in (pdf, other))
    assert mine[1] - mine[0] == theirs[1] - theirs[0]
    return pdf[: mine[0]] + other[theirs[0] : theirs[1]] + pdf[mine[1] :]


def _contents(pdf: bytes, field: str) -> tuple[int, int]:
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    _, first, second, _ = next(s for s in signatures if s.field_name == field).byte_range
    return first, second
