"""A complete installation for tests: the real `govern run` with real mail, users, and a clock that a test can move.

The clock is libfaketime's: every process of the server reads the offset from a file, so that all have the same time,
also when it changes while they run. Monotonic clocks, which measure waits, are not affected.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from aiosmtpd.controller import Controller

from govern.swedish import SWEDEN
from tests.apps import SECRET
from tests.browse import Page
from tests.cast import PASSWORD
from tests.need import need
from tests.ports import free_port
from tests.postbox import SENDER, Postbox

ROOT = Path(__file__).parents[1]
LIBRARIES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib")
REDIRECTS = {302, 303}
PATIENCE = 60.0
"""Seconds that the server may take to start on a busy machine."""


def faketime_library() -> str:
    """Find libfaketime; without it the test is skipped, or fails where `CI` is set."""
    need("faketime")
    found = next((p for d in LIBRARIES for p in Path(d).glob("faketime/libfaketime.so.1")), None)
    return str(found or "")


@dataclass
class Answer:
    """An answer of the server, in the form that `tests.browse.Page` reads."""

    status_code: int
    headers: dict[str, str]
    body: bytes

    @property
    def location(self) -> str | None:
        """The redirect's address."""
        return self.headers.get("location")

    @property
    def mimetype(self) -> str:
        """The content type."""
        return self.headers.get("content-type", "").partition(";")[0]

    def get_data(self) -> bytes:
        """Return the bytes."""
        return self.body

    def get_json(self) -> Any:
        """Return the JSON value."""
        return json.loads(self.body)


