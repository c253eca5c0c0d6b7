"""The background process of a real `govern run`: killed, hung, out of memory, stopped; one long job delays no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import select

from govern import outbox
from govern.db import db, now
from govern.outbox import OutboxEntry
from tests import dictionary
from tests.apps import SECRET, copy_sqlite, open_app
from tests.hostile_work import NAPPER
from tests.ports import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[1]
PATIENCE = 90.0  # Seconds within which a busy machine starts or stops a server.

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc"),
]


def descendants(pid: int) -> set[int]:
    """Return all descendants of a process."""
    row = children(pid)
    return row | {deeper for child in row for deeper in descendants(child)}


def children(pid: int) -> set[int]:
    """Return the child processes of a process."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError, IndexError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.add(int(entry.name))
    return found


def living(pids: set[int]) -> set[int]:
    """Return the processes that are still running; zombies are not."""
    found = set()
    for pid in pids:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.add(pid)
        except OSError:
            continue
    return found


class Run:
    """A running `govern run` and its installation."""

    def __init__(self, folder: Path, url: str, process: subprocess.Popen[bytes], port: str) -> None:
        self.folder, self.url, self.process, self.port = folder, url, process, port

    def answers(self) -> bool:
        """Return whether the server answers, which it does only when all its processes have been started."""
        with suppress(OSError), urlopen(f"http://127.0.0.1:{self.port}/logga-in", timeout=PATIENCE):
            return True
        return False

    def background(self) -> int:
        """Return the pid of the process that holds the outbox lock and runs all lanes, or 0 if there is none."""
        for pid in descendants(self.process.pid):
            try:
                held = {str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()}
            except OSError:
                continue
            if str(self.folder / "outbox.lock") in held and len(descendants(pid)) >= len(outbox.Lane):
                return pid
        return 0

    def nappers(self) -> set[int]:
        """Return the processes that the `naps` job has started."""
        return {p for p in descendants(self.process.pid) if NAPPER in Path(f"/proc/{p}/cmdline").read_text()}

    def ask(self, topic: str, key: object = 1) -> int:
        """Enqueue an entry and return its id."""
        with open_app(self.folder, self.url):
            outbox.enqueue(topic, key, at=now())
            db.session.commit()
            return db.session.scalar(select(db.func.max(OutboxEntry.id))) or 0

    def entry(self, entry_id: int) -> OutboxEntry:
        """Load an entry."""
        with open_app(self.folder, self.url):
            row = db.session.get_one(OutboxEntry, entry_id)
            db.session.expunge(row)
            return row

    def is_done(self, entry_id: int) -> bool:
        """Return whether an entry is done."""
        return self.entry(entry_id).done_at is not None


@pytest.fixture
def run(
    tmp_path: Path, database_kind: str, bare_database: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Run]]:
    """Return a function that starts `govern run`; everything it started is killed afterwards."""
    folder = tmp_path / "instance"
    dictionary.install(folder / "index")
    if database_kind == "sqlite":
        copy_sqlite(request.getfixturevalue("sqlite_template"), folder)
    with _running(folder, bare_database) as start:
        yield start


@contextmanager
def _running(folder: Path, url: str) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(**settings: str) -> Run:
        port = str(free_port())
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOVERN_", "DATABASE_URL"))}
        told = {"GOVERN_DATA_DIR": str(folder), "GOVERN_WORKERS": "1", "GOVERN_SECRET_KEY": SECRET}
        told |= {"DATABASE_URL": url} if url else {}
        said = (folder.parent / "said").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile_work", "run", "--port", port],
            env=kept | told | {"PYTHONPATH": str(ROOT)} | settings,
            stdout=said,
            stderr=said,
        )
        said.close()
        runs.append(Run(folder, url, process, port))
        return runs[-1]

    try:
        yield start
    finally:
        for run in runs:
            left = descendants(run.process.pid) | {run.process.pid}
            for pid in living(left):
                os.kill(pid, signal.SIGKILL)
            run.process.wait()


@pytest.mark.usefixtures("each_database")
def test_one_long_job_delays_no_other_and_dies_with_its_process(run: Callable[..., Run]) -> None:
    """A killed background process is replaced within seconds, recovers the entries it had leased, and does the rest."""
    server = run()
    first = until(server.background, PATIENCE)
    napping = server.ask("naps")
    until(server.nappers, PATIENCE)
    took = []
    for key in range(3):
        asked = server.ask("meeting", 1000 + key)
        until(lambda: server.is_done(asked), PATIENCE)  # noqa: B023 — called in this iteration
        row = server.entry(asked)
        assert row.done_at is not None
        took.append((row.done_at - row.created_at).total_seconds())
    assert min(took) < 2, "the index does not wait for the documents"
    lanes = descendants(first)
    os.kill(first, signal.SIGKILL)
    until(lambda: server.background() not in {0, first}, 30)
    assert until(lambda: not living(lanes), 5), "its lanes died with it, and what they had started"
    assert until(lambda: server.entry(napping).attempts == 2, 30)
    assert server.entry(napping).error == outbox.INTERRUPTED
    again = server.ask("meeting", 2000)
    assert until(lambda: server.is_done(again), PATIENCE)
    everybody = descendants(server.process.pid)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0
    assert until(lambda: not living(everybody), 5), "asked to stop, all are gone, also what a job had started"


@pytest.mark.usefixtures("each_database")
def test_what_hangs_or_grows_is_ended_and_set_aside(run: Callable[..., Run]) -> None:
    """A job in C that keeps the GIL is ended too; other lanes go on. If `govern run` is killed, no process remains."""
    server = run()
    before = until(server.background, PATIENCE)
    stuck, grows = server.ask("stuck"), server.ask("grows")
    until(lambda: server.entry(stuck).set_aside_at and server.entry(grows).set_aside_at, PATIENCE)
    assert server.entry(stuck).error == "Det tog längre tid än 1 sekunder och avbröts."
    assert server.entry(grows).error == "Det tog mer minne än 2000 MB och avbröts."
    after = server.ask("remind", "1:7")
    assert until(lambda: server.is_done(after), PATIENCE), "the lane that was ended works again"
    assert server.background() == before
    everybody = descendants(server.process.pid)
    server.process.kill()
    until(lambda: not living(everybody), 30)


def test_it_is_left_out(run: Callable[..., Run], database_kind: str) -> None:
    """With `GOVERN_BACKGROUND=0` no background process is started."""
    server = run(GOVERN_BACKGROUND="0")
    until(server.answers, PATIENCE)
    assert len(children(server.process.pid)) == 1, "the web's one process, and nothing beside it"
    assert not (server.folder / "outbox.lock").exists()
