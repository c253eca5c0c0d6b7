"""Versions follow SemVer and agree in the package, in CHANGELOG and on the command line."""

import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from govern import cli
from tests import release

ROOT = Path(__file__).parents[1]
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
RELEASED = re.compile(r"(\d+)\.(\d+)\.(\d+) – \d{4}-\d\d-\d\d")
GROUPS = {"Tillagt", "Ändrat", "Utfasat", "Borttaget", "Rättat", "Säkerhet"}


def test_the_newest_release_in_changelog_is_the_packages_version() -> None:
    """The unreleased changes come first, then the dated releases, the newest first."""
    coming, *released = HEADING.findall((ROOT / "CHANGELOG.md").read_text())
    assert coming == "Kommande (Unreleased)"
    found = [RELEASED.fullmatch(heading) for heading in released]
    assert all(found), released
    numbers = [tuple(map(int, match.groups())) for match in found if match]
    assert numbers == sorted(set(numbers), reverse=True)
    assert ".".join(map(str, numbers[0])) == release.package_version()


def test_changelog_is_grouped_as_keep_a_changelog_has_it() -> None:
    """Only the six groups of Keep a Changelog are used, in Swedish."""
    assert set(re.findall(r"^### (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)) <= GROUPS


def test_a_release_takes_its_notes_from_changelog() -> None:
    """The notes are the text under the version's heading; a tag of another version is refused."""
    text = release.notes(release.package_version())
    assert text.startswith("### ")
    assert "\n## " not in text
    assert not release.notes("99.0.0")
    with pytest.raises(SystemExit, match=r"v99\.0\.0"):
        release.main("v99.0.0")


def test_the_command_says_the_installed_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault report can name its version."""
    monkeypatch.setattr(sys, "argv", ["govern", "--version"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"govern {version('govern')}\n"
