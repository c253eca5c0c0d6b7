"""Following up assignments in the browser: who sees them, reports on them and closes them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from govern.assignments.models import AssignmentClosing, Report
from govern.assignments.rules import Refusal
from govern.assignments.states import Closing
from govern.db import db, now
from govern.forums.models import Series
from govern.forums.states import SeatRole
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs.models import Alternative, Assignment, Paragraph
from govern.paragraphs.states import ParagraphState
from govern.swedish import local_day
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.statements import counted

Browse = Callable[..., Browser]


@dataclass(frozen=True, slots=True)
class Given:
    """A sealed meeting of the steering group with a paragraph that gives assignments, and its series."""

    meeting: Meeting
    paragraph: Paragraph
    series: Series


@pytest.fixture
def given(cast: Cast) -> Given:
    """Seal a meeting where Bo was given an assignment that is now late."""
    meeting = make.meeting(cast.forum, state=MeetingState.SEALED, chair=cast.anna, secretary=cast.cilla)
    series = make.series(cast.forum, 812)
    paragraph = make.paragraph(meeting, series, "Gemensam växel", cast.anna, ParagraphState.APPROVED)
    duty = make.assignment(
        paragraph, "att räkna på två nivåer", "Bo Björk", assignee_person_id=cast.bo.id, due=date(2024, 6, 3)
    )
    make.add(Alternative(assignment_id=duty.id, position=0, text="En växel"))
    two = make.add(Alternative(assignment_id=duty.id, position=1, text="Två växlar"))
    for position, text in enumerate(("en i norr", "en i söder"), 2):
        make.add(Alternative(assignment_id=duty.id, parent_id=two.id, position=position, text=text))
    make.commit()
    return Given(meeting, paragraph, series)


def address(given: Given) -> str:
    """Return the address of the assignment."""
    return f"/uppdrag/{given.paragraph.assignments[0].id}"


def test_alternatives_are_labelled_as_in_the_protocol(browse: Browse, given: Given) -> None:
    """Labels are 1, 2 and, below it, 2 a and 2 b; the page links to the paragraph."""
    page = browse("bo").get(address(given))
    assert page.texts(".alternatives .mark") == ["1", "2", "2 a", "2 b"]
    assert page.link("§ 812 Gemensam växel") == f"/moten/{given.meeting.id}/protokoll#p812"
    assert "Försenat" in page.text(".page-head")


def test_reporting_and_closing(browse: Browse, given: Given, cast: Cast) -> None:
    """The assignee reports, and the secretary closes the assignment and reopens it."""
    bo, cilla = browse("bo"), browse("cilla")
    bo.get(address(given))
    page = bo.submit("Redovisa", text="Två nivåer är räknade.\nDen lägre räcker.")
    assert "Väntar på att avslutas" in page.text(".page-head")
    assert "Bo Björk" in page.text(".report")
    assert "Avsluta uppdraget" not in page.text("main"), "only the forum closes it"
    cilla.get(address(given))
    page = cilla.submit("Avsluta uppdraget", why="written_off", note="Avtalet löper ut.")
    assert "Avskrivet" in page.text("main")
    assert "Avtalet löper ut." in page.text("main")
    closing = db.session.scalars(select(AssignmentClosing)).one()
    assert (closing.why, closing.by_id) == (Closing.WRITTEN_OFF, cast.cilla.id)
    page = cilla.submit("Öppna uppdraget igen")
    assert "Väntar på att avslutas" in page.text(".page-head")


def test_an_empty_report_is_refused(browse: Browse, given: Given) -> None:
    """The refusal is shown at the field, and nothing is stored."""
    browser = browse("bo")
    browser.get(address(given))
    page = browser.submit("Redovisa", text="  ", status=422)
    assert Refusal.NO_TEXT in page.text(".field.wrong")
    assert db.session.scalar(select(Report)) is None


def test_a_report_on_what_was_closed_meanwhile_keeps_its_words(browse: Browse, given: Given) -> None:
    """The refused form still has the text, so that it can be copied."""
    bo, cilla = browse("bo"), browse("cilla")
    bo.get(address(given))
    cilla.get(address(given))
    cilla.submit("Avsluta uppdraget")
    page = bo.submit("Redovisa", text="Klart i går.", status=422)
    assert Refusal.CLOSED in page.text("main")
    assert page.text("[name=text]") == "Klart i går."


@pytest.mark.parametrize(
    ("who", "sees", "reports", "closes"),
    [
        ("anna", 200, 403, 403),
        ("bo", 200, 422, 403),
        ("cilla", 200, 422, 303),
        ("david", 200, 403, 403),
        ("ada", 200, 422, 303),
    ],
)
def test_rights(browse: Browse, given: Given, who: str, sees: int, reports: int, closes: int) -> None:
    """The collaboration reads it, the assignee and the secretary report, the secretary closes."""
    browser = browse(who)
    browser.get(address(given), status=sees)
    browser.post(f"{address(given)}/redovisa", {"text": ""}, status=reports)
    browser.post(f"{address(given)}/avsluta", {"why": "done"}, status=closes, follow=False)
    browser.post(f"{address(given)}/oppna", status=closes, follow=False)


@pytest.fixture
def heard_elsewhere(given: Given, cast: Cast) -> Given:
    """Let the assignment be reported to David's forum, whose secretary he becomes."""
    given.paragraph.assignments[0].report_to = cast.elsewhere.name
    make.seat(cast.elsewhere, cast.david, SeatRole.SECRETARY, starts_on=date(2020, 1, 1))
    make.commit()
    return given


