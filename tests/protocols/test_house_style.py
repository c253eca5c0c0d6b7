"""A sealed document keeps the style of the time of sealing; later documents get the current style."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import time

import docx
import pytest

from govern.archive.importing import operations as importing
from govern.cases.proposals import printing
from govern.db import db
from govern.forums.house import operations as house_operations
from govern.forums.house.rules import Choices
from govern.forums.states import DecisionOrder, StripRole
from govern.meetings import operations as meetings
from govern.meetings.models import Meeting
from govern.paragraphs import operations as writing
from govern.paragraphs.queries import paragraphs_of
from govern.protocols import operations
from govern.protocols.correcting import operations as correcting
from govern.protocols.immediate import operations as immediate
from govern.protocols.models import Protocol
from govern.protocols.queries import latest_file
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.letterheads import HEAD, letterhead
from tests.documents.reading import pdf_pages
from tests.documents.test_logo import picture
from tests.protocols.test_adjusting import AT, meeting  # noqa: F401 — a fixture
from tests.protocols.test_immediate import under_way  # noqa: F401 — a fixture

Browse = Callable[..., Browser]
NORRA, SODRA = (
    Choices(accent=accent, header_text=f"{name} samverkan", paragraphs_on_own_page=False, strip=(StripRole.SECRETARY,))
    for name, accent in (("Norra", "7a1f3d"), ("Södra", "0057b8"))
)


def words(pdf: bytes) -> str:
    """Return the text of a PDF with white space collapsed."""
    return " ".join(" ".join(pdf_pages(pdf)).split())


def of(protocol: Protocol) -> str:
    """Return the text of a sealed record's PDF."""
    return words(latest_file(protocol).pdf)


@pytest.mark.usefixtures("each_database")
def test_a_protocol_keeps_the_style_of_its_sealing(cast: Cast, meeting: Meeting) -> None:  # noqa: F811
    """Another style afterwards changes no stored byte; a correction made then wears the new one."""
    house_operations.choose(cast.collaboration, NORRA, by=cast.ada, at=AT)
    house_operations.set_logo(cast.collaboration, picture(), "Norras logotyp", by=cast.ada, at=AT)
    house_operations.set_base(cast.collaboration, letterhead(), "brev.docx", by=cast.ada, at=AT)
    protocol = operations.seal(meeting, by=cast.cilla, at=AT)
    assert "Norra samverkan" in of(protocol)
    assert "Sekreterare" in of(protocol)
    assert "Utdragsbestyrkande" not in of(protocol)
    file = docx.Document(io.BytesIO(protocol.docx))
    assert HEAD in file.sections[0].header.paragraphs[0].text
    before = (latest_file(protocol).pdf, protocol.docx, protocol.sha256)
    house_operations.choose(cast.forum, SODRA, by=cast.cilla, at=AT)
    house_operations.drop_base(cast.forum, by=cast.cilla, at=AT)
    db.session.expire_all()
    assert (latest_file(protocol).pdf, protocol.docx, protocol.sha256) == before
    fields = {"old": "Fem kommuner", "new": "Sju kommuner", "reason": "Skrivfel."}
    made = correcting.correct(protocol, 1, **fields, by=cast.cilla, at=protocol.sealed_at)
    assert "Södra samverkan" in of(made)
    assert HEAD not in "".join(p.text for p in docx.Document(io.BytesIO(made.docx)).sections[0].header.paragraphs)


def test_a_paragraph_sealed_at_once_wears_it(cast: Cast, under_way: Meeting) -> None:  # noqa: F811
    house_operations.choose(cast.forum, NORRA, by=cast.cilla, at=AT)
    second = paragraphs_of(under_way)[1]
    writing.set_immediate(second, True, by=cast.cilla, at=AT)
    assert "Norra samverkan" in of(immediate.seal_immediately(second, by=cast.cilla, at=AT))


def test_an_imported_protocol_and_a_proposal_wear_it(cast: Cast, meeting: Meeting) -> None:  # noqa: F811
    """A protocol imported into another forum gets that forum's style."""
    protocol = operations.seal(meeting, by=cast.cilla, at=AT)
    record = protocol.record.replace(b"Fem kommuner", b"Sex kommuner")
    house_operations.choose(cast.elsewhere, NORRA, by=cast.ada, at=AT)
    assert "Norra samverkan" in of(importing.import_record(record, cast.elsewhere, by=cast.ada, at=AT))
    assert "samverkan" not in of(protocol).split("Sammanträdesprotokoll")[0]
    paper = make.proposal(cast.elsewhere, "Gemensam växel", cast.ada)
    make.commit()
    assert "Norra samverkan" in words(printing.printed(paper, AT))


def test_the_page_of_the_protocol_follows_the_order(
    cast: Cast,
    browse: Browse,
    under_way: Meeting,  # noqa: F811
) -> None:
    """The decision comes first or last on the web page too, and the page prints the header text."""
    meetings.close_meeting(under_way, time(12), by=cast.cilla, at=AT)
    protocol = operations.seal(under_way, by=cast.cilla, at=AT)
    for order, first_words in ((DecisionOrder.LAST, "Fem kommuner"), (DecisionOrder.FIRST, "Beslut")):
        house_operations.choose(cast.forum, Choices(decision_order=order, header_text="Norra"), by=cast.cilla, at=AT)
        page = browse("anna").get(f"/protokoll/{protocol.id}")
        assert page.text("#p1").removeprefix("§ 1 Växel (B) ").startswith(first_words)
        assert page.text(".letterhead") == "Norra"
