"""Write a release's notes from CHANGELOG to dist/notes.md: `python -m tests.release v0.2.0`."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTES = ROOT / "dist" / "notes.md"


def package_version() -> str:
    """Return the package's version."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version


def notes(version: str) -> str:
    """Return the notes of a version in CHANGELOG; empty if it has none."""
    found = re.search(
        rf"^## {re.escape(version)} – [^\n]*\n+(.*?)(?=^## |\Z)",
        (ROOT / "CHANGELOG.md").read_text(),
        re.DOTALL | re.MULTILINE,
    )
    return found[1].strip() + "\n" if found else ""


def main(tag: str = "") -> None:
    """Write the notes of the package's version; refuse a tag of another version."""
    version = package_version()
    if tag not in {"", f"v{version}"}:
        sys.exit(f"the tag {tag} is not v{version}, which pyproject.toml says")
    if not notes(version):
        sys.exit(f"CHANGELOG.md has no heading for {version}")
    NOTES.parent.mkdir(exist_ok=True)
    NOTES.write_text(notes(version))


if __name__ == "__main__":
    main(*sys.argv[1:])
