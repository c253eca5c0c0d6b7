"""The state of an assignment, and when it may be reported on and closed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from govern.assignments.states import AssignmentState
from govern.errors import Refusal as BaseRefusal

if TYPE_CHECKING:
    from govern.assignments.models import Duty


class Refusal(BaseRefusal):
    """Why an action on an assignment is refused."""

    NO_TEXT = "Skriv vad som har gjorts."
    CLOSED = "Uppdraget är redan avslutat."
    NOT_SEALED = "Uppdraget kan följas upp när protokollet är förseglat."


def state_of(duty: Duty, *, today: date) -> AssignmentState:
    """Return the state of an assignment on a day."""
    if duty.closing:
        return AssignmentState.CLOSED
    if duty.reports:
        return AssignmentState.REPORTED
    due = duty.assignment.due
    if due is not None and due < today:
        return AssignmentState.LATE
    return AssignmentState.OPEN


def refuse_report(duty: Duty, text: str) -> Refusal | None:
    """Refuse a blank report, or one on a closed assignment."""
    if duty.closing:
        return Refusal.CLOSED
    return None if text.strip() else Refusal.NO_TEXT


def refuse_closing(duty: Duty) -> Refusal | None:
    """Refuse to close an assignment twice, or before its protocol is sealed."""
    if duty.closing:
        return Refusal.CLOSED
    return None if duty.assignment.paragraph.meeting.sealed_at else Refusal.NOT_SEALED
