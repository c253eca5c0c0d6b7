"""How much of a file is read, and what is said of one that cannot be."""

from __future__ import annotations

from collections.abc import Iterable

from govern.errors import GovernError

MOST_PARTS = 3_000
"""Pages, sheets or slides read of one file."""

MOST_CHARACTERS = 3_000_000
"""Characters of text kept of one file: some 1 000 printed pages."""

MOST_MARKS = 1_500_000
"""Elements looked at in one packed file: a thousand printed pages, or a sheet of 50 000 rows, have fewer."""

MOST_DIGITS = 9
"""Digits of the number of a string or a part of a packed file; no file has more of them."""

SECONDS = 90
MEMORY_MB = 1_000
"""What reading one file may take."""

MOST_UNPACKED = 200_000_000
"""Bytes that the parts read of a packed file may say that they hold."""


class Unreadable(GovernError):
    """Raise when a file is broken, locked, or would unpack to more than is reasonable."""


def cut(parts: Iterable[str]) -> list[str]:
    """Take parts until a limit is reached, each with its white space made plain."""
    found: list[str] = []
    left = MOST_CHARACTERS
    for whole in parts:
        part = whole[: 4 * left]  # Room for the white space that goes.
        text = "\n".join(filter(None, (" ".join(line.split()) for line in part.splitlines())))
        text = text.replace("\x00", "")[:left]
        found.append(text)
        left -= len(text)
        if left <= 0 or len(found) == MOST_PARTS:
            break
    return found
