"""Which records may be imported and which searches saved; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from govern.archive.importing import rules
from govern.archive.importing.rules import Refusal, place_of
from govern.archive.states import Telling
from govern.archive.watching import rules as watching_rules
from govern.archive.watching.rules import Refusal as SavingRefusal
from govern.markup import MOST_CELLS_IN_ALL
from govern.record import Presence, ProtocolRecord
from govern.richtext import Cell, Para, Run, Table
from tests import records
from tests.plain import Row

FULL = replace(records.full(), presence=())
NUMBERS = [paragraph.number for paragraph in FULL.paragraphs]


def someone(**values: Any) -> Presence:
    """Return a presence in a record."""
    return Presence(**{"name": "Bo Björk", "role": "member", "deciding": True} | values)


def ends(day: date | None, end: time | None) -> ProtocolRecord:
    """Return a record of a meeting on 22 April 2024 that ends at the given day and time."""
    return replace(FULL, meeting=replace(FULL.meeting, date=date(2024, 4, 22), end_date=day, end=end))


def holding(*blocks: Any) -> ProtocolRecord:
    """Return a record whose first section has the given blocks."""
    first, *rest = FULL.paragraphs
    section, *more = first.sections
    return replace(FULL, paragraphs=(replace(first, sections=(replace(section, blocks=blocks), *more)), *rest))


def table(cells: int) -> Table:
    """Return a table with `cells` cells."""
    return Table((tuple(Cell((Para((Run("x"),)),)) for _ in range(cells)),))


def numbered(*numbers: int) -> ProtocolRecord:
    """Return a record whose paragraphs have the given numbers."""
    return replace(FULL, paragraphs=tuple(replace(FULL.paragraphs[0], number=number) for number in numbers))


def linked(href: str) -> ProtocolRecord:
    """Return a record with a link."""
    return holding(Para((Run("här", (), href),)))


NOON = time(12)
RECORDS = {
    "as written here": (FULL, None),
    "a web link": (linked("https://bjorkby.example/"), None),
    "a script": (linked("javascript:alert(1)"), Refusal.LINK),
    "as many cells as are taken": (holding(table(MOST_CELLS_IN_ALL)), None),
    "one more": (holding(table(MOST_CELLS_IN_ALL + 1)), Refusal.CELLS),
    "ends the same day": (ends(None, NOON), None),
    "ends the day after": (ends(date(2024, 4, 23), NOON), None),
    "ends the day after, at no time": (ends(date(2024, 4, 23), None), Refusal.END_DATE),
    "ends two days later": (ends(date(2024, 4, 24), NOON), Refusal.END_DATE),
    "is said to end the same day": (ends(date(2024, 4, 22), NOON), Refusal.END_DATE),
    "numbers in order": (numbered(17, 18), None),
    "a number twice": (numbered(17, 17), Refusal.NUMBERS_TWICE),
    "numbers backwards": (numbered(18, 17), Refusal.NUMBERS_TWICE),
    "a member": (replace(FULL, presence=(someone(),)), None),
    "an unknown role": (replace(FULL, presence=(someone(role="king"),)), Refusal.ROLE),
    "from a paragraph": (replace(FULL, presence=(someone(from_paragraph=NUMBERS[0]),)), None),
    "from no paragraph": (replace(FULL, presence=(someone(from_paragraph=9999),)), Refusal.NOT_A_PARAGRAPH),
    "to no paragraph": (replace(FULL, presence=(someone(to_paragraph=9999),)), Refusal.NOT_A_PARAGRAPH),
    "a substitute": (replace(FULL, presence=(someone(role="substitute", serving_for="Anna"),)), None),
    "a member who serves": (replace(FULL, presence=(someone(serving_for="Anna"),)), Refusal.NOT_SUBSTITUTE),
    "one who serves for themselves": (
        replace(FULL, presence=(someone(role="substitute", serving_for="Bo Björk"),)),
        Refusal.NOT_SUBSTITUTE,
    ),
}


@pytest.mark.parametrize(("record", "refusal"), RECORDS.values(), ids=RECORDS)
def test_what_is_read_in(record: ProtocolRecord, refusal: Refusal | None) -> None:
    assert rules.refuse_record(record) is refusal


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("paragraphs[3].number: not a number", " Felet finns vid paragraphs[3].number."),
        ("meeting.date: no day", " Felet finns vid meeting.date."),
        ("meeting: missing", " Felet finns vid meeting."),
        ("Something else", ""),
        ("not json", ""),
    ],
)
def test_where_a_record_is_wrong(error: str, said: str) -> None:
    assert place_of(ValueError(error)) == said


SAVED = {
    "a name": ("Växel", Telling.NEVER, True, False, 0, None),
    "nothing asked": ("Växel", Telling.NEVER, False, True, 0, SavingRefusal.NOTHING),
    "no name": ("", Telling.NEVER, True, True, 0, SavingRefusal.NO_NAME),
    "as long a name as can be": ("x" * 120, Telling.NEVER, True, True, 0, None),
    "a longer one": ("x" * 121, Telling.NEVER, True, True, 0, SavingRefusal.LONG),
    "a name taken": ("SÖKNING 0", Telling.NEVER, True, True, 1, SavingRefusal.NAME_TAKEN),
    "letters without a server": ("Växel", Telling.DAILY, True, False, 0, SavingRefusal.NO_SERVER),
    "letters at once without one": ("Växel", Telling.AT_ONCE, True, False, 0, SavingRefusal.NO_SERVER),
    "letters": ("Växel", Telling.DAILY, True, True, 0, None),
    "the fiftieth": ("Växel", Telling.NEVER, True, True, 49, None),
    "one more": ("Växel", Telling.NEVER, True, True, 50, SavingRefusal.TOO_MANY),
}


@pytest.mark.parametrize(("name", "telling", "asked", "mails", "others", "refusal"), SAVED.values(), ids=SAVED)
def test_which_searches_are_saved(
    name: str, telling: Telling, asked: bool, mails: bool, others: int, refusal: SavingRefusal | None
) -> None:
    rows: list[Any] = [Row(name=f"Sökning {number}") for number in range(others)]
    assert watching_rules.refuse_saving(rows, name, telling, asked=asked, mails=mails) is refusal


def test_a_name_is_one_line() -> None:
    """The name is used as the subject of letters."""
    assert watching_rules.plain(" Växel\r\nBcc: x\t y\x00 ") == "Växel Bcc: x y"
