"""Expensive test data is made once per run, and changing a copy does not affect another."""

from pathlib import Path

import pytest

from tests import worlds


def test_a_world_is_made_once_and_copied(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A failed first attempt is repeated."""
    made: list[Path] = []

    def make(folder: Path) -> None:
        folder.mkdir()
        made.append(folder)
        (folder / "file").write_text("as made")
        if len(made) == 1:
            raise RuntimeError("the first worker fails")

    with pytest.raises(RuntimeError):
        worlds.copy_of("trial", make, tmp_path_factory)
    one, other = (worlds.copy_of("trial", make, tmp_path_factory) for _ in range(2))
    (one / "file").write_text("changed")
    assert (other / "file").read_text() == "as made"
    assert len(made) == 2
