"""Check that what a user is told is Swedish, as far as a few common words show.

A sentence is taken for English if it has a common English word and no common Swedish one. One without either, such as
a single word, passes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache

from tests.flow.reading import last_name, nodes

ENGLISH = re.compile(
    r"\b(?:the|of|and|not|you|your|this|that|with|was|were|are|is|has|have|must|cannot|please|already|only|first|done"
    r"|saved|nothing|try|again|wrong|failed|invalid|missing|too|there|it|can|been|by|from|or)\b",
    re.IGNORECASE,
)
SWEDISH = re.compile(
    r"\b(?:och|att|en|ett|är|det|den|de|inte|på|för|som|med|till|har|av|du|i|om|kan|eller|din|ditt|dina|när|så|vid|ska"
    r"|finns|behöver|från|ingen|inget|här|var|skriv|välj)\b",
    re.IGNORECASE,
)
TELLING = {"flash", "Refused", "TooMany", "ValidationError", "StopValidation"}
"""The calls whose first argument a user reads."""


def problems(texts: Mapping[str, str]) -> list[str]:
    """List refusals and messages in English."""
    return [
        f"{name}:{line} tells the user in English: {sentence}"
        for name, text in texts.items()
        for sentence, line in told(text)
        if is_english(sentence)
    ]


def is_english(sentence: str) -> bool:
    """Return whether the sentence has a common English word and no common Swedish one."""
    return bool(ENGLISH.search(sentence)) and not SWEDISH.search(sentence)


@cache
def told(text: str) -> tuple[tuple[str, int], ...]:
    """List the sentences that a module's refusals and messages consist of, with the lines."""
    return tuple(found for node in _telling(text) for found in _strings(node))


def _telling(text: str) -> Iterator[ast.expr]:
    for node in nodes(text):
        if isinstance(node, ast.ClassDef) and any(last_name(base).endswith("Refusal") for base in node.bases):
            yield from (line.value for line in node.body if isinstance(line, ast.Assign))
        elif isinstance(node, ast.Call) and last_name(node.func) in TELLING and node.args:
            yield node.args[0]


def _strings(node: ast.expr) -> Iterator[tuple[str, int]]:
    """Yield the strings in an expression with their lines, those in an f-string too."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value, part.lineno
