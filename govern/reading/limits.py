"""The limits for reading a file, and the error for one that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable

from govern.errors import GovernError

MOST_PARTS = 3_000
"""The most pages, sheets or slides read from one file."""

MOST_CHARACTERS = 3_000_000
"""The most characters of text taken from one file: some 1 000 printed pages."""

MOST_MARKS = 1_500_000
"""The most XML elements read in one office file: a thousand printed pages, or a sheet of 50 000 rows, have fewer."""

MOST_DIGITS = 9
"""The most digits in the index of a shared string; no workbook has that many strings."""

SECONDS = 90
MEMORY_MB = 1_000
"""The limits for the process that reads one file."""

MOST_UNPACKED = 200_000_000
"""The largest total of the declared sizes of the parts read from one office file, in bytes."""


class Unreadable(GovernError):
    """Raise when a file is broken, locked, of the wrong form, or too large to read."""


def cut(parts: Iterable[str]) -> list[str]:
    """Return the parts up to the limits, each with its white space normalised."""
    found: list[str] = []
    left = MOST_CHARACTERS
    for whole in parts:
        part = whole[: 4 * left]  # Leaves room for white space that is removed.
        text = "\n".join(filter(None, (" ".join(line.split()) for line in part.splitlines())))
        text = text.replace("\x00", "")[:left]
        found.append(text)
        left -= len(text)
        if left <= 0 or len(found) == MOST_PARTS:
            break
    return found
