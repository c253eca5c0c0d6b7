"""Running tests against a mutant in a forked process, several at a time."""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.mutants.making import ROOT, Mutant, module_name
from tests.mutants.nearby import Nearby

FIXTURES = {"chromium", "postgres", "demo"}
MARKS = {"browser", "postgres", "office", "real", "long"}
"""Marks and fixtures of tests that are too slow for mutants."""
SECONDS = 420
"""Wall time after which a mutant counts as killed: it loops, or waits for something that never happens."""


class Mutated(SourceFileLoader):
    """A loader of a module from a syntax tree."""

    tree: ast.Module

    def get_code(self, fullname: str) -> CodeType:
        """Compile the tree."""
        return compile(self.tree, self.path, "exec")


def plant(mutant: Mutant, tree: ast.Module) -> None:
    """Apply the change in this process: to the functions in memory, or when the module is imported."""
    mutant.apply()
    name = module_name(mutant.path)
    if name in sys.modules:
        gc.unfreeze()
        changed = {_where(code): code for code in _codes(compile(tree, str(mutant.path), "exec"))}
        planted = 0
        for function in gc.get_objects():
            if isinstance(function, FunctionType) and function.__code__.co_filename == str(mutant.path):
                code = changed.get(_where(function.__code__))
                if code is not None and code.co_freevars == function.__code__.co_freevars:
                    planted += code != function.__code__
                    function.__code__ = code
        if not planted:
            raise LookupError(f"nothing in memory was changed by {mutant}")
        return
    loader = Mutated(name, str(mutant.path))
    loader.tree = tree

    class First:
        """A finder that returns the mutated module instead of the real one."""

        @staticmethod
        def find_spec(fullname: str, _path: Any = None, _target: ModuleType | None = None) -> Any:
            return spec_from_loader(name, loader) if fullname == name else None

    sys.meta_path.insert(0, First)  # type: ignore[arg-type]


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _where(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


class Watching:
    """A pytest plugin that leaves out slow tests and records the first failure."""

    def __init__(self) -> None:
        self.failed = ""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out tests by their fixtures and marks."""
        items[:] = [
            item
            for item in items
            if not FIXTURES & set(item.fixturenames)
            and not MARKS & {mark.name for mark in item.iter_markers()}
            and "postgres" not in str(getattr(item, "callspec", None) and item.callspec.params.get("database_kind"))
        ]

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Record the first test that fails."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        """Record a file that cannot be imported."""
        if report.failed and not self.failed:
            self.failed = report.nodeid


def run(turns: list[list[str]], folder: Path, before: Callable[[], None]) -> int:
    """Fork, call `before` and run tests in the child until one fails; return the child's process id.

    The child writes to files in the folder: `output`, and `failed` with the failing test or the error.
    """
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        (folder / "tmp").mkdir(parents=True)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder / "tmp")
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        before()
        import pytest  # noqa: PLC0415 — as late as everything else

        for number, files in enumerate(turns):
            watching = Watching()
            arguments = ["-x", "-q", "-p", "no:cacheprovider", f"--basetemp={folder / f'base{number}'}", "--tb=short"]
            code = pytest.main([*files, *arguments], plugins=[watching]) if files else 0
            if code not in {0, 5}:
                (folder / "failed").write_text(watching.failed or f"pytest ended with {code}")
                break
    except BaseException as error:
        (folder / "failed").write_text(repr(error))
    finally:
        sys.stdout.flush()
        os._exit(0)


def third_party() -> None:
    """Import all third-party modules of govern and its tests once, before any fork."""
    listing = (
        "import json, sys, hypothesis, pytest, govern, govern.models, tests.conftest, tests.make\n"
        "print(json.dumps([m for m in sys.modules if m.partition('.')[0] not in ('govern', 'tests', '__main__')]))"
    )
    answer = subprocess.run([sys.executable, "-c", listing], check=True, capture_output=True, text=True, cwd=ROOT)
    for name in json.loads(answer.stdout):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def ours() -> None:
    """Import govern and the shared test modules, so that a child only needs to import its tests."""
    for name in ("govern.models", "tests.conftest", "tests.make"):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


@dataclass(slots=True)
class Run:
    """The result of a mutant: `by` is the test that killed it or how it ended, empty if it survived."""

    mutant: Mutant
    seconds: float
    by: str


class Runner:
    """Runs mutants in parallel and collects their results."""

    def __init__(self, sources: dict[Path, ast.Module], jobs: int, folder: Path, *, near: bool) -> None:
        self.sources, self.tests, self.jobs, self.folder, self.near = sources, Nearby(), jobs, folder, near
        self.going: dict[int, tuple[Mutant, float, Path]] = {}
        self.done: list[Run] = []
        self.serial = 0

    def start(self, mutant: Mutant) -> None:
        """Start a mutant, waiting until a job is free."""
        self.wait(self.jobs - 1)
        turns = self.tests.of(mutant.path)[: 2 if self.near else 3]
        self.serial += 1
        folder = self.folder / str(self.serial)
        pid = run(turns, folder, lambda: plant(mutant, self.sources[mutant.path]))
        self.going[pid] = mutant, time.monotonic(), folder

    def wait(self, most: int = 0) -> None:
        """Wait until at most `most` are running."""
        while len(self.going) > most:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in self.going:
                self.gather(pid, status)
                continue
            for late, (_, since, _) in self.going.items():
                if time.monotonic() - since > SECONDS:
                    os.killpg(late, signal.SIGKILL)
            time.sleep(0.05)

    def gather(self, pid: int, status: int) -> None:
        """Collect the result of a mutant."""
        mutant, since, folder = self.going.pop(pid)
        failed = folder / "failed"
        by = failed.read_text() if failed.exists() else f"ended with {status}" if status else ""
        result = Run(mutant, time.monotonic() - since, by)
        self.done.append(result)
        said = f"killed   {mutant}  ({by})" if by else f"SURVIVED {mutant}"
        print(f"{len(self.done):4} {result.seconds:5.1f} s  {said}", flush=True)  # noqa: T201
        shutil.rmtree(folder, ignore_errors=True)

    def unmutated(self) -> list[str]:
        """Run the tests that killed mutants without one; list those that fail nevertheless."""
        nodes = sorted({run.by for run in self.done if "::" in run.by})
        folder = self.folder / "unmutated"
        os.waitpid(run([nodes], folder, lambda: None), 0)
        return (folder / "output").read_text().splitlines()[-8:] if (folder / "failed").exists() else []
