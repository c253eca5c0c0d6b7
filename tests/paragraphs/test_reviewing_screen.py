"""The chair's queue in a real browser, including phones: a selected passage becomes the quote of a comment."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from govern.db import db, in_turn
from govern.paragraphs import operations
from govern.paragraphs.models import Paragraph
from tests.cast import Cast
from tests.paragraphs.test_reviewing import AT, ready, save
from tests.screen import SIZES, Screen, accessible, fits

__all__ = ["ready"]  # A fixture.
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", SIZES)
def test_a_marked_passage_is_commented(
    cast: Cast, ready: list[Paragraph], screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    """The paragraph with a sent comment leaves the queue, and the page passes axe and fits the screen."""
    first, second = (row.id for row in ready)
    in_turn(lambda: operations.send_back(ready[1], "Fler ord.", by=cast.anna, at=AT))
    in_turn(lambda: save(ready[1], cast.cilla, "Sju kommuner har var sin växel."))
    in_turn(lambda: operations.mark_ready(ready[1], by=cast.cilla, at=AT))
    db.session.rollback()
    page = screen("anna", size=size).page
    page.goto("/granska")
    fits(page)
    accessible(page)
    article = page.locator(f"#g{first}")
    article.locator("[data-text] p").first.click(click_count=3)
    article.get_by_role("button", name="Kommentera markeringen").click()
    expect(article.locator("[data-quote]")).to_have_value("Fem kommuner har var sin växel.")
    expect(article.locator("[data-comment]")).to_be_focused()
    page.keyboard.type("Vilka fem?")
    accessible(page)
    article.get_by_role("button", name="Skicka tillbaka §").click()
    expect(page.locator("article.queued")).to_have_count(1)
    expect(page.locator(f"#g{second} ins")).to_contain_text("Sju")
    review = db.session.get_one(Paragraph, first).reviews[-1]
    assert (review.quote, review.comment) == ("Fem kommuner har var sin växel.", "Vilka fem?")
    db.session.rollback()
