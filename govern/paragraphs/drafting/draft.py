"""A paragraph's whole content as one value: what the page sends, and what is saved, compared and versioned."""

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
from govern.swedish import bare_clause, long_date
from govern.words import Word

T = TypeVar("T")

DEEPEST = 4
"""The largest number of nested levels of alternatives; a deeper draft is refused."""
MOST = 1000
"""The largest number of items in one list of a draft."""
MOST_VOTES = 1_000_000


Html = Annotated[str, "html"]
"""Sanitised HTML, normalised by `markup.to_html`."""
Line = Annotated[str, "line"]
"""Text on one line."""
Clause = Annotated[str, "clause"]
"""A clause of a decision, without its leading number and `att`."""
Presence = Annotated[int, "presence"]
"""Someone at the meeting, by presence id."""
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
    """Describe how a field is shown as text, by the comparison of versions and by the page's scripts.

    Args:
        label: A format string, with the value at `{}` and other fields of the same item at `{name}`. None hides the
            field. For a field of `Draft` itself it is the heading.
        per_line: Show each of several values on a separate line.
        strong: Show the text in bold.
        singular: The name of one item of a list, if it is not the heading.
        words: The words for the values, if these have no labels.
        default: The value if none is sent.
        initial: The value in a new item, as JSON.
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
    heading: Line = field(metadata=display("{}", strong=True))
    html: Html = field(metadata=display("{}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDraft:
    """A decision: its clauses, without their leading `att`, and its recipients."""

    lead: Line = field(metadata=display("{}", strong=True))
    clauses: tuple[Clause, ...] = field(metadata=display("att {}", per_line=True, initial=[""]))
    outcome: Outcome = field(metadata=display("Utgång: {}", default=Outcome.OTHER))
    recipients: tuple[Line, ...] = field(metadata=display("Skickas till: {}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeDraft:
    """An alternative of an assignment, with its sub-alternatives."""

    text: str = field(metadata=display("{}"))
    alternatives: tuple[AlternativeDraft, ...] = field(metadata=display(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDraft:
    """An assignment (uppdrag)."""

    assignee: Line = field(metadata=display("Ges till: {}"))
    text: str = field(metadata=display("{}"))
    alternatives: tuple[AlternativeDraft, ...] = field(metadata=display(""))
    addendum: str = field(metadata=display("{}"))
    due: date | None = field(metadata=display("Redovisas senast: {}"))
    report_to: Line = field(metadata=display("Redovisas till: {}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionDraft:
    """A motion (yrkande)."""

    mover: Presence | None = field(metadata=display("Av: {}"))
    supporters: tuple[Presence, ...] = field(metadata=display("Instämmer: {}"))
    text: str = field(metadata=display("{}"))
    put_order: int | None = field(metadata=display("Ordning: {}"))
    withdrawn: bool = field(metadata=display("Återtaget"))
    carried: bool | None = field(metadata=display("Utfall: {}", words={True: "bifall", False: "avslag"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteDraft:
    """One person's vote in an open ballot."""

    presence: Presence = field(metadata=display("{}: {choice}"))
    choice: Choice = field(metadata=display(None, words={one: one.label.lower() for one in Choice}))


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotDraft:
    """A ballot; the counts of an open one are derived from its votes, if it has any."""

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
    """A reservation, opinion or note by someone present; `announced` means that it was announced in time (KL 4:27)."""

    kind: DissentKind = field(metadata=display("{} av {person}"))
    person: Presence = field(metadata=display(None))
    text: str = field(metadata=display("{}"))
    announced: bool = field(default=False, metadata=display(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A paragraph's content as typed. `reference` is a registry number (dnr), `confidential` the reason for secrecy."""

    heading: Line = field(metadata=display("Rubrik"))
    kind: ParagraphKind | None = field(metadata=display("Kod"))
    reference: Line = field(metadata=display("Diarienummer"))
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

    `kind` is the type of its value, or of each value if it holds `many`; `item` is that type if it is a dataclass.
    `read` parses one value, and `display` is the result of `display()`.
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
        """The words for its values, if it is a choice."""
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
    """Describe a draft's fields for the page's scripts, as JSON.

    A list has `item`, the content of a new item, and `fields`, the fields of its items: None if these are of the same
    class as an enclosing list's.
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
    """Return a field's value in a new item, as JSON: empty, or the first of its choices."""
    if one.many:
        return one.display["initial"] or []
    if one.item:
        return {inner.name: _initial(inner) for inner in fields_of(one.item)}
    if one.optional or one.kind == Presence:
        return None
    return next(iter(one.kind)).value if isinstance(one.kind, EnumType) else {bool: False, Count: 0}.get(one.kind, "")


def parse_sent(value: Any) -> Draft:
    """Parse the draft that the page sent.

    Raises:
        Refused: if it is not a draft, a number is none, or its tables have too many cells.
    """
    try:
        refuse_cells(_string(section.get("html") or "") for section in _list(value.get("sections")))
    except (TypeError, ValueError, AttributeError) as error:
        raise Refused(Refusal.UNREADABLE) from error
    return parse(value)


def parse(value: Any) -> Draft:
    """Parse a stored draft, or one whose size has been checked.

    Raises:
        Refused: if it is not a draft, or a number is none.
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
        return tuple([_read_part(one, place, part, above) for place, part in enumerate(parts)])
    if None in parts:
        raise TypeError(f"{one.name}: null in a list")
    return tuple(part for part in [one.read(one, part) for part in parts] if part != "")


def _read_part(one: Field, place: int, part: Any, above: tuple[type, ...]) -> Any:
    try:
        return _read_item(one.item, part, above)
    except Refused as error:
        raise Refused(error.sentence, f"{one.name}[{place}].{error.field}") from error


def _read_flag(one: Field, value: Any) -> bool | None:
    return value if isinstance(value, bool) else None if one.optional else False


def _read_number(one: Field, value: Any) -> int | None:
    if one.optional and value in (None, "", False):
        return None
    found = whole(value)
    if found is None and one.kind is int:
        raise Refused(Refusal.NO_WHOLE_NUMBER, one.name)
    if found is None:
        raise ValueError(f"{one.name}: {value!r} is no whole number that fits")
    return found


def _read_count(one: Field, value: Any) -> int:
    found = whole(0 if value in (None, "") else value)
    if found is None or found > MOST_VOTES:
        raise Refused(Refusal.NO_COUNT, one.name)
    return found


def _read_html(_: Field, value: Any) -> str:
    return to_html(from_html(_string("" if value is None else value)))


def _read_text(one: Field, value: Any) -> Any:
    """Parse a text, or a value that is written as text: a day or a choice."""
    text = _string("" if value is None else value).replace("\r\n", "\n").strip()
    if not text and (one.optional or one.display["default"]):
        return one.display["default"]
    return text if one.kind in (str, Line) else date.fromisoformat(text) if one.kind is date else one.kind(text)


def _read_line(one: Field, value: Any) -> Any:
    text = _read_text(one, value)
    return " ".join(filter(None, (line.strip() for line in text.splitlines()))) if isinstance(text, str) else text


def _read_clause(one: Field, value: Any) -> str:
    return bare_clause(_string("" if value is None else value).replace("\r\n", "\n"))


_READERS: Mapping[Any, Callable[[Field, Any], Any]] = {
    bool: _read_flag,
    int: _read_number,
    Presence: _read_number,
    Count: _read_count,
    Html: _read_html,
    Line: _read_line,
    Clause: _read_clause,
}


def _counted(ballot: BallotDraft) -> BallotDraft:
    """Derive an open ballot's counts from its votes, if any: each person's last one. Drop the votes of a secret one."""
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
    """Return the draft as JSON, as the page and the versions hold it."""
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
            return list(value)  # As JSON is read back, so that the two compare equal.
        case _:
            return value


def remarks(draft: Draft, meeting_day: date) -> list[str]:
    """Return remarks on text that will not be printed as it was written, and on due days that are implausible."""
    texts = said(from_html(section.html) for section in draft.sections)
    return [*texts, *odd_dues((duty.due for duty in draft.assignments), meeting_day)]


def odd_dues(dues: Iterable[date | None], meeting_day: date) -> list[str]:
    """Return a sentence for each due day that is impossible, before the meeting or doubtfully far ahead.

    The checks before sealing (`protocols/checks.py`) report the same.
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
    """Return the ids of the presences that a draft names, so that the page can offer them even if they have left."""
    named = {person for motion in draft.motions for person in (motion.mover, *motion.supporters)}
    named |= {ballot.casting_vote_by for ballot in draft.ballots}
    named |= {vote.presence for ballot in draft.ballots for vote in ballot.votes}
    named |= {dissent.person for dissent in draft.dissents}
    return {person for person in named if person is not None}
