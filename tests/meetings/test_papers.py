"""The papers before a meeting: the agenda, and an officer's paper, each as PDF and as Word."""

from __future__ import annotations

from collections.abc import Callable

from govern.meetings.models import AgendaItem
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.reading import pdf_pages

Browse = Callable[..., Browser]


def test_the_agenda_is_a_paper_of_its_own(cast: Cast, browse: Browse) -> None:
    """Nobody is called by it; who does not sit there reads no confidential heading in it."""
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
