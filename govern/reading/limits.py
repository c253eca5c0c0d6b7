"""How much of a file is read, and what is said of one that cannot be."""

from __future__ import annotations

from collections.abc import Iterable

from govern.errors import GovernError

MOST_PARTS = 3_000
"""Pages, sheets or slides read of one file."""

MOST_CHARACTERS = 3_000_000
"""Characters of text kept of one file: some 1 000 printed pages."""

MOST_UNPACKED = 200_000_000
"""Bytes that the parts read of a packed file may say that they hold."""


class Unreadable(GovernError):
    """Raise when a file is broken, locked, or would unpack to more than is reasonable."""


def cut(parts: Iterable[str]) -> list[str]:
    """Take parts until a limit is reached, each with its white space made plain."""
    found: list[str] = []
    left = MOST_CHARACTERS
    for part in parts:
        text = "\n".join(filter(None, (" ".join(line.split()) for line in part.splitlines())))
        text = text.replace("\x00", "")[:left]
        found.append(text)
        left -= len(text)
        if left <= 0 or len(found) == MOST_PARTS:
            break
    return found
