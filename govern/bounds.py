"""Limits on input: text that a database and a document can hold, numbers that fit a column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

LARGEST = 2**31 - 1
"""The largest value of an integer column in PostgreSQL."""


_REFUSED = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")


_BREAKS = re.compile("\r?[\x0b\x0c]")


_UNSEEN = re.compile("[\x01-\x08\x0e-\x1f\x7f]")


def kept(text: str) -> str:
    """Return the text as it is stored: vertical breaks become line breaks, other control characters are removed."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text))


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
