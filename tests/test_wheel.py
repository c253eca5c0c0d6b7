"""The wheel: built, installed with only the locked packages, and started."""

import os
import re
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.ports import free_port
from tests.running import Running

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
PATIENCE = 300.0  # Seconds, for a busy machine.

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
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)], ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """Install the wheel alone into a folder."""
    target = wheel.with_name("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    run([*pip, str(wheel)], wheel.parent)
    return target


@pytest.fixture(scope="module")
def environment(wheel: Path) -> Path:
    """Create a virtual environment with the wheel and only the packages of requirements.txt.

    The packages are linked from the environment that runs the tests, so nothing is downloaded; their versions must
    match the lock file.
    """
    folder = wheel.with_name("environment")
    venv.create(folder, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for wanted in locked():
        package = distribution(wanted.name)
        assert wanted.specifier.contains(package.version, prereleases=True), (
            f"{wanted} is locked, {package.version} is here"
        )
        for top in {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(package.locate_file(top))))
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
    run([*pip, "--quiet", "--no-deps", "--no-index", str(wheel)], wheel.parent)
    return folder


def locked() -> Iterator[Requirement]:
    """Yield the requirements in requirements.txt that apply to this Python and platform."""
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if re.match(r"\w", line):
            wanted = Requirement(line.removesuffix("\\").strip())
            if wanted.marker is None or wanted.marker.evaluate():
                yield wanted


def run(command: list[str], folder: Path, **environ: str) -> str:
    """Run a command and return its output; fail with it if the command fails."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_installed_elsewhere_it_finds_its_files(installed: Path, tmp_path: Path) -> None:
    """The working directory has nothing to do with the checkout."""
    run([sys.executable, "-c", START, str(installed)], tmp_path, PYTHONPATH=str(installed))


def test_the_wheel_holds_what_it_should(installed: Path) -> None:
    """The wheel holds the package with its typing marker and the command, but no tests."""
    assert (installed / "govern" / "py.typed").is_file()
    assert (installed / "bin" / "govern").is_file()
    assert {path.name.partition("-")[0] for path in installed.iterdir()} == {"govern", "bin"}


@pytest.mark.long
def test_the_locked_packages_are_enough_for_every_module(environment: Path, tmp_path: Path) -> None:
    """No module of the package imports something that only the development lock file has."""
    program = (
        "import pkgutil, importlib, govern\n"
        "for module in pkgutil.walk_packages(govern.__path__, 'govern.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)\n"
        "print(govern.__file__)"
    )
    said = run([str(environment / "bin" / "python"), "-c", program], tmp_path, PYTHONPATH="")
    assert Path(said.strip()).is_relative_to(environment)


@pytest.mark.long
def test_the_installed_command_serves(environment: Path, tmp_path: Path) -> None:
    """The installed `govern run` creates its tables, serves pages, and ends when asked to."""
    port = free_port()
    named = {name: value for name, value in os.environ.items() if not name.startswith(("GOVERN_", "DATABASE_URL"))}
    settings = {"GOVERN_DATA_DIR": str(tmp_path / "data"), "GOVERN_PORT": str(port), "GOVERN_WORKERS": "1"}
    output = tmp_path / "output"
    with output.open("wb") as written:
        process = subprocess.Popen(
            [environment / "bin" / "govern", "run"],
            cwd=tmp_path,
            env=named | settings | {"PYTHONPATH": ""},
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    running = Running(process, port, output)
    try:
        page = _page(running, "/logga-in")
        assert b"csrf_token" in page
        stylesheet = re.search(rb'href="(/static/[^"]+\.css)"', page)
        assert stylesheet
        assert _page(running, stylesheet[1].decode())
        assert running.stop(PATIENCE) == 0, running.log
    finally:
        process.kill()
        process.wait()


def _page(running: Running, path: str) -> bytes:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert running.process.poll() is None, running.log
        with suppress(OSError, HTTPException):
            status, page = running.get(path, PATIENCE)
            assert status == 200, running.log
            return page
        time.sleep(0.1)
    pytest.fail(f"no answer:\n{running.log}")
