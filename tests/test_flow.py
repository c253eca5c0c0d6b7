"""Data runs downstream only: no import, at a file's head or inside a function, runs upstream.

Imports under `if TYPE_CHECKING` never run: they may name a row's type across rooms, but not across slices upstream.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import govern

SLICES = (
    "people",
    "parties",
    "forums",
    "cases",
    "meetings",
    "paragraphs",
    "assignments",
    "protocols",
    "notices",
    "archive",
)
LAST = ("demo", "cli", "__main__")  # What may use every slice.
ROOMS = ("states", "rules", "models", "access", "queries", "operations", "forms", "views")
PURE = ("rules", "states", "record", "richtext", "words")
IMPURE = {"flask", "sqlalchemy", "wtforms", "flask_sqlalchemy", "flask_login", "flask_wtf", "flask_babel"}
GATHERERS = {"govern", "govern.models"}  # create_app gathers the pages, models.py the tables.

PACKAGE = Path(govern.__file__).parent


@dataclass(frozen=True)
class Arrow:
    """One import: from a module, to a module, and whether it happens when the program runs."""

    source: str
    target: str
    line: int
    runs: bool

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.target}"


def name_of(path: Path) -> str:
    """Say a file's dotted name."""
    parts = ("govern", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts}


def arrows_of(source: str, tree: ast.Module) -> Iterator[Arrow]:
    """Walk a module's imports, wherever they stand."""
    unrun = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for branch in node.body
        for inner in ast.walk(branch)
    }
    for node in ast.walk(tree):
        for target in targets_of(source, node):
            yield Arrow(source, target, node.lineno, id(node) not in unrun)  # type: ignore[attr-defined]


def targets_of(source: str, node: ast.AST) -> Iterator[str]:
    """Say which modules a node imports; `from a import b` is `a.b` where that is a module of ours."""
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module, names, level):
            package = source if FILES[source].name == "__init__.py" else source.rpartition(".")[0]
            for _ in range(level - 1):
                package = package.rpartition(".")[0]
            base = ".".join(filter(None, [package if level else None, module]))
            yield from (f"{base}.{alias.name}" if f"{base}.{alias.name}" in FILES else base for alias in names)
        case ast.Call(
            ast.Name("import_module" | "__import__") | ast.Attribute(attr="import_module"),
            [ast.Constant(str(name)), *_],
        ):
            yield name


ARROWS = [arrow for name, path in FILES.items() for arrow in arrows_of(name, ast.parse(path.read_text()))]
OURS = [arrow for arrow in ARROWS if arrow.target in FILES]


def rank(module: str) -> int:
    """Say how far downstream a module stands: 0 is plumbing."""
    order = (*SLICES, *LAST)
    first = ([*module.split("."), ""])[1]
    return order.index(first) + 1 if first in order else 0


def room(module: str) -> str:
    """Say a module's room in its slice."""
    return module.rpartition(".")[2]


def test_the_walk_sees_the_imports() -> None:
    """A walk that finds nothing would let everything pass."""
    found = {(arrow.source, arrow.target) for arrow in OURS}
    assert ("govern.people.views", "govern.people.operations") in found
    assert ("govern", "govern.people.views") in found
    assert len(found) > 50


def test_data_runs_downstream() -> None:
    """Plumbing imports no slice; a slice imports plumbing and the slices above it."""
    upstream = [str(a) for a in OURS if a.source not in GATHERERS and rank(a.target) > rank(a.source)]
    assert not upstream, "these imports run upstream; move what they need to the slice above:\n" + "\n".join(upstream)


def test_rooms_keep_their_order() -> None:
    """Inside a slice: states, rules, models, access, queries, operations, forms, views."""
    wrong = [
        str(a)
        for a in OURS
        if a.runs
        and rank(a.source)
        and rank(a.source) == rank(a.target)
        and {room(a.source), room(a.target)} <= set(ROOMS)
        and ROOMS.index(room(a.target)) >= ROOMS.index(room(a.source))
    ]
    assert not wrong, "these rooms import a later one:\n" + "\n".join(wrong)


def test_nobody_imports_views() -> None:
    """Pages are leaves: only create_app gathers them."""
    wrong = [str(a) for a in OURS if room(a.target) == "views" and a.source != "govern"]
    assert not wrong, "move what they need out of the views:\n" + "\n".join(wrong)


@pytest.mark.parametrize("module", [name for name in FILES if room(name) in PURE])
def test_rules_know_neither_web_nor_database(module: str) -> None:
    """Rules, states and the record run without Flask, SQLAlchemy and WTForms, also through what they import."""
    reached, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        for arrow in ARROWS:
            if arrow.source == name and arrow.runs:
                assert arrow.target.partition(".")[0] not in IMPURE, f"{module} reaches {arrow}"
                if arrow.target in FILES and arrow.target != "govern":
                    waiting.append(arrow.target)


def test_no_circles() -> None:
    """No module needs itself, however long the way round."""
    graph: dict[str, set[str]] = {name: set() for name in FILES}
    for arrow in OURS:
        if arrow.runs and arrow.target != "govern":
            graph[arrow.source].add(arrow.target)
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail("imports in a circle: " + " → ".join(error.args[1]))
