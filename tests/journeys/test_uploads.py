"""Files dropped on a page in a real browser: progress, refusals beside the file, and cancelling."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from govern.db import db
from govern.meetings import operations
from govern.meetings.models import AgendaItem
from govern.meetings.states import MeetingState
from tests import make
from tests.cast import Cast
from tests.reading.files import pdf
from tests.screen import SIZES, Screen, accessible, fits

pytestmark = pytest.mark.browser

DROP = """([zone, files]) => {
  const carried = new DataTransfer();
  for (const [name, text] of files) carried.items.add(new File([text], name));
  const where = document.querySelector(zone);
  for (const type of ["dragover", "drop"]) {
    where.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}"""


@pytest.fixture
def item(cast: Cast) -> int:
    """Add an item to an agenda and return its id."""
    meeting = make.meeting(cast.forum)
    make.commit()
    return operations.save_item(meeting, None, heading="Växel", kind=None, by=cast.cilla, at=make.AT).id


def papers(item_id: int) -> list[str]:
    """Return the names of the item's stored files and the reasons for their secrecy."""
    db.session.rollback()
    db.session.expire_all()
    found = [
        f"{paper.filename} {paper.confidential or ''}".strip()
        for paper in db.session.get_one(AgendaItem, item_id).papers
    ]
    db.session.rollback()
    return found


def files(page: Page) -> list[str]:
    """Return the texts of the files shown as uploading or refused."""
    return [row.inner_text() for row in page.locator(".uploads > li").all()]


@pytest.mark.parametrize("size", SIZES)
def test_dropped_files(screen: Callable[..., Screen], item: int, size: tuple[int, int]) -> None:
    """Of three dropped files two are listed and one is refused with a sentence; the page is not reloaded."""
    shown = screen("cilla", size=size)
    page = shown.page
    page.goto(f"/arendepunkter/{item}")
    page.get_by_label("Sekretess").select_option("annat")
    page.get_by_label("Eget skäl").fill("OSL 19:3")
    page.evaluate("window.same = true")
    page.evaluate(DROP, ["[data-upload]", [["ett.txt", "a"], ["fel.exe", "b"], ["två.csv", "c;d"]]])
    expect(page.locator("#handlingar")).to_contain_text("två.csv")
    expect(page.locator("#handlingar")).to_contain_text("ett.txt")
    expect(page.locator(".uploads .field-error")).to_contain_text("av en sort som inte kan bifogas")
    expect(page.locator("[data-upload-news]")).to_have_text("2 filer är tillagda. En fil kunde inte laddas upp.")
    assert page.evaluate("window.same")
    assert len(files(page)) == 1
    accessible(page)
    fits(page)
    page.get_by_role("button", name="Stäng meddelandet om fel.exe").click()
    assert files(page) == []
    assert papers(item) == ["ett.txt OSL 19:3", "två.csv OSL 19:3"]
    shown.allow_complaint("422")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # werkzeug's broken connection
def test_progress_and_stop(screen: Callable[..., Screen], item: int) -> None:
    """A large file on a slow line shows its progress and can be cancelled; the file queued behind it is sent."""
    shown = screen("cilla")
    page = shown.page
    page.goto(f"/arendepunkter/{item}")
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000},
    )
    page.locator('input[type="file"]').set_input_files(
        [
            {"name": "stor.txt", "mimeType": "text/plain", "buffer": b"x" * 3_000_000},
            {"name": "liten.pdf", "mimeType": "application/pdf", "buffer": pdf("Liten")},
        ]
    )
    bar = page.get_by_label("Hur mycket av stor.txt som är uppladdat")
    far = 0.0
    while far <= 5:
        page.wait_for_timeout(50)
        far = float(bar.evaluate("bar => bar.value"))
    assert far < 100
    page.get_by_role("button", name="Avbryt stor.txt").click()
    expect(page.locator("#handlingar")).to_contain_text("liten.pdf")
    expect(page.locator(".uploads > li")).to_have_count(0)
    assert papers(item) == ["liten.pdf"]


def test_on_a_paragraph_being_written(screen: Callable[..., Screen], cast: Cast) -> None:
    """The text being typed is kept, and the file is listed under the paragraph."""
    held = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna)
    paragraph = make.paragraph(held, make.series(cast.forum, 812), "Gemensam växel", cast.cilla).id
    make.commit()
    page = screen("cilla").page
    page.goto(f"/paragrafer/{paragraph}")
    page.get_by_role("tab", name="Handlingar").click()
    page.get_by_text("Lägg till bilagor").click()
    heading = page.locator(".draft-heading textarea")
    heading.fill("Gemensam växel för alla")
    page.locator('[data-upload] input[type="file"]').set_input_files(
        {"name": "kalkyl.pdf", "mimeType": "application/pdf", "buffer": pdf("Kalkyl")}
    )
    expect(page.locator("#bilagelista")).to_contain_text("kalkyl.pdf")
    expect(heading).to_have_value("Gemensam växel för alla")
    expect(page.locator("[data-state-text]")).to_contain_text("sparat")


@pytest.mark.long
def test_packing_is_shown_when_it_is_done(screen: Callable[..., Screen], item: int, cast: Cast) -> None:
    """The agenda shows without a reload that the papers are packed, and what is typed is kept."""
    operations.add_paper(
        db.session.get_one(AgendaItem, item), "a.pdf", pdf("A"), "", confidential=None, by=cast.cilla, at=make.AT
    )
    meeting = db.session.get_one(AgendaItem, item).meeting_id
    db.session.rollback()
    page = screen("cilla").page
    page.goto(f"/moten/{meeting}/foredragningslista")
    page.get_by_role("button", name="Gör kallelse").click()
    page.get_by_label("Rubrik").fill("Halvskriven")
    expect(page.get_by_role("link", name="ZIP med filerna")).to_be_visible()
    expect(page.get_by_label("Rubrik")).to_have_value("Halvskriven")
    accessible(page)


@pytest.mark.long
def test_a_rich_paper(screen: Callable[..., Screen], cast: Cast) -> None:
    """An officer's paper is shown as it was written in the editor."""
    page = screen("bo").page
    page.goto(f"/forum/{cast.forum.slug}/ny-tjansteskrivelse")
    page.get_by_label("Rubrik").fill("Gemensam växel")
    page.get_by_label("Förslag till beslut").fill("införa en växel")
    matter = page.get_by_role("textbox", name="Ärendebeskrivning")
    matter.click()
    page.keyboard.type("Fem kommuner har ")
    page.keyboard.press("Control+b")
    page.keyboard.type("var sin")
    accessible(page)
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.locator("article strong")).to_have_text("var sin")
    expect(page.locator("article")).to_contain_text("att införa en växel")
    accessible(page)
