"""Undoing the opening of a paragraph or a meeting, and striking a paragraph that keeps its number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from govern.audit import AuditEntry
from govern.db import db
from govern.errors import Refused
from govern.meetings.models import Meeting
from govern.meetings.operations import open_meeting
from govern.meetings.states import MeetingState
from govern.paragraphs import operations, rules
from govern.paragraphs.drafting import editors
from govern.paragraphs.drafting.models import ParagraphVersion
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import rail
from govern.paragraphs.states import ParagraphState
from govern.paragraphs.undoing import operations as undoing
from govern.paragraphs.undoing.rules import (
    Refusal,
    refuse_striking,
    refuse_undoing,
    refuse_undoing_meeting,
    untouched,
)
from govern.people.operations import sign_in
from govern.richtext import from_json, plain, text_of, to_json
from tests import make
from tests.browse import Browser
from tests.cast import PASSWORD, Cast
from tests.paragraphs.rooms import OPENED, meeting_under_way

Browse = Callable[..., Browser]
LISTS = ("changes", "disqualifications", "reviews", "supersedes", "motions", "ballots", "dissents", "assignments")


def fresh(**facts: Any) -> Any:
    """Return the facts of § 12, opened a moment ago as the last of its series, with the given ones changed."""
    lists: dict[str, Any] = dict.fromkeys((*LISTS, "decisions", "sections"), ())
    return SimpleNamespace(
        **{
            "number": 12,
            "version": 1,
            "state": ParagraphState.DRAFT,
            "immediate": False,
            "presiding": None,
            "sealed_at": None,
            "agenda_item": SimpleNamespace(papers=[SimpleNamespace(id=1)]),
            "attachments": [SimpleNamespace(id=1)],
            "series": SimpleNamespace(next_number=13),
            "meeting": SimpleNamespace(state=MeetingState.OPEN, closed_at=None),
        }
        | lists
        | facts
    )


TEXT = to_json(plain("Ordföranden hälsar välkommen."))


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, None),
        ({"sections": [SimpleNamespace(body=TEXT)]}, None),  # What the agenda prepared.
        ({"decisions": ["beslut"]}, None),
        ({"version": 2, "sections": [SimpleNamespace(body=[])]}, None),  # Typed and taken away.
        ({"version": 2, "sections": [SimpleNamespace(body=TEXT)]}, Refusal.HAS_CONTENT),
        ({"version": 2, "sections": [SimpleNamespace(body=[]), SimpleNamespace(body=TEXT)]}, Refusal.HAS_CONTENT),
        ({"version": 2, "decisions": ["beslut"]}, Refusal.HAS_CONTENT),
        *(({name: ["något"]}, Refusal.HAS_CONTENT) for name in LISTS),
        ({"presiding": "Bo"}, Refusal.HAS_CONTENT),
        ({"immediate": True}, Refusal.HAS_CONTENT),
        ({"attachments": [SimpleNamespace(id=1), SimpleNamespace(id=2)]}, Refusal.HAS_CONTENT),
        ({"agenda_item": None}, Refusal.HAS_CONTENT),  # Its file is not the item's.
        ({"agenda_item": None, "attachments": []}, None),
        ({"state": ParagraphState.RETURNED}, Refusal.HAS_CONTENT),
        ({"state": ParagraphState.READY}, rules.Refusal.READY),
        ({"series": SimpleNamespace(next_number=14)}, Refusal.NOT_LAST),
        ({"meeting": SimpleNamespace(state=MeetingState.CLOSED)}, rules.Refusal.MEETING_CLOSED),
        ({"meeting": SimpleNamespace(state=MeetingState.SEALED)}, rules.Refusal.SEALED),
        ({"sealed_at": OPENED}, rules.Refusal.SEALED_ALONE),
    ],
)
def test_when_an_opening_is_undone(facts: dict[str, Any], refusal: Any) -> None:
    """Only the last one, in which nothing is written or recorded, while the meeting goes on."""
    assert refuse_undoing(fresh(**facts)) is refusal


STRUCK = to_json(plain("Paragrafen utgår. Redan behandlad."))


@pytest.mark.parametrize(
    ("facts", "reason", "refusal"),
    [
        ({"version": 2, "sections": [SimpleNamespace(body=TEXT)]}, "Redan behandlad", None),
        ({}, "  ", Refusal.NO_REASON),
        ({"sections": [SimpleNamespace(body=STRUCK)]}, "Igen", Refusal.ALREADY_STRUCK),
        ({"sections": [SimpleNamespace(body=STRUCK)], "decisions": ["beslut"]}, "Igen", None),
        ({"sections": [SimpleNamespace(body=STRUCK)], "assignments": ["uppdrag"]}, "Igen", None),
        ({"state": ParagraphState.APPROVED}, "Redan behandlad", rules.Refusal.APPROVED),
        ({"state": ParagraphState.READY}, "Redan behandlad", rules.Refusal.READY),
        (
            {
                "meeting": SimpleNamespace(state=MeetingState.CLOSED, closed_at=OPENED),
                "reviews": [SimpleNamespace(verdict="approve")],
            },
            "Redan behandlad",
            rules.Refusal.LOCKED,
        ),
    ],
)
def test_when_a_paragraph_is_struck(
    facts: dict[str, Any], reason: str, refusal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it may be written, with a reason, and once."""
    monkeypatch.setattr(rules, "wording_locked", lambda paragraph: paragraph.meeting.closed_at is not None)
    assert refuse_striking(fresh(**facts), reason) is refusal


