"""Functions for tests of limited processes: they answer, fail, grow, spin, die or leave a process behind."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from govern.errors import Refused


def answer(value: object) -> object:
    """Return the arguments."""
    return value


def refuse(sentence: str, field: str) -> None:
    """Refuse as a rule does."""
    raise Refused(sentence, field)


def fail(text: str) -> None:
    """Fail as a library does."""
    raise ValueError(text)


def spin() -> None:
    """Loop for ever, using the processor."""
    while True:
        pass


def sleep(seconds: float) -> None:
    """Sleep without using the processor."""
    time.sleep(seconds)


def grow() -> None:
    """Allocate memory without end."""
    taken = []
    while True:
        taken.append(bytearray(10_000_000))


def die(number: int) -> None:
    """Die of a signal."""
    os.kill(os.getpid(), number)


def leave(path: str, *, stay: bool) -> int:
    """Start another process that outlives this one, write down its id, and return it."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(path).write_text(str(child.pid))
    if stay:
        time.sleep(600)
    return child.pid


def stay_and_leave(path: str) -> int:
    """Start another process and wait for ever."""
    return leave(path, stay=True)


def begin_and_leave(path: str) -> int:
    """Start another process and return."""
    return leave(path, stay=False)


def surroundings() -> dict[str, object]:
    """Return what the process can see: environment, open files, session, and loaded modules of the application."""
    return {
        "environment": dict(os.environ),
        "files": sorted(str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if _open(link.name)),
        "session": os.getsid(0),
        "process": os.getpid(),
        "application": "flask" in sys.modules,
    }


def _open(number: str) -> bool:
    try:
        os.fstat(int(number))
    except OSError:
        return False
    return True


class Trick:
    """A value that runs a function when unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Return the call that unpickling makes."""
        return (os.system, (self.command,))


def trick(command: str) -> Trick:
    """Return a value that runs a command when unpickled."""
    return Trick(command)


def clock() -> datetime:
    """Return a date."""
    return datetime(2026, 1, 2, tzinfo=UTC)
