"""Content-addressed file storage: each file is named by its SHA-256, stored once, and never changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from flask import current_app

from govern.write_lock import slow


@slow("keeping a file")
def keep(data: bytes) -> str:
    """Store the bytes and return their SHA-256 in hexadecimal. They are on disk, complete, when this returns."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = _path(sha256)
    if not path.exists():
        _make_folder(path.parent)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _move(Path(file.name), path)
    return sha256


def checked(sha256: str) -> Path:
    """Return the path of a stored file after checking its bytes.

    Raises:
        FileNotFoundError: if the file is missing.
        ValueError: if its bytes have changed.
    """
    path = _path(sha256)
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise ValueError(f"the file {sha256} has changed on disk")
    return path


@slow("reading a file")
def read(sha256: str) -> bytes:
    """Return the bytes of a stored file.

    Raises:
        FileNotFoundError: if the file is missing.
        ValueError: if its bytes have changed.
    """
    data = _path(sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"the file {sha256} has changed on disk")
    return data


@slow("keeping a file")
def keep_file(source: Path) -> tuple[str, int]:
    """Move a finished file on the same disk into the store; return its SHA-256 and its size in bytes."""
    with source.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = os.fstat(file.fileno()).st_size
        os.fsync(file.fileno())
    path = place(sha256)
    _make_folder(path.parent)
    _move(source, path)
    return sha256, size


def _make_folder(folder: Path) -> None:
    """Create a folder and sync its name to disk before anything is stored in it."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(folder.parent)


def _move(source: Path, path: Path) -> None:
    """Move a file into place and sync its new name to disk: a row may refer to it from now on."""
    source.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Sync a folder's list of names to disk (POSIX: a file's own fsync does not)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def place(sha256: str) -> Path:
    """Return the path of a stored file, for streaming; its bytes are not checked."""
    return _path(sha256)


def workshop(name: str = "making") -> Path:
    """Return a folder on the same disk for temporary files, or for another sort of file by the folder's name."""
    folder: Path = current_app.config["GOVERN"].data_dir.resolve() / "files" / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(sha256: str) -> Path:
    folder: Path = current_app.config["GOVERN"].data_dir
    return folder.resolve() / "files" / sha256[:2] / sha256
