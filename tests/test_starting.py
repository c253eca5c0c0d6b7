"""`govern run` on an installation that another process starts too, and how it stops."""

from __future__ import annotations

import http.client
from pathlib import Path

from tests.running import RUN, govern_run, started

LATE = f"""
import time
from sqlalchemy import Engine, event
event.listen(Engine, "begin", lambda connection: time.sleep(0.1), insert=True)
{RUN}
"""
"""Every transaction begins late, as on a busy machine, so that those who start at once come between each other's."""


def test_two_that_start_at_once_on_an_empty_folder_both_serve(tmp_path: Path, bare_database: str, each_database: str):
    folder = tmp_path / "instance"
    environment = {"GOVERN_WORKERS": "1", "GOVERN_DATABASE_URL": bare_database}
    with started(folder, environment, LATE) as one, started(folder, environment, LATE) as other:
        one.answers()
        other.answers()
        assert (one.stop(), other.stop()) == (0, 0)


def test_it_stops_without_a_warning_though_connections_are_kept_alive(tmp_path: Path):
    with govern_run(tmp_path / "instance", {"GOVERN_WORKERS": "1"}) as running:
        kept = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        kept.request("GET", "/logga-in")
        kept.getresponse().read()
        assert running.connections() == 1
        assert running.stop() == 0
        kept.close()
        assert "WARNING" not in running.log
        assert "ERROR" not in running.log
