"""Which files and proposals are accepted, and which reasons for secrecy are offered; no database."""

from __future__ import annotations

from typing import Any

import pytest

from govern.cases import rules, secrecy
from govern.cases.rules import Refusal
from govern.cases.states import ProposalState
from govern.documents import remarks
from tests.plain import Row

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP, JPEG, PNG = b"PK\x03\x04", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n"
FILES = {
    "a PDF": ("Kallelse.PDF", b"%PDF-1.7", None),
    "a Word file": ("a.docx", ZIP, None),
    "a workbook": ("a.xlsx", ZIP, None),
    "slides": ("a.pptx", ZIP, None),
    "an OpenDocument text": ("a.odt", ZIP, None),
    "an OpenDocument sheet": ("a.ods", ZIP, None),
    "plain text": ("a.txt", b"Hej", None),
    "a table": ("a.csv", b"a;b", None),
    "PNG": ("a.png", PNG, None),
    "JPG": ("a.jpg", JPEG, None),
    "JPEG": ("a.jpeg", JPEG, None),
    "two dots": ("a.exe.pdf", b"%PDF-1.7", None),
    "a PDF after stray bytes": ("a.pdf", b"\r\n\x00" + b"x" * 1000 + b"%PDF-1.7", None),
    "a PDF too far in": ("a.pdf", b"x" * 1100 + b"%PDF-1.7", Refusal.CONTENT),
    "a message": ("a.eml", b"From: a@b.se\r\n\r\nHej", None),
    "a message from a mailbox": ("a.eml", b"From a@b.se Fri\nDate: x\n\nHej", None),
    "a message of Outlook": ("a.MSG", OLE, None),
    "no message": ("a.eml", b"MZ\x00", Refusal.CONTENT),
    "no message of Outlook": ("a.msg", b"From: a", Refusal.CONTENT),
    "nothing in it": ("a.pdf", b"", Refusal.EMPTY),
    "a program": ("a.exe", b"MZ", Refusal.ENDING),
    "an empty program": ("a.exe", b"", Refusal.ENDING),
    "no ending": ("pdf", b"%PDF-1.7", Refusal.ENDING),
    "an old Word file": ("a.doc", b"\xd0\xcf", Refusal.ENDING),
    "a page": ("a.html", b"<p>", Refusal.ENDING),
    "no PDF": ("a.pdf", b"MZ", Refusal.CONTENT),
    "no Word file": ("a.docx", b"%PDF-1.7", Refusal.CONTENT),
    "no workbook": ("a.xlsx", b"%PDF-1.7", Refusal.CONTENT),
    "no slides": ("a.pptx", b"%PDF-1.7", Refusal.CONTENT),
    "no OpenDocument text": ("a.odt", b"%PDF-1.7", Refusal.CONTENT),
    "no OpenDocument sheet": ("a.ods", b"%PDF-1.7", Refusal.CONTENT),
    "no PNG": ("a.png", JPEG, Refusal.CONTENT),
    "no JPG": ("a.jpg", PNG, Refusal.CONTENT),
    "no JPEG": ("a.jpeg", PNG, Refusal.CONTENT),
}


@pytest.mark.parametrize(("name", "data", "refusal"), FILES.values(), ids=FILES)
def test_a_file_is_what_its_name_says(name: str, data: bytes, refusal: Refusal | None) -> None:
    assert rules.refuse_file(name, data) is refusal


def test_each_ending_is_sent_as_what_it_is() -> None:
    """Browsers rely on the media type to choose how to open a file."""
    office = "application/vnd.openxmlformats-officedocument"
    assert {
        "pdf": "application/pdf",
        "docx": f"{office}.wordprocessingml.document",
        "xlsx": f"{office}.spreadsheetml.sheet",
        "pptx": f"{office}.presentationml.presentation",
        "odt": "application/vnd.oasis.opendocument.text",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "eml": "message/rfc822",
        "msg": "application/vnd.ms-outlook",
        "txt": "text/plain",
        "csv": "text/csv",
        "png": "image/png",
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
    } == rules.ENDINGS


