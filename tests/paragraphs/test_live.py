"""The live page that others follow: who sees what, and when it answers that nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from govern.paragraphs import movements, operations
from govern.paragraphs.live import queries as live
from govern.paragraphs.queries import rail
from govern.paragraphs.states import Change
from tests.browse import Browser
from tests.cast import Cast
from tests.paragraphs.rooms import OPENED, fill, meeting_under_way

Browse = Callable[..., Browser]


def test_who_sits_reads_what_is_being_decided(cast: Cast, browse: Browse) -> None:
    """Members see the paragraph opened last, with its clauses, and the agenda below it."""
    meeting = meeting_under_way(cast, opened=2)
    fill(rail(meeting)[1])
    page = browse("bo").get(f"/moten/{meeting.id}/live")
    assert page.text("h1") == "§ 809 Val av justerare"
    assert "att införa en gemensam växel" in page.text("main")
    assert "09.05" in page.text(".live-agenda")


def test_others_in_the_collaboration_do_not(cast: Cast, browse: Browse) -> None:
    """They see only the number and the agenda's heading, and under secrecy only the number."""
    meeting = meeting_under_way(cast, opened=2)
    fill(rail(meeting)[1])
    page = browse("david").get(f"/moten/{meeting.id}/live")
    assert page.text("h1") == "§ 809 Val av justerare"
    assert "växel" not in page.text(".live-now, main").replace("Gemensam växel Kvar", "")
    rail(meeting)[1].heading = "Val av justerare efter jäv"
    operations.db.session.commit()
    page = browse("david").get(f"/moten/{meeting.id}/live")
    assert page.text("h1") == "§ 809 Val av justerare", "what is being written is not theirs to read yet"
    fill_secret = rail(meeting)[1]
    fill_secret.confidential = "OSL 19 kap. 3 §"
    operations.db.session.commit()
    page = browse("david").get(f"/moten/{meeting.id}/live")
    assert page.text("h1") == "§ 809 Sekretess"
    assert "Val av justerare" not in page.text("main")
    assert "Val av justerare" in browse("bo").get(f"/moten/{meeting.id}/live").text("main")


def test_a_secret_item_that_waits_is_not_named(cast: Cast, browse: Browse) -> None:
    """Only members see its heading; a change of secrecy changes the revision."""
    meeting = meeting_under_way(cast, opened=1)
    before = live.revision(meeting, at=OPENED)
    meeting.agenda[3].confidential = "OSL 19 kap. 3 §"
    operations.db.session.commit()
    assert live.revision(meeting, at=OPENED) != before
    assert "Gemensam växel" not in browse("david").get(f"/moten/{meeting.id}/live").text("main")
    assert "Gemensam växel" in browse("bo").get(f"/moten/{meeting.id}/live").text("main")


def test_the_public_and_strangers_are_kept_out(cast: Cast, browse: Browse) -> None:
    """Somebody who is not signed in is sent to sign in."""
    meeting = meeting_under_way(cast)
    assert browse().get(f"/moten/{meeting.id}/live", status=303, follow=False).location.startswith("/logga-in")


def test_nothing_new_is_204(cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    """If anything is new, only the part of the page that changes is sent."""
    monkeypatch.setattr("govern.paragraphs.live.views.now", lambda: OPENED)
    meeting = meeting_under_way(cast, opened=1)
    me = browse("bo")
    rev = me.get(f"/moten/{meeting.id}/live").find("[data-rev]").attributes["data-rev"]
    assert me.fragment(f"/moten/{meeting.id}/live?rev={rev}", status=204).data == b""
    operations.open_item(meeting.agenda[1], by=cast.cilla, at=OPENED)
    page = me.fragment(f"/moten/{meeting.id}/live?rev={rev}")
    assert page.text("h1") == "§ 809 Val av justerare"
    assert not page.all("head > title")


def test_every_change_gives_another_revision(cast: Cast, each_database: str) -> None:
    """Each change and each minute that passes gives a revision of its own."""
    meeting = meeting_under_way(cast, opened=2)
    first, second = rail(meeting)
    bo = next(p for p in meeting.presences if p.name == "Bo Björk")
    by = {"by": cast.cilla, "at": OPENED}
    seen = [live.revision(meeting, at=OPENED)]
    assert live.revision(meeting, at=OPENED) == seen[0]

    def another() -> None:
        seen.append(live.revision(meeting, at=OPENED))

    operations.mark_ready(first, **by)
    another()
    operations.mark_ready(second, **by)
    operations.take_back(first, **by)
    another()
    movements.change_presence(second, bo, Change.LEAVES, None, **by)
    another()
    movements.undo(second, bo, **by)
    movements.disqualify(second, bo, "", **by)
    another()
    operations.open_item(meeting.agenda[2], **by)
    another()
    seen.append(live.revision(meeting, at=OPENED + timedelta(minutes=1)))
    assert len(set(seen)) == len(seen)
