"""Save one § of 2 000 words: the whole request, against the bare SQL statements that it makes.

Every statement of a save is noted with its values, and then played on a copy of the database by the database's own
driver alone, save by save: the same reads, the same writes, one commit. The ratio is what all of Govern costs above
its database. PostgreSQL runs as in production: a commit waits for the disk.
"""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from bench.floor import Bare, noting, play
from govern import schema
from govern.db import db
from govern.paragraphs.queries import rail
from tests import cast as casting
from tests.apps import open_app
from tests.browse import Browser
from tests.paragraphs.rooms import meeting_under_way
from tests.servers import running_postgres

WORDS, ROUNDS, WARM, TARGET = 2000, 120, 20, 3.0


def draft(number: int, version: int) -> dict[str, Any]:
    """Write a § of 2 000 words, another each time."""
    words = " ".join(f"ord{(number + i) % 997}" for i in range(100))
    html = "".join(f"<p>Stycke {part} i sparning {number}: {words}</p>" for part in range(WORDS // 100))
    return {
        "version": version,
        "heading": "Gemensam växel",
        "kind": "B",
        "sections": [{"kind": "text", "heading": "", "html": html}],
        "decisions": [{"outcome": "approval", "lead": "Styrgruppen beslutar", "clauses": ["införa"], "recipients": []}],
    }


def main() -> None:
    """Print both times and their ratio, for each database."""
    for name, database in (("SQLite", on_sqlite), ("PostgreSQL", on_postgres)):
        with database() as opened:
            whole, floor, count = measure(*opened)
        verdict = "within" if whole / floor <= TARGET else "ABOVE"
        print(f"{name}: save one § of {WORDS} words: {whole:.1f} ms for the request, ", end="")
        print(f"{floor:.1f} ms for its {count} statements")
        print(f"  {whole / floor:.1f} times the floor, {verdict} the target of {TARGET:.0f}")


@contextmanager
def on_sqlite() -> Iterator[tuple[Flask, Callable[[], Bare]]]:
    """Open the application on SQLite; give it, and what copies its database and connects to the copy."""
    with tempfile.TemporaryDirectory() as folder, open_app(Path(folder) / "instance") as app:

        def copied() -> Bare:
            shutil.copy(db.engine.url.database or "", copy := Path(folder) / "copy.db")
            bare = sqlite3.connect(copy, isolation_level=None)
            for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
                bare.execute(f"PRAGMA {pragma}")
            return bare

        yield app, copied


@contextmanager
def on_postgres() -> Iterator[tuple[Flask, Callable[[], Bare]]]:
    """Open the application on PostgreSQL with durable commits; give it, and what copies its database and connects."""
    with (
        running_postgres(durable=True) as server,
        tempfile.TemporaryDirectory() as folder,
        open_app(Path(folder) / "instance", server.create("govern")) as app,
    ):
        yield app, lambda: psycopg.connect(server.create("copy", template="govern"), autocommit=True)


def measure(app: Flask, copied: Callable[[], Bare]) -> tuple[float, float, int]:
    """Save again and again: give a request's and a playing's median milliseconds, and the number of statements."""
    schema.upgrade()
    cast = casting.assemble()
    meeting = meeting_under_way(cast, items=25, opened=25, people=8)
    paragraph = rail(meeting)[11]
    paragraph_id, version = paragraph.id, paragraph.version
    url = f"/paragrafer/{paragraph_id}/utkast"
    browser = Browser(app).sign_in(cast.address_of("cilla"))
    headers = {"X-CSRFToken": browser.csrf_token()}
    db.session.remove()
    db.engine.dispose()
    whole, floor, count = [], [], 0
    with noting() as noted, closing(copied()) as bare:
        for number in range(ROUNDS + WARM):
            body = draft(number, version)
            noted.clear()
            begun = time.perf_counter()
            answer = Context().run(browser.client.post, url, json=body, headers=headers)  # As a server does.
            whole.append(time.perf_counter() - begun)
            if answer.status_code != 200:
                raise SystemExit(f"a save answered {answer.status_code}: {answer.get_data(as_text=True)}")
            version = answer.get_json()["version"]
            floor.append(play(bare, noted))
            count = sum(not sql.startswith("BEGIN") for sql, *_ in noted)
        kept = bare.execute(f"SELECT version FROM paragraphs WHERE id = {paragraph_id}").fetchone()
        if kept != (version,):
            raise SystemExit("what was played is not what was saved")
    a, b = (statistics.median(times[WARM:]) * 1000 for times in (whole, floor))
    return a, b, count


if __name__ == "__main__":
    main()
