"""What reportlab keeps to itself and Govern needs: the only module that reaches for it.

`tests/test_private_parts.py` says which of it an upgrade has taken away.
"""

from __future__ import annotations

from typing import Any


def operators_of(text: Any) -> list[str]:
    """Return the operators that a text object has written so far, to add to."""
    written: list[str] = text._code
    return written


def page_size(canvas: Any) -> tuple[float, float]:
    """Return the width and height in points of the page that is being drawn."""
    across, up = canvas._pagesize
    return float(across), float(up)


def start_page(canvas: Any) -> None:
    """Begin the next page, without writing the one that is done."""
    canvas._startPage()
