"""Extract the text of a PDF's pages, with PDFium."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pypdfium2

from govern.reading.limits import MOST_PARTS, Unreadable

LOCK = threading.Lock()  # PDFium is not thread-safe.

HYPHEN = re.compile("[\x02\ufffe]\\s*")
"""A word hyphenated at the end of a line, which PDFium marks with a special character."""


def pages(data: bytes) -> Iterator[str]:
    """Yield the text of the pages in order; that of a scanned page is empty.

    Raises:
        Unreadable: if the file is broken or protected by a password.
    """
    with LOCK:
        yield from _pages(data)


def _pages(data: bytes) -> Iterator[str]:
    import pypdfium2  # noqa: PLC0415 — see `texts.HEAVY`.

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"PDF: {error}") from error
    try:
        for number in range(min(len(document), MOST_PARTS)):
            yield _page(document, number)
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, number: int) -> str:
    """Return the text of one page, empty if the page is broken, so that the others are still read."""
    from pypdfium2 import PdfiumError  # noqa: PLC0415 — see `texts.HEAVY`.

    try:
        page = document[number]
        try:
            text = page.get_textpage()
            try:
                return HYPHEN.sub("", str(text.get_text_bounded()))
            finally:
                text.close()
        finally:
            page.close()
    except PdfiumError:
        return ""
