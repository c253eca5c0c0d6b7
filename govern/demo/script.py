"""The demo's script: what the files in `content/` say, as typed values. Nothing here touches the database.

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
    """Who can sign in to the demo, as what, and with which password."""

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
    """A matter that comes back; `number` is its place in the year's register."""

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
    """A seat; `from_day` and `to_day` are counted from today, without a name it is vacant."""

    role: str
    name: str = ""
    party: str = ""
    political_party: str = ""
    title: str = ""
    from_day: int | None = None
    to_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingItem:
    """What stands on every agenda, and the words it usually gets."""

    heading: str
    text: str
    closing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An attachment, made from its text: a PDF, or a plain text file by its name."""

    file: str
    title: str
    text: str
    confidential: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The officer's paper that a matter is treated on; `clauses` are what it proposes, without their `att`."""

    author: str
    matter: str
    assessment: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section under its own heading."""

    kind: str
    text: str
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """What was moved, by whom, and how it fared."""

    text: str
    mover: str
    supporters: tuple[str, ...] = ()
    put_order: int | None = None
    withdrawn: bool = False
    carried: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """A vote: in an open one those named vote no or abstain, all others who take part yes."""

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
    """A duty; `due` is in days after the meeting. An alternative that is a list holds those beneath the one before."""

    text: str
    assignee: str
    due: int | None = None
    report_to: str = ""
    alternatives: tuple[Any, ...] = ()
    addendum: str = ""
    follow: tuple[Follow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A matter treated. `state` says how far it has come by now; `decide` are the clauses without their `att`.

    `replaces` and `amends` are the keys of earlier matters whose decisions this one's does that to.
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
    """A meeting. `until` is how far it has come: planned, called, open, closed, sealed or signed.

    Where the forum posts its protocols, `taken_down` says whether the notice comes down when its time is over.
    One that is `published` has also gone out to those whom its decisions concern.
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
    """A forum with its seats, its standing items and its meetings in the order of time."""

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
"""What the tables of a list are, by the list's name."""


def read(wanted: Callable[..., T], table: Mapping[str, Any], **more: Any) -> T:
    """Read a table of a content file.

    Raises:
        TypeError: when it holds an unknown name or lacks a needed one.
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
    """Read the collaboration."""
    table = _load(CONTENT / "collaboration.toml")
    password = table["password"]
    sign_ins = tuple(SignIn(password=password, **given) for given in table.pop("sign_in"))
    return read(Collaboration, table, sign_ins=sign_ins)


@cache
def forums() -> tuple[Forum, ...]:
    """Read the forums, those above before those below, each with its meetings in the order of time."""
    return tuple(_forum(key) for key in FORUMS)


def _forum(key: str) -> Forum:
    folder = CONTENT / key
    files = sorted(path for path in folder.glob("*.toml") if path.name != "forum.toml")
    meetings = [read(Meeting, table) for path in files for table in _load(path)["meeting"]]
    meetings.sort(key=lambda meeting: meeting.day)
    return read(Forum, _load(folder / "forum.toml"), key=key, meetings=tuple(meetings))


DEMO_SIGN_INS = collaboration().sign_ins
"""The demo's four sign-ins, for whoever prints them."""
