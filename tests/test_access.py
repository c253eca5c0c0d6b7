"""Who may see attachments, proposals, paragraphs, assignments, protocol files and summons packages.

The six people are an anonymous visitor, a person in another collaboration, a person in another forum of the same
collaboration, a member, the secretary and an administrator.
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from govern.assignments import access as duties
from govern.cases import access
from govern.cases.access import Standing
from govern.cases.models import Proposal
from govern.cases.states import ProposalState
from govern.db import db
from govern.forums.models import Forum
from govern.forums.states import SeatRole
from govern.meetings import access as packages
from govern.meetings.models import AgendaItem, AgendaPaper, Summons, SummonsPackage, SummonsPaper
from govern.meetings.states import MeetingState
from govern.paragraphs import access as paragraphs
from govern.paragraphs import models as p
from govern.people import noting
from govern.people.models import Person
from govern.protocols import access as protocols
from tests import make
from tests.cast import Cast
from tests.plain import Row

OSL = "OSL 19 kap. 3 § (upphandling, anbud och försäljning)"
SITTING = {"anna", "cilla", "ada"}
SAME = SITTING | {"david"}


class World:
    """The cast, a person in another collaboration, and factories for papers, items and paragraphs."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        foreign = make.forum(make.collaboration("Dalsam"), "Dalrådet")
        self.disa = make.add(Person(name="Disa Dahl"))
        make.seat(foreign, self.disa, SeatRole.SECRETARY)
        self.people: dict[str, Person | None] = {"eva": None, "disa": self.disa}
        self.people |= {name: getattr(cast, name) for name in ("david", "anna", "cilla", "ada")}

    def who(self, door: Any, row: Any) -> set[str]:
        """Return the names of the people whom a predicate admits."""
        make.commit()
        return {name for name, person in self.people.items() if door(person, row)}

    def item(self, forum: Forum | None = None, **values: Any) -> AgendaItem:
        """Create an item on the agenda of a new meeting."""
        meeting = make.meeting(forum or self.cast.forum)
        return make.add(AgendaItem(meeting=meeting, position=1, heading="Växel", note="", **values))

    def paper(self, *items: AgendaItem, **values: Any) -> Any:
        """Create an attachment and list it on the given agenda items."""
        row = make.attachment("Anbud", self.cast.cilla)
        for name, value in values.items():
            setattr(row, name, value)
        for item in items:
            make.add(AgendaPaper(item_id=item.id, attachment_id=row.id))
        return row

    def paragraph(self, *papers: Any, sealed: bool = True, **values: Any) -> p.Paragraph:
        """Create a paragraph with attachments, in a meeting of its own."""
        meeting = make.meeting(self.cast.forum, state=MeetingState.SEALED if sealed else MeetingState.CLOSED)
        series = self.cast.forum.series[0] if self.cast.forum.series else make.series(self.cast.forum)
        row = make.paragraph(meeting, series, "Växel", self.cast.anna, **values)
        row.attachments.extend(papers)
        return row


@pytest.fixture
def world(cast: Cast) -> World:
    """Return a `World` built on the cast."""
    return World(cast)


def test_which_attachments_are_seen(world: World) -> None:
    """The most secret listing decides, otherwise the most open one; an unlisted attachment is hidden."""
    see = access.sees_attachment
    assert world.who(see, world.paper()) == set()
    assert world.who(see, world.paper(world.item())) == SAME
    assert world.who(see, world.paper(world.item(), confidential=OSL)) == SITTING
    assert world.who(see, world.paper(world.item(confidential=OSL))) == SITTING
    assert world.who(see, world.paper(world.item(), world.item(confidential=OSL))) == SITTING
    drafted, sealed, secret = world.paper(), world.paper(), world.paper()
    world.paragraph(drafted, sealed=False)
    world.paragraph(sealed)
    world.paragraph(secret, confidential=OSL)
    assert world.who(see, drafted) == SITTING
    assert world.who(see, sealed) == SAME
    assert world.who(see, secret) == SITTING
    elsewhere = world.paper(world.item(world.cast.elsewhere, confidential=OSL), world.item(confidential=OSL))
    assert world.who(see, elsewhere) == SAME  # David sits in one of the forums.
    item = world.item()
    followed = world.paper(item)
    world.paragraph(sealed=False, confidential=OSL, agenda_item_id=item.id)
    assert world.who(see, followed) == SITTING
    assert access.standing_of(followed).secret
    for paper, secret_ in ((followed, True), (sealed, False)):
        assert access.shows_secret_attachment(world.cast.anna, paper) is secret_  # type: ignore[arg-type]


