"""Masking by keyboard and by mouse in a real browser; the pages are accessible and fit the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from govern.db import db
from govern.meetings.models import Meeting
from govern.notices.publishing import operations as publishing
from govern.notices.publishing.models import MaskSpan, PublicCopy
from govern.protocols import operations
from govern.protocols.models import Protocol
from tests.cast import Cast
from tests.notices.test_publishing import TEXT, adjusted  # noqa: F401 — a fixture
from tests.protocols.test_adjusting import AT, meeting  # noqa: F401 — a fixture
from tests.screen import LOOKS, Screen, accessible, fits

pytestmark = pytest.mark.browser
Show = Callable[..., Screen]


def marked() -> set[str]:
    """Return the words that were marked by hand and are masked."""
    db.session.rollback()
    found = set(db.session.scalars(select(MaskSpan.words).where(MaskSpan.proposed.is_(False), MaskSpan.masked)))
    db.session.rollback()
    return found


def select_by_keys(page: Page, steps: int, length: int) -> None:
    """Put the caret `steps` characters into the second block of § 1 and select `length` characters."""
    page.get_by_role("textbox", name="Text, § 1").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    for _ in range(steps):
        page.keyboard.press("ArrowRight")
    for _ in range(length):
        page.keyboard.press("Shift+ArrowRight")


def test_by_keyboard_and_by_mouse(cast: Cast, adjusted: Protocol, screen: Show) -> None:  # noqa: F811
    """Words selected with Shift and arrows are masked with Enter, others by mouse and button; nothing can be typed."""
    address = f"/protokoll/{adjusted.id}/publicering"
    publishing.prepare(adjusted, by=cast.cilla, at=AT)
    page = screen("cilla").page
    page.goto(address)
    accessible(page)
    fits(page)
    select_by_keys(page, TEXT.index("hörs"), len("hörs"))
    expect(page.locator("[data-mask-news]")).to_have_text("Markerat: ”hörs”")
    page.keyboard.type("x")
    expect(page.locator("[data-mask-part]", has_text=TEXT)).to_have_count(1)
    boxes = page.locator("input[name=span]:not(:checked)")
    boxes.first.check()  # A ticked box is kept when something is marked.
    select_by_keys(page, TEXT.index("hörs"), len("hörs"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_contain_text("Orden maskeras på 1 ställe.")
    assert marked() == {"hörs"}
    expect(page.locator("input[name=span]:not(:checked)")).to_have_count(0)
    expect(page.locator("mark.hidden-words", has_text="hörs")).to_have_count(1)
    page.get_by_text("svarar").first.scroll_into_view_if_needed()
    page.evaluate(
        """() => {
          const text = [...document.querySelectorAll("[data-place]")].find((p) => p.textContent.includes("svarar"));
          const node = [...text.childNodes].find((n) => n.textContent.includes("svarar"));
          const start = node.textContent.indexOf("svarar");
          const range = document.createRange();
          range.setStart(node, start);
          range.setEnd(node, start + 6);
          const selection = document.getSelection();
          selection.removeAllRanges();
          selection.addRange(range);
        }"""
    )
    with page.expect_navigation():
        page.get_by_role("button", name="Maskera det markerade").click()
    assert marked() == {"hörs", "svarar"}


@pytest.mark.long
@pytest.mark.parametrize("options", LOOKS)
def test_everyone_can_use_the_pages(
    cast: Cast,
    adjusted: Protocol,  # noqa: F811
    screen: Show,
    options: dict[str, object],
) -> None:
    """The secretary's and the public's pages, on a desktop, in dark mode and on a phone."""
    copy = publishing.prepare(adjusted, by=cast.cilla, at=AT)
    publishing.confirm(copy, {span.id for span in copy.spans}, by=cast.cilla, at=AT)
    publishing.publish(copy, by=cast.cilla, at=AT)
    copy_id = db.session.scalars(select(PublicCopy.id)).one()
    cilla, eva = screen("cilla", **options), screen(None, **options)
    for page, address in (
        (cilla.page, f"/protokoll/{adjusted.id}/publicering"),
        (cilla.page, f"/protokoll/{adjusted.id}/utdrag"),
        (cilla.page, f"/protokoll/{adjusted.id}/expediering"),
        (cilla.page, f"/protokoll/{adjusted.id}"),
        (eva.page, f"/publikt/protokoll/{copy_id}"),
        (eva.page, "/publikt"),
    ):
        page.goto(address)
        accessible(page)
        fits(page)


@pytest.mark.long
def test_the_binder_tells_by_itself(cast: Cast, meeting: Meeting, screen: Show) -> None:  # noqa: F811
    """The page shows that the binder is ready without being reloaded."""
    protocol = operations.seal(meeting, by=cast.cilla, at=AT)
    page = screen("cilla").page
    page.goto(f"/protokoll/{protocol.id}")
    page.get_by_role("button", name="Gör en pärm").click()
    expect(page.get_by_role("link", name="Hela mötet som ZIP")).to_be_visible(timeout=60_000)
    accessible(page)
