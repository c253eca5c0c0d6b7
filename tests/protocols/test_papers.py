"""The attendance list of a sealed protocol leaves out what its reader may not see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from govern.documents.papers.files import Files
from govern.meetings.states import MeetingState
from govern.protocols.models import Protocol
from govern.protocols.operations import store
from govern.record import Ballot, Vote
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.examples import record
from tests.documents.reading import pdf_pages

Browse = Callable[..., Browser]


def secretly_voted(cast: Cast) -> Protocol:
    """Seal a protocol whose confidential § 43 holds a ballot."""
    ballot = Ballot(
        method="open", question="Ska avtalet sägas upp?", yes_means="uppsägning", no_means="avslag",
        yes=1, no=0, abstain=0, votes=(Vote(name="Bo Åkerblom", choice="yes"),),
    )  # fmt: skip
    source = record()
    paragraphs = tuple(replace(p, ballots=(ballot,)) if p.confidential else p for p in source.paragraphs)
    meeting = make.meeting(cast.forum, source.meeting.date, MeetingState.CLOSED)
    files = Files(b"%PDF-1.7", b"PK")
    protocol = store(
        meeting,
        replace(source, paragraphs=paragraphs),
        files,
        signers=[None] * len(source.signatures),
        by_id=cast.cilla.id,
        at=make.AT,
    )
    make.commit()
    return protocol


def said(data: bytes) -> str:
    """Return the text of a PDF."""
    return " ".join(" ".join(pdf_pages(data)).split())


def test_the_list_is_beside_the_protocol(cast: Cast, browse: Browse) -> None:
    protocol = secretly_voted(cast)
    browser = browse("anna")
    browser.get(f"/protokoll/{protocol.id}")
    whole = said(browser.click("Närvarolistan som PDF").data)
    assert "tjg. för Hilda Strand" in whole
    assert "uppsägning" in whole
    browser.get(f"/protokoll/{protocol.id}")
    assert browser.click("Närvarolistan som Word").data.startswith(b"PK")


def test_who_does_not_sit_there_reads_nothing_secret(cast: Cast, browse: Browse) -> None:
    protocol = secretly_voted(cast)
    public = said(browse("david").get(f"/protokoll/{protocol.id}/narvarolista.pdf").data)
    assert "Bo Åkerblom" in public
    assert "uppsägning" not in public
    assert "§ 43" not in public
    browse().get(f"/protokoll/{protocol.id}/narvarolista.pdf", status=303, follow=False)
