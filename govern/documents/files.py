"""One call a document type: facts to files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from govern.documents.content import Document
from govern.documents.pdf import write_pdf
from govern.documents.protocol import protocol_document
from govern.documents.style import HouseStyle
from govern.documents.summons import SummonsFacts, summons_document
from govern.documents.word import write_docx
from govern.record import ProtocolRecord


@dataclass(frozen=True, slots=True)
class Files:
    """The two files of one document."""

    pdf: bytes
    docx: bytes


def protocol_files(record: ProtocolRecord, style: HouseStyle | None = None) -> Files:
    """Make the protocol's PDF, with a signature field for each signature, and its DOCX with the same page numbers."""
    return _files(protocol_document(record, style))


def protocol_pdf(record: ProtocolRecord, style: HouseStyle | None = None, *, signature_fields: bool = True) -> bytes:
    """Make the protocol's PDF; equal records give equal bytes."""
    return write_pdf(protocol_document(record, style), signature_fields=signature_fields).pdf


def protocol_docx(
    record: ProtocolRecord, style: HouseStyle | None = None, page_numbers: Mapping[str, int] | None = None
) -> bytes:
    """Make the protocol's DOCX; without `page_numbers` the PDF is laid out to find them."""
    return _docx(protocol_document(record, style), page_numbers)


def summons_files(facts: SummonsFacts, style: HouseStyle | None = None) -> Files:
    """Make the summons as PDF and DOCX."""
    return _files(summons_document(facts, style))


def summons_pdf(facts: SummonsFacts, style: HouseStyle | None = None) -> bytes:
    """Make the summons as PDF."""
    return write_pdf(summons_document(facts, style)).pdf


def summons_docx(facts: SummonsFacts, style: HouseStyle | None = None) -> bytes:
    """Make the summons as DOCX."""
    return _docx(summons_document(facts, style), {})


def _files(document: Document) -> Files:
    printed = write_pdf(document)
    return Files(printed.pdf, write_docx(document, printed.page_numbers))


def _docx(document: Document, page_numbers: Mapping[str, int] | None) -> bytes:
    if page_numbers is None:
        page_numbers = write_pdf(document, signature_fields=False).page_numbers
    return write_docx(document, page_numbers)
