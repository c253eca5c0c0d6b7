"""Check that imports only go upstream to earlier slices, and that every module keeps the limits of its room.

A slice is a stage of a meeting's life. It, or each of its sub-packages, is divided into the rooms of `ROOMS`, listed
in the order in which they may import one another. A module belongs to the room that it is named after (`rules`,
`colour_views`); one that is named after its content is listed in `OTHERS` under the room whose limits it keeps.

Imports are read from the syntax tree, including those inside functions. Imports under `if TYPE_CHECKING` never run:
they may cross rooms for a row's type, but not import a later slice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

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
LAST = ("demo", "cli")  # Packages that may use every slice.
GATHERERS = {"govern", "govern.app", "govern.models"}  # app.py collects the pages, models.py the tables.

ROOMS = ("states", "rules", "models", "access", "queries", "operations", "forms", "views", "register")
OTHERS = {
    "rules": (
        "cases.secrecy",
        "meetings.adjusting_deadline",
        "meetings.inviting.calendars",
        "meetings.papers_deadline",
        "meetings.timetable",
        "notices.publishing.first_names",
        "notices.publishing.spotting",
        "notices.terms",
        "paragraphs.attendance",
        "paragraphs.drafting.comparing",
        "paragraphs.drafting.draft",
        "paragraphs.facts",
        "paragraphs.procedure",
        "people.passwords.common_words",
        "people.sessions.browsers",
        "protocols.checks",
        "protocols.verifying.sentences",
    ),
    "models": ("cases.listing",),
    "access": ("forums.readers",),
    "queries": (
        "archive.importing.drafts",
        "archive.log.exporting",
        "archive.log.names",
        "archive.searching.asking",
        "archive.searching.engines",
        "archive.searching.finding",
        "archive.searching.passages",
        "archive.searching.suggesting",
        "archive.timeline",
        "archive.watching.feeding",
        "assignments.followup.listing",
        "assignments.followup.quarter",
        "cases.proposals.printing",
        "meetings.timing",
        "notices.printing",
        "paragraphs.live.timing",
        "paragraphs.live.workspace",
        "protocols.freeze",
        "protocols.verifying.report",
    ),
    "operations": (
        "archive.searching.indexing",
        "archive.watching.mailing",
        "cases.file_texts",
        "meetings.summons.enclosing",
        "meetings.summons.packing",
        "paragraphs.drafting.editors",
        "paragraphs.drafting.versions",
        "paragraphs.drafting.writing",
        "paragraphs.movements",
        "paragraphs.reindexing",
        "people.attempts",
        "people.events",
        "people.factors.passkeys",
        "people.noting",
        "people.passwords.hashing",
        "people.sessions.devices",
        "protocols.adjusting.reminding",
        "protocols.signing.archiving",
        "protocols.signing.keys",
        "protocols.signing.makers",
        "protocols.signing.makers.base",
        "protocols.signing.makers.csc",
        "protocols.signing.makers.federated",
        "protocols.signing.makers.local",
        "protocols.signing.substituting",
        "protocols.verifying.judging",
    ),
    "forms": ("paragraphs.drafting.desk",),
}

WEB = ("flask", "flask_login", "flask_wtf", "flask_babel", "werkzeug")
DATABASE = ("sqlalchemy", "flask_sqlalchemy", "govern.db")
TYPED = ("wtforms", "govern.web.forms")
ACTING = ("govern.audit", "govern.outbox", "govern.mail", "govern.letters", "govern.files")
BARRED = {
    "states": (*WEB, *DATABASE, *TYPED, *ACTING),
    "rules": (*WEB, *DATABASE, *TYPED, *ACTING),
    "models": (*WEB, *TYPED, "govern.audit", "govern.outbox", "govern.mail"),
    "access": (*WEB, *TYPED, *ACTING),
    "queries": (*WEB, *TYPED, "govern.outbox", "govern.mail"),
    "operations": (*WEB, *TYPED),
    "forms": ("flask", "flask_login", "werkzeug", "sqlalchemy", "flask_sqlalchemy", *ACTING),
    "views": ("sqlalchemy", "flask_sqlalchemy", "govern.outbox", "govern.audit"),
}
"""The imports barred in each room. A name covers its submodules: `flask` bars `flask.typing`."""

HARMLESS = {"flask": {"current_app", "url_for", "has_request_context"}}
"""Barred names that some rooms (`MAY_SETTINGS`) may import all the same: the settings, and addresses for letters."""
MAY_SETTINGS = {"forms", "operations", "queries"}
CALLS_AN_OPERATION = {"save_changes", "commit_step", "lock", "lock_anew"}
"""Names of `govern.db` that only operations and what they call may import."""

EXCEPTIONS: Mapping[str, tuple[str, str]] = {
    "people.access": (
        "flask flask_login govern.people.events govern.people.noting",
        "Here a request meets the rights.",
    ),
    "people.background.queries": ("govern.outbox", "The outbox itself is what it shows."),
    "people.sessions.devices": ("flask", "It reads and sets the browser's cookie."),
}
"""Modules with imports that their room bars, and why."""

PURE_ROOMS = ("states", "rules")
PURE_PLUMBING = (
    "record",
    "regimes",
    "bounds",
    "richtext",
    "words",
    "swedish",
    "plausible",
    "markup",
    "errors",
    "documents",
    "reading",
)

PACKAGE = Path(govern.__file__).parent


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


def sources() -> dict[str, str]:
    """Return the source of every module, by its dotted name."""
    return {_dotted(path): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}


def _dotted(path: Path) -> str:
    parts = ("govern", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class House:
    """The package as its imports show it: modules, imports between them, and the problems in these."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Parse the modules' sources, given by name."""
        self.texts = texts
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
            *self.written_in_views(),
            *self.committed_apart(),
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
        reached, waiting = {module}, [(module, [])]
        while waiting:
            name, way = waiting.pop()
            for arrow in self._running[name]:
                if arrow.target.partition(".")[0] in (*WEB, *DATABASE, *TYPED):
                    return [*way, arrow]
                if arrow.target in self.modules and arrow.target != "govern" and arrow.target not in reached:
                    reached.add(arrow.target)
                    waiting.append((arrow.target, [*way, arrow]))
        return []

    def written_in_views(self) -> list[str]:
        """List views and forms that use the session or commit, which only queries and operations may do."""
        pages = {name: text for name, text in self.texts.items() if room(name) in {"forms", "views"}}
        uses = [
            f"{name}:{line} uses db.session.{used}, which is an operation's, or for reading a query's"
            for name, text in pages.items()
            for used, line in session_uses(text)
            if used != "get"
        ]
        return uses + [
            f"{arrow}, which is an operation's"
            for arrow in self.arrows
            if arrow.source in pages and arrow.target == "govern.db" and arrow.name in CALLS_AN_OPERATION
        ]

    def committed_apart(self) -> list[str]:
        """List slices that commit: operations save their changes, and the request's end commits (decision 0032)."""
        return [
            f"{name}:{line} commits; say `save_changes`, or `commit_step` before slow work"
            for name, text in self.texts.items()
            if slice_of(name)
            for line in commits(text)
        ]

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
    return tuple(_walk(ast.parse(text), source, is_package))


