"""Check that imports only go upstream to earlier slices, and that every module keeps the limits of its room.

Imports are read from the syntax tree, including those inside functions. Imports under `if TYPE_CHECKING` never run:
they may cross rooms for a row's type, but not import a later slice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter

from tests.flow.reading import nodes
from tests.flow.rooms import (
    DATABASE,
    GATHERERS,
    HARMLESS,
    MAY_SETTINGS,
    OTHERS,
    ROOMS,
    TYPED,
    WEB,
    bars,
    exceptions,
    is_pure,
    part_of,
    rank,
    room,
    slice_of,
)


@dataclass(frozen=True)
class Arrow:
    """An import: the importing module, the imported module and name, and whether it runs."""

    source: str
    target: str
    name: str
    line: int
    runs: bool

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.target}"


class House:
    """The package as its imports show it: modules, imports between them, and the problems in these."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Parse the modules' sources, given by name."""
        self.modules = frozenset(texts)
        self.packages = frozenset(name.rpartition(".")[0] for name in texts)
        self.arrows = [Arrow(name, *found) for name, text in texts.items() for found in self._imports(name, text)]
        self.ours = [arrow for arrow in self.arrows if arrow.target in self.modules]
        self._running: dict[str, list[Arrow]] = {name: [] for name in texts}
        for arrow in self.arrows:
            if arrow.runs:
                self._running[arrow.source].append(arrow)

    def _imports(self, source: str, text: str) -> Iterator[tuple[str, str, int, bool]]:
        for target, name, line, runs in imports_of(text, source, source in self.packages):
            whole = f"{target}.{name}"
            yield (whole, "", line, runs) if whole in self.modules else (target, name, line, runs)

    def problems(self) -> list[str]:
        """Return every problem."""
        return [
            *self.filled_packages(),
            *self.without_a_room(),
            *self.downstream(),
            *self.out_of_order(),
            *self.imported_views(),
            *self.barred(),
            *self.impure(),
            *self.circles(),
        ]

    def without_a_room(self) -> list[str]:
        """List modules of a slice without a room, and names in `OTHERS` that are no module."""
        lost = [f"{name} belongs to no room: name it after one, or enter it in OTHERS" for name in self._in_slices()]
        lost = [said for said, name in zip(lost, self._in_slices(), strict=True) if not room(name)]
        named = {f"govern.{name}" for names in OTHERS.values() for name in names}
        return lost + [f"{name} stands in OTHERS and is no module" for name in sorted(named - self.modules)]

    def _in_slices(self) -> list[str]:
        packages = self.packages - {"govern.protocols.signing.makers"}  # Has code, and is in OTHERS.
        return [name for name in sorted(self.modules) if slice_of(name) and name not in packages]

    def filled_packages(self) -> list[str]:
        """List slice packages with code in `__init__`, which would escape the rooms."""
        packages = sorted(self.packages & self.modules)
        return [
            f"{arrow}, but a package holds no code"
            for arrow in self.arrows
            if slice_of(arrow.source) and arrow.source in packages and not room(arrow.source)
        ]

    def downstream(self) -> list[str]:
        """List imports of a slice by plumbing, and of a later slice by an earlier one."""
        return [
            f"{arrow}, which is downstream"
            for arrow in self.ours
            if arrow.source not in GATHERERS and rank(arrow.target) > rank(arrow.source)
        ]

    def out_of_order(self) -> list[str]:
        """List imports of a later room inside a slice."""
        return [
            f"{arrow}: {room(arrow.source)} come before {room(arrow.target)}"
            for arrow in self.ours
            if arrow.runs
            and slice_of(arrow.source)
            and slice_of(arrow.source) == slice_of(arrow.target)
            and room(arrow.source)
            and room(arrow.target)
            and ROOMS.index(room(arrow.target)) > ROOMS.index(room(arrow.source))
            and arrow.target not in exceptions(arrow.source)
        ]

    def imported_views(self) -> list[str]:
        """List imports of views by modules other than `register` and the application."""
        leaves = {"views": "register", "register": ""}
        return [
            f"{arrow}: nobody imports {room(arrow.target)}"
            for arrow in self.ours
            if room(arrow.target) in leaves
            and arrow.source not in GATHERERS
            and room(arrow.source) != leaves[room(arrow.target)]
        ]

    def barred(self) -> list[str]:
        """List imports that the module's room bars."""
        return [
            f"{arrow}, which is barred from {room(arrow.source)}"
            for arrow in self.arrows
            if arrow.runs
            and slice_of(arrow.source)
            and any(arrow.target == barred or arrow.target.startswith(f"{barred}.") for barred in bars(arrow.source))
            and not (room(arrow.source) in MAY_SETTINGS and arrow.name in HARMLESS.get(arrow.target, ()))
        ]

    def impure(self) -> list[str]:
        """List rules, states and their plumbing that import web or database, directly or indirectly."""
        found = []
        for module in sorted(self.modules):
            if is_pure(module):
                way = self._way_out(module)
                if way:
                    found.append(f"{module} is pure, but {' and '.join(map(str, way))}")
        return found

    def _way_out(self, module: str) -> list[Arrow]:
        reached = {module}
        waiting: list[tuple[str, list[Arrow]]] = [(module, [])]
        while waiting:
            name, way = waiting.pop()
            for arrow in self._running[name]:
                if arrow.target.partition(".")[0] in (*WEB, *DATABASE, *TYPED):
                    return [*way, arrow]
                if arrow.target in self.modules and arrow.target != "govern" and arrow.target not in reached:
                    reached.add(arrow.target)
                    waiting.append((arrow.target, [*way, arrow]))
        return []

    def circles(self) -> list[str]:
        """List import cycles of modules, and of sub-packages without their views."""
        modules: dict[str, set[str]] = {}
        parts: dict[str, set[str]] = {}
        for arrow in self.ours:
            if arrow.runs and not {"govern", "govern.app"} & {arrow.source, arrow.target}:
                modules.setdefault(arrow.source, set()).add(arrow.target)
                one, other = part_of(arrow.source), part_of(arrow.target)
                if one and other and one != other and room(arrow.source) not in {"views", "register"}:
                    parts.setdefault(one, set()).add(other)
        return [*_circle(modules), *_circle(parts)]


@cache
def imports_of(text: str, source: str, is_package: bool) -> tuple[tuple[str, str, int, bool], ...]:
    """List a module's imports, at any depth: the module, the name, the line, and whether it runs."""
    return tuple(_walk(text, source, is_package))


def _walk(text: str, source: str, is_package: bool) -> Iterator[tuple[str, str, int, bool]]:
    never_run = {
        id(inner)
        for node in nodes(text)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for branch in node.body
        for inner in ast.walk(branch)
    }
    for node in nodes(text):
        runs = id(node) not in never_run
        match node:
            case ast.Import(names):
                for alias in names:
                    yield alias.name, "", node.lineno, runs
            case ast.ImportFrom(module, names, level):
                package = source if is_package else source.rpartition(".")[0]
                for _ in range(level - 1):
                    package = package.rpartition(".")[0]
                base = ".".join(filter(None, [package if level else None, module]))
                for alias in names:
                    yield base, alias.name, node.lineno, runs
            case ast.Call(
                ast.Name("import_module" | "__import__") | ast.Attribute(attr="import_module" | "__import__"),
                [ast.Constant(str(name)), *_],
            ):
                yield name, "", node.lineno, runs


def _circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return ["imports in a circle: " + " → ".join(error.args[1])]
    return []
