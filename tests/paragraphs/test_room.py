"""The meeting page without scripts: what it shows, what one click records, and the statements it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from govern.db import db
from govern.meetings.models import Adjuster, Meeting
from govern.meetings.rules import Refusal as MeetingRefusal
from govern.paragraphs import operations
from govern.paragraphs.queries import rail
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.paragraphs.rooms import OPENED, fill, meeting_under_way
from tests.test_transactions import crowded, elsewhere  # noqa: F401 — fixtures

Browse = Callable[..., Browser]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements sent to the database in the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def ids_of(meeting: Meeting) -> list[int]:
    """Return the ids of the meeting's paragraphs, ordered by number."""
    return [paragraph.id for paragraph in rail(meeting)]


def test_the_rail_shows_all_and_marks_the_one_shown(cast: Cast, browse: Browse) -> None:
    """It lists each paragraph with its state in words and the remaining items, and marks the current one."""
    meeting = meeting_under_way(cast, items=5, opened=3)
    first, second, _third = ids_of(meeting)
    operations.mark_ready(rail(meeting)[0], by=cast.cilla, at=OPENED)
    page = browse("cilla").get(f"/paragrafer/{second}")
    assert page.texts(".rail a") == [
        "§ 808 Mötet öppnas Klar för godkännande",
        "§ 809 Val av justerare Utkast",
        "§ 810 Godkännande av dagordningen Utkast",
    ]
    assert page.texts('.rail a[aria-current="page"] .no') == ["§ 809"]
    assert page.texts(".rail.left .what") == ["Gemensam växel", "Ekonomisk uppföljning"]
    assert "3 §§, 2 kvar" in page.text(".rail-head")
    assert page.links["§ 808 Mötet öppnas Klar för godkännande"].endswith(f"/{first}")


def test_one_press_sends_someone_out_and_one_takes_it_back(cast: Cast, browse: Browse) -> None:
    """The quorum and the ranges of paragraphs are updated."""
    meeting = meeting_under_way(cast, opened=3)
    _first, second, third = ids_of(meeting)
    me = browse("cilla")
    page = me.get(f"/paragrafer/{second}")
    assert page.text(".quorum-line") == "2 av 2, beslutför"
    page = me.submit("Bo Björk går")
    assert page.text(".quorum-line") == "1 av 2, inte beslutför"
    assert "§ 808" in page.text('.attending[data-person="bo björk"]')
    page = me.get(f"/paragrafer/{third}")
    page = me.submit("Bo Björk kommer")
    assert "§ 808, från § 810" in page.text('.attending[data-person="bo björk"]')
    assert page.text(".quorum-line") == "2 av 2, beslutför"
    me.submit("Ångra för Bo Björk")
    page = me.get(f"/paragrafer/{second}")
    page = me.submit("Ångra för Bo Björk")
    assert page.text(".quorum-line") == "2 av 2, beslutför"


def test_a_substitute_serves_by_one_press(cast: Cast, browse: Browse) -> None:
    """The substitute serves for an absent member, who is named."""
    meeting = meeting_under_way(cast, opened=1, people=5)
    me = browse("cilla")
    page = me.get(f"/paragrafer/{ids_of(meeting)[0]}")
    assert page.text(".quorum-line").startswith("5 av 6")
    page = me.submit("Deltagare 04 går in som tjänstgörande")
    assert page.text(".quorum-line").startswith("6 av 6")
    assert "Tjänstgör för Deltagare 05" in page.text('.attending[data-person="deltagare 04"]')


def test_jav_counts_out_and_takes_a_reason(cast: Cast, browse: Browse) -> None:
    """One click records it; the reason can be added later."""
    meeting = meeting_under_way(cast, opened=2)
    here, after = ids_of(meeting)
    me = browse("cilla")
    me.get(f"/paragrafer/{here}")
    page = me.submit("Bo Björk har jäv")
    assert page.text(".quorum-line") == "1 av 2, inte beslutför"
    page = me.submit("Spara skälet till jäv för Bo Björk", reason="Anställd hos leverantören")
    assert "Jäv: Anställd hos leverantören" in page.text('.attending[data-person="bo björk"]')
    assert me.get(f"/paragrafer/{after}").text(".quorum-line") == "2 av 2, beslutför"


