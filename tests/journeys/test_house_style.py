"""Choosing the style of documents in a real browser: the preview follows each choice, and the latest wins."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from govern.db import db
from govern.forums.house import operations as house_operations
from govern.forums.house.queries import layers_of
from govern.forums.house.rules import HouseRefusal
from tests import make
from tests.cast import Cast
from tests.documents.letterheads import letterhead
from tests.documents.test_logo import picture
from tests.screen import SIZES, Screen, accessible, fits

pytestmark = pytest.mark.browser

DRAWN = "De första sidorna i ett provprotokoll."


def first_page(page: Page) -> str:
    """Return the URL of the first picture, once it is drawn."""
    expect(page.locator("[data-preview-news]")).to_have_text(DRAWN)
    return page.locator(".leaves img").first.get_attribute("src") or ""


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
def test_the_preview_follows(screen: Callable[..., Screen], cast: Cast, size: tuple[int, int]) -> None:
    """The preview shows each change and says what cannot be printed; only Spara stores anything."""
    page = screen("cilla", size=size).page
    page.goto(f"/forum/{cast.forum.slug}/dokument")
    before = first_page(page)
    page.evaluate("window.same = true")
    header = page.get_by_label("Text i sidhuvudet")
    header.press_sequentially("Norra samverkan")
    expect(page.locator(".leaves img").first).not_to_have_attribute("src", before)
    named = first_page(page)
    page.get_by_label("Accentfärg").fill("#ffd500")
    expect(page.locator("[data-preview-pages]")).to_have_text(HouseRefusal.TOO_PALE.value)
    page.get_by_label("Accentfärg").fill("#c8102e")
    assert first_page(page) not in {before, named}
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("Varje paragraf börjar på ny sida").uncheck()
    first_page(page)
    assert page.evaluate("window.same")
    accessible(page)
    fits(page)
    db.session.rollback()
    assert layers_of(cast.forum).own is None
    db.session.rollback()
    page.get_by_role("button", name="Spara").click()
    expect(page.locator(".flash")).to_contain_text("Sparat.")
    db.session.rollback()
    assert set(layers_of(cast.forum).differs) == {"header_text", "accent", "paragraphs_on_own_page"}
    db.session.rollback()


@pytest.mark.long
def test_the_pages_wear_the_colour_by_day_and_by_night(screen: Callable[..., Screen], cast: Cast) -> None:
    """The accent colour is readable in light and dark mode, as axe measures it."""
    page = screen("ada").page
    settings = f"/installningar/samverkan/{cast.collaboration.slug}/dokument"
    house_operations.set_logo(cast.collaboration, picture(), "Norras logotyp", by=cast.ada, at=make.AT)
    house_operations.set_base(cast.collaboration, letterhead(), "brev.docx", by=cast.ada, at=make.AT)
    page.goto(settings)
    page.get_by_label("Accentfärg").fill("#767676")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator(".flash")).to_contain_text("Sparat.")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for address in ("/", f"/forum/{cast.forum.slug}", settings, f"{settings}/logotyp", f"{settings}/word"):
            page.goto(address)
            accessible(page)
