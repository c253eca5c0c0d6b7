"""The list of a forum's assignments (uppdragslista): who is to do what by when, and the state of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from govern.documents.content import Document, Element, Heading, Point, Points, paragraphs, table
from govern.documents.papers.sheet import anchor_of, sheet
from govern.documents.style import HouseStyle
from govern.record import Body
from govern.swedish import long_date

TITLE = "Uppdragslista"
DutyState = Literal["late", "open", "reported", "closed"]

GROUPS: dict[DutyState, str] = {
    "late": "Försenade",
    "open": "Pågående",
    "reported": "Redovisade, väntar på att avslutas",
    "closed": "Avslutade",
}
"""The states of an assignment, the most urgent first, with the heading for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """One assignment, given in the § `label` of a forum's meeting on `day`; `points` are details of what is to be done.

    `latest` says what has last been reported on it, or how it was closed.
    """

    forum: str
    day: date
    label: str
    task: str
    doer: str
    state: DutyState
    points: tuple[Point, ...] = ()
    due: date | None = None
    report_to: str = ""
    latest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyListFacts:
    """The content of the list on `day`; of closed assignments it has those closed since `closed_since`."""

    body: Body
    forum: str
    day: date
    closed_since: date
    duties: tuple[DutyLine, ...]


def duty_list_document(facts: DutyListFacts, style: HouseStyle | None = None) -> Document:
    """Lay out a forum's assignments."""
    day = long_date(facts.day)
    return sheet(body=facts.body, forum=facts.forum, title=TITLE, subtitle=day, elements=_elements(facts), style=style)


def _elements(facts: DutyListFacts) -> Iterator[Element]:
    yield Heading(2, "Sammanställning", anchor="sammanstallning")
    if not facts.duties:
        yield paragraphs("Forumet har inga uppdrag att följa.")
        return
    yield table(("Läge", "Antal"), counted(facts.duties))
    yield paragraphs(f"Avslutade uppdrag är med om de avslutades den {long_date(facts.closed_since)} eller senare.")
    yield from grouped(facts.duties, 2)


def counted(duties: Sequence[DutyLine]) -> tuple[tuple[str, ...], ...]:
    """Return table rows with the number of assignments in each state, and in all."""
    counts = {name: sum(duty.state == state for duty in duties) for state, name in GROUPS.items()}
    return (*((name, str(count)) for name, count in counts.items()), ("Summa", str(len(duties))))


def grouped(duties: Sequence[DutyLine], level: int) -> Iterator[Element]:
    """Yield the assignments by state, under headings of `level`; a state without assignments is left out."""
    for state, name in GROUPS.items():
        group = [duty for duty in duties if duty.state == state]
        if group:
            yield Heading(level, f"{name} ({len(group)})", anchor=anchor_of(name))
        for number, duty in enumerate(group, 1):
            yield from _duty(duty, level + 1, f"{state}-{number}")


def _duty(duty: DutyLine, level: int, anchor: str) -> Iterator[Element]:
    to = f"till {duty.report_to}" if duty.report_to else ""
    due = " ".join(filter(None, (f"senast {long_date(duty.due)}" if duty.due else "utan slutdatum", to)))
    given = f"{duty.forum} {long_date(duty.day)}"
    yield Heading(level, duty.task, anchor=anchor, number=duty.label, note=given)
    yield paragraphs(", ".join(filter(None, (duty.doer, due))))
    if duty.points:
        yield Points(duty.points)
    yield paragraphs(duty.latest)