def test_which_proposals_are_seen(world: World) -> None:
    """Those who may write a draft see it; the collaboration sees a ready one, unless it or its item is secret."""
    cast = world.cast

    def proposal(**values: Any) -> Proposal:
        return make.proposal(cast.forum, "Växel", cast.david, **values)

    draft = proposal(state=ProposalState.DRAFT, ready_at=None)
    ready, secret, listed = proposal(), proposal(confidential=OSL), proposal()
    foreign = make.proposal(cast.forum, "Växel", cast.cilla, confidential=OSL)
    item = world.item(confidential=OSL)
    item.proposal = listed
    writers = {"david", "cilla", "ada"}
    assert world.who(access.writes, ready) == writers
    assert world.who(access.sees, draft) == writers
    assert world.who(access.sees, ready) == SAME
    assert world.who(access.sees, secret) == writers | {"anna"}
    assert world.who(access.sees, foreign) == SITTING
    assert world.who(access.sees, listed) == SAME  # David wrote it.
    assert [access.shows_secret_proposal(cast.anna, row) for row in (ready, secret, listed)] == [False, True, True]
    standing = access.proposal_standings([draft, ready, secret, listed])
    forums = frozenset({cast.forum.id})
    assert standing == {
        draft.id: Standing(forums),
        ready.id: Standing(forums, disclosed=True),
        secret.id: Standing(forums, secret=True, disclosed=True),
        listed.id: Standing(forums, secret=True, disclosed=True),
    }
    hidden = {}
    for name in ("david", "anna", "cilla", "ada"):
        condition = access.proposal_hidden_sql(world.people[name], date(2024, 4, 22))
        hidden[name] = set(db.session.scalars(select(Proposal.id).where(condition)))
    assert hidden == {"david": {foreign.id}, "anna": set(), "cilla": set(), "ada": set()}
    from_all = set(db.session.scalars(select(Proposal.id).where(access.proposal_hidden_sql(None, make.DAY))))
    assert from_all == {secret.id, foreign.id, listed.id}
    before = access.proposal_hidden_sql(cast.anna, date(2022, 12, 31))  # The day before her seat begins.
    assert set(db.session.scalars(select(Proposal.id).where(before))) == from_all


@pytest.mark.parametrize(
    ("standing", "terms"),
    [
        (Standing(), {"all"}),
        (Standing(disclosed=True), {"all"}),  # An attachment that is listed nowhere is read by nobody.
        (Standing(frozenset({1, 2}), disclosed=True), {"all", "forum:1", "forum:2", "collaboration:7"}),
        (Standing(frozenset({1}), secret=True, disclosed=True), {"all", "forum:1"}),
        (Standing(frozenset({1}), secret=True), {"all", "forum:1"}),
        (Standing(frozenset({1})), {"all", "forum:1"}),
    ],
)
def test_what_a_search_asks_for(standing: Standing, terms: set[str]) -> None:
    assert standing.readers(7) == terms
    assert (standing.open and bool(standing.forums)) is ("collaboration:7" in terms)
    assert Standing() == Standing(frozenset(), secret=False, disclosed=False)


