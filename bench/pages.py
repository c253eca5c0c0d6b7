"""Open the most used pages with twenty years of protocols (100 000 §§) in the database.

Each page is measured beside two baselines of the same run: the statements it makes, run by the database's driver
alone, and a bare Flask page that makes the same statements with that driver and prints the rows. (A protocol's row is
one JSON value: the bare page prints it unchanged, Govern parses it and renders twenty §§.) The database's size is
varied too: a page that becomes slower with the years lacks a limit. `python -m bench pages [YEARS]`.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient

from bench.floor import Noted, noting, play
from bench.years import MEETINGS, YEARS, write
from govern import schema
from govern.db import db
from tests import cast as casting
from tests.apps import open_app
from tests.browse import Browser

ROUNDS, WARM, TARGET = 40, 8, 3.0
ROWS = "<!doctype html><title>Bar</title>{% for rows in answers %}<table>{% for row in rows %}<tr>{% for cell in row %}\
<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>{% endfor %}"


def pages(last: int) -> dict[str, str]:
    """Return the pages by name; `last` is the newest of the meetings of Cilla's first forum."""
    return {
        "Min sida": "/",
        "Forum": "/forum",
        "Ett forum": "/forum/{slug}",
        "Protokoll": f"/protokoll/{last}",
        "Ärende": "/arenden/7",
        "Uppdrag": "/uppdrag",
    }


def main() -> None:
    """Print every page's time, its baselines and their ratios; then its growth from two years to all."""
    years = int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2].isdecimal() else YEARS
    few = dict(_measured(2))
    print(f"{'':12}{'ms':>8}{'SQL':>6}{'× driver':>10}{'× Flask':>9}{'× 2 år':>8}   ({years} år)")
    for name, (whole, driver, bare, count) in _measured(years):
        ratios = f"{whole / driver:>10.1f}{whole / bare:>9.1f}{whole / few[name][0]:>8.2f}"
        verdict = "" if whole / bare <= TARGET else f"   above {TARGET:.0f}× bare Flask"
        print(f"{name:12}{whole:>8.1f}{count:>6}{ratios}{verdict}")


def _measured(years: int) -> Iterator[tuple[str, tuple[float, float, float, int]]]:
    with tempfile.TemporaryDirectory() as folder, open_app(Path(folder) / "instance") as app:
        schema.upgrade()
        cast = casting.assemble()
        slug, address = cast.forum.slug, cast.address_of("cilla")
        write(cast, years)
        schema.analyse()
        browser = Browser(app).sign_in(address)
        db.session.remove()
        with closing(sqlite3.connect(db.engine.url.database or "", isolation_level=None)) as bare:
            for name, url in pages(MEETINGS * years).items():
                yield name, measure(browser.client, url.format(slug=slug), bare)


def measure(client: FlaskClient, url: str, bare: sqlite3.Connection) -> tuple[float, float, float, int]:
    """Return the median milliseconds of the page, its statements and a bare page, and the number of statements."""
    whole, driver, flask = [], [], []
    with noting() as noted:
        for _ in range(ROUNDS + WARM):
            noted.clear()
            whole.append(_timed(lambda: Context().run(client.get, url)))
            driver.append(play(bare, noted))
            with _bare_page(bare, noted) as floor:
                flask.append(_timed(lambda floor=floor: Context().run(floor.get, "/")))
        count = sum(not sql.startswith("BEGIN") for sql, *_ in noted)
    a, b, c = (statistics.median(times[WARM:]) * 1000 for times in (whole, driver, flask))
    return a, b, c, count


def _timed(ask: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    answer = ask()
    taken = time.perf_counter() - begun
    if answer.status_code != 200:
        raise SystemExit(f"a page answered {answer.status_code}")
    return taken


@contextmanager
def _bare_page(bare: sqlite3.Connection, noted: Noted) -> Iterator[FlaskClient]:
    app = Flask("floor")
    reads = [(sql, values) for sql, values, _ in noted if sql.lstrip().upper().startswith(("SELECT", "WITH"))]

    @app.get("/")
    def page() -> str:
        return render_template_string(ROWS, answers=[bare.execute(sql, values).fetchall() for sql, values in reads])

    client = app.test_client()
    client.get("/")  # The template is compiled once, as in a server.
    yield client


if __name__ == "__main__":
    main()
