"""The two tiers of the tests: what `make test` runs, and what takes longer and is run by `make test-long` and in CI."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def few(names: Iterable[str], quick: Collection[str]) -> list[Any]:
    """Return a test's parameters: those in `quick` stand for all of them in `make test`, the others are long."""
    names = list(names)
    if missing := set(quick) - set(names):
        raise LookupError(f"there is no {', '.join(sorted(missing))} among {names}")
    return [name if name in quick else pytest.param(name, marks=pytest.mark.long) for name in names]
