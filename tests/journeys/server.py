"""A server in a process of its own, to be killed: `python -m tests.journeys.server FOLDER PORT`.

Told by its standard input, it forks a child for each `start`; `kill` is SIGKILL, in the middle of whatever it does.
The child binds the port itself, so that between the two nobody answers.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from werkzeug.serving import make_server

from govern.db import db
from tests.apps import open_app
from tests.screen import _Quiet


def main(folder: Path, port: int) -> None:
    """Obey until the end of the input."""
    child = 0
    with open_app(folder) as app:
        db.engine.dispose()
        for line in sys.stdin:
            if line.strip() == "kill" and child:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                child = 0
            if line.strip() == "start":
                child = os.fork()
                if not child:
                    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
                    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
                    server.serve_forever(poll_interval=0.02)
            sys.stdout.write("done\n")
            sys.stdout.flush()
        if child:
            os.kill(child, signal.SIGKILL)


def _follow(parent: int) -> None:
    """End with the parent, however it ended."""
    while os.getppid() == parent:
        threading.Event().wait(0.5)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
