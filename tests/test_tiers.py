"""The tiers: which tests run on PostgreSQL in `make test`, and which only among the long ones."""

from pathlib import Path

import pytest

from tests.tiers import BOTH_DATABASES, databases

PROJECT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", BOTH_DATABASES)
def test_each_name_stands_for_tests_that_are_there(name: str) -> None:
    """Otherwise tests whose file is renamed would leave `make test` unnoticed."""
    assert list(PROJECT.glob(f"{name}*")), name


@pytest.mark.parametrize(("place", "long"), [("tests/test_outbox.py", False), ("tests/people/test_factors.py", True)])
def test_postgresql_is_long_where_the_database_does_not_matter(place: str, long: bool) -> None:
    """SQLite is always included."""
    sqlite, postgres = databases(place)
    assert sqlite == "sqlite"
    assert ("long" in {mark.name for mark in postgres.marks}, "postgres" in {mark.name for mark in postgres.marks}) == (
        long,
        True,
    )
