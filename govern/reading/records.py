"""A record's JSON that somebody brings, read in a process of its own."""

from __future__ import annotations

from govern import limited, record
from govern.reading.limits import Unreadable
from govern.record import ProtocolRecord

SECONDS = 60
MEMORY_MB = 1_500
"""What reading one may take; a meeting's record is some hundred kilobytes."""


def read_record(data: bytes) -> ProtocolRecord:
    """Read a record.

    Raises:
        Unreadable: when it is none; says what is wrong, and where, as `record.loads` does.
        TooHeavy, Crashed: when reading it took too much, or broke the reader.
    """
    return limited.run(_read, data, seconds=SECONDS, memory_mb=MEMORY_MB)


def _read(data: bytes) -> ProtocolRecord:
    try:
        return record.loads(data)
    except (ValueError, TypeError, RecursionError) as error:
        raise Unreadable(str(error)) from error
