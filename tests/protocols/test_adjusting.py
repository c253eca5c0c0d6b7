"""Adjusters read each version once, the deadline and reminders follow the rules, and lateness requires a reason."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from govern import outbox
from govern.audit import AuditEntry
from govern.db import db
from govern.errors import Refused
from govern.forums.states import Regime, SeatRole
from govern.meetings import operations as meetings
from govern.meetings.adjusting_deadline import clock, reminder_days
from govern.meetings.models import Adjuster, Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs import operations
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraphs_of
from govern.protocols import operations as sealing
from govern.protocols.adjusting import operations as adjusting
from govern.protocols.adjusting import queries as adjusted
from govern.protocols.adjusting import reminding
from govern.protocols.adjusting.models import Adjustment, Reminder
from govern.protocols.adjusting.queries import Stage
from govern.protocols.adjusting.rules import Refusal
from govern.protocols.queries import findings_of
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.paragraphs.test_reviewing import save
from tests.postbox import Postbox
from tests.statements import writer

Browse = Callable[..., Browser]
AT = make.AT + timedelta(hours=3)
DAY = make.DAY


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Return a closed meeting with two approved paragraphs that Bo is to adjust."""
    row = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(row, cast.anna, SeatRole.CHAIR)
    make.add(Adjuster(meeting=row, presence=make.presence(row, cast.bo), position=0))
    series = make.series(cast.forum)
    paragraphs = [make.paragraph(row, series, heading, cast.cilla) for heading in ("Växel", "Budget")]
    make.commit()
    for paragraph in paragraphs:
        save(paragraph, cast.cilla, "Fem kommuner har var sin växel.")
        operations.mark_ready(paragraph, by=cast.cilla, at=AT)
        operations.approve(paragraph, by=cast.anna, at=AT)
    meetings.close_meeting(row, time(12), by=cast.cilla, at=AT)
    return row


def amend(paragraph: Paragraph, cast: Cast, text: str) -> None:
    """Take a paragraph back, rewrite it and approve it again."""
    operations.take_back(paragraph, by=cast.cilla, at=AT)
    save(paragraph, cast.cilla, text)
    operations.mark_ready(paragraph, by=cast.cilla, at=AT)
    operations.approve(paragraph, by=cast.anna, at=AT)


def stages(meeting: Meeting, person: Any) -> list[Stage]:
    """Return the stage of a person's reading of each paragraph."""
    return [one.stage for one in adjusted.readings(meeting, person)]


def test_reading_through_the_page(cast: Cast, meeting: Meeting, browse: Browse) -> None:
    """An adjuster reads one paragraph and comments on the other; the secretary sees both and answers the comment."""
    first, second = paragraphs_of(meeting)
    bo, cilla, address = browse("bo"), browse("cilla"), f"/moten/{meeting.id}/justering"
    assert "2 att läsa" in bo.get("/").text()
    bo.get(address)
    bo.submit(f"Inga synpunkter på {first.label}")
    page = bo.submit(f"Skicka synpunkten på {second.label}", **{f"p{second.id}-text": "Fel antal kommuner."})
    assert "skickad till sekreteraren" in page.text()
    assert stages(meeting, cast.bo) == [Stage.READ, Stage.COMMENTED]
    page = cilla.get(f"/moten/{meeting.id}/kontroll")
    assert "Bo Björk har en synpunkt på § 2 som inte är besvarad." in page.text()
    page = cilla.get("/")
    assert "Bo Björk: Fel antal kommuner." in page.text()
    page = cilla.click(second.heading)
    assert "Fel antal kommuner." in page.text(".comment")
    assert page.form("Markera som besvarad")
    assert "Fel antal kommuner." not in bo.get("/").text()
    page = cilla.get(address)
    assert "Bo Björk: 2 av 2 lästa" in page.text()
    assert "Fel antal kommuner." in page.text()
    cilla.submit("Markera som besvarad")
    assert "Synpunkter från justerare" not in cilla.get("/").text()
    assert not [f for f in findings_of(meeting, today=DAY) if f.check == "unanswered_comment"]


def test_meetings_that_are_read_do_not_crowd_out_the_rest(cast: Cast, meeting: Meeting) -> None:
    """Min sida has room for as many as are left to read, whatever older ones have been read."""
    read = make.meeting(cast.forum, DAY - timedelta(days=30), MeetingState.CLOSED, chair=cast.anna)
    make.add(Adjuster(meeting=read, presence=make.presence(read, cast.bo), position=0))
    make.commit()
    assert [one.meeting for one in adjusted.to_adjust(cast.bo, DAY, limit=1)] == [meeting]


def test_amended_text_is_read_again_with_what_changed(cast: Cast, meeting: Meeting, browse: Browse) -> None:
    """ "No remarks" counts only for the version that was read; the start page and the adjusting page show the diff."""
    first, second = paragraphs_of(meeting)
    shown = {p.id: p.version for p in (first, second)}
    assert adjusting.record_no_remarks_on_the_rest(meeting, shown, by=cast.bo, at=AT) == 2
    bo = browse("bo")
    assert "Att justera" not in bo.get("/").text()
    amend(first, cast, "Sju kommuner har var sin växel.")
    assert stages(meeting, cast.bo) == [Stage.CHANGED, Stage.READ]
    for address in ("/", f"/moten/{meeting.id}/justering"):
        page = bo.get(address)
        assert page.texts("del") == ["struket: Fem"]
        assert page.texts("ins") == ["tillagt: Sju"]


