"""The ids, rows and cases that the tables of this folder are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from govern.db import Model, db
from tests import make
from tests.cast import Cast
from tests.test_transactions import elsewhere, meanwhile  # noqa: F401 — fixtures

AT = make.AT
FRESH = timedelta(minutes=5)
Deed = Callable[[], object]


@dataclass(frozen=True)
class Ids:
    """The ids of the rows that a case uses; each session loads its own rows."""

    anna: int
    bo: int
    cilla: int
    david: int
    forum: int
    meeting: int = 0
    paragraph: int = 0
    other: int = 0
    more: Any = None


def row(kind: type[Any], row_id: int) -> Any:
    """Load a row in the current thread's session."""
    return db.session.get_one(kind, row_id)


def count(kind: type[Model], *where: Any) -> int:
    """Count the rows that match."""
    return db.session.scalar(select(func.count()).select_from(kind).where(*where)) or 0


def ids(cast: Cast, **values: Any) -> Ids:
    """Collect the ids of the cast and of the case, and end the transaction."""
    people_ = {name: getattr(cast, name).id for name in ("anna", "bo", "cilla", "david", "forum")}
    found = Ids(**people_, **values)
    db.session.rollback()
    return found


@dataclass(frozen=True)
class Case:
    """A setting, the second operation, the first (or the same), whether the second is refused, and what holds then."""

    name: str
    setting: Callable[[Cast], Ids]
    second: Callable[[Ids], object]
    holds: Callable[[Ids], bool]
    first: Callable[[Ids], object] | None = None
    refused: bool = True
