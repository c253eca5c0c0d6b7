"""A flood of password guesses on the real server, while a secretary saves."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.flood import TARGET, measure, server
from tests.servers import Postgres

pytestmark = [pytest.mark.long, pytest.mark.alone]


def test_a_save_under_a_flood_on_sqlite(tmp_path: Path) -> None:
    """Twelve connections guess; every save is stored, and the 95th percentile is at most three times the calm one."""
    with server(tmp_path / "instance") as served:
        calm, stormy, _, rate = measure(served)
    assert rate > 0
    assert stormy <= TARGET * calm


@pytest.mark.postgres
def test_a_save_under_a_flood_on_postgres(tmp_path: Path, postgres: Postgres) -> None:
    """The same with the rows in PostgreSQL."""
    with server(tmp_path / "instance", postgres.create("flood")) as served:
        calm, stormy, _, rate = measure(served)
    assert rate > 0
    assert stormy <= TARGET * calm
