"""A paragraph's whole content as one value: what the page sends, what is saved, compared and kept as a version."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from datetime import date
from enum import EnumType
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from govern.bounds import whole
from govern.documents.remarks import remarks as said
from govern.errors import Refused
from govern.forums.states import ParagraphKind
from govern.markup import from_html, refuse_cells, to_html
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import BallotMethod, Choice, DissentKind, Outcome, SectionKind
from govern.plausible import doubtful, impossible
from govern.swedish import long_date
from govern.words import Word

T = TypeVar("T")

DEEPEST = 4
"""How deep alternatives may lie beneath one another: more is neither read nor printed."""
MOST = 1000
"""How many of anything a paragraph may hold in one list."""
MOST_VOTES = 1_000_000


Html = Annotated[str, "html"]
"""Text that is clean and in the one spelling of `markup.to_html`."""
Presence = Annotated[int, "presence"]
"""Someone at the meeting, by the id of their presence."""
Count = Annotated[int, "count"]
"""A number of votes."""


def display(
    label: str | None,
    *,
    per_line: bool = False,
    strong: bool = False,
    singular: str | None = None,
    words: Mapping[Any, str] | None = None,
    default: Any = None,
    initial: Any = None,
) -> dict[str, Any]:
    """Describe how a field is shown as text, in the comparison of versions and by the page's scripts.

    Args:
        label: The text, with the value at `{}` and other fields of the same item at `{name}`. None hides the field. For
            a field of `Draft` itself it is the heading.
        per_line: Show each of several values on a line of its own, rather than all on one.
        strong: Show the text in bold.
        singular: What one item of a list is called, where that is not the heading.
        words: The words for the values, where these have no labels of their own.
        default: The value where none is sent.
        initial: What the field holds in a new item, as JSON.
    """
    return {
        "label": label,
        "per_line": per_line,
        "strong": strong,
        "singular": singular,
        "words": words,
        "default": default,
        "initial": initial,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDraft:
    """A section's kind, heading and text."""

    kind: SectionKind = field(metadata=display(None, default=SectionKind.TEXT))
    heading: str = field(metadata=display("{}", strong=True))
    html: Html = field(metadata=display("{}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDraft:
    """A decision's clauses, without their leading `att`, and to whom it goes."""

    lead: str = field(metadata=display("{}", strong=True))
    clauses: tuple[str, ...] = field(metadata=display("att {}", per_line=True, initial=[""]))
    outcome: Outcome = field(metadata=display("Utgång: {}", default=Outcome.OTHER))
    recipients: tuple[str, ...] = field(metadata=display("Skickas till: {}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeDraft:
    """An alternative, with those beneath it."""

    text: str = field(metadata=display("{}"))
    alternatives: tuple[AlternativeDraft, ...] = field(metadata=display(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDraft:
    """A duty given."""

    assignee: str = field(metadata=display("Ges till: {}"))
    text: str = field(metadata=display("{}"))
    alternatives: tuple[AlternativeDraft, ...] = field(metadata=display(""))
    addendum: str = field(metadata=display("{}"))
    due: date | None = field(metadata=display("Redovisas senast: {}"))
    report_to: str = field(metadata=display("Redovisas till: {}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionDraft:
    """What was moved."""

    mover: Presence | None = field(metadata=display("Av: {}"))
    supporters: tuple[Presence, ...] = field(metadata=display("Instämmer: {}"))
    text: str = field(metadata=display("{}"))
    put_order: int | None = field(metadata=display("Ordning: {}"))
    withdrawn: bool = field(metadata=display("Återtaget"))
    carried: bool | None = field(metadata=display("Utfall: {}", words={True: "bifall", False: "avslag"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteDraft:
    """One open vote."""

    presence: Presence = field(metadata=display("{}: {choice}"))
    choice: Choice = field(metadata=display(None, words={one: one.label.lower() for one in Choice}))


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotDraft:
    """A vote taken; the counts of an open one come from its votes."""

    method: BallotMethod = field(metadata=display("{}"))
    question: str = field(metadata=display("{}"))
    yes_means: str = field(metadata=display("Ja: {}"))
    no_means: str = field(metadata=display("Nej: {}"))
    yes: Count = field(metadata=display("{} ja, {no} nej, {abstain} avstår"))
    no: Count = field(metadata=display(None))
    abstain: Count = field(metadata=display(None))
    votes: tuple[VoteDraft, ...] = field(metadata=display(""))
    casting_vote_by: Presence | None = field(metadata=display("Utslagsröst av {}"))
    decided_by_lot: bool = field(metadata=display("Avgjort genom lottning"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DissentDraft:
    """A reservation, opinion or note by someone present; `announced` says that the room heard of it in time."""

    kind: DissentKind = field(metadata=display("{} av {person}"))
    person: Presence = field(metadata=display(None))
    text: str = field(metadata=display("{}"))
    announced: bool = field(default=False, metadata=display(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The whole of a paragraph as it is typed. `reference` is a registry number, `confidential` a reason."""

    heading: str = field(metadata=display("Rubrik"))
    kind: ParagraphKind | None = field(metadata=display("Kod"))
    reference: str = field(metadata=display("Diarienummer"))
    confidential: str | None = field(metadata=display("Sekretess"))
    sections: tuple[SectionDraft, ...] = field(metadata=display("Text", singular="Avsnitt"))
    decisions: tuple[DecisionDraft, ...] = field(metadata=display("Beslut"))
    assignments: tuple[AssignmentDraft, ...] = field(metadata=display("Uppdrag"))
    motions: tuple[MotionDraft, ...] = field(metadata=display("Yrkande"))
    ballots: tuple[BallotDraft, ...] = field(metadata=display("Omröstning"))
    dissents: tuple[DissentDraft, ...] = field(metadata=display("Reservation eller yttrande"))


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a draft's classes.

    `kind` is the type of its value, or of each value where it holds `many`; `item` is that type if it has fields of its
    own. `read` reads one value, and `display` is what `display()` gave.
    """

    name: str
    kind: Any
    optional: bool
    many: bool
    item: type | None
    read: Callable[[Field, Any], Any]
    display: Mapping[str, Any]

    @property
    def words(self) -> Mapping[Any, str]:
        """The words for the values that it chooses among."""
        choices = self.kind.choices() if isinstance(self.kind, EnumType) and issubclass(self.kind, Word) else ()
        return self.display["words"] or dict(choices)


@cache
def fields_of(item: Any) -> tuple[Field, ...]:
    """Describe the fields of one of a draft's classes, in reading order."""
    hints = get_type_hints(item, include_extras=True)
    return tuple(_field(one.name, hints[one.name], one.metadata) for one in fields(item))


def _field(name: str, hint: Any, metadata: Mapping[str, Any]) -> Field:
    optional, many = get_origin(hint) in (Union, UnionType), get_origin(hint) is tuple
    kind = get_args(hint)[0] if optional or many else hint
    item: Any = kind if is_dataclass(kind) else None
    return Field(name, kind, optional, many, item, _READERS.get(kind, _read_text), metadata)


def shape(item: type = Draft, above: tuple[type, ...] = ()) -> list[dict[str, Any]]:
    """Describe a draft's fields to the page's scripts, as JSON.

    A list has `item`, what a new item holds, and `fields`, those of its items; None where they are those of the list
    around it.
    """
    return [_shape(one, (*above, item)) for one in fields_of(item)]


def _shape(one: Field, above: tuple[type, ...]) -> dict[str, Any]:
    described = {name: one.display[name] for name in ("label", "per_line", "strong", "singular")}
    described["type"] = {Html: "html", Presence: "presence"}.get(one.kind)
    described["words"] = {json.dumps(value).strip('"'): word for value, word in one.words.items()}
    described = {"name": one.name} | {name: value for name, value in described.items() if value}
    if one.many:
        described["item"] = _initial(replace(one, many=False))
    if one.item:
        described["fields"] = None if one.item in above else shape(one.item, above)
    return described


def _initial(one: Field) -> Any:
    """Give what a field holds in a new item, as JSON: nothing, or the first of its choices."""
    if one.many:
        return one.display["initial"] or []
    if one.item:
        return {inner.name: _initial(inner) for inner in fields_of(one.item)}
    if one.optional or one.kind == Presence:
        return None
    return next(iter(one.kind)).value if isinstance(one.kind, EnumType) else {bool: False, Count: 0}.get(one.kind, "")


def parse_sent(value: Any) -> Draft:
    """Read what the page sent.

    Raises:
        Refused: when it is not a draft, or its tables have too many cells; nothing of it has been kept.
    """
    try:
        refuse_cells(_string(section.get("html") or "") for section in _list(value.get("sections")))
    except (TypeError, ValueError, AttributeError) as error:
        raise Refused(Refusal.UNREADABLE) from error
    return parse(value)


def parse(value: Any) -> Draft:
    """Read a draft that was kept, or one whose size is known.

    Raises:
        Refused: when it is not a draft; nothing of it has been kept.
    """
    try:
        draft: Draft = _read_item(Draft, value, ())
        return replace(draft, ballots=tuple(map(_counted, draft.ballots)))
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Refused(Refusal.UNREADABLE) from error


def _read_item(item: Any, value: Mapping[str, Any], above: tuple[type, ...]) -> Any:
    if above.count(item) == DEEPEST:
        raise ValueError("the alternatives are nested too deep")
    values = {}
    for one in fields_of(item):
        given = value.get(one.name)
        values[one.name] = _read_list(one, given, (*above, item)) if one.many else one.read(one, given)
    return item(**values)


def _read_list(one: Field, value: Any, above: tuple[type, ...]) -> tuple[Any, ...]:
    parts = _list(value)
    if one.item:
        return tuple([_read_item(one.item, part, above) for part in parts])
    if None in parts:
        raise TypeError(f"{one.name}: null in a list")
    return tuple(part for part in [one.read(one, part) for part in parts] if part != "")


def _read_flag(one: Field, value: Any) -> bool | None:
    return value if isinstance(value, bool) else None if one.optional else False


def _read_number(one: Field, value: Any) -> int | None:
    if one.optional and value in (None, "", False):
        return None
    found = whole(value)
    if found is None:
        raise ValueError(f"{one.name}: {value!r} is no whole number that fits")
    return found


def _read_count(one: Field, value: Any) -> int:
    found = _read_number(one, 0 if value in (None, "") else value)
    if found is None or found > MOST_VOTES:
        raise ValueError(f"{one.name}: {found} votes are more than a room holds")
    return found


def _read_html(_: Field, value: Any) -> str:
    return to_html(from_html(_string("" if value is None else value)))


def _read_text(one: Field, value: Any) -> Any:
    """Read a text, or what is written as one: a day, a choice."""
    text = _string("" if value is None else value).replace("\r\n", "\n").strip()
    if not text and (one.optional or one.display["default"]):
        return one.display["default"]
    return text if one.kind is str else date.fromisoformat(text) if one.kind is date else one.kind(text)


_READERS: Mapping[Any, Callable[[Field, Any], Any]] = {
    bool: _read_flag,
    int: _read_number,
    Presence: _read_number,
    Count: _read_count,
    Html: _read_html,
}


def _counted(ballot: BallotDraft) -> BallotDraft:
    """Count the votes of an open ballot, in which each votes once: as they said last. A secret one has none."""
    votes = tuple({vote.presence: vote for vote in ballot.votes}.values()) if ballot.method is BallotMethod.OPEN else ()
    counted: dict[str, Any] = {choice.value: sum(vote.choice is choice for vote in votes) for choice in Choice}
    return replace(ballot, votes=votes, **(counted if votes else {}))


def _list(value: Any) -> list[Any]:
    parts = [] if value is None else value
    if not isinstance(parts, list) or len(parts) > MOST:
        raise ValueError(f"{parts!r} is no list of at most {MOST}")
    return parts


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def to_json(draft: Draft) -> dict[str, Any]:
    """Write the draft as the page and the versions hold it."""
    return asdict(draft, dict_factory=_plain)


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in pairs}


def _plain_value(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Word():
            return value.value
        case tuple():
            return list(value)  # As it is read back, so that the two compare.
        case _:
            return value


def remarks(draft: Draft, meeting_day: date) -> list[str]:
    """Say what becomes of the draft's text on paper, where that is not as it was written, and which days are odd."""
    texts = said(from_html(section.html) for section in draft.sections)
    return [*texts, *odd_dues((duty.due for duty in draft.assignments), meeting_day)]


def odd_dues(dues: Iterable[date | None], meeting_day: date) -> list[str]:
    """Say which days to report on a duty cannot be, lie before the meeting that gives it, or are far off.

    Kontroll says the same before the protocol is sealed (`protocols/checks.py`).
    """
    return [
        sentence
        for number, due in enumerate(dues, 1)
        if due is not None and (sentence := _odd_due(f"Uppdrag {number}", due, meeting_day))
    ]


def _odd_due(which: str, due: date, meeting_day: date) -> str:
    sentence = impossible("assignment.due", due, meeting_day)
    if sentence:
        return f"{which}: {sentence}"
    if due < meeting_day:
        return f"{which} ska återrapporteras {long_date(due)}, före mötet. Stämmer dagen?"
    far = doubtful("assignment.due", due, meeting_day)
    return f"{which} ska återrapporteras {long_date(due)}. Stämmer året?" if far else ""


def people_in(draft: Draft) -> set[int]:
    """List the presences that a draft names, so that a page can offer them even when they have left."""
    named = {person for motion in draft.motions for person in (motion.mover, *motion.supporters)}
    named |= {ballot.casting_vote_by for ballot in draft.ballots}
    named |= {vote.presence for ballot in draft.ballots for vote in ballot.votes}
    named |= {dissent.person for dissent in draft.dissents}
    return {person for person in named if person is not None}
