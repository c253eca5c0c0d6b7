"""Who sees a paper: pages, search and SQL agree, in whatever order it was listed."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from govern.archive.queries import names_withheld
from govern.archive.searching import indexing, suggesting
from govern.cases.access import EVERYTHING, proposal_hidden_sql, sees, sees_attachment, standing_of
from govern.cases.models import Attachment, Proposal
from govern.cases.states import ProposalState
from govern.db import db
from govern.forums.readers import reader
from govern.forums.states import SeatRole
from govern.meetings import operations as meetings
from govern.meetings.access import opens
from govern.meetings.models import AgendaItem, Meeting, Summons, SummonsPackage, SummonsPaper
from govern.meetings.states import MeetingState
from govern.paragraphs import operations
from govern.paragraphs.queries import paragraphs_of
from govern.people.models import Person
from govern.protocols.freeze import freeze
from govern.record import WITHHELD_PAPER, is_secret, open_parts
from tests import make
from tests.cast import Cast

TODAY = date(2026, 11, 29)
SECRET = "OSL 19 kap. 3 §"
PLACES = ("open item", "secret item", "open draft", "secret draft", "open sealed", "secret sealed")


def lay(cast: Cast, place: str, paper: Attachment) -> None:
    """List the paper at a place."""
    how, what = place.split()
    reason = SECRET if how == "secret" else None
    state = MeetingState.SEALED if what == "sealed" else MeetingState.OPEN
    meeting = make.meeting(cast.forum, state=state)
    if what == "item":
        item = make.add(AgendaItem(meeting=meeting, position=1, heading="Ärende", confidential=reason))
        item.papers.append(paper)
    else:
        series = make.series(cast.forum, scope=f"{place}{meeting.id}")
        paragraph = make.paragraph(meeting, series, "Ärende", cast.cilla, confidential=reason)
        paragraph.attachments.append(paper)
    db.session.flush()


def expected(places: tuple[str, ...], own: bool) -> bool:
    """Return whether the rest of the collaboration may see the paper."""
    secret = own or any(place.startswith("secret") for place in places)
    told = any(not place.endswith("draft") for place in places)
    return told and not secret


@pytest.mark.parametrize("own", [False, True], ids=["open itself", "secret itself"])
def test_a_paper_is_as_secret_as_its_most_secret_place(app: Flask, cast: Cast, own: bool) -> None:
    """This holds for any two places in either order; pages and search terms agree."""
    for places in ((), *itertools.product(PLACES, repeat=1), *itertools.permutations(PLACES, 2)):
        paper = make.attachment("Handling", cast.cilla)
        paper.confidential = SECRET if own else None
        for place in places:
            lay(cast, place, paper)
        readers = standing_of(paper).readers(cast.collaboration.id)
        for person, sits in ((cast.anna, True), (cast.cilla, True), (cast.ada, True), (cast.david, False)):
            may = bool(places) and (sits or expected(places, own))
            assert sees_attachment(person, paper) == may, (person.name, places)
            found = bool(readers & reader(person, TODAY).terms) and bool(places)
            assert found == may, (person.name, places)
        assert not sees_attachment(None, paper)
        assert EVERYTHING in readers


def test_an_officers_paper_follows_what_it_is_treated_on(app: Flask, cast: Cast) -> None:
    """The page and SQL agree on its own secrecy and that of its item and of the paragraph opened from it."""
    gone = make.add(Person(name="Gun Gammal"))
    make.seat(cast.forum, gone, SeatRole.MEMBER, starts_on=make.DAY, ends_on=make.DAY + timedelta(days=1))
    for own, item_secret, paragraph_secret in itertools.product((None, SECRET), repeat=3):
        paper = make.proposal(cast.forum, "Skrivelse", cast.bo, confidential=own)
        meeting = make.meeting(cast.forum, state=MeetingState.OPEN)
        item = make.add(AgendaItem(meeting=meeting, position=1, heading="Ärende", confidential=item_secret))
        item.proposal = paper
        series = make.series(cast.forum, scope=f"p{meeting.id}")
        make.paragraph(meeting, series, "Ärende", cast.cilla, agenda_item=item, confidential=paragraph_secret)
        secret = bool(own or item_secret or paragraph_secret)
        for person, sits in ((cast.bo, True), (cast.cilla, True), (cast.ada, True), (cast.david, False), (gone, False)):
            assert sees(person, paper) == (sits or not secret), person.name
            shown = select(Proposal.id).where(Proposal.id == paper.id, ~proposal_hidden_sql(person, TODAY))
            assert (db.session.scalar(shown) is not None) == (sits or not secret), person.name


def test_what_leaves_a_secret_takes_the_secrecy_along(app: Flask, cast: Cast) -> None:
    """A paper detached from a secret item or paragraph stays secret even if that becomes public."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN)
    item = make.add(AgendaItem(meeting=meeting, position=1, heading="Ärende", confidential=SECRET, note=""))
    item.proposal = make.proposal(cast.forum, "Skrivelse", cast.bo)
    lies, both = make.attachment("Handling", cast.cilla), make.attachment("Bilaga", cast.cilla)
    item.papers.extend([lies, both])
    paragraph = make.paragraph(meeting, make.series(cast.forum), "Ärende", cast.cilla, confidential=SECRET)
    paragraph.agenda_item = item
    paragraph.attachments.append(both)
    make.commit()
    proposal = item.proposal
    operations.remove_attachment(paragraph, both, by=cast.cilla, at=make.AT)
    meetings.remove_paper(item, lies, by=cast.cilla, at=make.AT)
    meetings.save_item(meeting, item, heading="Ärende", kind=None, by=cast.cilla, at=make.AT)
    paragraph.confidential = item.confidential = None
    make.commit()
    assert not sees_attachment(cast.david, both)
    assert not sees_attachment(cast.david, lies)
    assert not sees(cast.david, proposal)
    assert sees(cast.anna, proposal)


