"""The access terms for notifications of saved searches."""

from __future__ import annotations

from govern.archive.searching import asking
from govern.db import now
from govern.forums.readers import reader
from govern.people.models import Person
from govern.swedish import local_day


def terms_of(person: Person) -> set[str]:
    """Return the access terms for a person's notifications and feeds today, limited to sealed and open paragraphs."""
    return asking.open_terms(reader(person, local_day(now())).terms)
