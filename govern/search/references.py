"""Diary numbers (dnr) in the spellings that Swedish registries use, normalised to one key each.

`KS 2018/14`, `KS-2014/742.912`, `SLK-2024-00074`, `2013-KS0548/003`, `2024/72 -KS`, `1435/22` and `22/00126` all give a
year, a serial number and, optionally, an authority and a document number or plan code. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_AUTHORITY = r"[^\W\d_]{1,6}"
_YEAR = r"(?:19|20)\d\d"
_SHORT = r"(?!(?i:sou|sfs|ds|lag|prop|bet|dir|skr|rskr|nr)\b)(?:[A-ZÅÄÖ]{2,6}|[a-zåäö]{2,4})"
_SMALL = r"(?!(?:jfr|kl|kr|tkr|mkr|mnkr|nr|st|vt|ht)\b)[b-df-hj-np-tv-xz]{2,4}"
_SUFFIX = r"(?:[-.:](?P<suffix>\d+(?:\.\d+)*))?"
_SPELLINGS = tuple(
    re.compile(rf"(?<![\w/]){spelling}(?![\w/])")
    for spelling in (
        # KS 2018/14, KS-2014/742.912, IFN 2018/00256-1.6.1, KS2023/128-808, KS.2017/3
        rf"(?P<authority>{_AUTHORITY})[ \u00a0.-]?(?P<year>{_YEAR})/(?P<serial>\d{{1,6}}){_SUFFIX}",
        # 2013-KS0548/003
        rf"(?P<year>{_YEAR})-(?P<authority>[^\W\d_]{{1,6}})(?P<serial>\d{{1,6}})(?:/(?P<suffix>\d+(?:\.\d+)*))?",
        # 2024/72 -KS (in capitals, or a search that excludes a word would match) and 2024/72-ks
        rf"(?P<year>{_YEAR})/(?P<serial>\d{{1,6}})(?: ?- ?(?P<authority>[A-ZÅÄÖ]{{1,6}})|-(?P<small>[a-zåäö]{{1,6}}))",
        # 2024/72 and 2024/72-3
        rf"(?P<year>{_YEAR})/(?P<serial>\d{{1,6}}){_SUFFIX}",
        # KU.2017.3, SLK-2024-00074, KS-2024-72-3
        rf"(?P<authority>{_AUTHORITY})(?P<mark>[.-])(?P<year>{_YEAR})(?P=mark)(?P<serial>\d{{1,6}}){_SUFFIX}",
        # SLK 2024-00074, 2024-00074 (five digits, since fewer would match a pair of years)
        rf"(?:(?P<authority>{_AUTHORITY})[ \u00a0])?(?P<year>{_YEAR})-(?P<serial>\d{{5,6}}){_SUFFIX}",
        # KS 2024:31; but SOU 2021:97 is a report, and 2017:725 a law
        rf"(?P<authority>{_SHORT})[ \u00a0.-]?(?P<year>{_YEAR}):(?P<serial>\d{{1,6}})",
        # SLK 2024-74, slk2024.74: an authority in capitals or without a vowel, and not followed by a day as in a date
        rf"(?P<authority>[A-ZÅÄÖ]{{2,6}}|{_SMALL})[ \u00a0]?"
        rf"(?P<year>{_YEAR})(?P<sign>[-.])(?P<serial>\d{{1,4}})(?!(?P=sign)\d)",
        # KS 22/00126, 22/00126
        rf"(?:(?P<authority>{_AUTHORITY})[ \u00a0-])?(?P<short>\d\d)/(?P<serial>\d{{3,6}})",
        # KS 1435/22, 1435/22, 1435/2022
        rf"(?:(?P<authority>{_AUTHORITY})[ \u00a0-])?(?P<serial>\d{{3,6}})/(?:(?P<year>{_YEAR})|(?P<short>\d\d))",
        # KS 14/2018, 14/2018
        rf"(?:(?P<authority>{_AUTHORITY})[ \u00a0-])?(?P<serial>\d{{1,2}})/(?P<year>{_YEAR})",
    )
)
# A cheap filter that every spelling matches and most text does not.
POSSIBLE = rf"\d/\d|{_YEAR}[.:-]\w|[.-]{_YEAR}|\d[^\W\d_]{{1,6}}\d"
_POSSIBLE = re.compile(POSSIBLE)
_BEGINNING = re.compile(r"(?<![\w/])[^\W_]")
FURTHEST = 14  # Greatest distance from the start of a reference to the match of POSSIBLE, in characters.
# Words that often precede a number but are not authorities.
_NOT_AUTHORITIES = frozenset((
    "dnr", "diarienr", "diarienummer", "ärendenr", "i", "om", "och", "av", "för", "från", "till", "år", "den",
    "nr", "mål", "kap", "sfs", "prop", "bet", "dir", "skr", "period", "läsåret", "under", "sedan", "enligt",
    "samt", "ärende", "budget", "plan", "delår", "vid", "med", "på", "via", "vt", "ht",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """A parsed diary number.

    `serial` has no leading zeros; `start` and `end` are its offsets in the text.
    """

    raw: str
    authority: str
    year: int
    serial: int
    suffix: str
    start: int = 0
    end: int = 0

    @property
    def key(self) -> str:
        """The normalised form, such as `ks-2023-128-808`."""
        parts = (self.authority, str(self.year), str(self.serial), self.suffix)
        return "-".join(part for part in parts if part)

    @property
    def matter(self) -> Reference:
        """The same number without its document number or plan code: the matter that the document belongs to."""
        return Reference(self.raw, self.authority, self.year, self.serial, "")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that the number is found by: with and without authority and suffix, most specific first."""
        bare = Reference(self.raw, "", self.year, self.serial, self.suffix)
        return tuple(dict.fromkeys((self.key, self.matter.key, bare.key, bare.matter.key)))


