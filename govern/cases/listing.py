"""A registry of the places where papers are listed: an attachment or a proposal may be listed in several.

A paper knows nothing of agendas and paragraphs, which belong to later slices. Each slice that lists papers adds a
statement to these lists, beside its model, and `cases/access.py` evaluates all of them together.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

ATTACHMENTS: list[Select[Any]] = []
PROPOSALS: list[Select[Any]] = []


def place(paper: Any, forum: Any, *, secret: Any, disclosed: Any) -> Select[Any]:
    """Select one kind of place: the id of the paper and of the forum that lists it, `secret` and `disclosed`.

    `secret` is whether only those who sit in the forum may read what the paper is listed under; `disclosed` is whether
    others may know of the place at all: of an agenda they may, of a draft not.
    """
    labels = {"paper": paper, "forum": forum, "secret": secret, "disclosed": disclosed}
    return select(*(column.label(name) for name, column in labels.items()))
