"""The commands, on an installation in a temporary folder.

Most commands run in this process (`Installation.run`), through the same `main` as the program. Servers, and one other
command, run as a separate process (`Installation.program`), which takes seconds to start.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from contextvars import Context
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.error import URLError

import jsonschema
import pytest

import govern.cli
from govern import outbox, record
from govern.db import db, lock
from govern.paragraphs.models import Paragraph
from govern.paragraphs.operations import queue_index_update
from tests import cast as casting
from tests import dictionary, make, records
from tests.apps import copy_sqlite, open_app
from tests.ports import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[1]
GOVERN = [sys.executable, "-m", "govern.cli"]
FULL = records.full()
GIVEN = replace(FULL, presence=(replace(FULL.presence[0], role="substitute", to_paragraph=None),))
PATIENCE = 300.0  # Seconds within which a busy machine starts or stops a server.

STOPPED = 60.0  # Seconds within which a server stops when asked to.


@dataclass(frozen=True)
class Installation:
    """A data folder, the slug of its forum, and a record file to import."""

    folder: Path
    forum: str
    record: Path

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the commands."""
        told = {"GOVERN_DATA_DIR": str(self.folder), "GOVERN_WORKERS": "1", "PYTHONPATH": str(ROOT)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOVERN_", "DATABASE_URL"))}
        return kept | told

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in this process; an exception fails the test."""
        said, complained = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(said),
            redirect_stderr(complained),
        ):
            for name in set(os.environ) - set(self.environ):
                patch.delenv(name)
            for name, value in self.environ.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["govern", *arguments])
            patch.setattr(sys, "stdin", io.StringIO(typed))
            code = Context().run(_exit_code, govern.cli.main)
        return subprocess.CompletedProcess([*arguments], code, said.getvalue(), complained.getvalue())

    def program(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the program as a separate process; a traceback fails the test."""
        done = subprocess.run(
            [*GOVERN, *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def say(self, *arguments: str, typed: str = "") -> str:
        """Run a command that should succeed and return its output."""
        done = self.run(*arguments, typed=typed)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _exit_code(main: Callable[[], None]) -> int:
    """Call a program's main function and return its exit code."""
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    raise AssertionError("it did not exit")


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: Path) -> Installation:
    """Create an installation that has the cast."""
    folder = tmp_path / "instance"
    copy_sqlite(sqlite_template, folder)
    dictionary.install(folder / "index")
    with open_app(folder):
        slug = casting.assemble().forum.slug
    path = tmp_path / "post.json"
    path.write_text(json.dumps(record.to_json(GIVEN), indent=2))
    return Installation(folder, slug, path)


def test_a_protocol_comes_in_is_found_and_goes_out(installation: Installation, tmp_path: Path) -> None:
    """Import, reindex, search, export and verify a protocol."""
    run, say = installation.run, installation.say
    assert "nummer 1" in say("import", str(installation.record), "--forum", installation.forum)
    again = run("import", str(installation.record), "--forum", installation.forum)
    assert (again.returncode, again.stderr) == (1, "Protokollet är redan inläst eller förseglat här.\n")
    assert say("reindex") == "Sökindexet är byggt, med 1 sökbar text.\n"

    found = json.loads(say("search", "växlar", "--json"))
    assert found["total"] == 1
    hit = found["hits"][0]
    assert (hit["label"], hit["forum"], hit["date"], hit["protocol_id"]) == ("§ 17", "Styrgruppen", "2024-04-22", 1)
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/protokoll/1#p17(-\w+)*", hit["url"])
    assert hit["passages"][0]["matches"]
    assert json.loads(say("search", "växlar", "--json", "--as", "david@alvsam.example"))["total"] == 0
    assert "§ 17 Gemensam växel" in say("search", "gemensam", "växel")

    files = {ending: tmp_path / f"ut.{ending}" for ending in ("json", "pdf", "docx")}
    for ending, path in files.items():
        say("export", "1", "--format", ending, "--out", str(path))
    assert files["json"].read_bytes() == record.canonical(GIVEN)
    schema = json.loads((ROOT / "docs" / "record.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(files["json"].read_text()))
    assert files["pdf"].read_bytes().startswith(b"%PDF-")
    assert files["docx"].read_bytes().startswith(b"PK")

    assert "oförändrad" in say("verify", str(files["pdf"]))
    files["pdf"].write_bytes(files["pdf"].read_bytes() + b"\n% mer")
    changed = run("verify", str(files["pdf"]))
    assert changed.returncode == 1
    assert "ändrats" in changed.stdout


def test_an_installation_is_begun(tmp_path: Path) -> None:
    """The tables are created first, then the first account; a command on an older database is refused."""
    installation = Installation(tmp_path / "ny", "", tmp_path)
    early = installation.run("reindex")
    assert (early.returncode, early.stderr) == (
        1,
        "Databasen hör till en annan version av Govern. Kör govern db upgrade först.\n",
    )
    assert re.match(r"Databasen har version \d+", installation.program("db", "upgrade").stdout)
    first = ("account", "Ada@Alvsam.example", "--name", "Ada Ask", "--administrator")
    short = installation.run(*first, typed="kort\n")
    assert (short.returncode, short.stderr) == (1, "Lösenordet behöver ha minst 12 tecken.\n")
    assert "Ada Ask kan logga in med ada@alvsam.example" in installation.say(*first, typed="ett långt lösenord\n")
    assert installation.run(*first, typed="ett långt lösenord\n").returncode == 1
    rights = ("account-rights", "ada@alvsam.example", "--no-administrator")
    last = installation.run(*rights)
    assert (last.returncode, last.stderr.startswith("Någon annan behöver vara administratör först.")) == (1, True)
    assert "inte administratör, öppet" in installation.say(*rights, "--force")
    assert re.search(r"http://\S+/valj-losenord/\S{40,}", installation.say("account-link", "ada@alvsam.example"))
    assert "inget konto" in installation.run("account-link", "eva@alvsam.example").stderr
    assert "ingen" in installation.say("db", "downgrade", "base")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("export 7 --format pdf --out {folder}/x.pdf", 1, "Det finns inget protokoll med nummer 7."),
        ("export sju --format pdf --out x", 2, "Värdet för PROTOKOLL går inte att använda."),
        ("export 7 --format pdf", 2, "--out saknas."),
        ("export 7 --format odt --out x", 2, "Värdet för --format går inte att använda."),
        ("verify {folder}/saknas.pdf", 1, "går inte att läsa"),
        ("import {folder}/saknas.json --forum x", 1, "Det finns inget forum med adressen x."),
        ("search växel --as okand@alvsam.example", 1, "Det finns inget konto med adressen okand@alvsam.example."),
        ("search växel", 1, "Sökindexet går inte att läsa. Bygg om det med govern reindex."),
        ("search", 2, "FRÅGA saknas."),
        ("demo", 1, "Databasen har redan personer."),
        ("db upgrade 9999", 1, "den versionen finns inte"),
        ("run --port 0", 2, "Värdet för --port går inte att använda."),
        ("--flyg", 2, "Flaggan --flyg finns inte."),
        ("flyg", 2, "Kommandot finns inte"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(
    arguments: str,
    code: int,
    sentence: str,
    installation: Installation,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The answer is one line in Swedish on stderr, and nothing is done."""
    monkeypatch.setenv("GOVERN_DATA_DIR", str(installation.folder))
    given = [part.format(folder=installation.folder) for part in arguments.split()]
    monkeypatch.setattr(sys, "argv", ["govern", *given])
    with pytest.raises(SystemExit) as ended:
        govern.cli.main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (code, "")
    assert sentence in said.err
    assert said.err.count("\n") == 1


def test_a_setting_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the variable."""
    monkeypatch.setenv("GOVERN_PORT", "åttatusen")
    monkeypatch.setattr(sys, "argv", ["govern", "reindex"])
    with pytest.raises(SystemExit):
        govern.cli.main()
    assert "En inställning går inte att läsa: GOVERN_PORT" in capsys.readouterr().err


@pytest.mark.long
def test_run_serves_follows_the_outbox_and_stops(installation: Installation) -> None:
    """The server answers on its port, indexes what is saved, and stops soon after SIGTERM."""
    with _serving(installation, "run") as (server, address):
        page = until(lambda: _read(f"{address}/logga-in"), PATIENCE)
        assert "<h1" in page
        assert until((installation.folder / "index" / "CURRENT").exists, PATIENCE)
        _save_a_paragraph(installation)
        assert until(lambda: _waiting(installation) == 0, PATIENCE)
        assert json.loads(installation.say("search", "telefonväxel", "--json"))["total"] == 1
        taken = installation.program("run", "--port", address.rpartition(":")[2])
        assert (taken.returncode, taken.stdout) == (1, "")
        assert "Välj en annan port med --port." in taken.stderr
        begun = time.monotonic()
        server.send_signal(signal.SIGTERM)
        said, errors = server.communicate(timeout=PATIENCE)
        assert time.monotonic() - begun < STOPPED
    assert server.returncode == 0
    assert f"Govern finns på {address}" in said
    assert "Traceback" not in errors


@pytest.mark.long
def test_the_worker_does_what_waits_and_stops(installation: Installation) -> None:
    """The worker runs the background where another program serves the pages."""
    _save_a_paragraph(installation)
    with _serving(installation, "worker") as (worker, _):
        assert until(lambda: _waiting(installation) == 0, PATIENCE)
        worker.send_signal(signal.SIGTERM)
        _, errors = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0
    assert "Traceback" not in errors


@contextmanager
def _serving(installation: Installation, command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = str(free_port())
    arguments = [command, "--port", port] if command == "run" else [command]
    process = subprocess.Popen(
        [*GOVERN, *arguments], env=installation.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def _read(address: str) -> str:
    """Fetch a page; return an empty string while the server does not answer."""
    with (
        suppress(URLError, ConnectionError, TimeoutError),
        urllib.request.urlopen(address, timeout=60) as answer,  # noqa: S310 — the test's own address
    ):
        return str(answer.read().decode())
    return ""


def _save_a_paragraph(installation: Installation) -> None:
    with open_app(installation.folder):
        lock()  # A running server writes too.
        forum = db.session.scalars(db.select(casting.Forum).where(casting.Forum.slug == installation.forum)).one()
        by = forum.seats[0].person
        paragraph: Paragraph = make.paragraph(make.meeting(forum), make.series(forum), "Telefonväxeln", by)
        queue_index_update([paragraph], at=make.AT)
        make.commit()


def _waiting(installation: Installation) -> int:
    with open_app(installation.folder):
        return outbox.waiting()
