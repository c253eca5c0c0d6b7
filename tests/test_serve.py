"""The web server of a real `govern run`: slow clients, large bodies, killed processes, and a stop during a request."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from govern import schema, serve
from govern.config import Settings
from govern.errors import Refused
from govern.people.rules import ADDRESS_ATTEMPTS
from govern.serve import CONNECTIONS, HOLD, IDLE, LOOK, PACE, WINDOW, Channel, Spread
from tests import cast as casting
from tests import dictionary
from tests.apps import open_app
from tests.ports import free_port
from tests.running import KeptAliveClient, Running, govern_run
from tests.waiting import until

CROWD = 100
HEAD = b"POST /logga-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create an installation that has the cast."""
    path = tmp_path_factory.mktemp("served") / "data"
    with open_app(path):
        schema.upgrade()
        dictionary.install(path / "index")
        casting.assemble()
    return path


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    """Run two processes of four threads each, which is fewer than the clients of a crowd."""
    with govern_run(folder, {"GOVERN_WORKERS": "2", "GOVERN_THREADS": "4"}) as started:
        yield started


@contextmanager
def crowd(port: int, begins: bytes, drips: bytes) -> Iterator[list[socket.socket]]:
    """Let `CROWD` clients begin a request each and send a few more bytes every second."""
    over = threading.Event()
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 30)) for _ in range(CROWD)]
        for client in clients:
            client.sendall(begins)

        def drip() -> None:
            while not over.wait(1):
                for client in clients:
                    with suppress(OSError):
                        client.sendall(drips)

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            yield clients
        finally:
            over.set()
            dripping.join()


@pytest.mark.long
@pytest.mark.parametrize(
    ("begins", "drips"),
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X-A: b\r\n", id="slow heads"),
        pytest.param(HEAD + b"Content-Length: 90000\r\n\r\nemail=", b"a", id="slow bodies"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", id="slow chunks"),
        pytest.param(b"", b"", id="nothing at all"),
    ],
)
def test_a_crowd_of_slow_clients_does_not_silence_it(running, begins, drips):
    alone = _timed(running)
    with crowd(running.port, begins, drips):
        until(lambda: running.connections() >= CROWD)  # All have begun, and none is closed yet.
        beside = _timed(running)
    assert beside < 3 * alone + 1


def _timed(running: Running) -> float:
    begun = time.monotonic()
    for _ in range(10):
        assert running.get("/logga-in")[0] == 200
    return time.monotonic() - begun


