"""The conditions for importing a record into a forum."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from govern.errors import Refusal as BaseRefusal
from govern.forums.states import SeatRole
from govern.markup import MOST_CELLS_IN_ALL
from govern.record import ProtocolRecord
from govern.richtext import cells_of, runs_of


class Refusal(BaseRefusal):
    """Why a record cannot be imported, or an abbreviation saved.

    Nothing has changed.
    """

    UNREADABLE = "Filen är ingen läsbar protokollspost."
    ALREADY_HERE = "Protokollet är redan inläst eller förseglat här."
    NUMBERS_TAKEN = "Forumet har redan paragrafer med de numren i samma serie."
    NUMBERS_TWICE = "Posten har samma paragrafnummer två gånger, eller numren i fel ordning."
    ROLE = "Posten har en närvarande med en roll som inte finns."
    NOT_A_PARAGRAPH = "Posten anger närvaro från eller till en paragraf som den inte har."
    NOT_SUBSTITUTE = "Posten låter någon tjänstgöra som inte är ersättare, eller för sig själv."
    NOT_SHORT = "Skriv en förkortning i ett ord, högst tolv bokstäver och siffror."
    NOT_WORDS = "Skriv vad förkortningen står för, högst hundra tecken och inte förkortningen själv."
    LINK = "Posten har en länk till annat än en webbadress, en e-postadress eller ett telefonnummer."
    END_DATE = "Posten har ett möte som slutar en annan dag än dagen efter, eller utan klockslag."
    CELLS = "Posten har en paragraf med tabeller på mer än 20 000 rutor. Lägg tabellen som bilaga i stället."
    CONTRADICTS = "Posten säger emot sig själv och går inte att läsa in."


def refuse_record(frozen: ProtocolRecord) -> Refusal | None:
    """Refuse a record with content that a meeting's rows cannot represent."""
    runs = (run for p in frozen.paragraphs for section in p.sections for run in runs_of(section.blocks))
    if any(run.href is not None and run.link is None for run in runs):
        return Refusal.LINK
    if any(sum(cells_of(section.blocks) for section in p.sections) > MOST_CELLS_IN_ALL for p in frozen.paragraphs):
        return Refusal.CELLS
    last = frozen.meeting.end_date
    if last is not None and (frozen.meeting.end is None or last - frozen.meeting.date != timedelta(days=1)):
        return Refusal.END_DATE
    numbers = [paragraph.number for paragraph in frozen.paragraphs]
    return Refusal.NUMBERS_TWICE if numbers != sorted(set(numbers)) else _refuse_presence(frozen, numbers)


def _refuse_presence(frozen: ProtocolRecord, numbers: Sequence[int]) -> Refusal | None:
    for row in frozen.presence:
        if row.role not in set(SeatRole):
            return Refusal.ROLE
        if any(edge is not None and edge not in numbers for edge in (row.from_paragraph, row.to_paragraph)):
            return Refusal.NOT_A_PARAGRAPH
        if row.serving_for is not None and (row.role != SeatRole.SUBSTITUTE or row.serving_for == row.name):
            return Refusal.NOT_SUBSTITUTE
    return None


def place_of(error: Exception) -> str:
    """Return a sentence on where in a record the error is, if its message begins with a path, else an empty string."""
    found = re.match(r"[a-z_]+(?:\[\d+\]|\.[a-z_]+)*(?=: )", str(error))
    return f" Felet finns vid {found[0]}." if found else ""
