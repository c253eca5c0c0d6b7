"""Every type of document conforms to the standards, is equal in both formats, and holds what its reader needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openxml_audit
import pytest

from govern.documents.content import Body as Text
from govern.documents.content import Document, Element, Heading, Names, Points
from govern.documents.papers.attendance import attendance_document
from govern.documents.papers.duties import duty_list_document
from govern.documents.papers.files import in_format
from govern.documents.papers.notice import notice_document, proof_document
from govern.documents.papers.quarter import figures, quarter_document
from govern.documents.pdf.writer import write_pdf
from govern.documents.style import HouseStyle
from govern.documents.word.writer import write_docx
from govern.record import Ballot, Regime, Vote
from govern.richtext import text_of
from tests.documents.examples import record
from tests.documents.reading import characters, docx_text, faults, pdf_body, pdf_pages, run
from tests.documents.shapes import SHAPES
from tests.documents.types import HEADS, TYPES, duty_list_facts, notice_facts, quarter_facts
from tests.tiers import quick_params

BESIDE_PROTOCOL = [name for name in TYPES if name != "protocol"]
ODD = ("empty", "crowd", "words", "glyphs")


def told(document: Document) -> str:
    """Return the text of a document, one line per element or table cell."""
    return "\n".join(part for element in document.elements for part in _told(element))


def _told(element: Element) -> Iterator[str]:
    match element:
        case Heading(text=text, number=number, note=note):
            yield " ".join(filter(None, (number, text, note)))
        case Text(blocks):
            yield text_of(blocks)
        case Names(groups):
            yield from (name for group in groups for name in group)
        case Points(points):
            yield from (f"{point.label} {point.text}" for point in points)


@pytest.mark.parametrize("regime", ["association", "joint_board"])
@pytest.mark.parametrize("name", BESIDE_PROTOCOL)
def test_pdf_keeps_both_norms(name: str, regime: Regime) -> None:
    assert faults(in_format(TYPES[name](record(regime)), "pdf")) == []


@pytest.mark.parametrize("shape", ODD)
@pytest.mark.parametrize("name", BESIDE_PROTOCOL)
def test_pdf_keeps_both_norms_whatever_the_meeting_was_like(name: str, shape: str) -> None:
    assert faults(in_format(TYPES[name](SHAPES[shape]()), "pdf")) == []


@pytest.mark.parametrize("name", TYPES)
def test_docx_is_valid(name: str, tmp_path: Path) -> None:
    file = tmp_path / "document.docx"
    file.write_bytes(in_format(TYPES[name](record("joint_board")), "docx"))
    assert [str(error) for error in openxml_audit.OpenXmlValidator().validate(str(file)).errors] == []


@pytest.mark.office
@pytest.mark.parametrize("shape", quick_params(["base", "crowd"], ["base"]))
@pytest.mark.parametrize("name", quick_params(BESIDE_PROTOCOL, ["summons", "extract", "public copy", "quarter"]))
def test_docx_and_pdf_say_the_same(name: str, shape: str, tmp_path: Path) -> None:
    document = TYPES[name](SHAPES[shape]())
    printed = write_pdf(document)
    read = pdf_body(printed.pdf, document, HEADS)
    assert characters(docx_text(write_docx(document, printed.page_numbers), tmp_path)) == characters(read)


@pytest.mark.office
@pytest.mark.parametrize("name", BESIDE_PROTOCOL)
def test_pdf_is_sound(name: str, tmp_path: Path) -> None:
    file = tmp_path / "document.pdf"
    file.write_bytes(in_format(TYPES[name](record("joint_board")), "pdf"))
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", file)


@pytest.mark.parametrize("regime", ["kl_assembly", "kl_board", "joint_board"])
def test_a_notice_says_what_the_act_asks_for(regime: Regime) -> None:
    source = record(regime)
    said = told(notice_document(notice_facts(source)))
    for words in (
        "Samverkansrådet",
        "22 april 2024",
        "Protokoll §§ 40–44",
        "30 april 2024",
        "Kommunkansliet, Torget 1",
    ):
        assert words in said
    assert "laglighetsprövning" in said
    known = regime != "joint_board"  # There, no time for appeal runs until the last member has posted the notice.
    assert ("Senast 23 maj 2024" in said) is known


@pytest.mark.parametrize("name", ["notice", "proof"])
def test_a_notice_fits_on_one_page(name: str) -> None:
    """It is posted on a board."""
    assert len(pdf_pages(in_format(TYPES[name](record("joint_board")), "pdf"))) == 1


def test_a_secret_ballot_shows_its_counts_alone() -> None:
    source = record()
    paragraphs = tuple(
        replace(p, ballots=tuple(replace(b, method="secret", votes=()) for b in p.ballots)) for p in source.paragraphs
    )
    said = told(attendance_document(replace(source, paragraphs=paragraphs)))
    assert "Omröstningen är sluten." in said
    assert "Ja\tNej\tAvstår\n2\t1\t1" in said
    assert "Part och parti\tJa" not in said


def test_a_joint_boards_notice_waits_for_the_last_member() -> None:
    said = told(notice_document(notice_facts(record("joint_board"))))
    assert "Klockarbo kommun\nInte än" in said.replace("\t", "\n")
    assert "Får tas ned" not in said


def test_a_proof_says_who_did_what_when() -> None:
    said = told(proof_document(notice_facts(record("kl_board"), down=True)))
    assert "2 maj 2024\nav Cilla Berg" in said
    assert "24 maj 2024\nav Cilla Berg" in said


def test_an_attendance_list_says_who_came_and_how_each_voted() -> None:
    said = told(attendance_document(record()))
    for words in ("Göran Ek-Svensson", "tjg. för Hilda Strand\njäv § 42", "§§ 40–43", "på distans", "Norrvik (M)"):
        assert words in said
    assert "Äger ett av bolagen." in said
    ballots = said.split("Omröstningar\n")[1]
    assert "§ 42 Gemensam drift" in ballots
    assert "Fadumo Warsame" in ballots


def test_an_attendance_list_counts_each_person_once() -> None:
    source = record()
    twice = replace(source.presence[2], from_paragraph=44, to_paragraph=44)
    people = attendance_document(replace(source, presence=(*source.presence, twice)))
    assert "§§ 40–43, § 44" in told(people)
    assert "Beslutande\t6" in _rows(people, "Sammanställning")


def test_a_public_attendance_list_tells_nothing_of_a_secret_ballot() -> None:
    source = record()
    ballot = Ballot(
        method="open", question="Ska avtalet sägas upp?", yes_means="uppsägning", no_means="avslag",
        yes=1, no=0, abstain=0, votes=(Vote(name="Bo Åkerblom", choice="yes"),),
    )  # fmt: skip
    paragraphs = tuple(replace(p, ballots=(ballot,)) if p.confidential else p for p in source.paragraphs)
    source = replace(source, paragraphs=paragraphs)
    whole, public = (attendance_document(source, HouseStyle(public_copy=public_copy)) for public_copy in (False, True))
    assert "uppsägning" in told(whole)
    assert "Omröstningar\t2" in _rows(whole, "Sammanställning")
    assert "Omröstningar\t1" in _rows(public, "Sammanställning")
    for word in ("uppsägning", "Läget i avtalet", "§ 43 ", "Sekretess"):
        assert word not in told(public)


def test_a_list_of_assignments_counts_them() -> None:
    document = duty_list_document(duty_list_facts(record()))
    assert "Summa\t4" in _rows(document, "Sammanställning")
    assert "Försenade (1)" in told(document)
    assert "till ett extra digitalt råd" in told(document)


def test_a_quarter_is_counted_from_its_rows() -> None:
    facts = quarter_facts(record())
    own, beneath, together = figures(facts)
    assert own == ("Samverkansrådet", "1", "5", "1", "4", "1", "0", "1")
    assert beneath[1:] == ("0",) * 7
    assert together == ("Alla", *own[1:])
    said = told(quarter_document(facts))
    assert "att godkänna den gemensamma driften" in said
    assert said.index("Möten") < said.index("Beslut") < said.index("Uppdrag\n") < said.index("Öppna ärenden")


def test_a_quarter_without_anything_says_so() -> None:
    facts = replace(quarter_facts(record()), meetings=(), decisions=(), duties=(), open_matters=())
    said = told(quarter_document(facts))
    for sentence in ("Inget möte hölls", "Inga beslut", "Inga uppdrag.", "Inget bordlagt"):
        assert sentence in said


def _rows(document: Document, under: str) -> list[str]:
    """Return the rows of the tables under a heading, with their cells separated by tabs."""
    found: list[str] = []
    here = False
    for element in document.elements:
        if isinstance(element, Heading):
            here = element.text == under
        elif here and isinstance(element, Text):
            for block in element.blocks:
                for row in getattr(block, "rows", ()):
                    found.append("\t".join(text_of(cell.blocks).strip() for cell in row))
    return found
