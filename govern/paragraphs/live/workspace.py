"""What the meeting's page shows beside the text: who is present, what is decided so far, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from govern.db import db
from govern.meetings.models import AgendaItem, Meeting, Presence
from govern.paragraphs import attendance
from govern.paragraphs.attendance import Span, Standing, Standings
from govern.paragraphs.models import Assignment, Decision, DecisionClause, Paragraph
from govern.paragraphs.queries import with_movements
from govern.paragraphs.states import Change, Outcome
from govern.swedish import paragraph_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Attending:
    """Someone at the meeting, with their standing at one paragraph and what may be recorded about them there."""

    presence: Presence
    standing: Standing
    serving_for: Presence | None
    stretches: tuple[str, ...]
    changed: bool
    disqualified_for: str | None

    @property
    def moves(self) -> tuple[Change, ...]:
        """The changes that can be recorded for them here, most likely first."""
        if self.disqualified_for is not None:
            return ()
        if not self.standing.present:
            return (Change.ARRIVES,)
        return (Change.LEAVES, Change.STEPS_BACK) if self.serving_for else (Change.LEAVES,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Everyone's presence at one paragraph. `served` are those for whom a substitute may serve."""

    attending: tuple[Attending, ...]
    served: tuple[Presence, ...]
    taking_part: int
    seats: int

    @property
    def quorate(self) -> bool:
        """Whether more than half of the deciding seats take part (KL 5:45, 6:27; as in the agreements seen so far)."""
        return self.taking_part * 2 > self.seats

    @property
    def inside(self) -> list[Attending]:
        """Those present, including the disqualified, who return after the paragraph."""
        return [a for a in self.attending if a.standing.present]

    @property
    def outside(self) -> list[Attending]:
        """Those who are absent."""
        return [a for a in self.attending if not a.standing.present]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision in the overview of the meeting."""

    outcome: Outcome
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An assignment in the overview of the meeting."""

    text: str
    assignee: str
    due: date | None


@dataclass(slots=True)
class Outcomes:
    """The decisions and assignments of one paragraph."""

    decisions: list[Decided] = field(default_factory=list)
    assignments: list[Given] = field(default_factory=list)


def room_at(paragraph: Paragraph) -> Room:
    """Return everyone's presence at a paragraph."""
    presences = paragraph.meeting.presences
    paragraphs = with_movements(paragraph.meeting)
    here = [other.id for other in paragraphs].index(paragraph.id)
    standings = attendance.standing_after(presences, paragraphs[: here + 1])
    by_id = {presence.id: presence for presence in presences}
    stretches = _stretches(presences, paragraphs)
    changed = {change.presence_id for change in paragraph.changes}
    reasons = {row.presence_id: row.reason for row in paragraph.disqualifications}
    taking_part, seats = attendance.count_taking_part(presences, standings)
    return Room(
        attending=tuple(
            Attending(
                presence=p,
                standing=standings[p.id],
                serving_for=by_id.get(standings[p.id].serving_for_id or 0),
                stretches=tuple(stretches.get(p.id, ())),
                changed=p.id in changed or p.id in reasons,
                disqualified_for=reasons.get(p.id),
            )
            for p in presences
        ),
        served=tuple(_replaceable(presences, standings)),
        taking_part=taking_part,
        seats=seats,
    )


def _replaceable(presences: Iterable[Presence], standings: Standings) -> Iterable[Presence]:
    """Yield those with a deciding seat who do not take part and for whom nobody serves yet (KL 5:66, 6:35)."""
    replaced = {s.serving_for_id for s in standings.values()}
    for p in presences:
        if p.role.deciding and p.id not in replaced and not standings[p.id].takes_part(p):
            yield p


def _stretches(presences: Sequence[Presence], paragraphs: Sequence[Paragraph]) -> dict[int, list[str]]:
    """Return the ranges of paragraphs at which each was present, by presence id, for those whose presence changes."""
    moved = {change.presence_id for paragraph in paragraphs for change in paragraph.changes}
    ranges: dict[int, list[str]] = {}
    for span in attendance.spans(presences, paragraphs):
        if span.presence.id in moved or span.first is not None or span.last is not None:
            ranges.setdefault(span.presence.id, []).append(_range(span, paragraphs))
    return ranges


def _range(span: Span, paragraphs: Sequence[Paragraph]) -> str:
    first = span.first if span.first is not None else paragraphs[0].number
    if span.last is None:
        return f"från § {first}"
    return paragraph_range(first, span.last)


def outcomes_of(meeting: Meeting) -> dict[int, Outcomes]:
    """Return the decisions and assignments of each paragraph, by its id, in two statements."""
    found: dict[int, Outcomes] = {}
    of_meeting = select(Paragraph.id).where(Paragraph.meeting_id == meeting.id)
    clauses = (
        select(Decision.paragraph_id, Decision.id, Decision.outcome, DecisionClause.text)
        .outerjoin(DecisionClause, DecisionClause.decision_id == Decision.id)
        .where(Decision.paragraph_id.in_(of_meeting))
        .order_by(Decision.paragraph_id, Decision.position, DecisionClause.position)
    )
    decisions: dict[int, tuple[int, Outcome, list[str]]] = {}
    for paragraph_id, decision_id, outcome, text in db.session.execute(clauses):
        texts = decisions.setdefault(decision_id, (paragraph_id, outcome, []))[2]
        if text is not None:
            texts.append(text)
    for paragraph_id, outcome, texts in decisions.values():
        decided = Decided(outcome=outcome, clauses=tuple(texts))
        found.setdefault(paragraph_id, Outcomes()).decisions.append(decided)
    duties = (
        select(Assignment.paragraph_id, Assignment.text, Assignment.assignee, Assignment.due)
        .where(Assignment.paragraph_id.in_(of_meeting))
        .order_by(Assignment.paragraph_id, Assignment.position)
    )
    for paragraph_id, text, assignee, due in db.session.execute(duties):
        given = Given(text=text, assignee=assignee, due=due)
        found.setdefault(paragraph_id, Outcomes()).assignments.append(given)
    return found


def not_opened(meeting: Meeting, paragraphs: Iterable[Paragraph]) -> list[AgendaItem]:
    """List the agenda items that have no paragraph yet, in order, including the withdrawn ones."""
    opened = {paragraph.agenda_item_id for paragraph in paragraphs}
    return [item for item in meeting.agenda if item.id not in opened]
