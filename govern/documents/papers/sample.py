"""The protocol of a fictitious meeting, with most kinds of content, for previewing a house style."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from govern.record import (
    Adjuster,
    Alternative,
    Assignment,
    Body,
    Clause,
    Decision,
    Dissent,
    Forum,
    Meeting,
    Motion,
    Numbering,
    Paragraph,
    Presence,
    ProtocolRecord,
    Section,
    Signature,
)
from govern.richtext import Block, Cell, Item, Lst, Para, Run, Table


def sample(body: str, forum: str) -> ProtocolRecord:
    """Return the sample in the name of a body and a forum."""
    return replace(
        _SAMPLE,
        body=Body(name=body or "Organisationens namn"),
        forum=Forum(name=forum or "Forumets namn", level="strategic", kind="steering_group"),
    )


def _para(text: str) -> Para:
    return Para((Run(text),))


def _table(*rows: tuple[str, ...]) -> Table:
    head, *rest = rows
    return Table(
        (
            tuple(Cell((_para(text),), head=True) for text in head),
            *(tuple(Cell((_para(text),)) for text in row) for row in rest),
        ),
        head_rows=1,
    )


def _section(heading: str, *blocks: Block) -> Section:
    return Section(kind="text", heading=heading, blocks=blocks)


def _member(name: str, party: str, title: str = "", role: str = "member", deciding: bool = True) -> Presence:
    return Presence(name=name, role=role, deciding=deciding, party=party, title=title or None)


_PEOPLE = (
    _member("Namn Ettsson", "Första kommunen", role="chair"),
    _member("Namn Tvåberg", "Andra kommunen"),
    _member("Namn Tredal", "Tredje kommunen"),
    _member("Namn Fyrlund", "Fjärde kommunen"),
    _member("Namn Femström", "Andra kommunen", role="substitute", deciding=False),
    _member("Namn Sexhed", "Första kommunen", role="secretary", deciding=False),
)

_PARAGRAPHS = (
    Paragraph(
        number=12,
        label="§ 12",
        heading="Mötets öppnande",
        sections=(_section("", _para("Ordföranden öppnar mötet och hälsar alla välkomna.")),),
    ),
    Paragraph(
        number=13,
        label="§ 13",
        heading="Gemensam kundtjänst på kvällar",
        kind="B",
        reference="2024/17",
        sections=(
            _section(
                "Ärendebeskrivning",
                _para(
                    "Så här ser en beskrivning ut. Den säger varför ärendet kommer upp, vad som har hänt sedan sist "
                    "och vad som behöver bestämmas, i den ordning som läsaren behöver det."
                ),
                Lst("bullet", (Item((_para("En punkt i en lista"),)), Item((_para("En punkt till"),)))),
                Para((Run("Underlaget ligger på "), Run("en webbsida", href="https://example.org/"), Run("."))),
            ),
            _section("Kostnader", _table(("Kommun", "Andel"), ("Första kommunen", "60 %"), ("Andra kommunen", "40 %"))),
        ),
        motions=(Motion(text="bifall till förslaget", mover="Namn Tvåberg", put_order=1, carried=True),),
        decisions=(
            Decision(
                outcome="approval",
                lead="Forumet beslutar",
                clauses=(Clause(text="öppna kundtjänsten på försök, och"), Clause(text="följa upp försöket i höst.")),
                recipients=("Kommunerna",),
            ),
        ),
        dissents=(Dissent(kind="reservation", person="Namn Tredal", text="Försöket borde vara kortare."),),
        assignments=(
            Assignment(
                assignee="Namn Fyrlund",
                text="Tar fram ett förslag till uppföljning.",
                due=date(2024, 9, 30),
                alternatives=(Alternative(label="1", text="med egen personal"), Alternative(label="2", text="inköpt")),
            ),
        ),
    ),
    Paragraph(
        number=14,
        label="§ 14",
        heading="Läget i arbetet",
        kind="I",
        sections=(_section("", _para("Arbetet går enligt plan. Nästa avstämning är i maj.")),),
    ),
)

_SAMPLE = ProtocolRecord(
    body=Body(name=""),
    forum=Forum(name="", level="strategic", kind="steering_group"),
    regime="agreement",
    meeting=Meeting(date=date(2024, 4, 18), start=time(9), end=time(11, 30), place="Kommunhuset", kind="ordinary"),
    numbering=Numbering(first=12, last=14, series="2024"),
    presence=_PEOPLE,
    adjusters=(Adjuster(name="Namn Tvåberg", party="Andra kommunen"),),
    paragraphs=_PARAGRAPHS,
    signatures=(
        Signature(role="secretary", name="Namn Sexhed"),
        Signature(role="chair", name="Namn Ettsson"),
        Signature(role="adjuster", name="Namn Tvåberg"),
    ),
)
