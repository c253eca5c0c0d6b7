"""Load a submitted record from JSON, in a separate process."""

from __future__ import annotations

from govern import limited, record
from govern.reading.limits import Unreadable
from govern.record import ProtocolRecord

SECONDS = 60
MEMORY_MB = 1_500
"""The limits for loading one record; that of a meeting is some hundred kilobytes. The time is for trusted callers."""


def read_record(data: bytes, *, seconds: float = SECONDS) -> ProtocolRecord:
    """Load a record from its JSON, within a time limit.

    Raises:
        Unreadable: if it is not one; the message of `record.loads` says what is wrong, and where.
        TooHeavy, Crashed: if the separate process exceeded its limits or crashed.
    """
    return limited.run(_read, data, seconds=seconds, memory_mb=MEMORY_MB)


def _read(data: bytes) -> ProtocolRecord:
    try:
        return record.loads(data)
    except (ValueError, TypeError, RecursionError) as error:
        raise Unreadable(str(error)) from error
