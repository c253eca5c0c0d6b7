"""Who may see an assignment, and who may report on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from govern.forums.access import holds, keeps
from govern.forums.readers import Audience, reader
from govern.paragraphs import access as paragraphs
from govern.people.access import Right
from govern.people.models import Person


def reports(person: Person | None, duty: Any) -> bool:
    """The assignee, by name or through a forum they sit in, and the secretary of the forum that gave the assignment.

    They must also be able to see it: its paragraph may be confidential to the assigned forum's members.
    """
    if person is None or not sees(person, duty):
        return False
    assignment = duty.assignment
    if assignment.assignee_person_id == person.id or keeps(person, assignment):
        return True
    return assignment.assignee_forum is not None and holds(person, assignment.assignee_forum)


def audience(assignment: Any, paragraph: Any) -> Audience:
    """Return who may see an assignment: the readers of its paragraph, and the person it is given to."""
    return replace(paragraphs.audience(paragraph), people=(assignment.assignee_person_id,))


def sees(person: Person | None, duty: Any) -> bool:
    """Those who may read the assignment's paragraph, and the person it is given to."""
    return audience(duty.assignment, duty.assignment.paragraph).admits(reader(person))


def hears(person: Person | None, duty: Any) -> bool:
    """The secretary of the forum that hears the result."""
    return keeps(person, duty.hearer)


def follows_up(person: Person | None, duty: Any) -> bool:
    """The secretary of the forum that hears the result, and of the one that gave the assignment."""
    return hears(person, duty) or keeps(person, duty)


FOLLOWS_UP = Right("follows_up", "Du behöver vara sekreterare i forumet som följer upp uppdraget.", follows_up)
REPORTS = Right("reports", "Uppdraget är givet till någon annan.", reports)
SEES = Right("sees", "Uppdraget hör till en paragraf som du inte har tillgång till.", sees)