def body(length: int) -> list[dict[str, Any]]:
    """Return a text of one paragraph with this weight."""
    return [{"type": "para", "runs": [{"text": "x" * (length - remarks.LINE)}]}]


def proposal(state: ProposalState = ProposalState.DRAFT, **values: Any) -> Any:
    """Return a proposal in its third version."""
    empty: dict[str, Any] = {name: [] for name in ("clauses", "matter", "basis", "assessment", "consequences")}
    return Row(**empty | {"state": state, "version": 3} | values)


@pytest.mark.parametrize(("version", "refusal"), [(3, None), (2, Refusal.STALE), (4, Refusal.STALE)])
def test_nobody_writes_over_another(version: int, refusal: Refusal | None) -> None:
    assert rules.refuse_proposal_change(proposal(), version) is refusal
    assert rules.refuse_proposal_change(proposal(ProposalState.READY), version) is Refusal.READY


READY = {
    "a clause": (proposal(clauses=["bifalla"]), None),
    "a matter": (proposal(matter=body(100)), None),
    "neither": (proposal(basis=body(100), assessment=body(100), consequences=body(100)), Refusal.NOTHING_WRITTEN),
    "ready already": (proposal(ProposalState.READY, clauses=["bifalla"]), Refusal.READY),
    "as long as can be": (proposal(matter=body(remarks.MOST)), None),
    "a letter longer": (proposal(matter=body(remarks.MOST + 1)), Refusal.TOO_LONG),
    "with a clause": (proposal(matter=body(remarks.MOST), clauses=["x"]), Refusal.TOO_LONG),
    "in its basis": (proposal(clauses=["x"], basis=body(remarks.MOST)), Refusal.TOO_LONG),
    "in its assessment": (proposal(clauses=["x"], assessment=body(remarks.MOST)), Refusal.TOO_LONG),
    "in its consequences": (proposal(clauses=["x"], consequences=body(remarks.MOST)), Refusal.TOO_LONG),
}


@pytest.mark.parametrize(("given", "refusal"), READY.values(), ids=READY)
def test_a_paper_that_is_ready_says_something(given: Any, refusal: Refusal | None) -> None:
    assert rules.refuse_proposal_ready(given) is refusal


def test_the_reasons_for_secrecy_stand_in_the_act() -> None:
    """Chapters and sections of OSL with what they protect, in two groups, exactly as stored with what is secret."""
    groups = dict(secrecy.offered())
    assert list(groups) == ["Det allmännas intressen", "Enskildas intressen"]
    general, personal = ([value for value, _ in rows] for rows in groups.values())
    assert [value.split(" (")[0] for value in general] == [
        *("OSL 17 kap. 1 §", "OSL 18 kap. 8 §", "OSL 18 kap. 13 §", "OSL 19 kap. 1 §", "OSL 19 kap. 3 §"),
        *("OSL 19 kap. 6 §", "OSL 19 kap. 9 §"),
    ]
    assert [value.split(" (")[0] for value in personal] == [
        *("OSL 21 kap. 1 §", "OSL 21 kap. 3 §", "OSL 21 kap. 7 §", "OSL 23 kap. 1 §", "OSL 23 kap. 2 §"),
        *("OSL 26 kap. 1 §", "OSL 31 kap. 16 §", "OSL 39 kap. 2 §"),
    ]
    assert groups["Det allmännas intressen"][0][1] == "Förberedelse för inspektion eller revision, 17 kap. 1 §"
    assert [group for group, _ in secrecy.offered(current=general[0])] == list(groups)
    assert secrecy.chosen(None, None) is None
    assert secrecy.chosen("", "ord") is None
    assert secrecy.chosen(secrecy.OTHER, None) is None
    assert secrecy.chosen(secrecy.OTHER, " ") is None
