"""The demo, built once for all of its tests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from govern import schema
from govern.demo import DemoResult, build
from tests.apps import open_app

AT = datetime(2026, 3, 11, 9, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, _cheap_passwords: None) -> Iterator[DemoResult]:
    """Build the demo as of a Wednesday morning, and leave its application's context pushed."""
    folder: Path = tmp_path_factory.mktemp("demo")
    with open_app(folder / "instance"):
        schema.upgrade()
        yield build(AT)
