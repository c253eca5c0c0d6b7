"""Who may read what concerns a collaboration as a whole."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists

from govern.db import db
from govern.forums.models import Forum, Seat
from govern.people.access import Right, is_administrator
from govern.people.models import Person


def reads_case(person: Person | None, case: Any) -> bool:
    """Everyone who has or has had a seat in the collaboration finds its cases; what they hold is judged one by one."""
    if person is None:
        return False
    if is_administrator(person):
        return True
    sits = exists().where(
        Seat.person_id == person.id, Seat.forum_id == Forum.id, Forum.collaboration_id == case.collaboration_id
    )
    return bool(db.session.scalar(sits.select()))


READS_CASE = Right("reads_case", "Ärendet hör till en samverkan där du inte har något uppdrag.", reads_case)
