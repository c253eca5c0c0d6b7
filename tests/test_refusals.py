"""Every refusal that a rule can return is named in a test that imports the rule's module or the refusals' module."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.mutants.nearby import imported

ROOT = Path(__file__).parents[1]


def refusals(path: Path) -> dict[str, set[str]]:
    """Return the `refuse_` functions of a module, with the refusals that each one names."""
    return {
        node.name: {
            part.attr
            for part in ast.walk(node)
            if isinstance(part, ast.Attribute) and re.fullmatch(r"\w*Refusal", ast.unparse(part.value))
        }
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith(("refuse_", "_refuse_"))
    }


RULES = {
    f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{name}": named
    for path in sorted((ROOT / "govern").rglob("*.py"))
    for name, named in refusals(path).items()
}
TESTS = {
    path: (path.read_text(), imported(ast.parse(path.read_text()))) for path in sorted((ROOT / "tests").rglob("*.py"))
}


def sources(module: str) -> set[str]:
    """Return the rule's module and the modules from which it imports refusals."""
    tree = ast.parse((ROOT / module.replace(".", "/")).with_suffix(".py").read_text())
    return {module} | {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and any("Refusal" in alias.name for alias in node.names)
    }


@pytest.mark.parametrize("rule", [rule for rule, named in RULES.items() if named])
def test_every_refusal_is_asked_for(rule: str) -> None:
    """A refusal is named as in `Refusal.SEALED`, so that none can be dropped or swapped unnoticed."""
    module = rule.rpartition(".")[0]
    near = sources(module)
    texts = [text for text, used in TESTS.values() if near & used]
    missing = [name for name in sorted(RULES[rule]) if not any(re.search(rf"\.{name}\b", text) for text in texts)]
    assert not missing, f"no test that imports {' or '.join(sorted(near))} names these refusals of {rule}"


def test_the_rules_are_found() -> None:
    assert len(RULES) > 80
