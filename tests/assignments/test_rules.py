"""The state of an assignment on a day, and what may be done with it; no database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from govern.assignments import rules
from govern.assignments.models import Duty
from govern.assignments.rules import Refusal
from govern.assignments.states import AssignmentState
from govern.paragraphs.models import Assignment
from tests.plain import Row

DUE = date(2024, 6, 3)


def duty(due: date | None = DUE, *, reports: int = 0, closed: bool = False, sealed: bool = True) -> Any:
    """Return an assignment with this many reports."""
    meeting = Row(sealed_at="2024-04-25" if sealed else None)
    assignment = Row(due=due, paragraph=Row(meeting=meeting), overdue=Assignment(due=due).overdue)
    return Row(assignment=assignment, reports=[Row()] * reports, closing=Row() if closed else None)


STATES = {
    "the day before": (duty(), date(2024, 6, 2), AssignmentState.OPEN),
    "on its day": (duty(), DUE, AssignmentState.OPEN),
    "the day after": (duty(), date(2024, 6, 4), AssignmentState.LATE),
    "without a day": (duty(None), date(2099, 1, 1), AssignmentState.OPEN),
    "reported": (duty(reports=1), date(2024, 6, 2), AssignmentState.REPORTED),
    "reported, and past its day": (duty(reports=1), date(2024, 6, 4), AssignmentState.REPORTED),
    "closed": (duty(closed=True), date(2024, 6, 4), AssignmentState.CLOSED),
    "reported and closed": (duty(reports=2, closed=True), DUE, AssignmentState.CLOSED),
}


@pytest.mark.parametrize(("given", "today", "state"), STATES.values(), ids=STATES)
def test_how_a_duty_stands(given: Any, today: date, state: AssignmentState) -> None:
    assert rules.state_of(given, today=today) is state


@pytest.mark.parametrize(
    ("given", "text", "refusal"),
    [
        (duty(), "Klart.", None),
        (duty(), " ", Refusal.NO_TEXT),
        (duty(closed=True), "Klart.", Refusal.CLOSED),
        (duty(sealed=False), "Klart.", None),
    ],
)
def test_reporting(given: Any, text: str, refusal: Refusal | None) -> None:
    assert rules.refuse_report(given, text) is refusal


@pytest.mark.parametrize(
    ("given", "hears", "refusal"),
    [
        (duty(), True, None),
        (duty(), False, Refusal.ANOTHER_HEARS),
        (duty(reports=1), True, None),
        (duty(closed=True), True, Refusal.CLOSED),
        (duty(closed=True), False, Refusal.CLOSED),
        (duty(sealed=False), True, Refusal.NOT_SEALED),
    ],
)
def test_closing(given: Any, hears: bool, refusal: Refusal | None) -> None:
    assert rules.refuse_closing(given, hears=hears) is refusal


@pytest.mark.parametrize(
    ("given", "hears", "refusal"),
    [
        (duty(closed=True), True, None),
        (duty(closed=True), False, Refusal.ANOTHER_HEARS),
        (duty(), True, Refusal.NOT_CLOSED),
    ],
)
def test_reopening(given: Any, hears: bool, refusal: Refusal | None) -> None:
    assert rules.refuse_reopening(given, hears=hears) is refusal


GIVER, NAMED = Row(name="Styrgruppen"), Row(name="Referensgruppen")


@pytest.mark.parametrize(
    ("named", "is_open", "hearer"), [(None, True, GIVER), (NAMED, True, NAMED), (NAMED, False, GIVER)]
)
def test_the_forum_that_hears_the_result(named: Any, is_open: bool, hearer: Any) -> None:
    """A forum that may not know what a secret assignment is about does not close it."""
    assignment: Any = Row(forum=GIVER, paragraph=Row(is_open=is_open))
    assert Duty(assignment, named=named).hearer is hearer