@pytest.mark.parametrize("what", ["item", "item since always", "proposal", "paper"])
def test_a_package_that_was_sent_closes_when_something_in_it_is_made_secret(app: Flask, cast: Cast, what: str) -> None:
    """It contains what was public then; from now on only members can open it."""
    meeting, paper, proposal = _called(cast)
    package = meeting.summonses[0].packages[0]
    assert opens(cast.david, package)
    item = meeting.agenda[0]
    match what:
        case "item":
            meetings.withhold_item(item, SECRET, by=cast.cilla, at=make.AT + timedelta(hours=1))
        case "item since always":
            item.confidential = SECRET
        case "proposal":
            proposal.confidential = SECRET
        case "paper":
            paper.confidential = SECRET
    make.commit()
    assert not opens(cast.david, package)
    assert opens(cast.anna, package)


def _called(cast: Cast) -> tuple[Meeting, Attachment, Proposal]:
    meeting = make.meeting(cast.forum, state=MeetingState.CALLED)
    item = make.add(AgendaItem(meeting=meeting, position=1, heading="Ärende"))
    paper, proposal = make.attachment("Handling", cast.cilla), make.proposal(cast.forum, "Skrivelse", cast.bo)
    item.papers.append(paper)
    item.proposal = proposal
    sent = make.add(Summons(meeting=meeting, sent_at=make.AT, sent_by=cast.cilla, pdf=b"%PDF-1.7"))
    for position, made_from in enumerate(({"attachment": paper}, {"proposal": proposal}), 1):
        sent.papers.append(
            SummonsPaper(
                position=position,
                item_number=1,
                item_heading="Ärende",
                title="Handling",
                filename="handling.pdf",
                sha256=paper.sha256,
                **made_from,
            )
        )
    sent.packages.append(SummonsPackage(confidential=False))
    make.commit()
    return meeting, paper, proposal


def test_a_case_is_not_named_by_a_draft(app: Flask, cast: Cast) -> None:
    """Its heading comes from a draft, so only readers of something in the case may see it."""
    case = make.case(cast.collaboration)
    paper = make.proposal(cast.forum, "Skrivelse", cast.bo, case=case, state=ProposalState.DRAFT, ready_at=None)
    make.commit()
    assert names_withheld([case.id], cast.david, TODAY)
    assert not names_withheld([case.id], cast.bo, TODAY)
    paper.state, paper.ready_at = ProposalState.READY, make.AT
    make.commit()
    assert not names_withheld([case.id], cast.david, TODAY)


def test_a_case_behind_withheld_ones_is_suggested(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many newer cases share its words: those who may not read their headings are not shown them."""
    monkeypatch.setattr(suggesting, "MOST_NAMED", 2)
    for number in range(6):
        state = {"state": ProposalState.READY} if number == 0 else {"state": ProposalState.DRAFT, "ready_at": None}
        case = make.case(cast.collaboration, f"KS 2024/{number}", heading=f"Kvastfening {number}")
        make.proposal(cast.forum, "Skrivelse", cast.bo, case=case, **state)
    make.commit()
    indexing.reindex()
    with app.test_request_context():
        david, bo = (
            [one.text for one in suggesting.suggestions("kvastfening", person, terms, TODAY) if one.kind == "Ärende"]
            for person in (cast.david, cast.bo)
            for terms in [reader(person, TODAY).terms]
        )
    assert david == ["Kvastfening 0"]
    assert len(bo) == suggesting.EACH


def test_what_is_opened_on_a_paper_that_is_secret_elsewhere_is_secret(app: Flask, cast: Cast) -> None:
    """Its text is copied into the paragraph, which the secretary may then make public deliberately."""
    meeting, later = (
        make.meeting(cast.forum, state=MeetingState.OPEN),
        make.meeting(cast.forum, state=MeetingState.OPEN),
    )
    paper = make.proposal(cast.forum, "Skrivelse", cast.bo, clauses=["väcka talan"])
    first = make.add(AgendaItem(meeting=meeting, position=1, heading="Ärende", confidential=SECRET))
    then = make.add(AgendaItem(meeting=later, position=1, heading="Ärende"))
    first.proposal = then.proposal = paper
    make.series(cast.forum)
    make.commit()
    assert operations.open_item(then, by=cast.cilla, at=make.AT).confidential


def test_a_sealed_record_does_not_name_a_paper_that_is_secret_elsewhere(app: Flask, cast: Cast) -> None:
    """A public paragraph that shares a paper with a secret one shows others only that there is a paper."""
    earlier, meeting = make.meeting(cast.forum, state=MeetingState.SEALED), make.meeting(cast.forum)
    series, paper = make.series(cast.forum), make.attachment("Vite mot Bergbolaget", cast.cilla)
    other = make.attachment("Karta", cast.cilla)
    for place, reason in ((earlier, SECRET), (meeting, None)):
        written = make.paragraph(place, series, "Ärende", cast.cilla, confidential=reason)
        written.attachments.append(paper)
    open_ = make.paragraph(meeting, series, "Karta", cast.cilla)
    open_.attachments.append(other)
    db.session.flush()
    frozen = freeze(meeting, paragraphs_of(meeting))
    assert is_secret(frozen.paragraphs[0])
    assert [file.title for p in open_parts(frozen).paragraphs for file in p.attachments] == [WITHHELD_PAPER, "Karta"]
