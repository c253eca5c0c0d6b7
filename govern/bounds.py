"""Limits on input: text that a database and a document can hold, numbers that fit a column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

LARGEST = 2**31 - 1
"""The largest value of an integer column in PostgreSQL."""


_REFUSED = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")


_BREAKS = re.compile("\r?[\x0b\x0c\x85\u2028\u2029]")
"""Breaks other than those of a keyboard: a slide's, a page's, and Unicode's line and paragraph separators."""

_SYMBOLS = str.maketrans(
    dict(
        zip(
            map(chr, (*range(0xF0A7, 0xF0A9), 0xF0B7, 0xF09F, 0xF06C, 0xF06E, 0xF06F, 0xF071, 0xF076, 0xF0D8, 0xF02D)),
            "▪◻••●■□❑❖➢–",
            strict=True,
        )
    )
    | dict(
        zip(
            map(chr, (0xF0E0, 0xF0DF, 0xF0E1, 0xF0E2, 0xF0E8, 0xF0AE, 0xF0F0, 0xF0FB, 0xF0FC, 0xF0FD, 0xF0FE, 0xF078)),
            "→←↑↓➔→⇨✗✓☒☑☒",
            strict=True,
        )
    )
    | dict(zip(map(chr, (0xF0A3, 0xF0B0, 0xF0B1, 0xF0B3, 0xF0B4, 0xF04A, 0xF04C)), "≤°±≥×☺☹", strict=True))
)
"""What Word writes for a character of its fonts Symbol and Wingdings, which no other font can draw (U+F000 and on).

The same are in frontend/src/paste/symbols.js.
"""


_UNSEEN = re.compile("[\x01-\x08\x0e-\x1f\x7f]")


def kept(text: str) -> str:
    """Return the text as it is stored: every break is a line break, symbols are Unicode's, control characters go."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text)).translate(_SYMBOLS)


def keepable(text: str) -> bool:
    """Return whether a database and a document can hold every character of the text."""
    return _REFUSED.search(text) is None


def one_line(text: str) -> str:
    """Return the text on one line, as required in a header or a file name."""
    return " ".join(_REFUSED.sub("", kept(text)).split())


def number(text: str) -> int:
    """Parse an integer that fits a column, for `request.form.get(…, type=number)`.

    Raises:
        ValueError: if it is anything else.
    """
    found = whole(text)
    if found is None:
        raise ValueError(f"{text!r} is no number that fits")
    return found


def whole(value: Any) -> int | None:
    """Return an integer from 0 to LARGEST, given as plain digits or a JSON number; None for anything else."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}", value):
        value = int(value)
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return value if fits else None


def pairs(texts: Iterable[str]) -> dict[int, int]:
    """Parse `id:version` pairs as sent by a page's checkboxes; ignore anything else."""
    split = (text.partition(":") for text in texts)
    read = ((whole(first), whole(second)) for first, _, second in split)
    return {first: second for first, second in read if first is not None and second is not None}
