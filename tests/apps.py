"""Applications for tests: a folder of their own, a database copied from a migrated template."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from govern import config, create_app
from govern.db import db

_COMPILED = FileSystemBytecodeCache()
"""Templates that have been compiled, for every application of this machine's tests: each makes its own otherwise."""
SECRET = "a secret for tests, and for nothing else"


@contextmanager
def open_app(folder: Path, database_url: str = "", **settings: object) -> Iterator[Flask]:
    """Make an application on its own folder, push its context, and close its connections in the end."""
    usual: dict[str, object] = {"signing_factor": "offered"}  # What asks for a second factor says so itself.
    chosen = config.Settings(
        data_dir=folder, database_url=database_url, secret_key=SECRET, background=False, **usual | settings
    )  # type: ignore[arg-type]
    app = create_app(chosen, TESTING=True, PROPAGATE_EXCEPTIONS=True)
    app.jinja_env.bytecode_cache = _COMPILED
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
