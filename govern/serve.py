"""The web server that `govern run` starts: gunicorn from code."""

from __future__ import annotations

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

import govern
from govern.config import Settings

GRACE = 10  # Seconds that requests under way get when the server is asked to stop.


def settle() -> None:
    """Take what the program itself holds out of the garbage collector's sight, which else goes through it all again."""
    gc.collect()
    gc.freeze()


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn on the settings' address, with an application in each of its processes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
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
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, in the process that serves it."""
        return govern.create_app(self._settings)

    def _begin(self, _worker: Any) -> None:
        settle()
