"""Who reads a protocol, and whose paragraphs in it stay hidden."""

from __future__ import annotations

from typing import Any

from govern.forums.access import reads, sits
from govern.people.access import Right
from govern.people.models import Person


def reads_file(person: Person | None, protocol: Any) -> bool:
    """The files hold every word, so a protocol with a confidential paragraph is downloaded by those who sit only."""
    return sits(person, protocol) if protocol.has_secrets else reads(person, protocol)


READS_FILE = Right(
    "reads_file", "Protokollet innehåller sekretess. Filen är till för dem som sitter i forumet.", reads_file
)
