"""An application that lasts a whole file: the real meeting is held once and looked at by many tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.apps import copy_sqlite, open_app


@pytest.fixture(scope="module")
def held_app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give an application with a fresh, migrated database."""
    folder = tmp_path_factory.mktemp("held")
    copy_sqlite(sqlite_template, folder)
    with open_app(folder) as app:
        yield app
