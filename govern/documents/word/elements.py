"""The XML elements behind python-docx's objects, which it keeps to itself: the only module that reaches for them.

`tests/test_private_parts.py` says which of them an upgrade has taken away.
"""

from __future__ import annotations

from typing import Any


def element_of(part: Any) -> Any:
    """Return the element of a paragraph, a run, a header or a footer."""
    return part._element


def body_of(file: Any) -> Any:
    """Return the body of a document, which paragraphs are made in."""
    return file._body


def properties_of(section: Any) -> Any:
    """Return the properties (`w:sectPr`) of a section."""
    return section._sectPr


def inline_of(picture: Any) -> Any:
    """Return the element of a picture that stands in the text."""
    return picture._inline


def insert_numbering(numbering: Any, number: Any) -> None:
    """Insert a numbering instance (`w:num`) where the schema wants it."""
    numbering._insert_num(number)
