"""What an earlier decision must be for a later one to replace or amend it, and how it is named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal
from govern.paragraphs import rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govern.paragraphs.models import Paragraph


class Refusal(BaseRefusal):
    """Why a decision is not tied to an earlier one."""

    NO_NUMBER = "Skriv den tidigare paragrafens nummer, till exempel § 809."
    NOT_FOUND = "Det finns ingen tidigare, förseglad paragraf med det numret i samverkan."
    SEVERAL = "Flera paragrafer har det numret. Skriv också forum och dag, till exempel § 809 Styrgruppen 2024-04-22."
    TAKEN = "Kopplingen till den paragrafen finns redan."
    NOT_THERE = "Kopplingen finns inte längre."


@dataclass(frozen=True, slots=True)
class Named:
    """An earlier paragraph as somebody wrote it: its number, and the words that tell it from others."""

    number: int
    words: str
    day: str | None
    year: str | None


def read_name(text: str) -> Named | None:
    """Read `§ 809 Styrgruppen 2024-04-22`, `809` or `§ 809, 2024`; None where there is no number."""
    days = re.findall(r"\b(?:19|20)\d\d-\d\d-\d\d\b", text)
    left = re.sub(r"\b(?:19|20)\d\d-\d\d-\d\d\b", " ", text)
    found = re.search(r"§+\s*(\d{1,5})", left) or re.search(r"\b(\d{1,5})\b", left)
    if found is None:
        return None
    rest = left[: found.start()] + " " + left[found.end() :]
    years = re.findall(r"\b(?:19|20)\d\d\b", rest)
    return Named(int(found[1]), rest.casefold(), days[0] if days else None, years[0] if years else None)


def fits(named: Named, paragraph: Paragraph) -> bool:
    """Return whether a paragraph with the number is on the day or in the year that was written, if any was."""
    day = paragraph.meeting.day.isoformat()
    return (named.day is None or named.day == day) and (named.year is None or day.startswith(named.year))


def choose(named: Named, found: Sequence[Paragraph], forum_id: int) -> Paragraph | Refusal:
    """Choose the one that is meant: in the forum that is named, else in the forum's own, else the only one."""
    fitting = [paragraph for paragraph in found if fits(named, paragraph)]
    by_name = [p for p in fitting if p.meeting.forum.name.casefold() in named.words]
    longest = max((len(p.meeting.forum.name) for p in by_name), default=0)
    left = [p for p in by_name if len(p.meeting.forum.name) == longest]
    left = left or [p for p in fitting if p.meeting.forum_id == forum_id] or fitting
    if not left:
        return Refusal.NOT_FOUND
    return left[0] if len(left) == 1 else Refusal.SEVERAL


def refuse_relating(paragraph: Paragraph) -> BaseRefusal | None:
    """Refuse to say anew what a decision does to another once its wording is locked (JO 3339-2013)."""
    refusal = rules.refuse_editing(paragraph)
    return refusal or (rules.Refusal.LOCKED if rules.wording_locked(paragraph) else None)
