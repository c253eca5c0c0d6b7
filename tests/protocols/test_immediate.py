"""An immediately adjusted paragraph has its own record, is signed in the meeting, locked, and kept in the protocol."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest

from govern import record
from govern.db import db
from govern.errors import Refused
from govern.forums.states import SeatRole
from govern.meetings import operations as meetings
from govern.meetings.models import Adjuster, Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs import movements, operations
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraphs_of
from govern.paragraphs.states import Change, ParagraphState
from govern.protocols import operations as sealing
from govern.protocols.immediate import operations as immediate
from govern.protocols.queries import findings_of, protocol_of
from govern.protocols.rules import Refusal
from govern.protocols.states import ProtocolKind
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.paragraphs.test_reviewing import save

Browse = Callable[..., Browser]
AT = make.AT + timedelta(hours=3)


@pytest.fixture
def under_way(cast: Cast) -> Meeting:
    """Return an open meeting with two approved paragraphs; David arrives at the second."""
    row = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(row, cast.anna, SeatRole.CHAIR)
    make.add(Adjuster(meeting=row, presence=make.presence(row, cast.bo), position=0))
    david = make.presence(row, cast.david, present=False)
    series = make.series(cast.forum)
    paragraphs = [make.paragraph(row, series, heading, cast.cilla) for heading in ("Växel", "Budget")]
    make.commit()
    movements.change_presence(paragraphs[1], david, Change.ARRIVES, None, by=cast.cilla, at=AT)
    for paragraph in paragraphs:
        save(paragraph, cast.cilla, "Fem kommuner har var sin växel.")
        operations.mark_ready(paragraph, by=cast.cilla, at=AT)
        operations.approve(paragraph, by=cast.anna, at=AT)
    return row


def test_in_the_meeting_through_the_pages(cast: Cast, under_way: Meeting, browse: Browse) -> None:
    """The paragraph is chosen, sealed and signed by the chair and the adjuster while the meeting is open."""
    paragraph = paragraphs_of(under_way)[1]
    cilla = browse("cilla")
    cilla.get(f"/paragrafer/{paragraph.id}")
    cilla.submit("Justera omedelbart")
    page = cilla.submit("Försegla § 2 nu")
    assert "Omedelbart justerad paragraf" in page.text(".page-head")
    for name in ("anna", "bo"):
        browser = browse(name)
        browser.get(f"/paragrafer/{paragraph.id}")
        browser.click("Läs och underteckna § 2")
        page = browser.submit("Underteckna")
    assert "Undertecknat" in page.text(".page-head")
    db.session.expire_all()
    assert under_way.state is MeetingState.OPEN


@pytest.mark.usefixtures("each_database")
def test_its_record_is_kept_whole(cast: Cast, under_way: Meeting) -> None:
    """Its record names those present, it is locked, and the later protocol contains exactly the same facts."""
    second = paragraphs_of(under_way)[1]
    operations.set_immediate(second, True, by=cast.cilla, at=AT)
    made = immediate.seal_immediately(second, by=cast.cilla, at=AT)
    frozen = record.loads(made.record)
    assert [p.name for p in frozen.presence] == ["Anna Ask", "Bo Björk", "David Dal"]
    assert [(s.role, s.name) for s in frozen.signatures] == [("chair", "Anna Ask"), ("adjuster", "Bo Björk")]
    second = db.session.get_one(Paragraph, second.id)
    with pytest.raises(Refused, match="omedelbart"):
        operations.take_back(second, by=cast.cilla, at=AT)
    with pytest.raises(Refused, match="omedelbart"):
        movements.disqualify(second, under_way.presences[1], "", by=cast.cilla, at=AT)
    meetings.close_meeting(under_way, time(12), by=cast.cilla, at=AT)
    protocol = sealing.seal(under_way, by=cast.cilla, at=AT)
    assert record.loads(protocol.record).paragraphs[1] == frozen.paragraphs[0]
    assert protocol_of(under_way) is protocol
    assert (protocol.kind, made.kind) == (ProtocolKind.MAIN, ProtocolKind.IMMEDIATE)


def test_another_wording_hinders_the_sealing(cast: Cast, under_way: Meeting) -> None:
    """A change made despite the locks blocks sealing of the whole protocol."""
    first = paragraphs_of(under_way)[0]
    operations.set_immediate(first, True, by=cast.cilla, at=AT)
    assert "not_adjusted_at_once" in {f.check for f in findings_of(under_way, today=make.DAY)}
    immediate.seal_immediately(first, by=cast.cilla, at=AT)
    assert "adjusted_at_once" not in {f.check for f in findings_of(under_way, today=make.DAY)}
    first.heading = "En annan rubrik"
    db.session.flush()
    assert "adjusted_at_once" in {f.check for f in findings_of(under_way, today=make.DAY)}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"immediate": False}, Refusal.NOT_IMMEDIATE),
        ({"state": ParagraphState.READY, "approved_at": None, "approved_by": None}, Refusal.NOT_APPROVED),
        ({"sealed_at": AT}, Refusal.SEALED_ALONE),
    ],
)
def test_what_is_not_sealed_alone(cast: Cast, under_way: Meeting, change: dict[str, object], wanted: Refusal) -> None:
    """Only a paragraph that is marked immediate, approved and not yet sealed can be sealed alone."""
    paragraph = paragraphs_of(under_way)[0]
    for name, value in ({"immediate": True} | change).items():
        setattr(paragraph, name, value)
    with pytest.raises(Refused) as raised:
        immediate.seal_immediately(paragraph, by=cast.cilla, at=AT)
    assert raised.value.sentence == wanted
