"""The processes of `govern run`: start them, restart those that die, and stop them.

Each is forked before this process has threads or open connections, and runs one function. A child ends when it is
asked to (SIGTERM), and by itself when this process is gone, for whatever reason. Signals that a terminal sends to all
of them (Ctrl-C) are handled by this process, which asks its children in turn.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

GRACE = 20.0  # Seconds that children are given to finish; then they are killed.
SETTLED = 10.0  # Seconds after which a child counts as healthy: if it dies then, it is restarted at once.
LONGEST_PAUSE = 30.0  # Seconds between attempts to start a child that dies at its start, at most.

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Child:
    """A process: its name in the log, and its function. It ends when `start` returns or raises SystemExit.

    SIGTERM raises SystemExit in the child's main thread, unless `start` sets a handler of its own.
    """

    name: str
    start: Callable[[], None]
    pid: int = field(default=0, init=False)
    _begun: float = field(default=0.0, init=False)
    _failures: int = field(default=0, init=False)
    _due: float = field(default=0.0, init=False)


class Supervisor:
    """Keeps every child running until stopped by SIGTERM or SIGINT."""

    def __init__(self, children: Sequence[Child], grace: float = GRACE) -> None:
        self.children = children
        self._grace = grace
        self._stopping = False
        self._alive = os.pipe()  # Nobody writes: the reading end closes with this process.

    def run(self) -> None:
        """Start the children, restart those that die, and return when all have been stopped."""
        with self._signals() as wakened:
            while not self._stopping:
                self._reap()
                for child in self.children:
                    if not child.pid and child._due <= time.monotonic():
                        self._fork(child)
                due = [child._due for child in self.children if not child.pid]
                self._wait(wakened, min(due, default=None))
            self._end(wakened)

    @contextmanager
    def _signals(self) -> Iterator[int]:
        """Receive signals through a pipe, so that none is lost between a check and a wait."""
        wakened, waker = os.pipe()
        for end in (wakened, waker):
            os.set_blocking(end, False)
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)}
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        heard = signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        try:
            yield wakened
        finally:
            signal.set_wakeup_fd(heard)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(wakened)
            os.close(waker)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _wait(self, wakened: int, until: float | None) -> None:
        timeout = None if until is None else max(0.0, until - time.monotonic())
        if select.select([wakened], [], [], timeout)[0]:
            with suppress(BlockingIOError):
                while os.read(wakened, 512):
                    pass

    def _fork(self, child: Child) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        child._begun = time.monotonic()
        child.pid = os.fork()
        if not child.pid:
            self._become(child)

    def _become(self, child: Child) -> None:
        """Run as the child, and never return to the parent's code."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, _leave)
            os.close(self._alive[1])
            threading.Thread(target=_follow, args=(self._alive[0],), name="follow", daemon=True).start()
            child.start()
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        except BaseException:
            log.exception("%s stopped by an error", child.name)
        finally:
            with suppress(Exception):
                logging.shutdown()
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        """Record the children that died, and when to restart each."""
        for child in self.children:
            if not child.pid:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if not pid:
                continue
            child.pid = 0
            if self._stopping:
                continue
            lived = time.monotonic() - child._begun
            child._failures = 0 if lived >= SETTLED else child._failures + 1
            pause = min(LONGEST_PAUSE, 2.0 ** (child._failures - 2)) if child._failures > 1 else 0.0
            child._due = time.monotonic() + pause
            log.error("%s (process %d) %s after %.0f s; started anew", child.name, pid, _fate(status), lived)

    def _end(self, wakened: int) -> None:
        """Ask every child to stop, and kill those that have not when their time is up."""
        deadline = time.monotonic() + self._grace
        self._send(signal.SIGTERM)
        while self._running():
            if time.monotonic() >= deadline:
                self._send(signal.SIGKILL)
                deadline = time.monotonic() + self._grace
            self._wait(wakened, deadline)

    def _running(self) -> bool:
        self._reap()
        return any(child.pid for child in self.children)

    def _send(self, number: signal.Signals) -> None:
        for child in self.children:
            if child.pid:
                if number is signal.SIGKILL:
                    log.error("%s (process %d) did not end in time, and is killed", child.name, child.pid)
                with suppress(ProcessLookupError):
                    os.kill(child.pid, number)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _follow(alive: int) -> None:
    """Stop when the supervisor is gone: its end of the pipe closes."""
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


def _fate(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"died of {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
