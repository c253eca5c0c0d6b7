"""Unusual names, titles and headings: long, multi-line, or with letters that no font has."""

from __future__ import annotations

import io
from dataclasses import replace

import docx
import pikepdf
import pytest

from govern.documents.content import Contents, Document, Heading, Names, SignatureLine, Title
from govern.documents.pdf.writer import write_pdf
from govern.documents.word.writer import write_docx
from tests.documents.reading import faults, pdf_pages

ODD = {
    "no face has it": "Anna 👩\u200d🚀 Ask",
    "none of it": "௦\ue000\U000f0000",
    "on many lines": "rad\n" * 300,
    "one long word": "Å" * 5000,
    "marks above each other": "x" + "\u0301" * 5000,
    "from the right": "שלום " * 400,
}


def document(text: str) -> Document:
    """Return a document that has a text everywhere except in running text."""
    return Document(
        title=text,
        author=text,
        running=text,
        strip=(text, text),
        elements=(
            Title(text, (text, text), text, text),
            Contents(),
            Names((tuple(f"{text} {x}" for x in range(9)), (text,)), columns=2),
            Names(((text,) * 3,)),
            Heading(2, text, anchor="p1", number="§ 1", note=text, listed=True),
            Heading(3, text, beside=True),
            SignatureLine(text, "chair"),
        ),
        accent="1f5f6b",
    )


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_running_text_is_printed_too(name: str) -> None:
    """Both formats can be written, the PDF conforms to the standards, and the DOCX has the title as metadata."""
    made = document(ODD[name])
    printed = write_pdf(made)
    opened = docx.Document(io.BytesIO(write_docx(made, printed.page_numbers)))
    assert faults(printed.pdf) == []
    assert 0 < len(opened.core_properties.title or "") <= 255
    assert len(pdf_pages(printed.pdf)) < 80


def test_a_stand_in_is_read_once() -> None:
    """However often its line is measured, a replacement for a missing glyph is tagged once, with its content."""
    made = replace(document("Anna"), elements=(Contents(), Heading(2, "Om ௦", anchor="a", listed=True)))
    with pikepdf.open(io.BytesIO(write_pdf(made).pdf)) as file:
        said = [one for one in file.objects if isinstance(one, pikepdf.Dictionary) and "/ActualText" in one]
        assert len(said) == 2  # In the contents, and at the heading.
        assert all("/K" in one for one in said)
