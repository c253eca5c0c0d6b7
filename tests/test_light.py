"""Libraries that only some pages need are loaded by those pages, not with the application."""

import subprocess
import sys

import pytest

HEAVY = {
    *("PIL", "aiohttp", "asn1crypto", "docx", "email_validator", "icalendar", "lxml", "numpy", "pikepdf", "psycopg"),
    *("pyhanko", "pyhanko_certvalidator", "pypdfium2", "reportlab", "segno", "signxml", "simplemma", "webauthn"),
    *("whoosh", "xlsxwriter", "zxcvbn"),
}
"""Libraries that are slow to load or use much memory."""

LOADED = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
MADE = """
from pathlib import Path
from govern import config, create_app
create_app(config.Settings(data_dir=Path({folder!r})))
"""


def loaded(program: str) -> set[str]:
    """Return the top-level packages that a program has loaded when it ends."""
    run = subprocess.run([sys.executable, "-c", f"{program}\n{LOADED}"], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_the_package_alone_loads_no_slice() -> None:
    """Importing the package loads neither the web framework nor the database."""
    assert loaded("import govern").isdisjoint({"flask", "sqlalchemy", "wtforms", *HEAVY})


def test_the_application_loads_what_every_page_needs(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A heavy library must be imported in the function that uses it, or in a module that is imported so."""
    found = loaded(MADE.format(folder=str(tmp_path_factory.mktemp("light"))))
    assert "flask" in found
    assert not found & HEAVY
