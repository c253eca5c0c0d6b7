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
from govern.documents.content import Title as TitleElement
from govern.documents.protocol import MEETING_KINDS, MEETING_MODES
from govern.documents.style import HouseStyle
from govern.documents.swedish import hours, long_date, weekday_date
from govern.record import Body, Forum, Meeting, ParagraphKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SummonsItem:
    """One matter of the agenda, with the titles of its papers.

    `remark` says what a reader must know of it, such as that it came late; `starts` is its clock time, if planned.
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
    """What a summons says. `called` holds the names as they are printed, `signed_by` whoever calls."""

    body: Body
    forum: Forum
    meeting: Meeting
    items: tuple[SummonsItem, ...]
    called: tuple[str, ...]
    sent: date
    signed_by: str


def summons_document(facts: SummonsFacts, style: HouseStyle | None = None) -> Document:
    """Lay out the summons to a meeting."""
    style = style or HouseStyle()
    day = long_date(facts.meeting.date)
    return Document(
        title=f"{style.summons_title} {facts.forum.name} {day}",
        author=facts.body.name,
        running=f"{facts.forum.name} · {style.summons_title} {day}",
        strip=(),
        elements=tuple(_elements(facts, style)),
        **style.dress(),
    )


def _elements(facts: SummonsFacts, style: HouseStyle) -> Iterator[Element]:
    meeting = facts.meeting
    body = tuple(filter(None, (facts.body.name, facts.body.org_number)))
    yield TitleElement(facts.forum.name, body, style.summons_title, long_date(meeting.date))
    yield Heading(2, "Tid", anchor="tid", beside=True)
    yield lines(
        f"{weekday_date(meeting.date).capitalize()} {hours(meeting.start, meeting.end)}", MEETING_KINDS[meeting.kind]
    )
    yield Heading(2, "Plats", anchor="plats", beside=True)
    yield lines(meeting.place, MEETING_MODES[meeting.mode])
    if facts.called:
        yield Heading(2, "Kallade", anchor="kallade", beside=True)
        yield Names((facts.called,), style.name_columns)
    yield Heading(2, "Föredragningslista", anchor="foredragningslista")
    for item in facts.items:
        kind = f" ({item.kind})" if item.kind else ""
        clock = f"Kl. {item.starts.hour:02}.{item.starts.minute:02}" if item.starts else ""
        beneath = " · ".join(filter(None, (clock, f"Dnr {item.reference}" if item.reference else "", item.remark)))
        yield Heading(3, f"{item.heading}{kind}", anchor=f"a{item.position}", number=str(item.position), note=beneath)
        if item.note:
            yield paragraphs(item.note)
        if item.attachments:
            yield bullets(item.attachments)
    yield Heading(2, "Utskickad", anchor="utskickad", beside=True)
    yield paragraphs(f"{long_date(facts.sent)}\n{facts.signed_by}")
