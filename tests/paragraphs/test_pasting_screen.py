"""A page of Word pasted into a paragraph of the real application, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from govern.db import db
from govern.documents.remarks import PICTURE_SENTENCE
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.models import Paragraph
from tests.browser import word
from tests.browser.test_paste import LISTS as PASTED
from tests.browser.test_paste import LISTS_STORED, paste
from tests.paragraphs.test_desk_screen import add_section, address, saved  # noqa: F401 — a fixture
from tests.screen import Screen

pytestmark = pytest.mark.browser


def test_what_is_pasted_from_word_is_stored(address: str, screen: Callable[..., Screen]) -> None:  # noqa: F811
    """The text is stored in the forms of the content tree, and the page tells of the picture that was left out."""
    page = screen("cilla").page
    page.goto(address)
    add_section(page, "x")
    page.keyboard.press("Control+a")
    paste(page, PASTED)
    page.keyboard.press("Control+End")
    saved(page)
    page.get_by_role("button", name="Lägg till avsnitt").click()
    paste(page, word.page(word.plain(word.picture("Karta"))))
    expect(page.get_by_text(PICTURE_SENTENCE)).to_be_visible()
    saved(page)
    db.session.rollback()
    paragraph = db.session.scalars(select(Paragraph)).one()
    texts = [section.html for section in stored.read(paragraph).sections]
    assert texts == [LISTS_STORED, "<p>[Bild som inte följde med: Karta]</p>"]