@pytest.mark.usefixtures("each_database")
def test_who_may_say_what(cast: Cast, meeting: Meeting) -> None:
    """Only an adjuster may respond, to the approved version they read, between closing and sealing."""
    paragraph = paragraphs_of(meeting)[0]
    read = paragraph.version

    def refused(by: Any, version: int, text: str | None = None) -> str:
        say = partial(adjusting.record_no_remarks, paragraph, version)
        if text is not None:
            say = partial(adjusting.comment, paragraph, text, version)
        with pytest.raises(Refused) as raised:
            say(by=by, at=AT)
        return raised.value.sentence

    assert refused(cast.anna, read) == Refusal.NOT_ADJUSTER
    assert refused(cast.bo, read - 1) == Refusal.CHANGED_SINCE
    assert refused(cast.bo, read, " ") == Refusal.NO_TEXT
    operations.take_back(paragraph, by=cast.cilla, at=AT)
    assert refused(cast.bo, read) == Refusal.NOT_APPROVED
    meetings.reopen_meeting(meeting, by=cast.cilla, at=AT)
    assert refused(cast.bo, read) == Refusal.NOT_CLOSED
    assert not db.session.scalars(select(Adjustment)).all()


@pytest.mark.parametrize(
    ("regime", "days", "last", "reminded"),
    [
        (Regime.KL_BOARD, 30, 14, [7, 10, 13]),
        (Regime.AGREEMENT, 30, 30, [23, 26, 29]),
        (Regime.AGREEMENT, 5, 5, [1, 4]),
        (Regime.AGREEMENT, 1, 1, []),
    ],
)
def test_the_clock(cast: Cast, meeting: Meeting, regime: Regime, days: int, last: int, reminded: list[int]) -> None:
    """The limit is 14 days under KL 5:69 and the forum's own elsewhere; up to three reminders precede the last day."""
    meeting.forum.regime, meeting.forum.adjust_days = regime, days
    assert clock(meeting, DAY).left == last
    assert [(day - DAY).days for _, day in reminder_days(meeting)] == reminded
    assert clock(meeting, DAY + timedelta(days=last + 1)).words == "Justeringen är 1 dag sen"


@pytest.fixture
def clockwork(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that sets the clock to noon a number of days after the meeting and drains the outbox."""

    def turn(days: int) -> None:
        at = datetime.combine(DAY + timedelta(days=days), time(12), UTC)
        for module in (outbox, reminding):
            monkeypatch.setattr(module, "now", lambda: at)
        while outbox.drain():
            pass

    return turn


@pytest.mark.usefixtures("each_database")
def test_reminders_come_once_each(cast: Cast, cilla_kl: Meeting, clockwork: Callable[[int], None]) -> None:
    """Those who have not read get one on days 7, 10 and 13; a missed one is skipped; none follows the last day."""

    def reminded() -> list[tuple[str, int]]:
        rows = db.session.scalars(select(Reminder).order_by(Reminder.id))
        return [(row.person.name, row.days_left) for row in rows]

    clockwork(6)
    assert reminded() == []
    clockwork(7)
    clockwork(8)
    assert reminded() == [("Bo Björk", 7)]
    shown = {p.id: p.version for p in paragraphs_of(cilla_kl)}
    adjusting.record_no_remarks_on_the_rest(cilla_kl, shown, by=cast.bo, at=AT)
    clockwork(13)
    assert reminded() == [("Bo Björk", 7), ("Cilla Ceder", 1)]
    clockwork(20)
    assert len(reminded()) == 2


@pytest.fixture
def cilla_kl(cast: Cast, meeting: Meeting) -> Meeting:
    """Return the meeting as a board's, closed again so that its reminders follow the Local Government Act."""
    meeting.forum.regime = Regime.KL_BOARD
    meetings.reopen_meeting(meeting, by=cast.cilla, at=AT)
    meetings.close_meeting(meeting, time(12), by=cast.cilla, at=AT)
    return meeting


def test_reminders_by_mail(
    cilla_kl: Meeting, postbox: Postbox, clockwork: Callable[[int], None], caplog: pytest.LogCaptureFixture
) -> None:
    """One letter each, tried again when the server would not take it; it names no paragraph."""
    postbox.refuses = True
    clockwork(7)
    assert db.session.scalars(select(Reminder.mailed_at)).all() == [None]
    postbox.refuses = False
    postbox.meanwhile = writer()  # However long the server thinks about it.
    clockwork(8)
    clockwork(9)
    ((address, _, sent),) = postbox.taken
    text = sent.decode()
    assert address == "bo@alvsam.example"
    assert "Message-ID: <govern-reminder-" in text
    assert "Budget" not in text


def test_being_late_takes_a_reason(cast: Cast, meeting: Meeting, browse: Browse) -> None:
    """Lateness blocks sealing until the secretary gives a reason, which is stored and recorded in the audit log."""
    cilla = browse("cilla")
    page = cilla.get(f"/moten/{meeting.id}/kontroll")
    assert page.text(".finding.hinder").startswith("Hinder Protokollet skulle ha justerats senast")
    with pytest.raises(Refused, match="hinder"):
        sealing.seal(meeting, by=cast.cilla, at=datetime.combine(date(2024, 8, 1), time(9), UTC))
    page = cilla.submit("Spara skälet", reason="Ordföranden var sjuk.")
    assert "Ordföranden var sjuk." in page.text()
    page = cilla.submit("Försegla protokollet")
    assert "förseglat" in page.text()
    assert "Ordföranden var sjuk." in page.text()
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "adjusting.late"))
    assert entry is not None
    assert entry.facts["reason"] == "Ordföranden var sjuk."
