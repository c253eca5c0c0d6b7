"""What comes in is kept within bounds: text that a database and a document can hold, numbers that fit a column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

LARGEST = 2**31 - 1
"""The largest number that an integer column holds on PostgreSQL."""


_REFUSED = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")


_BREAKS = re.compile("\r?[\x0b\x0c]")


_UNSEEN = re.compile("[\x01-\x08\x0e-\x1f\x7f]")


def kept(text: str) -> str:
    """Give a text as it can be kept, printed and searched: its unseen breaks are line breaks, other unseen are gone."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text))


def keepable(text: str) -> bool:
    """Say whether a text holds nothing that a database or a document cannot keep."""
    return _REFUSED.search(text) is None


def one_line(text: str) -> str:
    """Give a name on one line, as a header or a file name needs it."""
    return " ".join(_REFUSED.sub("", kept(text)).split())


def number(text: str) -> int:
    """Read a whole number that fits a column, for `request.form.get(…, type=number)`.

    Raises:
        ValueError: when it is anything else.
    """
    found = whole(text)
    if found is None:
        raise ValueError(f"{text!r} is no number that fits")
    return found


def whole(value: Any) -> int | None:
    """Give a whole number from 0 to LARGEST, written in plain digits or as a JSON number; None for anything else."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}", value):
        value = int(value)
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return value if fits else None


def pairs(texts: Iterable[str]) -> dict[int, int]:
    """Read `id:version` pairs as a page's boxes send them; what is anything else is left out."""
    split = (text.partition(":") for text in texts)
    read = ((whole(first), whole(second)) for first, _, second in split)
    return {first: second for first, second in read if first is not None and second is not None}
