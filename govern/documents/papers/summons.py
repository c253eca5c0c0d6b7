"""The summons (kallelse): when and where a forum meets, what it will treat, and who is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from govern.documents.content import (
    Document,
    Element,
    Heading,
    Names,
    bullets,
    lines,
    paragraphs,
)
from govern.documents.papers.protocol import MEETING_KINDS, MEETING_MODES
from govern.documents.papers.sheet import sheet
from govern.documents.style import HouseStyle
from govern.record import Body, Forum, Meeting, ParagraphKind
from govern.swedish import hours_of, long_date, weekday_date


@dataclass(frozen=True, slots=True, kw_only=True)
class SummonsItem:
    """One item of the agenda, with the titles of its papers.

    `remark` is a warning to the reader, such as that it or a paper was late; `starts` is its planned time, if any.
    """

    position: int
    heading: str
    kind: ParagraphKind | None = None
    reference: str | None = None
    attachments: tuple[str, ...] = ()
    note: str = ""
    remark: str = ""
    starts: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummonsFacts:
    """The content of a summons. `called` holds the names as printed, `signed_by` the name of the person who calls.

    `sent` is the day when it was sent, or None before that.
    """

    body: Body
    forum: Forum
    meeting: Meeting
    items: tuple[SummonsItem, ...]
    called: tuple[str, ...]
    sent: date | None
    signed_by: str


AGENDA = "Föredragningslista"


def summons_document(facts: SummonsFacts, style: HouseStyle | None = None) -> Document:
    """Lay out the summons to a meeting: when and where, who is called, the agenda, and who calls."""
    style = style or HouseStyle()
    return _paper(facts, style.summons_title, (*_meeting(facts, style), *_agenda(facts, AGENDA), *_sent(facts)), style)


def agenda_document(facts: SummonsFacts, style: HouseStyle | None = None) -> Document:
    """Lay out the agenda (föredragningslista) as a separate paper for the meeting room, without names and sender."""
    return _paper(facts, AGENDA, (*_when(facts), *_agenda(facts, "Ärenden")), style)


def _paper(facts: SummonsFacts, title: str, elements: tuple[Element, ...], style: HouseStyle | None) -> Document:
    day = long_date(facts.meeting.date)
    return sheet(body=facts.body, forum=facts.forum.name, title=title, subtitle=day, elements=elements, style=style)


def _when(facts: SummonsFacts) -> Iterator[Element]:
    meeting = facts.meeting
    yield Heading(2, "Tid", anchor="tid", beside=True)
    yield lines(
        f"{weekday_date(meeting.date).capitalize()} {hours_of(meeting)}",
        MEETING_KINDS[meeting.kind],
    )
    yield Heading(2, "Plats", anchor="plats", beside=True)
    yield lines(*meeting.where, MEETING_MODES[meeting.mode])


def _meeting(facts: SummonsFacts, style: HouseStyle) -> Iterator[Element]:
    yield from _when(facts)
    if facts.called:
        yield Heading(2, "Kallade", anchor="kallade", beside=True)
        yield Names((facts.called,), style.name_columns)


def _agenda(facts: SummonsFacts, heading: str) -> Iterator[Element]:
    yield Heading(2, heading, anchor="foredragningslista")
    for item in facts.items:
        kind = f" ({item.kind})" if item.kind else ""
        clock = f"Kl. {item.starts.hour:02}.{item.starts.minute:02}" if item.starts else ""
        beneath = " · ".join(filter(None, (clock, f"Dnr {item.reference}" if item.reference else "", item.remark)))
        yield Heading(3, f"{item.heading}{kind}", anchor=f"a{item.position}", number=str(item.position), note=beneath)
        if item.note:
            yield paragraphs(item.note)
        if item.attachments:
            yield bullets(item.attachments)


def _sent(facts: SummonsFacts) -> Iterator[Element]:
    if facts.sent is None:
        yield Heading(2, "Utkast", anchor="utkast", beside=True)
        yield paragraphs(f"Kallelsen är inte utskickad.\n{facts.signed_by}")
        return
    yield Heading(2, "Utskickad", anchor="utskickad", beside=True)
    yield paragraphs(f"{long_date(facts.sent)}\n{facts.signed_by}")
