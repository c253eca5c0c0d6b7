"""`python -m tests.hostile_work run …` is `govern run …` with outbox topics that misbehave."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Sequence

from govern import outbox
from govern.cli import main

NAPPER = "86399"
"""The seconds that a program started by `naps` sleeps, used to identify its process."""


def naps(_keys: Sequence[str]) -> None:
    """Start a program that outlives the handler."""
    subprocess.run(["sleep", NAPPER], check=False)


def stuck(_keys: Sequence[str]) -> None:
    """Hang in C while holding the interpreter's lock, so that nothing in this process can interrupt it."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def grows(_keys: Sequence[str]) -> None:
    """Allocate memory without end."""
    held = []
    while True:
        held.append(b"x" * 50_000_000)
        time.sleep(0.02)


if __name__ == "__main__":
    outbox.handle("naps", naps, lane=outbox.Lane.DOCUMENTS, together=1)
    outbox.handle("stuck", stuck, lane=outbox.Lane.VERIFY, seconds=1, tries=1, together=1)
    outbox.handle("grows", grows, lane=outbox.Lane.LETTERS, seconds=300, tries=1, together=1)
    sys.argv[0] = "govern"
    main()
