"""Run a program in a sandbox: without network or our environment, and with no user files but those in one folder.

bubblewrap provides it, with kernel namespaces. If it is missing, or the kernel does not allow it, nothing is run.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

INSIDE = "/work"
"""The folder's path inside the sandbox."""

SHARED = ("/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/etc/ld.so.cache", "/var/cache/fontconfig", "/opt")
"""What programs and fonts need besides /usr; read only, without user data."""

LINKED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
SURROUNDINGS = {"HOME": INSIDE, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
MOST_SCRATCH = 200_000_000
"""The size limit of the temporary files outside its folder, which are held in memory, in bytes."""

PATIENCE = 10.0


def run(program: Sequence[str], folder: Path, *, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """Run a program that sees only one writable folder; return its exit status and output.

    It is killed when its caller ends, together with everything it has started.

    Raises:
        LookupError: if no sandbox is available here.
        subprocess.TimeoutExpired: if it was killed after `seconds`.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None or not _works(bwrap):
        raise LookupError("there is no sandbox")
    return _run(_command(bwrap, program, folder), seconds)


def _run(command: Sequence[str], seconds: float) -> subprocess.CompletedProcess[bytes]:
    # bubblewrap itself is visible from inside, so it gets no environment either.
    return subprocess.run(  # noqa: S603 — a command of our own
        command, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, env={}
    )


def available() -> bool:
    """Return whether a sandbox is available here."""
    bwrap = shutil.which("bwrap")
    return bwrap is not None and _works(bwrap)


@lru_cache
def _works(bwrap: str) -> bool:
    """Try it once: a container may have the program but not the permission to use it."""
    try:
        return _run(_command(bwrap, ["true"], None), PATIENCE).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _command(bwrap: str, program: Sequence[str], folder: Path | None) -> list[str]:
    return [
        *(bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"),
        *("--ro-bind", "/usr", "/usr", *_links()),
        *(word for path in SHARED for word in ("--ro-bind-try", path, path)),
        *("--proc", "/proc", "--dev", "/dev", "--size", str(MOST_SCRATCH), "--tmpfs", "/tmp"),  # noqa: S108 — the sandbox's own
        *(("--bind", str(folder), INSIDE, "--chdir", INSIDE) if folder else ()),
        *(word for name, value in SURROUNDINGS.items() for word in ("--setenv", name, value)),
        *("--", *program),
    ]


def _links() -> Iterable[str]:
    """Yield the arguments that recreate links such as /bin → /usr/bin; a real directory is mounted read-only."""
    for name in LINKED:
        path = Path("/") / name
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
