"""Who may open a summons' papers."""

from __future__ import annotations

from typing import Any

from govern.forums.access import reads, sits
from govern.people.access import Right
from govern.people.models import Person


def opens(person: Person | None, package: Any) -> bool:
    """Whoever reads the forum opens the open papers; who sits in it those with secrets, old or new."""
    secret_since = not package.summons_sha256 and any(item.confidential for item in package.summons.meeting.agenda)
    return sits(person, package) if package.confidential or secret_since else reads(person, package)


OPENS = Right("opens_package", "Handlingarna innehåller sekretess och är till för dem som sitter i forumet.", opens)
