"""Amounts in the spellings that protocols use, each normalised to one number: 1 200 000 kr, 1,2 miljoner, 1 200 tkr.

Numbers written in words are included: nio procent equals 9 %, två miljoner equals 2 mkr.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

_UNITS = {
    "tkr": 3, "ksek": 3, "mkr": 6, "mnkr": 6, "msek": 6, "miljon": 6, "miljoner": 6, "milj": 6,
    "mdkr": 9, "mdr": 9, "miljard": 9, "miljarder": 9, "procent": 0, "%": 0,
}  # fmt: skip
NUMBERS = {
    "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10, "elva": 11, "tolv": 12,
    "tretton": 13, "fjorton": 14, "femton": 15, "sexton": 16, "sjutton": 17, "arton": 18, "nitton": 19, "tjugo": 20,
    "trettio": 30, "fyrtio": 40, "femtio": 50, "sextio": 60, "sjuttio": 70, "åttio": 80, "nittio": 90,
}  # fmt: skip
_SAID = NUMBERS | {"en": 1, "ett": 1}
# Before these units a number may also be written in words.
SPOKEN = "procent|milj"
_BLANK = "[ \u00a0\u202f]"
_AMOUNT = re.compile(
    rf"(?<![\w,./:-])(?:(?P<said>{'|'.join(_SAID)})(?={_BLANK}(?:{SPOKEN}))|"
    rf"(?P<whole>\d{{1,3}}(?:{_BLANK}\d{{3}})+(?!\d)|\d{{1,9}})(?:,(?P<part>\d{{1,3}}))?)"
    rf"(?:{_BLANK}?(?P<unit>{'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})(?!\w))?"
    rf"(?P<currency>{_BLANK}?(?:kr|kronor|sek)(?!\w))?(?![\w/-]|[,.:]\d)",
    re.IGNORECASE,
)
# A cheap filter: every amount other than a plain number matches it, and few other texts do.
POSSIBLE = rf"\d{_BLANK}?(?:\d{{3}}(?!\d)|[tkms%]|procent)|[^\W\d_]{_BLANK}(?:{SPOKEN})"


class Amount(NamedTuple):
    """An amount and its offsets in the text.

    `key` is the number in plain digits, with % appended for a percentage.
    """

    key: str
    start: int
    end: int


def find(text: str) -> Iterator[Amount]:
    """Yield the amounts in the text that can be written in more than one way; a plain number is not one."""
    for match in _AMOUNT.finditer(text):
        if amount := _read(match):
            yield amount


def at(text: str, start: int) -> Amount | None:
    """Return the amount that starts exactly at `start`, or None."""
    match = _AMOUNT.match(text, start)
    return _read(match) if match else None


def _read(match: re.Match[str]) -> Amount | None:
    unit, said = (match["unit"] or "").lower(), match["said"]
    whole = str(_SAID[said.lower()]) if said else re.sub(_BLANK, "", match["whole"])
    if not unit and (said or (whole == match["whole"] and not match["currency"])):
        return None
    value = Decimal(f"{whole}.{match['part'] or 0}").scaleb(_UNITS.get(unit, 0)).normalize()
    return Amount(f"{value:f}" + ("%" if unit in ("%", "procent") else ""), match.start(), match.end())
