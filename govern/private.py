"""Access to Govern's files for its own user only: folders are 0700 and files 0600, whoever created them."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

MASK = 0o077
"""The permissions of group and others."""

MOST_LOOKED_AT = 500_000
"""The most entries checked when a process starts. The folder itself comes first, and protects everything in it."""


def keep_private(folder: Path) -> None:
    """Create the folder if needed, and remove others' permissions from it and its contents, now and for later writes.

    Whatever this process writes from now on is private to its user, whichever library writes it. Links are not
    followed, and what another user owns is skipped.
    """
    os.umask(MASK)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mended = 0
    for looked, (path, facts) in enumerate(_entries(folder.resolve())):
        if looked == MOST_LOOKED_AT:
            log.warning("private: more than %d files in %s; the rest is not looked at", MOST_LOOKED_AT, folder)
            break
        if facts.st_uid == os.geteuid() and facts.st_mode & MASK:
            with contextlib.suppress(FileNotFoundError):  # A temporary file may have been removed.
                os.chmod(path, stat.S_IMODE(facts.st_mode) & ~MASK)  # noqa: PTH101 — as fast as can be
                mended += 1
    if mended:
        log.warning("private: took others' rights from %d files and folders in %s", mended, folder)


def _entries(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield a folder, then the files and folders in it, without links."""
    yield str(folder), folder.stat()
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(FileNotFoundError, PermissionError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    facts = entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(facts.st_mode):
                        waiting.append(entry.path)
                    elif not stat.S_ISREG(facts.st_mode):
                        continue
                    yield entry.path, facts
