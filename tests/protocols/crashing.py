"""Seal and sign in processes that are killed: run as `python -m tests.protocols.crashing FOLDER=ADDRESS …`.

Everything is imported once; then a child process is forked for each folder and killed at a random moment. ADDRESS is
the URL of the folder's database; if it is empty, the database is the SQLite file in the folder.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from govern.db import db, now
from tests.apps import open_app
from tests.protocols.signed import _printed, seal, sign


def work(place: str) -> None:
    """Seal a protocol and have its four signers sign."""
    folder, _, url = place.partition("=")
    with open_app(Path(folder), url):
        at = now() - timedelta(hours=1)
        protocol = seal(at)
        (Path(folder) / SEALED).touch()
        sign(protocol, at)
        db.session.remove()


SEALED = "sealed"
"""A file created when the sealing has finished."""


def run(place: str, after: float | None) -> float:
    """Work in a child, killed after `after` seconds; return how long it lived."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        work(place)
        os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return time.monotonic() - began


def main(places: list[str]) -> None:
    """Work once to measure the time; then be killed in each other folder, alternately in sealing and signing."""
    _printed(22)
    first, *others = places
    began = time.time()
    whole = run(first, None)
    sealed = (Path(first.partition("=")[0]) / SEALED).stat().st_mtime - began
    chance = random.Random(17)
    for number, place in enumerate(others):
        run(place, chance.uniform(0.02, sealed * 1.05) if number % 2 else chance.uniform(sealed, whole * 1.05))


if __name__ == "__main__":
    main(sys.argv[1:])
