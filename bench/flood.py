"""Measure a secretary's saves during a flood of sign-in attempts, against saves without it, in one run.

The real server runs (`govern run`), on SQLite and on PostgreSQL with durable commits. Twelve clients without an
account try passwords continuously, each time for another address, so that every one is hashed. It prints the 95th
percentiles of a save and their ratio, whose limit is 3. `python -m bench flood`.
"""

from __future__ import annotations

import json
import re
import secrets
import statistics
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from govern import schema
from govern.paragraphs.queries import paragraphs_of
from tests import cast as casting
from tests.apps import open_app
from tests.cast import PASSWORD
from tests.paragraphs.rooms import meeting_under_way
from tests.running import govern_run
from tests.servers import running_postgres

STRANGERS, SAVES, PAUSE, TARGET = 12, 80, 0.15, 3.0
GUESS = "Sommar2024!"


class Visitor:
    """An HTTP client that keeps cookies, and sends the token of the last page it opened."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _Stay())
        self._token = ""

    def get(self, path: str) -> int:
        """Open a page."""
        status, body = self._send(path)
        found = re.search(r'<meta name="csrf-token" content="([^"]+)"', body)
        self._token = found[1] if found else self._token
        return status

    def post(self, path: str, **fields: str) -> int:
        """Send a form."""
        data = urllib.parse.urlencode(fields | {"csrf_token": self._token}).encode()
        return self._send(path, data)[0]

    def post_file(self, path: str, name: str, data: bytes) -> int:
        """Send a file as a form does."""
        mark = secrets.token_hex(16)
        token = f'--{mark}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self._token}\r\n'
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = token.encode() + head.encode() + data + f"\r\n--{mark}--\r\n".encode()
        return self._send(path, body, {"Content-Type": f"multipart/form-data; boundary={mark}"})[0]

    def post_json(self, path: str, value: Any) -> tuple[int, str]:
        """Send JSON as a page's script does."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._token}
        return self._send(path, json.dumps(value).encode(), headers)

    def _send(self, path: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, str]:
        asked = urllib.request.Request(self._address + path, data, headers or {})  # noqa: S310 — a server of our own
        try:
            with self._opener.open(asked, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        """Follow no redirect: one request is measured."""


@dataclass(frozen=True)
class Served:
    """A running server, the § to save, and the secretary's address. `log` is the server's output."""

    address: str
    log: Path
    paragraph: int
    secretary: str


@contextmanager
def server(folder: Path, database: str = "") -> Iterator[Served]:
    """Prepare a meeting in a new installation and run the real server on it."""
    with open_app(folder, database):
        schema.upgrade()
        cast = casting.assemble()
        meeting = meeting_under_way(cast, opened=1)
        paragraph, secretary = paragraphs_of(meeting)[0].id, cast.address_of("cilla")
    with govern_run(folder, {"DATABASE_URL": database} if database else {}) as running:
        yield Served(f"http://127.0.0.1:{running.port}", running.output, paragraph, secretary)


class Secretary:
    """A client that saves the § repeatedly."""

    def __init__(self, served: Served) -> None:
        self._path = f"/paragrafer/{served.paragraph}/utkast"
        self._visitor = Visitor(served.address)
        self._version = 1
        self._visitor.get("/logga-in")
        if self._visitor.post("/logga-in", email=served.secretary, password=PASSWORD) != 303:
            raise RuntimeError("the secretary could not sign in")
        self._visitor.get(f"/paragrafer/{served.paragraph}")

    def save(self) -> float:
        """Save, and return the seconds it took.

        Raises:
            RuntimeError: if the save was refused.
        """
        html = "".join(f"<p>Stycke {part} i sparning {self._version}.</p>" for part in range(20))
        draft = {
            "version": self._version,
            "heading": "Gemensam växel",
            "kind": "B",
            "sections": [{"kind": "text", "heading": "", "html": html}],
        }
        begun = time.perf_counter()
        status, body = self._visitor.post_json(self._path, draft)
        took = time.perf_counter() - begun
        if status != 200:
            raise RuntimeError(f"a save was answered {status}: {body[:200]}")
        self._version = json.loads(body)["version"]
        return took

    def saves(self, count: int) -> list[float]:
        """Save `count` times, with the pauses of a person typing."""
        times = []
        for _ in range(count):
            times.append(self.save())
            time.sleep(PAUSE)
        return times


@contextmanager
def flooded(address: str, strangers: int = STRANGERS) -> Iterator[Callable[[], int]]:
    """Try passwords during the block; yield a function that returns the number tried."""
    stopping, tried = threading.Event(), [0] * strangers

    def strange(number: int) -> None:
        visitor = Visitor(address)
        visitor.get("/logga-in")
        while not stopping.is_set():
            email = f"{number}-{tried[number]}@nowhere.example"
            with suppress(OSError):
                if visitor.post("/logga-in", email=email, password=GUESS) in {422, 429, 503}:
                    tried[number] += 1

    threads = [threading.Thread(target=strange, args=(number,), daemon=True) for number in range(strangers)]
    for thread in threads:
        thread.start()
    try:
        yield lambda: sum(tried)
    finally:
        stopping.set()
        for thread in threads:
            thread.join(30)


def measure(served: Served, saves: int = SAVES) -> tuple[float, float, float, float]:
    """Return the 95th percentile of a save without and with the flood, the slowest with it, and attempts per second."""
    secretary = Secretary(served)
    secretary.saves(10)
    calm = secretary.saves(saves)
    with flooded(served.address) as tried:
        time.sleep(2)
        before, begun = tried(), time.perf_counter()
        stormy = secretary.saves(saves)
        rate = (tried() - before) / (time.perf_counter() - begun)
    return percentile(calm), percentile(stormy), max(stormy), rate


def percentile(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    """Print the results for both databases."""
    with tempfile.TemporaryDirectory() as folder, running_postgres(durable=True) as postgres:
        for name, database in (("SQLite", ""), ("PostgreSQL", postgres.create("flood"))):
            with server(Path(folder) / name, database) as served:
                calm, stormy, slowest, rate = measure(served)
            verdict = "within" if stormy / calm <= TARGET else "ABOVE"
            print(
                f"{name}: a save takes {calm * 1000:.0f} ms (p95), and {stormy * 1000:.0f} ms while {STRANGERS} ",
                end="",
            )
            print(f"strangers try {rate:.1f} passwords a second (slowest {slowest * 1000:.0f} ms): ", end="")
            print(f"{stormy / calm:.1f} times, {verdict} the target of {TARGET:.0f}")


if __name__ == "__main__":
    main()
