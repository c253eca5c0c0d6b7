"""Applications for tests: a folder of their own, a database copied from a migrated template.

Making an application costs more than most tests: its 500 addresses are compiled, its templates loaded, its SQL
written. So a process makes one, and every test gets a copy of it (`_copy`) that has its own settings, data folder,
database connections and search index, and shares what no test may change: addresses, views, templates. Flask itself
refuses a test that adds an address or a handler to a copy; such a test asks for an application of its `own`.
"""

import copy
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Dialect, Engine

from govern import config, create_app, write_lock
from govern.db import db
from govern.private import keep_private
from govern.web import unchanged
from tests import dictionary

_COMPILED = FileSystemBytecodeCache()
"""Templates that have been compiled, for every application of this machine's tests: each makes its own otherwise."""
SECRET = "a secret for tests, and for nothing else"
USUAL: dict[str, Any] = {"secret_key": SECRET, "background": False, "signing_factor": "offered"}
"""The settings of every test's application. What asks for a second factor says so itself."""
_STATEMENTS: dict[Any, Any] = {}
_DIALECTS: dict[str, Dialect] = {}
"""SQL that has been compiled, for every database of this process's tests, and the dialects that it is written in."""


@contextmanager
def open_app(folder: Path, database_url: str = "", *, own: bool = False, **settings: Any) -> Iterator[Flask]:
    """Give an application on its own folder, push its context, and close its connections in the end.

    It is a copy of this process's, unless it is to be its `own` or made with other settings than the usual ones.
    """
    chosen = config.Settings(**USUAL | {"data_dir": folder, "database_url": database_url} | settings)
    app = _make(chosen) if own or settings else _copy(chosen)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


def copy_sqlite(template: Path, folder: Path) -> None:
    """Lay a copy of a template's database where an application looks for it."""
    folder.mkdir(exist_ok=True)
    shutil.copy(template / "govern.db", folder / "govern.db")


def _make(settings: config.Settings) -> Flask:
    app = create_app(settings, TESTING=True, PROPAGATE_EXCEPTIONS=True)
    app.jinja_env.bytecode_cache = _COMPILED
    app.after_request(_commits_once)
    return app


ATTEMPT = "What is tried is counted before it is tried, and the count stands whatever comes of it."
SLOW = "Nobody waits to write while a file is signed, printed or checked; what is done by then stands."
SEVERAL = {
    "people.choose_password": ATTEMPT,
    "people.sign_in": ATTEMPT,
    "people.sign_in_by_passkey": ATTEMPT,
    "people.second_step": ATTEMPT,
    "people.sign_in_afresh": ATTEMPT,
    "people.afresh_by_passkey": ATTEMPT,
    "account.password": ATTEMPT,
    "account.app": ATTEMPT,
    "account.passkey": ATTEMPT,
    "protocols.sign": SLOW,
    "dispatching.send": SLOW,
    "dispatching.send_all": SLOW,
    "verification.verify": SLOW,
}
"""Addresses whose requests commit in steps, and why. Every other commits once."""


def _commits_once(answer: Response) -> Response:
    """Fail a request that has committed in parts: what it did first would stand when the rest is refused."""
    done = write_lock.commits() - g.get("commits", write_lock.commits())
    assert done <= 1 or request.endpoint in SEVERAL, f"{request.method} {request.endpoint} has committed {done} times"
    return answer


@cache
def _shared() -> Flask:
    """Make the application that this process's tests have copies of."""
    dictionary.keep()
    with tempfile.TemporaryDirectory() as folder:
        app = _make(config.Settings(**USUAL | {"data_dir": Path(folder)}))
        with app.app_context():
            _keep_dialect(db.engine)
    return app


def _copy(settings: config.Settings) -> Flask:
    """Copy the shared application onto other settings: what `create_app` makes of them is made anew."""
    shared = _shared()
    keep_private(settings.data_dir)
    app = copy.copy(shared)
    app.config = copy.copy(shared.config)
    app.config.update(
        GOVERN=settings,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=app.config["SQLALCHEMY_ENGINE_OPTIONS"]
        | {"execution_options": {"compiled_cache": _STATEMENTS}},
    )
    own = {"sqlalchemy", "search"}
    app.extensions = {name: found for name, found in shared.extensions.items() if name not in own}
    app.extensions["unchanged"] = unchanged.State(app)
    app.teardown_appcontext_funcs, app.shell_context_processors = [], []  # `db` adds its own.
    db.init_app(app)
    with app.app_context():
        db.engine.dialect = _keep_dialect(db.engine)
    app._got_first_request = True  # From here on Flask refuses what would change the shared application too.
    return app


def _keep_dialect(engine: Engine) -> Dialect:
    """Return the dialect of this process's first such database: compiled SQL is known by it."""
    if engine.name not in _DIALECTS:
        with engine.connect():  # It learns what it must know of the server.
            _DIALECTS[engine.name] = engine.dialect
        engine.dispose()
    return _DIALECTS[engine.name]
