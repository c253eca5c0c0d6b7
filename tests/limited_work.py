"""What tests ask a limited process to do: functions that answer, fail, grow, spin, die or leave a process behind."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from govern.errors import Refused


def answer(value: object) -> object:
    """Answer with what was given."""
    return value


def refuse(sentence: str, field: str) -> None:
    """Refuse as a rule does."""
    raise Refused(sentence, field)


def fail(text: str) -> None:
    """Fail as a library does."""
    raise ValueError(text)


def spin() -> None:
    """Never end, on the processor."""
    while True:
        pass


def sleep(seconds: float) -> None:
    """Wait, beside the processor."""
    time.sleep(seconds)


def grow() -> None:
    """Take memory without end."""
    taken = []
    while True:
        taken.append(bytearray(10_000_000))


def die(number: int) -> None:
    """Be ended by a signal."""
    os.kill(os.getpid(), number)


def leave(path: str, *, stay: bool) -> int:
    """Begin another process that outlives what began it, note its number, and answer it."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(path).write_text(str(child.pid))
    if stay:
        time.sleep(600)
    return child.pid


def stay_and_leave(path: str) -> int:
    """Begin another process and wait for ever."""
    return leave(path, stay=True)


def begin_and_leave(path: str) -> int:
    """Begin another process and answer."""
    return leave(path, stay=False)


def surroundings() -> dict[str, object]:
    """Return what a process knows: its environment, open files, session, and what of the application is loaded."""
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
    """A value whose reading runs a function."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Have it run when it is read."""
        return (os.system, (self.command,))


def trick(command: str) -> Trick:
    """Answer with what runs a command where it is read."""
    return Trick(command)


def clock() -> datetime:
    """Answer a date."""
    return datetime(2026, 1, 2, tzinfo=UTC)
