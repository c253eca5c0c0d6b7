"""A protocol's notice is posted, public, removed in time and proved, and reveals nothing that is not public."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest

from govern import audit
from govern.db import db, now
from govern.errors import Refused
from govern.forums.states import Regime, SeatRole
from govern.notices import operations, queries
from govern.notices.models import Notice, NoticeProof, Posting
from govern.notices.publishing import operations as publishing
from govern.notices.queries import adjusted_on
from govern.notices.rules import Refusal
from govern.protocols.correcting import operations as correcting
from govern.swedish import local_day
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.reading import faults, pdf_pages
from tests.notices.posted import KEPT, adjusted, posted, seat_the_other_member

Browse = Callable[..., Browser]
AT = datetime(2024, 4, 30, 8, 0, tzinfo=UTC)
EARLIEST = datetime(2024, 5, 22, 8, 0, tzinfo=UTC)


def actions() -> list[str]:
    """Return the actions on notices in the audit log."""
    rows = db.session.scalars(db.select(audit.AuditEntry).order_by(audit.AuditEntry.id))
    return [row.action for row in rows if row.action.startswith("notice.")]


@pytest.mark.usefixtures("each_database")
def test_from_adjusted_to_proved(cast: Cast) -> None:
    notice = posted(cast, AT)
    assert notice.adjusted_on == date(2024, 4, 30)
    assert (notice.first, notice.last, notice.kept_at) == (12, 13, KEPT)
    assert [p.board for p in notice.postings] == ["Björkby kommun"]
    early = EARLIEST - timedelta(days=1)
    with pytest.raises(Refused, match="hela tiden"):
        operations.take_down(notice.board, local_day(early), by=cast.cilla, at=early)
    operations.take_down(notice.board, local_day(EARLIEST), by=cast.cilla, at=EARLIEST)
    assert notice.down_at == EARLIEST
    assert notice.proof is not None
    said = " ".join(" ".join(pdf_pages(notice.proof.pdf)).split())
    assert "30 april 2024 av Cilla Ceder" in said
    assert "22 maj 2024 av Cilla Ceder" in said
    assert faults(notice.proof.pdf) == []
    assert actions() == ["notice.posted", "notice.taken_down", "notice.proved"]
    with pytest.raises(Refused, match="redan nedtaget"):
        operations.take_down(notice.board, local_day(EARLIEST), by=cast.cilla, at=EARLIEST)


@pytest.mark.usefixtures("each_database")
def test_what_is_not_adjusted_is_not_posted(cast: Cast) -> None:
    protocol = adjusted(cast, AT, all_of_them=False)
    assert adjusted_on(protocol) is None
    with pytest.raises(Refused, match="Alla underskrifter"):
        operations.post(protocol, KEPT, by=cast.cilla, at=AT)
    assert not db.session.scalars(db.select(Notice)).all()


def test_whoever_refuses_to_adjust_does_not_stop_the_notice(cast: Cast) -> None:
    """A refusal settles the signature, and its day becomes the day of adjusting (JO 4024-1999)."""
    protocol = adjusted(cast, AT, all_of_them=False)
    last = protocol.signatures[-1]
    later = AT + timedelta(days=1)
    correcting.refuse_to_adjust(last, "Så sades det inte.", by=last.person, at=later)
    assert adjusted_on(protocol) == date(2024, 5, 1)


def test_notices_that_are_to_stay_up_do_not_crowd_out_the_rest(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Min sida has room for as many as may come down, whatever older ones are still to stay up."""
    monkeypatch.setattr(queries, "MOST", 1)
    posted(cast, EARLIEST)
    committee = make.forum(cast.collaboration, "Utskottet")
    for person, role in ((cast.anna, SeatRole.CHAIR), (cast.bo, SeatRole.MEMBER), (cast.cilla, SeatRole.SECRETARY)):
        make.seat(committee, person, role, starts_on=date(2020, 1, 1))
    due = posted(replace(cast, forum=committee), AT)
    assert queries.to_handle(cast.cilla, local_day(EARLIEST)) == [due]


@pytest.mark.parametrize("regime", [Regime.ASSOCIATION, Regime.AGREEMENT])
def test_other_bodies_have_no_notice_and_the_page_says_why(cast: Cast, browse: Browse, regime: Regime) -> None:
    protocol = adjusted(cast, AT, regime)
    with pytest.raises(Refused):
        operations.post(protocol, KEPT, by=cast.cilla, at=AT)
    page = browse("cilla").get(f"/protokoll/{protocol.id}")
    assert "Varför protokollet inte anslås" in page.text("aside")
    page = browse("cilla").get(f"/protokoll/{protocol.id}/anslag")
    why = Refusal.ASSOCIATION if regime is Regime.ASSOCIATION else Refusal.AGREEMENT
    assert why in page.text("main")
    assert not page.all("form[action$=anslag]")


