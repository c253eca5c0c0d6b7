"""Where papers are listed, as the slices downstream say it: an attachment or an officer's paper may lie in many places.

Data runs downstream: a paper knows nothing of agendas and paragraphs. Each slice that lists papers adds a statement
here, beside its model, and `cases/access.py` judges all of them together.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

ATTACHMENTS: list[Select[Any]] = []
PROPOSALS: list[Select[Any]] = []


def place(paper: Any, forum: Any, *, secret: Any, told: Any) -> Select[Any]:
    """Select the places of one kind: the paper, the forum that has it there, whether the place is secret, and told.

    `secret` says that others than those who sit in the forum may not read what the paper is listed under; `told` that
    they may know of the place at all, as an agenda may be read and a draft may not.
    """
    labels = {"paper": paper, "forum": forum, "secret": secret, "told": told}
    return select(*(column.label(name) for name, column in labels.items()))
