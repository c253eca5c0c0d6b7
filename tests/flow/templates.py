"""Check that templates hold no inline script or style, which the content security policy blocks.

`tests/html.py` checks the same of the pages that tests open; this sees every branch of a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

ASIDE = re.compile(r"\{#.*?#\}|\{%-?\s*(?:set|macro|with)\b.*?%\}", re.DOTALL)
"""Comments, and what names variables: `{% set once = 1 %}` is no handler."""
INLINE = {
    "an inline style": re.compile(r"""(?<![\w.-])style\s*=(?!=)|<style\b""", re.IGNORECASE),
    "an inline handler": re.compile(r"""(?<![\w.-])on[a-z]+\s*=(?!=)|javascript:""", re.IGNORECASE),
    "an inline script": re.compile(
        r"""<script\b(?![^>]*\b(?:src=|type="(?:application/json|importmap)"))""", re.IGNORECASE
    ),
}


def problems(pages: Mapping[str, str]) -> list[str]:
    """Return every problem of the templates, given by name."""
    return [
        f"{name}:{line} has {what}: put it in a file" for name, text in pages.items() for what, line in _found(text)
    ]


def _found(text: str) -> Iterator[tuple[str, int]]:
    markup = ASIDE.sub(lambda block: "\n" * block[0].count("\n"), text)
    for what, pattern in INLINE.items():
        for match in pattern.finditer(markup):
            yield what, markup.count("\n", 0, match.start()) + 1
