"""Write the files of each document type from its facts, one function for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from govern.documents.content import Document
from govern.documents.papers.attendance import attendance_document
from govern.documents.papers.duties import DutyListFacts, duty_list_document
from govern.documents.papers.notice import NoticeFacts, notice_document, proof_document
from govern.documents.papers.proposal import ProposalFacts, proposal_document
from govern.documents.papers.protocol import protocol_document
from govern.documents.papers.quarter import QuarterFacts, quarter_document
from govern.documents.papers.summons import SummonsFacts, agenda_document, summons_document
from govern.documents.style import HouseStyle
from govern.documents.writers import write_docx, write_pdf
from govern.media import Ending
from govern.record import ProtocolRecord


@dataclass(frozen=True, slots=True)
class Files:
    """The two files of one document."""

    pdf: bytes
    docx: bytes


def protocol_files(record: ProtocolRecord, style: HouseStyle | None = None) -> Files:
    """Write the protocol as PDF, with a field for each signature, and as DOCX with the same page numbers."""
    return _files(protocol_document(record, style))


def protocol_pdf(record: ProtocolRecord, style: HouseStyle | None = None, *, signature_fields: bool = True) -> bytes:
    """Write the protocol as PDF; equal records give equal bytes."""
    return write_pdf(protocol_document(record, style), signature_fields=signature_fields).pdf


def protocol_docx(
    record: ProtocolRecord, style: HouseStyle | None = None, page_numbers: Mapping[str, int] | None = None
) -> bytes:
    """Write the protocol as DOCX; without `page_numbers` the PDF is laid out to find them."""
    return _docx(protocol_document(record, style), page_numbers)


def summons_files(facts: SummonsFacts, style: HouseStyle | None = None) -> Files:
    """Write the summons as PDF and DOCX."""
    return _files(summons_document(facts, style))


def summons_pdf(facts: SummonsFacts, style: HouseStyle | None = None) -> bytes:
    """Write the summons as PDF."""
    return write_pdf(summons_document(facts, style)).pdf


def summons_docx(facts: SummonsFacts, style: HouseStyle | None = None) -> bytes:
    """Write the summons as DOCX."""
    return _docx(summons_document(facts, style), {})


def _files(document: Document) -> Files:
    printed = write_pdf(document)
    return Files(printed.pdf, write_docx(document, printed.page_numbers))


def _docx(document: Document, page_numbers: Mapping[str, int] | None) -> bytes:
    if page_numbers is None:
        page_numbers = write_pdf(document, signature_fields=False).page_numbers
    return write_docx(document, page_numbers)


def attendance_file(record: ProtocolRecord, ending: Ending, style: HouseStyle | None = None) -> bytes:
    """Write the attendance list."""
    return in_format(attendance_document(record, style), ending)


def notice_file(facts: NoticeFacts, ending: Ending, style: HouseStyle | None = None) -> bytes:
    """Write the notice that a protocol has been adjusted."""
    return in_format(notice_document(facts, style), ending)


def proof_file(facts: NoticeFacts, ending: Ending, style: HouseStyle | None = None) -> bytes:
    """Write the proof that a notice was posted."""
    return in_format(proof_document(facts, style), ending)


def duty_list_file(facts: DutyListFacts, ending: Ending, style: HouseStyle | None = None) -> bytes:
    """Write a forum's list of assignments."""
    return in_format(duty_list_document(facts, style), ending)


def quarter_file(facts: QuarterFacts, ending: Ending, style: HouseStyle | None = None) -> bytes:
    """Write the follow-up of a quarter."""
    return in_format(quarter_document(facts, style), ending)


def proposal_file(facts: ProposalFacts, ending: Ending, style: HouseStyle | None = None) -> bytes:
    """Write an officer's paper."""
    return in_format(proposal_document(facts, style), ending)


def agenda_file(facts: SummonsFacts, ending: Ending, style: HouseStyle | None = None) -> bytes:
    """Write the agenda as a separate paper."""
    return in_format(agenda_document(facts, style), ending)


def in_format(document: Document, ending: Ending) -> bytes:
    """Write a document as PDF or DOCX, without signature fields."""
    if ending == "pdf":
        return write_pdf(document, signature_fields=False).pdf
    return _docx(document, None if document.listed() else {})
