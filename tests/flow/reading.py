"""Reading a module's source: its syntax tree, parsed once for all checks."""

from __future__ import annotations

import ast
from functools import cache


@cache
def tree(text: str) -> ast.Module:
    """Return the syntax tree of a source."""
    return ast.parse(text)


@cache
def nodes(text: str) -> tuple[ast.AST, ...]:
    """Return every node of a source's tree."""
    return tuple(ast.walk(tree(text)))


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name; empty for what is no name."""
    match node:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""
