"""Mutate the code of legal rules one small step at a time, and see whether a test fails: `python -m tests.mutants`.

A mutant is one change to a module of rules, states, checks, access or deadlines, or to a `refuse_` rule anywhere: `<`
becomes `<=`, a condition is negated or dropped, a number is one off, an entry is removed from a tuple, a refusal
becomes None. The tests that belong to the module run against it. A mutant that passes them (it survives) is a rule
that no test guards, or a change without effect. The survivors are listed at the end with file, line and change; fewer
than 90 % killed is a failure.

    python -m tests.mutants                               a sample of today's
    python -m tests.mutants --seed 7 --size 150           another sample, the same every time
    python -m tests.mutants --only govern/forums --all    every mutant of some files
    python -m tests.mutants --list                        name the mutants; run nothing

The sample depends on the day, so that daily runs cover all mutants in time. No file is changed: the mutated syntax
tree is compiled in a forked process. Tests that need a browser, another database or an office program are left out,
as are most of other slices. The tests run in this order until one fails: those named after the module, those that
import it, and the slice's own (`--near` leaves these out). Those that fail are run once more without a mutant, and
have to pass.

Why no library: mutmut (BSD-3-Clause) mutates function bodies only, and none that is decorated, so that properties,
enums and tables of rules would be left out; it runs the whole suite first to map tests to functions. cosmic-ray (MIT)
starts a process with one fixed test command for each mutant: seconds of imports, and every test. Neither removes
refusals.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import gc
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
MODULES = (
    *("*rules.py", "*states.py", "*access.py", "*checks.py", "*procedure.py", "*attendance.py", "*secrecy.py"),
    *("*plausible.py", "*timing.py", "*deadline.py", "*deadlines.py", "*/terms.py", "*/noting.py", "*/regimes.py"),
)
"""Files that are mutated completely; in all others, only the `refuse_` functions."""
ELSEWHERE = ("govern/search/*", "govern/documents/papers/attendance.py")
"""Files matching those names that contain no legal rules."""
FIXTURES = {"chromium", "postgres", "demo"}
MARKS = {"browser", "postgres", "office", "real", "long"}
"""Marks and fixtures of tests that are too slow for mutants."""
PASS_RATE = 90
MANY = 12
"""More test files than this importing a module say little: then only those of its slice count as near."""
SECONDS = 420
"""Wall time after which a mutant counts as killed: it loops, or waits for something that never happens."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `new` replaces a field of a node in the module's tree, or the element at index `at` of a list there.

    `inside` is whether it is within a function's body; `words` describe the change where it is not obvious: a format
    and its arguments.
    """

    path: Path
    node: Any
    field: str
    new: Any
    at: int | None
    inside: bool
    words: tuple[Any, ...]

    @property
    def old(self) -> Any:
        """The original value."""
        whole = getattr(self.node, self.field)
        return whole if self.at is None else whole[self.at]

    @property
    def change(self) -> str:
        """Return a description of the change, made before it is applied."""
        if self.words:
            return str(self.words[0]).format(*map(_text, self.words[1:]))
        old = self.old
        shown = old if isinstance(old, ast.expr | ast.stmt) else self.node
        if shown is old:
            return f"{_text(old)} → {_text(self.new)}"
        changed = copy.deepcopy(self.node)
        _put(changed, self.field, copy.deepcopy(self.new), self.at)
        return f"{_text(shown)} → {_text(changed)}"

    @property
    def line(self) -> int:
        """The line number."""
        return int(getattr(self.old, "lineno", getattr(self.node, "lineno", 0)))

    def apply(self) -> None:
        """Apply the change to the tree."""
        _put(self.node, self.field, self.new, self.at)

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.change}"


# --- Making mutants ----------------------------------------------------------------------------------------

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any", "and_": "or_", "or_": "and_"}
CLAUSES = {"where", "filter", "and_", "or_"}
"""Calls whose arguments are conditions, each of which can be dropped."""
SHAPING = {"strip", "casefold", "lower"}
"""Methods without arguments that normalise a value before a comparison; the mutant compares the value itself."""


class Finder(ast.NodeVisitor):
    """A visitor that collects a module's mutants."""

    def __init__(self, path: Path, enums: dict[str, list[str]], only: str = "") -> None:
        self.path, self.enums, self.only = path, enums, only
        self.found: list[Mutant] = []
        self.functions: list[ast.FunctionDef] = []

    def add(self, node: Any, field: str, new: Any, words: tuple[Any, ...] = (), *, at: int | None = None) -> None:
        """Add a mutant."""
        if not self.only or (self.functions and self.functions[0].name.startswith(self.only)):
            self.found.append(Mutant(self.path, node, field, new, at, bool(self.functions), words))

    # Not mutated: annotations, imports, and code only for type checkers.

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Mutate decorators and defaults as the module's, the body as the function's."""
        outer, self.functions = self.functions, []
        for index, decorator in enumerate(node.decorator_list):
            self.add(node, "decorator_list", None, ("@{} removed from {}", decorator, node.name), at=index)
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        self.functions = [*outer, node]
        if node.name.startswith("refuse_"):
            self.add(node, "body", [_none()], ("{} refuses nothing", node.name))
        for index, statement in enumerate(node.body):
            self.in_place(node, "body", index, statement)
            self.visit(statement)
        self.functions = outer

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Mutate the stored values of an enum's members; skip the sentences of refusals."""
        bases = {_name(base) for base in node.bases}
        for statement in node.body:
            value = statement.value if isinstance(statement, ast.Assign) else None
            if "Word" in bases and isinstance(value, ast.Tuple) and isinstance(value.elts[0], ast.Constant):
                self.add(value, "elts", ast.Constant(f"{value.elts[0].value}_"), at=0)
            elif not bases & {"Word", "Refusal", "BaseRefusal"} or isinstance(statement, ast.FunctionDef):
                self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Visit only the value."""
        if node.value:
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        """Negate the condition."""
        if _name(node.test) != "TYPE_CHECKING":
            self.negate(node)
            self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """Negate the condition."""
        self.negate(node)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """Drop each condition."""
        for index, test in enumerate(node.ifs):
            self.add(node, "ifs", None, ("if {} dropped", test), at=index)
        self.generic_visit(node)

    def negate(self, node: ast.If | ast.IfExp) -> None:
        """Negate a condition, unless it is a comparison, which `visit_Compare` mutates."""
        if not isinstance(node.test, ast.Compare):
            self.add(node, "test", _negated(node.test))

    def visit_Compare(self, node: ast.Compare) -> None:
        """Move the boundary, and reverse the comparison."""
        for index, operator in enumerate(node.ops):
            for other in COMPARED[type(operator)]:
                self.add(node, "ops", other(), at=index)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Swap `and` and `or`; and drop each operand."""
        self.add(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for index, value in enumerate(node.values):
            self.add(node, "values", None, ("{} dropped from {}", value, node), at=index)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Visit the operand; `in_place` of the parent drops the `not`."""
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Swap the operator."""
        if type(node.op) in COMPUTED and not isinstance(node.left, ast.JoinedStr):
            self.add(node, "op", COMPUTED[type(node.op)]())
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Change a number by one, or negate a boolean."""
        if isinstance(node.value, bool):
            self.add(node, "value", not node.value)
        elif isinstance(node.value, int):
            self.add(node, "value", node.value + 1)
            self.add(node, "value", node.value - 1)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Replace an enum member by another of the same enum."""
        members = self.enums.get(_name(node.value), [])
        if node.attr in members and len(members) > 1:
            self.add(node, "attr", members[(members.index(node.attr) + 1) % len(members)])
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Call the opposite function, or drop a condition."""
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in SWAPPED:
            where = "id" if isinstance(node.func, ast.Name) else "attr"
            self.add(node.func, where, SWAPPED[name], ("{}: {} → {}", node, name, SWAPPED[name]))
        if name in CLAUSES:
            for index, argument in enumerate(node.args):
                self.add(node, "args", None, ("{} dropped from {}()", argument, name), at=index)
        self.generic_visit(node)

    def collection(self, node: ast.Tuple | ast.List | ast.Set) -> None:
        """Remove each entry."""
        if isinstance(getattr(node, "ctx", None), ast.Store):
            return
        for index, entry in enumerate(node.elts):
            self.add(node, "elts", None, ("{} removed from {}", entry, node), at=index)
        self.generic_visit(node)

    visit_Tuple = visit_List = visit_Set = collection  # noqa: N815 — as the visitor calls them

    def visit_Dict(self, node: ast.Dict) -> None:
        """Remove each entry."""
        for index, key in enumerate(node.keys):
            if key is not None:
                without = ast.Dict(
                    node.keys[:index] + node.keys[index + 1 :], node.values[:index] + node.values[index + 1 :]
                )
                self.add(node, "keys", without, ("{} removed from {}", key, node))
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        """Return None instead of a refusal."""
        if isinstance(node.value, ast.Attribute) and "Refusal" in _name(node.value):
            self.add(node, "value", ast.Constant(None))
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Visit the value, and the key unless it is a type."""
        self.visit(node.value)
        if isinstance(node.slice, ast.Constant | ast.Slice | ast.UnaryOp | ast.BinOp):
            self.visit(node.slice)

    def generic_visit(self, node: ast.AST) -> None:
        """Mutate the children in place: a `not`, a call or a raise as a statement, a normalising method."""
        for name, value in ast.iter_fields(node):
            for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(child, ast.AST):
                    self.in_place(node, name, index, child)
        super().generic_visit(node)

    def in_place(self, node: ast.AST, name: str, index: int | None, child: ast.AST) -> None:
        """Replace a child by something simpler."""
        if isinstance(child, ast.UnaryOp) and isinstance(child.op, ast.Not):
            if name != "test" or not isinstance(node, ast.If | ast.IfExp):  # Otherwise `negate` has done so.
                self.add(node, name, child.operand, at=index)
        elif isinstance(child, ast.Raise) or (
            isinstance(child, ast.Expr) and not isinstance(child.value, ast.Constant)
        ):
            self.add(node, name, ast.Pass(), ("{} removed", child), at=index)
        elif isinstance(child, ast.Call) and not child.args and getattr(child.func, "attr", "") in SHAPING:
            self.add(node, name, child.func.value, at=index)  # type: ignore[attr-defined]


def _put(node: Any, field_: str, new: Any, at: int | None) -> None:
    if isinstance(node, ast.Dict):
        node.keys, node.values = new.keys, new.values
    elif at is None:
        setattr(node, field_, new)
    elif new is not None:
        getattr(node, field_)[at] = new
    else:
        del getattr(node, field_)[at]
        if isinstance(node, ast.BoolOp) and len(node.values) == 1:
            node.values.append(node.values[0])
    ast.fix_missing_locations(node)


def _negated(test: ast.expr) -> ast.expr:
    inner = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else None
    return inner or ast.UnaryOp(ast.Not(), test)


def _none() -> ast.stmt:
    return ast.Return(ast.Constant(None))


def _name(node: ast.AST) -> str:
    """Return a dotted name; an empty string for other expressions."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_name(value)}.{name}"
        case _:
            return ""


def _text(node: Any) -> str:
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))) if isinstance(node, ast.AST) else str(node)


def members(sources: dict[Path, ast.Module]) -> dict[tuple[str, str], list[str]]:
    """List the members of every enum, by module and class."""
    return {
        (_module(path), node.name): [
            target.id
            for statement in node.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name) and target.id.isupper()
        ]
        for path, tree in sources.items()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }


def all_mutants(sources: dict[Path, ast.Module]) -> list[Mutant]:
    """List every mutant of the modules with legal rules."""
    known = members(sources)
    found = []
    for path, tree in sources.items():
        here = _module(path)
        names = {name: listed for (module, name), listed in known.items() if module == here}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    names[alias.asname or alias.name] = known.get((node.module, alias.name), [])
        if any(fnmatch(str(path.relative_to(ROOT)), pattern) for pattern in ELSEWHERE):
            continue
        finder = Finder(path, names, "" if _is_whole(path) else "refuse_")
        for statement in tree.body:
            finder.in_place(tree, "body", tree.body.index(statement), statement)
            finder.visit(statement)
        found += finder.found
    return found


def read() -> dict[Path, ast.Module]:
    """Parse the modules with legal rules."""
    texts = {path: path.read_text() for path in sorted((ROOT / "govern").rglob("*.py"))}
    return {
        path: ast.parse(text, str(path)) for path, text in texts.items() if "def refuse_" in text or _is_whole(path)
    }


def _is_whole(path: Path) -> bool:
    return any(fnmatch(str(path.relative_to(ROOT)), pattern) for pattern in MODULES)


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


# --- Which tests belong to a module ------------------------------------------------------------------------


def imported(tree: ast.Module) -> set[str]:
    """List a file's imports, each imported name as if it were a module too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


class Nearby:
    """Finds the test files to run for a module, nearest first."""

    def __init__(self) -> None:
        files = sorted((ROOT / "tests").rglob("*.py"))
        self.files = {path: imported(ast.parse(path.read_text())) for path in files}
        self.tests = [path for path in files if path.name.startswith("test_")]

    def of(self, path: Path) -> list[list[str]]:
        """List the test files in three groups: named after the module, importing it, and of its slice or related."""
        module = _module(path)
        slice_ = path.relative_to(ROOT / "govern").parts[0]
        turns: list[list[Path]] = [[], [], []]
        everywhere = sum(module in used for used in self.files.values()) > MANY
        for test in self.tests:
            inside = slice_ in test.relative_to(ROOT / "tests").parts
            named = f"_{path.stem}".endswith(f"_{test.stem.removeprefix('test_')}")
            if named and (inside or test.parent == ROOT / "tests"):
                turns[0].append(test)
            elif module in self.files[test] and (inside or not everywhere):
                turns[1].append(test)
            elif inside or ("access" in path.stem and test.parent.name == "leaks"):
                turns[2].append(test)
        return [
            [str(test.relative_to(ROOT)) for test in sorted(turn, key=lambda test: test.stat().st_size)]
            for turn in turns
        ]


# --- Running -----------------------------------------------------------------------------------------------


class Mutated(SourceFileLoader):
    """A loader of a module from a syntax tree."""

    tree: ast.Module

    def get_code(self, fullname: str) -> CodeType:
        """Compile the tree."""
        return compile(self.tree, self.path, "exec")


def plant(mutant: Mutant, tree: ast.Module) -> None:
    """Apply the change in this process: to the functions in memory, or when the module is imported."""
    mutant.apply()
    name = _module(mutant.path)
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


def report(done: list[Run]) -> int:
    """Print the survivors and the numbers killed; return the share killed."""
    for one in sorted((one for one in done if not one.by), key=lambda one: str(one.mutant)):
        print(f"survived {one.mutant}")  # noqa: T201
    by_file: dict[Path, list[bool]] = defaultdict(list)
    for one in done:
        by_file[one.mutant.path].append(bool(one.by))
    for path, killed in sorted(by_file.items()):
        print(f"{sum(killed):4} of {len(killed):3} killed in {path.relative_to(ROOT)}")  # noqa: T201
    killed_in_all = sum(bool(one.by) for one in done)
    share = 100 * killed_in_all // len(done) if done else 100
    print(f"{killed_in_all} of {len(done)} killed: {share} %")  # noqa: T201
    return share


def main() -> int:
    """Draw a sample, run it and report."""
    parser = argparse.ArgumentParser(description="See whether the tests notice small changes to the law's code.")
    parser.add_argument("--seed", default=f"{datetime.now(UTC):%Y-%m-%d}", help="what the sample is drawn by: today")
    parser.add_argument("--size", type=int, default=60, help="how many mutants")
    parser.add_argument("--all", action="store_true", help="every mutant, no sample")
    parser.add_argument("--only", default="", help="of files whose path begins so")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--near", action="store_true", help="run only the tests that are named after it or import it")
    parser.add_argument("--list", action="store_true", help="name the mutants and run nothing")
    asked = parser.parse_args()
    sources = read()
    found = [mutant for mutant in all_mutants(sources) if str(mutant.path.relative_to(ROOT)).startswith(asked.only)]
    if not asked.all:
        found = random.Random(asked.seed).sample(found, min(asked.size, len(found)))
    if asked.list:
        print("\n".join(map(str, found)))  # noqa: T201
        return 0
    print(f"{len(found)} mutants, seed {asked.seed}", flush=True)  # noqa: T201
    third_party()
    with tempfile.TemporaryDirectory(prefix="govern-mutants-") as folder:
        runner = Runner(sources, asked.jobs, Path(folder), near=asked.near)
        for mutant in (one for one in found if not one.inside):
            runner.start(mutant)
        runner.wait()
        ours()
        for mutant in (one for one in found if one.inside):
            runner.start(mutant)
        runner.wait()
        broken = runner.unmutated()
    share = report(runner.done)
    if broken:
        print("\n".join(("These tests fail without any mutant:", *broken)))  # noqa: T201
    return 1 if broken or share < PASS_RATE else 0


if __name__ == "__main__":
    sys.exit(main())
