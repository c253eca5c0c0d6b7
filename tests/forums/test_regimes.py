"""What each regime demands, as a table; the sources are in `govern/regimes.py`."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from govern.forums.rules import Refusal, adjust_by, refuse_adjust_days
from govern.forums.states import Regime

ASKED = [
    # regime, adjusted within (days), adjusters, quorum, lots, minority, posts, every board
    (Regime.KL_ASSEMBLY, 14, 0, True, True, True, True, False),
    (Regime.KL_BOARD, 14, 0, True, True, False, True, False),
    (Regime.JOINT_BOARD, 14, 0, True, True, False, True, True),
    (Regime.ASSOCIATION, None, 1, False, False, False, False, False),
    (Regime.AGREEMENT, None, 0, False, False, False, False, False),
]


@pytest.mark.parametrize(("regime", "within", "adjusters", "quorum", "lots", "minority", "posts", "boards"), ASKED)
def test_what_a_regime_asks(
    regime: Regime,
    within: int | None,
    adjusters: int,
    quorum: bool,
    lots: bool,
    minority: bool,
    posts: bool,
    boards: bool,
) -> None:
    """KL 5:45, 5:50, 5:56, 5:69, 6:27, 6:35, 8:12, 9:32; lag 2018:672 7:24."""
    asked = regime.demands
    assert asked.adjust_within == within
    assert asked.adjusters == adjusters
    assert (asked.quorum, asked.lots, asked.minority) == (quorum, lots, minority)
    assert (asked.posts, asked.every_board, bool(asked.appeal)) == (posts, boards, posts)
    assert bool(asked.unposted) is not posts
    assert asked.sentences()
    assert not [sentence for sentence in asked.sentences() if " kap." in sentence or " §" in sentence]


def test_every_regime_is_in_the_table() -> None:
    """A new regime must be added to it."""
    assert [row[0] for row in ASKED] == list(Regime)


@pytest.mark.parametrize(
    ("regime", "own", "days"),
    [
        (Regime.KL_BOARD, 13, 13),
        (Regime.KL_BOARD, 14, 14),
        (Regime.KL_BOARD, 15, 14),
        (Regime.AGREEMENT, 15, 15),
        (Regime.ASSOCIATION, 21, 21),
    ],
)
def test_the_law_bounds_the_forums_own_days(regime: Regime, own: int, days: int) -> None:
    """A forum may be stricter than kommunallagen, never more lenient."""
    assert adjust_by(regime, own, date(2026, 3, 2)) == date(2026, 3, 2) + timedelta(days=days)
    assert refuse_adjust_days(regime, own) is (None if own == days else Refusal.ADJUSTED_LATE)