def test_only_the_forum_that_hears_the_result_closes(browse: Browse, heard_elsewhere: Given, cast: Cast) -> None:
    """The giving forum's secretary reads why there is no button, and a request without it is refused."""
    cilla, david = browse("cilla"), browse("david")
    path = address(heard_elsewhere)
    page = cilla.get(path)
    assert Refusal.ANOTHER_HEARS in page.text("main")
    assert "Avsluta uppdraget" not in page.text("main")
    page = cilla.post(f"{path}/avsluta", {"why": "done"}, status=422)
    assert Refusal.ANOTHER_HEARS in page.text("main")
    assert db.session.scalar(select(AssignmentClosing)) is None
    assert f"{cast.elsewhere.name} är det forum som hör resultatet" in david.get(path).text("main")
    david.submit("Avsluta uppdraget", why="done")
    page = cilla.get(path)
    assert Refusal.ANOTHER_HEARS in page.text("main")
    assert "Öppna uppdraget igen" not in page.text("main")
    cilla.post(f"{path}/oppna", status=422)
    page = david.submit("Öppna uppdraget igen")
    assert "Försenat" in page.text(".page-head")
    assert "Utfört, öppnat igen" in page.texts("h2")
    assert [closing.reopened_at is None for closing in db.session.scalars(select(AssignmentClosing))] == [False]
    page = david.submit("Avsluta uppdraget", why="written_off")
    assert [text for text in page.texts("h2") if "öppnat" in text or "Avskrivet" in text] == [
        "Utfört, öppnat igen",
        "Avskrivet",
    ]


@pytest.mark.parametrize("why", ["secret", "closed", "another collaboration"])
def test_a_forum_that_cannot_hear_the_result_leaves_it_to_the_giver(
    browse: Browse, heard_elsewhere: Given, cast: Cast, why: str
) -> None:
    """So it is if the paragraph is secret to it, if it has been closed, and if it only bears the same name."""
    if why == "secret":
        heard_elsewhere.paragraph.confidential = "OSL 19:1"
    elif why == "closed":
        cast.elsewhere.closed_on = date(2024, 5, 1)
    else:
        cast.elsewhere.name = "Referensrådet"
        make.forum(make.collaboration("En annan samverkan"), "Referensgruppen")
    make.commit()
    browse("david").post(f"{address(heard_elsewhere)}/avsluta", {"why": "done"}, status=403)
    browser = browse("cilla")
    browser.get(address(heard_elsewhere))
    assert "Utfört" in browser.submit("Avsluta uppdraget", why="done").text("main")


@pytest.mark.parametrize("hide", ["unsealed", "confidential"])
def test_what_is_not_open_is_kept_from_others(browse: Browse, given: Given, cast: Cast, hide: str) -> None:
    """A member of another forum can neither open it nor find it in the list; a member of this forum can do both."""
    if hide == "confidential":
        given.paragraph.confidential = "OSL 19:1"
    else:
        given.meeting.state, given.meeting.sealed_at = MeetingState.CLOSED, None
    make.commit()
    david, anna = browse("david"), browse("anna")
    david.get(address(given), status=403)
    assert "räkna" not in david.get("/uppdrag").text("main")
    assert "Gemensam växel" in anna.get(address(given)).text("main")
    assert "Räkna på två nivåer" in anna.get("/uppdrag").links


def test_the_list_is_narrowed(browse: Browse, given: Given, cast: Cast) -> None:
    """The list is filtered by assignee, state and forum; closed assignments are shown only on request."""
    tomorrow = local_day(now()) + timedelta(days=1)
    make.assignment(given.paragraph, "att bjuda in", "Anna Ask", assignee_person_id=cast.anna.id, due=tomorrow)
    done = make.assignment(given.paragraph, "att beställa", "Anna Ask", assignee_person_id=cast.anna.id)
    make.add(AssignmentClosing(assignment=done, why=Closing.DONE, by=cast.cilla, at=make.AT))
    make.commit()
    browser = browse("anna")

    def shown(**choices: str) -> list[str]:
        browser.get("/uppdrag")
        return browser.submit("Visa", **choices).texts(".lines .what > a")

    assert shown() == ["Räkna på två nivåer", "Bjuda in"]
    assert shown(vems="mina") == ["Bjuda in"]
    assert shown(lage="late") == ["Räkna på två nivåer"]
    assert shown(lage="closed") == ["Beställa"]
    assert shown(forum=cast.elsewhere.slug) == []
    assert "Inga uppdrag i urvalet" in browser.page.text("main")  # type: ignore[union-attr]
    assert len(browser.get("/uppdrag?lage=struntprat&sida=-3&forum=finns-inte").all(".lines > li")) == 2


def test_the_list_asks_no_more_for_more_assignments(browse: Browse, given: Given, cast: Cast) -> None:
    """Sixty more assignments give two pages and at most one more statement."""
    browser = browse("anna")
    with counted() as few:
        browser.get("/uppdrag")
    for number in range(60):
        paragraph = make.paragraph(given.meeting, given.series, f"Ärende {number}", cast.anna, ParagraphState.APPROVED)
        duty = make.assignment(paragraph, f"göra {number}", "Bo Björk", assignee_person_id=cast.bo.id)
        make.add(Report(assignment=duty, by=cast.bo, at=make.AT, text="Pågår."))
        make.add(Alternative(assignment_id=duty.id, position=0, text="Si eller så"))
    make.commit()
    with counted() as many:
        page = browser.get("/uppdrag")
    assert (len(page.all(".lines > li")), page.text(".pager p")) == (50, "Sida 1 av 2 (61 träffar)")
    assert len(many) <= len(few) + 1, "\n".join(many)
    assert len(browser.click("Nästa").all(".lines > li")) == 11
    assert db.session.scalar(select(Assignment.id).limit(1))
