"""Measure the memory of `govern run`: each process's share (PSS) after start and after a thousand mixed pages.

PSS divides a page of memory equally among the processes that share it, so that the sum is the total memory used.
"""

from __future__ import annotations

import http.client
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path

from bench import archive
from bench.archive import Archive
from tests.running import Running, govern_run
from tests.servers import running_postgres

PAGES, CLIENTS, TARGET = 1_000, 8, 350.0
MORE = ("/", "/forum", "/uppdrag", "/anslagstavla", "/arenden/7")


def main() -> None:
    """Print a table for each database."""
    with running_postgres() as postgres:
        for kind, url in (("SQLite", ""), ("PostgreSQL", postgres.create("memory"))):
            with tempfile.TemporaryDirectory() as folder:
                report(kind, Path(folder) / "instance", url)


def report(kind: str, folder: Path, url: str) -> None:
    """Print the memory of each process before and after."""
    built = archive.build(folder, url, browsers=CLIENTS)
    with govern_run(folder, {"GOVERN_DATABASE_URL": url} if url else {}) as running:
        time.sleep(3)  # The lanes start later.
        before = shares(running)
        ask(running.port, built)
        after = shares(running)
    print(f"\n{kind}, MiB{'at start':>22}{f'after {PAGES} pages':>20}")
    for name in [*before, *(name for name in after if name not in before)]:
        print(f"{name:24}{before.get(name, 0.0):>10.0f}{after.get(name, 0.0):>18.0f}")
    total = sum(after.values())
    verdict = "" if total <= TARGET else f"   above {TARGET:.0f}"
    print(f"{'all':24}{sum(before.values()):>10.0f}{total:>18.0f}{verdict}")


def ask(port: int, built: Archive) -> None:
    """Request the pages in turn, on one kept-alive connection per Cookie header."""
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=60) for _ in built.cookies]
    turns = zip(cycle(zip(connections, built.cookies, strict=True)), islice(_mixed(built), PAGES), strict=False)
    for (connection, cookie), page in turns:
        connection.request("GET", page, headers={"Cookie": cookie})
        with closing(connection.getresponse()) as answer:
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{page} answered {answer.status}")


def _mixed(built: Archive) -> Iterator[str]:
    kinds = [cycle(pages) for pages in (*built.pages.values(), MORE)]
    return (next(kind) for kind in cycle(kinds))


def shares(running: Running) -> dict[str, float]:
    """Return the proportional share (MiB) of every process of a server, by its name and number."""
    return {f"{_name(pid)} ({pid})": _share(pid) for pid in _family(running.process.pid)}


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        yield from _family(child)


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _share(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
