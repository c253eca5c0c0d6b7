"""The server is light: what only some pages need is loaded by them, not with the application."""

import subprocess
import sys
from pathlib import Path

import pytest

from govern.search import lemmas

HEAVY = {
    *("PIL", "aiohttp", "asn1crypto", "docx", "email_validator", "icalendar", "lxml", "numpy", "pikepdf", "psycopg"),
    *("pyhanko", "pyhanko_certvalidator", "pypdfium2", "reportlab", "segno", "signxml", "simplemma", "webauthn"),
    *("whoosh", "xlsxwriter", "zxcvbn"),
}
"""Libraries that take long to load, or much memory."""

LOADED = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
MADE = """
from pathlib import Path
from govern import config, create_app
create_app(config.Settings(data_dir=Path({folder!r})))
"""


def loaded(program: str) -> set[str]:
    """Say which packages a program of its own has loaded when it ends."""
    run = subprocess.run([sys.executable, "-c", f"{program}\n{LOADED}"], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_the_package_alone_loads_no_slice() -> None:
    """Who imports the package for a rule or the record waits for neither the web nor the database."""
    assert loaded("import govern").isdisjoint({"flask", "sqlalchemy", "wtforms", *HEAVY})


def test_the_application_loads_what_every_page_needs(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A heavy library is imported where it is used: import it in the function, or hide it behind a module that is."""
    found = loaded(MADE.format(folder=str(tmp_path_factory.mktemp("light"))))
    assert "flask" in found
    assert not found & HEAVY


ASKED = """
from pathlib import Path
from govern.search.lemmas import Lemmas
assert Lemmas(Path({folder!r})).get("ledamöter") == "ledamot"
"""


def test_who_searches_first_does_not_compile_the_dictionary_in_its_own_memory(tmp_path: Path) -> None:
    """Compiling takes some 150 MiB that a process never gives back: a process that ends does it, for all the others."""
    assert "simplemma" not in loaded(ASKED.format(folder=str(tmp_path)))
    assert (tmp_path / "lemmas.bin").exists()
    assert "simplemma" not in loaded(ASKED.format(folder=str(tmp_path)))


def test_the_dictionary_is_compiled_in_place_where_no_process_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first search that takes much memory is better than none."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))
    assert lemmas.Lemmas(tmp_path).get("ledamöter") == "ledamot"
