"""The web server that `govern run` starts: waitress, in several processes that answer at one address.

A request is read whole, beside the threads that answer requests, and only then given to one of them; an answer is
handed over whole and sent beside them too. So whoever sends or takes slowly holds a socket, never a thread, and holds
that only while it gets on: see `Channel.stalled`. Large bodies wait in unnamed temporary files, not in memory.
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

GRACE = 10.0  # Seconds that requests under way get when the server is asked to stop.
WINDOW = 20.0  # Seconds in which a request's head must have come; its body, and an answer, are looked at as often.
PACE = 8_000  # Bytes a second that a body or an answer must keep to, or the connection is closed.
IDLE = 60  # Seconds that a connection is kept without a request.
LOOK = 2  # Seconds between the looks for connections that have stalled.
CONNECTIONS = 1000  # In each process. One more closes the one that has waited longest for its client.
FILES = 4 * CONNECTIONS  # A connection takes a socket and the files that its bodies wait in.
HOLD = 1.0  # Seconds that whoever has asked too often (429) waits for that answer at least; no thread waits with them.
ANSWER = 1_000_000_000  # Bytes of an answer that may wait for its client, on the disk, before a thread waits with it.

HELD = struct.Struct("dq")
LEAST_APART = 1  # Connections that a process may hold more than another before it leaves the next to that one.
SILENT = 3.0  # Seconds after which a process that has not told how many it holds is not counted on.
AGAIN = 0.02  # Seconds between the looks of a process that leaves connections to others.

FAULTS = {
    400: "Begäran gick inte att läsa. Gå tillbaka, ladda om sidan och försök igen.",
    413: "Filen är för stor. En fil får vara högst {limit} MB. Välj en mindre fil eller dela upp den.",
    431: "Begäran är för lång. Rensa webbläsarens kakor för sidan och försök igen.",
    500: "Något gick fel hos oss. Försök igen om en stund.",
    501: "Begäran gick inte att läsa. Gå tillbaka, ladda om sidan och försök igen.",
}
"""What is said to whom the application is never asked about, and whom its pages therefore cannot answer."""


PLAIN = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "no-store, private"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
)
"""The headers of such an answer."""


PUBLIC = ("/logga-in", "/anslagstavla")
"""Pages that anybody may open: asked for once, they make what every page needs."""

ENGINES = {"sqlite": "govern.search.embedded.engine", "postgresql": "govern.search.postgres.engine"}


M_ARENA_MAX = -8
"""The number of glibc's setting for how many heaps threads allocate from: one, as they take turns anyway."""


def settle() -> None:
    """Take what the program itself holds out of the garbage collector's sight, which else goes through it all again."""
    gc.collect()
    gc.freeze()


def load(app: Flask) -> None:
    """Load what the processes forked from this one share: the search engine, templates, and what the first pages make.

    What is loaded before the fork stands in memory once, as long as nobody writes to it; the collector would. What is
    open of the database and the index is closed: each process opens its own.
    """
    with suppress(AttributeError):  # Another C library than glibc.
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    engine = ENGINES[make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name()]
    import_module(engine)
    for template in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(template)
    with app.app_context():
        configure_mappers()
        for page in PUBLIC:
            app.test_client().get(page)
        db.engine.dispose()
    for close in app.extensions["before_fork"]:
        close(app)
    settle()


def _has_come(opened: socket.socket) -> bool:
    """Say whether something that nobody has read yet stands at a socket: bytes, a connection, an end."""
    look = select.poll()
    look.register(opened, select.POLLIN)
    return bool(look.poll(0))


class Spread:
    """How many connections each web process holds, in memory that they share: the one with fewest takes the next.

    A process that has not been heard of for a while has died or hangs, and nobody leaves a connection to it.
    """

    def __init__(self, processes: int) -> None:
        self._held = mmap.mmap(-1, HELD.size * processes)
        self._processes = processes

    def note(self, process: int, connections: int) -> None:
        """Say how many a process holds now."""
        HELD.pack_into(self._held, process * HELD.size, time.monotonic(), connections)

    def leaves(self, process: int, connections: int) -> bool:
        """Say whether a process that holds so many leaves the next to another, which holds fewer."""
        since = time.monotonic() - SILENT
        others = [HELD.unpack_from(self._held, n * HELD.size) for n in range(self._processes) if n != process]
        return any(at > since and connections > held + LEAST_APART for at, held in others)


def listen(settings: Settings) -> socket.socket:
    """Take the settings' address. The web processes share the socket; see `Spread`.

    Whoever starts them keeps it open: what comes while one is being replaced is taken by the others, or waits.

    Raises:
        Refused: when another program has the address.
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
    """Give the web processes to supervise, all at the socket that `listen` opened."""
    spread = Spread(settings.workers)
    return [Child(f"web {n + 1}", partial(serve, app, settings, listening, spread, n)) for n in range(settings.workers)]


def serve(app: Flask, settings: Settings, listening: socket.socket, spread: Spread, number: int) -> None:
    """Be a web process: answer until asked to stop by SIGTERM, then finish what has been asked."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    with closing(Server(app, settings, listening, spread, number)) as server:
        signal.signal(signal.SIGTERM, lambda *_: server.stop())
        server.run()


