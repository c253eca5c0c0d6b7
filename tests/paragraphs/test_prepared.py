"""An officer's proposal, from writing it to the paragraph that is made from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from govern import richtext
from govern.cases.models import Proposal
from govern.cases.proposals import operations as proposing
from govern.cases.proposals import queries
from govern.cases.proposals.operations import ProposalFacts
from govern.cases.rules import Refusal
from govern.cases.states import ProposalState
from govern.db import db
from govern.errors import Refused
from govern.meetings import operations as meetings
from govern.meetings.rules import Refusal as MeetingRefusal
from govern.paragraphs import operations as paragraphs
from govern.paragraphs.states import Outcome, SectionKind
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.make import AT

FACTS = ProposalFacts(
    heading="Gemensam växel",
    reference="KS 2024/17",
    clauses="att införa en växel\nfördela kostnaden",
    matter="<p>Fem kommuner har <strong>var sin</strong> växel.</p>",
    assessment="<p>Det är billigare.</p>",
    recipients="Björkby kommun\nGranby kommun",
)


@pytest.mark.usefixtures("each_database")
def test_it_becomes_the_paragraph(cast: Cast) -> None:
    """Its clauses become the decision and its parts the sections; a draft cannot be put on an agenda."""
    proposal = proposing.save_proposal(cast.forum, None, FACTS, by=cast.bo, at=AT)
    meeting = make.meeting(cast.forum)
    make.commit()
    with pytest.raises(Refused) as refused:
        meetings.save_item(meeting, None, heading="", kind=None, proposal=proposal, by=cast.cilla, at=AT)
    assert refused.value.sentence == MeetingRefusal.PROPOSAL_DRAFT
    proposing.mark_ready(proposal, by=cast.bo, at=AT)
    item = meetings.save_item(meeting, None, heading="", kind=None, proposal=proposal, by=cast.cilla, at=AT)
    assert (item.heading, item.case) == ("Gemensam växel", proposal.case)
    meetings.open_meeting(meeting, by=cast.cilla, at=AT)
    paragraph = paragraphs.open_item(item, by=cast.cilla, at=AT)
    db.session.expire_all()
    assert [(s.kind, s.heading, richtext.text_of(richtext.from_json(s.body))) for s in paragraph.sections] == [
        (SectionKind.MATTER, "Ärendebeskrivning", "Fem kommuner har var sin växel."),
        (SectionKind.OTHER, "Bedömning", "Det är billigare."),
    ]
    (decision,) = paragraph.decisions
    assert (decision.outcome, decision.lead) == (Outcome.APPROVAL, "Styrgruppen beslutar")
    assert [clause.text for clause in decision.clauses] == ["införa en växel", "fördela kostnaden"]
    assert decision.recipients == ["Björkby kommun", "Granby kommun"]
    assert paragraph.reference == "KS 2024/17"


def test_nobody_writes_over_another(cast: Cast) -> None:
    """A save based on an outdated version is refused, and so is one of a proposal that is ready."""
    proposal = proposing.save_proposal(cast.forum, None, FACTS, by=cast.bo, at=AT)
    proposing.save_proposal(cast.forum, proposal, FACTS, version=1, by=cast.bo, at=AT)
    with pytest.raises(Refused, match="Någon annan"):
        proposing.save_proposal(cast.forum, proposal, FACTS, version=1, by=cast.cilla, at=AT)
    proposing.mark_ready(proposal, by=cast.bo, at=AT)
    with pytest.raises(Refused) as refused:
        proposing.save_proposal(cast.forum, proposal, FACTS, version=2, by=cast.bo, at=AT)
    assert refused.value.sentence == Refusal.READY


def test_its_pages(cast: Cast, browse: Callable[..., Browser]) -> None:
    """Bo writes a proposal; others see it once it is ready; Cilla adds it to the agenda without typing its heading."""
    meeting = make.meeting(cast.forum).id
    make.commit()
    bo = browse("bo")
    bo.get(f"/forum/{cast.forum.slug}/ny-tjansteskrivelse")
    assert "Skriv vad" in bo.submit("Spara", status=422).text(".form-errors")
    page = bo.submit("Spara", heading="Gemensam växel", clauses="att införa en växel", matter="<p>Fem växlar.</p>")
    address = page.url
    assert "att införa en växel" in page.text("article")
    browse("anna").get(address, status=403)
    assert "Gemensam växel" not in browse("anna").get(f"/forum/{cast.forum.slug}/tjansteskrivelser").text("main")
    bo.click("Ändra texten")
    assert "Fem växlar." in bo.submit("Spara", assessment="<p>Bra.</p>").text("article")
    assert "Klar" in bo.submit("Klarmarkera").text(".page-head")
    assert "Bra." in browse("anna").get(address).text("article")
    assert browse("anna").get(f"{address}.pdf").data.startswith(b"%PDF")
    browse("anna").post_json(f"{address}/ta-tillbaka", {}, status=403)
    cilla = browse("cilla")
    cilla.get(f"/moten/{meeting}/foredragningslista")
    proposal_id = db.session.scalars(db.select(Proposal.id)).one()
    page = cilla.submit("Lägg till ärendet", proposal_id=str(proposal_id), minutes="20")
    assert "kl. 09.00 · 20 minuter" in page.text(".reorder")
    assert "slutar mötet kl. 09.20" in page.text("main")
    page = cilla.click("Gemensam växel")
    assert "Tjänsteskrivelse: Gemensam växel" in page.text("main")


def test_those_that_others_may_not_see_do_not_crowd_out_the_rest(
    cast: Cast, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list has room for as many as somebody may see, whatever drafts and secret ones are newer."""
    monkeypatch.setattr(queries, "MOST", 2)
    for heading, state in (("Gemensam växel", ProposalState.READY), ("Utkastet", ProposalState.DRAFT)):
        ready = state is ProposalState.READY
        make.proposal(cast.forum, heading, cast.bo, state=state, ready_at=make.AT if ready else None)
    for heading in ("Anbudet", "Tilldelningen"):
        make.proposal(cast.forum, heading, cast.bo, confidential="OSL 19:3", state=ProposalState.READY)
    make.commit()
    address = f"/forum/{cast.forum.slug}/tjansteskrivelser"
    assert browse("david").get(address).texts(".lines .what > a") == ["Gemensam växel"]
    assert browse("anna").get(address).texts(".lines .what > a") == ["Tilldelningen", "Anbudet"]


def test_a_confidential_paper(cast: Cast, browse: Callable[..., Browser]) -> None:
    """Only the forum's members can read it, not the rest of the collaboration."""
    proposal = make.proposal(cast.forum, "Anbud", cast.bo, confidential="OSL 19:3").id
    make.commit()
    assert "OSL 19:3" in browse("anna").get(f"/tjansteskrivelser/{proposal}").text("main")
    browse("david").get(f"/tjansteskrivelser/{proposal}", status=403)
    browse("david").get(f"/tjansteskrivelser/{proposal}.pdf", status=403)
