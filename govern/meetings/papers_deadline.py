"""The deadline for papers, and which items were late or came after the summons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from govern.swedish import SWEDEN, local_day, long_date

if TYPE_CHECKING:
    from govern.cases.models import Attachment, Proposal
    from govern.meetings.models import AgendaItem, Meeting


def last_day(meeting: Meeting) -> date:
    """Return the last day for papers, the whole of which counts."""
    return meeting.day - timedelta(days=meeting.forum.paper_days)


def deadline(meeting: Meeting) -> datetime:
    """Return the instant from which a paper is late."""
    following = datetime.combine(last_day(meeting) + timedelta(days=1), time(), SWEDEN)
    return following.astimezone(UTC)


def past(meeting: Meeting, at: datetime) -> bool:
    """Return whether the deadline for papers has passed."""
    return at >= deadline(meeting)


def lateness(item: AgendaItem, sees: Callable[[Attachment | Proposal], bool] = lambda _: True) -> str:
    """Return in Swedish that an item or one of its papers came late, and after what; empty if none did.

    Standing items are never late themselves. Papers that the reader does not see are ignored.
    """
    meeting = item.meeting
    if item.added_at is not None and (after := _after(meeting, item.added_at)):
        return f"Sent ärende, tillagt {long_date(local_day(item.added_at))} {after}"
    papers = [paper.added_at for paper in item.papers if sees(paper)]
    if item.proposal is not None and item.proposal.ready_at is not None and sees(item.proposal):
        papers.append(item.proposal.ready_at)
    came = max(papers, default=None)
    if came is not None and (after := _after(meeting, came)):
        return f"Sen handling, inkommen {long_date(local_day(came))} {after}"
    return ""


def _after(meeting: Meeting, came: datetime) -> str:
    if meeting.called_at is not None and came > meeting.called_at:
        return "efter kallelsen"
    if came >= deadline(meeting):
        return f"efter sista dagen {long_date(last_day(meeting))}"
    return ""
