"""Programs that some tests need: a missing program skips the test, or fails it where `CI` is set."""

import os
import shutil
from functools import cache
from pathlib import Path

import pytest

DEBIAN_PACKAGE = {
    "chromium": "chromium",
    "initdb": "postgresql",
    "soffice": "libreoffice-writer-nogui",
    "bwrap": "bubblewrap",
    "pdftotext": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "qpdf": "qpdf",
    "certutil": "libnss3-tools",
    "pdfsig": "poppler-utils",
    "nginx": "nginx-light",
    "caddy": "caddy",
    "faketime": "faketime",
    "sqlite3": "sqlite3",
    "systemd-analyze": "systemd",
}


@cache
def find(program: str) -> str | None:
    """Find a program on the path, or PostgreSQL's programs in Debian's folders, newest version first."""
    servers = Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
    newest = max(servers, key=lambda path: int(path.parts[4]), default=None)
    return shutil.which(program) or (str(newest) if newest else None)


def need(program: str) -> str:
    """Return the path of a program; without it the test is skipped, or fails where `CI` is set."""
    path = find(program)
    if path:
        return path
    reason = f"{program} is not installed: apt-get install {DEBIAN_PACKAGE.get(program, program)}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
