"""The web server of `govern run`: waitress, in several processes that share one address.

A request is read completely, outside the threads that answer requests, and only then given to one of them; a response
is likewise handed over complete and sent outside them. So a slow client occupies a socket, never a thread, and that
only while it makes progress: see `Channel.stalled`. Large bodies wait in unnamed temporary files, not in memory.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import resource
import select
import signal
import socket
import struct
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, ClassVar

from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.orm import configure_mappers
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher

from govern.config import Settings
from govern.db import db
from govern.errors import Refused
from govern.supervise import Child
from govern.web.security import TRANSPORT

GRACE = 10.0  # Seconds that running requests are given when the server is asked to stop.
ENDING = 2.0  # Seconds that the threads are then given to end: an idle one needs a moment too.
WINDOW = 20.0  # Seconds within which a request's head must arrive; bodies and responses are checked as often.
PACE = 8_000  # The least bytes a second of a body or a response; below it the connection is closed.
IDLE = 60  # Seconds that a connection is kept open without a request.
LOOK = 2  # Seconds between checks for stalled connections.
CONNECTIONS = 1000  # In each process. One more closes the one that has waited longest for its client.
FILES = 4 * CONNECTIONS  # A connection uses a socket, and files for its bodies.
HOLD = 1.0  # Seconds that a response 429 is delayed at least; no thread waits meanwhile.
ANSWER = 1_000_000_000  # Bytes of a response that may be buffered on disk for its client before a thread has to wait.

HELD = struct.Struct("dq")
LEAST_APART = 1  # How many more connections than another a process may hold before it leaves the next to that one.
SILENT = 3.0  # Seconds after which a process that has not reported its connections is ignored.
AGAIN = 0.02  # Seconds between checks in a process that leaves connections to others.

FAULTS = {
    400: "Begäran gick inte att läsa. Gå tillbaka, ladda om sidan och försök igen.",
    413: "Filen är för stor. En fil får vara högst {limit} MB. Välj en mindre fil eller dela upp den.",
    431: "Begäran är för lång. Rensa webbläsarens kakor för sidan och försök igen.",
    500: "Något gick fel hos oss. Försök igen om en stund.",
    501: "Begäran gick inte att läsa. Gå tillbaka, ladda om sidan och försök igen.",
}
"""Responses to requests that never reach the application, and so cannot get one of its pages."""


PLAIN = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "no-store, private"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
)
"""The headers of such a response."""


PUBLIC = ("/logga-in", "/anslagstavla")
"""Public pages: requesting them once loads what every page needs."""

ENGINES = {"sqlite": "govern.search.embedded.engine", "postgresql": "govern.search.postgres.engine"}


M_ARENA_MAX = -8
"""glibc's option for the number of malloc arenas: one is enough, since the threads take turns anyway."""


def settle() -> None:
    """Exclude the program's own objects from garbage collection, which would otherwise scan them all again."""
    gc.collect()
    gc.freeze()


def load(app: Flask) -> None:
    """Load what the forked processes share: the search engine, its dictionary, templates, what the first pages create.

    Memory loaded before the fork is shared as long as nobody writes to it; the garbage collector would. Open
    connections to the database and the index are closed: each process opens its own.
    """
    with suppress(AttributeError):  # A C library other than glibc.
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    engine = ENGINES[make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name()]
    import_module(engine)
    import_module("govern.search.terms").SWEDISH.load()  # Or the first search waits until it has been compiled.
    for template in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(template)
    configure_mappers()
    for page in PUBLIC:
        app.test_client().get(page)
    with app.app_context():
        db.engine.dispose()
    for close in app.extensions["before_fork"]:
        close(app)
    settle()


def _has_come(opened: socket.socket) -> bool:
    """Return whether a socket has something unread: bytes, a connection or an end."""
    look = select.poll()
    look.register(opened, select.POLLIN)
    return bool(look.poll(0))


