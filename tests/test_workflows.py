"""What the workflows, hooks and guides run exists, and is the same on both hosts."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
WORKFLOWS = [*sorted((ROOT / ".github" / "workflows").glob("*.yml")), ROOT / ".gitlab-ci.yml"]
RUNNING = [*WORKFLOWS, ROOT / ".pre-commit-config.yaml", ROOT / ".ci" / "run"]
GUIDES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/operations.md")]


def read(path: Path) -> dict[Any, Any]:
    """Load a YAML file."""
    found = yaml.safe_load(path.read_text())
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("path", [*RUNNING, *GUIDES], ids=lambda path: path.name)
def test_every_make_target_exists(path: Path) -> None:
    """Every `make target` written as a command is a target of the Makefile."""
    named = set(re.findall(r"(?:^\s*|`|- |run: |\|\| )make ([a-z-]+)", path.read_text(), re.MULTILINE))
    assert named <= TARGETS


@pytest.mark.parametrize("path", RUNNING, ids=lambda path: path.name)
def test_every_script_exists(path: Path) -> None:
    """Every script is executable."""
    for script in re.findall(r"(?<![\w./])(?:\.ci|deploy)/[\w-]+(?![\w.-])", path.read_text()):
        assert (ROOT / script).stat().st_mode & 0o111, script


def test_both_hosts_run_the_same_commands() -> None:
    """The commands, their order and the versions of Python are the same."""
    github = read(WORKFLOWS[0])["jobs"]
    gitlab = read(ROOT / ".gitlab-ci.yml")
    for job in ("test", "long", "image"):
        steps = [step["run"] for step in github[job]["steps"] if step.get("run", "").startswith("make ")]
        assert steps
        assert steps == gitlab[job]["script"]
    versions = gitlab[".every-python"]["parallel"]["matrix"][0]["PYTHON"]
    assert github["test"]["strategy"]["matrix"]["python"] == github["long"]["strategy"]["matrix"]["python"] == versions


def test_the_versions_of_python_are_the_packages() -> None:
    """The versions tested are the package's classifiers."""
    declared = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    assert read(WORKFLOWS[0])["jobs"]["test"]["strategy"]["matrix"]["python"] == declared


def test_actions_are_pinned_and_rights_are_few() -> None:
    """Actions are pinned to commits, since tags can move; workflows have read permission only."""
    for path in WORKFLOWS[:-1]:
        workflow = read(path)
        assert workflow["permissions"] == {"contents": "read"}
        for used in re.findall(r"uses: (\S+)", path.read_text()):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", used), used


def test_hooks_run_what_the_environment_has() -> None:
    """Hooks download nothing, and each program they run is part of `make check`."""
    (repository,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    checked = (ROOT / "Makefile").read_text()
    for hook in repository["hooks"]:
        program = hook["entry"].split()[0]
        assert hook["language"] == "system"
        assert f"$(BIN)/{Path(program).name}" in checked
        assert (ROOT / program).exists()


def test_both_hosts_ask_the_same_of_a_change() -> None:
    """The templates for pull requests and merge requests are identical."""
    one, other = ROOT / ".github/pull_request_template.md", ROOT / ".gitlab/merge_request_templates/Default.md"
    assert one.read_text() == other.read_text()
