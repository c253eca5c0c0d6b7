"""The two tiers of the tests: those of `make test`, and the long ones of `make test-long` and CI."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest

BOTH_DATABASES = {
    "tests/leaks/": "who may see what is asked in SQL",
    "tests/notices/test_publishing.py": "each database refuses in its own way what must not change once posted",
    "tests/people/test_attempts.py": "each database lets those who guess at once be counted in its own way",
    "tests/protocols/test_verifying.py": "each database lets those who verify at once wait in its own way",
    "tests/search/": "each database has a search engine of its own",
    "tests/test_audit.py": "each database has triggers of its own, which keep the audit log as it is",
    "tests/test_edges.py": "each database refuses other values: PostgreSQL long numbers and NUL",
    "tests/test_migrations": "each database changes its tables in its own way",
    "tests/test_letters.py": "each database has triggers of its own, which keep a letter as it was sent",
    "tests/test_starting.py": "each database lets those who start at once wait in its own way",
    "tests/test_outbox.py": "each database lets workers share the outbox in its own way",
    "tests/test_plumbing.py": "each database keeps instants and words in columns of its own types",
    "tests/test_transactions.py": "each database has locks and isolation of its own",
    "tests/test_unchanged.py": "each database tells in its own way that something has been committed",
}
"""Tests where the database itself matters, and why: they run on PostgreSQL in `make test` too. All others that ask for
`each_database` run on SQLite there, and on PostgreSQL among the long tests.
"""


def databases(place: str) -> list[Any]:
    """Return the databases for a test that asks for `each_database`; `place` is its file, relative to the project."""
    quick = any(place.startswith(name) for name in BOTH_DATABASES)
    marks = [pytest.mark.postgres] if quick else [pytest.mark.postgres, pytest.mark.long]
    return ["sqlite", pytest.param("postgres", marks=marks)]


def quick_params(names: Iterable[str], quick: Collection[str]) -> list[Any]:
    """Return a test's parameters: `make test` runs only those in `quick`; the others are long."""
    names = list(names)
    if missing := set(quick) - set(names):
        raise LookupError(f"there is no {', '.join(sorted(missing))} among {names}")
    return [name if name in quick else pytest.param(name, marks=pytest.mark.long) for name in names]
