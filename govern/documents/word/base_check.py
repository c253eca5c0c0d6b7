"""Check whether an uploaded DOCX can be the base of documents: validate it, open it, and write a sample on it."""

from __future__ import annotations

from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.exceptions import InvalidXmlError
from lxml import etree

from govern import limited
from govern.documents.papers.files import protocol_docx
from govern.documents.papers.sample import sample
from govern.documents.style import HouseStyle
from govern.documents.word.own_base import OwnBase
from govern.documents.word.untrusted import BaseRefusal, refuse_base

SECONDS = 20
MEMORY_MB = 1_500
"""The limits for trying a base; writing a document on it later costs only a part of that."""

BROKEN = (
    *(KeyError, ValueError, AttributeError, TypeError, IndexError, OSError, RecursionError),
    *(PackageNotFoundError, InvalidXmlError, etree.XMLSyntaxError),
)
"""The errors raised by a DOCX that is a valid package with invalid content."""


def refuse_unusable_base(data: bytes) -> BaseRefusal | None:
    """Return why a file cannot be a base: it is no plain DOCX, has forbidden content, or too small a text area.

    It is tried in a separate process, which is killed if it exceeds its limits.
    """
    try:
        return limited.run(refuse_opened, data, seconds=SECONDS, memory_mb=MEMORY_MB)
    except limited.TooHeavy:
        return BaseRefusal.BOMB
    except limited.Crashed:
        return BaseRefusal.NOT_DOCX


def refuse_opened(data: bytes) -> BaseRefusal | None:
    """Validate the file, then write a sample on it."""
    refusal = refuse_base(data)
    if refusal is not None:
        return refusal
    style = HouseStyle(base=data)
    try:
        if OwnBase(data, style.accent).narrow:
            return BaseRefusal.NARROW
        protocol_docx(sample("", ""), style, {})
    except BROKEN:
        return BaseRefusal.NOT_DOCX
    return None
