"""The data folder and everything in it is accessible to its owner only, however it was created."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from govern import private
from tests.apps import open_app


@pytest.fixture(autouse=True)
def _usual_mask() -> Iterator[None]:
    """Set the usual umask of a shell, which lets others read new files."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """Return the paths to which others have any access."""
    found = [folder, *folder.rglob("*")]
    return [str(path.relative_to(folder)) for path in found if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_what_was_open_is_mended(tmp_path: Path) -> None:
    """The permissions of a folder, a database and files made elsewhere are corrected when the application starts."""
    data = tmp_path / "data"
    (data / "files" / "ab").mkdir(parents=True)
    for name in ("govern.db", "govern.db-wal", "secret-key", "files/ab/abcd", "index.lock"):
        (data / name).write_bytes(b"")
        (data / name).chmod(0o666)
    (data / "files").chmod(0o777)
    assert len(open_to_others(data)) == 8
    with open_app(data):
        assert open_to_others(data) == []
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "govern.db").stat().st_mode) == 0o600


def test_links_are_not_followed(tmp_path: Path) -> None:
    """The targets of links keep their permissions, except a data folder that is itself a link."""
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "real").mkdir(mode=0o755)
    (tmp_path / "real" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "real" / "round").symlink_to(tmp_path / "real")
    (tmp_path / "data").symlink_to(tmp_path / "real")
    private.keep_private(tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o700


def test_the_walk_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder itself is restricted first, which shuts off the rest."""
    monkeypatch.setattr(private, "MOST_LOOKED_AT", 3)
    tmp_path.chmod(0o755)
    for number in range(9):
        (tmp_path / f"{number}").write_text("")
    private.keep_private(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert len(open_to_others(tmp_path)) == 7


COMMANDS = [["db", "upgrade"], ["account", "ada@example.org", "--name", "Ada", "--administrator"], ["reindex"]]


@pytest.mark.long
def test_what_commands_write_is_private(tmp_path: Path) -> None:
    """The database with SQLite's side files, the key and the index are private under the usual umask."""
    data = tmp_path / "data"
    environment = os.environ | {"GOVERN_DATA_DIR": str(data), "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("DATABASE_URL", None)
    for command in COMMANDS:
        subprocess.run(
            [sys.executable, "-m", "govern.cli", *command],
            check=True,
            env=environment,
            input="Ett långt lösenord, sällan sett\n",
            text=True,
            capture_output=True,
            timeout=300,
        )
        assert open_to_others(data) == [], command
    assert {"govern.db", "index", "secret-key"} <= {path.name for path in data.iterdir()}
