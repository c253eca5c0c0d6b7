"""The XML elements behind python-docx's objects: the only module that uses private attributes of python-docx.

`tests/test_private_parts.py` fails if an upgrade has removed one of them.
"""

from __future__ import annotations

from typing import Any


def element_of(part: Any) -> Any:
    """Return the XML element of a paragraph, a run, a header or a footer."""
    return part._element


def body_of(file: Any) -> Any:
    """Return the body of a document, the parent of new paragraphs."""
    return file._body


def properties_of(section: Any) -> Any:
    """Return the properties (`w:sectPr`) of a section."""
    return section._sectPr


def inline_of(picture: Any) -> Any:
    """Return the element of an inline picture."""
    return picture._inline


def insert_numbering(numbering: Any, number: Any) -> None:
    """Insert a numbering instance (`w:num`) where the schema requires it."""
    numbering._insert_num(number)
