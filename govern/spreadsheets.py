"""Text in the cells of exported spreadsheets."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Prefixes that a spreadsheet would interpret as a formula (OWASP: CSV injection)."""


def safe(text: str) -> str:
    """Prefix a text with an apostrophe if a spreadsheet would interpret it as a formula."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) or text.startswith(FORMULA) else text
