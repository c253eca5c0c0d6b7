"""Two drafts compared word by word, heading by heading, as a reader would see them side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeVar

from govern import richtext
from govern.markup import from_html
from govern.paragraphs.drafting.draft import (
    AlternativeDraft,
    AssignmentDraft,
    BallotDraft,
    DecisionDraft,
    DissentDraft,
    Draft,
    MotionDraft,
    SectionDraft,
)
from govern.swedish import long_date

T = TypeVar("T")

Change = Literal["same", "ins", "del"]
# Words, white space and signs apart, so that a comma that comes or goes does not change the word beside it.
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stands in both versions, or only in the later (ins) or the earlier (del)."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading, compared; `changed` says whether anything differs."""

    heading: str
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether the two versions differ here."""
        return any(piece.change != "same" for piece in self.pieces)


def words(before: str, after: str) -> tuple[Piece, ...]:
    """Compare two texts word by word: what stays, what goes (del) and what comes (ins), in reading order."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    pieces: list[Piece] = []
    for i1, i2, j1, j2 in _edits(old, new):
        removed, added = "".join(old[i1:i2]), "".join(new[j1:j2])
        if removed == added:
            pieces.append(Piece("same", added))
        else:
            pieces += [Piece("del", removed)] if removed else []
            pieces += [Piece("ins", added)] if added else []
    return tuple(pieces)


def _edits(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Give the stretches that match or differ; a lone space between two changed words is changed with them."""
    joined: list[tuple[bool, int, int, int, int]] = []
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        lone_space = old[i1:i2] == [" "] and i2 < len(old) and bool(joined) and not joined[-1][0]
        same = tag == "equal" and not lone_space
        if joined and not same and not joined[-1][0]:
            _, first, _, begun, _ = joined.pop()
            joined.append((False, first, i2, begun, j2))
        else:
            joined.append((same, i1, i2, j1, j2))
    return [edit[1:] for edit in joined]


def compare(before: Draft, after: Draft, names: Mapping[int, str]) -> list[Part]:
    """Compare two drafts under the headings a reader knows; what is empty in both is left out.

    `names` are those of the presences, by id.
    """
    old, new = parts_of(before, names), parts_of(after, names)
    headings = [heading for heading, _ in new]
    for place, (heading, _) in enumerate(old):
        if heading not in headings:
            headings.insert(min(place, len(headings)), heading)
    earlier, later = dict(old), dict(new)
    pairs = [(heading, earlier.get(heading, ""), later.get(heading, "")) for heading in headings]
    return [Part(heading, words(one, other)) for heading, one, other in pairs if one or other]


def parts_of(draft: Draft, names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Say a draft as pairs of heading and readable text, in the order of the page."""
    parts = [
        ("Rubrik", draft.heading),
        ("Kod", draft.kind.label if draft.kind else ""),
        ("Diarienummer", draft.reference),
        ("Sekretess", draft.confidential or ""),
    ]
    parts += _numbered("Text", draft.sections, _section)
    parts += _numbered("Beslut", draft.decisions, _decision)
    parts += _numbered("Uppdrag", draft.assignments, _assignment)
    parts += _numbered("Yrkande", draft.motions, lambda motion: _motion(motion, names))
    parts += _numbered("Omröstning", draft.ballots, lambda ballot: _ballot(ballot, names))
    parts += _numbered("Reservation eller yttrande", draft.dissents, lambda dissent: _dissent(dissent, names))
    return parts


def _numbered(word: str, rows: Sequence[T], say: Callable[[T], str]) -> list[tuple[str, str]]:
    return [(word if place == 1 else f"{word} {place}", say(row)) for place, row in enumerate(rows, 1)]


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _section(section: SectionDraft) -> str:
    return _lines(section.heading, richtext.text_of(from_html(section.html)))


def _decision(decision: DecisionDraft) -> str:
    recipients = f"Skickas till: {', '.join(decision.recipients)}" if decision.recipients else ""
    clauses = [f"att {clause}" for clause in decision.clauses]
    return _lines(decision.lead, *clauses, f"Utgång: {decision.outcome.label}", recipients)


def _assignment(assignment: AssignmentDraft) -> str:
    return _lines(
        f"Ges till: {assignment.assignee}" if assignment.assignee else "",
        assignment.text,
        *_alternatives(assignment.alternatives, ()),
        assignment.addendum,
        f"Redovisas senast: {long_date(assignment.due)}" if assignment.due else "",
        f"Redovisas till: {assignment.report_to}" if assignment.report_to else "",
    )


def _alternatives(alternatives: Iterable[AlternativeDraft], above: tuple[str, ...]) -> Iterator[str]:
    for number, alternative in enumerate(alternatives, 1):
        label = (*above, (str, richtext.letter_of, richtext.roman_of)[len(above) % 3](number))
        yield f"{' '.join(label)} {alternative.text}"
        yield from _alternatives(alternative.alternatives, label)


def _motion(motion: MotionDraft, names: Mapping[int, str]) -> str:
    carried = {True: "Utfall: bifall", False: "Utfall: avslag", None: ""}[motion.carried]
    return _lines(
        f"Av: {_name(motion.mover, names)}" if motion.mover else "",
        f"Instämmer: {', '.join(_name(one, names) for one in motion.supporters)}" if motion.supporters else "",
        motion.text,
        f"Ordning: {motion.put_order}" if motion.put_order else "",
        "Återtaget" if motion.withdrawn else "",
        carried,
    )


def _ballot(ballot: BallotDraft, names: Mapping[int, str]) -> str:
    return _lines(
        ballot.method.label,
        ballot.question,
        f"Ja: {ballot.yes_means}" if ballot.yes_means else "",
        f"Nej: {ballot.no_means}" if ballot.no_means else "",
        f"{ballot.yes} ja, {ballot.no} nej, {ballot.abstain} avstår",
        *(f"{_name(vote.presence, names)}: {vote.choice.label.lower()}" for vote in ballot.votes),
        f"Utslagsröst av {_name(ballot.casting_vote_by, names)}" if ballot.casting_vote_by else "",
        "Avgjort genom lottning" if ballot.decided_by_lot else "",
    )


def _dissent(dissent: DissentDraft, names: Mapping[int, str]) -> str:
    return _lines(f"{dissent.kind.label} av {_name(dissent.person, names)}", dissent.text)


def _name(presence_id: int | None, names: Mapping[int, str]) -> str:
    return names.get(presence_id or 0, "någon som inte längre finns i närvarolistan")
