"""Password guessing, slow connections and hostile files, all at once, while a secretary saves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.flood import TARGET, Secretary, Visitor, flooded, percentile, server
from tests import hostile
from tests.servers import Postgres
from tests.test_serve import crowd
from tests.waiting import until

pytestmark = [pytest.mark.long, pytest.mark.alone]

SAVES = 60
SLOW = (
    b"POST /verifiera HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\n"
    b"Content-Length: 1000000\r\n\r\n"
)


@contextmanager
def verified(address: str) -> Iterator[list[int]]:
    """Let a visitor upload hostile files for verification in a loop, and yield the list of status codes."""
    files = [hostile.heavy_pages(), hostile.nested_pages(), hostile.deep_objects(), hostile.huge_stream()]
    stopping, answered = threading.Event(), []

    def bring() -> None:
        stranger = Visitor(address)
        stranger.get("/verifiera")
        while not stopping.is_set():
            for data in files:
                answered.append(stranger.post_file("/verifiera", "protokoll.pdf", data))
                if stopping.wait(0.2):
                    return

    thread = threading.Thread(target=bring, daemon=True)
    thread.start()
    try:
        yield answered
    finally:
        stopping.set()
        thread.join(120)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_secretary_does_not_notice(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Every save is stored, and the 95th percentile is at most three times that of a calm server."""
    postgres: Postgres | None = request.getfixturevalue("postgres") if kind == "postgres" else None
    with server(tmp_path / "instance", postgres.create("at_once") if postgres else "") as served:
        secretary = Secretary(served)
        secretary.saves(10)
        calm = secretary.saves(SAVES)
        port = urlsplit(served.address).port or 0
        with crowd(port, SLOW, b"x"), flooded(served.address) as tried, verified(served.address) as answered:
            until(lambda: answered and tried())
            stormy = secretary.saves(SAVES)
            attempts = tried()
        log = served.log.read_text()
    assert attempts
    assert answered
    assert set(answered) <= {303, 422, 429}
    assert '"level": "ERROR"' not in log
    assert percentile(stormy) <= TARGET * percentile(calm), (percentile(calm), percentile(stormy))
