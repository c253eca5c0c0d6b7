"""Worlds that take long to make: made once per run, and copied for each use.

A world is an installation's data folder: database, files, keys. The first worker that asks for one makes it while the
others wait; everybody works on a copy.
"""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def copy_of(name: str, make: Callable[[Path], object], factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the world of that name; `make` fills a new folder with it."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # Each worker has its own folder inside the run's.
    world = shared / f"world-{name}"
    with (shared / f"world-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not world.exists():
            making = shared / f"world-{name}-in-the-making"
            shutil.rmtree(making, ignore_errors=True)  # Left by a worker that failed.
            make(making)
            making.rename(world)
    copy = factory.mktemp(name) / "instance"
    shutil.copytree(world, copy)
    return copy
