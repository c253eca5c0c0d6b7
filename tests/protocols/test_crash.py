"""A process killed while sealing or signing leaves the protocol before or after a step, never in between."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from govern import audit
from govern.audit import AuditEntry
from govern.db import db, now
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.protocols.models import Protocol, SigningJob
from govern.protocols.verifying.judging import stored_faults, verify
from tests.apps import copy_sqlite, open_app
from tests.conftest import DATABASES
from tests.servers import Postgres

ROOT = Path(__file__).parents[2]
KILLS = 60 if os.environ.get("CI") else 12


@pytest.mark.long
@pytest.mark.parametrize("kind", DATABASES)
def test_killed_at_any_moment(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The process is killed 12 times, or 60 if `CI` is set, half while sealing and half while signing."""
    _kill(kind, KILLS, request, tmp_path)


def _kill(kind: str, kills: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Seal and sign once to completion and then `kills` times with a kill, and check what is left."""
    places = _places(kind, kills, request, tmp_path)
    command = [sys.executable, "-m", "tests.protocols.crashing", *(f"{folder}={url}" for folder, url in places)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=600)
    server: Postgres | None = request.getfixturevalue("postgres") if kind == "postgres" else None
    if server:
        server.left_alone()
    reached = [_reached(folder, url) for folder, url in places]
    assert reached[0] == 4
    assert len(set(reached)) > min(kills // 3, 2), f"the moments were too alike: {reached}"
    for folder, _ in places if server else ():
        server.drop(f"crash_{folder.name}")


def _places(kind: str, kills: int, request: pytest.FixtureRequest, tmp_path: Path) -> list[tuple[Path, str]]:
    """Create the folders, each with a migrated database."""
    folders = [tmp_path / str(number) for number in range(kills + 1)]
    if kind == "sqlite":
        for folder in folders:
            copy_sqlite(request.getfixturevalue("sqlite_template"), folder)
        return [(folder, "") for folder in folders]
    server: Postgres = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_template")
    return [(folder, server.create(f"crash_{folder.name}", template)) for folder in folders]


def _reached(folder: Path, url: str) -> int:
    """Check that the stored state is consistent; return -1 before sealing, else the number of signatures."""
    with open_app(folder, url):
        assert list(audit.breaks()) == []
        protocol = db.session.scalar(db.select(Protocol))
        meeting = db.session.scalar(db.select(Meeting))
        logged = [entry.action for entry in db.session.scalars(db.select(AuditEntry))]
        if protocol is None:
            assert meeting is None or meeting.state is MeetingState.CLOSED
            assert "protocol.sealed" not in logged
            return -1
        assert meeting is not None
        assert meeting.state is MeetingState.SEALED
        given = [signature for signature in protocol.signatures if signature.signed_at]
        assert [s.position for s in given] == list(range(1, len(given) + 1))
        assert [file.revision for file in protocol.files] == list(range(len(given) + 1))
        assert logged.count("protocol.signed") == len(given)
        assert all(hashlib.sha256(file.pdf).hexdigest() == file.sha256 for file in protocol.files)
        assert stored_faults(protocol) == []
        waiting = db.session.scalars(db.select(SigningJob)).all()
        assert all(job.signature.signed_at is None for job in waiting), "a job outlived its signature"
        if given:
            report = verify(protocol.files[-1].pdf, at=now()).report
            assert report is not None
            assert report.holds
        return len(given)
