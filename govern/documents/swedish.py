"""Dates, times, ranges and joined words as Swedish prose writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from govern.record import Meeting

WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip


def long_date(day: date) -> str:
    """Say the day as `22 april 2024`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def weekday_date(day: date) -> str:
    """Say the day as `måndagen den 22 april 2024`."""
    return f"{WEEKDAYS[day.weekday()]}en den {long_date(day)}"


def hours(start: time, end: time | None, *, next_day: bool = False) -> str:
    """Say the time as `kl. 09.00–12.00`, `kl. 18.00–00.20 (dagen efter)`, or `kl. 09.00` when the end is unknown."""
    text = f"kl. {start:%H.%M}"
    return f"{text}–{end:%H.%M}{' (dagen efter)' if next_day else ''}" if end else text


def hours_of(meeting: Meeting) -> str:
    """Say when a record's meeting began and ended."""
    return hours(meeting.start, meeting.end, next_day=meeting.end_date is not None)


def paragraph_range(first: int | None, last: int | None) -> str:
    """Say the numbers as `§§ 808–814`, `§ 808`, or nothing when there are none."""
    if first is None or last is None:
        return ""
    return f"§ {first}" if first == last else f"§§ {first}–{last}"


def paragraph_list(numbers: Sequence[int]) -> str:
    """Say numbers in order as `§ 12`, `§§ 3–5` or `§§ 3–5, 9`, or nothing when there are none."""
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
