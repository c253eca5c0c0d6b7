"""Ports for the servers that tests start."""

import os
import socket
from itertools import cycle

EACH = 1000
"""Ports for each worker of pytest-xdist, below those that the system gives to connections (32768 and up)."""

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 20
_first = 11_000 + _worker * EACH
_ports = cycle([*range(_first + os.getpid() % EACH, _first + EACH), *range(_first, _first + os.getpid() % EACH)])


def free_port() -> int:
    """Return a free port that no other worker and no later call in this process is given soon."""
    for _ in range(EACH):
        port = next(_ports)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")
