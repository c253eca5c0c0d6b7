"""What Govern keeps is read by nobody else on the machine: folders are 0700 and files 0600, however they came there."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

MASK = 0o077
"""The rights of group and others."""

MOST_LOOKED_AT = 500_000
"""Entries looked at when a process starts. The folder itself comes first, and shuts off all that lies beneath."""


def keep_private(folder: Path) -> None:
    """Make the folder if it is not there, and take others' rights from it and all in it, now and later.

    Whatever this process writes from now on is its user's alone, whichever library writes it. Links are not followed,
    and what another user owns is left.
    """
    os.umask(MASK)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mended = 0
    for looked, (path, facts) in enumerate(_entries(folder.resolve())):
        if looked == MOST_LOOKED_AT:
            log.warning("private: more than %d files in %s; the rest is not looked at", MOST_LOOKED_AT, folder)
            break
        if facts.st_uid == os.geteuid() and facts.st_mode & MASK:
            with contextlib.suppress(FileNotFoundError):  # A file in the making is gone soon.
                os.chmod(path, stat.S_IMODE(facts.st_mode) & ~MASK)  # noqa: PTH101 — as fast as can be
                mended += 1
    if mended:
        log.warning("private: took others' rights from %d files and folders in %s", mended, folder)


def _entries(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Give a folder, then the files and folders in it, links left out."""
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
