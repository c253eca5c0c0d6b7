"""A real `govern run` with its own folder and port, whose processes are watched from outside."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from tests import dictionary
from tests.apps import SECRET
from tests.cast import PASSWORD
from tests.ports import free_port

ROOT = Path(__file__).parents[1]
RUN = "from govern.cli import main; main()"
STARTED = 300.0  # Seconds that it may take on a busy machine.


class Running:
    """A running `govern run`. `log` is its output."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, output: Path) -> None:
        self.process, self.port, self.output = process, port, output

    @property
    def log(self) -> str:
        """The output so far, of both streams."""
        return self.output.read_text(errors="replace")

    def children(self) -> set[int]:
        """List its child processes."""
        running = (int(path.name) for path in Path("/proc").glob("[0-9]*"))
        return {pid for pid in running if _parent(pid) == self.process.pid}

    def listeners(self) -> set[int]:
        """List the child processes that listen on its port; `connections_of` counts their connections."""
        return {pid for pid in self.children() if _listening(self.port) & _sockets_of(pid)}

    def connections_of(self, pid: int) -> int:
        """Count a process's connections to the port."""
        return len(_sockets_of(pid) & _established(self.port))

    def connections(self) -> int:
        """Count the connections of all its processes."""
        return sum(map(self.connections_of, self.listeners()))

    def unread(self) -> int:
        """Count the connections with an answer that the client has not read."""
        return sum(int(sending, 16) > 0 for state, _, sending in _rows(self.port) if state == ESTABLISHED)

    def get(self, path: str, timeout: float = 30, **headers: str) -> tuple[int, bytes]:
        """Request a page on a separate connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def answers(self) -> None:
        """Wait until it answers.

        Raises:
            RuntimeError: if it ends instead, or does not answer in time.
        """
        end = time.monotonic() + STARTED
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"govern run ended:\n{self.log}")
            with suppress(OSError, http.client.HTTPException):
                if self.get("/logga-in", timeout=STARTED)[0] == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"govern run does not answer:\n{self.log}")

    def stop(self, seconds: float = 60) -> int:
        """Stop it with SIGTERM, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


@contextmanager
def govern_run(folder: Path, environment: Mapping[str, str] | None = None, program: str = RUN) -> Iterator[Running]:
    """Run it with its own data folder until the end of the block; it answers when the block begins."""
    with started(folder, environment, program) as running:
        running.answers()
        yield running


@contextmanager
def started(folder: Path, environment: Mapping[str, str] | None = None, program: str = RUN) -> Iterator[Running]:
    """Start it, and stop it at the end of the block. Several can be started on one folder."""
    port = free_port()
    if not (folder / "index" / "lemmas.bin").exists():
        dictionary.install(folder / "index")
    given = {name: value for name, value in os.environ.items() if not name.startswith(("GOVERN_", "DATABASE_URL"))}
    given |= {"GOVERN_DATA_DIR": str(folder), "GOVERN_SECRET_KEY": SECRET, "GOVERN_SIGNING_FACTOR": "offered"}
    given |= {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])}
    given |= dict(environment or {})
    output = folder.with_name(f"{folder.name}-{port}.log")
    command = [sys.executable, "-X", "faulthandler", "-c", program, "run", "--port", str(port)]
    with output.open("wb") as written:
        process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=written, stderr=subprocess.STDOUT)
    try:
        yield Running(process, port, output)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(40)
        process.kill()
        process.wait()


class KeptAliveClient:
    """A signed-in user with one kept-alive connection, reopened when the server closes it."""

    def __init__(self, port: int, address: str, timeout: float = 120) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._cookies: dict[str, str] = {}
        _, page = self.ask("GET", "/logga-in")
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found, page[:500]
        self.token = found.group(1).decode()
        form = urlencode({"csrf_token": self.token, "email": address, "password": PASSWORD})
        assert self.ask("POST", "/logga-in", form)[0] == 303

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def ask(self, method: str, path: str, body: str | bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """Send a request, and read the whole answer. A lost connection raises."""
        self.send(method, path, body, kind)
        return self.read()

    def send(self, method: str, path: str, body: str | bytes | None = None, kind: str = "") -> None:
        """Send a request without reading the answer."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = kind or "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)

    def read(self) -> tuple[int, bytes]:
        """Read the whole answer to the last request."""
        answer = self._connection.getresponse()
        read = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, read


def _parent(pid: int) -> int | None:
    """Return a process's parent; None if the process has ended or is ending."""
    with suppress(OSError):
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
        return int(parent) if state != "Z" else None
    return None


def _sockets_of(pid: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                found.add(str(file.readlink()))
    return {name[8:-1] for name in found if name.startswith("socket:")}


LISTENING, ESTABLISHED = "0A", "01"
"""Socket states, as the kernel writes them."""


def _rows(port: int) -> Iterator[tuple[str, str, str]]:
    """Yield the sockets at a local port: state, inode, and the number of unsent bytes (hexadecimal)."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        part = line.split()
        if int(part[1].rpartition(":")[2], 16) == port:
            yield part[3], part[9], part[4].partition(":")[0]


def _listening(port: int) -> set[str]:
    return {inode for state, inode, _ in _rows(port) if state == LISTENING}


def _established(port: int) -> set[str]:
    return {inode for state, inode, _ in _rows(port) if state == ESTABLISHED}
