"""Check what modules call: the database session and commits only where they belong."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache

from tests.flow.imports import imports_of
from tests.flow.rooms import CALLS_AN_OPERATION, room, slice_of


def problems(texts: Mapping[str, str]) -> list[str]:
    """Return every problem of the modules, given by name."""
    return [*written_in_views(texts), *committed_apart(texts)]


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
