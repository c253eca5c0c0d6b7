"""Retry or dismiss outbox entries that were set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from govern import audit, outbox
from govern.db import save_changes
from govern.outbox import OutboxEntry
from govern.people.models import Person


def run_again(entries: Sequence[OutboxEntry], *, by: Person, at: datetime) -> None:
    """Queue entries that were set aside again."""
    for entry in entries:
        outbox.run_again(entry, at=at)
        audit.write("background.run_again", entry, by=by, at=at, topic=entry.topic, key=entry.key)
    save_changes()


def dismiss(entry: OutboxEntry, *, by: Person, at: datetime) -> None:
    """Dismiss an entry that was set aside."""
    outbox.dismiss(entry, at=at)
    audit.write("background.dismissed", entry, by=by, at=at, topic=entry.topic, key=entry.key)
    save_changes()
