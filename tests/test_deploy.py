"""Deployment: the container image, the systemd unit, and the commands in docs/operations.md."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Group

from govern import files
from govern.cli.installation import commands
from govern.config import Settings
from tests.apps import open_app
from tests.need import need
from tests.release import package_version
from tests.test_cli import Installation, installation

__all__ = ["installation"]

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
MANUAL = (ROOT / "docs" / "operations.md").read_text()
UNIT = DEPLOY / "systemd" / "govern.service"
DROP_IN = DEPLOY / "systemd" / "govern.service.d" / "libreoffice.conf"
GOVERN = [sys.executable, "-m", "govern.cli"]
MOST_EXPOSED = 20
"""The highest accepted exposure of 100, as `systemd-analyze security` counts; a unit without options has 96."""


def instructions() -> list[tuple[str, list[str]]]:
    """Return the instructions of the Dockerfile with their words."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE))
    return [(word, shlex.split(rest)) for line in text.splitlines() if line for word, _, rest in [line.partition(" ")]]


def last_stage() -> list[tuple[str, list[str]]]:
    """Return the instructions of the Dockerfile's last stage, which is the image."""
    read = instructions()
    return read[max(at for at, (word, _) in enumerate(read) if word == "FROM") :]


def compose() -> dict[str, Any]:
    """Return the services of the compose file."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return found


def test_the_image_is_made_of_files_that_are_there() -> None:
    """Copied files exist, pass `.dockerignore`, and include all that the wheel is built from."""
    copied = [
        name for word, words in instructions() if word == "COPY" and "--from=build" not in words for name in words[:-1]
    ]
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) == let_through
    assert all((ROOT / name).exists() for name in copied)
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*wheel["packages"], *wheel["force-include"], "pyproject.toml", "README.md", "LICENSE"} <= set(copied)


def test_the_image_is_built_from_the_lock_file() -> None:
    """Every downloaded package is checked against its hash, and none is compiled."""
    fetched = [part for word, words in instructions() if word == "RUN" for part in " ".join(words).split("&&")]
    fetched = [part for part in fetched if " install " in part and "pip" in part and "--no-index" not in part]
    assert len(fetched) == 2
    for part in fetched:
        assert "--require-hashes" in part
        assert "--only-binary :all:" in part


def test_the_image_runs_unprivileged() -> None:
    """The image has an unprivileged user, no build tools, and a Govern command."""
    said: dict[str, list[str]] = {}
    for word, words in last_stage():
        said.setdefault(word, []).extend(words)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", said["USER"][-1])
    run = " ".join(said["RUN"])
    assert "pip uninstall" in run
    assert "apt-get" not in run
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert said["ENTRYPOINT"] == [f"[{next(iter(scripts))}]"]
    assert said["CMD"] == ["[run]"]
    assert "run" in commands.commands


def test_the_services_share_one_image_and_are_confined() -> None:
    """Pages and background run the same version, write only to their volumes, and cannot gain privileges."""
    services = compose()
    for name in ("app", "worker"):
        service = services[name]
        assert service["image"] == f"govern:{package_version()}"
        assert service["build"]["dockerfile"] == "deploy/Dockerfile"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert services["app"]["environment"]["GOVERN_BACKGROUND"] == "0"
    assert services["worker"]["command"][0] in commands.commands
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]


def test_up_waits_for_what_it_can_know() -> None:
    """`docker compose up --wait` fails where a check is disabled; the check of the database must not answer early."""
    services = compose()
    assert not [word for word, _ in instructions() if word == "HEALTHCHECK"]  # It would be the worker's too.
    assert not [name for name, service in services.items() if service.get("healthcheck", {}).get("disable")]
    assert "http://127.0.0.1:8000/logga-in" in services["app"]["healthcheck"]["test"][-1]
    assert "--host=127.0.0.1" in services["database"]["healthcheck"]["test"]
    waited_for = {name for service in services.values() for name in service.get("depends_on", {})}
    assert all("healthcheck" in services[name] for name in waited_for)


def test_the_passwords_are_not_committed() -> None:
    """The file that the manual puts the database's password in is private, and ignored by git."""
    made = MANUAL.partition("cat > deploy/.env")[0]
    assert made.endswith("```sh\numask 077\n")
    assert "/deploy/.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_proxy_is_the_manuals() -> None:
    """The Caddyfile equals the one in docs/operations.md, which is tested, except for syntax that has since changed."""
    manual = re.search(r"```caddyfile\n(.*?)```", MANUAL, re.DOTALL)
    assert manual
    newer = re.sub(r"buffer_requests\n\s*max_buffer_size", "request_buffers", manual[1])
    newer = newer.replace("govern.example.se", "{$GOVERN_SITE}").replace("127.0.0.1:8000", "app:8000")
    assert (DEPLOY / "Caddyfile").read_text().partition("\n")[2] == newer


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "govern.env", "govern", "systemd/govern.service"])
def test_only_settings_are_set(name: str) -> None:
    """A misspelt variable would be ignored."""
    known = {f"GOVERN_{setting.name.upper()}" for setting in fields(Settings)} | {"GOVERN_SITE"}
    assert set(re.findall(r"\bGOVERN_\w+", (DEPLOY / name).read_text())) <= known


