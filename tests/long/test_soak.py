"""Thousands of searches and suggestions at a real `govern run`, while the index is rebuilt.

`GOVERN_SOAK` sets the number of pages, by default 10 000. A tenth of them run under the memory debugger, which
overwrites freed memory, with the garbage collector run in and after each request.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bench.years import WORDS, write
from govern import schema
from govern.archive.searching import indexing
from govern.db import db
from tests import cast as casting
from tests.apps import SECRET, open_app
from tests.running import ROOT, RUN, KeptAliveClient, Running, govern_run
from tests.search.demo_pairs import PAIRS

PAGES = int(os.environ.get("GOVERN_SOAK", "10000"))
REBUILDS = 4
READERS = ("cilla", "anna", "bo", "david")
COLLECTING = """
import gc
import govern

made = govern.create_app


def create_app(*given, **named):
    app = made(*given, **named)
    app.after_request(lambda answer: gc.collect() and answer or answer)
    inner = app.wsgi_app

    def collecting(environ, start_response):
        answer = inner(environ, start_response)
        try:
            yield from answer
        finally:
            answer.close()
            gc.collect()

    app.wsgi_app = collecting
    return app


govern.create_app = create_app
"""

pytestmark = [pytest.mark.long, pytest.mark.alone]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a year of ten forums, 5 000 paragraphs, and its index."""
    path = tmp_path_factory.mktemp("soak") / "data"
    with open_app(path):
        schema.upgrade()
        write(casting.assemble(), 1)
        schema.analyse()
        db.session.remove()
        indexing.reindex()
    return path


@dataclass
class Tally:
    """The readers' counts and faults."""

    answered: int = 0
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, asked: str, status: int, took: float) -> None:
        """Count a response; any status but 200 is a fault."""
        with self.lock:
            self.answered += 1
            self.slowest = max(self.slowest, took)
            if status != 200:
                self.faults.append(f"{asked}: {status}")


def _addresses(chance: random.Random) -> Iterator[str]:
    """Yield URLs of searches and suggestions for known words, whole queries and misspelt words."""
    while True:
        words = chance.choices(WORDS, k=chance.randint(1, 3))
        if chance.random() < 0.4:
            words = chance.choice(tuple(PAIRS)).split()
        if chance.random() < 0.2:
            words[-1] = words[-1][:-1] + "q"
        asked = " ".join(words)
        yield "/sok?" + urlencode({"q": asked})
        yield "/sok/forslag?" + urlencode({"q": asked[: chance.randint(2, 9)]})


def _read(running: Running, name: str, pages: int, tally: Tally) -> None:
    asked = "/logga-in"
    try:
        reader = KeptAliveClient(running.port, f"{name}@alvsam.example", timeout=300)
        for asked, _ in zip(_addresses(random.Random(name)), range(pages), strict=False):
            begun = time.monotonic()
            status, _body = reader.ask("GET", asked)
            tally.note(asked, status, time.monotonic() - begun)
        reader.close()
    except Exception as error:  # Lost connections are what this test looks for.
        with tally.lock:
            tally.faults.append(f"{name} at {asked}: {error!r}")


def _rebuild(folder: Path, over: threading.Event, done: list[int]) -> None:
    """Rebuild the index `REBUILDS` times, or until `over` is set."""
    given = {**os.environ, "GOVERN_DATA_DIR": str(folder), "GOVERN_SECRET_KEY": SECRET}
    given.pop("PYTHONMALLOC", None)
    for _ in range(REBUILDS):
        done.append(subprocess.run([sys.executable, "-c", RUN, "reindex"], cwd=ROOT, env=given, check=False).returncode)
        if over.wait(1):
            return


@pytest.mark.parametrize("debugged", [False, True], ids=["as it is", "under memory debugging"])
def test_nobody_is_lost_and_no_process_dies(folder, debugged, capfd):
    pages = PAGES // 10 if debugged else PAGES
    program = (COLLECTING if debugged else "") + RUN
    debugging = {"PYTHONMALLOC": "debug"} if debugged else {}
    tally, over, rebuilt = Tally(), threading.Event(), []
    with govern_run(folder, {"GOVERN_WORKERS": "3", **debugging}, program) as running:
        before = running.children()
        rebuilding = threading.Thread(target=_rebuild, args=(folder, over, rebuilt))
        readers = [
            threading.Thread(target=_read, args=(running, name, pages // len(READERS), tally)) for name in READERS
        ]
        begun = time.monotonic()
        for thread in (rebuilding, *readers):
            thread.start()
        for thread in readers:
            thread.join()
        took = time.monotonic() - begun
        rebuilding.join()
        after, log = running.children(), running.log
    figures = {"python": sys.version.split()[0], "debugged": debugged, "pages": tally.answered, "seconds": round(took)}
    with capfd.disabled():
        print(f"\n{json.dumps(figures | {'slowest': round(tally.slowest, 1), 'faults': len(tally.faults)})}")  # noqa: T201
    assert not tally.faults, tally.faults[:5]
    assert tally.answered == pages // len(READERS) * len(READERS)
    assert rebuilt == [0] * REBUILDS
    assert after == before, log[-2000:]
    assert "died of" not in log
    assert "Fatal Python error" not in log
