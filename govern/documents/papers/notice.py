"""The notice that a protocol has been adjusted (anslag), and the proof of when it was posted and removed (bevis).

KL 8:12 requires the place where the protocol is kept and the day of posting; KL 13:5 counts the time to appeal from
that day, for a joint board from the day when the last member posted it (KL 9:32).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from govern.documents.content import Document, Element, Heading, paragraphs, table
from govern.documents.papers.sheet import fact, sheet
from govern.documents.style import HouseStyle
from govern.record import Body, Regime
from govern.regimes import REGIMES
from govern.swedish import long_date

NOTICE = "Anslag"
PROOF = "Bevis om anslag"
NOT_YET = "Inte än"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A notice board: its name, and when and by whom the notice was posted and removed there."""

    name: str
    posted: date | None = None
    posted_by: str = ""
    removed: date | None = None
    removed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """The content of a notice.

    `what` names what was adjusted, such as `Protokoll §§ 40–44`. `appeal_by` is the last day to appeal and `until` the
    first day on which the notice may be removed; both are None until it is posted on every board.
    """

    body: Body
    forum: str
    regime: Regime
    meeting: date
    what: str
    adjusted: date
    kept_at: str
    boards: tuple[Board, ...]
    appeal_by: date | None
    until: date | None


def notice_document(facts: NoticeFacts, style: HouseStyle | None = None) -> Document:
    """Lay out the notice."""
    return _paper(NOTICE, facts, style, (*_adjusted(facts), *_posted(facts), *_appeal(facts)))


def proof_document(facts: NoticeFacts, style: HouseStyle | None = None) -> Document:
    """Lay out the proof of what was posted, where, and from when to when."""
    return _paper(PROOF, facts, style, (*_adjusted(facts), *_time(facts), *_proof(facts)))


def _paper(title: str, facts: NoticeFacts, style: HouseStyle | None, elements: tuple[Element, ...]) -> Document:
    day = long_date(facts.meeting)
    return sheet(body=facts.body, forum=facts.forum, title=title, subtitle=day, elements=elements, style=style)


def _adjusted(facts: NoticeFacts) -> Iterator[Element]:
    yield from fact("Organ", facts.forum)
    yield from fact("Möte", long_date(facts.meeting))
    yield from fact("Gäller", facts.what)
    yield from fact("Justerat", long_date(facts.adjusted))
    yield from fact("Förvaras", facts.kept_at)


def _posted(facts: NoticeFacts) -> Iterator[Element]:
    if len(facts.boards) == 1:
        board = facts.boards[0]
        yield from fact("Anslagstavla", board.name)
        yield from fact("Anslaget", _day(board.posted))
    yield from _time(facts)
    if len(facts.boards) > 1:
        yield Heading(2, "Anslagstavlor", anchor="anslagstavlor")
        yield table(("Anslagstavla", "Anslaget"), tuple((b.name, _day(b.posted)) for b in facts.boards))


def _appeal(facts: NoticeFacts) -> Iterator[Element]:
    if appeal := REGIMES[facts.regime].appeal:
        yield Heading(2, "Hur man överklagar", anchor="overklaga")
        yield paragraphs(appeal)


def _time(facts: NoticeFacts) -> Iterator[Element]:
    if facts.appeal_by:
        yield from fact("Överklagas", f"Senast {long_date(facts.appeal_by)}")
    if facts.until:
        yield from fact("Får tas ned", f"Tidigast {long_date(facts.until)}")


def _proof(facts: NoticeFacts) -> Iterator[Element]:
    yield Heading(2, "Bevis", anchor="bevis")
    yield paragraphs("Att protokollet har justerats har tillkännagetts på anslagstavlan under den här tiden:")
    yield table(
        ("Anslagstavla", "Anslaget", "Nedtaget"),
        tuple(
            (b.name, _day_and_name(b.posted, b.posted_by), _day_and_name(b.removed, b.removed_by)) for b in facts.boards
        ),
    )


def _day(day: date | None) -> str:
    return long_date(day) if day else NOT_YET


def _day_and_name(day: date | None, by: str) -> str:
    return f"{long_date(day)}\nav {by}" if day and by else _day(day)
