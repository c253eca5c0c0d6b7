"""Any text that can be saved can be printed as PDF and DOCX, in a bounded number of steps and without losing a word."""

from __future__ import annotations

import io
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from docx.enum.section import WD_ORIENTATION
from docx.oxml.ns import qn
from hypothesis import HealthCheck, assume, given, settings

from govern.documents import fonts
from govern.documents.budget import TooMuchToSet
from govern.documents.content import Body, Document, Heading, Title, clean
from govern.documents.pdf.fitting import column_widths, plan
from govern.documents.pdf.measures import LANDSCAPE_WIDTH, TEXT
from govern.documents.pdf.writer import write_pdf
from govern.documents.remarks import TOO_MUCH, remarks, weight
from govern.documents.word.writer import write_docx
from govern.errors import Refused
from govern.markup import from_html
from govern.richtext import Block, Blocks, Cell, Head, Item, Lst, Para, Run, Table, TooDeep, from_json, text_of, to_json
from tests.documents.anything import HTML, VALUES
from tests.documents.examples import cell, para
from tests.documents.reading import characters, difference, docx_texts, faults, heads_of, pdf_bodies, pdf_pages

STEPS = 400_000
"""The maximum number of layout steps for a generated text: unlike a time limit, it is the same on every machine."""

MADE = settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
"""The same few examples every time."""

MANY = settings(MADE, max_examples=int(os.environ.get("GOVERN_LAYOUT_EXAMPLES", "300")), derandomize=False)
"""New examples every time, by default 300 of each kind."""


def document(blocks: Blocks) -> Document:
    """Return a short document around some blocks."""
    return Document(
        title="Protokoll",
        author="Cilla",
        running="Rådet · Protokoll",
        strip=("Ordförande", "Justerare"),
        elements=(
            Title("Rådet", ("Samverkan",), "Protokoll", "22 april"),
            Heading(2, "Ärendet", anchor="p1", number="§ 1", listed=True),
            Body(blocks),
            Heading(2, "Avslutning", anchor="p2", number="§ 2", listed=True),
        ),
        accent="1f5f6b",
    )


def letters(text: str) -> str:
    """Reduce a text to its base letters, since PDF readers combine and drop diacritics, and take ligatures apart.

    Next to Hebrew or Arabic they also mirror brackets and the like, so these are all replaced by one character.
    """
    parts = unicodedata.normalize("NFKD", characters(clean(text)))
    return "".join("(" if unicodedata.mirrored(c) else c for c in parts if not unicodedata.category(c).startswith("M"))


def words(blocks: Sequence[Block]) -> Counter[str]:
    """Count the characters of a text that the fonts have."""
    found: Counter[str] = Counter()
    for block in blocks:
        match block:
            case Para(runs) | Head(_, runs):
                found.update(letters("".join(run.text for run in runs)))
            case Lst(_, items):
                for item in items:
                    found += words(item.blocks)
            case Table(rows):
                for row in rows:
                    for place in row:
                        found += words(place.blocks)
    return found


def written(data: bytes) -> str:
    """Return all text of a DOCX file."""
    return "".join(t.text or "" for t in docx.Document(io.BytesIO(data)).element.body.iter(qn("w:t")))


def hold(blocks: Blocks) -> int:
    """Print blocks as PDF and DOCX, check conformance and that no character is lost; return the number of pages."""
    made = document(blocks)
    printed = write_pdf(made, steps=STEPS)
    made_docx = write_docx(made, printed.page_numbers, steps=STEPS)
    pages = pdf_pages(printed.pdf)
    said = words(blocks)
    # `characters` removes bullets in the pages, since they may be those of a list.
    for mark in "•◦▪":
        del said[mark]
    assert said - Counter(letters("".join(pages))) == Counter()
    assert said - Counter(letters(written(made_docx))) == Counter()
    assert faults(printed.pdf) == []
    return len(pages)


