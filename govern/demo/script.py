"""The demo's script: the files in `content/` as typed values. Nothing here uses the database.

`content/collaboration.toml` holds the parties, people and cases; each forum has a folder with `forum.toml` and its
meetings. Days are counted from today, deadlines from the meeting; texts may hold the placeholders of `wording.py`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

CONTENT = Path(__file__).parent / "content"
FORUMS = ("samverkansstyrgrupp", "programledning", "informationssakerhet", "gemensam_ingang", "tillsynsnamnd")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """An account of the demo, with its role and password."""

    role: str
    name: str
    email: str
    password: str
    administrator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A municipality of the collaboration."""

    name: str
    short_name: str
    org_number: str
    population: int
    host: bool = False
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A recurring matter; `number` is its registry number within the year."""

    key: str
    number: int
    heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collaboration:
    """The collaboration, its parties and its cases."""

    name: str
    purpose: str
    agreement: str
    notice_months: int
    review_months: int
    register: str
    password: str
    parties: tuple[Party, ...]
    cases: tuple[Case, ...]
    sign_ins: tuple[SignIn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A seat; `from_day` and `to_day` are in days from today; without a name it is vacant."""

    role: str
    name: str = ""
    party: str = ""
    political_party: str = ""
    title: str = ""
    from_day: int | None = None
    to_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingItem:
    """An item on every agenda, and its usual text."""

    heading: str
    text: str
    closing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An attachment made from its text: a PDF, or plain text if `file` ends with `.txt`."""

    file: str
    title: str
    text: str
    confidential: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A matter's proposal, by an officer; `clauses` are the proposed ones, without their `att`."""

    author: str
    matter: str
    assessment: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of a paragraph's text."""

    kind: str
    text: str
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """A motion, with its mover and outcome."""

    text: str
    mover: str
    supporters: tuple[str, ...] = ()
    put_order: int | None = None
    withdrawn: bool = False
    carried: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """A ballot: in an open one those named vote no or abstain, and all others who take part vote yes."""

    question: str
    yes_means: str
    no_means: str
    method: str = "open"
    no: tuple[str, ...] = ()
    abstain: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    casting_vote_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissent:
    """A reservation, an opinion or a note."""

    kind: str
    person: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A report on an assignment, or its closing, some days after the meeting."""

    days: int
    by: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """An assignment; `due` is in days after the meeting. A list in `alternatives` nests beneath the one before it."""

    text: str
    assignee: str
    due: int | None = None
    report_to: str = ""
    alternatives: tuple[Any, ...] = ()
    addendum: str = ""
    follow: tuple[Follow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph. `state` is its state in the finished demo; `decide` are the decision's clauses, without their `att`.

    `replaces` and `amends` are the keys of the earlier paragraphs whose decisions this one replaces or amends.
    """

    heading: str
    kind: str = ""
    key: str = ""
    case: str = ""
    text: str = ""
    note: str = ""
    lead: str = ""
    decide: tuple[str, ...] = ()
    outcome: str = "approval"
    to: tuple[str, ...] = ()
    section: tuple[Section, ...] = ()
    motion: tuple[Motion, ...] = ()
    ballot: tuple[Ballot, ...] = ()
    dissent: tuple[Dissent, ...] = ()
    assignment: tuple[Assignment, ...] = ()
    paper: tuple[Paper, ...] = ()
    proposal: tuple[Proposal, ...] = ()
    replaces: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    arrives: tuple[str, ...] = ()
    serves: Mapping[str, str] = field(default_factory=dict)
    disqualified: Mapping[str, str] = field(default_factory=dict)
    confidential: str = ""
    announced: bool = True
    minutes: int | None = None
    withdrawn: bool = False
    state: str = "approved"
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting. `until` is the stage it has reached: planned, called, open, closed, sealed or signed.

    If the forum posts notices, `taken_down` is whether the notice is taken down when its time has passed. If
    `published`, its decisions are also dispatched to their recipients.
    """

    day: int
    starts: str
    ends: str
    place: str
    kind: str = "ordinary"
    mode: str = "on_site"
    until: str = "signed"
    adjuster: str = ""
    chair: str = ""
    absent: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    serving: Mapping[str, str] = field(default_factory=dict)
    guests: tuple[Mapping[str, str], ...] = ()
    sealed_after: int = 6
    taken_down: bool = True
    accepts: Mapping[str, str] = field(default_factory=dict)
    published: bool = False
    paragraph: tuple[Paragraph, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forum:
    """A forum with its seats, its standing items and its meetings in chronological order."""

    key: str
    name: str
    parent: str
    level: str
    kind: str
    numbering: str
    mandate: str
    lead: str
    weekday: int
    regime: str = "agreement"
    adjusters: int = 1
    seat: tuple[Seat, ...] = ()
    standing: tuple[StandingItem, ...] = ()
    meetings: tuple[Meeting, ...] = ()


LISTS: Mapping[str, type] = {
    "parties": Party,
    "cases": Case,
    "seat": Seat,
    "standing": StandingItem,
    "paragraph": Paragraph,
    "section": Section,
    "motion": Motion,
    "ballot": Ballot,
    "dissent": Dissent,
    "assignment": Assignment,
    "follow": Follow,
    "paper": Paper,
    "proposal": Proposal,
}
"""The class of the tables in a list, by the list's name."""


def read(wanted: Callable[..., T], table: Mapping[str, Any], **more: Any) -> T:
    """Convert a table of a content file to an instance of `wanted`.

    Raises:
        TypeError: if it holds an unknown name or lacks a needed one.
    """
    return wanted(**{name: _value(name, value) for name, value in table.items()}, **more)


def _value(name: str, value: Any) -> Any:
    if isinstance(value, list):
        made = LISTS.get(name)
        return tuple(read(made, part) for part in value) if made else tuple(_value("", part) for part in value)
    return value


def _load(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


@cache
def collaboration() -> Collaboration:
    """Load the collaboration."""
    table = _load(CONTENT / "collaboration.toml")
    password = table["password"]
    sign_ins = tuple(SignIn(password=password, **given) for given in table.pop("sign_in"))
    return read(Collaboration, table, sign_ins=sign_ins)


@cache
def forums() -> tuple[Forum, ...]:
    """Load the forums, parents before children, each with its meetings in chronological order."""
    return tuple(_forum(key) for key in FORUMS)


def _forum(key: str) -> Forum:
    folder = CONTENT / key
    files = sorted(path for path in folder.glob("*.toml") if path.name != "forum.toml")
    meetings = [read(Meeting, table) for path in files for table in _load(path)["meeting"]]
    meetings.sort(key=lambda meeting: meeting.day)
    return read(Forum, _load(folder / "forum.toml"), key=key, meetings=tuple(meetings))


DEMO_SIGN_INS = collaboration().sign_ins
"""The demo's four accounts."""
