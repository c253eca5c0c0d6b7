"""Check what modules call: the session and commits where they belong, and one operation for one request."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import cache

from tests.flow.imports import imports_of
from tests.flow.reading import nodes, tree
from tests.flow.rooms import CALLS_AN_OPERATION, room, slice_of


def problems(texts: Mapping[str, str]) -> list[str]:
    """Return every problem of the modules, given by name."""
    return [*written_in_views(texts), *committed_apart(texts), *several_operations(texts)]


def written_in_views(texts: Mapping[str, str]) -> list[str]:
    """List views and forms that use the session or commit, which only queries and operations may do."""
    pages = {name: text for name, text in texts.items() if room(name) in {"forms", "views"}}
    uses = [
        f"{name}:{line} uses db.session.{used}, which is an operation's, or for reading a query's"
        for name, text in pages.items()
        for used, line in session_uses(text)
        if used != "get"
    ]
    return uses + [
        f"{name}:{line} imports {imported}, which is an operation's"
        for name, text in pages.items()
        for target, imported, line, _ in imports_of(text, name, False)
        if target == "govern.db" and imported in CALLS_AN_OPERATION
    ]


def committed_apart(texts: Mapping[str, str]) -> list[str]:
    """List slices that commit: operations save their changes, and the request's end commits (decision 0032)."""
    return [
        f"{name}:{line} commits; say `save_changes`, or `commit_step` before slow work"
        for name, text in texts.items()
        if slice_of(name)
        for line in commits(text)
    ]


@cache
def session_uses(text: str) -> tuple[tuple[str, int], ...]:
    """List what a module uses of the database session, with the lines: a name, or `()` or nothing for the session."""
    used, inner = [], set()
    for node in nodes(text):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "db.session":
            inner.add(id(node.value))
            used.append((node.attr, node.lineno))
        elif isinstance(node, ast.Attribute) and id(node) not in inner and ast.unparse(node) == "db.session":
            used.append(("", node.lineno))
    return tuple(used)


@cache
def commits(text: str) -> tuple[int, ...]:
    """List the lines where a module calls a method `commit`, of whatever it is."""
    return tuple(
        node.lineno
        for node in nodes(text)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    )


def several_operations(texts: Mapping[str, str]) -> list[str]:
    """List functions of views that call more than one operation in one request, which should be one operation.

    What takes `by=` and `at=` and is no rule is an operation. One call in a loop is several; calls in branches that
    exclude each other are one. Calls through a helper of the same module are not followed.
    """
    return [
        f"{name}:{line} {function} calls {count} operations in one request; make them one"
        for name, text in texts.items()
        if room(name) == "views"
        for function, line, count in most_operations(text)
        if count > 1
    ]


@cache
def most_operations(text: str) -> tuple[tuple[str, int, int], ...]:
    """List a module's functions, with their lines and the most calls of operations on one way through each."""
    functions = [node for node in tree(text).body if isinstance(node, ast.FunctionDef)]
    return tuple((node.name, node.lineno, max(_ways(node.body))) for node in functions)


def _ways(body: Sequence[ast.stmt], before: int = 0) -> tuple[int, int]:
    """Return the most calls on the ways that return within the statements, and on those that continue; -1 for none."""
    left = -1
    for statement in body:
        sides: list[list[ast.stmt]]
        match statement:
            case ast.Return() | ast.Raise():
                return max(left, before + _operations(statement)), -1
            case ast.If(test, then, otherwise):
                before, sides = before + _operations(test), [then, otherwise]
            case ast.Match(_, cases):
                sides = [[], *(case.body for case in cases)]
            case ast.For(body=inner) | ast.While(body=inner):
                sides = [[*inner, *inner]]
            case ast.With(body=inner) | ast.FunctionDef(body=inner):
                sides = [inner]
            case ast.Try(inner, handlers, otherwise, last):
                sides = [[*inner, *otherwise, *last], *(handler.body for handler in handlers)]
            case _:
                before += _operations(statement)
                continue
        ways = [_ways(side, before) for side in sides]
        left = max(left, *(returned for returned, _ in ways))
        before = max(continued for _, continued in ways)
        if isinstance(statement, ast.FunctionDef):
            before = max(before, left)
        if before < 0:
            break
    return left, before


def _operations(node: ast.AST) -> int:
    calls = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    return sum(
        {"by", "at"} <= {keyword.arg for keyword in call.keywords}
        and not ast.unparse(call.func).rpartition(".")[2].startswith("refuse_")
        for call in calls
    )
