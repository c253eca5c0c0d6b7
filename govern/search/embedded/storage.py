"""Whoosh file storage that reads segments from a memory map without copying and syncs files to disk."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile

_LINE = 256


class _MapFile(BufferFile):  # type: ignore[misc]
    """A file that is a slice of a memory map; Whoosh's own class copies all of it each time a segment is opened."""

    def __init__(self, buffer: memoryview, name: str | None = None) -> None:
        self._buf = buffer
        self._name = name
        self.file = _Cursor(buffer)
        self.onclose = None
        self.is_real = False
        self.is_closed = False

    def subset(self, position: int, length: int, name: str | None = None) -> _MapFile:
        return _MapFile(self._buf[position : position + length], name or self._name)


class _Cursor:
    """The part of the file interface that Whoosh uses of a wrapped object."""

    def __init__(self, buffer: memoryview) -> None:
        self._buffer = buffer
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        end = len(self._buffer) if size < 0 else self._at + size
        piece = bytes(self._buffer[self._at : end])
        self._at += len(piece)
        return piece

    def readline(self, size: int = -1) -> bytes:
        pieces: list[bytes] = []
        while piece := self.read(_LINE):
            at = piece.find(b"\n")
            if at >= 0:
                self._at -= len(piece) - at - 1
                pieces.append(piece[: at + 1])
                break
            pieces.append(piece)
        return b"".join(pieces)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._buffer)}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        self._buffer = memoryview(b"")


class MapStorage(FileStorage):  # type: ignore[misc]
    """A Whoosh directory accessible only to its owner, since loading the pickles of an index may run code."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(str(path))

    def open_file(self, name: str, **kwargs: Any) -> StructFile:
        """Return a memory map of a segment; open any other file as Whoosh does."""
        if not name.endswith(".seg"):
            return super().open_file(name, **kwargs)
        with (Path(self.folder) / name).open("rb") as file:
            return _MapFile(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), name)

    def sync(self) -> None:
        """Sync every segment, the tables of contents and the directory to disk, which Whoosh never does."""
        for name in self.list():
            if name.endswith((".seg", ".toc")):
                sync(Path(self.folder) / name)
        sync(Path(self.folder))


def sync(path: Path) -> None:
    """Sync a file, or a directory's entries, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(path: Path, text: str) -> None:
    """Write a small file atomically and sync it to disk."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    sync(beside)
    beside.replace(path)
    sync(path.parent)
