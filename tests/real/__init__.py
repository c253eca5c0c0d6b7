"""Tests on real papers that are not distributed with the project; they are skipped where these are missing."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"


def read(name: str) -> str:
    """Read a real paper, or skip the test: the papers' words and people are never stored in the project."""
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"{name} stands in no folder `shared` beside the project: real papers are not part of it")
    return path.read_text()
