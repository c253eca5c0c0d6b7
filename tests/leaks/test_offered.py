"""Nobody is offered what they may not use: every link on reachable pages opens, and no offered button is refused.

The pages are crawled as each person, while a meeting with a secret is planned, held, sealed and published.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from govern.db import db
from tests.browse import Browser, Page
from tests.cast import Cast
from tests.leaks.story import PEOPLE, others, run_story
from tests.leaks.test_rights import MAY, OPEN_TO_SAME, SAME, right_of

Browse = Callable[..., Browser]

LOOKS = ("called", "hidden", "corrected")
"""The steps after which the pages are crawled; each adds other pages."""

START = ("/", "/forum", "/sok?q=om", "/anslagstavla")
LEADS_AWAY = {"static", "colours.colours", "people.sign_out"}


@pytest.fixture
def people(app: Flask, cast: Cast, browse: Browse) -> dict[str, Browser]:
    """Return everyone's browser, including that of Bo, who as adjuster sees pages of his own."""
    more = others(cast)
    found = {"eva": browse()} | {name: browse(name) for name in ("david", "anna", "bo", "cilla", "ada")}
    return found | {name: Browser(app).sign_in(address) for name, address in more.items()}


@pytest.mark.parametrize(
    ("looks", "most", "names"),
    [
        pytest.param(LOOKS[-1:], 1, ("bo", "david"), id="once"),
        pytest.param(LOOKS, 3, (*PEOPLE, "bo"), id="often", marks=pytest.mark.long),
    ],
)
def test_every_link_and_button_offered_may_be_used(
    app: Flask, cast: Cast, people: dict[str, Browser], looks: tuple[str, ...], most: int, names: tuple[str, ...]
) -> None:
    """Every link shown can be opened, and every button shown is within the user's rights."""
    faults: set[str] = set()
    for step, _ in run_story(cast, late=False):
        if step in looks:
            for name in names:
                faults |= {f"{step}, {name}: {fault}" for fault in _crawl(app, name, people[name], most)}
    assert not faults, "\n".join(sorted(faults))


def _crawl(app: Flask, name: str, browser: Browser, most: int) -> Iterator[str]:
    """Open everything reachable from the start pages, `most` of each endpoint, and yield what is refused."""
    db.session.rollback()
    adapter = app.url_map.bind("localhost")
    seen: set[str] = set()
    opened: Counter[str] = Counter()
    left = deque((address, "") for address in START)
    while left:
        address, found_on = left.popleft()
        try:
            endpoint = adapter.match(urlsplit(address).path)[0]
        except HTTPException:
            yield f"{found_on} offers {address}, which is nowhere"
            continue
        path = urlsplit(address).path
        if endpoint in LEADS_AWAY or path in seen or opened[endpoint] >= most:
            continue
        seen.add(path)
        opened[endpoint] += 1
        answer = browser.answer(address)
        if answer.status_code >= 400 and (found_on or answer.status_code != 401):
            yield f"{found_on} offers {address}, which answers {answer.status_code}"
        elif answer.mimetype == "text/html":
            page = Page(address, answer)
            targets = (urldefrag(urljoin(address, node.attributes["href"] or ""))[0] for node in page.all("a[href]"))
            left.extend((target, address) for target in targets if target.startswith("/"))
            yield from _closed_buttons(app, name, page)


def _closed_buttons(app: Flask, name: str, page: Page) -> Iterator[str]:
    adapter = app.url_map.bind("localhost")
    for form in page.all("form[method=post]"):
        for node in (form, *form.css("button[formaction]")):
            action = node.attributes.get("action") or node.attributes.get("formaction") or page.url
            endpoint = adapter.match(urlsplit(urljoin(page.url, action)).path, method="POST")[0]
            right = right_of(app, endpoint).name
            if name != "bo" and name not in MAY[right] and not (right in OPEN_TO_SAME and name in SAME):
                yield f"{page.url} offers to press {action}, which asks for {right}"
