"""Which DOCX files can be the base of documents: checked, measured and tried in this process."""

from __future__ import annotations

from typing import Any

import pytest
from docx.shared import Mm

from govern.documents.word.base_check import refuse_opened
from govern.documents.word.untrusted import MOST_BYTES, BaseRefusal, refuse_base
from tests.documents.letterheads import letterhead, replaced, with_field


def narrow(file: Any) -> None:
    """Set a right margin that leaves too little room for text."""
    file.sections[0].right_margin = Mm(110)


GROUNDS = {
    "a letterhead": (letterhead(), None),
    "nothing": (b"", BaseRefusal.NO_FILE),
    "no DOCX": (b"PK\x03\x04", BaseRefusal.NOT_DOCX),
    "one that fetches": (with_field(" INCLUDETEXT c:\\\\a.txt"), BaseRefusal.EXTERNAL),
    "one without room": (letterhead(narrow), BaseRefusal.NARROW),
    "one that makes no sense": (replaced("word/styles.xml", "<w:styles", "<w:stylez"), BaseRefusal.NOT_DOCX),
}


@pytest.mark.parametrize(("data", "refusal"), GROUNDS.values(), ids=GROUNDS)
def test_what_is_written_on(data: bytes, refusal: BaseRefusal | None) -> None:
    assert refuse_opened(data) is refusal


@pytest.mark.parametrize(("more", "too_large"), [(0, False), (1, True)])
def test_the_last_byte(more: int, too_large: bool) -> None:
    data = letterhead()
    filled = data + b"\0" * (MOST_BYTES - len(data) + more)
    assert (refuse_base(filled) is BaseRefusal.TOO_LARGE) is too_large
