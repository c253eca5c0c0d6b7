"""The two document writers, imported with the first document: reportlab, pyHanko and python-docx load slowly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from govern.documents.content import Document

if TYPE_CHECKING:
    from govern.documents.pdf.writer import Printed


def write_pdf(document: Document, *, signature_fields: bool = True) -> Printed:
    """Write the document as PDF; with `signature_fields` each signature line gets an empty signature field.

    Raises:
        TooMuchToSet: if it takes more steps than allowed.
    """
    from govern.documents.pdf import writer  # noqa: PLC0415 — see this module's docstring.

    return writer.write_pdf(document, signature_fields=signature_fields)


def write_docx(document: Document, page_numbers: Mapping[str, int]) -> bytes:
    """Write the document as DOCX; the contents show `page_numbers` (by anchor) until Word updates its fields.

    Raises:
        TooMuchToSet: if it takes more steps than allowed.
    """
    from govern.documents.word import writer  # noqa: PLC0415 — see this module's docstring.

    return writer.write_docx(document, page_numbers)
