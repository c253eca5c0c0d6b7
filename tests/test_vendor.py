"""The vendored files match their checksums, there are no others, and their packages have exact versions."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "static" / "vendor"


def test_vendored_files_match_their_sums() -> None:
    sums = dict(reversed(line.split()) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    files = {path.name for path in VENDOR.iterdir()} - {"SHA256SUMS"}
    assert files == set(sums)
    for name, expected in sums.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == expected


def test_every_package_has_one_exact_version_and_no_host() -> None:
    package = json.loads((ROOT / "frontend" / "package.json").read_text())
    versions = package["dependencies"] | package["devDependencies"]
    assert [name for name, version in versions.items() if not version[0].isdigit()] == []
    assert "://" not in (ROOT / "frontend" / "package-lock.json").read_text()
