"""Process input that may be hostile in a separate process with limits on time and memory: `run(function, …)`.

A small server process, started at the first call and stopped with its caller, imports what the functions need and forks
for every call. It has one thread and none of the caller's locks, connections or secrets. It kills a call's whole
process group when the caller closes its end, which the caller does at the time limit and also when it dies.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import enum
import gc
import importlib
import io
import json
import logging
import math
import os
import pickle
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, ClassVar, NoReturn, TypeVar, TypeVarTuple

from govern.errors import GovernError, Refused
from govern.write_lock import slow

log = logging.getLogger(__name__)

R = TypeVar("R")
Ts = TypeVarTuple("Ts")

STARTING = 60.0
"""Seconds that a call may wait for its process to start: the first one waits for imports."""

MOST_BYTES = 512_000_000
"""The largest result of a function, in bytes."""

MOST_WRITTEN = 4_000_000_000
"""The largest file that a function may write, in bytes."""

KEPT_ENVIRONMENT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "LD_PRELOAD")
"""The environment variables passed on; settings, and the secrets among them, are not."""

START = """
import sys, types
package = types.ModuleType("govern")
package.__path__ = [sys.argv[1]]
sys.modules["govern"] = package
from govern.limited import serve
serve(int(sys.argv[2]))
"""
"""The server gets the package's folder only: importing the package properly would create the whole application."""

PR_SET_PDEATHSIG = 1
HEAD = struct.Struct("!cQ")
BEGUN, VALUE, ERROR, HEAVY, BROKEN, ENDED = b"B", b"V", b"E", b"H", b"C", b"X"


class TooHeavy(Refused):
    """Raise when the work exceeded its limit of time or memory; retrying would not help."""

    SENTENCE = (
        "Filen tar för lång tid eller för mycket minne att läsa. Spara den enklare eller dela den, och försök igen."
    )

    def __init__(self, detail: str = "") -> None:
        super().__init__(self.SENTENCE)
        self.detail = detail


class Crashed(Refused):
    """Raise when the work ended without a result: a library failed on the file, or the process died."""

    SENTENCE = "Filen är skadad eller av en sort som inte kan läsas. Öppna den, spara den på nytt och försök igen."

    def __init__(self, detail: str = "") -> None:
        super().__init__(self.SENTENCE)
        self.detail = detail


class NotStarted(GovernError):
    """Raise when no process could be started: the work itself was not tried, and can be retried."""


@slow("work in a process of its own")
def run(function: Callable[[*Ts], R], *args: *Ts, seconds: float, memory_mb: int) -> R:
    """Call an importable function with picklable arguments in a separate process, and return its result.

    `memory_mb` is the memory allowed beyond what the server process already holds. A result consists of plain values,
    dates, enums and dataclasses of this package. There is no database session or application. A module may list in
    `HEAVY` what its functions import lazily, so that the server process imports it once.

    Raises:
        TooHeavy: if either limit is exceeded.
        Crashed: if the process died, or raised anything but a GovernError, which is raised here as it is.
        NotStarted: if no process could be started.
    """
    request = pickle.dumps((function, args))
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _server.ask(theirs.fileno(), {"module": function.__module__, "seconds": seconds, "memory_mb": memory_mb})
        value: R = _answer(ours, request, seconds)
        return value


# --- The caller's side ---------------------------------------------------------------------------------------


