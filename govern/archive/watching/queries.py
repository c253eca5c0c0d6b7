"""What the owner of a saved search may be told of."""

from __future__ import annotations

from govern.archive.searching import asking
from govern.db import now
from govern.forums.readers import reader
from govern.people.models import Person
from govern.swedish import local_day


def terms_of(person: Person) -> set[str]:
    """List the access terms by which somebody is told by mail or as a feed today: of what is sealed and open."""
    return asking.open_terms(reader(person, local_day(now())).terms)
