"""Finding the mutants: single small changes to the syntax trees of the modules with legal rules."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MODULES = (
    *("*rules.py", "*states.py", "*access.py", "*checks.py", "*procedure.py", "*attendance.py", "*secrecy.py"),
    *("*plausible.py", "*timing.py", "*deadline.py", "*deadlines.py", "*/terms.py", "*/noting.py", "*/regimes.py"),
)
"""Files that are mutated completely; in all others, only the `refuse_` functions."""
ELSEWHERE = ("govern/search/*", "govern/documents/papers/attendance.py")
"""Files matching those names that contain no legal rules."""


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
        (module_name(path), node.name): [
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
        here = module_name(path)
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


def module_name(path: Path) -> str:
    """Return the name of the module in a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
