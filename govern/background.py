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
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from flask import Flask

import govern
from govern.config import Settings
from govern.outbox import Lane, Shift, Worker, recover

log = logging.getLogger(__name__)

TICK = 0.2  # Seconds between the looks at the children.
GRACE = 10.0  # Seconds that what is under way gets when the server is asked to stop.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # Seconds before a child that died is begun anew.
STEADY = 60.0  # A child that has lived so many seconds is begun anew at once.
MARGIN = 5.0  # Seconds beyond a call's own limit, so that what limits itself can say why.
MEMORY_MB = 2_000
"""Memory that a lane's process may hold."""

PDEATHSIG = 1  # Linux's PR_SET_PDEATHSIG.


def die_with(parent: int, number: int) -> None:
    """Have the kernel send this process a signal when its parent ends, however it ends (Linux)."""
    with suppress(AttributeError):
        ctypes.CDLL(None).prctl(PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)


class Child:
    """A forked process in a group of its own: begun anew when it dies, later and later, and ended with its group.

    `ends` is how it dies when its parent does.
    """

    def __init__(self, name: str, work: Callable[[], None], ends: int = signal.SIGTERM) -> None:
        self.name, self._work, self._ends = name, work, ends
        self.pid = 0
        self.code: int | None = None
        self._begun = self._due = 0.0
        self._deaths = 0

    def tend(self) -> None:
        """Begin the process when it is due, and note its death."""
        if not self.pid:
            if time.monotonic() >= self._due:
                self._begin()
            return
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self._died(os.waitstatus_to_exitcode(status))

    def tell(self, number: int) -> None:
        """Send a signal to the process alone."""
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def end(self) -> None:
        """End the process and all of its group, at once."""
        if self.pid:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    def _begin(self) -> None:
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        self._begun = time.monotonic()
        if self.pid:
            with suppress(OSError):  # Both set it, so that neither is too late.
                os.setpgid(self.pid, self.pid)
            return
        code = 1
        try:
            os.setpgid(0, 0)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            die_with(parent, self._ends)
            self._work()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        except BaseException:
            log.exception("%s: ended by a mistake", self.name)
        finally:
            with suppress(Exception):  # Whatever happens, the child must not go on as its parent.
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _died(self, code: int) -> None:
        lived = time.monotonic() - self._begun
        self.end()  # What it had started goes too.
        self.pid, self.code = 0, code
        self._deaths = 1 if lived > STEADY else self._deaths + 1
        self._due = time.monotonic() + min(SHORTEST_PAUSE * 2 ** (self._deaths - 1), LONGEST_PAUSE)
        log.warning("%s: ended with %d after %.0f s", self.name, code, lived)


class Told:
    """Whether this process has been asked to stop."""

    def __init__(self) -> None:
        self.stop = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.stop = True


def keep(children: Sequence[Child], *, grace: float, whole: Child | None = None, told: Told | None = None) -> int:
    """Keep processes alive until this one is asked to stop; then let them finish, and after `grace` seconds end them.

    When `whole` ends by itself, and is not killed, all end; its exit code is given.
    """
    told = told or Told()
    code = 0
    while not told.stop:
        for child in children:
            child.tend()
        if whole is not None and not whole.pid and whole.code is not None and whole.code >= 0:
            code = whole.code
            break
        time.sleep(TICK)
    for child in children:
        child.tell(signal.SIGTERM)
    until = time.monotonic() + grace
    while any(_living(child) for child in children) and time.monotonic() < until:
        time.sleep(TICK / 4)
    for child in children:
        child.end()
    for child in children:
        while _living(child):
            time.sleep(TICK / 4)
    return code


def _living(child: Child) -> bool:
    if child.pid and os.waitpid(child.pid, os.WNOHANG)[0]:
        child.end()  # Its group, where it left anything.
        child.pid = 0
    return bool(child.pid)


# --- The lanes ---------------------------------------------------------------------------------------------


class LaneChild(Child):
    """The process of a lane. It says in shared memory when what it does must have ended."""

    def __init__(self, app: Flask, lane: Lane, lock: Lock) -> None:
        super().__init__(f"background, {lane}", self._live, signal.SIGKILL)
        self._app, self._lane, self._lock = app, lane, lock
        self._deadline = mmap.mmap(-1, 16)  # When the call must end, by the machine's clock, and what it was given.
        self._why = ""

    def tend(self) -> None:
        """End the process when it is past its limits; else as any child."""
        if self.pid and not self._why and (why := self._too_much()):
            log.error("%s: %s", self.name, why)
            self._why = why
            self.end()
        super().tend()

    def _begin(self) -> None:
        self._watch(None)
        super()._begin()
        self._why = ""

    def _died(self, code: int) -> None:
        self._why = self._why or f"Processen som gjorde arbetet dog (kod {code})."
        super()._died(code)

    def _watch(self, seconds: float | None) -> None:
        end = 0.0 if seconds is None else time.monotonic() + seconds + MARGIN
        self._deadline[:] = struct.pack("dd", end, seconds or 0.0)

    def _too_much(self) -> str:
        end, seconds = struct.unpack("dd", self._deadline[:])
        if end and time.monotonic() > end:
            return f"Det tog längre tid än {seconds:.0f} sekunder och avbröts."
        if _memory_mb(self.pid) > MEMORY_MB:
            return f"Det tog mer minne än {MEMORY_MB} MB och avbröts."
        return ""

    def _live(self) -> None:
        """Work the lane until asked to stop. The main thread only waits for that, so that a signal is always heard."""
        self._lock.leave()
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        shift = Shift(self._lane, self._lock.owner, self._watch)
        with self._app.app_context():
            recover(shift, self._why)
        worker = Worker(self._app, shift=shift)
        worker.start()
        os.read(woken, 1)
        worker.stop()
        worker.join()


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


def run(settings: Settings) -> None:
    """Be the background: wait until no other works this data folder, then keep its lanes until asked to stop."""
    told = Told()
    app = govern.create_app(settings)
    lock = Lock(settings.data_dir / "outbox.lock")
    while not lock.take():
        time.sleep(TICK)
        if told.stop:
            return
    keep([LaneChild(app, lane, lock) for lane in Lane], grace=GRACE, told=told)
