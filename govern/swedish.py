"""Dates, times, numbers and joined words as Swedish prose writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date

if TYPE_CHECKING:
    from govern.record import Meeting

SWEDEN = ZoneInfo("Europe/Stockholm")


def long_date(value: date) -> str:
    """Format a date as `22 april 2024`."""
    return str(format_date(value, "d MMMM y", "sv"))


def weekday(value: date) -> str:
    """Format a date as `måndag 22 april 2024`."""
    return str(format_date(value, "EEEE d MMMM y", "sv"))


def clock(value: time) -> str:
    """Format a time as `9.00`: hours and minutes with a full stop, as in Swedish protocols."""
    return f"{value.hour:02}.{value.minute:02}"


def moment(value: datetime) -> str:
    """Format an instant in Swedish local time: `22 april 2024 kl. 09.00`."""
    local = value.astimezone(SWEDEN)
    return f"{long_date(local.date())} kl. {clock(local.time())}"


_CLAUSE_LABEL = re.compile(r"(?:[-–—•·*▪●■□➢❖]\s*|\(?(?:\d{1,2}|[a-zåäö]|[ivx]{1,5})[.)]\)?\s+)")
"""A bullet or a number before a clause. A single capital with a full stop is somebody's initial."""
_ATT = re.compile(r"(?:att(?:\s+|$))+", re.IGNORECASE)


def bare_clause(text: str) -> str:
    """Return a clause without the number or bullet and the `att` that stand before it where it was copied from.

    Every paper and page writes its own `att` and its own number before a clause.
    """
    clause = text.strip()
    for before in (_CLAUSE_LABEL, _ATT):
        if found := before.match(clause):
            clause = clause[found.end() :]
    return clause


def local_day(value: datetime) -> date:
    """Return the date in Sweden at an instant."""
    return value.astimezone(SWEDEN).date()


def local_clock(value: datetime) -> str:
    """Format an instant's time of day in Sweden: `10.32`."""
    return clock(value.astimezone(SWEDEN).time())


def size(value: int) -> str:
    """Format a file size for a reader: `1,4 MB`."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if value >= factor:
            return f"{value / factor:.1f}".replace(".", ",") + f" {unit}"
    return f"{value} byte"


def number(value: int) -> str:
    """Format an integer with a no-break space between thousands: `290 514`."""
    return f"{value:,}".replace(",", "\u00a0")


def counted(value: int, one: str, many: str) -> str:
    """Format a number of things: `1 rad`, `12 345 rader`."""
    return f"{number(value)} {one if value == 1 else many}"


def slug(name: str) -> str:
    """Return a name as a URL slug: `Strategisk styrgrupp` becomes `strategisk-styrgrupp`, å and ä become a."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "forum"


def weekday_date(day: date) -> str:
    """Format a date as `måndagen den 22 april 2024`."""
    return str(format_date(day, "EEEE'en' 'den' d MMMM y", "sv"))


def hours(start: time, end: time | None, *, next_day: bool = False) -> str:
    """Format hours as `kl. 09.00–12.00`, `kl. 18.00–00.20 (dagen efter)`, or `kl. 09.00` if the end is unknown."""
    text = f"kl. {start:%H.%M}"
    return f"{text}–{end:%H.%M}{' (dagen efter)' if next_day else ''}" if end else text


def hours_of(meeting: Meeting) -> str:
    """Format the start and end of a record's meeting."""
    return hours(meeting.start, meeting.end, next_day=meeting.end_date is not None)


def paragraph_range(first: int | None, last: int | None) -> str:
    """Format numbers as `§§ 808–814` or `§ 808`; empty if there are none."""
    if first is None or last is None:
        return ""
    return f"§ {first}" if first == last else f"§§ {first}–{last}"


def paragraph_list(numbers: Sequence[int]) -> str:
    """Format sorted numbers as `§ 12`, `§§ 3–5` or `§§ 3–5, 9`; empty if there are none."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    return f"{'§' if len(numbers) == 1 else '§§'} {', '.join(parts)}" if parts else ""


def and_list(words: Sequence[str]) -> str:
    """Join words as `Anna, Bo och Cilla`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} och {words[-1]}" if words else ""
