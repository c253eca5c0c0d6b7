"""Removing a planned meeting, moving it to another forum, and putting a removed paper back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from govern.audit import AuditEntry
from govern.db import Model, db
from govern.errors import Refused
from govern.forums import operations as forums
from govern.forums.models import Forum
from govern.forums.states import SeatRole
from govern.meetings import operations, rules
from govern.meetings.models import AgendaItem, AgendaPaper, Meeting, MeetingFacts
from govern.meetings.removing import operations as removing
from govern.meetings.rules import Refusal, refuse_moving, refuse_removing
from govern.meetings.states import MeetingKind, MeetingMode, MeetingState
from govern.paragraphs.states import ParagraphState
from tests import make
from tests.browse import Browser
from tests.cast import Cast

Browse = Callable[..., Browser]
AT = make.AT
FACTS = MeetingFacts(
    kind=MeetingKind.ORDINARY,
    mode=MeetingMode.ON_SITE,
    day=date(2024, 6, 3),
    starts=time(9),
    ends=None,
    ends_next_day=False,
    place="Kommunhuset",
    video_link="",
)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, None),
        ({"called_at": AT}, Refusal.CALLED_ALREADY),
        ({"summonses": ["kallelse"]}, Refusal.CALLED_ALREADY),
        ({"state": MeetingState.CALLED}, Refusal.CALLED_ALREADY),
        ({"state": MeetingState.CANCELLED}, Refusal.CANCELLED),
        ({"state": MeetingState.OPEN}, Refusal.ALREADY_OPEN),
        ({"state": MeetingState.CLOSED}, Refusal.ALREADY_OPEN),
        ({"state": MeetingState.SEALED}, Refusal.ALREADY_OPEN),
    ],
)
def test_when_a_meeting_is_removed(facts: dict[str, Any], refusal: Refusal | None) -> None:
    """While nobody has been told of it."""
    called = {"called_at": AT} if facts.get("state") is MeetingState.CALLED else {}
    meeting = {"state": MeetingState.PLANNED, "called_at": None, "summonses": []} | called | facts
    assert refuse_removing(SimpleNamespace(**meeting)) is refusal  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("meeting", "forum", "refusal"),
    [
        ({}, {}, None),
        ({"called_at": AT}, {}, Refusal.CALLED_ALREADY),
        ({}, {"id": 1}, Refusal.SAME_FORUM),
        ({}, {"collaboration_id": 8}, Refusal.OTHER_COLLABORATION),
        ({}, {"closed_on": date(2024, 1, 1)}, Refusal.FORUM_CLOSED),
        ({"agenda": [SimpleNamespace(proposal="skrivelse")]}, {}, Refusal.HAS_PROPOSAL),
    ],
)
def test_when_a_meeting_is_moved(meeting: dict[str, Any], forum: dict[str, Any], refusal: Refusal | None) -> None:
    """To another open forum of the same collaboration, without the old forum's proposals."""
    facts = {
        "state": MeetingState.PLANNED,
        "called_at": None,
        "summonses": [],
        "forum_id": 1,
        "forum": SimpleNamespace(collaboration_id=7),
        "agenda": [SimpleNamespace(proposal=None)],
    }
    other = {"id": 2, "collaboration_id": 7, "closed_on": None}
    asked = SimpleNamespace(**facts | meeting), SimpleNamespace(**other | forum)
    assert refuse_moving(*asked) is refusal  # type: ignore[arg-type]


def count(kind: type[Model]) -> int:
    """Count a table's rows."""
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.fixture
def planned(cast: Cast) -> Meeting:
    """Plan a meeting that takes over the previous protocol and a tabled matter, with a secret paper on one item."""
    held = make.meeting(cast.forum, date(2024, 4, 22), MeetingState.SEALED, chair=cast.anna, secretary=cast.cilla)
    tabled = make.paragraph(held, make.series(cast.forum, 12), "Bordlagt", cast.cilla, ParagraphState.APPROVED)
    make.commit()
    assert tabled.number
    meeting = operations.plan_meeting(cast.forum, FACTS, by=cast.cilla, at=AT)
    item = operations.save_item(meeting, None, heading="Växel", kind=None, by=cast.cilla, at=AT)
    operations.add_paper(item, "underlag.pdf", b"%PDF-1.7", "Underlag", confidential=None, by=cast.cilla, at=AT)
    item.confidential, item.withheld_at = "OSL 19:3", AT
    make.commit()
    return meeting


