"""Who sees an assignment, and who may report on it: whoever was given it, and whoever keeps the forum's minutes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from govern.forums.access import holds, keeps
from govern.forums.readers import Audience, reader
from govern.paragraphs import access as paragraphs
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


def audience(assignment: Any, paragraph: Any) -> Audience:
    """Whoever may read the paragraph that gave the duty sees it, and so does whoever was given it by name."""
    return replace(paragraphs.audience(paragraph), people=(assignment.assignee_person_id,))


def sees(person: Person | None, duty: Any) -> bool:
    """Whoever may read the paragraph that gave the duty sees it, and so does whoever was given it by name."""
    return audience(duty.assignment, duty.assignment.paragraph).admits(reader(person))


REPORTS = Right("reports", "Uppdraget är givet till någon annan.", reports)
SEES = Right("sees", "Uppdraget hör till en paragraf som du inte har tillgång till.", sees)
