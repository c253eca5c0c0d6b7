"""The administrator's page of background work: lanes, entries set aside, and actions on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from govern import outbox
from govern.audit import AuditEntry
from govern.db import db, now
from govern.outbox import LaneBeat, OutboxEntry
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.screen import DESKTOP, PHONE, Screen, accessible, fits

ADDRESS = "/installningar/bakgrund"


def aside(error: str = "Filen tar för lång tid att läsa.", topic: str = "read") -> OutboxEntry:
    """Add an entry that is set aside."""
    at = now()
    row = OutboxEntry(topic=topic, key="3f2a" * 16, created_at=at, due_at=at, attempts=4, error=error, set_aside_at=at)
    make.add(row)
    make.commit()
    return row


def test_nothing_is_set_aside(browse: Callable[..., Browser], cast: Cast) -> None:
    """The page says that nothing is set aside and that no lane has started; Min sida says nothing."""
    ada = browse("ada")
    page = ada.get(ADDRESS)
    assert "Inget är åsidolagt" in page.text("main")
    assert "Har inte startats" in page.text("table")
    assert "Bakgrundsarbete" not in ada.get("/").text("main")


def test_a_lane_that_is_worked_and_one_that_has_fallen_silent(browse: Callable[..., Browser], cast: Cast) -> None:
    """A lane's state follows from its last beat; a lane at a long job is alive as long as the job may take."""
    at = now()
    long_ago = at - timedelta(minutes=10)
    make.add(LaneBeat(lane="index", owner="here", at=at))
    make.add(LaneBeat(lane="letters", owner="here", at=long_ago))
    make.add(LaneBeat(lane="documents", owner="here", at=long_ago, until=at + timedelta(minutes=20)))
    outbox.enqueue("letter", 1, at=long_ago)
    make.commit()
    told = {row.lane: row for row in outbox.lane_states(at)}
    assert [told[lane].alive for lane in outbox.Lane] == [True, False, False, True, False]
    assert told[outbox.Lane.DOCUMENTS].busy
    assert (told[outbox.Lane.LETTERS].waits, told[outbox.Lane.LETTERS].oldest) == (1, long_ago)
    assert "svarar inte i alla köer" in browse("ada").get(ADDRESS).text("main")


def test_what_is_set_aside_is_told_and_run_again(browse: Callable[..., Browser], cast: Cast) -> None:
    """Min sida also shows the entry, to administrators only; running it again is logged."""
    row = aside()
    ada = browse("ada")
    assert "1 arbete gick inte att göra" in ada.get("/").text("main")
    assert "gick inte att göra" not in browse("anna").get("/").text("main")
    page = ada.get(ADDRESS)
    assert "Texten i en fil läses (3f2a3f2a3f2a)" in page.text("main")
    assert "Filen tar för lång tid att läsa." in page.text("main")
    assert "Arbetet körs igen." in ada.post(f"{ADDRESS}/{row.id}/igen").text("main")
    db.session.expire_all()
    assert (row.set_aside_at, row.attempts) == (None, 0)
    assert "hann före" in ada.post(f"{ADDRESS}/{row.id}/igen").text("main")
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.target == f"outbox:{row.id}")).all()
    assert actions == ["background.run_again"]


def test_it_is_dismissed_or_all_run_again(browse: Callable[..., Browser], cast: Cast) -> None:
    """Each action is logged; an unexpected exception is marked as such."""
    first, *others = [aside("OSError: the disk is full") for _ in range(3)]
    ada = browse("ada")
    assert "inte känner igen: OSError: the disk is full" in ada.get(ADDRESS).text("main")
    ada.post(f"{ADDRESS}/{first.id}/avfarda")
    ada.post(f"{ADDRESS}/{first.id}/avfarda")
    db.session.expire_all()
    assert first.done_at is not None
    assert "Antal arbeten som körs igen: 2." in ada.post(f"{ADDRESS}/igen").text("main")
    db.session.expire_all()
    assert [row.set_aside_at for row in others] == [None, None]
    assert "Inget är åsidolagt" in ada.get(ADDRESS).text("main")
    ada.post(f"{ADDRESS}/igen")
    written = select(AuditEntry.action).where(AuditEntry.action.startswith("background."))
    assert sorted(db.session.scalars(written)) == ["background.dismissed", *["background.run_again"] * 2]


def test_it_is_closed_to_others(browse: Callable[..., Browser], cast: Cast) -> None:
    """Others can neither see the page nor act on it."""
    row = aside()
    cilla = browse("cilla")
    cilla.get(ADDRESS, status=403)
    for deed in ("igen", f"{row.id}/igen", f"{row.id}/avfarda"):
        cilla.post(f"{ADDRESS}/{deed}", status=403)


@pytest.mark.parametrize(("size", "dark"), [pytest.param(DESKTOP, False, marks=pytest.mark.long), (PHONE, True)])
def test_it_is_read_by_everyone(cast: Cast, screen: Callable[..., Screen], size: Any, dark: bool) -> None:
    """The pages are accessible and fit the screen, with and without an entry set aside."""
    rows = [aside(), aside("OSError: [Errno 28] No space left on device: /var/lib/govern/files/ab/cd" + "0" * 60)]
    page = screen("ada", size=size, dark=dark).page
    for address in (ADDRESS, "/"):
        page.goto(address)
        accessible(page)
        fits(page)
    for row in rows:
        outbox.dismiss(db.session.merge(row), at=now())
    make.commit()
    page.goto(ADDRESS)
    accessible(page)
    fits(page)
