"""The chair's queue across forums: changes since the last reading, comments on passages, and locked decisions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from govern.db import db
from govern.errors import Refused
from govern.forums.states import SeatRole
from govern.meetings import operations as meetings
from govern.meetings.states import MeetingState
from govern.paragraphs import operations
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.models import Paragraph
from govern.paragraphs.reviewing import operations as reviewing
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import ParagraphState
from tests import make
from tests.browse import Browser
from tests.cast import Cast

Browse = Callable[..., Browser]
AT = make.AT + timedelta(hours=3)


def draft_of(text: str, clause: str = "införa växeln", heading: str = "Växel") -> drafts.Draft:
    """Return a draft with a text and a decision."""
    decision = {"outcome": "approval", "lead": "Styrgruppen beslutar", "clauses": [clause], "recipients": []}
    return drafts.parse(
        {
            "heading": heading,
            "kind": "B",
            "sections": [{"kind": "text", "heading": "", "html": f"<p>{text}</p>"}],
            "decisions": [decision],
        }
    )


def save(paragraph: Paragraph, by: Any, *args: str) -> None:
    """Save a text and a decision."""
    operations.save_draft(paragraph, draft_of(*args), version=paragraph.version, by=by, at=AT)


@pytest.fixture
def ready(cast: Cast) -> list[Paragraph]:
    """Return a paragraph in each of two forums where Anna presides, both marked ready."""
    rows = []
    for forum in (cast.forum, cast.elsewhere):
        meeting = make.meeting(forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
        make.presence(meeting, cast.anna, SeatRole.CHAIR)
        rows.append(make.paragraph(meeting, make.series(forum), "Växel", cast.cilla))
    make.commit()
    for row in rows:
        save(row, cast.cilla, "Fem kommuner har var sin växel.")
        operations.mark_ready(row, by=cast.cilla, at=AT)
    return rows


def test_the_queue_gathers_across_forums(cast: Cast, ready: list[Paragraph], browse: Browse) -> None:
    """Paragraphs of both forums are shown in full on one page; others than the chair see nothing there."""
    page = browse("anna").get("/granska")
    assert len(page.all("article.queued")) == 2
    assert "Fem kommuner har var sin växel." in page.text()
    assert "Ny att läsa" in page.text()
    assert "Inget väntar på dig" in browse("bo").get("/granska").text()
    assert "Läs och godkänn" in browse("anna").get("/").links


def test_a_comment_holds_the_passage(cast: Cast, ready: list[Paragraph], browse: Browse) -> None:
    """The secretary's start page lists the returned paragraph first, and the chair then sees what has changed."""
    first = ready[0].id
    anna, cilla = browse("anna"), browse("cilla")
    anna.get("/granska")
    fields = {f"p{first}-quote": "var sin växel", f"p{first}-comment": "Skriv hur många."}
    page = anna.submit(f"form[action='/granska/{first}/tillbaka']", **fields)
    assert "skickad tillbaka" in page.text()
    home = cilla.get("/")
    assert home.texts("h2")[0] == "Tillbaka från ordföranden"
    page = cilla.get(f"/paragrafer/{first}")
    assert "var sin växel" in page.text(".comment blockquote")
    cilla.submit("Markera som åtgärdad")
    paragraph = db.session.get_one(Paragraph, first)
    assert paragraph.reviews[-1].resolved_at is not None
    save(paragraph, cast.cilla, "Fem kommuner har fem växlar.")
    operations.mark_ready(paragraph, by=cast.cilla, at=AT)
    page = anna.get("/granska")
    assert page.texts(f"#g{first} del") == ["struket: var sin växel"]
    assert page.texts(f"#g{first} ins") == ["tillagt: fem växlar"]
    assert "Åtgärdad" in page.text(f"#g{first}")


def test_the_rest_is_approved_at_once(cast: Cast, browse: Browse) -> None:
    """What was on the page is approved; what has been changed or marked ready since waits to be read."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.anna, SeatRole.CHAIR)
    rows = [make.paragraph(meeting, make.series(cast.forum, scope=str(n)), f"Ärende {n}", cast.cilla) for n in range(4)]
    make.commit()
    for row in rows:
        save(row, cast.cilla, "Text.")
    for row in rows[:3]:
        operations.mark_ready(row, by=cast.cilla, at=AT)
    make.commit()
    ids = [row.id for row in rows]
    anna = browse("anna")
    anna.get("/granska")
    changed, late = db.session.get_one(Paragraph, ids[2]), db.session.get_one(Paragraph, ids[3])
    operations.take_back(changed, by=cast.cilla, at=AT)
    save(changed, cast.cilla, "Ny text.")
    for row in (changed, late):
        operations.mark_ready(row, by=cast.cilla, at=AT)
    make.commit()
    page = anna.submit("Godkänn resten")
    assert "2 paragrafer är godkända." in page.text()
    states = [db.session.get_one(Paragraph, i).state.value for i in ids]
    assert states == ["approved", "approved", "ready", "ready"]


def test_all_that_is_finished_is_marked_ready(cast: Cast, browse: Browse) -> None:
    """One without text, without heading or sent back is left and named."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.anna, SeatRole.CHAIR)
    series = make.series(cast.forum, 12)
    rows = [make.paragraph(meeting, series, f"Ärende {n}", cast.cilla) for n in range(5)]
    make.commit()
    for row in rows[:4]:
        save(row, cast.cilla, "Text.")
    rows[2].heading = ""
    rows[3].state = ParagraphState.RETURNED
    make.commit()
    ids, left = [row.id for row in rows], [rows[2].label, rows[4].label]
    cilla = browse("cilla")
    cilla.get(f"/moten/{meeting.id}")
    page = cilla.submit("Klarmarkera alla färdiga")
    assert "2 paragrafer väntar nu på ordföranden." in page.text()
    assert f"Inte klara: {', '.join(left)}." in page.text()
    states = [db.session.get_one(Paragraph, i).state.value for i in ids]
    assert states == ["ready", "ready", "draft", "returned", "draft"]


