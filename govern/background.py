"""The background process: it runs one child process for each lane of the outbox, and supervises them.

A lane's process that exceeds its limit of time or memory is killed together with all processes it has started, and
restarted; so is one that dies. If the background process itself dies, its lanes die with it, and `govern run` restarts
it.
"""

from __future__ import annotations

import ctypes
import fcntl
import logging
import mmap
import os
import secrets
import signal
import socket
import struct
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from flask import Flask

from govern.config import Settings
from govern.outbox import Lane, Shift, Worker

log = logging.getLogger(__name__)

TICK = 0.2  # Seconds between checks of the lanes.
GRACE = 10.0  # Seconds that running work is given when the server is asked to stop.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # Seconds before a lane that died is restarted.
STEADY = 60.0  # Seconds after which a death no longer counts as a repeated one.
MARGIN = 5.0  # Seconds beyond a call's own limit, so that code with a limit of its own can report it.
MEMORY_MB = 2_000
"""The memory that a lane's process may use."""

PR_SET_PDEATHSIG = 1
LIMIT = struct.Struct("dd")


class StopRequest:
    """Records whether this process has been asked to stop."""

    def __init__(self) -> None:
        self.stop = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.stop = True


class Guard:
    """A process that kills the lanes, and all processes they have started, when the background process is killed."""

    def __init__(self) -> None:
        reader, self._pipe = os.pipe()
        if os.fork():
            os.close(reader)
            return
        try:
            os.setpgid(0, 0)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            self.leave()
            lines = [""]
            while data := os.read(reader, 4096):  # Ends when the background process does.
                lines = [*lines[:-1], *(lines[-1] + data.decode()).split("\n")][-2:]
            for group in lines[0].split():
                _end_group(int(group))
        finally:
            os._exit(0)

    def note(self, groups: Sequence[int]) -> None:
        """Set the process groups to kill."""
        with suppress(OSError):  # Without the guard the lanes still end, but not what they have started.
            os.write(self._pipe, f"{' '.join(map(str, groups))}\n".encode())

    def leave(self) -> None:
        """Close this end in a child, which would otherwise keep the guard waiting."""
        os.close(self._pipe)


def _end_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


class LaneProcess:
    """The process of a lane, in its own process group: restarted after a growing pause when it dies, killed as a group.

    Through shared memory it announces the deadline of its current call.
    """

    def __init__(self, app: Flask, lane: Lane, lock: Lock, guard: Guard) -> None:
        self._app, self._lane, self._lock, self._guard = app, lane, lock, guard
        self._limit = mmap.mmap(-1, LIMIT.size)  # The deadline of the current call, and its limit in seconds.
        self.pid = 0
        self._why = ""  # Why the process ended, as recorded on its unfinished work.
        self._begun = self._due = 0.0
        self._deaths = 0

    def tend(self) -> None:
        """Start the process when it is due, kill it when it exceeds a limit, and record its death."""
        if not self.pid:
            if time.monotonic() >= self._due:
                self._begin()
        elif (code := self._ended()) is not None:
            self._note_death(code)
        elif not self._why and (why := self._too_much()):
            log.error("background, %s: %s", self._lane, why)
            self._why = why
            self.end()

    def ask(self) -> None:
        """Ask the process to stop after its current work."""
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)

    def end(self) -> None:
        """Kill the process and its group at once."""
        if self.pid:
            _end_group(self.pid)

    def alive(self) -> bool:
        """Return whether the process is still running."""
        return bool(self.pid) and self._ended() is None

    def _ended(self) -> int | None:
        """Return the exit code if the process has ended, and kill what it had started."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        self.end()
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def _note_death(self, code: int) -> None:
        lived = time.monotonic() - self._begun
        self._why = self._why or f"Processen som gjorde arbetet dog (kod {code})."
        self._deaths = 1 if lived > STEADY else self._deaths + 1
        self._due = time.monotonic() + min(SHORTEST_PAUSE * 2 ** (self._deaths - 1), LONGEST_PAUSE)
        log.error("background, %s: ended with code %d after %.0f s", self._lane, code, lived)

    def _too_much(self) -> str:
        until, seconds = LIMIT.unpack(self._limit[:])
        if until and time.monotonic() > until:
            return f"Det tog längre tid än {seconds:.0f} sekunder och avbröts."
        if _memory_mb(self.pid) > MEMORY_MB:
            return f"Det tog mer minne än {MEMORY_MB} MB och avbröts."
        return ""

    def _watch(self, seconds: float | None) -> None:
        until = 0.0 if seconds is None else time.monotonic() + seconds + MARGIN
        self._limit[:] = LIMIT.pack(until, seconds or 0.0)

    def _begin(self) -> None:
        self._watch(None)
        self._begun = time.monotonic()
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid:
            with suppress(OSError):  # Both sides set it, so that neither is too late.
                os.setpgid(self.pid, self.pid)
            self._why = ""
            return
        code = 1
        try:
            os.setpgid(0, 0)
            _die_with(parent)
            self._work()
            code = 0
        except BaseException:
            log.exception("background, %s: ended by an error", self._lane)
        finally:
            with suppress(Exception):  # Whatever happens, the child must not continue as its parent.
                logging.shutdown()
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _work(self) -> None:
        """Work the lane until asked to stop. The main thread only waits for that, so that no signal is missed."""
        self._lock.leave()
        self._guard.leave()
        woken, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.set_wakeup_fd(waker)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        shift = Shift(self._lane, self._lock.owner, self._watch)
        worker = Worker(self._app, shift=shift, interrupted=self._why)
        worker.start()
        os.read(woken, 1)
        worker.stop()
        worker.join()


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies, for whatever reason (Linux)."""
    with suppress(AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _memory_mb(pid: int) -> float:
    """Return the memory used by a process; 0 if there is no /proc."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


class Lock:
    """The lock on a data folder's outbox: held by one background process at a time, released when it dies.

    `owner` is the name under which the holder leases entries; it is the same after a restart.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self.owner = ""

    def take(self) -> bool:
        """Take the lock if it is free, and return whether it was taken."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        name = os.pread(file, 100, 0).decode("ascii", "replace").strip()
        if not name:
            name = secrets.token_hex(8)
            os.pwrite(file, name.encode(), 0)
        self.owner = f"{socket.gethostname()} {name}"
        self._file = file
        return True

    def leave(self) -> None:
        """Close the lock's file in a child, which would otherwise hold the lock after the background process dies."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def run(app: Flask, settings: Settings) -> None:
    """Run the background process: wait until no other one works this data folder, then run its lanes until stopped."""
    request = StopRequest()
    lock = Lock(settings.data_dir / "outbox.lock")
    while not lock.take():
        time.sleep(TICK)
        if request.stop:
            return
    guard = Guard()
    _keep([LaneProcess(app, lane, lock, guard) for lane in Lane], guard, request)


def _keep(lanes: Sequence[LaneProcess], guard: Guard, request: StopRequest) -> None:
    """Keep the lanes running until asked to stop; then let them finish, and kill those that have not in time."""
    noted: list[int] = []
    while not request.stop:
        for lane in lanes:
            lane.tend()
        if noted != (groups := [lane.pid for lane in lanes if lane.pid]):
            guard.note(noted := groups)
        time.sleep(TICK)
    for lane in lanes:
        lane.ask()
    until = time.monotonic() + GRACE
    while (left := [lane for lane in lanes if lane.alive()]) and time.monotonic() < until:
        time.sleep(TICK / 4)
    for lane in left:
        lane.end()
    while any(lane.alive() for lane in left):
        time.sleep(TICK / 4)
    guard.note([])