def test_which_paragraphs_are_seen(world: World) -> None:
    """Sealed and open paragraphs are seen by the collaboration, drafts and secret ones by those who sit."""
    draft, sealed, secret = world.paragraph(sealed=False), world.paragraph(), world.paragraph(confidential=OSL)
    for row, open_, who in ((draft, False, SITTING), (sealed, True, SAME), (secret, False, SITTING)):
        assert row.is_open is open_
        assert world.who(paragraphs.sees, row) == who
    assert [paragraphs.shows_secret_paragraph(world.cast.anna, row) for row in (draft, sealed, secret)] == [
        *(False, False, True),
    ]
    items = world.item(), world.item(confidential=OSL)
    assert [paragraphs.shows_secret_item(world.cast.anna, item) for item in items] == [False, True]
    for meeting, holds in ((draft.meeting, False), (secret.meeting, True), (items[0].meeting, False)):
        assert paragraphs.shows_secret_meeting(world.cast.anna, meeting) is holds
    assert paragraphs.shows_secret_meeting(world.cast.anna, items[1].meeting)
    assert not paragraphs.shows_secret_meeting(world.cast.david, items[1].meeting)


def test_who_presides_and_reads_the_proof(world: World) -> None:
    """Chair, vice chairs, the person chosen to preside and the secretary preside; adjusters also read the proof."""
    cast = world.cast
    row = world.paragraph(sealed=False)
    row.meeting.chair = cast.anna
    make.presence(row.meeting, cast.anna, SeatRole.CHAIR)
    bo = make.presence(row.meeting, cast.bo, SeatRole.VICE_CHAIR)
    david = make.presence(row.meeting, cast.david, SeatRole.MEMBER)
    world.people["bo"] = cast.bo
    assert world.who(paragraphs.presides, row) == SITTING | {"bo"}
    assert world.who(paragraphs.presides, row.meeting) == SITTING | {"bo"}
    bo.role = SeatRole.MEMBER
    assert world.who(paragraphs.presides, row) == SITTING
    assert world.who(protocols.reads_proof, row) == SITTING
    row.presiding = p.Presiding(presence=david)
    assert world.who(paragraphs.presides, row) == SITTING | {"david"}
    assert world.who(paragraphs.presides, row.meeting) == SITTING
    make.add(make.Adjuster(meeting=row.meeting, presence=bo, position=0))
    assert world.who(protocols.reads_proof, row) == SITTING | {"bo"}
    assert world.who(protocols.reads_proof, row.meeting) == SITTING | {"bo"}


def test_who_reads_a_protocols_files_and_signs(world: World) -> None:
    cast = world.cast
    for secrets, who in ((False, SAME), (True, SITTING)):
        row: Any = Row(forum=cast.forum, has_secrets=secrets)
        assert world.who(protocols.reads_file, row) == who
        assert protocols.shows_secret_protocol(cast.anna, row) is secrets
        assert protocols.shows_secret_protocol(cast.david, row) is False
        assert protocols.shows_secret_binder(cast.david, row) is secrets
    assert world.who(protocols.signs, Row(person_id=cast.anna.id)) == {"anna"}
    assert world.who(protocols.signs, Row(person_id=None)) == set()


def test_who_sees_a_duty_and_reports_on_it(world: World) -> None:
    """Its paragraph's readers and its assignee see an assignment; an assigned forum's members report if they see it."""
    cast = world.cast

    def duty(paragraph: p.Paragraph, **values: Any) -> Any:
        assignment = make.assignment(paragraph, "räkna", "någon", **values)
        return SimpleNamespace(assignment=assignment)

    draft, open_, secret = world.paragraph(sealed=False), world.paragraph(), world.paragraph(confidential=OSL)
    assert world.who(duties.sees, duty(open_)) == SAME
    assert world.who(duties.reports, duty(open_)) == {"cilla", "ada"}
    assert world.who(duties.reports, duty(open_, assignee_person=cast.anna)) == {"anna", "cilla", "ada"}
    assert world.who(duties.reports, duty(open_, assignee_forum=cast.elsewhere)) == {"david", "cilla", "ada"}
    for hidden in (draft, secret):
        assert world.who(duties.sees, duty(hidden)) == SITTING
        assert world.who(duties.sees, duty(hidden, assignee_person=cast.david)) == SITTING | {"david"}
        assert world.who(duties.reports, duty(hidden, assignee_person=cast.david)) == {"david", "cilla", "ada"}
        assert world.who(duties.reports, duty(hidden, assignee_forum=cast.elsewhere)) == {"cilla", "ada"}


