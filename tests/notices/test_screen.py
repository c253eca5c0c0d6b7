"""The notice in a real browser, on desktop and phone: posted, noted on another board, and read by the public."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from govern.db import db, now
from govern.forums.states import Regime
from govern.swedish import local_day
from tests.cast import Cast
from tests.notices.posted import KEPT, adjusted, seat_the_other_member
from tests.screen import SIZES, Screen, accessible, fits


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
def test_a_notice_from_the_secretary_to_the_public(
    cast: Cast, screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    """The secretary posts for a joint board and notes the other posting; a visitor without an account reads it."""
    seat_the_other_member(cast)
    protocol_id = adjusted(cast, now() - timedelta(days=1), Regime.JOINT_BOARD).id
    db.session.rollback()
    page = screen("cilla", size=size).page
    page.goto("/")
    page.get_by_role("link", name="Styrgruppen 22 april 2024").first.click()
    assert page.url.endswith(f"/protokoll/{protocol_id}/anslag")
    fits(page)
    accessible(page)
    page.get_by_label("Var protokollet finns").fill(KEPT)
    page.get_by_role("button", name="Anslå protokollet").click()
    expect(page.get_by_text("Tiden börjar när anslaget sitter på alla tavlor")).to_be_visible()
    page.get_by_text("Anteckna att det sitter där").click()
    fits(page)
    accessible(page)
    page.get_by_label("Dag").fill(local_day(now()).isoformat())
    page.get_by_role("button", name="Anteckna").click()
    expect(page.get_by_role("button", name="Ta ned anslaget")).to_have_attribute("aria-disabled", "true")
    accessible(page)
    eva = screen(size=size).page
    for address in ("/anslagstavla", "/anslagstavla/arkiv"):
        eva.goto(address)
        fits(eva)
        accessible(eva)
    eva.goto("/anslagstavla")
    eva.get_by_role("link", name="Styrgruppen 22 april 2024").click()
    expect(eva.get_by_text(KEPT)).to_be_visible()
    expect(eva.get_by_role("heading", name="Hur man överklagar")).to_be_visible()
    fits(eva)
    accessible(eva)
    page.goto(f"/forum/{cast.forum.slug}/kvartal/2024-2")
    fits(page)
    accessible(page)
