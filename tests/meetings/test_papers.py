"""The papers before a meeting: the agenda and an officer's proposal, each as PDF and Word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from govern.cases.states import ProposalState
from govern.db import now
from govern.meetings import operations, papers_deadline
from govern.meetings.models import AgendaItem
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.reading import pdf_pages

Browse = Callable[..., Browser]


def test_the_agenda_is_a_paper_of_its_own(cast: Cast, browse: Browse) -> None:
    """It does not name those called, and shows no confidential heading to others than the forum's members."""
    meeting = make.meeting(cast.forum)
    make.add(AgendaItem(meeting=meeting, position=1, heading="Gemensam växel"))
    make.add(AgendaItem(meeting=meeting, position=2, heading="Skyddad person", confidential="19 kap. 3 § OSL"))
    make.commit()
    browser = browse("bo")
    browser.get(f"/moten/{meeting.id}/foredragningslista")
    own = " ".join(" ".join(pdf_pages(browser.click("Föredragningslistan som PDF").data)).split())
    assert "Skyddad person" in own
    assert "Kallade" not in own
    others = browse("david").get(f"/moten/{meeting.id}/foredragningslista.pdf").data
    assert "Gemensam växel" in " ".join(pdf_pages(others))
    assert "Skyddad person" not in " ".join(pdf_pages(others))
    browser.get(f"/moten/{meeting.id}/foredragningslista")
    assert browser.click("Föredragningslistan som Word").data.startswith(b"PK")


def test_a_reader_finds_the_papers_that_are_open_to_them(cast: Cast, browse: Browse) -> None:
    """Papers are links and late ones are marked; of a secret paper neither the name nor the lateness is shown."""
    meeting = make.meeting(cast.forum)
    ready = make.proposal(
        cast.forum, "Gemensam växel", cast.cilla, state=ProposalState.READY, ready_at=make.AT - timedelta(days=60)
    )
    item = make.add(AgendaItem(meeting=meeting, position=1, heading="Växeln", proposal=ready))
    make.commit()
    by = {"by": cast.cilla, "at": now()}  # Long after the deadline.
    operations.add_paper(item, "hemlig.txt", b"a", "Hemlig bilaga", confidential="19 kap. 3 § OSL", **by)
    address = f"/moten/{meeting.id}/foredragningslista"
    for name, sees in (("bo", True), ("david", False)):
        browser = browse(name)
        page = browser.get(address)
        assert ("Hemlig bilaga" in page.text("main"), "Sen handling" in page.text("main")) == (sees, sees), name
        assert browser.click("Tjänsteskrivelse: Gemensam växel").text("h1") == "Gemensam växel"
    operations.add_paper(item, "karta.txt", b"b", "Karta", confidential=None, **by)
    for name in ("bo", "david"):
        browser = browse(name)
        assert "Sen handling" in browser.get(address).text("main")
        assert browser.click("Karta").data == b"b"


def test_a_last_day_that_has_passed_is_spoken_of_as_past(cast: Cast, browse: Browse) -> None:
    """The past tense is used after the deadline, even while the meeting can still be opened."""
    ahead = make.meeting(cast.forum, now().date() + timedelta(days=300))
    over = make.meeting(cast.forum, now().date() + timedelta(days=1))
    make.commit()
    bo = browse("bo")
    assert "Ska vara inne senast" in bo.get(f"/moten/{ahead.id}/foredragningslista").text("aside")
    assert "Skulle vara inne senast" in bo.get(f"/moten/{over.id}/foredragningslista").text("aside")


def test_the_last_day_is_over_at_its_midnight(cast: Cast) -> None:
    """The deadline is midnight Swedish time, to the second."""
    meeting = make.meeting(cast.forum)
    end = papers_deadline.deadline(meeting)
    assert not papers_deadline.past(meeting, end - timedelta(seconds=1))
    assert papers_deadline.past(meeting, end)


def test_an_officers_paper_is_read_as_pdf_and_as_word(cast: Cast, browse: Browse) -> None:
    paper = make.proposal(
        cast.forum, "Gemensam växel", cast.cilla, clauses=["införa en växel"], recipients=["Björkby kommun"],
        assessment=[{"type": "para", "runs": [{"text": "Det lönar sig."}]}],
    )  # fmt: skip
    make.commit()
    browser = browse("cilla")
    browser.get(f"/tjansteskrivelser/{paper.id}")
    said = " ".join(" ".join(pdf_pages(browser.click("Tjänsteskrivelsen som PDF").data)).split())
    for words in ("att införa en växel", "Bedömning", "Det lönar sig.", "Beslutet skickas till", "Björkby kommun"):
        assert words in said
    browser.get(f"/tjansteskrivelser/{paper.id}")
    assert browser.click("Tjänsteskrivelsen som Word").data.startswith(b"PK")