def _read(match: re.Match[str]) -> Reference:
    found = match.groupdict()
    authority = (found.get("authority") or found.get("small") or "").lower()
    start = match.start()
    if authority in _NOT_AUTHORITIES or (
        len(authority) > 4 and " " in match.group() and not match.group()[0].isupper()
    ):
        start, authority = match.start("authority") + len(authority), ""
        start += len(match.string[start:]) - len(match.string[start:].lstrip(" \u00a0.-"))
    year = int(found["year"]) if found.get("year") else _century(int(found["short"]))
    suffix = ".".join(str(int(part)) for part in (found.get("suffix") or "").split(".") if part)
    raw = match.string[start : match.end()]
    return Reference(raw, authority, year, int(found["serial"]), suffix, start, match.end())


def _century(short: int) -> int:
    """Expand a two-digit year to 1950–2049."""
    return short + (2000 if short < 50 else 1900)


def at(text: str, start: int) -> Reference | None:
    """Return the reference that starts exactly at `start`, in its longest spelling, or None."""
    matches = [match for spelling in _SPELLINGS if (match := spelling.match(text, start))]
    return _read(max(matches, key=lambda match: match.end())) if matches else None


def find(text: str) -> Iterator[Reference]:
    """Yield the references in `text` from left to right, without overlaps."""
    reached = 0
    for possible in _POSSIBLE.finditer(text):
        for begin in _BEGINNING.finditer(text, max(reached, possible.start() - FURTHEST), possible.end()):
            if begin.start() >= reached and (found := at(text, begin.start())):
                reached = found.end
                yield found


def normalise(reference: str) -> str:
    """Return the key of a diary number, or its lower-case letters and digits if the spelling is unknown.

    Equal numbers in different spellings have equal keys: `KS 2018/14`, `ks-2018/014` and `2018/14 -KS` are
    `ks-2018-14`.
    """
    text = " ".join(reference.replace("\u2013", "-").replace("\u2212", "-").split())
    for found in find(text):
        if found.start == 0 or not any(character.isdigit() for character in text[: found.start]):
            return found.key
    return "-".join(re.findall(r"[^\W_]+", text.lower()))