def test_slow_readers_do_not_silence_it(running):
    with ExitStack() as stack:
        for _ in range(CROWD):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", running.port), 30))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.sendall(b"GET /static/vendor/editor.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        until(lambda: running.unread() >= CROWD // 2)
        assert running.get("/logga-in")[0] == 200


class Request:
    """The part of a request that the channel's timeouts look at."""

    def __init__(self, headers_finished: bool) -> None:
        self.headers_finished, self.body_bytes_received = headers_finished, 0


@pytest.fixture
def channel() -> Channel:
    """Return a channel without a socket."""
    made = Channel.__new__(Channel)
    made.progress, made._heard, made._sent, made._doing = serve.Progress(0.0), 0, 0, ("", None)
    made._held_until = 0.0
    made.request, made.requests, made.total_outbufs_len = None, [], 0
    return made


def test_a_head_has_a_deadline(channel):
    channel.request = Request(headers_finished=False)
    assert not channel.stalled(0)
    assert not channel.stalled(WINDOW - 1)
    assert channel.stalled(WINDOW)


def test_who_asks_for_nothing_is_let_go_after_a_while(channel):
    assert not channel.stalled(0)
    assert not channel.stalled(IDLE - 1)
    assert channel.stalled(IDLE)


def test_who_asks_again_and_again_is_never_idle(channel):
    """A client whose requests all fall between two checks is not idle."""
    for second in range(0, 5 * IDLE, LOOK):
        assert not channel.stalled(second)
        channel._heard += 30
    assert not channel.stalled(5 * IDLE)
    assert channel.stalled(6 * IDLE)


def test_a_body_that_keeps_the_pace_may_take_long_and_one_that_does_not_is_ended(channel):
    channel.request = Request(headers_finished=True)
    for second in range(0, 1000, 2):
        channel.request.body_bytes_received = second * PACE
        assert not channel.stalled(second)
    assert channel.stalled(1000 + 2 * WINDOW)


def test_a_reader_who_takes_nothing_is_ended_and_one_who_waits_for_an_answer_is_not(channel):
    channel.requests = [Request(headers_finished=True)]
    assert not channel.stalled(0)
    assert not channel.stalled(10 * WINDOW)
    channel.total_outbufs_len = 1
    assert not channel.stalled(11 * WINDOW)
    assert channel.stalled(12 * WINDOW)


def test_who_asks_too_often_waits_for_the_answer_and_nobody_else_does(running):
    """Repeated refused attempts are delayed, however many wait, without occupying threads."""
    for number in range(ADDRESS_ATTEMPTS):
        running.get(f"/valj-losenord/x{number}")
    began = time.monotonic()
    with ThreadPoolExecutor(CROWD) as strangers:  # Ten times as many as the server's threads.
        refused = [strangers.submit(running.get, "/valj-losenord/x") for _ in range(80)]
        assert running.get("/logga-in")[0] == 200
        assert {one.result()[0] for one in refused} == {429}
    assert HOLD <= time.monotonic() - began < 8 * HOLD


def test_a_killed_process_is_replaced_and_only_its_own_connections_are_lost(running):
    until(lambda: len(running.listeners()) == 2)
    before = running.listeners()
    with ExitStack() as stack:
        kept = []
        for _ in range(20):
            client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
            stack.callback(client.close)
            client.request("GET", "/logga-in")
            client.getresponse().read()
            kept.append(client)
        victim, other = before
        theirs = running.connections_of(victim)
        os.kill(victim, signal.SIGKILL)
        lost = 0
        for client in kept:
            client.auto_open = 0  # Reconnecting would hide the lost connection.
            try:
                client.request("GET", "/logga-in")
                assert client.getresponse().read()
            except (OSError, http.client.HTTPException):
                lost += 1
        assert lost == theirs
        assert running.get("/logga-in", timeout=60)[0] == 200
        until(lambda: len(running.listeners()) == 2)
        assert other in running.listeners()
        assert "died of SIGKILL" in running.log


def test_connections_are_spread_over_the_processes(running):
    until(lambda: len(running.listeners()) == 2)
    with ExitStack() as stack:
        for _ in range(80):
            stack.enter_context(socket.create_connection(("127.0.0.1", running.port), 30)).sendall(
                b"GET / HTTP/1.1\r\n"
            )
        until(lambda: running.connections() >= 80)
        assert min(map(running.connections_of, running.listeners())) >= 36


def test_the_process_with_fewest_connections_takes_the_next(monkeypatch):
    """A process that has died or hangs is not waited for."""
    spread = Spread(2)
    assert not spread.leaves(0, 50)
    spread.note(1, 40)
    assert spread.leaves(0, 50)
    assert not spread.leaves(0, 41)
    monkeypatch.setattr(serve, "SILENT", 0.0)
    assert not spread.leaves(0, 50)


@pytest.mark.long
def test_a_large_body_is_kept_out_of_memory(running):
    size, piece = 95_000_000, bytes(1_000_000)
    with socket.create_connection(("127.0.0.1", running.port), 120) as client:
        client.sendall(HEAD + f"Content-Length: {size}\r\n\r\n".encode())
        for _ in range(size // len(piece) - 1):
            client.sendall(piece)
        most = max(_memory_mb(pid) for pid in running.listeners())
        client.sendall(piece)
        answer = client.recv(100)
    assert most < 400
    assert answer.startswith(b"HTTP/1.1 "), answer


def test_what_is_far_too_large_is_refused_in_swedish(running):
    with socket.create_connection(("127.0.0.1", running.port), 30) as client:
        client.sendall(HEAD + b"Content-Length: 900000000\r\n\r\n")
        answer = client.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 413")
    assert "En fil får vara högst 100 MB" in answer


def test_an_address_that_is_taken_is_refused():
    settings = Settings(port=free_port(), workers=2)
    with serve.listen(settings), pytest.raises(Refused, match="--port"):
        serve.listen(settings)


def test_nobody_is_believed_about_where_they_come_from_unless_a_proxy_is_trusted(running):
    _, page = running.get("/", **{"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "https"})
    assert b"elsewhere.example" not in page


@pytest.mark.long
def test_more_connections_than_it_keeps_close_the_one_that_waits_longest(running):
    """The limit is shared by two processes, so opening twice as many fills at least one of them."""
    with ExitStack() as stack:
        first = [stack.enter_context(socket.create_connection(("127.0.0.1", running.port), 30)) for _ in range(20)]
        for _ in range(2 * CONNECTIONS):
            stack.enter_context(socket.create_connection(("127.0.0.1", running.port), 30))
        assert running.get("/logga-in", timeout=60)[0] == 200
        until(lambda: any(_closed(client) for client in first))


def _closed(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False


@pytest.mark.long
def test_asked_to_stop_it_answers_what_has_been_asked(folder):
    """Requests that it has not begun to read are answered too; the process is stopped while they arrive."""
    with govern_run(folder, {"GOVERN_WORKERS": "1"}) as stopped:
        reader = KeptAliveClient(stopped.port, "cilla@alvsam.example")
        (web,) = stopped.listeners()
        os.kill(web, signal.SIGSTOP)
        reader.send("GET", "/")
        with socket.create_connection(("127.0.0.1", stopped.port), 30) as client:
            client.sendall(HEAD.replace(b"POST", b"GET") + b"\r\n")
            stopped.process.send_signal(signal.SIGTERM)
            until(lambda: _waits_for(web, signal.SIGTERM))
            os.kill(web, signal.SIGCONT)
            assert stopped.process.wait(60) == 0
            assert client.recv(100).startswith(b"HTTP/1.1 ")
        assert reader.read()[0] == 200
        reader.close()


def _waits_for(pid: int, signum: signal.Signals) -> bool:
    """Return whether a stopped process has a pending signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    pending = next(line for line in status.splitlines() if line.startswith("ShdPnd:"))
    return bool(int(pending.split()[1], 16) >> (signum - 1) & 1)


def _memory_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_000_000
