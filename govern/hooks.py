"""What a later slice adds to an earlier slice's deed, in the same transaction.

Data runs downstream: a planned meeting knows nothing of assignments, but those that are due are to stand on its agenda
when the page opens. The later slice says `@follows("meeting.planned")`; the earlier one tells, and asks nothing back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

Follower = TypeVar("Follower", bound=Callable[[Any, Any, datetime], object])
"""Given the row, who did it, and when; it leaves the commit to the one who told."""

_followers: defaultdict[str, list[Callable[[Any, Any, datetime], object]]] = defaultdict(list)


def follows(deed: str) -> Callable[[Follower], Follower]:
    """Register a function to run after a deed, within its transaction."""

    def register(follower: Follower) -> Follower:
        _followers[deed].append(follower)
        return follower

    return register


def tell(deed: str, row: Any, *, by: Any, at: datetime) -> None:
    """Let those who follow a deed do their part."""
    for follower in _followers[deed]:
        follower(row, by, at)
