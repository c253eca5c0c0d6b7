"""Both engines survive being killed while they write, and concurrent reading."""

import os
import subprocess
import sys
import threading
import time
from itertools import count, pairwise
from pathlib import Path

import pytest

from govern.search import parse
from govern.search.embedded.engine import WhooshEngine
from tests.search.conftest import DOCUMENTS, ENGINES, INSIDERS, document, in_postgres

ROOT = Path(__file__).parents[2]
READERS, STALE = 8, 2.0


@pytest.mark.long
@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("kills", [100])
def test_killed_many_times_it_can_be_read_and_lacks_nothing(kind, kills, tmp_path, directory, request):
    target = str(tmp_path / "index")
    if kind == "postgres":
        target = request.getfixturevalue("postgres").create("killed").replace("postgresql:", "postgresql+psycopg:", 1)
    command = [sys.executable, "-m", "tests.search.killed", kind, target, str(directory), str(kills)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= kills // 5  # Most kills must have hit while it was writing.


@pytest.fixture(params=ENGINES)
def busy(request, tmp_path, directory):
    """Yield an engine with the documents, for one test."""
    if request.param == "embedded":
        engine = WhooshEngine(tmp_path / "index")
        engine.rebuild(DOCUMENTS)
        yield engine
        return
    with in_postgres(request.getfixturevalue("postgres"), "busy") as engine:
        engine.rebuild(DOCUMENTS)
        yield engine


@pytest.mark.parametrize("seconds", [1.0, pytest.param(4.0, marks=pytest.mark.long)])
def test_eight_read_while_one_writes(busy, seconds):
    """Readers get no errors and no results older than two seconds."""
    errors, versions, stop, reads = [], [], threading.Event(), count()

    def read():
        while not stop.is_set():
            begun = time.monotonic()
            old = [number for (number, _), (_, after) in pairwise(versions) if after < begun - STALE]
            try:
                assert busy.search(parse("hyresavtal"), INSIDERS).total == 1
                for number in old[-3:]:
                    assert busy.search(parse(f"nummer{number}"), INSIDERS).total == 0
            except Exception as error:
                errors.append(error)
                return
            next(reads)

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    begun = time.monotonic()
    for number in count():
        busy.update([document("rad", "Rad", f"nummer{number}")])
        versions.append((number, time.monotonic()))
        if number % 20 == 10:
            busy.rebuild([*DOCUMENTS, document("rad", "Rad", f"nummer{number}")])
        if time.monotonic() - begun > seconds and number > 5:
            break
    stop.set()
    for reader in readers:
        reader.join()
    assert not errors
    assert next(reads) > READERS
    assert busy.search(parse(f"nummer{number}"), INSIDERS).total == 1
