"""Tests on the real papers that stand beside the project; they say why they skip where these are missing."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"


def read(name: str) -> str:
    """Read a real paper, or skip the test: the papers' words and people never go into the project."""
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"{name} stands in no folder `shared` beside the project: real papers are not part of it")
    return path.read_text()
