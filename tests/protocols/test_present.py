"""The PDF and the web pages of a protocol describe those present in the same words."""

from __future__ import annotations

from collections.abc import Callable

from govern.db import db
from govern.documents.papers.files import protocol_files
from govern.forums.states import SeatRole
from govern.meetings.presence.operations import add_guest
from govern.notices.publishing import operations as publishing
from govern.outbox import drain
from govern.paragraphs.queries import paragraphs_of
from govern.protocols.freeze import freeze, signers
from govern.protocols.models import Protocol
from govern.protocols.operations import store
from tests import make
from tests.browse import Browser, Page
from tests.cast import Cast
from tests.documents.reading import pdf_pages
from tests.protocols.sealed import held
from tests.protocols.test_correcting import sign_all

Browse = Callable[..., Browser]


def sealed(cast: Cast) -> Protocol:
    """Seal a meeting attended by somebody in each role."""
    meeting = held(cast)[0].meeting
    for name, role in (("Ivar Is", SeatRole.SUBSTITUTE), ("Jon Järv", SeatRole.CO_OPTED), ("Karin Ko", SeatRole.CHAIR)):
        add_guest(meeting, None, name, role=role, party="Norrvik", by=cast.cilla, at=make.AT)
    frozen = freeze(meeting, paragraphs_of(meeting))
    people = [person for _, person in signers(meeting, paragraphs_of(meeting))]
    protocol = store(meeting, frozen, protocol_files(frozen), signers=people, by_id=cast.cilla.id, at=make.AT)
    make.commit()
    return protocol


def on_paper(protocol: Protocol) -> str:
    """Return the text of the cover of the protocol's PDF."""
    return " ".join(pdf_pages(protocol_files(freeze(protocol.meeting, paragraphs_of(protocol.meeting))).pdf)[0].split())


def check(page: Page, paper: str) -> None:
    """Check that each line of the page's attendance list occurs on paper."""
    lines = page.texts(".present .names li")
    assert "Ivar Is ers, Norrvik" in lines
    assert "Jon Järv, Norrvik, adjungerad" in lines
    assert any(line.startswith("Cilla") and line.endswith("sekreterare") for line in lines)
    assert [line for line in lines if line not in paper] == []
    assert page.texts(".present h3") == ["Beslutande", "Övriga deltagare", "Utses att justera"]


def test_paper_and_page_say_the_same_of_those_present(cast: Cast, browse: Browse) -> None:
    """The page of the public copy has the list too."""
    protocol = sealed(cast)
    paper, address = on_paper(protocol), f"/protokoll/{protocol.id}"
    check(browse("cilla").get(address), paper)
    sign_all(protocol)
    copy = publishing.prepare(protocol, by=cast.cilla, at=make.AT)
    publishing.confirm(copy, set(), by=cast.cilla, at=make.AT)
    publishing.publish(db.session.get_one(type(copy), copy.id), by=cast.cilla, at=make.AT)
    copy_id = copy.id
    while drain():
        pass
    page = browse().get(f"/publikt/protokoll/{copy_id}")
    assert "adjungerad" in page.text(".present")
    assert "ers" in page.text(".present")
