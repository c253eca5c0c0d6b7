"""A forum's assignments as a list (uppdragslista): who is to do what by when, and how each stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from govern.documents.content import Document, Element, Heading, paragraphs, table
from govern.documents.sheet import anchor_of, fact, sheet
from govern.documents.style import HouseStyle
from govern.documents.swedish import long_date
from govern.record import Body

TITLE = "Uppdragslista"
Stands = Literal["late", "open", "reported", "closed"]

GROUPS: dict[Stands, str] = {
    "late": "Försenade",
    "open": "Pågående",
    "reported": "Redovisade, väntar på att avslutas",
    "closed": "Avslutade",
}
"""How an assignment may stand, the most urgent first, with the heading that such ones stand under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """One assignment. `given` names the § and its meeting; `latest` is the last that was heard of it."""

    text: str
    doer: str
    given: str
    stands: Stands
    due: date | None = None
    report_to: str = ""
    latest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyListFacts:
    """What the list says, as it stood on `day`."""

    body: Body
    forum: str
    day: date
    duties: tuple[DutyLine, ...]


def duty_list_document(facts: DutyListFacts, style: HouseStyle | None = None) -> Document:
    """Lay out a forum's assignments."""
    day = long_date(facts.day)
    return sheet(body=facts.body, forum=facts.forum, title=TITLE, subtitle=day, elements=_elements(facts), style=style)


def _elements(facts: DutyListFacts) -> Iterator[Element]:
    yield from fact("Läget den", long_date(facts.day))
    yield Heading(2, "Sammanställning", anchor="sammanstallning")
    if not facts.duties:
        yield paragraphs("Forumet har inte gett några uppdrag.")
        return
    yield table(("Läge", "Antal"), counted(facts.duties))
    yield from grouped(facts.duties, 2)


def counted(duties: Sequence[DutyLine]) -> tuple[tuple[str, ...], ...]:
    """Count the assignments by how they stand, and all of them."""
    counts = {name: sum(duty.stands == stands for duty in duties) for stands, name in GROUPS.items()}
    return (*((name, str(count)) for name, count in counts.items()), ("Summa", str(len(duties))))


def grouped(duties: Sequence[DutyLine], level: int) -> Iterator[Element]:
    """Set the assignments in a table for each way that they stand; ways in which none stands are left out."""
    for stands, name in GROUPS.items():
        group = [duty for duty in duties if duty.stands == stands]
        if group:
            yield Heading(level, f"{name} ({len(group)})", anchor=anchor_of(name))
            yield table(("Uppdrag", "Vem", "Klart", "Givet", "Senast"), tuple(_row(duty) for duty in group))


def _row(duty: DutyLine) -> tuple[str, ...]:
    due = long_date(duty.due) if duty.due else ""
    to = f"till {duty.report_to}" if duty.report_to else ""
    return duty.text, duty.doer, " ".join(filter(None, (due, to))) or "–", duty.given, duty.latest or "–"