def _walk(tree: ast.Module, source: str, is_package: bool) -> Iterator[tuple[str, str, int, bool]]:
    never_run = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for branch in node.body
        for inner in ast.walk(branch)
    }
    for node in ast.walk(tree):
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


@cache
def session_uses(text: str) -> tuple[tuple[str, int], ...]:
    """List what a module uses of the database session, with the lines: a name, or `()` or nothing for the session."""
    used, inner = [], set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "db.session":
            inner.add(id(node.value))
            used.append((node.attr, node.lineno))
        elif ast.unparse(node) == "db.session" and isinstance(node, ast.Attribute) and id(node) not in inner:
            used.append(("", node.lineno))
    return tuple(used)


@cache
def commits(text: str) -> tuple[int, ...]:
    """List the lines where a module calls a method `commit`, of whatever it is."""
    return tuple(
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    )


def _circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return ["imports in a circle: " + " → ".join(error.args[1])]
    return []


def slice_of(module: str) -> str:
    """Return the slice of a module; empty for plumbing, and for modules that may use every slice."""
    first = ([*module.split("."), ""])[1]
    return first if first in SLICES else ""


def rank(module: str) -> int:
    """Return the position of a module in the order of slices; 0 is plumbing."""
    order = (*SLICES, *LAST)
    first = ([*module.split("."), ""])[1]
    return order.index(first) + 1 if first in order else 0


@cache
def room(module: str) -> str:
    """Return the room of a module in its slice; empty outside the slices, and for modules that belong to none."""
    if not slice_of(module):
        return ""
    last = module.rpartition(".")[2].rpartition("_")[2]
    if last in ROOMS:
        return last
    return next((name for name, modules in OTHERS.items() if module.removeprefix("govern.") in modules), "")


def bars(module: str) -> tuple[str, ...]:
    """Return the imports barred for a module."""
    return tuple(name for name in BARRED.get(room(module), ()) if name not in exceptions(module))


def exceptions(module: str) -> list[str]:
    """Return the barred imports that a module may have nevertheless."""
    return EXCEPTIONS.get(module.removeprefix("govern."), ("", ""))[0].split()


def is_pure(module: str) -> bool:
    """Return whether a module must run without web and database."""
    return room(module) in PURE_ROOMS or any(
        module == f"govern.{name}" or module.startswith(f"govern.{name}.") for name in PURE_PLUMBING
    )


def part_of(module: str) -> str:
    """Return the sub-package of a slice that a module is in, or an empty string."""
    parts = module.split(".")
    return ".".join(parts[:3]) if slice_of(module) and len(parts) > 3 else ""
