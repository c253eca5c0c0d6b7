"""Measure pages over real HTTP from `govern run`, for 1, 8 and 32 signed-in users, beside a bare Flask page.

The bare page is served by the same server with as many processes and threads, in the same run. A client requests the
next page as soon as it has the answer, on a kept-alive connection. Only the ratios are comparable between machines.
"""

from __future__ import annotations

import selectors
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from bench import archive
from bench.archive import Archive
from tests.running import govern_run
from tests.servers import running_postgres

LOADS, SECONDS, WARM = (1, 8, 32), 8.0, 3.0
TARGETS = {"list": 3.0, "protocol": 3.0, "search": 4.0}
GROWTH = (40, 400)
"""Numbers of meetings in the archives over which a page is compared."""

BARE = """
from flask import Flask
from govern import config, serve
from govern.supervise import Supervisor

settings = config.from_environment()
app = Flask("bare")
app.add_url_rule("/", view_func=lambda: "<!doctype html><title>Bar</title><p>Hej")
app.add_url_rule("/logga-in", view_func=lambda: "ready", endpoint="ready")
Supervisor(serve.children(app, settings, serve.listen(settings))).run()
"""


@dataclass(slots=True)
class Measured:
    """The response times, in seconds, and the requests per second."""

    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.waits) / self.seconds

    def percentile(self, hundredth: int) -> float:
        """Return a percentile of the response times, in milliseconds."""
        return statistics.quantiles(self.waits, n=100)[hundredth - 1] * 1000


def main() -> None:
    """Print a table for each database, and how the pages' times grow with the archive."""
    with running_postgres(durable=True) as postgres:
        for kind, url in (("SQLite", ""), ("PostgreSQL", postgres.create("serving"))):
            with tempfile.TemporaryDirectory() as folder:
                built = archive.build(Path(folder) / "instance", url)
                report(kind, Path(folder) / "instance", url, built)
        print(f"\nOne client, {GROWTH[1]} meetings beside {GROWTH[0]} (p50)")
        grown = [dict(_alone(meetings)) for meetings in GROWTH]
        for name in TARGETS:
            print(f"{name:10}{grown[1][name] / grown[0][name]:>8.2f} times")


def report(kind: str, folder: Path, url: str, built: Archive) -> None:
    """Print p50, p95 and throughput of each page at each load, beside the bare page."""
    print(f"\n{kind:12}{'clients':>8}{'p50 ms':>9}{'p95 ms':>9}{'a second':>10}{'× p50':>8}{'× p95':>8}{'× rate':>8}")
    with _both(folder, url) as (port, bare_port):
        for clients in LOADS:
            floor = ask(bare_port, ["/"], [""] * clients, SECONDS)
            _line("bare", clients, floor, floor)
            for name, pages in built.pages.items():
                ask(port, pages, built.cookies[:clients], WARM)
                measured = ask(port, pages, built.cookies[:clients], SECONDS)
                _line(name, clients, measured, floor)


def _line(name: str, clients: int, measured: Measured, floor: Measured) -> None:
    p50, p95 = measured.percentile(50), measured.percentile(95)
    times = p50 / floor.percentile(50)
    verdict = f"   above {TARGETS[name]:.0f}×" if times > TARGETS.get(name, times) else ""
    print(
        f"{name:12}{clients:>8}{p50:>9.1f}{p95:>9.1f}{measured.rate:>10.0f}"
        f"{times:>8.1f}{p95 / floor.percentile(95):>8.1f}{measured.rate / floor.rate:>8.2f}{verdict}",
        flush=True,
    )


def _alone(meetings: int) -> Iterator[tuple[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        built = archive.build(Path(folder) / "instance", meetings=meetings)
        with govern_run(Path(folder) / "instance") as running:
            for name, pages in built.pages.items():
                ask(running.port, pages, built.cookies[:1], WARM)
                yield name, ask(running.port, pages, built.cookies[:1], SECONDS).percentile(50)


@contextmanager
def _both(folder: Path, url: str) -> Iterator[tuple[int, int]]:
    given = {"GOVERN_DATABASE_URL": url} if url else {}
    bare = folder.with_name("bare")
    with govern_run(folder, given) as running, govern_run(bare, program=BARE_RUN) as floor:
        yield running.port, floor.port


BARE_RUN = f"import os, sys\nos.environ['GOVERN_PORT'] = sys.argv[-1]\n{BARE}"


class Client:
    """One user's browser: a kept-alive connection that requests a page when it has the previous one."""

    def __init__(self, port: int, cookie: str, pages: Sequence[str], first: int) -> None:
        self._pages = cycle([*pages[first % len(pages) :], *pages[: first % len(pages)]])
        self._cookie = f"Cookie: {cookie}\r\n" if cookie else ""
        self.connection = socket.create_connection(("127.0.0.1", port), 60)
        self._answer, self._length = b"", -1
        self.began = 0.0

    def ask(self) -> None:
        """Request the next page."""
        request = f"GET {next(self._pages)} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self._cookie}\r\n"
        self._answer, self._length = b"", -1
        self.began = time.perf_counter()
        self.connection.sendall(request.encode())

    def answered(self) -> bool:
        """Read available data, and return whether the answer is complete."""
        data = self.connection.recv(1 << 18)
        if not data:
            raise SystemExit("the server closed a connection")
        self._answer += data
        if self._length < 0 and b"\r\n\r\n" in self._answer:
            head, _, _ = self._answer.partition(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                raise SystemExit(f"a page answered {head[:60]!r}")
            length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            self._length = len(head) + 4 + int(length.partition(b":")[2])
        return 0 <= self._length <= len(self._answer)


def ask(port: int, pages: Sequence[str], cookies: Sequence[str], seconds: float) -> Measured:
    """Request the pages repeatedly, with one client per Cookie header, for `seconds`."""
    measured, ready = Measured(), selectors.DefaultSelector()
    clients = [Client(port, cookie, pages, number) for number, cookie in enumerate(cookies)]
    begun = time.perf_counter()
    for client in clients:
        ready.register(client.connection, selectors.EVENT_READ, client)
        client.ask()
    while (now := time.perf_counter()) < begun + seconds:
        for key, _ in ready.select(1.0):
            client = key.data
            if client.answered():
                measured.waits.append(time.perf_counter() - client.began)
                client.ask()
    measured.seconds = now - begun
    for client in clients:
        client.connection.close()
    return measured


if __name__ == "__main__":
    main()
