"""The background beside the web: a process that keeps a process for each of the outbox's lanes, and watches over them.

A lane's process that takes longer, or more memory, than what it does may take is ended with all that it has started,
and begun anew; so is one that dies. When the background itself dies, its lanes die with it, and `govern run` begins it
anew.
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

TICK = 0.2  # Seconds between the looks at the lanes.
GRACE = 10.0  # Seconds that what is under way gets when the server is asked to stop.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # Seconds before a lane that died is begun anew.
STEADY = 60.0  # Seconds after which a lane that dies is begun anew as if it were the first time.
MARGIN = 5.0  # Seconds beyond a call's own limit, so that what limits itself can say why.
MEMORY_MB = 2_000
"""Memory that a lane's process may hold."""

PR_SET_PDEATHSIG = 1
LIMIT = struct.Struct("dd")


class Told:
    """Whether this process has been asked to stop."""

    def __init__(self) -> None:
        self.stop = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.stop = True


class Guard:
    """A process that ends the lanes, and all that they have started, when the background is killed."""

    def __init__(self) -> None:
        told, self._tell = os.pipe()
        if os.fork():
            os.close(told)
            return
        try:
            os.setpgid(0, 0)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            self.leave()
            lines = [""]
            while data := os.read(told, 4096):  # Ends when the background does.
                lines = [*lines[:-1], *(lines[-1] + data.decode()).split("\n")][-2:]
            for group in lines[0].split():
                _end_group(int(group))
        finally:
            os._exit(0)

    def note(self, groups: Sequence[int]) -> None:
        """Say which groups are to be ended."""
        with suppress(OSError):  # Without it the lanes still end, only not what they have started.
            os.write(self._tell, f"{' '.join(map(str, groups))}\n".encode())

    def leave(self) -> None:
        """Close this end in a child, which else would keep the guard waiting."""
        os.close(self._tell)


def _end_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


class LaneProcess:
    """The process of a lane, in a group of its own: begun anew when it dies, later and later, and ended with its group.

    It says in shared memory when the call that it is in must have ended.
    """

    def __init__(self, app: Flask, lane: Lane, lock: Lock, guard: Guard) -> None:
        self._app, self._lane, self._lock, self._guard = app, lane, lock, guard
        self._limit = mmap.mmap(-1, LIMIT.size)  # When the call must have ended, and how many seconds it was given.
        self.pid = 0
        self._why = ""  # What is told of the work that it was at when it ended.
        self._begun = self._due = 0.0
        self._deaths = 0

    def tend(self) -> None:
        """Begin the process when it is due, end it when it is past a limit, and note its death."""
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
        """Ask the process to end after what it is doing."""
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)

    def end(self) -> None:
        """End the process and all of its group, at once."""
        if self.pid:
            _end_group(self.pid)

    def alive(self) -> bool:
        """Say whether it has not ended yet."""
        return bool(self.pid) and self._ended() is None

    def _ended(self) -> int | None:
        """Give the exit code of a process that has ended; what it had started ends too."""
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
            with suppress(OSError):  # Both set it, so that neither is too late.
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
            with suppress(Exception):  # Whatever happens, the child must not go on as its parent.
                logging.shutdown()
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _work(self) -> None:
        """Work the lane until asked to stop. The main thread only waits for that, so that a signal is always heard."""
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
    """Have the kernel end this process when its parent does, however that ends (Linux)."""
    with suppress(AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _memory_mb(pid: int) -> float:
    """Say how much memory a process holds; 0 where there is no /proc to ask."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


class Lock:
    """The lock on a data folder's outbox: held by one background process at a time, let go when it dies.

    `owner` is the name under which whoever holds it leases entries, the same after a death as before.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self.owner = ""

    def take(self) -> bool:
        """Take the lock if nobody holds it, and say whether it is held now."""
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
        """Close the lock's file in a child, which else would hold it when the background has died."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def run(app: Flask, settings: Settings) -> None:
    """Be the background: wait until no other works this data folder, then keep its lanes until asked to stop."""
    told = Told()
    lock = Lock(settings.data_dir / "outbox.lock")
    while not lock.take():
        time.sleep(TICK)
        if told.stop:
            return
    guard = Guard()
    _keep([LaneProcess(app, lane, lock, guard) for lane in Lane], guard, told)


def _keep(lanes: Sequence[LaneProcess], guard: Guard, told: Told) -> None:
    """Keep the lanes alive until asked to stop; then let them finish, and end those that have not when time is up."""
    noted: list[int] = []
    while not told.stop:
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
