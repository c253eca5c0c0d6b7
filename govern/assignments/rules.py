"""The state of an assignment, and when it may be reported on and closed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

from govern.assignments.states import AssignmentState
from govern.errors import Refusal as BaseRefusal

if TYPE_CHECKING:
    from govern.assignments.models import Duty


T = TypeVar("T")


class Refusal(BaseRefusal):
    """Why an action on an assignment is refused."""

    NO_TEXT = "Skriv vad som har gjorts."
    CLOSED = "Uppdraget är redan avslutat."
    NOT_SEALED = "Uppdraget kan följas upp när protokollet är förseglat."
    NOT_CLOSED = "Uppdraget är inte avslutat."
    ANOTHER_HEARS = "Uppdraget ska redovisas till ett annat forum, och det är det forumet som avslutar det."


def deciding(*, closed: T, reported: T, overdue: T) -> tuple[tuple[AssignmentState, T], ...]:
    """Return what decides the state, in order: the first that holds; if none does, the assignment is open.

    The facts are those of a row (`state_of`) or, in SQL, expressions (`queries.in_state`).
    """
    return (
        (AssignmentState.CLOSED, closed),
        (AssignmentState.REPORTED, reported),
        (AssignmentState.LATE, overdue),
    )


def state_of(duty: Duty, *, today: date) -> AssignmentState:
    """Return the state of an assignment on a day."""
    closed, reported = duty.closing is not None, bool(duty.reports)
    facts = deciding(closed=closed, reported=reported, overdue=duty.assignment.overdue(today))
    return next((state for state, holds in facts if holds), AssignmentState.OPEN)


def refuse_report(duty: Duty, text: str) -> Refusal | None:
    """Refuse a blank report, or one on a closed assignment."""
    if duty.closing:
        return Refusal.CLOSED
    return None if text.strip() else Refusal.NO_TEXT


def refuse_closing(duty: Duty, *, hears: bool) -> Refusal | None:
    """Refuse to close an assignment twice, before its protocol is sealed, or for a forum that does not hear it.

    `hears` is whether somebody closes it for the forum that hears the result; only that forum does (practice:
    docs/domain.md, Follow-up).
    """
    if duty.closing:
        return Refusal.CLOSED
    if not duty.assignment.paragraph.meeting.sealed_at:
        return Refusal.NOT_SEALED
    return None if hears else Refusal.ANOTHER_HEARS


def refuse_reopening(duty: Duty, *, hears: bool) -> Refusal | None:
    """Refuse to reopen an open assignment, or for a forum that does not hear it, as for closing."""
    if not duty.closing:
        return Refusal.NOT_CLOSED
    return None if hears else Refusal.ANOTHER_HEARS