def listed_on(browse: Browse, posting: Posting, page: str = "/anslagstavla") -> list[bool]:
    """Return whether the notice is on a public list of each of its boards."""
    names = [one.board for one in posting.notice.postings]
    link = f"/anslagstavla/{posting.notice_id}"
    return [link in browse().get(f"{page}?{urlencode({'tavla': name})}").html for name in names]


def test_a_joint_board_posts_on_every_members_board(cast: Cast, browse: Browse) -> None:
    seat_the_other_member(cast)
    notice = posted(cast, AT, Regime.JOINT_BOARD)
    here, there = notice.postings
    assert [here.board, there.board] == ["Björkby kommun", "Granby kommun"]
    page = browse().get(f"/anslagstavla/{notice.id}")
    assert "Tiden börjar när anslaget sitter på alla tavlor" in page.text("main")
    with pytest.raises(Refused, match="alla tavlor"):
        operations.take_down(here, date(2024, 7, 1), by=cast.cilla, at=now())
    assert listed_on(browse, here) == [True, False]
    browser = browse("cilla")
    browser.get(f"/protokoll/{notice.protocol_id}/anslag")
    page = browser.submit(
        f"form[action='/anslag/{there.id}/uppsatt']", status=422, **{f"t{there.id}-day": "2024-04-01"}
    )
    assert Refusal.BEFORE_ADJUSTED in page.text("main")
    page = browser.submit(f"form[action='/anslag/{there.id}/uppsatt']", **{f"t{there.id}-day": "2024-05-06"})
    assert "27 maj 2024" in page.text("main")  # Three weeks from the later posting, on the other board.
    db.session.expire_all()
    assert listed_on(browse, here) == [True, True]
    operations.take_down(here, local_day(now()), by=cast.cilla, at=now())
    assert listed_on(browse, here) == [False, True]
    assert notice.down_at is None
    assert notice.proof is None
    operations.take_down(there, date(2024, 5, 28), by=cast.cilla, at=now())
    assert notice.proof is not None
    assert listed_on(browse, here) == [False, False]
    assert listed_on(browse, here, "/anslagstavla/arkiv") == [True, True]


def test_the_public_reads_the_board(cast: Cast, browse: Browse) -> None:
    at = now() - timedelta(days=3)
    notice = posted(cast, at)
    page = browse().get("/anslagstavla")
    said = page.text("main")
    assert "Styrgruppen 22 april 2024" in said
    assert "Protokoll §§ 12–13" in said
    assert "laglighetsprövning" in said
    for secret in ("Budget", "Avtal", "Cilla"):
        assert secret not in said
    page = browse().get(f"/anslagstavla/{notice.id}")
    assert "Läs protokollet" not in page.text("main")
    assert KEPT in page.text("main")
    assert "Budget" not in page.html
    assert "Inget anslag är nedtaget än" in browse().get("/anslagstavla/arkiv").text("main")
    browse().get(f"/anslag/{notice.id}/anslag.pdf", status=303, follow=False)
    assert "Inget är anslaget just nu" in browse().get("/anslagstavla?tavla=Granby+kommun").text("main")


def test_a_notice_leads_to_what_is_published_of_its_protocol(cast: Cast, browse: Browse) -> None:
    """The link is removed when the copy is unpublished."""
    at = now() - timedelta(days=3)
    notice = posted(cast, at)
    copy = publishing.prepare(notice.protocol, by=cast.cilla, at=at)
    publishing.confirm(copy, [], by=cast.cilla, at=at)
    publishing.publish(copy, by=cast.cilla, at=at)
    page = browse().get(f"/anslagstavla/{notice.id}")
    browse().get(page.links["Läs protokollet"])
    publishing.unpublish(copy, "Fel namn.", by=cast.cilla, at=at)
    assert "Läs protokollet" not in browse().get(f"/anslagstavla/{notice.id}").text("main")