class _Server:
    """This process's server: started on first use, and restarted if it has been killed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, channel: int, wish: dict[str, Any]) -> None:
        """Have a new process serve the channel."""
        control = self._started()
        try:
            socket.send_fds(control, [json.dumps(wish).encode()], [channel])
        except OSError:  # The server has been killed.
            with self._lock:
                if self._control is control:
                    self._end()
            socket.send_fds(self._started(), [json.dumps(wish).encode()], [channel])

    def close(self) -> None:
        """Stop the server and all its calls."""
        with self._lock:
            self._end()

    def forget(self) -> None:
        """Forget the server in a forked child: it belongs to the parent."""
        self._lock = threading.Lock()
        if self._control is not None:
            self._control.close()
        self._control = self._process = None

    def _started(self) -> socket.socket:
        with self._lock:
            if self._control is None:
                self._control, self._process = self._start()
            return self._control

    def _start(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        kept |= {name: value for name, value in os.environ.items() if name.startswith("FAKETIME")}
        kept["PYTHONPATH"] = os.pathsep.join(str(Path(path).absolute()) for path in sys.path if path)
        with theirs:
            process = subprocess.Popen(  # noqa: S603 — this very Python
                [sys.executable, "-P", "-c", START, str(Path(__file__).parent), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # A library's messages may quote what it reads.
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env=kept,
            )
        return ours, process

    def _end(self) -> None:
        if self._control is not None and self._process is not None:
            self._control.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
        self._control = self._process = None


_server = _Server()
os.register_at_fork(after_in_child=_server.forget)
atexit.register(_server.close)


def _answer(channel: socket.socket, request: bytes, seconds: float) -> Any:
    try:
        starting = time.monotonic() + STARTING
        _send(channel, HEAD.pack(VALUE, len(request)) + request, starting)
        kind, body = _frame(channel, starting)
    except (OSError, EOFError) as error:
        raise NotStarted(f"no process began: {error}") from error
    try:
        if kind == BEGUN:
            kind, body = _frame(channel, time.monotonic() + seconds)
        return _result(kind, body)
    except TimeoutError as error:
        raise TooHeavy(f"more than {seconds:g} seconds") from error
    except GovernError:
        raise
    except Exception as error:  # It closed the channel, or its answer makes no sense.
        log.warning("limited: no answer: %s", error)
        raise Crashed(f"{type(error).__name__}: {error}") from error


def _frame(channel: socket.socket, deadline: float) -> tuple[bytes, bytes]:
    kind, size = HEAD.unpack(_receive(channel, HEAD.size, deadline))
    if size > MOST_BYTES:
        raise TooHeavy(f"an answer of {size} bytes")
    return kind, _receive(channel, size, deadline)


def _result(kind: bytes, body: bytes) -> Any:
    """Return the result of a call, or raise its error."""
    if kind == VALUE:
        return _Answer(body).load()
    if kind == ERROR:
        raise _error(body)
    if kind == HEAVY:
        raise TooHeavy(body.decode("utf-8", "replace"))
    if kind == ENDED:
        raise _end(int(body))
    log.warning("limited: %s", body.decode("utf-8", "replace"))
    raise Crashed(body.decode("utf-8", "replace").strip().rpartition("\n")[2])


def _end(number: int) -> TooHeavy | Crashed:
    """Return the error for a signal: the kernel kills what exceeds a limit, any other signal is a crash."""
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return TooHeavy(signal.Signals(number).name)
    return Crashed(f"ended by signal {number}")


def _error(body: bytes) -> GovernError:
    found = _Answer(body).load()
    return found if isinstance(found, GovernError) else Crashed("no error of ours")


def _send(channel: socket.socket, data: bytes, deadline: float) -> None:
    channel.settimeout(max(deadline - time.monotonic(), 0.001))
    channel.sendall(data)


def _receive(channel: socket.socket, size: int, deadline: float) -> bytes:
    found = bytearray()
    while len(found) < size:
        channel.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = channel.recv(min(size - len(found), 1 << 20))
        if not piece:
            raise EOFError("it ended without an answer")
        found += piece
    return bytes(found)


class _Answer(pickle.Unpickler):
    """Unpickles a result. Its writer has read a hostile file, so it may only name values, never functions."""

    PLAIN: ClassVar = {
        "datetime": {"datetime", "date", "time", "timedelta", "timezone"},
        "builtins": {"frozenset", "set"},
    }

    def __init__(self, body: bytes) -> None:
        super().__init__(io.BytesIO(body))

    def find_class(self, module: str, name: str) -> Any:
        """Return a class of plain values; refuse any other."""
        if (module, name) == ("builtins", "getattr"):
            return _member
        found = getattr(sys.modules.get(module), name, None)
        if name in self.PLAIN.get(module, ()):
            return found
        if module.startswith("govern.") and isinstance(found, type) and _is_value(found):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value")


def _is_value(kind: type) -> bool:
    return is_dataclass(kind) or issubclass(kind, (enum.Enum, GovernError))


def _member(kind: Any, name: str) -> Any:
    """Return a member of an enum: some Python versions pickle one as `getattr(kind, name)`."""
    if not (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        raise pickle.UnpicklingError(f"{kind} is no enum")
    return kind[name]


# --- The server's side ---------------------------------------------------------------------------------------


def serve(control: int) -> None:
    """Fork for every request, kill calls that nobody waits for any more, and exit with the caller."""
    wishes = socket.socket(fileno=control)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # A stop is for the caller; this process ends with it.
    woken, waking = os.pipe()
    for end in (woken, waking):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _Calls(wishes, woken, waking).loop()


class _Calls:
    """The running calls, each with its process and the channel to its caller."""

    def __init__(self, wishes: socket.socket, woken: int, waking: int) -> None:
        self.wishes, self.woken, self.waking = wishes, woken, waking
        self.channels: dict[int, int] = {}  # By process.
        self.poll = select.poll()
        self.poll.register(wishes, select.POLLIN)
        self.poll.register(woken, select.POLLIN)

    def loop(self) -> None:
        """Handle events, ends before starts: a closed descriptor's number is soon reused by another channel."""
        while True:
            ready = {descriptor for descriptor, _ in self.poll.poll()}
            for process, channel in self.channels.items():
                if channel in ready:  # The caller is no longer waiting.
                    self.poll.unregister(channel)
                    _kill(process)
            if self.woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.woken, 4096)
                self.reap()
            if self.wishes.fileno() in ready:
                message, channels, _, _ = socket.recv_fds(self.wishes, 4096, 1)
                if not message:
                    return self.end()
                self.begin(json.loads(message), channels[0])

    def begin(self, wish: dict[str, Any], channel: int) -> None:
        """Fork for a request."""
        _warm(str(wish["module"]))
        process = os.fork()
        if process == 0:
            self.leave()
            _work(channel, float(wish["seconds"]), int(wish["memory_mb"]))
        self.channels[process] = channel
        self.poll.register(channel, 0)  # A hang-up is always reported.

    def leave(self) -> None:
        """Close the server's descriptors in a forked child."""
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        for descriptor in (self.wishes.fileno(), self.woken, self.waking, *self.channels.values()):
            os.close(descriptor)

    def reap(self) -> None:
        """Close the channels of calls that have ended; report a death by signal first."""
        for process, status in _ended():
            channel = self.channels.pop(process)
            with contextlib.suppress(KeyError):
                self.poll.unregister(channel)
            with socket.socket(fileno=channel) as replies, contextlib.suppress(OSError):
                if os.WIFSIGNALED(status):
                    body = str(os.WTERMSIG(status)).encode()
                    replies.send(HEAD.pack(ENDED, len(body)) + body, socket.MSG_DONTWAIT)

    def end(self) -> None:
        """Kill all running calls."""
        for process in self.channels:
            _kill(process)


