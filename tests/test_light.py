"""The server is light: what only some pages need is loaded by them, not with the application."""

import subprocess
import sys

import pytest

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
