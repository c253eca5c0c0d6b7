"""The dictionary is compiled by a separate process, so that the memory it takes is freed."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from govern import serve
from govern.search import lemmas
from govern.search.lemmas import Lemmas
from govern.search.terms import SWEDISH

ASKED = """
import sys
from pathlib import Path
from govern.search.lemmas import Lemmas
print(Lemmas(Path(sys.argv[1])).get("ledamöter"), "simplemma" in sys.modules)
"""


@pytest.mark.long
def test_who_asks_compiles_nothing(tmp_path: Path) -> None:
    """The first use in a new data folder starts a process that compiles the file, which is then memory-mapped."""
    program = [sys.executable, "-c", ASKED, str(tmp_path / "new")]
    run = subprocess.run(program, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["ledamot", "False"], run.stderr
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["lemmas.bin"]


@pytest.mark.long
@pytest.mark.parametrize("program", ["false", "/there/is/no/such/python"])
def test_where_no_process_can_compile_it_who_asks_does(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """If no process can compile it, this one does, and logs that."""
    monkeypatch.setattr(sys, "executable", program)
    assert Lemmas(tmp_path).get("ledamöter") == "ledamot"
    assert "compiled in this process" in caplog.text


@pytest.mark.long
def test_a_torn_file_is_compiled_again(tmp_path: Path) -> None:
    """A file that is truncated or of another version is replaced."""
    (tmp_path / "lemmas.bin").write_bytes(b"GOVLEM2\n")
    assert Lemmas(tmp_path).get("ledamöter") == "ledamot"


@pytest.mark.long
def test_where_the_folder_cannot_be_written_it_is_kept_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Pages need no dictionary: a full disk or a wrong folder must not stop the server."""
    folder = tmp_path / "index"
    folder.write_text("a file")
    assert Lemmas(folder).get("ledamöter") == "ledamot"
    assert "kept in memory" in caplog.text


def test_a_file_that_could_not_be_written_whole_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lemmas, "_compile", lambda: b"short")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        lemmas.write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_serves_has_loaded_it(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dictionary is loaded before the processes fork, so the first search does not wait."""
    loaded: list[bool] = []
    monkeypatch.setattr(SWEDISH, "load", lambda: loaded.append(True))
    monkeypatch.setattr(serve, "settle", lambda: None)
    serve.load(own_app)
    assert loaded == [True]