class Spread:
    """The number of connections in each web process, in shared memory: the one with fewest takes the next.

    A process that has not reported for a while is dead or hangs, and nobody leaves a connection to it.
    """

    def __init__(self, processes: int) -> None:
        self._held = mmap.mmap(-1, HELD.size * processes)
        self._processes = processes

    def note(self, process: int, connections: int) -> None:
        """Report the number of connections of a process."""
        HELD.pack_into(self._held, process * HELD.size, time.monotonic(), connections)

    def leaves(self, process: int, connections: int) -> bool:
        """Return whether a process with so many connections leaves the next to another, which has fewer."""
        since = time.monotonic() - SILENT
        others = [HELD.unpack_from(self._held, n * HELD.size) for n in range(self._processes) if n != process]
        return any(at > since and connections > held + LEAST_APART for at, held in others)


def listen(settings: Settings) -> socket.socket:
    """Listen at the configured address. The web processes share the socket; see `Spread`.

    The caller keeps it open: connections made while a process is replaced are taken by the others, or wait.

    Raises:
        Refused: if another program uses the address.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    address = (settings.host, settings.port)
    try:
        with ExitStack() as opened:
            taken = opened.enter_context(socket.socket(family))
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
            taken.listen(1024)
            opened.pop_all()
    except OSError as error:
        sentence = f"Det går inte att lyssna på {settings.host}:{settings.port}. Välj en annan port med --port."
        raise Refused(sentence) from error
    return taken


def children(app: Flask, settings: Settings, listening: socket.socket) -> list[Child]:
    """Return the web processes to supervise, all with the socket opened by `listen`."""
    spread = Spread(settings.workers)
    return [Child(f"web {n + 1}", partial(serve, app, settings, listening, spread, n)) for n in range(settings.workers)]


def serve(app: Flask, settings: Settings, listening: socket.socket, spread: Spread, number: int) -> None:
    """Run a web process: serve until stopped by SIGTERM, then finish the pending requests."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    with closing(Server(app, settings, listening, spread, number)) as server:
        signal.signal(signal.SIGTERM, lambda *_: server.stop())
        server.run()


@dataclass(slots=True)
class Progress:
    """How far a transfer had got at an instant."""

    at: float
    moved: int = 0


