"""Applications for tests: each with its own data folder and a database copied from a migrated template.

Making an application takes longer than most tests: its 500 addresses are compiled, its templates loaded, its SQL
compiled. So a process makes one application, and every test gets a copy of it (`_copy`) with its own settings, data
folder, database connections and search index. The copies share what no test may change: addresses, views, templates.
Flask itself refuses to add an address or a handler to a copy; a test that does so asks for an `own` application.
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
"""Compiled templates, shared by all test applications on this machine; otherwise each would compile its own."""
SECRET = "a secret for tests, and for nothing else"
USUAL: dict[str, Any] = {"secret_key": SECRET, "background": False, "signing_factor": "offered"}
"""The settings of every test's application. A test of the required second factor sets that itself."""
_STATEMENTS: dict[Any, Any] = {}
_DIALECTS: dict[str, Dialect] = {}
"""Compiled SQL for every database of this process's tests, and the dialects it was compiled for."""


@contextmanager
def open_app(folder: Path, database_url: str = "", *, own: bool = False, **settings: Any) -> Iterator[Flask]:
    """Yield an application on its own folder with its context pushed, and close its connections afterwards.

    It is a copy of the process's shared application, unless `own` is true or `settings` differ from the usual ones.
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
    """Copy a template's database to where an application expects it."""
    folder.mkdir(exist_ok=True)
    shutil.copy(template / "govern.db", folder / "govern.db")


def _make(settings: config.Settings) -> Flask:
    app = create_app(settings, TESTING=True, PROPAGATE_EXCEPTIONS=True)
    app.jinja_env.bytecode_cache = _COMPILED
    app.after_request(_commits_once)
    return app


ATTEMPT = "What is tried is counted before it is tried, and the count stands whatever comes of it."
SLOW = "Nobody waits to write while a file is signed, printed or checked; what is done by then stands."
STEPWISE_COMMITS = {
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
"""Endpoints whose requests commit in steps, and why. Every other request commits once."""


def _commits_once(answer: Response) -> Response:
    """Fail a request that has committed more than once: the first part would be stored even if the rest is refused."""
    done = write_lock.commits() - g.get("commits", write_lock.commits())
    assert done <= 1 or request.endpoint in STEPWISE_COMMITS, (
        f"{request.method} {request.endpoint} has committed {done} times"
    )
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
    """Copy the shared application with other settings, replacing everything that `create_app` derives from them."""
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
    app._got_first_request = True  # From here on Flask refuses calls that would also change the shared application.
    return app


def _keep_dialect(engine: Engine) -> Dialect:
    """Return the dialect of this process's first database of that kind; the cache of compiled SQL is keyed by it."""
    if engine.name not in _DIALECTS:
        with engine.connect():  # Connecting reads the server's properties.
            _DIALECTS[engine.name] = engine.dialect
        engine.dispose()
    return _DIALECTS[engine.name]
