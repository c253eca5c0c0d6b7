"""Whether a DOCX from outside can be the base of our documents: it is looked through, opened, and written on once."""

from __future__ import annotations

from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.exceptions import InvalidXmlError
from lxml import etree

from govern import limited
from govern.documents.papers.files import protocol_docx
from govern.documents.papers.sample import sample
from govern.documents.style import HouseStyle
from govern.documents.word.distrust import BaseRefusal, refuse_base
from govern.documents.word.own_base import OwnBase

SECONDS = 20
MEMORY_MB = 1_500
"""What trying it may take: every document written on it later takes a part of that."""

BROKEN = (
    *(KeyError, ValueError, AttributeError, TypeError, IndexError, OSError, RecursionError),
    *(PackageNotFoundError, InvalidXmlError, etree.XMLSyntaxError),
)
"""What opening a DOCX raises that is well packed but makes no sense."""


def refuse_ground(data: bytes) -> BaseRefusal | None:
    """Refuse what is no plain DOCX, holds what it must not, or leaves the text too little room.

    It is tried in a process of its own, which is ended when it takes too much.
    """
    try:
        return limited.run(refuse_tried, data, seconds=SECONDS, memory_mb=MEMORY_MB)
    except limited.TooHeavy:
        return BaseRefusal.BOMB
    except limited.Crashed:
        return BaseRefusal.NOT_DOCX


def refuse_tried(data: bytes) -> BaseRefusal | None:
    """Look the file through, then write a sample on it."""
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