class Fault(ErrorTask):  # type: ignore[misc]
    """The response to a request that cannot be parsed: a sentence in Swedish."""

    def execute(self) -> None:
        """Write the response, and close the connection."""
        error = self.request.error
        body = FAULTS.get(error.code, FAULTS[500]).format(limit=self.channel.server.upload_mb).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(self.channel.server.headers)
        self.content_length = len(body)
        self.set_close_on_finish()
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that tracks whether its client makes progress in sending and receiving."""

    error_task_class: ClassVar[type[ErrorTask]] = Fault

    def __init__(self, *given: Any, **named: Any) -> None:
        self.progress = Progress(time.monotonic())
        self._heard = 0
        self._sent = 0
        self._held_until = 0.0
        self._doing: tuple[str, object] = ("", None)
        super().__init__(*given, **named)

    @property
    def waits_for_client(self) -> bool:
        """Whether the server waits for the client to send or receive something."""
        return not self.requests

    @property
    def is_idle(self) -> bool:
        """Whether no request is pending."""
        return self.waits_for_client and not self.request and not self.total_outbufs_len

    def received(self, data: bytes) -> bool:
        """Process received data, and count it."""
        self._heard += len(data)
        return bool(super().received(data))

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send data, and count it."""
        sent: int = super().send(data, do_close)
        self._sent += sent
        return sent

    def write_soon(self, data: Any) -> int:
        """Queue a part of a response; one with status 429 is delayed, so that a client in a loop stays slow."""
        if isinstance(data, bytes) and data[8:13] == b" 429 ":  # The head, which starts with HTTP/1.1.
            self._held_until = time.monotonic() + HOLD
        return int(super().write_soon(data))

    def writable(self) -> bool:
        """Return whether there is anything to send now."""
        return not self._held() and bool(super().writable())

    def _flush_some(self, do_close: bool = True) -> bool:
        """Send what can be sent now, unless it is delayed: threads call this too, bypassing `writable`."""
        return not self._held() and bool(super()._flush_some(do_close))

    def _held(self) -> bool:
        return time.monotonic() < self._held_until

    def stalled(self, now: float) -> bool:
        """Return whether the client is too slow: to send a request's head in `WINDOW`, or to keep `PACE` after it.

        So is one without a request for `IDLE`. A body that arrives within the window is never too slow, and one that
        keeps the pace may take as long as it needs.
        """
        doing, moved = self._transfer()
        if (doing, self.request) != self._doing:
            self._doing, self.progress = (doing, self.request), Progress(now, moved)
        since = now - self.progress.at
        if doing == "" and moved != self.progress.moved:  # There was a request, answered since the last check.
            self.progress = Progress(now, moved)
            return False
        if doing == "":
            return since >= IDLE
        if doing == "waiting" or since < WINDOW:
            return False
        if doing == "head" or moved - self.progress.moved < PACE * since:
            return True
        self.progress = Progress(now, moved)
        return False

    def _transfer(self) -> tuple[str, int]:
        """Return the client's current transfer, and how many bytes of it have moved."""
        request = self.request
        if self.total_outbufs_len:
            return "taking", self._sent
        if self.requests:
            return "waiting", 0
        if request is None:
            return "", self._heard
        return ("body", request.body_bytes_received) if request.headers_finished else ("head", 0)


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Waitress on a socket that is already open: closes stalled connections, and stops without losing a request."""

    channel_class = Channel

    def __init__(self, app: Flask, settings: Settings, listening: socket.socket, spread: Spread, number: int) -> None:
        self._spread, self._number = spread, number
        self.upload_mb = settings.max_upload_mb
        self.headers = [*PLAIN, *([("Strict-Transport-Security", TRANSPORT)] if settings.https else [])]
        self._stopping = False
        self._look_at = 0.0
        adjusted = Adjustments(
            sockets=[listening],
            threads=settings.threads,
            connection_limit=2 * CONNECTIONS,  # Never reached: it would stop accepting.
            asyncore_use_poll=True,
            log_socket_errors=False,  # Clients come and go.
            # A body slightly too large is answered by the application, with a page.
            max_request_body_size=2 * settings.max_upload_mb * 1_000_000,
            outbuf_high_watermark=ANSWER,
            clear_untrusted_proxy_headers=not settings.trusted_proxies,  # Otherwise `create_app` reads them.
            ident="",
        )
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(settings.threads)
        given = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(app, _sock=listening, dispatcher=dispatcher, adj=adjusted, sockinfo=given, bind_socket=False)

    def run(self) -> None:
        """Serve until `stop`; then accept no connections, and return when all is answered or `GRACE` is over."""
        while not self._stopping:
            self._turn(1.0)
        while _has_come(self.socket):  # Clients that are already connected are answered too.
            self.handle_accept()
        self.accepting = False
        self.del_channel()
        self.socket.close()
        end = time.monotonic() + GRACE
        while self.active_channels and time.monotonic() < end:
            for channel in list(self.active_channels.values()):
                if channel.is_idle and not _has_come(channel.socket):
                    channel.will_close = True
            self._turn(0.05)
        self.task_dispatcher.shutdown(timeout=ENDING)

    def readable(self) -> bool:
        """Return whether this process takes the next connection."""
        return bool(super().readable()) and not self._leaves()

    def _leaves(self) -> bool:
        return self._spread.leaves(self._number, len(self.active_channels))

    def _turn(self, seconds: float) -> None:
        self._spread.note(self._number, len(self.active_channels))
        if self._leaves():  # It may soon be its turn, and nothing would wake it.
            seconds = min(seconds, AGAIN)
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK
            self._close_stalled(now)

    def stop(self) -> None:
        """Ask `run` to end; safe in a signal handler."""
        self._stopping = True
        self.pull_trigger()

    def handle_accept(self) -> None:
        """Accept a connection; if there are too many, close the one that has waited longest for its client."""
        super().handle_accept()
        self._spread.note(self._number, len(self.active_channels))
        if len(self.active_channels) > CONNECTIONS:
            waiting = [channel for channel in self.active_channels.values() if channel.waits_for_client]
            if waiting:
                min(waiting, key=lambda channel: channel.progress.at).will_close = True

    def maintenance(self, now: float) -> None:
        """Do nothing: waitress uses the wall clock here, and when that jumps it would close active connections."""

    def _close_stalled(self, now: float) -> None:
        """Close the connections that have stalled or idled too long; `now` is monotonic."""
        for channel in list(self.active_channels.values()):
            if channel.stalled(now):
                channel.will_close = True
