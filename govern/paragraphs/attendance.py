"""Who was present and took part at each paragraph, computed from the initial presence list and later changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from govern.forums.states import SeatRole
from govern.paragraphs.states import Change

if TYPE_CHECKING:
    from govern.meetings.models import Presence
    from govern.paragraphs.models import Paragraph


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's standing at one paragraph: present or not, serving for whom, disqualified or not."""

    present: bool
    serving_for_id: int | None = None
    disqualified: bool = False

    def takes_part(self, presence: Presence) -> bool:
        """Return whether they take part in the decision: present, not disqualified (KL 6:30), a member or serving."""
        entitled = presence.role.deciding or self.serving_for_id is not None
        return self.present and not self.disqualified and entitled


@dataclass(frozen=True, slots=True)
class Span:
    """One unbroken stretch of presence, by paragraph numbers; None if it reaches the meeting's start or end."""

    presence: Presence
    first: int | None
    last: int | None
    serving_for_id: int | None


Standings = dict[int, Standing]


def from_start(presences: Iterable[Presence]) -> Standings:
    """Return everyone's standing before the first paragraph, by presence id."""
    return {p.id: Standing(p.present, p.serving_for_id if p.present else None) for p in presences}


def by_paragraph(presences: Sequence[Presence], paragraphs: Sequence[Paragraph]) -> list[Standings]:
    """Return these people's standings at each paragraph; `paragraphs` are the meeting's from the first, by number."""
    now = from_start(presences)
    result = []
    for paragraph in paragraphs:
        for change in paragraph.changes:
            if change.presence_id in now:
                now[change.presence_id] = _after(now[change.presence_id], change.change, change.serving_for_id)
        disqualified = {d.presence_id for d in paragraph.disqualifications}
        result.append(
            {
                presence_id: Standing(standing.present, standing.serving_for_id, presence_id in disqualified)
                for presence_id, standing in now.items()
            }
        )
    return result


def standing_after(presences: Sequence[Presence], paragraphs: Sequence[Paragraph]) -> Standings:
    """Return everyone's standing at the last of `paragraphs`, which are the meeting's from the first, by number."""
    now = from_start(presences)
    for paragraph in paragraphs:
        for change in paragraph.changes:
            now[change.presence_id] = _after(now[change.presence_id], change.change, change.serving_for_id)
    for row in paragraphs[-1].disqualifications if paragraphs else ():
        standing = now[row.presence_id]
        now[row.presence_id] = Standing(standing.present, standing.serving_for_id, disqualified=True)
    return now


def presiding(
    presences: Sequence[Presence], paragraphs: Sequence[Paragraph], chair_id: int | None
) -> list[Presence | None]:
    """Return who presided at each paragraph, in the given order; `chair_id` is the person who chairs the meeting.

    The first of these who is present and not disqualified: the person last chosen to preside, at that paragraph or an
    earlier one; the meeting's chair; the vice chairs, in list order. None if none of them is.
    """
    chair = next((p for p in presences if p.person_id is not None and p.person_id == chair_id), None)
    vices = [p for p in presences if p.role is SeatRole.VICE_CHAIR and p is not chair]
    by_id = {p.id: p for p in presences}
    chosen: Presence | None = None
    result = []
    for paragraph, standings in zip(paragraphs, by_paragraph(presences, paragraphs), strict=True):
        if paragraph.presiding is not None:
            chosen = by_id[paragraph.presiding.presence_id]
        line = [p for p in (chosen, chair, *vices) if p is not None]
        able = (p for p in line if standings[p.id].present and not standings[p.id].disqualified)
        result.append(next(able, None))
    return result


def presides_at(paragraph: Paragraph) -> Presence | None:
    """Return who presided at one paragraph, as `presiding` does."""
    meeting, all_ = paragraph.meeting, paragraph.of_meeting
    return dict(zip([p.id for p in all_], presiding(meeting.presences, all_, meeting.chair_id), strict=True)).get(
        paragraph.id
    )


def _after(before: Standing, change: Change, serving_for_id: int | None) -> Standing:
    match change:
        case Change.ARRIVES:
            return Standing(True)
        case Change.LEAVES:
            return Standing(False)
        case Change.SERVES:
            return Standing(True, serving_for_id)
        case Change.STEPS_BACK:
            return Standing(before.present)


def spans(presences: Sequence[Presence], paragraphs: Sequence[Paragraph]) -> list[Span]:
    """Return everyone's presence as the fewest possible stretches of paragraph numbers."""
    if not paragraphs:
        return [Span(p, None, None, p.serving_for_id) for p in presences if p.present]
    standings = by_paragraph(presences, paragraphs)
    numbers = [paragraph.number for paragraph in paragraphs]
    result = []
    for presence in presences:
        start = 0
        for index in range(1, len(numbers) + 1):
            here = standings[start][presence.id]
            if index < len(numbers) and _same(standings[index][presence.id], here):
                continue
            if here.present:
                first = None if start == 0 else numbers[start]
                last = None if index == len(numbers) else numbers[index - 1]
                result.append(Span(presence, first, last, here.serving_for_id))
            start = index
    return result


def _same(one: Standing, other: Standing) -> bool:
    return (one.present, one.serving_for_id) == (other.present, other.serving_for_id)


def count_taking_part(presences: Sequence[Presence], standings: Standings) -> tuple[int, int]:
    """Return the number of people who take part and of deciding seats; a quorum is more than half (KL 5:45, 6:27)."""
    taking_part = sum(standings[p.id].takes_part(p) for p in presences)
    return taking_part, sum(p.role.deciding for p in presences)