class House:
    """The server, its mail, and its clock, which is the machine's own unless `starts` sets its first time.

    `settings` are further settings, by their names in `config.Settings`.
    """

    def __init__(
        self, folder: Path, database_url: str = "", *, starts: datetime | None = None, **settings: object
    ) -> None:
        self.folder, self.database_url, self.settings = folder, database_url, settings
        self.port, self.mail_port = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.postbox = Postbox()
        self.log = folder.parent / "server.log"
        self.background = True
        self._clock = folder.parent / "clock"
        self._process: subprocess.Popen[bytes] | None = None
        self._mail = Controller(self.postbox, hostname="127.0.0.1", port=self.mail_port)
        self._offset = timedelta()
        self._moved = starts is not None
        if starts is not None:
            self.move_to(starts)

    # --- The clock

    @property
    def now(self) -> datetime:
        """Return the current time of the installation, in Sweden."""
        return (datetime.now(UTC) + self._offset).astimezone(SWEDEN)

    def move_to(self, moment: datetime) -> None:
        """Set the time for all processes."""
        self._offset = moment.astimezone(UTC) - datetime.now(UTC)
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(f"{self._offset.total_seconds():+.3f}s\n")
        fresh.replace(self._clock)

    def later(self, **by: float) -> None:
        """Advance the time: `later(minutes=6)`."""
        self.move_to(self.now.astimezone(UTC) + timedelta(**by))

    def environment(self) -> dict[str, str]:
        """Return the environment of the server and of its commands."""
        chosen = {
            "secret_key": SECRET,
            "data_dir": self.folder,
            "database_url": self.database_url,
            "port": self.port,
            "signing_factor": "offered",
            "background": int(self.background),
            "smtp_host": "127.0.0.1",
            "smtp_port": self.mail_port,
            "smtp_security": "none",
            "mail_from": SENDER,
        } | self.settings
        given = {f"GOVERN_{name.upper()}": str(value) for name, value in chosen.items()}
        return os.environ | {"PYTHONPATH": str(ROOT)} | given | (self._clockwork() if self._moved else {})

    def _clockwork(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": faketime_library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "PYTHONPATH": f"{ROOT / 'tests/clock'}{os.pathsep}{ROOT}",
        }

    # --- The server

    def start(self) -> None:
        """Start `govern run`, and wait until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "govern.cli", "run"],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with (
                suppress(OSError, HTTPException),
                closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection,
            ):
                connection.request("GET", "/logga-in")
                connection.getresponse().read()
                return
            time.sleep(0.1)
        raise RuntimeError(f"govern run did not start: {self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        """Stop it with SIGTERM, as an administrator does; it must end by itself and leave no process behind."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def command(self, *words: str) -> str:
        """Run one of Govern's commands at the installation's time; return its output."""
        done = subprocess.run(
            [sys.executable, "-m", "govern.cli", *words],
            cwd=ROOT,
            env=self.environment(),
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"govern {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def errors(self) -> list[str]:
        """List the errors that the server logged."""
        return [line for line in self.log.read_text().splitlines() if '"level": "ERROR"' in line or "Traceback" in line]

    @contextmanager
    def open(self) -> Iterator[House]:
        """Run an installation with its mail server."""
        self._mail.start()
        try:
            self.start()
            yield self
        finally:
            self.stop()
            self._mail.stop()


@dataclass
class Visitor:
    """One user of the installation, in one browser. Every answer's status and time are recorded.

    `waits` are in seconds, corrected to an otherwise idle machine.
    """

    house: House
    email: str
    cookies: dict[str, str] = field(default_factory=dict)
    page: Page | None = None
    waits: list[tuple[float, str]] = field(default_factory=list)
    sign_ins: int = 0

    def request(self, method: str, url: str, body: bytes = b"", **headers: str) -> Answer:
        """Send one request on a separate connection. A server error fails the test at once."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | headers
        sent = {name.replace("_", "-"): value for name, value in sent.items()}
        began = time.monotonic()
        with closing(HTTPConnection("127.0.0.1", self.house.port, timeout=PATIENCE)) as connection:
            connection.request(method, url, body or None, sent)
            answer = _read(connection.getresponse())
        self.waits.append((fair(time.monotonic() - began), f"{method} {url}"))
        for cookie in SimpleCookie(answer.headers.get("set-cookie", "")).values():
            self.cookies[cookie.key] = cookie.value
        assert answer.status_code < 500, f"{self.email}: {method} {url} answered {answer.status_code}: {_words(answer)}"
        return answer

    def get(self, url: str) -> Page:
        """Open a page, signing in if required."""
        answer = self.request("GET", url)
        while answer.status_code in REDIRECTS:
            url = urljoin(url, answer.location or "")
            if urlsplit(url).path == "/logga-in":
                return self._sign_in(url)
            answer = self.request("GET", url)
        self.page = Page(url, answer)  # type: ignore[arg-type]
        return self.page

    def _sign_in(self, url: str) -> Page:
        self.sign_ins += 1
        self.page = Page(url, self.request("GET", url))  # type: ignore[arg-type]
        return self.submit("Logga in", email=self.email, password=PASSWORD)

    def submit(self, button: str, *, status: int = 200, **fields: Any) -> Page:
        """Fill in and send a form of the page as it was when opened; follow redirects."""
        assert self.page is not None
        form = self.page.form(button)
        sent = urlencode(list(form.fill(fields).items(multi=True)))
        if form.method == "get":
            return self.get(f"{form.action}?{sent}")
        answer = self.request(
            "POST", form.action, sent.encode(), Content_Type="application/x-www-form-urlencoded", Referer=self.page.url
        )
        if answer.status_code in REDIRECTS:
            return self.get(urljoin(form.action, answer.location or ""))
        self.page = Page(form.action, answer)  # type: ignore[arg-type]
        assert self.page.status == status, f"{button}: {self.page.status} {self.page.summary()}"
        return self.page

    def press(self, button: str, **fields: Any) -> Page:
        """Press a button of the current page; if the session has ended, sign in, go back and press again."""
        assert self.page is not None
        before, here = self.sign_ins, self.page.url
        form = self.page.form(button)
        sent = urlencode(list(form.fill(fields).items(multi=True)))
        answer = self.request(
            "POST", form.action, sent.encode(), Content_Type="application/x-www-form-urlencoded", Referer=self.page.url
        )
        if answer.status_code == 401 and before == self.sign_ins:
            self.get(here)
            return self.submit(button, **fields)
        if answer.status_code in REDIRECTS:
            return self.get(urljoin(form.action, answer.location or ""))
        self.page = Page(form.action, answer)  # type: ignore[arg-type]
        assert self.page.status == 200, f"{button}: {self.page.status} {self.page.summary()}"
        return self.page

    def save(self, url: str, value: Any) -> Answer:
        """Send JSON as the page's script does, with the page's own token."""
        assert self.page is not None
        token = self.page.find("meta[name=csrf-token]").attributes["content"] or ""
        body = json.dumps(value).encode()
        return self.request("POST", url, body, Content_Type="application/json", X_CSRFToken=token)


def fair(seconds: float) -> float:
    """Return a wait corrected to an otherwise idle machine; one below a second is returned unchanged."""
    if seconds < 1:
        return seconds
    wall, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < 0.1:
        pass
    return seconds / max(1.0, (time.perf_counter() - wall) / 0.1)


def _read(response: HTTPResponse) -> Answer:
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def _words(answer: Answer) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", answer.body.decode(errors="replace"))[:600]
