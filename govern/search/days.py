"""Dates as users type them: a day, a month, a year, or a range."""

from __future__ import annotations

import re
from datetime import date, timedelta

from govern.search.tokens import fold

FIRST, LAST = date(1863, 1, 1), date(2099, 12, 31)  # From the first municipal ordinances to beyond any planning.
MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
NAMES = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
         "december")  # fmt: skip
MONTH = "|".join(f"{name}|{name[:4]}\\.?|{name[:3]}\\.?" for name in NAMES)

_WHOLE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?")
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)")
_SLASHED = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})[ -](?P<year>\d{4})")
_NAMED = re.compile(r"(?:(?P<day>\d{1,2})(?:\s+|\.\s*))?(?P<name>[^\W\d_]{3,9})\.?\s+(?P<year>\d{4})")
_RANGE = re.compile(r"(?P<first>.*?)\s*(?:\.\.|–|—|\s-\s)\s*(?P<last>.*)")
_SIGNED = re.compile(r"(?P<sign>[<>]=?)\s*(?P<bound>.+)")

Span = tuple[date, date]


def read(text: str) -> Span | None:
    """Return the first and last day of `2024`, `2024-03`, `2024-03-14`, `14/3 2024` or `mars 2024`, or None."""
    text = fold(text.strip())
    match = _WHOLE.fullmatch(text) or _COMPACT.fullmatch(text) or _SLASHED.fullmatch(text) or _NAMED.fullmatch(text)
    if match is None:
        return None
    found = match.groupdict()
    month = found.get("month")
    if name := found.get("name"):
        if name[:3] not in MONTHS:
            return None
        month = str(MONTHS.index(name[:3]) + 1)
    try:
        return _span(int(found["year"]), month and int(month), found["day"] and int(found["day"]))
    except ValueError:
        return None


def _span(year: int, month: int | str | None, day: int | str | None) -> Span:
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    first = date(year, int(month), int(day or 1))
    if day:
        return first, first
    return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def between(text: str) -> Span | None:
    """Return the range of `2024-03`, `2023-11..2024-02`, `..2024`, `>2020` or `<=2024-03`, or None."""
    if (one := read(text)) is not None:
        return one
    if match := _SIGNED.fullmatch(text.strip()):
        bound = read(match["bound"])
        return _beyond(match["sign"], bound) if bound else None
    match = _RANGE.fullmatch(text.strip())
    if match is None or not (match["first"] or match["last"]):
        return None
    first = read(match["first"]) if match["first"] else (FIRST, FIRST)
    last = read(match["last"]) if match["last"] else (LAST, LAST)
    return (first[0], last[1]) if first and last else None


def _beyond(sign: str, bound: Span) -> Span:
    strict = timedelta(days=0 if sign.endswith("=") else 1)
    if sign[0] == ">":
        return (bound[1] + strict if strict else bound[0]), LAST
    return FIRST, (bound[0] - strict if strict else bound[1])


def parts(first: date, last: date) -> tuple[list[int], list[str], list[date]]:
    """Return the whole years, whole months (`2024-03`) and single days that together cover `first` to `last`."""
    first, last = max(first, FIRST), min(last, LAST)
    years, months, single = [], [], []
    while first <= last:
        if first.month == first.day == 1 and date(first.year, 12, 31) <= last:
            years.append(first.year)
            first = date(first.year + 1, 1, 1)
        elif first.day == 1 and _span(first.year, first.month, None)[1] <= last:
            months.append(f"{first:%Y-%m}")
            first = _span(first.year, first.month, None)[1] + timedelta(days=1)
        else:
            single.append(first)
            first += timedelta(days=1)
    return years, months, single
