"""Garbage collection in the middle of an instruction, which crashes Python 3.11, and `collecting`, which avoids it."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from govern import collecting

DYING = """
import gc
import sys
import weakref
from importlib.util import module_from_spec, spec_from_file_location

spec = spec_from_file_location("collecting", "govern/collecting.py")
collecting = module_from_spec(spec)
spec.loader.exec_module(collecting)
if "safely" in sys.argv:
    collecting.start()


class State:
    \"\"\"As SQLAlchemy's InstanceState: knows its row weakly, and writes to itself when the row goes.\"\"\"

    session_id = strong = None

    def __init__(self, row):
        self.row = weakref.ref(row, self.cleanup)

    def cleanup(self, ref):
        self.session_id = self.strong = None


class Row:
    pass


def load(count):
    states = []
    for _ in range(count):
        row = Row()
        row.me = row  # Only the collector frees it.
        row.state = State(row)
        states.append(row.state)
    return states


NEVER = 1_000_000_000
gc.set_threshold(NEVER)
load(100)  # From now on the attributes of a State have room for one more name, not two.
for _ in range(20):
    gc.collect()  # Nothing is kept for use again, so that the next dictionary is allocated.
    for state in load(800):
        state.session_id = None
        gc.set_threshold(1)
        state.strong = None  # Makes a dictionary, and so may collect.
        gc.set_threshold(NEVER)
    gc.collect()
print("survived")
"""
ON_311 = sys.version_info < (3, 12)
ROOT = Path(__file__).parents[1]


def _run(*how: str) -> subprocess.CompletedProcess[str]:
    debugged = {**os.environ, "PYTHONMALLOC": "debug"}
    command = [sys.executable, "-c", DYING, *how]
    return subprocess.run(command, cwd=ROOT, env=debugged, check=False, capture_output=True, text=True)


@pytest.mark.skipif(not ON_311, reason="Python 3.12 and later collect between instructions by themselves")
def test_python_311_dies_of_a_callback_in_the_middle_of_an_instruction():
    assert _run().returncode < 0


def test_collected_safely_it_survives():
    done = _run("safely")
    assert (done.returncode, done.stdout) == (0, "survived\n"), done.stderr


@pytest.mark.skipif(not ON_311, reason="Python 3.12 and later collect between instructions by themselves")
def test_an_application_collects_safely(app):
    assert not gc.isenabled()
    assert "collecting" in {thread.name for thread in threading.enumerate()}


FORKED = """
import gc
import os
import sys
import time
from govern import collecting

collecting.start()
child = os.fork()
freed = []
for _ in range(100_000):
    cycle = []
    cycle.append(cycle)
end = time.monotonic() + 60
while gc.get_count()[0] > 5_000 and time.monotonic() < end:
    time.sleep(0.01)
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or gc.get_count()[0] > 5_000)
os._exit(gc.get_count()[0] > 5_000)
"""


def test_garbage_goes_in_a_process_and_in_its_children():
    done = subprocess.run([sys.executable, "-c", FORKED], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_oldest_generation_that_is_due_is_collected(monkeypatch):
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    for count, expected in (((700, 10, 10), None), ((701, 0, 0), 0), ((701, 11, 0), 1), ((0, 0, 11), 2)):
        monkeypatch.setattr(gc, "get_count", lambda count=count: count)
        assert collecting.due(whole=True) == expected
    assert collecting.due(whole=False) is None