def hold_pasted(html: str) -> None:
    """Print pasted HTML, unless it is refused or would make more than a dozen pages."""
    assume(len(html) < 500_000)
    try:
        blocks = from_html(html)
    except Refused:
        return
    assume(weight(blocks) < 40_000)
    hold(blocks)


def hold_recorded(values: list[dict[str, Any]]) -> None:
    """Print the content of a record, unless it would make more than a dozen pages."""
    blocks = from_json(values)
    assume(weight(blocks) < 40_000)
    hold(blocks)


@MADE
@given(HTML)
@pytest.mark.long
def test_whatever_is_pasted_is_printed(html: str) -> None:
    hold_pasted(html)


@MADE
@given(VALUES)
def test_whatever_a_record_holds_is_printed(values: list[dict[str, Any]]) -> None:
    hold_recorded(values)


@pytest.mark.long
@MANY
@given(HTML)
def test_many_texts_that_are_pasted_are_printed(html: str) -> None:
    hold_pasted(html)


@pytest.mark.long
@MANY
@given(VALUES)
def test_many_texts_that_records_hold_are_printed(values: list[dict[str, Any]]) -> None:
    hold_recorded(values)


# --- Content that once broke or hung the printing -----------------------------------------------------------

SENTENCE = "Kommunerna samverkar om drift och stöd, så att invånarna får en likvärdig service. "


def table(columns: int, rows: int = 4) -> Table:
    """Return a table with a header row and this many columns."""
    head = tuple(cell(f"Rubrik {x}", head=True) for x in range(columns))
    return Table((head, *(tuple(cell(f"{y}.{x}") for x in range(columns)) for y in range(rows))), 1)


def listed(*texts: str) -> Lst:
    """Return a bulleted list of strings."""
    return Lst("bullet", tuple(Item((para(text),)) for text in texts))


def merged(rows: int, inner: Cell) -> Table:
    """Return a table whose first column is one cell that spans all rows."""
    head = (cell("Område", head=True), cell("Åtgärd", head=True))
    return Table((head, (inner, cell("1")), *((cell(f"åtgärd {y}"),) for y in range(rows - 1))), 1)


def nested(levels: int, kind: str) -> Block:
    """Return lists or tables nested this deep."""
    blocks: Blocks = (para("innerst"),)
    for _ in range(levels):
        blocks = (Lst("decimal", (Item(blocks),)),) if kind == "list" else (Table(((cell("x"), Cell(blocks)),)),)
    return blocks[0]


