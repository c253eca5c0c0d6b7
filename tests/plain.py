"""Plain objects that replace rows, for rules and predicates that need no database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class Row(SimpleNamespace):
    """A row: a column without a value is None. Rows are compared by identity."""

    __eq__ = object.__eq__  # type: ignore[assignment]
    __hash__ = object.__hash__  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None