@pytest.mark.parametrize(
    ("state", "paragraphs", "refusal"),
    [
        (MeetingState.OPEN, [], None),
        (MeetingState.OPEN, [fresh(), fresh()], None),
        (MeetingState.OPEN, [fresh(), fresh(dissents=["reservation"])], Refusal.MEETING_HAS_CONTENT),
        (MeetingState.CALLED, [], rules.Refusal.NOT_OPEN),
        (MeetingState.CLOSED, [], rules.Refusal.MEETING_CLOSED),
    ],
)
def test_when_a_meetings_opening_is_undone(state: MeetingState, paragraphs: list[Any], refusal: Any) -> None:
    """Only while it is open and nothing is written."""
    assert refuse_undoing_meeting(SimpleNamespace(state=state), paragraphs) is refusal  # type: ignore[arg-type]


def actions(row: Any) -> list[str]:
    """List what the log holds about a row, in order."""
    query = select(AuditEntry.action).where(AuditEntry.target == f"{row.__tablename__}:{row.id}")
    return list(db.session.scalars(query.order_by(AuditEntry.id)))


def test_the_number_is_free_again(cast: Cast) -> None:
    """The item can be opened anew and gets the same number; the log holds both openings."""
    meeting = meeting_under_way(cast, opened=2)
    last = rail(meeting)[-1]
    item, number = meeting.agenda[1], last.number
    undoing.undo_opening(last, by=cast.cilla, at=OPENED)
    assert [p.number for p in rail(meeting)] == [number - 1]
    again = operations.open_item(item, by=cast.cilla, at=OPENED)
    assert again.number == number
    query = select(AuditEntry.action).where(AuditEntry.action.startswith("paragraph.open")).order_by(AuditEntry.id)
    assert list(db.session.scalars(query))[-2:] == ["paragraph.opening_undone", "paragraph.opened"]


def test_only_the_last_one(cast: Cast) -> None:
    """There is never a gap: the one before the last stays."""
    first, _ = rail(meeting_under_way(cast, opened=2))
    with pytest.raises(Refused, match="senast öppnade"):
        undoing.undo_opening(first, by=cast.cilla, at=OPENED)


def test_not_while_somebody_else_writes(cast: Cast) -> None:
    """What another types is not saved yet; one's own pen, and one that was left, do not count."""
    meeting = meeting_under_way(cast, opened=1)
    paragraph = rail(meeting)[0]
    session, _ = sign_in("anna@alvsam.example", PASSWORD, address="", browser="", at=OPENED)
    editors.beat(paragraph, by=cast.anna, session_id=session.id, at=OPENED, typing=True)
    for undo, row in ((undoing.undo_opening, paragraph), (undoing.undo_opening_meeting, meeting)):
        with pytest.raises(Refused) as refused:
            undo(row, by=cast.cilla, at=OPENED)  # type: ignore[operator]
        assert str(refused.value) == Refusal.SOMEONE_WRITES
    assert not editors.others_write([paragraph], by=cast.anna, at=OPENED)
    later = OPENED + editors.GONE_AFTER + timedelta(seconds=1)
    undoing.undo_opening(paragraph, by=cast.cilla, at=later)
    assert not rail(meeting)


