"""An application that lasts for all the tests here: the real meeting is held once and looked at by many."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.apps import copy_sqlite, open_app
from tests.real import seed
from tests.real.meeting import Held, Secretary
from tests.services import timestamps
from tests.services.timestamps import Stamps


@pytest.fixture(scope="package")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stamps]:
    """Run a time-stamp authority."""
    with timestamps.serving(tmp_path_factory.mktemp("stamps"), until="2044-01-01T00:00:00+0000") as service:
        yield service


@pytest.fixture(scope="package")
def held_app(sqlite_template: Path, stamps: Stamps, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield an application with a fresh, migrated database, which others reach and which has a time-stamp authority."""
    folder = tmp_path_factory.mktemp("held")
    copy_sqlite(sqlite_template, folder)
    roots = folder / "stamps.pem"
    roots.write_bytes(stamps.root_pem)
    settings = {"timestamp_url": stamps.url, "timestamp_roots": str(roots), "base_url": "http://govern.example"}
    with open_app(folder, **settings) as app:
        yield app


@pytest.fixture(scope="package")
def held(held_app: Flask) -> Held:
    """Hold the meeting once."""
    secretary = Secretary(held_app, seed.load())
    secretary.arrange()
    return secretary.hold()
