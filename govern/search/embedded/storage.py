"""Files for Whoosh: read through the memory map without a copy, and pushed to the disk before they are relied on."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile

_LINE = 256


class _MapFile(BufferFile):  # type: ignore[misc]
    """A file that is a piece of a memory map. Whoosh's own class copies all of it at every opening of a segment."""

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
    """The little of a file object that Whoosh asks of the thing it wraps."""

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
    """A directory of Whoosh's, only for its owner: the index holds pickles, which may run code where they are read."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(str(path))

    def open_file(self, name: str, **kwargs: Any) -> StructFile:
        """Return a segment as a map of it, and any other file as Whoosh does."""
        if not name.endswith(".seg"):
            return super().open_file(name, **kwargs)
        with (Path(self.folder) / name).open("rb") as file:
            return _MapFile(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), name)

    def sync(self) -> None:
        """Push every segment, its table of contents and the directory itself to the disk, which Whoosh never does."""
        for name in self.list():
            if name.endswith((".seg", ".toc")):
                sync(Path(self.folder) / name)
        sync(Path(self.folder))


def sync(path: Path) -> None:
    """Push a file, or a directory's entries, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(path: Path, text: str) -> None:
    """Write a small file whole or not at all, and push it to the disk."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    sync(beside)
    beside.replace(path)
    sync(path.parent)