def test_a_meeting_opened_by_mistake(cast: Cast) -> None:
    """It is as before it was opened, and can be opened again."""
    meeting = make.meeting(cast.forum, state=MeetingState.CALLED, called_at=OPENED)
    make.series(cast.forum, 12)
    make.commit()
    for _ in range(2):
        open_meeting(meeting, by=cast.cilla, at=OPENED)
        there = [presence.name for presence in meeting.presences]
        opened = [operations.open_unannounced(meeting, name, None, by=cast.cilla, at=OPENED) for name in ("Ett", "Två")]
        assert [p.number for p in opened] == [12, 13]
        undoing.undo_opening_meeting(meeting, by=cast.cilla, at=OPENED)
        assert (meeting.state, meeting.opened_at, meeting.presences) == (MeetingState.CALLED, None, [])
        assert not rail(meeting)
    assert there
    assert actions(meeting)[-1] == "meeting.opening_undone"
    planned = make.meeting(cast.forum)
    make.commit()
    open_meeting(planned, by=cast.cilla, at=OPENED)
    undoing.undo_opening_meeting(planned, by=cast.cilla, at=OPENED)
    assert planned.state is MeetingState.PLANNED


def test_on_the_page(cast: Cast, browse: Browse) -> None:
    """The last one that is untouched can be undone; another can be struck, and says so."""
    meeting = meeting_under_way(cast, opened=3)
    first, second, third = [p.id for p in rail(meeting)]
    cilla = browse("cilla")
    assert "Ångra öppnandet" not in cilla.get(f"/paragrafer/{first}").html
    cilla.get(f"/paragrafer/{third}")
    page = cilla.submit("Ångra öppnandet av § 810")
    assert "§ 810 är borttagen. Numret är ledigt igen." in page.text("main")
    page = cilla.get(f"/paragrafer/{first}")
    page = cilla.get(page.link("Låt paragrafen utgå …"))
    assert Refusal.NO_REASON.value in cilla.submit("Låt paragrafen utgå", status=422, reason=" ").text("main")
    page = cilla.submit("Låt paragrafen utgå", reason="Ärendet är redan behandlat.")
    assert "§ 808 utgår" in page.text("main")
    assert "Paragrafen utgår redan." in cilla.get(f"/paragrafer/{first}/utga").text("main")
    struck = db.session.get_one(Paragraph, first)
    assert text_of(from_json(struck.sections[0].body)) == "Paragrafen utgår. Ärendet är redan behandlat."
    assert struck.agenda_item is None
    kept = select(ParagraphVersion.id).where(ParagraphVersion.paragraph_id == first)
    assert len(list(db.session.scalars(kept))) == 2
    assert db.session.get_one(Paragraph, second).agenda_item_id


def test_the_meeting_on_the_page(cast: Cast, browse: Browse) -> None:
    """Its opening is undone from its page, and not offered once something is written."""
    meeting = meeting_under_way(cast, opened=1)
    paragraph_id = rail(meeting)[0].id
    cilla = browse("cilla")
    cilla.get(f"/moten/{meeting.id}")
    page = cilla.submit("Ångra öppnandet av mötet")
    assert "Mötet är inte öppnat längre" in page.text("main")
    assert db.session.get(Paragraph, paragraph_id) is None
    assert db.session.get_one(Meeting, meeting.id).state is MeetingState.CALLED
    cilla.submit("Öppna mötet")
    later = operations.open_item(db.session.get_one(Meeting, meeting.id).agenda[0], by=cast.cilla, at=OPENED)
    make.assignment(later, "Utred", "Bo")
    make.commit()
    assert not untouched(later)
    assert "Ångra öppnandet" not in cilla.get(f"/moten/{meeting.id}").html