@dataclass(slots=True)
class Progress:
    """How far a transfer had come at an instant."""

    at: float
    moved: int = 0


class Fault(ErrorTask):  # type: ignore[misc]
    """The answer to a request that cannot be read: a sentence in Swedish."""

    def execute(self) -> None:
        """Write it, and close the connection."""
        error = self.request.error
        body = FAULTS.get(error.code, FAULTS[500]).format(limit=self.channel.server.upload_mb).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(self.channel.server.headers)
        self.content_length = len(body)
        self.set_close_on_finish()
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection, which notes whether its client gets on with what it sends and takes."""

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
        """Whether nothing happens until the client sends or takes something."""
        return not self.requests

    @property
    def is_idle(self) -> bool:
        """Whether nothing has been asked for that is not answered."""
        return self.waits_for_client and not self.request and not self.total_outbufs_len

    def received(self, data: bytes) -> bool:
        """Take what has come, and count it."""
        self._heard += len(data)
        return bool(super().received(data))

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send, and count it."""
        sent: int = super().send(data, do_close)
        self._sent += sent
        return sent

    def write_soon(self, data: Any) -> int:
        """Take a part of an answer to be sent; one that says "too often" is held, so that a loop of them stays slow."""
        if isinstance(data, bytes) and data[8:13] == b" 429 ":  # The head, which begins with HTTP/1.1.
            self._held_until = time.monotonic() + HOLD
        return int(super().write_soon(data))

    def writable(self) -> bool:
        """Say whether there is anything to be sent now."""
        return not self._held() and bool(super().writable())

    def _flush_some(self, do_close: bool = True) -> bool:
        """Send what can be sent now, nothing of what is held: threads call it too, past `writable`."""
        return not self._held() and bool(super()._flush_some(do_close))

    def _held(self) -> bool:
        return time.monotonic() < self._held_until

    def stalled(self, now: float) -> bool:
        """Say whether the client is too slow: it has `WINDOW` for a request's head, and a `PACE` in all that is long.

        So is one that asks for nothing for `IDLE`. A body that comes within the window is never too slow, and one that
        keeps the pace may take as long as it needs.
        """
        doing, moved = self._transfer()
        if (doing, self.request) != self._doing:
            self._doing, self.progress = (doing, self.request), Progress(now, moved)
        since = now - self.progress.at
        if doing == "" and moved != self.progress.moved:  # It has asked since, and been answered between two looks.
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
        """Say what the client is doing, and how many bytes of it have moved."""
        request = self.request
        if self.total_outbufs_len:
            return "taking", self._sent
        if self.requests:
            return "waiting", 0
        if request is None:
            return "", self._heard
        return ("body", request.body_bytes_received) if request.headers_finished else ("head", 0)


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Waitress at a socket that is open already: closes what stalls, and ends without losing a request."""

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
            # What is a little too large is answered by the application, with a page.
            max_request_body_size=2 * settings.max_upload_mb * 1_000_000,
            outbuf_high_watermark=ANSWER,
            clear_untrusted_proxy_headers=not settings.trusted_proxies,  # Else `create_app` reads them.
            ident="",
        )
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(settings.threads)
        given = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(app, _sock=listening, dispatcher=dispatcher, adj=adjusted, sockinfo=given, bind_socket=False)

    def run(self) -> None:
        """Answer until `stop`; then accept nothing more, and leave when all has been answered or `GRACE` is over."""
        while not self._stopping:
            self._turn(1.0)
        while _has_come(self.socket):  # Who has connected already is answered too.
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
        self.task_dispatcher.shutdown(timeout=0)

    def readable(self) -> bool:
        """Say whether the next connection is for this process."""
        return bool(super().readable()) and not self._leaves()

    def _leaves(self) -> bool:
        return self._spread.leaves(self._number, len(self.active_channels))

    def _turn(self, seconds: float) -> None:
        self._spread.note(self._number, len(self.active_channels))
        if self._leaves():  # It may soon be its turn, which nothing would wake it for.
            seconds = min(seconds, AGAIN)
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK
            self._close_stalled(now)

    def stop(self) -> None:
        """Ask `run` to end; a signal's handler may."""
        self._stopping = True
        self.pull_trigger()

    def handle_accept(self) -> None:
        """Accept, and where there are too many close the one that has waited longest for its client."""
        super().handle_accept()
        self._spread.note(self._number, len(self.active_channels))
        if len(self.active_channels) > CONNECTIONS:
            waiting = [channel for channel in self.active_channels.values() if channel.waits_for_client]
            if waiting:
                min(waiting, key=lambda channel: channel.progress.at).will_close = True

    def maintenance(self, now: float) -> None:
        """Do nothing: waitress goes by the wall clock, and when that jumps it would close what is under way."""

    def _close_stalled(self, now: float) -> None:
        """Close what has been idle for long, and what has stalled; `now` is monotonic."""
        for channel in list(self.active_channels.values()):
            if channel.stalled(now):
                channel.will_close = True