def test_who_leads_is_changed_from_the_room(cast: Cast, browse: Browse) -> None:
    """The adjusters can be changed there too."""
    meeting = meeting_under_way(cast, opened=1)
    me = browse("cilla")
    page = me.get(f"/paragrafer/{ids_of(meeting)[0]}")
    bo = next(p.id for p in meeting.presences if p.name == "Bo Björk")
    page = me.submit("Spara uppdragen", adjuster=[str(bo)])
    assert "Justerare: Bo Björk" in page.text("#narvaro")
    db.session.expire_all()
    assert [a.presence_id for a in meeting.adjusters] == [bo]


def test_what_is_decided_so_far_stands_in_the_panel(cast: Cast, browse: Browse) -> None:
    """The panel is on every paragraph's page and on the meeting's."""
    meeting = meeting_under_way(cast, opened=2)
    fill(rail(meeting)[0])
    for url in (f"/paragrafer/{ids_of(meeting)[1]}", f"/moten/{meeting.id}"):
        told = browse("cilla").get(url).text("#beslut")
        assert "§ 808 Mötet öppnas Bifall att införa en gemensam växel att uppdra åt Björkby" in told
        assert "Arbetsgruppen : att räkna på två nivåer" in told


@pytest.mark.parametrize("page", ["paragraph", "meeting"])
def test_a_long_meeting_costs_no_more_statements(page: str, cast: Cast, browse: Browse) -> None:
    """Ten paragraphs and five people take as many statements as 250 and 60."""
    me = browse("cilla")
    small = meeting_under_way(cast, items=10, opened=10, people=5)
    for paragraph in rail(small):
        fill(paragraph)
    counts = [_cost(me, small, page)]
    _grow(cast, small)
    counts.append(_cost(me, small, page))
    assert counts[0] == counts[1], "a statement is sent once a paragraph or once a person"
    assert counts[1] < 60


def _cost(me: Browser, meeting: Meeting, page: str) -> int:
    url = f"/paragrafer/{ids_of(meeting)[-1]}" if page == "paragraph" else f"/moten/{meeting.id}"
    me.get(url)
    with statements() as sent:
        me.get(url)
    return len(sent)


def _grow(cast: Cast, meeting: Meeting) -> None:
    series = cast.forum.series[0]
    for number in range(240):
        made = make.paragraph(meeting, series, f"Ärende {number}", cast.cilla)
        made.opened_at = OPENED
    for number in range(55):
        make.presence(meeting, make.add(type(cast.bo)(name=f"Ersättare {number}")))
    make.commit()
    fill(rail(meeting)[-1])


@pytest.mark.usefixtures("each_database")
def test_who_leads_and_who_adjusts_are_said_at_once(cast: Cast, browse: Browse, request: pytest.FixtureRequest) -> None:
    """They are saved together: concurrent writers do not interrupt it, and a refusal changes nothing."""
    meeting = meeting_under_way(cast, items=2, opened=1)
    (paragraph,) = ids_of(meeting)
    presences = {p.person_id: p.id for p in meeting.presences}
    anna, bo, cilla_ = cast.anna.id, cast.bo.id, cast.cilla.id
    meeting_id, address = meeting.id, f"/paragrafer/{paragraph}/funktioner"

    def standing() -> tuple[int | None, list[int]]:
        db.session.rollback()
        adjusters = db.session.scalars(select(Adjuster.presence_id).where(Adjuster.meeting_id == meeting_id))
        return db.session.get_one(Meeting, meeting_id).chair_id, list(adjusters)

    cilla = browse("cilla")
    cilla.get(f"/paragrafer/{paragraph}")
    cilla.post(address, {"chair": bo, "secretary": cilla_, "adjuster": presences[bo]}, status=422)
    assert standing() == (anna, [])
    page = cilla.post(address, {"chair": anna, "secretary": cilla_, "adjuster": presences[cilla_]}, status=422)
    assert page.text("[data-refusal]") == MeetingRefusal.NO_MEMBER_ADJUSTS.value
    confirmed = {"chair": bo, "secretary": cilla_, "adjuster": presences[cilla_], "adjusters_confirmed": "1"}
    cilla.post(address, confirmed, status=303, follow=False)
    assert standing() == (bo, [presences[cilla_]])
    request.getfixturevalue("crowded")
    cilla.post(address, {"chair": bo, "secretary": cilla_, "adjuster": presences[anna]}, status=303, follow=False)
    assert standing() == (bo, [presences[anna]])
