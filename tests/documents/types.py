"""Every type of document, made from a record; a new type added to `TYPES` is tested with the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from govern.documents.content import Document, Point
from govern.documents.papers.attendance import attendance_document
from govern.documents.papers.correction import CorrectionFacts, correction_document
from govern.documents.papers.duties import DutyLine, DutyListFacts, duty_list_document
from govern.documents.papers.extract import ExtractFacts, cut, extract_document
from govern.documents.papers.notice import Board, NoticeFacts, notice_document, proof_document
from govern.documents.papers.proposal import ProposalFacts, proposal_document
from govern.documents.papers.protocol import protocol_document
from govern.documents.papers.public import public_document, public_facts
from govern.documents.papers.quarter import (
    Decided,
    Followed,
    HeldMeeting,
    OpenMatter,
    QuarterFacts,
    quarter_document,
)
from govern.documents.papers.summons import (
    SummonsFacts,
    SummonsItem,
    agenda_document,
    summons_document,
)
from govern.documents.style import HouseStyle
from govern.record import ProtocolRecord, sha256_of
from govern.swedish import long_date, paragraph_range
from tests.documents.examples import PLACES

STYLE = HouseStyle()


def summons_facts(record: ProtocolRecord) -> SummonsFacts:
    """Return the summons to the meeting."""
    return SummonsFacts(
        body=record.body,
        forum=record.forum,
        meeting=record.meeting,
        items=tuple(
            SummonsItem(
                position=position,
                heading=p.heading,
                kind=p.kind,
                reference=p.reference,
                attachments=tuple(a.title for a in p.attachments),
            )
            for position, p in enumerate(record.paragraphs, 1)
        ),
        called=tuple(p.name for p in record.presence),
        sent=date(2024, 4, 12),
        signed_by="Cilla Berg, sekreterare",
    )


def proposal_facts(record: ProtocolRecord) -> ProposalFacts:
    """Return the officer's proposal behind the paragraph with the most sections."""
    told = max(record.paragraphs, key=lambda p: len(p.sections), default=None)
    return ProposalFacts(
        body=record.body.name,
        forum=record.forum.name,
        heading=told.heading if told else "Utan rubrik",
        reference=(told.reference or "") if told else "",
        author="Karl Nord",
        day=record.meeting.date,
        lead=f"{record.forum.name} föreslås besluta",
        clauses=tuple(c.text for d in (told.decisions if told else ()) for c in d.clauses),
        sections=tuple((s.heading or "Ärendebeskrivning", s.blocks) for p in record.paragraphs for s in p.sections),
        recipients=tuple(r for d in (told.decisions if told else ()) for r in d.recipients),
    )


def notice_facts(record: ProtocolRecord, *, down: bool = False) -> NoticeFacts:
    """Return the notice; a joint board's is on six boards, on the last of which it is not posted unless `down`."""
    boards = tuple(
        Board(name=f"{place} kommun", posted=date(2024, 5, 2), posted_by="Cilla Berg")
        for place in (PLACES if record.regime == "joint_board" else PLACES[:1])
    )
    if down:
        boards = tuple(replace(b, removed=date(2024, 5, 24), removed_by="Cilla Berg") for b in boards)
    elif len(boards) > 1:
        boards = (*boards[:-1], Board(name=boards[-1].name))
    posted = all(board.posted for board in boards)
    return NoticeFacts(
        body=record.body,
        forum=record.forum.name,
        regime=record.regime,
        meeting=record.meeting.date,
        what=f"Protokoll {paragraph_range(record.numbering.first, record.numbering.last)}".strip(),
        adjusted=date(2024, 4, 30),
        kept_at="Kommunkansliet, Torget 1, Älvsby",
        boards=boards,
        appeal_by=date(2024, 5, 23) if posted else None,
        until=date(2024, 5, 24) if posted else None,
    )


def duty_lines(record: ProtocolRecord) -> tuple[DutyLine, ...]:
    """Return each of the record's assignments in every status."""
    given = [(p, a) for p in record.paragraphs for a in p.assignments]
    return tuple(
        DutyLine(
            forum=record.forum.name,
            day=record.meeting.date,
            label=p.label,
            deed=(a.text or p.heading).splitlines()[0],
            points=(
                *(Point("•", line) for line in a.text.splitlines()[1:]),
                *(Point(one.label, one.text, 1) for one in a.alternatives),
                *(Point("•", line) for line in a.addendum.splitlines()),
            ),
            doer=a.assignee,
            stands=stands,
            due=a.due,
            report_to=a.report_to or "",
            latest="2 maj 2024: Kostnaden är räknad." if stands == "reported" else "",
        )
        for p, a in given
        for stands in ("late", "open", "reported", "closed")
    )


