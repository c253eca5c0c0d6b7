"""The right to see a case."""

from __future__ import annotations

from typing import Any

from govern.forums.access import belongs
from govern.people.access import Right, is_administrator
from govern.people.models import Person


def reads_case(person: Person | None, case: Any) -> bool:
    """Everyone who has or has had a seat in the collaboration sees its cases; their contents are checked one by one."""
    return person is not None and (is_administrator(person) or belongs(person, case.collaboration_id))


READS_CASE = Right("reads_case", "Ärendet hör till en samverkan där du inte har något uppdrag.", reads_case)