def test_nothing_is_left_of_it(cast: Cast, planned: Meeting) -> None:
    """Its items go, the paper's file stays as secret as it was, and what was carried comes to the next meeting."""
    paper = next(item for item in planned.agenda if item.papers).papers[0]
    carried = [item.heading for item in planned.agenda if item.origin]
    assert carried
    first = planned.id
    removing.remove_meeting(planned, by=cast.cilla, at=AT)
    make.commit()
    assert (count(AgendaItem), count(AgendaPaper)) == (0, 0)
    assert paper.confidential == "OSL 19:3"
    again = operations.plan_meeting(cast.forum, FACTS, by=cast.cilla, at=AT)
    assert [item.heading for item in again.agenda if item.origin] == carried
    assert again.id > first  # The log of the removed one is not the next one's.
    last = select(AuditEntry).where(AuditEntry.action == "meeting.removed")
    assert db.session.scalars(last).one().target == f"meetings:{first}"


def test_it_belongs_to_the_other_forum(cast: Cast, planned: Meeting) -> None:
    """What was typed comes along between the new forum's standing items; what was carried does not."""
    other = _other_forum(cast)
    with pytest.raises(Refused, match="annat forum"):
        removing.move_meeting(planned, cast.forum, by=cast.cilla, at=AT)
    removing.move_meeting(planned, other, by=cast.cilla, at=AT)
    make.commit()
    db.session.refresh(planned)
    assert planned.forum is other
    assert [item.heading for item in planned.agenda] == ["Upprop", "Växel", "Avslutning"]
    assert planned.agenda[1].papers[0].title == "Underlag"


def _other_forum(cast: Cast) -> Forum:
    other = make.forum(cast.collaboration, "Arbetsgruppen")
    make.seat(other, cast.cilla, SeatRole.SECRETARY)
    make.commit()
    forums.add_standing_item(other, "Upprop", None, closing=False, by=cast.ada, at=AT)
    forums.add_standing_item(other, "Avslutning", None, closing=True, by=cast.ada, at=AT)
    return other


def test_on_the_pages(cast: Cast, planned: Meeting, browse: Browse) -> None:
    """Offered until the summons is made; a forum that the secretary does not keep cannot be chosen."""
    other, strange = _other_forum(cast), make.forum(cast.collaboration, "Främmande")
    make.commit()
    meeting_id, other_id, strange_id = planned.id, other.id, strange.id
    cilla = browse("cilla")
    page = cilla.get(f"/moten/{meeting_id}/foredragningslista")
    page = cilla.get(page.link("Flytta till ett annat forum …"))
    assert "Främmande" not in page.text("main")
    cilla.post(f"/moten/{meeting_id}/flytta", {"forum": strange_id}, status=422)
    cilla.get(f"/moten/{meeting_id}/flytta")
    page = cilla.submit("Flytta mötet", forum=str(other_id))
    assert "Mötet hör nu till Arbetsgruppen." in page.text("main")
    page = cilla.submit("Ta bort mötet")
    assert "Mötet är borttaget." in page.text("main")
    assert cilla.answer(f"/moten/{meeting_id}/foredragningslista").status_code == 404


def test_nobody_moves_alone(cast: Cast, browse: Browse) -> None:
    """Without another forum the page says so, and once the summons is made it says what to do."""
    meeting = make.meeting(cast.forum)
    make.commit()
    cilla = browse("cilla")
    assert "inte sekreterare i något annat forum" in cilla.get(f"/moten/{meeting.id}/flytta").text("main")
    meeting = db.session.get_one(Meeting, meeting.id)
    meeting.state, meeting.called_at = MeetingState.CALLED, AT
    make.commit()
    assert rules.Refusal.CALLED_ALREADY.value in cilla.get(f"/moten/{meeting.id}/flytta").text("main")
    assert "Ta bort mötet" not in cilla.get(f"/moten/{meeting.id}/foredragningslista").html


def test_a_removed_paper_comes_back(cast: Cast, browse: Browse) -> None:
    """From an agenda item and from a paragraph, where it was removed; another's file does not."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    paragraph = make.paragraph(meeting, make.series(cast.forum, 12), "Växel", cast.cilla)
    item = make.add(AgendaItem(meeting=meeting, position=1, heading="Växel", kind=None, note=""))
    strange = make.attachment("Främmande", cast.cilla)
    make.commit()
    cilla = browse("cilla")
    for address, list_ in ((f"/arendepunkter/{item.id}", "handlingar"), (f"/paragrafer/{paragraph.id}", "bilagor")):
        cilla.get(address)
        button = "Lägg till handlingen" if list_ == "handlingar" else "Lägg till bilagan"
        cilla.submit(button, title="Underlag", file=("underlag.pdf", b"%PDF-1.7"), confidential="")
        page = cilla.submit("Ta bort Underlag")
        assert "Lägg tillbaka Underlag" in page.text()
        page = cilla.submit("Lägg tillbaka Underlag")
        assert "”Underlag” är tillbaka." in page.text()
        assert "Ta bort Underlag" in page.text()
        assert "Lägg tillbaka" not in page.text()
        cilla.post(f"{address}/{list_}/{strange.id}/lagg-tillbaka", status=404)
