"""The wheel: built, installed elsewhere, and started from another folder, it finds its own files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]

START = """
import sys
from pathlib import Path
import govern
from govern import config, schema
from govern.db import db
from sqlalchemy import inspect

installed = Path(sys.argv[1])
for folder in ("templates", "static", "migrations"):
    assert govern.beside(folder).is_relative_to(installed), govern.beside(folder)
    assert any(govern.beside(folder).rglob("*.*")), f"{folder} is empty"
app = govern.create_app(config.Settings(data_dir=Path("data")))
with app.app_context():
    schema.upgrade()
    assert inspect(db.engine).has_table("protocols")
answer = app.test_client().get("/logga-in")
assert answer.status_code == 200 and "<h1" in answer.text, answer.text
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it, alone, into a folder."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    run(build, ROOT)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    run([*pip, str(wheel)], folder)
    return target


def run(command: list[str], folder: Path, **environ: str) -> None:
    """Run a command, and fail with what it said."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_installed_elsewhere_it_finds_its_files(installed: Path, tmp_path: Path) -> None:
    """From a folder that has nothing to do with the checkout."""
    run([sys.executable, "-c", START, str(installed)], tmp_path, PYTHONPATH=str(installed))


def test_the_wheel_holds_what_it_should(installed: Path) -> None:
    """The package with its typing mark, the command, and nothing of the tests."""
    assert (installed / "govern" / "py.typed").is_file()
    assert (installed / "bin" / "govern").is_file()
    assert {path.name.partition("-")[0] for path in installed.iterdir()} == {"govern", "bin"}
