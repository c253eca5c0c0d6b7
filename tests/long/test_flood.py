"""Strangers try passwords on the real server, and a secretary who saves does not notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.flood import TARGET, measure, server
from tests.servers import Postgres

pytestmark = [pytest.mark.long, pytest.mark.alone]


def test_a_save_under_a_flood_on_sqlite(tmp_path: Path) -> None:
    """Twelve connections without an account; every save is kept, and its 95th percentile within three times."""
    with server(tmp_path / "instance") as served:
        calm, stormy, _, rate = measure(served)
    assert rate > 0
    assert stormy <= TARGET * calm


@pytest.mark.postgres
def test_a_save_under_a_flood_on_postgres(tmp_path: Path, postgres: Postgres) -> None:
    """The same where the rows are in PostgreSQL."""
    with server(tmp_path / "instance", postgres.create("flood")) as served:
        calm, stormy, _, rate = measure(served)
    assert rate > 0
    assert stormy <= TARGET * calm