def test_nothing_said_sends_nothing_back(ready: list[Paragraph], browse: Browse) -> None:
    """The refused form keeps the quoted passage."""
    anna, first = browse("anna"), ready[0].id
    anna.get("/granska")
    page = anna.submit(f"form[action='/granska/{first}/tillbaka']", status=422, **{f"p{first}-quote": "var sin"})
    assert Refusal.NO_COMMENT in page.text()
    assert page.find("details[open] textarea").text() == "var sin"


@pytest.mark.usefixtures("each_database")
def test_only_what_was_approved_is_approved_unchanged(cast: Cast, ready: list[Paragraph]) -> None:
    """Text must have been approved before and be the same now, not returned, new or changed on the way."""
    same, returned = ready
    operations.approve(same, by=cast.anna, at=AT)
    operations.take_back(same, by=cast.cilla, at=AT)
    operations.mark_ready(same, by=cast.cilla, at=AT)
    operations.send_back(returned, "Skriv om.", by=cast.anna, at=AT)
    operations.mark_ready(returned, by=cast.cilla, at=AT)
    assert [one.paragraph for one in reviewing.queue(cast.anna) if one.unchanged] == [same]
    assert reviewing.approve_unchanged(cast.anna, {same.id: same.version + 1}, at=AT) == 0
    assert reviewing.approve_unchanged(cast.anna, {p.id: p.version for p in ready}, at=AT) == 1
    assert (same.state, returned.state) == (ParagraphState.APPROVED, ParagraphState.READY)


def test_approving_what_was_not_read_is_refused(cast: Cast, ready: list[Paragraph], browse: Browse) -> None:
    """The page showed another version than the current one."""
    row, anna = ready[0], browse("anna")
    anna.get("/granska")
    operations.take_back(row, by=cast.cilla, at=AT)
    save(row, cast.cilla, "En annan text.")
    operations.mark_ready(row, by=cast.cilla, at=AT)
    page = anna.submit(f"form[action='/granska/{row.id}/godkann']", status=422)
    assert Refusal.CHANGED_SINCE in page.text()


def test_a_file_added_since_is_seen(cast: Cast, ready: list[Paragraph]) -> None:
    """A file added after the approval counts as a change, even if the text is the same."""
    row = ready[0]
    operations.approve(row, by=cast.anna, at=AT - timedelta(hours=9))
    operations.take_back(row, by=cast.cilla, at=AT)
    row.attachments.append(make.attachment("Kalkyl", cast.cilla))
    operations.mark_ready(row, by=cast.cilla, at=AT)
    one = next(one for one in reviewing.queue(cast.anna) if one.paragraph is row)
    assert not one.unchanged


@pytest.mark.parametrize(
    ("closed", "approved", "text", "clause", "refused"),
    [
        (False, True, "Text.", "avslå", False),
        (True, False, "Text.", "avslå", False),
        (True, True, "Annan text.", "införa växeln", False),
        (True, True, "Text.", "avslå", True),
    ],
)
@pytest.mark.usefixtures("each_database")
def test_decisions_are_locked_at_the_gavel(
    cast: Cast, ready: list[Paragraph], closed: bool, approved: bool, text: str, clause: str, refused: bool
) -> None:
    """When the meeting is closed and the chair has approved once, the wording of the decision is locked."""
    row = ready[0]
    if approved:
        operations.approve(row, by=cast.anna, at=AT)
    if closed:
        meetings.close_meeting(row.meeting, None, by=cast.cilla, at=AT)
    operations.take_back(row, by=cast.cilla, at=AT)
    before = row.version
    if refused:
        with pytest.raises(Refused, match=r"låst"):
            save(row, cast.cilla, text, clause)
        db.session.commit()  # Check that a refused save leaves nothing to be committed.
        assert row.version == before
    else:
        save(row, cast.cilla, text, clause)
        assert row.version == before + 1
