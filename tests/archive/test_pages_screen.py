"""The pages of the search and of a case in a real browser: on a desktop, a phone, in dark mode and on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from govern.db import now
from govern.meetings.states import MeetingState
from govern.paragraphs.states import ParagraphState
from tests import make
from tests.archive.conftest import Shelf
from tests.cast import Cast
from tests.screen import DESKTOP, PHONE, Screen, accessible, fits


@pytest.mark.parametrize(("size", "dark"), [pytest.param(DESKTOP, False, marks=pytest.mark.long), (PHONE, True)])
def test_they_are_read_by_everyone(
    shelf: Shelf, cast: Cast, screen: Callable[..., Screen], size: Any, dark: bool
) -> None:
    """The pages are accessible and fit the screen."""
    case = make.case(cast.collaboration)
    shelf.open.case = case
    later = make.meeting(cast.forum, date(2025, 9, 1), MeetingState.SEALED)
    again = make.paragraph(later, shelf.open.series, "Växeln omprövas", cast.anna, ParagraphState.APPROVED, case=case)
    make.supersession(again, shelf.open, cast.cilla)
    saved = make.saved_search(cast.cilla, "växel", feed=1, feed_open=True)
    make.saved_search(cast.cilla, "hyra", removed_at=now())
    make.commit()
    cilla = screen("cilla", size=size, dark=dark)
    page = cilla.page
    page.goto("/sok?q=växel")
    for tool in ("#spara", "#dela"):
        page.locator(f"{tool} summary").click()
    for address in (
        None,
        "/sok/sparade",
        f"/sok/sparade/{saved.id}",
        "/sok/utskrift?q=växel",
        f"/arenden/{case.id}",
        f"/paragrafer/{shelf.draft.id}/ersatter",
        "/konto",
    ):
        if address:
            page.goto(address)
        accessible(page)
        fits(page)


def test_on_paper_the_result_says_what_was_asked(shelf: Shelf, screen: Callable[..., Screen]) -> None:
    """Print shows the query, the reader and the day instead of the form and the tools."""
    page = screen("anna").page
    page.goto("/sok?q=växel")
    assert not page.locator(".only-print").is_visible()
    page.emulate_media(media="print")
    assert "”växel”. Anna Ask, " in page.locator(".only-print").inner_text()
    for left_out in (".filter.search", "aside", ".top"):
        assert not page.locator(left_out).first.is_visible()
