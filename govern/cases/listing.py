"""A registry of the places where papers are listed: an attachment or a proposal may be listed in several.

A paper knows nothing of agendas and paragraphs, which belong to later slices. Each slice that lists papers adds a
statement here when it is registered, and `cases/access.py` evaluates all of them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

Place = Select[Any]


@dataclass(frozen=True, slots=True)
class Places:
    """Where a slice lists papers, as made by `place`."""

    attachments: Sequence[Place]
    proposals: Sequence[Place]


_places: dict[str, Places] = {}


def add(name: str, places: Places) -> None:
    """Add the places of a slice; the same name replaces them."""
    _places[name] = places


def attachments() -> list[Place]:
    """Return all places that list attachments."""
    return [place for places in _places.values() for place in places.attachments]


def proposals() -> list[Place]:
    """Return all places that list proposals."""
    return [place for places in _places.values() for place in places.proposals]


def place(paper: Any, forum: Any, *, secret: Any, disclosed: Any) -> Place:
    """Select one kind of place: the id of the paper and of the forum that lists it, `secret` and `disclosed`.

    `secret` is whether only those who sit in the forum may read what the paper is listed under; `disclosed` is whether
    others may know of the place at all: of an agenda they may, of a draft not.
    """
    labels = {"paper": paper, "forum": forum, "secret": secret, "disclosed": disclosed}
    return select(*(column.label(name) for name, column in labels.items()))