def _warm(module: str) -> None:
    """Import the module and what its `HEAVY` lists once, for all later forks."""
    if module not in sys.modules:
        with contextlib.suppress(Exception):  # The call will fail in the same way and report it.
            for heavy in getattr(importlib.import_module(module), "HEAVY", ()):
                importlib.import_module(heavy)
        gc.collect()
        gc.freeze()


def _ended() -> Iterator[tuple[int, int]]:
    """Yield the processes that have ended. Kill their children before the process number can be reused."""
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None:
            return
        _kill(found.si_pid)
        yield os.waitpid(found.si_pid, 0)


def _kill(process: int) -> None:
    """Kill a process that has not been waited for, and its group."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(process, signal.SIGKILL)


def _work(channel: int, seconds: float, memory_mb: int) -> NoReturn:
    """Run the call in a forked child within its limits, send the result, and exit."""
    try:
        parent = os.getppid()
        os.setsid()
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        with socket.socket(fileno=channel) as replies:
            replies.setblocking(True)
            kind, body = _worked(replies, seconds, memory_mb)
            replies.sendall(HEAD.pack(kind, len(body)))
            replies.sendall(body)
    finally:
        os._exit(0)


def _worked(replies: socket.socket, seconds: float, memory_mb: int) -> tuple[bytes, bytes]:
    waiting = time.monotonic() + STARTING
    _, size = HEAD.unpack(_receive(replies, HEAD.size, waiting))
    request = _receive(replies, size, waiting)
    replies.setblocking(True)
    try:
        function, args = pickle.loads(request)  # noqa: S301 — the caller wrote it
        del request
        _limit(seconds, memory_mb)
        replies.sendall(HEAD.pack(BEGUN, 0))
        answer = pickle.dumps(function(*args))
    except GovernError as error:
        return ERROR, pickle.dumps(error)
    except MemoryError:
        return HEAVY, b"more than %d MB" % memory_mb
    except BaseException as error:
        return BROKEN, _where(error).encode()
    return VALUE, answer


def _where(error: BaseException) -> str:
    """Return the exception's type and place in the code; its message may quote the file, and must not be logged."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return "\n".join([*(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames), type(error).__name__])


def _limit(seconds: float, memory_mb: int) -> None:
    """Limit processor time, and memory beyond what is already in use; disable core dumps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    most = math.ceil(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
    with contextlib.suppress(OSError, ValueError):  # There is no /proc, or the limit is lower already.
        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        most = held + memory_mb * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
