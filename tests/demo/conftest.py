"""The demo, built once a run for all of its tests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from govern import schema
from govern.demo import DEMO_SIGN_INS, DemoResult, build
from tests import worlds
from tests.apps import open_app

AT = datetime(2026, 3, 11, 9, 20, tzinfo=UTC)
SHOWN = "shown first"
"""The file that keeps which protocol the demo shows first."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, _cheap_passwords: None) -> Iterator[DemoResult]:
    """Yield the demo as of a Wednesday morning, and leave its application's context pushed."""
    folder = worlds.copy_of("demo", _build, tmp_path_factory)
    with open_app(folder):
        yield DemoResult(sign_ins=DEMO_SIGN_INS, protocol_id=int((folder / SHOWN).read_text()))


def _build(folder: Path) -> None:
    with open_app(folder):
        schema.upgrade()
        result = build(AT)
    assert result.sign_ins == DEMO_SIGN_INS
    (folder / SHOWN).write_text(str(result.protocol_id))
