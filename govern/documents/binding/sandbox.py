"""A program shut in: without network, without our surroundings, and with no files but its own folder's.

bubblewrap does it, with namespaces of the kernel. Where it is missing, or the kernel does not let it, nothing is run.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

INSIDE = "/work"
"""Where the program finds its folder."""

SHARED = ("/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/etc/ld.so.cache", "/var/cache/fontconfig", "/opt")
"""What programs and fonts need besides /usr; read only, and nothing of it is anybody's."""

LINKED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
SURROUNDINGS = {"HOME": INSIDE, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
MOST_SCRATCH = 200_000_000
"""Bytes of files beside its folder, which are kept in memory."""

PATIENCE = 10.0


def run(program: Sequence[str], folder: Path, *, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """Run a program with a folder, which it may write in, as its whole world; give how it ended and what it said.

    It ends with whoever started it, and everything that it started with it.

    Raises:
        LookupError: when there is no way to shut it in here.
        subprocess.TimeoutExpired: after so many seconds, when it has been ended.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None or not _works(bwrap):
        raise LookupError("there is no sandbox")
    return _run(_command(bwrap, program, folder), seconds)


def _run(command: Sequence[str], seconds: float) -> subprocess.CompletedProcess[bytes]:
    # bubblewrap itself can be seen from inside, so it is told nothing either.
    return subprocess.run(  # noqa: S603 — our own words
        command, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, env={}
    )


def available() -> bool:
    """Return whether programs can be shut in here."""
    bwrap = shutil.which("bwrap")
    return bwrap is not None and _works(bwrap)


@lru_cache
def _works(bwrap: str) -> bool:
    """Try it once: a container may have the program and not the right to use it."""
    try:
        return _run(_command(bwrap, ["true"], None), PATIENCE).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _command(bwrap: str, program: Sequence[str], folder: Path | None) -> list[str]:
    return [
        *(bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"),
        *("--ro-bind", "/usr", "/usr", *_links()),
        *(word for path in SHARED for word in ("--ro-bind-try", path, path)),
        *("--proc", "/proc", "--dev", "/dev", "--size", str(MOST_SCRATCH), "--tmpfs", "/tmp"),  # noqa: S108 — its own
        *(("--bind", str(folder), INSIDE, "--chdir", INSIDE) if folder else ()),
        *(word for name, value in SURROUNDINGS.items() for word in ("--setenv", name, value)),
        *("--", *program),
    ]


def _links() -> Iterable[str]:
    """Return how the old folders of programs lead to those beneath /usr; where they do not, they are shared too."""
    for name in LINKED:
        path = Path("/") / name
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
