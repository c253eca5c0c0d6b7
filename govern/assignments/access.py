"""Who sees an assignment, and who may report on it: whoever was given it, and whoever keeps the forum's minutes."""

from __future__ import annotations

from typing import Any

from govern.forums.access import holds, keeps, reads, sits
from govern.people.access import Right
from govern.people.models import Person


def reports(person: Person | None, duty: Any) -> bool:
    """Whether the person was given the duty, by name or through a forum they sit in, or keeps the minutes.

    Nobody reports on what they may not see: a forum may be given a duty in a paragraph that is kept from its members.
    """
    if person is None or not sees(person, duty):
        return False
    assignment = duty.assignment
    if assignment.assignee_person_id == person.id or keeps(person, assignment):
        return True
    return assignment.assignee_forum is not None and holds(person, assignment.assignee_forum)


def sees(person: Person | None, duty: Any) -> bool:
    """Whoever may read the paragraph that gave the duty sees it; one that is confidential, those who sit there."""
    assignment = duty.assignment
    if assignment.paragraph.confidential or assignment.paragraph.meeting.sealed_at is None:
        return sits(person, assignment) or (person is not None and assignment.assignee_person_id == person.id)
    return reads(person, assignment)


REPORTS = Right("reports", "Uppdraget är givet till någon annan.", reports)
SEES = Right("sees", "Uppdraget hör till en paragraf som du inte har tillgång till.", sees)
