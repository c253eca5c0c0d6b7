"""The order of a § in papers and on pages: motions, disqualified, how they were put, ballots with their outcomes."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Flask, get_template_attribute
from selectolax.lexbor import LexborHTMLParser

from govern.documents.content import Heading
from govern.documents.papers import paragraph
from govern.documents.style import HouseStyle
from govern.record import Ballot, Disqualified, Motion, Paragraph, Presence, Section, Vote
from govern.richtext import plain

MATTER = Section(kind="matter", heading="Ärendebeskrivning", blocks=plain("Växeln är gammal."))
TOLD = Section(kind="procedure", heading="Beslutsgång", blocks=plain("Ordföranden ställer proposition."))
LATER = Section(kind="other", heading="Övrigt", blocks=plain("Klart."))
FACT = Paragraph(
    number=5,
    label="§ 5",
    heading="Växel",
    sections=(MATTER, LATER),
    motions=(
        Motion(text="bifall", mover="Anna Ask", put_order=1, carried=True),
        Motion(text="avslag", mover="Bo Björk", put_order=2, carried=False),
        Motion(text="återremiss", mover="Carin Dal", withdrawn=True),
    ),
    ballots=(
        Ballot(
            method="open",
            question="",
            yes_means="bifall",
            no_means="avslag",
            yes=1,
            no=1,
            abstain=0,
            votes=(Vote(name="Anna Ask", choice="yes"), Vote(name="Bo Björk", choice="no")),
            casting_vote_by="Anna Ask",
        ),
    ),
    disqualified=(Disqualified(name="David Ek", reason=""),),
)
PRESENT = (
    Presence(name="Anna Ask", role="chair", deciding=True, party="Björkby", political_party="S"),
    Presence(name="Bo Björk", role="member", deciding=True, party="Granby"),
)
PUT = (
    "Ordföranden föreslår att yrkandena prövas i denna ordning: först Anna Asks yrkande om bifall och sist Bo Björks "
    "yrkande om avslag. Mötet godkänner propositionsordningen.",
    "Ordföranden ställer proposition på Anna Asks yrkande om bifall och Bo Björks yrkande om avslag, vart och ett för "
    "sig.",
)
OUTCOME = (
    "Rösterna faller lika, 1 ja-röst mot 1 nej-röst. Anna Ask avgör med sin utslagsröst, och mötet beslutar enligt "
    "ja-propositionen: bifall."
)


def headings(fact: Paragraph, style: HouseStyle | None = None) -> list[str]:
    """Return the headings beneath that of the §."""
    found = paragraph.elements(fact, style or HouseStyle(), PRESENT)
    return [element.text for element in found if isinstance(element, Heading)][1:]


def said(fact: Paragraph, style: HouseStyle | None = None) -> str:
    """Return everything that the paper says, roughly."""
    return repr(list(paragraph.elements(fact, style or HouseStyle(), PRESENT)))


def test_a_paper_follows_the_meeting() -> None:
    order = ["Ärendebeskrivning", "Övrigt", "Yrkanden", "Jäv", "Beslutsgång", "Omröstning"]
    assert headings(FACT) == order
    words = said(FACT)
    for sentence in (" ".join(PUT), OUTCOME):
        assert words.count(sentence) == 1
    assert "Utslagsröst:" not in words
    assert re.search(r"'Anna Ask'.{0,200}'Björkby \(S\)'.{0,200}'Ja'", words)
    assert "Björkby (S)" not in said(FACT, HouseStyle(public_copy=True)), "a masked name must get no party"


def test_a_procedure_that_is_written_is_not_written_again() -> None:
    """It stands after the motions; what it says is not repeated, but the counts and the votes are in the table."""
    told = replace(FACT, sections=(MATTER, TOLD, LATER))
    assert headings(told) == ["Ärendebeskrivning", "Övrigt", "Yrkanden", "Jäv", "Beslutsgång", "Omröstning"]
    words = said(told)
    assert "Ordföranden ställer proposition." in words
    assert "godkänner propositionsordningen" not in words
    assert OUTCOME not in words
    assert "Utslagsröst: Anna Ask" in words


def test_text_alone_keeps_its_order() -> None:
    """Protocols from elsewhere have everything in their sections."""
    old = Paragraph(number=5, label="§ 5", heading="Växel", sections=(MATTER, TOLD, LATER))
    assert headings(old) == ["Ärendebeskrivning", "Beslutsgång", "Övrigt"]


def test_motions_without_an_order_are_not_said_to_be_put() -> None:
    """What the record does not hold is not made up."""
    unknown = replace(FACT, motions=tuple(replace(m, put_order=None) for m in FACT.motions), ballots=())
    assert "proposition" not in said(unknown)


def test_a_page_has_the_papers_order(app: Flask) -> None:
    """The sections keep the anchors that links lead to."""
    for fact in (FACT, replace(FACT, sections=(MATTER, TOLD, LATER))):
        with app.test_request_context():
            body = get_template_attribute("components/record.html", "paragraph_body")
            html = str(body(fact, parties=paragraph.sits_for(PRESENT)))
        page = LexborHTMLParser(html)
        words = page.text(separator=" ")
        order = ["Växeln är gammal", "Klart.", "Yrkanden", "David Ek anmäler jäv", "Beslutsgång", "Omröstning"]
        places = [words.index(each) for each in order]
        assert places == sorted(places)
        assert words.count("Anna Ask, Björkby (S) : ja") + words.count("Anna Ask, Björkby (S): ja") == 1
        assert [s.attributes["id"] for s in page.css(".section")] == (
            ["p5-s1", "p5-s2"] if fact is FACT else ["p5-s1", "p5-s3", "p5-s2"]
        )