@pytest.mark.parametrize("drop_in", [False, True], ids=["alone", "with LibreOffice"])
def test_systemd_accepts_the_unit_and_finds_it_confined(drop_in: bool, tmp_path: Path) -> None:
    """systemd gives no warning, and the unit's exposure is low."""
    analyze = need("systemd-analyze")
    unit = tmp_path / UNIT.name
    text = UNIT.read_text()
    assert "ExecStart=/opt/govern/bin/govern run\n" in text
    unit.write_text(text.replace("/opt/govern/bin/govern", "/bin/true"))
    if drop_in:
        (tmp_path / DROP_IN.parent.name).mkdir()
        (tmp_path / DROP_IN.parent.name / DROP_IN.name).write_text(DROP_IN.read_text())
    done = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    exposed = MOST_EXPOSED + 20 * drop_in
    judged = [analyze, "security", "--offline=true", f"--threshold={exposed}", "--no-pager", unit]
    done = subprocess.run(judged, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_guide_names_commands_and_files_that_are_there() -> None:
    """The shell blocks in docs/operations.md name only existing files and commands."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", MANUAL, re.DOTALL))
    for name in re.findall(r"(?<!/)\bdeploy/[\w./-]+", blocks):
        assert (ROOT / name).exists() or name == "deploy/.env", name
    for words in re.findall(r"^(?:.* app )?govern ([a-z-]+(?: [a-z]+)?)", blocks, re.MULTILINE):
        group: Any = commands
        for word in words.split():
            assert word in group.commands, words
            group = group.commands[word]
            if not isinstance(group, Group):
                break
    assert f"govern-{package_version()}-py3-none-any.whl" in blocks


def test_the_command_has_the_services_settings(tmp_path: Path) -> None:
    """The shell script reads the same environment file as systemd, including values with spaces."""
    text = (DEPLOY / "govern").read_text()
    settings = (DEPLOY / "govern.env").read_text().replace("Exempelkommunen", "Exempel kommun")
    (tmp_path / "govern.env").write_text(settings)
    for old, new in {
        "/etc/govern/": f"{tmp_path}/",
        "cd /var/lib/govern": f"cd {tmp_path}",
        "setpriv --reuid=govern --regid=govern --init-groups --no-new-privs /opt/govern/bin/govern": "env #",
    }.items():
        assert old in text
        text = text.replace(old, new)
    said = subprocess.run(["sh", "-c", text], capture_output=True, text=True, check=True).stdout.splitlines()
    assert "GOVERN_ORGANISATION=Exempel kommun" in said
    assert "GOVERN_TRUSTED_PROXIES=1" in said


HARMLESS = {"umask", "mkdir", "sqlite3", "cp", "rm", "govern"}
"""The programs that the test below runs from the manual, in its own folders."""
OF_A_MACHINE = {"systemctl", "chown"}
"""The programs that it skips."""


def block_after(words: str) -> str:
    """Return the shell block that follows a paragraph of the step-by-step guide."""
    guide = MANUAL.partition("## On Debian, step by step")[2]
    found = re.search(re.escape(words) + r"(?:(?!```).)*```sh\n(.*?)```", guide, re.DOTALL)
    assert found, words
    return found[1]


def test_what_is_backed_up_can_be_restored(installation: Installation, tmp_path: Path) -> None:
    """After the manual's own backup and restore, the protocol, the files and the audit log are unchanged."""
    need("sqlite3")
    installation.say("import", str(installation.record), "--forum", installation.forum)
    with open_app(installation.folder):
        digest = files.keep(b"En handling.")
    before = installation.say("audit", "anchor")
    _commands(block_after("**Back up**"), installation, tmp_path)
    shutil.rmtree(installation.folder)
    assert "1 protokoll är oförändrade" in _commands(block_after("**Restore**"), installation, tmp_path)
    assert installation.say("audit", "anchor") == before
    with open_app(installation.folder):
        assert files.read(digest) == b"En handling."


def _commands(block: str, installation: Installation, tmp_path: Path) -> str:
    """Run a block in the test's own folders, after checking that nothing in it can reach outside them."""
    lines = [line for line in block.splitlines() if line.split()[0] not in OF_A_MACHINE]
    assert {line.split()[0] for line in lines} <= HARMLESS
    own = "\n".join(lines).replace("/var/lib/govern", str(installation.folder))
    own = own.replace("/var/backups", str(tmp_path / "backups"))
    assert all(path.startswith(str(tmp_path)) for path in re.findall(r"(?<![\w.])/[\w./-]+", own)), own
    assert ".." not in own
    assert not set(own) & set("$`;&|<>*~"), own
    text = f'set -eu\ngovern() {{ {shlex.join(GOVERN)} "$@"; }}\n{own}'
    done = subprocess.run(
        ["sh", "-c", text], env=installation.environ, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
