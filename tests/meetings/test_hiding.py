"""An open paper is made secret where it is listed: on the page of its agenda item or of its paragraph."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from govern.audit import AuditEntry
from govern.cases.forms import OWN_WORDS
from govern.cases.models import Attachment
from govern.db import db
from govern.meetings import operations
from govern.meetings.models import AgendaItem
from govern.meetings.states import MeetingState
from govern.outbox import OutboxEntry
from govern.paragraphs import operations as writing
from govern.paragraphs.models import Paragraph
from govern.paragraphs.rules import Refusal
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.screen import SIZES, Screen, accessible, fits

Browse = Callable[..., Browser]
LAW = "OSL 21 kap. 7 §"


@pytest.fixture
def paragraph(cast: Cast) -> Paragraph:
    """Return a paragraph of an open meeting, whose agenda item has an open paper."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.series(cast.forum)
    item = make.add(AgendaItem(meeting=meeting, position=1, heading="Växeln"))
    make.commit()
    operations.add_paper(item, "karta.txt", b"a", "Karta", confidential=None, by=cast.cilla, at=make.AT)
    return writing.open_item(item, by=cast.cilla, at=make.AT)


def paper() -> Attachment:
    """Return the paper, freshly loaded."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Attachment).one()


def hide(browser: Browser, address: str, choice: str, words: str = "") -> str:
    """Fill in the paper's secrecy form on a page, and return the message shown."""
    browser.get(address)
    field = f"hide{paper().id}-"
    typed = {f"{field}confidential": choice, f"{field}confidential_words": words}
    return browser.submit("Sätt sekretess", **typed).text(".flashes")


@pytest.mark.parametrize("place", ["/arendepunkter/{item}", "/paragrafer/{paragraph}"])
def test_it_is_secret_wherever_it_is_listed(paragraph: Paragraph, browse: Browse, place: str) -> None:
    """It is hidden from outsiders at once, queued for reindexing, and recorded in the audit log."""
    cilla, david = browse("cilla"), browse("david")
    address = place.format(item=paragraph.agenda_item_id, paragraph=paragraph.id)
    agenda, file = f"/moten/{paragraph.meeting_id}/foredragningslista", f"/bilagor/{paper().id}"
    assert "Karta" in david.get(agenda).text("main")
    david.get(file)
    db.session.query(OutboxEntry).delete()
    make.commit()
    assert OWN_WORDS in hide(cilla, address, "annat")
    assert Refusal.NO_SECRECY_REASON in hide(cilla, address, "")
    assert paper().confidential is None
    assert "har sekretess nu" in hide(cilla, address, "annat", LAW)
    assert paper().confidential == LAW
    assert "Karta" not in david.get(agenda).text("main")
    david.get(file, status=403)
    assert "Sätt sekretess" not in cilla.get(address).text("main")
    assert {(row.topic, row.key) for row in db.session.query(OutboxEntry)} >= {("index", str(paragraph.id))}
    assert db.session.query(AuditEntry).filter_by(action="file.withheld").count() == 1


def test_a_paper_listed_elsewhere_is_not_reached(paragraph: Paragraph, cast: Cast, browse: Browse) -> None:
    """A paper can be hidden only by its own item, and only by those who keep the minutes."""
    other = make.add(AgendaItem(meeting=paragraph.meeting, position=2, heading="Annat"))
    make.commit()
    address = f"/arendepunkter/{paragraph.agenda_item_id}/handlingar/{paper().id}/sekretess"
    browse("anna").post(address, status=403)
    browse("cilla").post(f"/arendepunkter/{other.id}/handlingar/{paper().id}/sekretess", status=404)
    assert paper().confidential is None


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_hold(screen: Callable[..., Screen], paragraph: Paragraph, size: tuple[int, int]) -> None:
    """The page passes axe and fits with its form open."""
    item = paragraph.agenda_item_id
    page = screen("cilla", size=size).page
    page.goto(f"/arendepunkter/{item}")
    page.get_by_text("Sätt sekretess på Karta").click()
    accessible(page)
    fits(page)
    if folder := os.environ.get("GOVERN_PICTURES"):
        page.screenshot(path=f"{folder}/hide-{size[0]}.png", full_page=True)
    page.get_by_label("Skäl för sekretess").select_option(index=1)
    page.get_by_role("button", name="Sätt sekretess", exact=True).click()
    page.get_by_text("har sekretess nu").wait_for()
