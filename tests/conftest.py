"""Fixtures: an application with a fresh database, the cast, a headless browser and a real one.

`app` runs on SQLite. A test that asks for `each_database` runs on SQLite and on PostgreSQL, on the latter as a long
test unless the database itself matters to it (`tests/tiers.py`); one marked `postgres` runs on PostgreSQL alone.

What every test needs is made once, and each test gets a copy that it may change:

- **the application** once per process (`tests/apps.py`): addresses, views, templates and compiled SQL are shared; the
  settings, data folder, database connections and search index are the test's own. A test that adds an address or a
  handler asks for `own_app`; Flask refuses to add one to a copy.
- **the database** once per process: migrated, and with the cast (`tests/cast.py`) if a test asks for it. SQLite's file
  is copied, PostgreSQL copies a template.
- **the search dictionary** once per machine (`tests/dictionary.py`).
- **a world** that takes long to make, such as the demo, once per run (`tests/worlds.py`).

A slow test is marked `long` and left out of `make test`, where a shorter one covers the same (`tests/tiers.py`).
Tests wait for conditions (`tests/waiting.py`) and never sleep for a fixed time.
"""

import ipaddress
import itertools
import os
import socket
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser as ChromiumBrowser
from playwright.sync_api import expect, sync_playwright

from govern import schema, write_lock
from govern.db import db
from govern.people.passwords import hashing
from tests import cast as casting
from tests import dictionary
from tests.apps import copy_sqlite, open_app
from tests.browse import Browser
from tests.cast import Cast
from tests.need import need
from tests.postbox import Postbox, open_postbox
from tests.screen import FLAGS, Screen, serving
from tests.servers import Postgres, running_postgres
from tests.tiers import databases

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
_serial = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--long`."""
    parser.addoption("--long", action="store_true", help="run the long tests too, which are left out otherwise")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out, unless they are requested."""
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `each_database` once per database; see `tiers.BOTH_DATABASES`."""
    if "each_database" in metafunc.fixturenames:
        place = metafunc.definition.path.relative_to(metafunc.config.rootpath).as_posix()
        metafunc.parametrize("database_kind", databases(place), indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail skipped tests where `CI` is set, except those of the papers that are not distributed with the project."""
    report = yield
    if (
        report.skipped
        and os.environ.get("CI")
        and not item.get_closest_marker("real")
        and not hasattr(report, "wasxfail")
    ):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session", autouse=True)
def _closed_network() -> Iterator[None]:
    """Let no test connect to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_here(address[0]):
            raise RuntimeError(f"a test tried to reach {address}: the network is closed, use a server on 127.0.0.1")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _nothing_slow_under_the_lock() -> Iterator[None]:
    """Fail slow work done while the write lock is held, including undeclared work: a program or a connection."""
    popen, connect = subprocess.Popen.__init__, socket.socket.connect

    def start(self: Any, *arguments: Any, **named: Any) -> None:
        write_lock.refuse("starting a program")
        popen(self, *arguments, **named)

    def reach(self: socket.socket, address: Any) -> None:
        write_lock.refuse("reaching a server")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write_lock, "strict", True)
        patch.setattr(subprocess.Popen, "__init__", start)
        patch.setattr(socket.socket, "connect", reach)
        yield


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Hash passwords with the real algorithm at its lowest cost; production's cost is tested in `people/`."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "hasher", lambda: cheap)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_dictionary() -> None:
    """Compile the search dictionary once on this machine, before any test holds a lock."""
    dictionary.compiled()
    dictionary.keep()


# --- Databases ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate a SQLite database once; return its folder."""
    folder = tmp_path_factory.mktemp("template")
    with open_app(folder):
        schema.upgrade()
    return folder


@pytest.fixture(scope="session")
def sqlite_with_cast(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Add the cast to a copy of the template, once."""
    folder = tmp_path_factory.mktemp("cast")
    copy_sqlite(sqlite_template, folder)
    with open_app(folder):
        casting.assemble()
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL server."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Migrate a PostgreSQL database once; return its name."""
    with open_app(tmp_path_factory.mktemp("template"), postgres.create("template")):
        schema.upgrade()
    return "template"


@pytest.fixture(scope="session")
def postgres_with_cast(postgres: Postgres, postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Add the cast to a copy of the template, once."""
    with open_app(tmp_path_factory.mktemp("cast"), postgres.create("cast", postgres_template)):
        casting.assemble()
    return "cast"


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """Return which database the test runs on."""
    alone = "postgres" if request.node.get_closest_marker("postgres") else "sqlite"
    return str(getattr(request, "param", alone))


@pytest.fixture
def each_database(database_kind: str) -> str:
    """Run the test on SQLite and on PostgreSQL."""
    return database_kind


@pytest.fixture
def bare_database(database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of a database without tables; empty for SQLite in the data folder."""
    with _database(database_kind, request, template="") as url:
        yield url


@pytest.fixture
def bare_app(tmp_path: Path, bare_database: str) -> Iterator[Flask]:
    """Yield an application whose database has no tables yet."""
    with open_app(tmp_path / "instance", bare_database) as app:
        yield app


@pytest.fixture
def app(tmp_path: Path, database_kind: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Yield an application with a fresh, migrated database and its context pushed; with the cast if it is asked for."""
    folder, filled = tmp_path / "instance", "with_cast" if "cast" in request.fixturenames else "template"
    own = "own_app" in request.fixturenames
    if database_kind == "sqlite":
        copy_sqlite(request.getfixturevalue(f"sqlite_{filled}"), folder)
    with (
        _database(database_kind, request, template=f"postgres_{filled}") as url,
        open_app(folder, url, own=own) as app,
    ):
        yield app


@pytest.fixture
def own_app(app: Flask) -> Flask:
    """Return an application that shares nothing, for a test that adds an address or a handler to it."""
    return app


@contextmanager
def _database(kind: str, request: pytest.FixtureRequest, *, template: str) -> Iterator[str]:
    """Make a database for one test and remove it afterwards; SQLite's is in the data folder and needs no address.

    `template` is the fixture that names the database to copy; empty for one without tables.
    """
    if kind == "sqlite":
        yield ""
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"test_{next(_serial)}"
    yield server.create(name, request.getfixturevalue(template) if template else "template0")
    server.drop(name)


# --- People and pages --------------------------------------------------------------------------------------


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Return Anna, Bo, Cilla, David and Ada, and the forums they sit in (`tests/cast.py`)."""
    return casting.find() or casting.assemble()


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    """Start a mail server, and configure the installation to use it."""
    with open_postbox(app) as opened:
        yield opened


@pytest.fixture
def browse(app: Flask, request: pytest.FixtureRequest) -> Callable[..., Browser]:
    """Return a headless browser: `browse("cilla").get("/")`. Every page that it gets is checked."""

    def open_browser(as_: str | None = None) -> Browser:
        if as_ is None:
            return Browser(app)
        return Browser(app).sign_in(request.getfixturevalue("cast").address_of(as_))

    return open_browser


# --- A real browser ----------------------------------------------------------------------------------------


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """Serve the application on a free port of 127.0.0.1, with its outbox worker; return the address."""
    with serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[ChromiumBrowser]:
    """Start Debian's Chromium, headless."""
    program = need("chromium")
    expect.set_options(timeout=30_000)  # As long as an action: the search dictionary may have to be compiled first.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def screen(
    app: Flask, live: str, chromium: ChromiumBrowser, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Screen]]:
    """Yield real pages: `screen("cilla").page.goto("/")`. A console error or a breach of the policy fails the test."""
    screens: list[Screen] = []

    def open_screen(as_: str | None = None, **options: Any) -> Screen:
        screen = Screen(chromium, live, db.session(), **options)
        screens.append(screen)
        if as_:
            screen.take_session(Browser(app).sign_in(request.getfixturevalue("cast").address_of(as_)))
        return screen

    yield open_screen
    for screen in screens:
        screen.close()
