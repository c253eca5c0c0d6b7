"""The mutation runner makes the changes that it reports, and planting one changes what the program does."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest

from govern.parties import rules
from tests.mutants import __main__ as command
from tests.mutants.making import ROOT, Finder, Mutant, all_mutants
from tests.mutants.nearby import Nearby
from tests.mutants.running import plant

MADE = {
    "a boundary": ("def f(a): return a < 1", ["a < 1 → a <= 1", "a < 1 → a >= 1", "1 → 2", "1 → 0"]),
    "equality": ("def f(a): return a == b", ["a == b → a != b"]),
    "a condition": ("def f(a):\n if a: return b", ["a → not a"]),
    "a negated one": ("def f(a):\n if not a: return b", ["not a → a"]),
    "both": ("def f(): return a and b", ["a and b → a or b", "a dropped from a and b", "b dropped from a and b"]),
    "a refusal": (
        "def f(): return Refusal.ONE",
        ["Refusal.ONE → None", "Refusal.ONE → Refusal.TWO"],
    ),
    "a rule": ("def refuse_it(): pass", ["refuse_it refuses nothing"]),
    "a tuple": ("A = (b, c)", ["b removed from (b, c)", "c removed from (b, c)"]),
    "a table": ("A = {b: c}", ["b removed from {b: c}"]),
    "a call": ("def f(): enforce(a)", ["enforce(a) removed"]),
    "a decorator": ("@d\ndef f(): pass", ["@d removed from f"]),
    "a default": ("def f(a=True): pass", ["True → False"]),
    "any": ("def f(a): return any(a)", ["any(a): any → all"]),
    "a filter": ("def f(): return [a for a in b if c]", ["if c dropped"]),
    "a clause": ("def f(): return q.where(a, b)", ["a dropped from where()", "b dropped from where()"]),
    "white space": ("def f(a): return a.strip()", ["a.strip() → a"]),
    "what is stored": ("class A(Word):\n ONE = 'one', 'Ett'", ["'one' → 'one_'"]),
    "a type": ("A: tuple[int, int]\ndef f(a: Literal[1]) -> None: pass", []),
    "a docstring": ("def f():\n 'Say it.'", []),
}


def found(source: str) -> tuple[ast.Module, list[Mutant]]:
    """Return a parsed source and its mutants."""
    tree = ast.parse(source)
    finder = Finder(ROOT / "govern" / "x.py", {"Refusal": ["ONE", "TWO"]})
    for statement in tree.body:
        finder.visit(statement)
    return tree, finder.found


@pytest.mark.parametrize(("source", "changes"), MADE.values(), ids=MADE)
def test_what_is_changed(source: str, changes: list[str]) -> None:
    """Each mutant changes the tree by itself, and the result compiles."""
    assert sorted(mutant.change for mutant in found(source)[1]) == sorted(changes)
    for index in range(len(changes)):
        tree, mutants_ = found(source)
        mutants_[index].apply()
        assert ast.dump(tree) != ast.dump(ast.parse(source))
        compile(tree, "x.py", "exec")


def test_a_planted_change_is_seen(tmp_path: Path) -> None:
    """A planted mutant takes effect in a function that others have already imported, in a forked process."""
    path = ROOT / "govern" / "parties" / "rules.py"
    tree = ast.parse(path.read_text())
    (mutant,) = [one for one in all_mutants({path: tree}) if one.change == "refuse_org_number refuses nothing"]
    assert rules.refuse_org_number("x") is rules.Refusal.ORG_NUMBER
    pid = os.fork()
    if not pid:
        code = 1
        try:
            plant(mutant, tree)
            code = 0 if rules.refuse_org_number("x") is None else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert rules.refuse_org_number("x") is rules.Refusal.ORG_NUMBER


@pytest.mark.long
def test_which_tests_are_near() -> None:
    """They share the module's name, import it, or belong to its slice; every module of rules has some."""
    tests = Nearby()
    named, importing, _ = tests.of(ROOT / "govern" / "protocols" / "checks.py")
    assert "tests/protocols/test_checks.py" in named
    assert all(path.startswith("tests/") for path in importing)
    for path in sorted((ROOT / "govern").rglob("*rules.py")):
        assert any(tests.of(path)[:2]), path


@pytest.mark.long
def test_the_sample_changes_with_the_day(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    listed = []
    for seed in ("2026-11-30", "2026-12-01"):
        monkeypatch.setattr(sys, "argv", ["mutants", "--list", "--size", "20", "--seed", seed])
        assert command.main() == 0
        listed.append(capsys.readouterr().out.splitlines())
    assert len(listed[0]) == len(listed[1]) == 20
    assert set(listed[0]) != set(listed[1])
