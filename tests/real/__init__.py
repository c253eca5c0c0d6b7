"""Tests on real papers, which lie beside the project; they are skipped where the papers are missing."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"


def read(name: str) -> str:
    """Return the text of a real paper, or skip the test: the papers never become part of the project."""
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"{name} stands in no folder `shared` beside the project: real papers are not part of it")
    return path.read_text()
