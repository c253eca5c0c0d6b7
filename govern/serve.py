"""The web server that `govern run` starts: gunicorn from code, and one worker for the outbox among its processes."""

from __future__ import annotations

import fcntl
import gc
import os
import threading
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

import govern
from govern.config import Settings
from govern.outbox import Worker

TRY_AGAIN = 2.0  # Seconds between the attempts to take over the outbox.
GRACE = 10  # Seconds that requests under way get when the server is asked to stop.


def settle() -> None:
    """Take what the program itself holds out of the garbage collector's sight, which else goes through it all again."""
    gc.collect()
    gc.freeze()


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

    def release(self) -> None:
        """Let it go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class Background(threading.Thread):
    """Drains the outbox in whichever process holds the lock; when that process ends, another takes over."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="background", daemon=True)
        self._lock = Lock(app.config["GOVERN"].data_dir / "outbox.lock")
        self._worker = Worker(app)
        self._stopping = threading.Event()

    def run(self) -> None:
        """Wait for the lock, then work until `stop`."""
        while not self._lock.take():
            if self._stopping.wait(TRY_AGAIN):
                return
        try:
            self._worker.run()
        finally:
            self._lock.release()

    def stop(self) -> None:
        """Ask the worker to end after what it is doing."""
        self._stopping.set()
        self._worker.stop()


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn on the settings' address, with an application in each of its processes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._background: Background | None = None
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what the settings say."""
        settings = self._settings
        chosen: dict[str, Any] = {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": "gthread",
            "graceful_timeout": GRACE,
            "loglevel": "warning",
            "control_socket_disable": True,  # Nothing here is ruled from outside.
            "post_worker_init": self._begin,
            "worker_exit": self._end,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, in the process that serves it."""
        return govern.create_app(self._settings)

    def _begin(self, worker: Any) -> None:
        settle()
        if self._settings.background:
            self._background = Background(worker.app.wsgi())
            self._background.start()

    def _end(self, _server: Any, _worker: Any) -> None:
        if self._background is not None:
            self._background.stop()
            self._background.join(GRACE)