HARD: dict[str, Block] = {
    "a link without a glyph": Para((Run("௦", href="https://x.se/a"), Run("a ௦ b", href="https://x.se/b"))),
    "a bracket beside Hebrew": Para((Run("שלום עולם"), Run("["))),
    "28 columns": table(28),
    "60 columns": table(60, 2),
    "28 columns by colspan": Table(((cell("Allt", head=True, colspan=28),), *table(28, 2).rows), 2),
    "300 columns": table(300, 1),
    "merged over 45 rows": merged(45, cell("Gemensam drift", rowspan=45)),
    "merged over 300 rows": merged(300, cell("Gemensam drift", rowspan=300)),
    "merged and many pages high": merged(3, Cell((para(SENTENCE * 90),) * 5, rowspan=3)),
    "lists in 13 columns": Table(tuple(tuple(Cell((listed("ett", "två"),)) for _ in range(13)) for _ in range(4))),
    "spans of a milliard": Table(((cell("a", colspan=10**9, rowspan=10**9), cell("b", rowspan=10**9)), (cell("c"),))),
    "stairs": Table(tuple(tuple(cell(f"{y}.{x}", rowspan=x + 1) for x in range(8)) for y in range(60))),
    "a head that reaches into the body": Table(
        ((cell("H", head=True, rowspan=3), cell("K", head=True)), (cell("2"),), (cell("3"),)), 1
    ),
    "a list whose heads reach into the body or stand over nothing": Table(
        (
            tuple(cell(f"Rubrik {x}", head=True, rowspan=1 + x % 2) for x in range(300)),
            tuple(cell("" if x % 4 else f"1.{x}") for x in range(0, 300, 2)),
        ),
        1,
    ),
    "a list whose heads are long or rich": Table(
        (
            (cell(SENTENCE, head=True), Cell((listed("rik"),), head=True), *table(300, 0).rows[0]),
            tuple(cell(f"1.{x}") for x in range(302)),
        ),
        1,
    ),
    "nothing but heads": Table(table(3, 0).rows * 90, 90),
    "a head higher than a page": Table(((cell(SENTENCE * 80, head=True), cell("b", head=True)), (cell("c"),)), 1),
    "blank cells": Table(((cell(" "), cell("")), (Cell(()), cell("\n\n")))),
    "a cell higher than many pages": Table(((cell("h", head=True),), (Cell((para(SENTENCE * 40),) * 9),)), 1),
    "tables in tables": nested(30, "table"),
    "lists in lists": nested(30, "list"),
    "a word of many pages": para("realisationsvinstbeskattning" * 900),
    "a heading of many pages": Head(1, (Run("Rubrik " * 900),)),
    "a list of a thousand": listed(*(f"punkt {x}" for x in range(1000))),
    "a list that begins at a milliard": Lst("lower-roman", (Item((para("ett"),)),), start=10**9),
    "blank lines": para("a" + "\n" * 300 + "b"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", HARD)
def test_what_stopped_a_document_is_printed(name: str) -> None:
    hold((para("Inledning:"), HARD[name], para("Därefter.")))


def test_a_wide_table_lies_on_its_side_with_what_leads_into_it_and_the_rest_stands() -> None:
    made = document((para("Inledning:"), table(14), table(14), para("Därefter.")))
    printed = write_pdf(made)
    with pikepdf.open(io.BytesIO(printed.pdf)) as file:
        landscape = [page.mediabox[2] > page.mediabox[3] for page in file.pages]
    assert landscape == [False, True, False]
    assert printed.page_numbers["p1"] == 2
    opened = docx.Document(io.BytesIO(write_docx(made, printed.page_numbers)))
    assert [section.orientation for section in opened.sections] == [
        WD_ORIENTATION.PORTRAIT,
        WD_ORIENTATION.LANDSCAPE,
        WD_ORIENTATION.PORTRAIT,
    ]


def test_a_table_in_parts_names_its_rows_in_each() -> None:
    pages = " ".join(" ".join(pdf_pages(write_pdf(document((table(40, 3),))).pdf)).split())
    parts = re.findall(r"kolumn (\d+)–(\d+) av 40", pages)
    assert len(parts) > 1
    assert [int(first) for first, _ in parts[1:]] == [int(last) + 1 for _, last in parts[:-1]]
    assert pages.count("Rubrik 0") == pages.count("2.0") == len(parts)


def test_no_figure_is_broken_over_lines_where_a_head_is_cut_between_parts() -> None:
    heads = (cell("Enhet", head=True, rowspan=2), *(cell(f"Kvartal {q}", head=True, colspan=15) for q in range(4)))
    weeks = tuple(cell(f"v{x}", head=True) for x in range(60))
    rows = tuple((cell(f"Norrvik {y}"), *(cell(str(100 + x + y)) for x in range(60))) for y in range(9))
    planned = plan(Table((heads, weeks, *rows), 2), TEXT)
    assert planned.way == "parts"
    for part in planned.parts:
        widths = column_widths(part.grid, LANDSCAPE_WIDTH, planned.setting)
        for place in part.grid.places:
            if place.across == 1 and place.x in part.figures and place.y >= 2:
                figure = fonts.width(text_of(place.cell.blocks), fonts.REGULAR) * planned.setting.size
                gap = planned.setting.gap if place.x + 1 < part.grid.columns else 0.0
                assert figure <= widths[place.x] - gap


def test_a_table_of_too_many_columns_is_a_list_that_says_each_heading() -> None:
    pages = " ".join(" ".join(pdf_pages(write_pdf(document((table(300, 1),))).pdf)).split())
    assert "Rubrik 0: 0.0" in pages
    assert "Rubrik 299: 0.299" in pages


def test_layout_stops_after_its_steps_and_says_where() -> None:
    made = document((para("Kort."), table(5, 2), table(5, 400)))
    with pytest.raises(TooMuchToSet, match="§ 1, tabell 2") as caught:
        write_pdf(made, steps=900)
    assert "Dela upp texten eller tabellen" in caught.value.sentence
    with pytest.raises(TooMuchToSet, match="§ 1"):
        write_docx(made, {}, steps=900)


# --- Remarks before printing --------------------------------------------------------------------------------


def test_it_is_told_what_becomes_of_a_table() -> None:
    (parts,) = remarks([(table(3), table(40)), ()])
    assert parts.startswith("Tabell 2 har 40 kolumner och ryms inte på en liggande sida. Den sätts i ")
    (as_list,) = remarks([(listed("x"),), (Lst("bullet", (Item((table(300),)),)),)])
    assert as_list.startswith("Tabell 1 har 300 kolumner och ryms inte ens i delar. Den sätts som en lista")
    assert remarks([(table(14), para("x"))]) == []


def test_it_is_told_that_a_text_is_more_than_can_be_set() -> None:
    assert remarks([(para("ord " * 600_000),)]) == [TOO_MUCH]
    assert remarks([(Table(table(20, 1).rows * 1300),)]) == [TOO_MUCH]
    assert remarks([(Table(table(10, 1).rows * 500),)]) == []


DEEP = {
    "lists": "<ul><li>x" * 31,
    "tables": "<table><tr><td>" * 31,
    "both": "<table><tr><td><ul><li>" * 16,
    "lists without items": "<ol>" * 31 + "<li>x",
    "tags by the thousand": "<div>" * 100_000 + "x",
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_too_deep_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(Refused, match="mer än 30 nivåer"):
        from_html(DEEP[name])


def test_what_only_wraps_text_may_be_deep_and_loses_no_word() -> None:
    html = "<div>före" + "<div><b>" * 120 + "innerst" + "</b></div>" * 120 + "efter</div>"
    assert text_of(from_html(html)).split() == ["före", "innerst", "efter"]


def test_a_record_nested_too_deep_is_refused() -> None:
    values: list[dict[str, Any]] = to_json((nested(30, "list"),))
    assert from_json(values)
    with pytest.raises(TooDeep):
        from_json([{"type": "list", "style": "bullet", "items": [values]}])


@pytest.mark.parametrize("span", ["1" * 5000, "0", "-3", "²", "١", "0005", "1e9"])
def test_a_span_is_a_whole_number_or_one(span: str) -> None:
    (read,) = from_html(f"<table><tr><td colspan='{span}' rowspan='{span}'>a</td><td>b</td></tr></table>")
    assert isinstance(read, Table)
    assert 1 <= read.rows[0][0].colspan <= 1000


@pytest.mark.long
@pytest.mark.office
def test_both_files_of_a_hard_table_say_the_same(tmp_path: Path) -> None:
    names = ("28 columns", "60 columns", "300 columns", "merged over 45 rows", "lists in 13 columns", "stairs")
    documents = [document((para("Inledning:"), HARD[name], para("Därefter."))) for name in names]
    printed = [write_pdf(made) for made in documents]
    files = [write_docx(made, pdf.page_numbers) for made, pdf in zip(documents, printed, strict=True)]
    found = {
        name: difference(text, pdf_bodies(pdf.pdf, made), heads_of(made))
        for name, made, pdf, text in zip(names, documents, printed, docx_texts(files, tmp_path), strict=True)
    }
    assert {name: fault for name, fault in found.items() if fault} == {}
