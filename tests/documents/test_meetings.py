"""Thirty meetings of all shapes, each as every type of document: nothing is lost and all conform to the standards."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import openxml_audit
import pytest

from govern.documents.content import clean
from govern.documents.papers.protocol import protocol_document
from govern.documents.pdf.writer import Printed, write_pdf
from govern.documents.word.writer import write_docx
from govern.record import ProtocolRecord, to_json
from tests.documents.meetings import Shape, meeting
from tests.documents.reading import characters, difference, docx_texts, faults, heads_of, pdf_bodies, run
from tests.documents.test_files import texts
from tests.documents.types import TYPES
from tests.tiers import quick_params

MEETINGS: dict[str, Shape] = {
    "none": Shape(paragraphs=0, people=0),
    "nobody": Shape(paragraphs=3, people=0),
    "alone": Shape(paragraphs=1, people=1),
    "silent": Shape(paragraphs=12, fill=0, clauses=0),
    "statutory": Shape(paragraphs=4, regime="kl_assembly"),
    "joint": Shape(paragraphs=4, regime="joint_board"),
    "association": Shape(paragraphs=6, regime="association"),
    "agreement": Shape(paragraphs=6, regime="agreement", tables=False),
    "plain": Shape(paragraphs=8, tables=False, lists=False),
    "lists": Shape(paragraphs=8, tables=False, fill=10),
    "tables": Shape(paragraphs=8, lists=False, fill=10),
    "att": Shape(paragraphs=3, clauses=60),
    "att of many pages": Shape(paragraphs=1, clauses=150),
    "eighty": Shape(paragraphs=5, people=80),
    "letters": Shape(paragraphs=2, people=80, odd=True),
    "one long": Shape(paragraphs=1, fill=60),
    "one odd": Shape(paragraphs=1, fill=60, odd=True),
    "odd": Shape(paragraphs=10, odd=True),
    "odd tables": Shape(paragraphs=6, odd=True, lists=False, fill=8),
    "odd lists": Shape(paragraphs=6, odd=True, tables=False, fill=8),
    "odd association": Shape(paragraphs=6, odd=True, regime="association", people=30),
    "odd joint": Shape(paragraphs=6, odd=True, regime="joint_board", people=30),
    "short": Shape(paragraphs=20, fill=1, clauses=1),
    "middling": Shape(paragraphs=15),
    "common": Shape(paragraphs=25, fill=2),
    "day": Shape(paragraphs=40, fill=2),
    "long day": Shape(paragraphs=70, fill=1),
    "assembly": Shape(paragraphs=90, fill=1, people=61, regime="kl_assembly"),
    "hundred and fifty": Shape(paragraphs=150, fill=1, clauses=1),
    "two hundred and fifty": Shape(paragraphs=250, fill=1, clauses=1, people=20),
}


QUICK = ("nobody", "statutory", "letters", "odd tables")
"""The meetings that stand for all in `make test`."""

FEW = ("none", "nobody", "statutory", "joint", "att", "eighty", "letters", "odd", "odd association", "day")
"""The meetings whose DOCX is read back for every type of document; for protocols all meetings are."""


def held(name: str) -> ProtocolRecord:
    """Return the meeting of that name."""
    return meeting(list(MEETINGS).index(name), MEETINGS[name])


@cache
def printed(kind: str, name: str) -> Printed:
    """Print the meeting of that name as a document of that type."""
    return write_pdf(TYPES[kind](held(name)))


@pytest.mark.parametrize("name", quick_params(MEETINGS, QUICK))
def test_every_pdf_keeps_both_norms_and_is_the_same_twice(name: str) -> None:
    for kind in TYPES:
        assert faults(printed(kind, name).pdf) == [], kind
    assert write_pdf(protocol_document(held(name))).pdf == printed("protocol", name).pdf


@pytest.mark.parametrize("name", quick_params(MEETINGS, QUICK))
def test_the_protocol_says_all_that_the_record_holds(name: str) -> None:
    record = held(name)
    document = protocol_document(record)
    said = characters("".join(pdf_bodies(printed("protocol", name).pdf, document)))
    # Table header rows may be repeated within a text that continues on the next page, so compare it line by line.
    lines = (line for text in texts(to_json(record)) for line in text.split("\n"))
    assert [line for line in lines if characters(clean(line)) not in said] == []


@pytest.mark.parametrize("name", quick_params(MEETINGS, QUICK))
def test_every_docx_is_valid(name: str, tmp_path: Path) -> None:
    file = tmp_path / "protocol.docx"
    file.write_bytes(write_docx(protocol_document(held(name)), {}))
    assert [str(error) for error in openxml_audit.OpenXmlValidator().validate(str(file)).errors] == []


@pytest.mark.long
@pytest.mark.office
@pytest.mark.parametrize("kind", TYPES)
def test_both_files_of_every_meeting_say_the_same(kind: str, tmp_path: Path) -> None:
    names = list(MEETINGS) if kind == "protocol" else FEW
    documents = [TYPES[kind](held(name)) for name in names]
    files = [printed(kind, name) for name in names]
    written = [write_docx(d, f.page_numbers) for d, f in zip(documents, files, strict=True)]
    found = {
        name: difference(text, pdf_bodies(pdf.pdf, document), heads_of(document))
        for name, document, pdf, text in zip(names, documents, files, docx_texts(written, tmp_path), strict=True)
    }
    assert {name: fault for name, fault in found.items() if fault} == {}


@pytest.mark.long
@pytest.mark.office
def test_every_pdf_is_sound(tmp_path: Path) -> None:
    for name in MEETINGS:
        file = tmp_path / "protocol.pdf"
        file.write_bytes(printed("protocol", name).pdf)
        assert "No syntax or stream encoding errors" in run("qpdf", "--check", file), name
