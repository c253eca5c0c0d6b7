"""Reporting on assignments, and closing and reopening them."""

from __future__ import annotations

from datetime import datetime

from govern import audit
from govern.assignments.access import hears
from govern.assignments.models import AssignmentClosing, Duty, Report
from govern.assignments.rules import refuse_closing, refuse_reopening, refuse_report
from govern.assignments.states import Closing
from govern.db import db, save_changes
from govern.errors import enforce
from govern.paragraphs.operations import queue_index_update
from govern.people.models import Person


def report(duty: Duty, text: str, *, by: Person, at: datetime) -> Report:
    """Add a report on an assignment.

    Raises:
        Refused: if the text is blank, or the assignment is closed.
    """
    enforce(refuse_report(duty, text), "text")
    row = Report(assignment=duty.assignment, by=by, at=at, text=text.strip())
    db.session.add(row)
    audit.write("assignment.reported", duty.assignment, by=by, at=at)
    queue_index_update([duty.assignment.paragraph], at=at)
    save_changes()
    return row


def close(duty: Duty, why: Closing, note: str, *, by: Person, at: datetime) -> None:
    """Close an assignment, as done or written off.

    Raises:
        Refused: if it is closed already, its protocol is not sealed, or another forum hears it.
    """
    enforce(refuse_closing(duty, hears=hears(by, duty)))
    db.session.add(AssignmentClosing(assignment=duty.assignment, why=why, note=note.strip(), by=by, at=at))
    audit.write("assignment.closed", duty.assignment, by=by, at=at, why=why)
    queue_index_update([duty.assignment.paragraph], at=at)
    save_changes()


def reopen(duty: Duty, *, by: Person, at: datetime) -> None:
    """Reopen a closed assignment, for instance if it was closed by mistake; the closing stays as history.

    Raises:
        Refused: if it is not closed, or another forum hears it.
    """
    enforce(refuse_reopening(duty, hears=hears(by, duty)))
    if duty.closing is not None:  # The rule refuses this already; the check is for mypy.
        duty.closing.reopened_at, duty.closing.reopened_by = at, by
    audit.write("assignment.reopened", duty.assignment, by=by, at=at)
    queue_index_update([duty.assignment.paragraph], at=at)
    save_changes()
