"""Measure the whole request that saves one § of 2 000 words, against its bare SQL statements.

Every statement of a save is recorded with its values, and then run on a copy of the database by the database's
driver alone, save by save: the same reads, the same writes, one commit. The ratio is the cost of all of Govern above
its database. PostgreSQL runs as in production: a commit waits for the disk.

A second baseline is a minimal web page: a view behind Flask-Login and a CSRF token that runs the same statements on a
separate copy, without reading or checking the submitted data.
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
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, login_required, login_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from bench.floor import Bare, Noted, noting, play
from govern import schema
from govern.db import db
from govern.paragraphs.queries import rail
from govern.serve import settle
from tests import cast as casting
from tests.apps import open_app
from tests.browse import Browser
from tests.paragraphs.rooms import meeting_under_way
from tests.servers import running_postgres

WORDS, ROUNDS, WARM, TARGET = 2000, 120, 20, 3.0


def draft(number: int, version: int) -> dict[str, Any]:
    """Return a § of 2 000 words, different for each number."""
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
    """Print the times and their ratios, for each database."""
    for name, database in (("SQLite", on_sqlite), ("PostgreSQL", on_postgres)):
        with database() as opened:
            whole, floor, least, count = measure(*opened)
        verdict = "within" if whole / floor <= TARGET else "ABOVE"
        print(f"{name}: save one § of {WORDS} words: {whole:.1f} ms for the request, ", end="")
        print(f"{floor:.1f} ms for its {count} statements, {least:.1f} ms for a bare Flask view that makes them")
        print(f"  {whole / floor:.1f} times the statements, {verdict} the target of {TARGET:.0f}; ", end="")
        print(f"the bare view {least / floor:.1f} times, and the save {whole / least:.1f} times that")


@contextmanager
def on_sqlite() -> Iterator[tuple[Flask, Callable[[str], Bare]]]:
    """Open the application on SQLite; yield it, and a function that copies its database and connects to the copy."""
    with tempfile.TemporaryDirectory() as folder, open_app(Path(folder) / "instance") as app:

        def copied(name: str) -> Bare:
            shutil.copy(db.engine.url.database or "", copy := Path(folder) / f"{name}.db")
            bare = sqlite3.connect(copy, isolation_level=None)
            for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
                bare.execute(f"PRAGMA {pragma}")
            return bare

        yield app, copied


@contextmanager
def on_postgres() -> Iterator[tuple[Flask, Callable[[str], Bare]]]:
    """Open the application on PostgreSQL with durable commits; yield it, and a function that copies its database."""
    with (
        running_postgres(durable=True) as server,
        tempfile.TemporaryDirectory() as folder,
        open_app(Path(folder) / "instance", server.create("govern")) as app,
    ):
        yield app, lambda name: psycopg.connect(server.create(name, template="govern"), autocommit=True)


def least_of(bare: Bare, noted: Noted) -> tuple[FlaskClient, dict[str, str]]:
    """Make the bare view, sign in, and return a client for it and the headers it requires."""
    app = Flask("bare")
    app.config["SECRET_KEY"] = "x" * 32
    CSRFProtect(app)
    manager = LoginManager(app)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(_id: str) -> UserMixin:
        user = UserMixin()
        user.id = "1"
        return user

    @app.get("/in")
    def sign_in() -> str:
        login_user(load("1"))
        return str(generate_csrf())

    @app.post("/")
    @login_required  # type: ignore[untyped-decorator]
    def save() -> ResponseReturnValue:
        request.get_json()
        play(bare, noted)
        return jsonify(done=True)

    client = app.test_client()
    return client, {"X-CSRFToken": client.get("/in").text}


def measure(app: Flask, copied: Callable[[str], Bare]) -> tuple[float, float, float, int]:
    """Save repeatedly; return the median milliseconds of the request, the statements alone and the bare view.

    The last value is the number of statements.
    """
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
    times: dict[str, list[float]] = {"whole": [], "floor": [], "least": []}
    count = 0
    with noting() as noted, closing(copied("copy")) as bare, closing(copied("other")) as other:
        least, token = least_of(other, noted)
        settle()
        for number in range(ROUNDS + WARM):
            body = draft(number, version)
            noted.clear()
            answer, seconds = post(browser.client, url, body, headers)
            version = answer.get_json()["version"]
            times["whole"].append(seconds)
            times["floor"].append(play(bare, noted))
            times["least"].append(post(least, "/", body, token)[1])
            count = sum(not sql.startswith("BEGIN") for sql, *_ in noted)
        for one in (bare, other):
            if one.execute(f"SELECT version FROM paragraphs WHERE id = {paragraph_id}").fetchone() != (version,):
                raise SystemExit("what was played is not what was saved")
    whole, floor, bottom = (statistics.median(taken[WARM:]) * 1000 for taken in times.values())
    return whole, floor, bottom, count


def post(client: FlaskClient, url: str, body: Any, headers: dict[str, str]) -> tuple[TestResponse, float]:
    """Send the draft; return the answer and the seconds it took."""
    begun = time.perf_counter()
    answer = Context().run(client.post, url, json=body, headers=headers)  # As a server does.
    seconds = time.perf_counter() - begun
    if answer.status_code != 200:
        raise SystemExit(f"{url} answered {answer.status_code}: {answer.get_data(as_text=True)}")
    return answer, seconds


if __name__ == "__main__":
    main()