def test_the_secretary_posts_and_takes_down(cast: Cast, browse: Browse) -> None:
    protocol = adjusted(cast, now() - timedelta(days=40))
    browser = browse("cilla")
    assert "Att anslå" in browser.get("/").text("main")
    browser.get(f"/protokoll/{protocol.id}")
    page = browser.click("Anslag och bevis")
    assert "Sent: sista dagen var" in page.text("main")
    page = browser.submit("Anslå protokollet", kept_at=" ", status=422)
    assert Refusal.NO_PLACE in page.text("main")
    page = browser.submit("Anslå protokollet", kept_at=KEPT)
    assert "Protokollet är anslaget." in page.text("body")
    assert "Anslogs sent" in page.text("main")
    assert Refusal.TOO_EARLY in page.text("main")
    notice = db.session.scalars(db.select(Notice)).one()
    browser.post(f"/anslag/{notice.board.id}/ta-ned", status=422)
    db.session.expire_all()
    assert notice.board.removed_on is None


def test_when_the_time_is_over_it_waits_on_the_secretarys_page(cast: Cast, browse: Browse) -> None:
    notice = posted(cast, now() - timedelta(days=40))
    browser = browse("cilla")
    assert "Anslag som väntar" in browser.get("/").text("main")
    browser.get(f"/protokoll/{notice.protocol_id}/anslag")
    page = browser.submit("Ta ned anslaget")
    assert "Beviset är klart" in page.text("body")
    assert browser.get(f"/anslag/{notice.id}/bevis.pdf").data.startswith(b"%PDF")
    assert browser.get(f"/anslag/{notice.id}/bevis.docx").data.startswith(b"PK")
    assert "Styrgruppen" in browse().get("/anslagstavla/arkiv").text("main")
    assert "Inget är anslaget just nu" in browse().get("/anslagstavla").text("main")
    assert "Anslag som väntar" not in browser.get("/").text("main")
    assert db.session.scalars(db.select(NoticeProof)).one().sha256


def test_the_papers_are_for_those_who_read_the_forum(cast: Cast, browse: Browse) -> None:
    notice = posted(cast, AT)
    page = browse("anna").get(f"/anslag/{notice.id}/anslag.pdf")
    assert "Överklagas Senast 21 maj 2024" in " ".join(" ".join(pdf_pages(page.data)).split())
    assert browse("anna").get(f"/anslag/{notice.id}/anslag.docx").data.startswith(b"PK")
    browse("anna").get(f"/anslag/{notice.id}/bevis.pdf", status=404)
    browse("anna").post(f"/anslag/{notice.board.id}/ta-ned", status=403)
    browse("anna").post(f"/protokoll/{notice.protocol_id}/anslag", {"kept_at": KEPT}, status=403)
    assert io.BytesIO(page.data).read(4) == b"%PDF"


@pytest.mark.usefixtures("each_database")
def test_a_notice_posted_by_mistake(cast: Cast, browse: Browse) -> None:
    """It is withdrawn with a reason, both are in the archive, and the time to appeal runs from the new one."""
    notice = posted(cast, AT)
    protocol_id, first = notice.protocol_id, notice.id
    cilla = browse("cilla")
    page = cilla.get(f"/protokoll/{protocol_id}/anslag")
    cilla.get(page.link("Återkalla anslaget …"))
    assert Refusal.NO_REASON in cilla.submit("Återkalla anslaget", status=422, reason=" ").text("main")
    page = cilla.submit("Återkalla anslaget", reason="Fel plats stod i anslaget.")
    assert "Fel plats stod i anslaget." in page.text("main")
    assert actions() == ["notice.posted", "notice.withdrawn"]
    public = browse()
    assert f"/anslagstavla/{first}" not in public.get("/anslagstavla").html
    assert "återkallat" in public.get("/anslagstavla/arkiv").text("main")
    assert "Fel plats stod i anslaget." in public.get(f"/anslagstavla/{first}").text("main")
    assert "Tiden börjar" not in public.get(f"/anslagstavla/{first}").text("main")
    assert "Att anslå" in cilla.get("/").text("main")
    page = cilla.get(f"/protokoll/{protocol_id}/anslag")
    page = cilla.submit("Anslå protokollet", kept_at="Kommunkansliet")
    assert "Återkallade anslag" in page.text("main")
    again = db.session.scalars(db.select(Notice).where(Notice.withdrawn_at.is_(None))).one()
    assert again.id != first
    assert again.board.posted_on == local_day(now())
    assert "Anslaget är återkallat." in cilla.get(f"/anslag/{first}/aterkalla").text("main")
    cilla.post(f"/anslag/{again.board.id}/ta-ned", status=422)