def test_who_opens_a_summons_papers(world: World) -> None:
    """The collaboration opens a package until an open paper becomes secret; only the forum opens a secret package."""
    cast = world.cast

    def package(item: AgendaItem, *, secret: bool = False, known: bool = True, **paper: Any) -> Any:
        summons = make.add(Summons(meeting=item.meeting, sent_at=make.AT, sent_by=cast.cilla, pdf=b"%PDF-1.7"))
        if paper:
            usual = {"item_number": 1, "item_heading": "Växel", "title": "Anbud", "filename": "a.pdf", "position": 1}
            make.add(SummonsPaper(summons_id=summons.id, **usual | paper))
        sha256 = "a" * 64 if known else None
        return make.add(SummonsPackage(summons=summons, confidential=secret, summons_sha256=sha256))

    assert world.who(packages.opens, package(world.item())) == SAME
    assert world.who(packages.opens, package(world.item(), secret=True)) == SITTING
    later, earlier = make.AT.replace(hour=8), make.AT
    assert world.who(packages.opens, package(world.item(confidential=OSL, withheld_at=later))) == SITTING
    assert world.who(packages.opens, package(world.item(confidential=OSL, withheld_at=earlier))) == SAME
    assert world.who(packages.opens, package(world.item(confidential=OSL))) == SITTING
    unknown = package(world.item(confidential=OSL, withheld_at=earlier), known=False)
    assert world.who(packages.opens, unknown) == SITTING
    assert world.who(packages.opens, package(world.item(), known=False)) == SAME
    item = world.item()
    sent = world.paper(item)
    with_paper = package(item, attachment=sent, sha256=sent.sha256)
    by_hash = package(item, sha256=sent.sha256)
    assert world.who(packages.opens, with_paper) == world.who(packages.opens, by_hash) == SAME
    sent.confidential = OSL
    assert world.who(packages.opens, with_paper) == world.who(packages.opens, by_hash) == SITTING
    hidden_then = package(item, attachment=sent, sha256=sent.sha256, confidential=OSL)
    assert world.who(packages.opens, hidden_then) == SAME  # The paper was never among the open ones.
    other = make.attachment("Tjänsteskrivelse", cast.cilla, b"%PDF-1.4")
    proposed = make.proposal(cast.forum, "Växel", cast.cilla)
    with_proposal = package(world.item(), proposal=proposed, sha256=other.sha256)
    assert world.who(packages.opens, with_proposal) == SAME
    proposed.confidential = OSL
    assert world.who(packages.opens, with_proposal) == SITTING
    assert [packages.shows_secret_package(cast.anna, row) for row in (with_paper, unknown)] == [False, False]


def test_which_papers_of_an_agenda_are_seen(world: World) -> None:
    """Those who sit in the forum see every paper; others see the open ones."""
    cast = world.cast
    item = world.item()
    open_, secret = world.paper(item), world.paper(item, confidential=OSL)
    db.session.refresh(item)
    item.proposal = make.proposal(cast.forum, "Växel", cast.cilla)
    make.commit()
    seen = {name: packages.papers_seen(person, item.meeting) for name, person in world.people.items()}
    assert seen["anna"] == seen["cilla"] == seen["ada"] == {open_, secret, item.proposal}
    assert seen["david"] == {open_, item.proposal}
    assert seen["eva"] == seen["disa"] == set()


def test_reading_what_holds_secrets_is_noted() -> None:
    """Every model that can hold secrets has a rule that says whether reading a row is logged."""
    asked = {model.__name__: rule.__name__ for model, rule in noting._secrets.items()}
    assert asked == {
        "Attachment": "shows_secret_attachment",
        "Case": "shows_secret_case",
        "Proposal": "shows_secret_proposal",
        "SummonsPackage": "shows_secret_package",
        "Meeting": "shows_secret_meeting",
        "AgendaItem": "shows_secret_item",
        "Paragraph": "shows_secret_paragraph",
        "Protocol": "shows_secret_protocol",
        "MeetingBinder": "shows_secret_binder",
    }
