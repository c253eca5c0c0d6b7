"""Access to private attributes of reportlab: the only module that uses them.

`tests/test_private_parts.py` fails if an upgrade has removed one of them.
"""

from __future__ import annotations

from typing import Any


def operators_of(text: Any) -> list[str]:
    """Return the list of operators of a text object, to append to."""
    written: list[str] = text._code
    return written


def page_size(canvas: Any) -> tuple[float, float]:
    """Return the width and height of the current page, in points."""
    across, up = canvas._pagesize
    return float(across), float(up)


def start_page(canvas: Any) -> None:
    """Begin the next page without writing the current one."""
    canvas._startPage()
