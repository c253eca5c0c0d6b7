"""The demo's script: its dates fit every day, its sums add up, and nobody in it is real."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from govern.demo import script
from govern.demo.build import PLANNED_BEFORE
from govern.demo.dates import schedule, seat_days
from govern.demo.stage import AGE
from govern.demo.wording import Costs, to_html

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
NAME = re.compile(r"\b[A-ZÅÄÖ][a-zåäöé]+(?:-[A-ZÅÄÖ][a-zåäöé]+)? [A-ZÅÄÖ][a-zåäöé]+(?:-[A-ZÅÄÖ][a-zåäöé]+)?\b")


@pytest.mark.parametrize("start", [date(2026, 1, 1), date(2027, 2, 1), date(2028, 2, 29), date(2031, 12, 24)])
def test_meetings_keep_their_order_whatever_day_it_is(start: date) -> None:
    """On every day of a year: in order, one a day, on working days outside July and the holidays around New Year."""
    for offset in range(366):
        today = start + timedelta(days=offset)
        held = schedule(script.forums(), today)
        days = [day for day, _, _ in held]
        assert days == sorted(set(days)), today
        for day, _, meeting in held:
            assert (meeting.day < 0) == (day < today), (today, day)
            assert (meeting.day == 0) == (day == today), (today, day)
            if meeting.until in ("sealed", "signed"):
                assert day + timedelta(days=meeting.sealed_after) < today, (today, day)
            if meeting.day:
                assert day.weekday() < 5, (today, day)
            if abs(meeting.day) > 21:
                assert day.month != 7, (today, day)
                assert (day.month, day.day) not in {(1, 1), (1, 6), (12, 24), (12, 25), (12, 26), (5, 1), (6, 6)}


def seated(forum: script.Forum, today: date, day: date) -> set[str]:
    """Return who holds a seat of the forum on a day."""
    held = [(seat.name, *seat_days(seat, today)) for seat in forum.seat]
    return {name for name, first, last in held if (first or day) <= day <= (last or day)}


def names_in(meeting: script.Meeting) -> set[str]:
    """Return everybody who acts at a meeting in the script."""
    names = {meeting.adjuster, *meeting.absent, *meeting.remote, *meeting.serving, *meeting.serving.values()}
    for paragraph in meeting.paragraph:
        names |= {*paragraph.leaves, *paragraph.serves, *paragraph.serves.values(), *paragraph.disqualified}
        names |= {name for motion in paragraph.motion for name in (motion.mover, *motion.supporters)}
        names |= {name for ballot in paragraph.ballot for name in (*ballot.no, *ballot.abstain)}
        names |= {dissent.person for dissent in paragraph.dissent}
    return names - {""}


def test_whoever_acts_holds_a_seat_whatever_day_it_is() -> None:
    """Everybody who acts at a meeting has a seat then, on every day of four years."""
    for offset in range(4 * 366):
        today = date(2026, 1, 1) + timedelta(days=offset)
        for day, forum, meeting in schedule(script.forums(), today):
            assert day - timedelta(days=PLANNED_BEFORE) > today - timedelta(days=AGE), (today, day)
            assert names_in(meeting) <= seated(forum, today, day), (today, day)


def test_every_krona_is_paid_by_someone() -> None:
    """Costs are divided by population, and the shares add up to the total."""
    costs = Costs(script.collaboration().parties)
    for total in (1, 999, 4860000, 8940001):
        assert sum(costs.shares(total)) == total
    assert sorted(costs.shares(4860000), reverse=True)[0] == costs.shares(4860000)[0]


def test_plain_text_becomes_paragraphs_and_lists() -> None:
    """Blank lines separate paragraphs, dashes make a list, and HTML is escaped."""
    assert to_html("Ett & två\n\n- a\n- b") == "<p>Ett &amp; två</p><ul><li>a</li><li>b</li></ul>"


@pytest.mark.real
def test_nobody_is_real() -> None:
    """No name in the real documents occurs in the demo."""
    if not SEEDS.is_dir():
        pytest.skip("the seeds are not beside the project")
    seeds = "\n".join(path.read_text() for path in SEEDS.glob("*.txt"))
    named = set(NAME.findall(seeds))
    listed = set(re.findall(rf"^({NAME.pattern})(?= (?:KSO|KC|Opp|ers)\b|,? (?:sekreterare|ordförande))", seeds, re.M))
    assert len(listed) > 20
    cast = {sign_in.name for sign_in in script.DEMO_SIGN_INS}
    cast |= {seat.name for forum in script.forums() for seat in forum.seat if seat.name}
    assert len(cast) > 25
    assert not cast & named
    text = "\n".join(path.read_text() for path in sorted(script.CONTENT.rglob("*.toml")))
    assert not [name for name in listed if name in text]
