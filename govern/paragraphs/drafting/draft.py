"""A paragraph's whole content as one value: what the page sends, what is saved, compared and kept as a version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDraft:
    """A section's kind, heading and text; `html` is clean and in the one spelling of `markup.to_html`."""

    kind: SectionKind
    heading: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionDraft:
    """What was moved. People are named by the ids of their presences."""

    text: str
    mover: int | None
    supporters: tuple[int, ...]
    put_order: int | None
    withdrawn: bool
    carried: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteDraft:
    """One open vote."""

    presence: int
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotDraft:
    """A vote taken; the counts of an open one come from its votes."""

    method: BallotMethod
    question: str
    yes_means: str
    no_means: str
    yes: int
    no: int
    abstain: int
    votes: tuple[VoteDraft, ...]
    casting_vote_by: int | None
    decided_by_lot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDraft:
    """A decision's clauses, without their leading `att`, and to whom it goes."""

    outcome: Outcome
    lead: str
    clauses: tuple[str, ...]
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DissentDraft:
    """A reservation, opinion or note by someone present; `announced` says that the room heard of it in time."""

    kind: DissentKind
    person: int
    text: str
    announced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeDraft:
    """An alternative, with those beneath it."""

    text: str
    alternatives: tuple[AlternativeDraft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDraft:
    """A duty given."""

    text: str
    assignee: str
    due: date | None
    report_to: str
    alternatives: tuple[AlternativeDraft, ...]
    addendum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The whole of a paragraph as it is typed. `reference` is a registry number, `confidential` a reason."""

    heading: str
    kind: ParagraphKind | None
    reference: str
    confidential: str | None
    sections: tuple[SectionDraft, ...]
    motions: tuple[MotionDraft, ...]
    ballots: tuple[BallotDraft, ...]
    decisions: tuple[DecisionDraft, ...]
    dissents: tuple[DissentDraft, ...]
    assignments: tuple[AssignmentDraft, ...]


def parse_sent(value: Any) -> Draft:
    """Read what the page sent.

    Raises:
        Refused: when it is not a draft, or its tables have too many cells; nothing of it has been kept.
    """
    try:
        refuse_cells(_string(_given(section, "html", "")) for section in _list(value, "sections"))
    except (TypeError, ValueError, AttributeError) as error:
        raise Refused(Refusal.UNREADABLE) from error
    return parse(value)


def parse(value: Any) -> Draft:
    """Read a draft that was kept, or one whose size is known.

    Raises:
        Refused: when it is not a draft; nothing of it has been kept.
    """
    try:
        return Draft(
            heading=_text(value, "heading"),
            kind=ParagraphKind(value["kind"]) if _text(value, "kind") else None,
            reference=_text(value, "reference"),
            confidential=_text(value, "confidential") or None,
            sections=_all(value, "sections", _section),
            motions=_all(value, "motions", _motion),
            ballots=_all(value, "ballots", _ballot),
            decisions=_all(value, "decisions", _decision),
            dissents=_all(value, "dissents", _dissent),
            assignments=_all(value, "assignments", _assignment),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Refused(Refusal.UNREADABLE) from error


def _section(value: Mapping[str, Any]) -> SectionDraft:
    return SectionDraft(
        kind=SectionKind(_text(value, "kind") or "text"),
        heading=_text(value, "heading"),
        html=to_html(from_html(_string(_given(value, "html", "")))),
    )


def _motion(value: Mapping[str, Any]) -> MotionDraft:
    return MotionDraft(
        text=_text(value, "text"),
        mover=_id(value.get("mover")),
        supporters=tuple(_whole(person) for person in _list(value, "supporters")),
        put_order=_id(value.get("put_order")),
        withdrawn=value.get("withdrawn") is True,
        carried=value.get("carried") if value.get("carried") in (True, False) else None,
    )


def _ballot(value: Mapping[str, Any]) -> BallotDraft:
    method = BallotMethod(value["method"])
    votes = _all(value, "votes", _vote) if method is BallotMethod.OPEN else ()
    votes = tuple({vote.presence: vote for vote in votes}.values())  # Each votes once: as they said last.
    counts = {choice: sum(vote.choice is choice for vote in votes) for choice in Choice}
    if method is BallotMethod.SECRET or not votes:
        counts = {choice: _count(value.get(choice.value)) for choice in Choice}
    return BallotDraft(
        method=method,
        question=_text(value, "question"),
        yes_means=_text(value, "yes_means"),
        no_means=_text(value, "no_means"),
        yes=counts[Choice.YES],
        no=counts[Choice.NO],
        abstain=counts[Choice.ABSTAIN],
        votes=votes,
        casting_vote_by=_id(value.get("casting_vote_by")),
        decided_by_lot=value.get("decided_by_lot") is True,
    )


def _vote(value: Mapping[str, Any]) -> VoteDraft:
    return VoteDraft(presence=_whole(value["presence"]), choice=Choice(value["choice"]))


def _decision(value: Mapping[str, Any]) -> DecisionDraft:
    return DecisionDraft(
        outcome=Outcome(_text(value, "outcome") or "other"),
        lead=_text(value, "lead"),
        clauses=_texts(value, "clauses"),
        recipients=_texts(value, "recipients"),
    )


def _dissent(value: Mapping[str, Any]) -> DissentDraft:
    return DissentDraft(
        kind=DissentKind(value["kind"]),
        person=_whole(value["person"]),
        text=_text(value, "text"),
        announced=value.get("announced") is True,
    )


def _assignment(value: Mapping[str, Any]) -> AssignmentDraft:
    return AssignmentDraft(
        text=_text(value, "text"),
        assignee=_text(value, "assignee"),
        due=date.fromisoformat(_text(value, "due")) if _text(value, "due") else None,
        report_to=_text(value, "report_to"),
        alternatives=_alternatives(value, DEEPEST),
        addendum=_text(value, "addendum"),
    )


def _alternatives(value: Mapping[str, Any], deepest: int) -> tuple[AlternativeDraft, ...]:
    def read(part: Mapping[str, Any]) -> AlternativeDraft:
        return AlternativeDraft(text=_text(part, "text"), alternatives=_alternatives(part, deepest - 1))

    if deepest == 0 and _given(value, "alternatives", []):
        raise ValueError("the alternatives are nested too deep")
    return _all(value, "alternatives", read)


def _given(value: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    found = value.get(name)
    return otherwise if found is None else found


def _list(value: Mapping[str, Any], name: str) -> list[Any]:
    parts = _given(value, name, [])
    if not isinstance(parts, list) or len(parts) > MOST:
        raise ValueError(f"{name} is no list of at most {MOST}")
    return parts


def _all(value: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    return tuple(read(part) for part in _list(value, name))


def _texts(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = (_string(text).strip() for text in _list(value, name))
    return tuple(text for text in texts if text)


def _text(value: Mapping[str, Any], name: str) -> str:
    return _string(_given(value, name, "")).replace("\r\n", "\n").strip()


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _id(value: Any) -> int | None:
    return _whole(value) if value not in (None, "", False) else None


def _whole(value: Any) -> int:
    found = whole(value)
    if found is None:
        raise ValueError(f"{value!r} is no whole number that fits")
    return found


def _count(value: Any) -> int:
    found = _whole(0 if value in (None, "") else value)
    if found > MOST_VOTES:
        raise ValueError(f"{found} votes are more than a room holds")
    return found


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
