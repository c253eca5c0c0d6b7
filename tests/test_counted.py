"""A number of things is written with the singular for one of them, in sentences and on pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from govern.swedish import counted

ROOT = Path(__file__).parents[1]
PLURALS = (
    "anteckningar|arbeten|bilagor|dagar|delar|filer|frågor|gånger|handlingar|koder|kolumner|kommuner|lästa|månader|"
    "minuter|notiser|paragrafer|personer|platser|punkter|rader|raderna|röster|sekunder|sidor|ställen|synpunkter|"
    "sökningar|texter|timmar|träffar|underskrifter|uppdragen|varningar|veckor|återställningskoder"
)
PLURAL = re.compile(rf"[ \u00a0](?:nya |sökbara |sparade )?(?:{PLURALS})\b")
BARE = re.compile(rf"\}}\}}{PLURAL.pattern}|~ ?\"{PLURAL.pattern}")
GUARDED = re.compile(r"(?:==|>) 1\b|pages > 1|\blag\b")
"""What makes a number other than one: a condition on it, a page of several, or minutes rounded to five."""


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0 rader"), (1, "1 rad"), (2, "2 rader"), (12345, "12\u00a0345 rader"), (-1, "-1 rader")]
)
def test_a_number_of_things(value: int, words: str):
    assert counted(value, "rad", "rader") == words


def bare_counts(tree: ast.AST, guarded: bool = False) -> Iterator[ast.AST]:
    """Yield the number in each f-string that a plural follows, outside a condition on it; a constant is never one."""
    for node in ast.iter_child_nodes(tree):
        inside = guarded or (isinstance(node, ast.IfExp) and " == 1" in ast.unparse(node.test))
        if isinstance(node, ast.JoinedStr) and not inside:
            for value, after in zip(node.values, node.values[1:], strict=False):
                if not isinstance(value, ast.FormattedValue) or not isinstance(after, ast.Constant):
                    continue
                if PLURAL.match(str(after.value)) and not ast.unparse(value.value).isupper():
                    yield value.value
        yield from bare_counts(node, inside)


ALWAYS_MORE = {
    "govern/archive/exporting/queries.py": {"self.total"},  # More than the most that are exported.
    "govern/assignments/carrying/views.py": {"count"},  # Zero and one have sentences of their own.
    "govern/background.py": {"seconds"},  # The time limit of a duty, a minute or more.
    "govern/documents/remarks.py": {"len(planned.parts)"},  # A table in parts has at least two.
    "govern/regimes.py": {"self.adjust_within"},  # Fourteen days.
}


def test_no_sentence_counts_one_of_something_in_the_plural():
    found = {}
    for path in sorted((ROOT / "govern").rglob("*.py")):
        counts = {ast.unparse(node) for node in bare_counts(ast.parse(path.read_text()))}
        if counts:
            found[path.relative_to(ROOT).as_posix()] = counts
    assert found == ALWAYS_MORE


def test_no_page_counts_one_of_something_in_the_plural():
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text()
        for line in text.splitlines():
            if BARE.search(line) and not GUARDED.search(line) and "{% if page.pages > 1 %}" not in text:
                found.append((path.relative_to(ROOT).as_posix(), line.strip()))
    assert found == []
