"""Pagination of long lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

from flask import request

from govern.bounds import number

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list. `number` counts from 1; `total` is the number of rows."""

    rows: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def previous_url(self) -> str | None:
        """The URL of the previous page, or None on the first."""
        return _address(min(self.number - 1, self.pages)) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        """The URL of the next page, or None on the last."""
        return _address(self.number + 1) if self.number < self.pages else None


def asked_page() -> int:
    """Return the requested page number; anything invalid gives the first."""
    asked = request.args.get("sida", 1, type=number)
    return min(max(1, asked), 100_000)


def _address(number: int) -> str:
    """Return the current URL with its query, for another page of the list."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "sida"]
    return f"{quote(request.script_root + request.path)}?{urlencode([*asked, ('sida', number)])}"
