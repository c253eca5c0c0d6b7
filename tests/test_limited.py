"""Work in a separate process: its results, its limits, and that nothing of it outlives them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from govern import limited
from govern.errors import Refused
from tests import limited_work as work


def run(function: Callable[..., object], *args: object, seconds: float = 20, memory_mb: int = 200) -> object:
    """Call a function with limits that ordinary work does not reach."""
    return limited.run(function, *args, seconds=seconds, memory_mb=memory_mb)


def gone(process: int, within: float = 60) -> bool:
    """Return whether a process ends in time; a zombie has ended."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def noted(path: Path, within: float = 60) -> int:
    """Wait for the pid that a process writes to a file."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.02)
    raise AssertionError(f"nothing was noted in {path}")


@pytest.mark.parametrize("value", [None, "å", b"x" * 5_000_000, ["a", ("b", 1.5)], {"k": frozenset({1})}])
def test_answers_with_what_the_function_gives(value: object) -> None:
    assert run(work.answer, value) == value


def test_answers_with_dates() -> None:
    assert run(work.clock) == datetime(2026, 1, 2, tzinfo=UTC)


def test_raises_what_govern_refuses_as_it_was() -> None:
    with pytest.raises(Refused) as refused:
        run(work.refuse, "Det går inte.", "fil")
    assert (type(refused.value), refused.value.sentence, refused.value.field) == (Refused, "Det går inte.", "fil")


def test_any_other_failure_is_a_crash_with_its_cause() -> None:
    with pytest.raises(limited.Crashed) as crashed:
        run(work.fail, "broken table")
    assert crashed.value.detail == "ValueError"
    assert crashed.value.sentence == limited.Crashed.SENTENCE


@pytest.mark.parametrize("function", [work.spin, work.grow])
def test_ends_what_takes_too_much(function: Callable[[], None]) -> None:
    began = time.monotonic()
    with pytest.raises(limited.TooHeavy):
        run(function, seconds=3)
    assert time.monotonic() - began < 15


def test_ends_what_sleeps_past_its_time() -> None:
    with pytest.raises(limited.TooHeavy):
        run(work.sleep, 600, seconds=0.5)


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (signal.SIGSEGV, limited.Crashed),
        (signal.SIGABRT, limited.Crashed),
        (signal.SIGKILL, limited.TooHeavy),  # As the kernel does when memory runs out.
    ],
)
def test_death_is_told_at_once(number: int, error: type[Exception]) -> None:
    began = time.monotonic()
    with pytest.raises(error):
        run(work.die, number, seconds=60)
    assert time.monotonic() - began < 20


def test_one_that_stops_is_ended_at_the_limit() -> None:
    with pytest.raises(limited.TooHeavy):
        run(work.die, signal.SIGSTOP, seconds=0.5)


@pytest.mark.parametrize("function", [work.stay_and_leave, work.begin_and_leave])
def test_ends_the_whole_process_group(function: Callable[[str], int], tmp_path: Path) -> None:
    path = tmp_path / "number"
    if function is work.stay_and_leave:
        with pytest.raises(limited.TooHeavy):
            run(function, str(path), seconds=2)
    else:
        run(function, str(path))
    assert gone(noted(path))


CALLER = """
import sys
from govern import limited
from tests import limited_work as work
limited.run(work.stay_and_leave, sys.argv[1], seconds=600, memory_mb=200)
"""


def test_ends_with_its_caller(tmp_path: Path) -> None:
    """When the caller is killed, neither the call nor a process that it has started goes on."""
    path = tmp_path / "number"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    caller = subprocess.Popen([sys.executable, "-c", CALLER, str(path)], env=environment)
    try:
        process = noted(path, 60)
        parent = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    finally:
        caller.kill()
        caller.wait()
    assert gone(process)
    assert gone(parent)


def test_knows_no_secret_and_holds_no_file_of_its_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited._server.close()  # The server gets its environment when it starts.
    monkeypatch.setenv("GOVERN_SECRET_KEY", "hemligt")
    monkeypatch.setenv("DATABASE_URL", "postgresql://hemligt")
    with (tmp_path / "open").open("w"):
        told = run(work.surroundings)
    assert isinstance(told, dict)
    assert "hemligt" not in str(told["environment"])
    assert not [name for name in told["files"] if str(tmp_path) in name]
    assert len([name for name in told["files"] if name.startswith("socket:")]) <= 1
    assert told["session"] == told["process"] != os.getpid()
    assert not told["application"]  # The application is not loaded in it.


def test_an_answer_runs_nothing_where_it_is_read(tmp_path: Path) -> None:
    """A process taken over by a hostile file cannot run code in its caller through its result."""
    with pytest.raises(limited.Crashed):
        run(work.trick, f"touch {tmp_path / 'taken'}")
    assert not list(tmp_path.iterdir())


def test_many_threads_call_at_once() -> None:
    found: list[object] = []
    threads = [threading.Thread(target=lambda n=n: found.append(run(work.answer, n))) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == set(range(24))


def test_a_server_ended_from_outside_is_started_again() -> None:
    run(work.answer, 1)
    assert limited._server._process is not None
    limited._server._process.kill()
    limited._server._process.wait()
    assert run(work.answer, 2) == 2


def test_a_fork_of_the_caller_has_a_server_of_its_own() -> None:
    run(work.answer, 1)
    process = os.fork()
    if process == 0:
        os._exit(0 if run(work.answer, 2) == 2 else 1)
    assert os.waitpid(process, 0)[1] == 0
    assert run(work.answer, 3) == 3


def test_starting_is_cheap() -> None:
    """A call costs a fork rather than the start of an interpreter."""
    run(work.answer, 1)
    began = time.monotonic()
    for number in range(20):
        run(work.answer, number)
    each = (time.monotonic() - began) / 20
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import lxml.etree, pypdfium2, PIL.Image"], check=True)
    assert each < 2 * (time.monotonic() - began)
