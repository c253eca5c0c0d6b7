"""What an adjuster may do with a paragraph, and when; no database."""

from __future__ import annotations

from typing import Any

import pytest

from govern.meetings.states import MeetingState
from govern.paragraphs.states import ParagraphState
from govern.protocols.adjusting import rules
from govern.protocols.adjusting.rules import Refusal
from tests.plain import Row

BO, ANNA, NOBODY = Row(id=20), Row(id=10), Row(id=None)
ADJUSTERS = [Row(presence=Row(person_id=20)), Row(presence=Row(person_id=30))]


def paragraph(meeting: MeetingState, state: ParagraphState = ParagraphState.APPROVED) -> Any:
    """Return a paragraph in its third version, from a meeting that Bo adjusts."""
    return Row(meeting=Row(state=meeting, adjusters=ADJUSTERS), state=state, version=3)


READING = {
    "the adjuster": (paragraph(MeetingState.CLOSED), BO, 3, None),
    "someone else": (paragraph(MeetingState.CLOSED), ANNA, 3, Refusal.NOT_ADJUSTER),
    "another version": (paragraph(MeetingState.CLOSED), BO, 2, Refusal.CHANGED_SINCE),
    "not approved": (paragraph(MeetingState.CLOSED, ParagraphState.READY), BO, 3, Refusal.NOT_APPROVED),
    "in the meeting": (paragraph(MeetingState.OPEN), BO, 3, Refusal.NOT_CLOSED),
    "sealed": (paragraph(MeetingState.SEALED), BO, 3, Refusal.SEALED),
}


@pytest.mark.parametrize(("row", "by", "read", "refusal"), READING.values(), ids=READING)
def test_reading_and_remarking(row: Any, by: Any, read: int, refusal: Refusal | None) -> None:
    assert rules.refuse_reading(row, by, read) is refusal
    assert rules.refuse_comment(row, by, read, "Beloppet?") is refusal
    assert rules.refuse_comment(row, by, read, " ") is (refusal or Refusal.NO_TEXT)


@pytest.mark.parametrize(
    ("meeting", "answered", "refusal"),
    [
        (MeetingState.CLOSED, None, None),
        (MeetingState.CLOSED, "2024-04-25", Refusal.ANSWERED),
        (MeetingState.SEALED, None, Refusal.SEALED),
    ],
)
def test_a_remark_is_answered_once(meeting: MeetingState, answered: str | None, refusal: Refusal | None) -> None:
    assert rules.refuse_answering(Row(paragraph=paragraph(meeting), answered_at=answered)) is refusal


@pytest.mark.parametrize(("person", "is_one"), [(BO, True), (Row(id=30), True), (ANNA, False), (None, False)])
def test_who_adjusts(person: Any, is_one: bool) -> None:
    assert rules.is_adjuster(person, Row(adjusters=ADJUSTERS)) is is_one
