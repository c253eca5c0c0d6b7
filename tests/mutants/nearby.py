"""Finding the tests that belong to a module."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.mutants.making import ROOT, module_name

MANY = 12
"""More test files than this importing a module say little: then only those of its slice count as near."""


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
        module = module_name(path)
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