def duty_list_facts(record: ProtocolRecord) -> DutyListFacts:
    """Return the list of the forum's assignments."""
    return DutyListFacts(
        body=record.body,
        forum=record.forum.name,
        day=date(2024, 6, 30),
        closed_since=date(2023, 7, 1),
        duties=duty_lines(record),
    )


def quarter_facts(record: ProtocolRecord) -> QuarterFacts:
    """Return the follow-up of the quarter of the meeting, with a subordinate forum that did not meet."""
    forum, day = record.forum.name, record.meeting.date
    numbers = paragraph_range(record.numbering.first, record.numbering.last)
    return QuarterFacts(
        body=record.body,
        forum=forum,
        quarter="kvartal 2 2024",
        first=date(2024, 4, 1),
        last=date(2024, 6, 30),
        forums=(forum, "Arbetsgruppen för drift"),
        meetings=(
            HeldMeeting(
                forum=forum, day=day, place=record.meeting.place, paragraphs=len(record.paragraphs), numbers=numbers
            ),
        ),
        decisions=tuple(
            Decided(
                forum=forum,
                day=day,
                label=p.label,
                heading=p.heading,
                reference=p.reference or "",
                clauses=tuple(c.text for d in p.decisions for c in d.clauses),
            )
            for p in record.paragraphs
            if p.decisions
        ),
        duties=tuple(
            Followed(line=line, given=True, reported=line.stands == "reported", closed=False)
            for line in duty_lines(record)
        ),
        open_matters=tuple(
            OpenMatter(forum=forum, heading=p.heading, since=f"{p.label}, {long_date(day)}", reference="2024/72")
            for p in record.paragraphs[:2]
        ),
    )


def correction_facts(record: ProtocolRecord) -> CorrectionFacts:
    """Return a correction of the first paragraph."""
    return CorrectionFacts(
        body=record.body,
        forum=record.forum.name,
        meeting=record.meeting.date,
        protocol=sha256_of(record),
        label=record.paragraphs[0].label if record.paragraphs else "§ 1",
        heading=record.paragraphs[0].heading if record.paragraphs else "Mötets öppnande",
        old="0226",
        new="2026",
        reason="Årtalet är felskrivet.",
        made=date(2024, 5, 3),
        made_by="Cilla Berg",
        signatures=tuple(s for s in record.signatures if s.role != "secretary"),
    )


def extract_facts(record: ProtocolRecord) -> ExtractFacts:
    """Return an extract of every other paragraph, certified by the secretary."""
    chosen = cut(record, [p.number for p in record.paragraphs][::2])
    return ExtractFacts(
        record=chosen,
        protocol=sha256_of(record),
        certifier="Cilla Berg",
        role="sekreterare",
        made=date(2024, 5, 6),
    )


TYPES: dict[str, Callable[[ProtocolRecord], Document]] = {
    "protocol": protocol_document,
    "summons": lambda record: summons_document(summons_facts(record)),
    "agenda": lambda record: agenda_document(summons_facts(record)),
    "proposal": lambda record: proposal_document(proposal_facts(record)),
    "correction": lambda record: correction_document(correction_facts(record)),
    "attendance": attendance_document,
    "public attendance": lambda record: attendance_document(record, replace(STYLE, public_copy=True)),
    "notice": lambda record: notice_document(notice_facts(record)),
    "proof": lambda record: proof_document(notice_facts(record, down=True)),
    "duties": lambda record: duty_list_document(duty_list_facts(record)),
    "quarter": lambda record: quarter_document(quarter_facts(record)),
    "extract": lambda record: extract_document(extract_facts(record)),
    "public copy": lambda record: public_document(public_facts(record)),
}
"""How each type of document is made from a record."""

HEADS = (
    "Namn Roll Part och parti Närvarande",
    "Namn Part och parti Ja Nej Avstår",
)
"""Header rows of the tables that may continue on, and are repeated on, another page."""
