"""The quarterly follow-up to a steering group (kvartalsuppföljning): meetings, decisions, assignments, open matters.

Every figure and every sum is counted here from the rows in the facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from govern.documents.content import Document, Element, Heading, bullets, paragraphs, table
from govern.documents.papers.duties import DutyLine, grouped
from govern.documents.papers.sheet import fact, sheet
from govern.documents.style import HouseStyle
from govern.record import Body
from govern.swedish import long_date

TITLE = "Kvartalsuppföljning"
FIGURES = ("Möten", "Paragrafer", "Beslut", "Givna uppdrag", "Redovisade", "Avslutade", "Försenade")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMeeting:
    """A meeting that was held, with the number of §§ of its protocol, and their range as printed."""

    forum: str
    day: date
    place: str
    paragraphs: int
    numbers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a § decided; `clauses` lack their leading `att`."""

    forum: str
    day: date
    label: str
    heading: str
    reference: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """An assignment, with what happened to it in the quarter."""

    line: DutyLine
    given: bool
    reported: bool
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMatter:
    """A matter that was tabled or remitted, and has not come up again since."""

    forum: str
    heading: str
    since: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterFacts:
    """What happened from `first` to `last` in a forum and the forums below it; `forums` are their names in order.

    `duties` are the assignments given, reported on or closed in the quarter, and all that were still open at its end.
    """

    body: Body
    forum: str
    quarter: str
    first: date
    last: date
    forums: tuple[str, ...]
    meetings: tuple[HeldMeeting, ...]
    decisions: tuple[Decided, ...]
    duties: tuple[Followed, ...]
    open_matters: tuple[OpenMatter, ...]


def quarter_document(facts: QuarterFacts, style: HouseStyle | None = None) -> Document:
    """Lay out the follow-up of a quarter."""
    return sheet(
        body=facts.body, forum=facts.forum, title=TITLE, subtitle=facts.quarter, elements=_elements(facts), style=style
    )


def figures(facts: QuarterFacts) -> tuple[tuple[str, ...], ...]:
    """Return a row for each forum with its counts under `FIGURES`, and a row of totals if there are several forums."""
    rows = [(name, _counts(facts, name)) for name in facts.forums]
    if len(rows) > 1:
        rows.append(("Alla", tuple(map(sum, zip(*(counts for _, counts in rows), strict=True)))))
    return tuple((name, *map(str, counts)) for name, counts in rows)


def _counts(facts: QuarterFacts, forum: str) -> tuple[int, ...]:
    meetings = [meeting for meeting in facts.meetings if meeting.forum == forum]
    duties = [duty for duty in facts.duties if duty.line.forum == forum]
    return (
        len(meetings),
        sum(meeting.paragraphs for meeting in meetings),
        sum(decided.forum == forum for decided in facts.decisions),
        sum(duty.given for duty in duties),
        sum(duty.reported for duty in duties),
        sum(duty.closed for duty in duties),
        sum(duty.line.state == "late" for duty in duties),
    )


def _elements(facts: QuarterFacts) -> Iterator[Element]:
    yield from fact("Tid", f"{long_date(facts.first)} – {long_date(facts.last)}")
    yield from fact("Omfattar", *facts.forums)
    yield Heading(2, "Siffror", anchor="siffror")
    yield from _figures(facts)
    yield Heading(2, "Möten", anchor="moten")
    yield from _table_or(
        "Inget möte hölls under kvartalet.",
        ("Dag", "Forum", "Plats", "Paragrafer"),
        [(long_date(m.day), m.forum, m.place, m.numbers or "–") for m in facts.meetings],
    )
    yield Heading(2, "Beslut", anchor="beslut")
    yield from _decisions(facts.decisions)
    yield Heading(2, "Uppdrag", anchor="uppdrag")
    lines = [duty.line for duty in facts.duties]
    if lines:
        yield from grouped(lines, 3)
    else:
        yield paragraphs("Inga uppdrag.")
    yield Heading(2, "Öppna ärenden", anchor="oppna-arenden")
    yield from _table_or(
        "Inget bordlagt eller återremitterat ärende väntar.",
        ("Ärende", "Forum", "Väntar sedan", "Dnr"),
        [(m.heading, m.forum, m.since, m.reference or "–") for m in facts.open_matters],
    )


def _figures(facts: QuarterFacts) -> Iterator[Element]:
    """Yield the figures as two tables, so that they fit the page: meetings and decisions, and assignments."""
    yield table(("Forum", *FIGURES[:3]), tuple(row[:4] for row in figures(facts)))
    yield table(("Forum", *FIGURES[3:]), tuple((row[0], *row[4:]) for row in figures(facts)))


def _decisions(decisions: Sequence[Decided]) -> Iterator[Element]:
    if not decisions:
        yield paragraphs("Inga beslut under kvartalet.")
    for decided in decisions:
        where = f"{decided.forum} {long_date(decided.day)}"
        dnr = f"Dnr {decided.reference}" if decided.reference else ""
        yield Heading(
            3,
            decided.heading,
            anchor=f"{decided.forum} {decided.day} {decided.label}",
            number=decided.label,
            note=" · ".join(filter(None, (where, dnr))),
        )
        yield bullets(tuple(f"att {clause}" for clause in decided.clauses))


def _table_or(otherwise: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[Element]:
    yield table(heads, tuple(rows)) if rows else paragraphs(otherwise)
