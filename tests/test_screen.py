"""The real browser accepts a good page and reports the faults of a bad one."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue

from govern.people.access import ANYONE, allow
from tests.screen import PHONE, Screen, accessible, fits

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Prov</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"></head><body><main><h1>Prov</h1>{}</main></body></html>"""


@pytest.fixture
def show(own_app: Flask, screen: Callable[..., Screen]) -> Callable[[str], Screen]:
    """Return a function that shows HTML in the main part of a page, on a phone."""

    def show_page(body: str) -> Screen:
        @allow(ANYONE)
        def trial() -> ResponseReturnValue:
            return PAGE.format(body)

        own_app.add_url_rule("/prov", "trial", trial)
        shown = screen(size=PHONE)
        shown.page.goto("/prov")
        return shown

    return show_page


def test_a_good_page(show: Callable[[str], Screen]) -> None:
    """A good page passes every check, including axe."""
    page = show("<p>Välkommen till mötet.</p>").page
    accessible(page)
    fits(page)
    assert page.get_by_role("heading").inner_text() == "Prov"


def test_axe_finds_a_fault(show: Callable[[str], Screen]) -> None:
    """axe finds an input without a name."""
    page = show("<input>").page
    with pytest.raises(AssertionError, match="label"):
        accessible(page)


def test_a_wide_page_is_found(show: Callable[[str], Screen]) -> None:
    """Content wider than a phone is found."""
    page = show(f"<pre>{'x' * 400}</pre>").page
    with pytest.raises(AssertionError, match="390 px"):
        fits(page)


def test_the_policy_holds(show: Callable[[str], Screen]) -> None:
    """An inline script does not run, and the violation is reported."""
    shown = show("<p id=p>ja</p><script>p.textContent = 'nej'</script>")
    assert shown.page.locator("#p").inner_text() == "ja"
    with pytest.raises(AssertionError, match="Content Security Policy"):
        shown.check()
    shown.allow_complaint("Content Security Policy")
