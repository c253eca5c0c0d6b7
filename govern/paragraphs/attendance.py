"""Who was present and took part at each paragraph, computed from the initial presence list and later changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
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


def from_start(presences: Sequence[Presence]) -> Standings:
    """Return everyone's standing before the first paragraph, by presence id."""
    listed = {p.id: Standing(p.present, p.serving_for_id if p.present else None) for p in presences}
    return _one_to_a_seat(presences, listed, (), ())


def by_paragraph(presences: Sequence[Presence], paragraphs: Sequence[Paragraph]) -> list[Standings]:
    """Return everyone's standing at each paragraph; both lists are the meeting's, paragraphs from the first by number.

    A substitute stops serving at the paragraph from which the member takes part again, or another substitute serves
    for the same member, so that those who decide are never more than the seats (KL 4:25: one vote each).
    """
    now = from_start(presences)
    result = []
    for paragraph in paragraphs:
        changed = set()
        for change in paragraph.changes:
            if change.presence_id in now:
                now[change.presence_id] = _after(now[change.presence_id], change.change, change.serving_for_id)
                changed.add(change.presence_id)
        disqualified = {d.presence_id for d in paragraph.disqualifications}
        now = _one_to_a_seat(presences, now, changed, disqualified)
        result.append(
            {
                presence_id: replace(standing, disqualified=presence_id in disqualified)
                for presence_id, standing in now.items()
            }
        )
    return result


def standing_after(presences: Sequence[Presence], paragraphs: Sequence[Paragraph]) -> Standings:
    """Return everyone's standing at the last of `paragraphs`, which are the meeting's from the first, by number."""
    return by_paragraph(presences, paragraphs)[-1] if paragraphs else from_start(presences)


def _one_to_a_seat(
    presences: Sequence[Presence], standings: Standings, changed: Collection[int], disqualified: Collection[int]
) -> Standings:
    """Let one person take each seat: the member who takes part, else the substitute who came last to serve for them."""
    empty = {p.id for p in presences if p.role.deciding}
    empty -= {p_id for p_id, standing in standings.items() if standing.present and p_id not in disqualified}
    after = dict(standings)
    for presence in sorted(presences, key=lambda p: p.id not in changed):
        served = standings[presence.id].serving_for_id
        if served is None:
            continue
        if served in empty and not presence.role.deciding:
            empty.remove(served)
        else:
            after[presence.id] = Standing(standings[presence.id].present)
    return after


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
        start_of = from_start(presences)
        return [Span(p, None, None, start_of[p.id].serving_for_id) for p in presences if p.present]
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
