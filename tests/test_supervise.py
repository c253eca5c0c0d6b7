"""The processes of `govern run` are started, restarted, stopped, and end with their supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from tests.waiting import until

ROOT = Path(__file__).parents[1]
PROGRAM = """
import os, signal, sys, time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

spec = spec_from_file_location("supervise", "govern/supervise.py")  # Without the whole application around it.
supervise = sys.modules["supervise"] = module_from_spec(spec)
spec.loader.exec_module(supervise)
folder = Path(sys.argv[1])


def work(name):
    if name == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (folder / f"{name}-{os.getpid()}").touch()
    if name == "broken":
        raise RuntimeError("not today")
    try:
        while True:
            time.sleep(60)
    finally:
        (folder / f"{name}-{os.getpid()}-ended").touch()


children = [supervise.Child(name, lambda name=name: work(name)) for name in sys.argv[2:]]
supervise.Supervisor(children, grace=1.0).run()
"""


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Return a function that starts a supervisor whose children write their pids into the test's folder."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*names: str) -> subprocess.Popen[bytes]:
        running.append(subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path), *names], cwd=ROOT))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def _started(folder: Path, name: str) -> set[int]:
    return {int(path.name.split("-")[1]) for path in folder.glob(f"{name}-*") if not path.name.endswith("-ended")}


def _gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z"
    return True


def test_a_child_that_is_killed_is_started_anew_and_its_sibling_left_alone(supervise, tmp_path):
    supervise("one", "two")
    until(lambda: _started(tmp_path, "one") and _started(tmp_path, "two"))
    (first,), (sibling,) = _started(tmp_path, "one"), _started(tmp_path, "two")
    os.kill(first, signal.SIGKILL)
    until(lambda: len(_started(tmp_path, "one")) == 2)
    assert _started(tmp_path, "two") == {sibling}
    assert not _gone(sibling)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_ends_its_children_and_then_itself(supervise, tmp_path, number):
    process = supervise("one", "two")
    until(lambda: _started(tmp_path, "one") and _started(tmp_path, "two"))
    process.send_signal(number)
    assert process.wait(30) == 0
    assert len(list(tmp_path.glob("*-ended"))) == 2


def test_what_does_not_end_in_time_is_killed(supervise, tmp_path):
    process = supervise("deaf")
    until(lambda: _started(tmp_path, "deaf"))
    (deaf,) = _started(tmp_path, "deaf")
    process.terminate()
    assert process.wait(30) == 0
    assert _gone(deaf)


def test_what_fails_at_its_start_is_tried_again_ever_more_seldom(supervise, tmp_path):
    supervise("broken")
    until(lambda: len(_started(tmp_path, "broken")) >= 4)
    begun = sorted(path.stat().st_mtime for path in tmp_path.glob("broken-*"))
    waits = [later - earlier for earlier, later in pairwise(begun)]
    assert waits[1] > 0.9
    assert waits[2] > 1.9


def test_children_end_when_their_supervisor_is_killed(supervise, tmp_path):
    process = supervise("one")
    until(lambda: _started(tmp_path, "one"))
    process.kill()
    until(lambda: list(tmp_path.glob("one-*-ended")))
    (child,) = _started(tmp_path, "one")
    until(lambda: _gone(child))
