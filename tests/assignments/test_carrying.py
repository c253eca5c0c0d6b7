"""Unfinished business is carried to a later agenda, each thing once, with its origin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pytest
from flask import Flask

from govern.assignments.carrying import operations as carrying
from govern.assignments.models import AssignmentClosing
from govern.assignments.states import Closing
from govern.db import db
from govern.meetings import operations as meetings
from govern.meetings.models import Meeting, MeetingFacts
from govern.meetings.states import MeetingState
from govern.paragraphs import models as p
from govern.paragraphs import operations as paragraphs
from govern.paragraphs.states import Outcome, ParagraphState
from tests import make
from tests.browse import Browser
from tests.cast import Cast

NOW = datetime(2024, 5, 20, 8, 0, tzinfo=UTC)
NEXT = date(2024, 6, 3)


@dataclass(frozen=True)
class Past:
    """A sealed meeting: § 1 tabled, § 2 returned and secret, § 3 with assignments, one of which is closed."""

    meeting: Meeting
    duty: p.Assignment
    tabled: p.Paragraph


@pytest.fixture
def past(cast: Cast) -> Past:
    """Hold and seal the meeting."""
    held = make.meeting(cast.forum, state=MeetingState.SEALED, chair=cast.anna)
    series = make.series(cast.forum)

    def paragraph(heading: str, outcome: Outcome, **values: object) -> p.Paragraph:
        row = make.paragraph(held, series, heading, cast.anna, ParagraphState.APPROVED, **values)
        row.decisions.append(p.Decision(position=0, outcome=outcome, lead="", recipients=[]))
        return row

    tabled = paragraph("Gemensam växel", Outcome.TABLING, case=make.case(cast.collaboration))
    tabled.attachments.append(make.attachment("Kalkyl", cast.cilla))
    paragraph("Upphandling av anbud", Outcome.REMISSION, confidential="OSL 19:3")
    giving = paragraph("Budget", Outcome.APPROVAL)
    duty = make.assignment(giving, "att räkna på två nivåer", "Arbetsgruppen", due=NEXT)
    make.assignment(giving, "att räkna senare", "Arbetsgruppen", due=date(2024, 9, 1))
    make.assignment(giving, "att berätta för andra", "Arbetsgruppen", due=NEXT, report_to="Referensgruppen")
    closed = make.assignment(giving, "att göra klart", "Arbetsgruppen", due=NEXT)
    make.add(AssignmentClosing(assignment=closed, why=Closing.DONE, by=cast.anna, at=make.AT))
    make.commit()
    return Past(held, duty, tabled)


def plan(cast: Cast, day: date = NEXT) -> Meeting:
    """Plan a meeting of the steering group."""
    facts = MeetingFacts(day=day, starts=time(9), ends=None, place="Björkby")
    return meetings.plan_meeting(cast.forum, facts, by=cast.cilla, at=NOW)


def headings(meeting: Meeting) -> list[str]:
    """Return the headings of the agenda."""
    return [item.heading for item in meeting.agenda]


@pytest.mark.usefixtures("each_database")
def test_everything_left_comes_once(past: Past, cast: Cast) -> None:
    """Planning and carrying again give each thing once; the item of a secret paragraph is listed too."""
    meeting = plan(cast)
    wanted = [
        "Föregående mötes protokoll, §§ 1–3 den 22 april 2024",
        "Gemensam växel",
        "Upphandling av anbud",
        "Återrapport: räkna på två nivåer",
    ]
    assert headings(meeting) == wanted
    assert [item.origin for item in meeting.agenda] == [
        "Protokollet den 22 april 2024",
        "Bordlagt i § 1 den 22 april 2024",
        "Återremitterat i § 2 den 22 april 2024",
        "Uppdrag till Arbetsgruppen i § 3 den 22 april 2024, redovisas senast 3 juni 2024",
    ]
    assert [paper.title for paper in meeting.agenda[1].papers] == ["Kalkyl"]
    assert carrying.carry(meeting, by=cast.cilla, at=NOW) == 0
    assert headings(meeting) == wanted
    # Another planned meeting does not get them as well.
    assert headings(plan(cast, date(2024, 6, 10))) == []


@pytest.mark.usefixtures("each_database")
def test_what_a_meeting_called_off_was_to_treat_comes_to_the_next(past: Past, cast: Cast) -> None:
    """Everything is carried, as if the cancelled meeting had never been planned."""
    meeting = plan(cast)
    wanted = headings(meeting)
    meetings.call_off(meeting, "Sjukt.", by=cast.cilla, at=NOW)
    assert headings(plan(cast, date(2024, 6, 10))) == wanted


def test_what_a_closed_forum_was_to_hear_comes_back_to_the_giver(past: Past, cast: Cast) -> None:
    """A closed forum has no agenda to come to."""
    assert "Återrapport: berätta för andra" not in headings(plan(cast))
    cast.elsewhere.closed_on = date(2024, 5, 1)
    make.commit()
    assert "Återrapport: berätta för andra" in headings(plan(cast, date(2024, 6, 4)))


@pytest.mark.usefixtures("each_database")
def test_what_was_struck_or_not_closed_comes_back(past: Past, cast: Cast) -> None:
    """A withdrawn item is carried to the next meeting, and an assignment until it is closed."""
    meeting = plan(cast)
    paragraphs.withdraw_item(meeting.agenda[1], by=cast.cilla, at=NOW)
    assert carrying.carry(meeting, by=cast.cilla, at=NOW) == 0
    meetings.open_meeting(meeting, by=cast.cilla, at=NOW)
    for item in (meeting.agenda[0], meeting.agenda[2], meeting.agenda[3]):
        paragraphs.open_item(item, by=cast.cilla, at=NOW)
    meetings.close_meeting(meeting, time(12), by=cast.cilla, at=datetime(2024, 6, 3, 11, tzinfo=UTC))
    third = plan(cast, date(2024, 6, 10))
    assert headings(third) == [
        "Föregående mötes protokoll, §§ 4–6 den 3 juni 2024",
        "Gemensam växel",
        "Återrapport: räkna på två nivåer",
    ]


def test_a_standing_item_is_filled_in(past: Past, cast: Cast) -> None:
    """A forum with the previous protocol as a standing item does not get it twice."""
    from govern.forums.operations import add_standing_item  # noqa: PLC0415

    add_standing_item(cast.forum, "Föregående protokoll", None, False, by=cast.cilla, at=NOW)
    add_standing_item(cast.forum, "Mötets avslutande", None, True, by=cast.cilla, at=NOW)
    agenda = headings(plan(cast))
    assert agenda[0] == "Föregående mötes protokoll, §§ 1–3 den 22 april 2024"
    assert agenda[-1] == "Mötets avslutande"
    assert sum("protokoll" in heading.lower() for heading in agenda) == 1


def test_the_carried_protocol_opens_with_its_text(past: Past, cast: Cast) -> None:
    """The paragraph has the prepared text and clause."""
    meeting = plan(cast)
    meetings.open_meeting(meeting, by=cast.cilla, at=NOW)
    paragraph = paragraphs.open_item(meeting.agenda[0], by=cast.cilla, at=NOW)
    assert "§§ 1–3, gås igenom" in str(paragraph.sections[0].body)
    clause = "lägga protokollet från den 22 april 2024, §§ 1–3, till handlingarna"
    assert [c.text for c in paragraph.decisions[0].clauses] == [clause]


def test_the_page_leads_back(app: Flask, past: Past, cast: Cast, browse: Callable[..., Browser]) -> None:
    """The secretary can carry items again and follow them to their origin; others cannot reach secret ones."""
    meeting = plan(cast)
    item, secret = meeting.agenda[3].id, meeting.agenda[2].id
    cilla = browse("cilla")
    cilla.get(f"/moten/{meeting.id}/foredragningslista")
    page = cilla.submit("Hämta punkter")
    assert "Inget nytt att hämta" in page.text(".flashes")
    assert page.link("Uppdrag till Arbetsgruppen i § 3") == f"/arendepunkter/{item}/ursprung"
    assert "räkna på två nivåer" in cilla.get(f"/arendepunkter/{item}/ursprung").text("main")
    listed = browse("david").get(f"/moten/{meeting.id}/foredragningslista").text("main")
    assert "Gemensam växel" in listed
    assert "anbud" not in listed
    assert "anbud" not in browse("david").get(f"/arendepunkter/{secret}/ursprung", follow=False, status=303).html
    assert db.session.is_active


SECRET = "OSL 19 kap. 3 § (upphandling)"
UNTOLD = ("Återrapport: § 4 den 22 april 2024", "Uppdrag i § 4 den 22 april 2024, redovisas senast 3 juni 2024")


def elsewhere_hears(past: Past, cast: Cast, confidential: str | None) -> p.Paragraph:
    """Add a paragraph with an assignment that is to be reported to the other forum, and return it."""
    series = past.tabled.series
    giving = make.paragraph(past.meeting, series, "Anbudet", cast.anna, ParagraphState.APPROVED)
    giving.confidential = confidential
    make.assignment(giving, "att granska kvasthinken", "Kvastens ombud", due=NEXT, report_to="Referensgruppen")
    make.commit()
    return giving


def test_a_secret_duty_is_not_told_to_another_forum(
    app: Flask, past: Past, cast: Cast, browse: Callable[..., Browser]
) -> None:
    """The other forum's agenda shows only in which paragraph it was given, neither its text nor its assignee."""
    elsewhere_hears(past, cast, SECRET)
    facts = MeetingFacts(day=NEXT, starts=time(9), ends=None, place="Björkby")
    meeting = meetings.plan_meeting(cast.elsewhere, facts, by=cast.ada, at=NOW)
    item = meeting.agenda[-1]
    assert (item.heading, item.origin) == UNTOLD
    assert item.confidential == SECRET
    meeting_id = meeting.id
    db.session.rollback()
    listed = browse("david").get(f"/moten/{meeting_id}/foredragningslista").text("main")
    assert "§ 4 den 22 april 2024" in listed
    assert "kvast" not in listed.lower()
    own = plan(cast)
    assert "Återrapport: granska kvasthinken" not in headings(own)


@pytest.mark.usefixtures("each_database")
def test_a_duty_made_secret_later_is_taken_from_another_forums_agenda(past: Past, cast: Cast) -> None:
    """It is restored when the paragraph is made public again; the forum that gave it always sees it."""
    giving = elsewhere_hears(past, cast, None)
    make.assignment(giving, "att väga kvasthinken", "Arbetsgruppen", due=NEXT)
    make.commit()
    facts = MeetingFacts(day=NEXT, starts=time(9), ends=None, place="Björkby")
    theirs, own = meetings.plan_meeting(cast.elsewhere, facts, by=cast.ada, at=NOW).agenda[-1], plan(cast)
    told = (theirs.heading, theirs.origin)
    assert "granska kvasthinken" in told[0]
    for reason, wanted in ((SECRET, UNTOLD), (None, told)):
        giving.confidential = reason
        carrying.withhold_carried(giving, by=cast.cilla, at=NOW)
        db.session.commit()
        assert (theirs.heading, theirs.origin) == wanted
        assert theirs.confidential == reason
        assert "Återrapport: väga kvasthinken" in headings(own)
