"""Check that every type of document has an example in `tests/documents/types.py`, which its tests open."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache

from tests.flow.reading import tree


def problems(texts: Mapping[str, str], examples: str) -> list[str]:
    """List documents' functions that no example calls; `examples` is the source of `tests/documents/types.py`."""
    called = used_in_types(examples)
    return [
        f"{name}:{line} {function} has no example in TYPES of tests/documents/types.py"
        for name, text in texts.items()
        for function, line in documents_made(text)
        if function not in called
    ]


@cache
def documents_made(text: str) -> tuple[tuple[str, int], ...]:
    """List a module's public functions `..._document` that return a `Document`, with their lines."""
    return tuple(
        (node.name, node.lineno)
        for node in tree(text).body
        if isinstance(node, ast.FunctionDef)
        and node.name.endswith("_document")
        and not node.name.startswith("_")
        and node.returns is not None
        and ast.unparse(node.returns).rpartition(".")[2] == "Document"
    )


@cache
def used_in_types(examples: str) -> frozenset[str]:
    """Return the names used in the table `TYPES`."""
    tables = [
        node.value
        for node in tree(examples).body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "TYPES" and node.value is not None
    ]
    return frozenset(node.id for table in tables for node in ast.walk(table) if isinstance(node, ast.Name))
