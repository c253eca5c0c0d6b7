"""Typesetting: line and page breaks, repeated headers, and what is left to Word."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace

import docx
import pikepdf
import pytest
from docx.oxml.ns import qn

from govern.documents.papers.protocol import protocol_document
from govern.documents.pdf.blocks import BODY, BlockSetter
from govern.documents.pdf.breaking import SOFT_HYPHEN, Span, bound, break_lines
from govern.documents.pdf.grids import figure_columns, grid_of
from govern.documents.pdf.setting import Text
from govern.documents.pdf.table import TableFlow
from govern.documents.pdf.tagging import Node
from govern.documents.pdf.writer import write_pdf
from govern.documents.style import HouseStyle
from govern.documents.word.writer import write_docx
from govern.reading.pdf import pages
from govern.richtext import Table
from tests.documents.examples import cell, para, record, text
from tests.documents.reading import pdf_bodies, pdf_pages
from tests.documents.shapes import SENTENCES, listing
from tests.documents.test_meetings import MEETINGS, held, printed


def lines(words: str, width: float) -> list[str]:
    """Break words into lines of at most `width` points, at 10 points."""
    return ["".join(piece.text for piece in line).rstrip() for line in break_lines((Span(words),), 10.0, width)]


def test_a_common_word_is_hyphenated_where_the_line_would_gape() -> None:
    broken = lines("Nämnden godkänner verksamhetsberättelsen utan ändringar i sak", 160)
    assert broken[0] == f"Nämnden godkänner verksam{SOFT_HYPHEN}"
    assert "".join(broken).replace(SOFT_HYPHEN, "").startswith("Nämnden godkänner verksamhetsberättelsen utan")


@pytest.mark.parametrize("word", ["Verksamhetsutvecklingsgruppen", "SLK-2024-00074-verksamhet", "VERKSAMHETSPLANEN"])
def test_names_and_references_are_never_hyphenated(word: str) -> None:
    assert word in lines(f"Nämnden godkänner {word} utan ändringar i sak", 190)[1]


@pytest.mark.parametrize(
    "whole", ["§ 42", "§§ 42–44", "kl. 09.00", "Dnr 2024/72", "KS 2024/14", "18 210 kr", "1 250 000"]
)
def test_what_belongs_together_is_never_parted(whole: str) -> None:
    for width in range(60, 200, 5):
        assert whole in " | ".join(lines(f"ord och ord om {whole} med mera", width))
    assert bound(f"om {whole} med") == f"om {whole.replace(' ', chr(0xA0))} med"


def test_a_long_row_of_figures_still_breaks_between_them() -> None:
    assert all(re.fullmatch(r"\d{3}( \d{3})*", line) for line in lines(" ".join(["100"] * 40), 100))


def test_a_paragraph_leaves_two_lines_on_each_side_and_ends_no_page_in_a_hyphen() -> None:
    whole = Text([Span(SENTENCES)], BODY, Node("P"))
    whole.wrap(300, 1000)
    count = len(whole.set_lines or [])
    for room in range(count * 15):
        halves = whole.split(300, room)
        kept = [len(half.set_lines or []) for half in halves]
        assert not halves or (min(kept) >= 2 and sum(kept) == count)
        assert not halves or not "".join(p.text for p in (halves[0].set_lines or [])[-1]).endswith(SOFT_HYPHEN)


@pytest.mark.parametrize("name", ["day", "lists", "odd", "hundred and fifty"])
def test_no_heading_ends_a_page(name: str) -> None:
    document = protocol_document(held(name))
    headings = {"Sammanfattning", "Ärendebeskrivning", "Beslut", "Yrkanden", "Beslutet skickas till", "Rådet beslutar"}
    ends = [body for body in pdf_bodies(printed("protocol", name).pdf, document) if body.endswith(tuple(headings))]
    assert ends == []


@pytest.mark.parametrize("own_page", [True, False])
def test_the_head_names_the_paragraph_that_runs_over(own_page: bool) -> None:
    source = record("kl_board", text(45, "Lång", *[para(SENTENCES)] * 20), text(46, "Kort", para("Klart.")))
    made = write_pdf(protocol_document(source, HouseStyle(paragraphs_on_own_page=own_page)))
    named = [re.findall(r"§ \d+ forts\.", leaf) for leaf in pdf_pages(made.pdf)]
    first, last = made.page_numbers["p45-§ 45"], made.page_numbers["p46-§ 46"]
    assert last - first >= 2
    assert named[first : last - own_page] == [["§ 45 forts."]] * (last - first - own_page)
    assert ["§ 45 forts."] not in [*named[:first], *named[last - own_page :]]


def test_a_hyphenated_word_is_read_back_whole() -> None:
    read = " ".join(" ".join(pages(printed("protocol", "day").pdf)).split())
    words = {w for p in held("day").paragraphs for s in p.sections for w in re.findall(r"[a-zåäö]{12,}", str(s.blocks))}
    assert {word for word in words if word not in read} == set()


def test_a_repeated_head_is_heard_once() -> None:
    rows = ((cell("Kommun", head=True), cell("Tal", head=True)), *((cell(f"rad {i}"), cell(str(i))) for i in range(90)))
    made = write_pdf(protocol_document(record("kl_board", text(45, "Tabell", Table(rows, 1)))))
    assert sum("Kommun Tal" in " ".join(leaf.split()) for leaf in pdf_pages(made.pdf)) == 3
    with pikepdf.open(io.BytesIO(made.pdf)) as file:
        heads = [o for o in file.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/TH" and "/K" in o]
        marks = [p for o in heads for p in o.K if p.get("/S") == "/P"]
        assert all(isinstance(p.K, int) for p in marks)


def test_columns_of_figures_are_set_to_the_right() -> None:
    rows = (
        ("Kommun", "Antal", "Andel", "Datum"),
        ("Älvsby", "18 210", "41,5 %", "2024-01-02"),
        ("Norrvik", "–", "58 %", ""),
    )
    block = Table(tuple(tuple(cell(value, head=not y) for value in row) for y, row in enumerate(rows)), 1)
    placed = grid_of(block)
    assert placed is not None
    assert figure_columns(placed) == {1, 2}
    (grid,) = BlockSetter("000000").blocks((block,), Node("Document"), width=400)
    figure, date = (grid.rows[1][x].flow[0] for x in (1, 3))
    figure.wrap(200, 100)
    line = figure.set_lines[0]
    assert figure._shift(line) + line[0].width == pytest.approx(200)
    assert date._shift(line) == 0


def test_word_is_told_to_name_the_paragraph_number_lists_and_repeat_heads() -> None:
    rows = ((cell("Kommun", head=True), cell("Tal", head=True)), (cell("Älvsby"), cell("7")))
    lists = (listing("decimal", para("ett")), para("mellan"), listing("decimal", para("fyra"), start=4))
    document = protocol_document(record("kl_board", text(45, "Allt", *lists, Table(rows, 1))))
    file = docx.Document(io.BytesIO(write_docx(document, {})))
    heads = [section.header._element.xpath("string()") for section in file.sections]
    assert not any("STYLEREF" in head for head in heads[:-1] if head)
    assert 'STYLEREF "Paragrafnummer"' in heads[-1]
    numbers = file.part.numbering_part.element
    used = [str(p._p.pPr.numPr.numId.val) for p in file.paragraphs if p.text in {"ett", "fyra"}]
    starts = [numbers.xpath(f'w:num[@w:numId="{n}"]//w:startOverride/@w:val') for n in used]
    assert starts == [["1"], ["4"]]
    table = file.tables[-1]._tbl
    assert len(table.xpath("w:tr/w:trPr/w:tblHeader")) == 1
    assert [p.get(qn("w:val")) for p in table.xpath("w:tr/w:tc[2]//w:jc")] == ["right", "right"]
    settings = file.settings.element
    assert settings.find(qn("w:autoHyphenation")) is not None


def test_every_name_of_every_letter_is_printed_whole() -> None:
    names = {p.name for p in held("letters").presence}
    read = " ".join(" ".join(pdf_pages(printed("protocol", "letters").pdf)).split())
    assert {name for name in names if name not in read} == set()
    assert len(MEETINGS) == 30


def test_a_repeated_head_stands_once_on_a_page_however_high_the_rows_are() -> None:
    rows = (
        (cell("Kommun", head=True), cell("Tal", head=True)),
        *((cell(SENTENCES[: i % 7 * 90] or f"rad {i}"), cell(str(i))) for i in range(90)),
    )
    made = write_pdf(protocol_document(record("kl_board", text(45, "Tabell", Table(rows, 1)))))
    counts = [" ".join(leaf.split()).count("Kommun Tal") for leaf in pdf_pages(made.pdf)]
    assert max(counts) == 1
    assert sum(counts) > 3


@pytest.mark.parametrize("height", [-0.5, -100.0])
def test_no_part_of_a_table_fits_less_than_no_height(height: float) -> None:
    """The space between the flowables of a cell may pass its end; a table there goes to the next page whole."""
    look = SimpleNamespace(setting=SimpleNamespace(landscape=False), page_height=700.0)
    table = TableFlow([], look, heads=0, ruled=0)  # type: ignore[arg-type]
    assert table.split(400.0, height) == table.part(height) == []
