"""The placeholders of the demo's texts, so that days, years and sums are computed, never typed.

`{day:+30}` is the day 30 days after the meeting, `{year:+1}` the year after it, `{ref:plan}` the number and day of an
earlier paragraph, `{costs:1840000}` a table of the sum divided by population, `{chair}` and `{adjuster}` names, and
`{next}` the forum's next meeting.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from govern.demo.script import Party
from govern.swedish import long_date, number


class Day:
    """A day, formatted with an offset in days."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __format__(self, days: str) -> str:
        return long_date(self.day + timedelta(days=int(days or 0)))


class Year:
    """A year, formatted with an offset in years."""

    def __init__(self, year: int) -> None:
        self.year = year

    def __format__(self, years: str) -> str:
        return str(self.year + int(years or 0))


class References:
    """The paragraphs opened so far, formatted by their key in the script."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}

    def __format__(self, key: str) -> str:
        return self.places[key]


class Costs:
    """Sums divided by population in whole kronor, by the largest remainder method."""

    def __init__(self, parties: tuple[Party, ...]) -> None:
        self.parties = parties

    def shares(self, total: int) -> list[int]:
        """Return each party's share of a sum in whole kronor, in the order of the parties."""
        people = sum(party.population for party in self.parties)
        shares = [total * party.population // people for party in self.parties]
        remainders = [total * party.population % people for party in self.parties]
        for index in sorted(range(len(shares)), key=lambda i: -remainders[i])[: total - sum(shares)]:
            shares[index] += 1
        return shares

    def __format__(self, total: str) -> str:
        people = sum(party.population for party in self.parties)
        rows = [
            (party.name, number(party.population), f"{party.population / people:.1%}".replace(".", ","), number(share))
            for party, share in zip(self.parties, self.shares(int(total)), strict=True)
        ]
        rows = [(*row[:2], row[2].replace("%", "\u00a0%"), row[3]) for row in rows]
        head = "".join(f"<th>{name}</th>" for name in ("Kommun", "Invånare", "Andel", "Kostnad, kronor"))
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        last = "".join(f"<td><strong>{x}</strong></td>" for x in ("Summa", number(people), "", number(int(total))))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}<tr>{last}</tr></tbody></table>"


class Share:
    """One party's share of a sum: `{share:Ånge/1840000}`."""

    def __init__(self, costs: Costs) -> None:
        self.costs = costs

    def __format__(self, spec: str) -> str:
        name, _, total = spec.partition("/")
        index = [party.short_name for party in self.costs.parties].index(name)
        return number(self.costs.shares(int(total))[index])


class Sum:
    """A formatted sum of money: `{kr:1840000}`."""

    def __format__(self, spec: str) -> str:
        return f"{number(int(spec))}\u00a0kronor"


def fill(text: str, places: Mapping[str, Any]) -> str:
    """Replace the placeholders in a text.

    Raises:
        KeyError: if one is unknown, or refers to a paragraph that has not been opened.
    """
    return text.format_map(places)


def to_html(text: str) -> str:
    """Convert a text to HTML: blank lines separate blocks, lines with a leading dash are a list, HTML is unchanged."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return "".join(_block(part) for part in parts if part)


def _block(part: str) -> str:
    lines = part.splitlines()
    if part.startswith("<"):
        return part
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{html.escape(line[2:], quote=False)}</li>" for line in lines) + "</ul>"
    return f"<p>{html.escape(part, quote=False)}</p>"
