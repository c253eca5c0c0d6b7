"""How an earlier decision is named and found, and when a relation to it may be changed."""

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
    """Why a relation to an earlier decision is refused."""

    NO_NUMBER = "Skriv den tidigare paragrafens nummer, till exempel § 809."
    NOT_FOUND = "Det finns ingen tidigare, förseglad paragraf med det numret i samverkan."
    SEVERAL = "Flera paragrafer har det numret. Skriv också forum och dag, till exempel § 809 Styrgruppen 2024-04-22."
    TAKEN = "Kopplingen till den paragrafen finns redan."
    NOT_THERE = "Kopplingen finns inte längre."


@dataclass(frozen=True, slots=True)
class Named:
    """A typed reference to an earlier paragraph: its number, the other words in lower case, and any day and year."""

    number: int
    words: str
    day: str | None
    year: str | None


def read_name(text: str) -> Named | None:
    """Parse `§ 809 Styrgruppen 2024-04-22`, `809` or `§ 809, 2024`; return None if there is no number."""
    days = re.findall(r"\b(?:19|20)\d\d-\d\d-\d\d\b", text)
    left = re.sub(r"\b(?:19|20)\d\d-\d\d-\d\d\b", " ", text)
    found = re.search(r"§+\s*(\d{1,5})", left) or re.search(r"\b(\d{1,5})\b", left)
    if found is None:
        return None
    rest = left[: found.start()] + " " + left[found.end() :]
    years = re.findall(r"\b(?:19|20)\d\d\b", rest)
    return Named(int(found[1]), rest.casefold(), days[0] if days else None, years[0] if years else None)


def fits(named: Named, paragraph: Paragraph) -> bool:
    """Return whether a paragraph's meeting is on the typed day and in the typed year, if any."""
    day = paragraph.meeting.day.isoformat()
    return (named.day is None or named.day == day) and (named.year is None or day.startswith(named.year))


def choose(named: Named, found: Sequence[Paragraph], forum_id: int) -> Paragraph | Refusal:
    """Choose the paragraph that is meant: in the named forum, else in `forum_id`, else in any; refuse if not unique."""
    fitting = [paragraph for paragraph in found if fits(named, paragraph)]
    by_name = [p for p in fitting if p.meeting.forum.name.casefold() in named.words]
    longest = max((len(p.meeting.forum.name) for p in by_name), default=0)
    left = [p for p in by_name if len(p.meeting.forum.name) == longest]
    left = left or [p for p in fitting if p.meeting.forum_id == forum_id] or fitting
    if not left:
        return Refusal.NOT_FOUND
    return left[0] if len(left) == 1 else Refusal.SEVERAL


def refuse_relating(paragraph: Paragraph) -> BaseRefusal | None:
    """Refuse to change a relation if the paragraph may not be edited or its wording is locked (JO 3339-2013)."""
    refusal = rules.refuse_editing(paragraph)
    return refusal or (rules.Refusal.LOCKED if rules.wording_locked(paragraph) else None)
