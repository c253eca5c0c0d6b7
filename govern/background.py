"""The background beside the web: one process a data folder that does what the outbox asks for."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
from pathlib import Path

import govern
from govern.config import Settings
from govern.outbox import Worker

TRY_AGAIN = 2.0  # Seconds between the attempts to take over the outbox.
GRACE = 10.0  # Seconds that what is under way gets when the background is asked to stop.


class Lock:
    """A lock on a file in the data folder: held by one process of this machine at a time, let go when it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        """Take the lock if nobody holds it, and say whether it is held now."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True


def run(settings: Settings) -> None:
    """Wait until no other works this data folder, then drain its outbox until asked to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lock = Lock(settings.data_dir / "outbox.lock")
    while not lock.take():
        if stop.wait(TRY_AGAIN):
            return
    worker = Worker(govern.create_app(settings))
    worker.start()
    stop.wait()
    worker.stop()
    worker.join(GRACE)
