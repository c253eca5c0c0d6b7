"""A whole meeting recorded by keyboard alone, and the room's keys, presence, panels and live page."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from govern.db import in_turn
from govern.paragraphs import operations
from govern.paragraphs.queries import rail
from govern.paragraphs.states import Change, ParagraphState
from tests.cast import Cast
from tests.journeys.room import all_saved, open_paragraph, paragraphs, text_of
from tests.paragraphs.rooms import OPENED, fill, meeting_under_way
from tests.screen import LOOKS, PHONE, Screen, accessible, fits

pytestmark = pytest.mark.browser
Show = Callable[..., Screen]


def heading(page: Page, text: str) -> None:
    """Wait until the given paragraph is shown; say what the page says if it is not."""
    try:
        expect(page.locator("h1")).to_contain_text(text)
    except AssertionError as error:
        said = page.locator("[data-region=news], [data-state], [data-announce]").all_inner_texts()
        raise AssertionError(
            f"{error}\nThe page says: {said}, busy: {page.locator('[aria-busy=true]').count()}"
        ) from None


class SwedishKeyboard:
    """A keyboard with keys for å, ä and ö, which Playwright inserts without a key press."""

    def __init__(self, page: Page) -> None:
        self._keys, self._protocol = page.keyboard, page.context.new_cdp_session(page)

    def press(self, key: str) -> None:
        """Press a key or a combination of keys."""
        self._keys.press(key)

    def type(self, text: str) -> None:
        """Type a text with a key press per letter."""
        for letter in text:
            if letter.isascii():
                self._keys.type(letter)
            else:
                for event in ("keyDown", "keyUp"):
                    told = {"text": letter} if event == "keyDown" else {}
                    self._protocol.send("Input.dispatchKeyEvent", {"type": event, "key": letter, **told})


@pytest.mark.parametrize("several", [5, pytest.param(25, marks=pytest.mark.long)])
def test_a_meeting_by_the_keyboard_alone(cast: Cast, screen: Show, several: int) -> None:
    """No mouse and no waiting for the page, from the opened meeting to the last paragraph marked ready."""
    meeting = meeting_under_way(cast, items=several)
    page = screen("cilla").page
    page.goto(f"/moten/{meeting.id}")
    expect(page.get_by_role("tab", name="Närvaro")).to_be_visible()
    keys = SwedishKeyboard(page)
    for number in range(several):
        keys.press("Alt+n")
        keys.type(f"Punkt {number} tas upp. ")  # Typed ahead, it belongs to the new §.
        heading(page, f"§ {808 + number}")
        keys.type("Ordföranden frågar.")
        if number % 3 == 0:
            keys.press("Alt+b")
            keys.type(f"godkänna punkt {number}")
            keys.press("Enter")
            keys.type(f"expediera punkt {number}")
        if number == 4:
            keys.press("Alt+p")
            keys.type("bo bj")
            keys.press("ArrowDown")
            keys.press("Enter")
            expect(page.locator(".quorum-line")).to_have_text("1 av 2, inte beslutför")
        if number == 2:
            keys.press("Alt+u")
            keys.type("Arbetsgruppen")
            keys.press("Tab")
            keys.type("att ta fram ett förslag")
        keys.press("Alt+r")
        heading(page, "Styrgruppen")
    told = paragraphs()
    assert [p.number for p in told] == list(range(808, 808 + several))
    assert {p.state for p in told} == {ParagraphState.READY}
    for number, p in enumerate(told):
        assert text_of(p.id) == f"Punkt {number} tas upp. Ordföranden frågar."
    told = paragraphs()
    clauses = [[c.text for d in p.decisions for c in d.clauses] for p in told]
    assert clauses[3] == ["godkänna punkt 3", "expediera punkt 3"]
    assert clauses[4] == []
    assert [(a.assignee, a.text) for a in told[2].assignments] == [("Arbetsgruppen", "att ta fram ett förslag")]
    assert [(c.presence.name, c.change) for c in told[4].changes] == [("Bo Björk", Change.LEAVES)]


def test_what_is_typed_ahead_keeps_its_order(cast: Cast, screen: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters and shortcuts keep their order while the server is slow to open the next paragraph."""
    opening, open_item = Event(), operations.open_item
    monkeypatch.setattr(operations, "open_item", lambda *a, **named: opening.wait(30) and open_item(*a, **named))
    meeting = meeting_under_way(cast, items=2)
    page = screen("cilla").page
    page.goto(f"/moten/{meeting.id}")
    expect(page.get_by_role("tab", name="Närvaro")).to_be_visible()
    keys = SwedishKeyboard(page)
    keys.press("Alt+n")
    keys.type("Punkten tas upp.")
    keys.press("Alt+b")
    keys.type("godkänna punkten")
    keys.press("Enter")
    keys.type("expediera punkten")
    opening.set()
    heading(page, "§ 808")
    expect(page.locator("[data-item=clauses] textarea").nth(1)).to_have_value("expediera punkten")
    keys.press("Alt+r")
    heading(page, "Styrgruppen")
    (told,) = paragraphs()
    assert text_of(told.id) == "Punkten tas upp."
    assert [c.text for d in told.decisions for c in d.clauses] == ["godkänna punkten", "expediera punkten"]


def test_going_from_one_to_another_keeps_what_is_typed(cast: Cast, screen: Show) -> None:
    """The text is kept when moving by keys, by the list or by the browser's back button, and the URL follows."""
    meeting = meeting_under_way(cast, opened=3)
    ids = [p.id for p in rail(meeting)]
    page = screen("cilla").page
    open_paragraph(page, ids[0])
    page.keyboard.type("Först.")
    page.keyboard.press("Alt+ArrowDown")
    heading(page, "§ 809")
    page.keyboard.type("Andra.")
    page.get_by_role("link", name="§ 810").click()
    heading(page, "§ 810")
    assert page.url.endswith(f"/paragrafer/{ids[2]}")
    page.keyboard.type("Tredje.")
    page.go_back()
    heading(page, "§ 809")
    expect(page.locator(".draft .editor")).to_contain_text("Andra.")
    assert [text_of(each) for each in ids] == ["Först.", "Andra.", "Tredje."]


def test_a_marked_text_becomes_a_duty(cast: Cast, screen: Show) -> None:
    """The selected text becomes an assignment by the shortcut or the button, which then asks for the assignee."""
    meeting = meeting_under_way(cast, opened=1)
    page = screen("cilla").page
    open_paragraph(page, rail(meeting)[0].id)
    page.keyboard.type("räkna på två nivåer")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Alt+u")
    page.keyboard.type("Kommunchefgruppen")
    page.locator(".draft .editor [role=textbox]").first.click()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Gör markerad text till uppdrag").click()
    page.keyboard.type("Bo Björk")
    all_saved(page)
    duties = [(a.assignee, a.text) for a in paragraphs()[0].assignments]
    assert duties == [("Kommunchefgruppen", "räkna på två nivåer"), ("Bo Björk", "räkna på två nivåer")]


def test_someone_who_comes_is_offered_at_once(cast: Cast, screen: Show) -> None:
    """The text being written is left alone while the presence and the lists of people change."""
    meeting = meeting_under_way(cast, opened=1)
    bo = next(p for p in meeting.presences if p.name == "Bo Björk")
    bo.present = False
    operations.db.session.commit()
    page = screen("cilla").page
    open_paragraph(page, rail(meeting)[0].id)
    page.keyboard.type("Mitt i en mening")
    page.keyboard.press("Alt+v")
    total = page.locator("[data-sum]")
    expect(total).to_have_text("0 av 1 som deltar i beslutet har röstat eller avstått.")
    page.get_by_role("button", name="Bo Björk kommer").click()
    expect(page.locator(".quorum-line")).to_have_text("2 av 2, beslutför")
    expect(page.locator(".draft .editor").first).to_contain_text("Mitt i en mening")
    expect(total).to_have_text("0 av 2 som deltar i beslutet har röstat eller avstått.")
    expect(page.locator(".votes li")).to_contain_text(["Anna Ask", "Bo Björk"])
    page.get_by_role("button", name="Ta bort").last.click()
    page.keyboard.press("Alt+y")
    page.keyboard.type("att bifalla")
    page.get_by_label("Yrkande av").select_option(label="Bo Björk, ledamot, Granby")
    all_saved(page)
    assert paragraphs()[0].motions[0].mover.name == "Bo Björk"


def test_what_is_wrong_is_said_at_its_field(cast: Cast, screen: Show) -> None:
    """A paragraph without a heading is not opened; the field says why and has the focus."""
    meeting = meeting_under_way(cast, opened=1)
    shown = screen("cilla")
    page = shown.page
    page.goto(f"/moten/{meeting.id}")
    for _ in range(2):
        page.get_by_role("button", name="Öppna ny §").click()
        field = page.get_by_label("Rubrik")
        expect(field).to_have_accessible_description("Fel: Skriv en rubrik för paragrafen.")
        expect(field).to_be_focused()
        expect(page.locator('[data-region="news"]')).to_be_empty()
    shown.allow_complaint("422")
    page.keyboard.type("En fråga från golvet")
    page.get_by_role("button", name="Öppna ny §").click()
    heading(page, "§ 809")
    assert [p.heading for p in paragraphs()][1:] == ["En fråga från golvet"]


def test_every_key_is_told(cast: Cast, screen: Show) -> None:
    """The help opens with ? outside a text and with Alt+? in one, Esc closes it, and each control names its key."""
    meeting = meeting_under_way(cast, opened=1)
    page = screen("cilla").page
    open_paragraph(page, rail(meeting)[0].id)
    page.keyboard.type("Varför?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Alt+?")
    expect(page.get_by_role("dialog")).to_contain_text("Öppna nästa ärende")
    accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.get_by_role("button", name="Klarmarkera").get_attribute("aria-keyshortcuts") == "Alt+R"
    page.keyboard.press("Alt+w")
    expect(page.locator("[data-procedure-news]")).to_contain_text("Det finns inget att skriva av än.")
    for key, added in (("Alt+a", "Avsnittets rubrik"), ("Alt+Shift+b", "Inledning")):
        before = page.get_by_label(added).count()
        page.keyboard.press(key)
        expect(page.get_by_label(added)).to_have_count(before + 1)
    page.keyboard.press("Alt+m")
    expect(page.locator("[data-phrase-menu] button").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+t")
    page.keyboard.press("Alt+Shift+i")
    expect(page.locator(".draft .editor table")).to_be_visible()
    page.keyboard.press("Alt+Shift+l")
    expect(page.locator("#listan")).to_be_hidden()
    page.keyboard.press("Alt+l")
    expect(page.locator("#listan")).to_be_visible()
    expect(page.locator(".rail a").first).to_be_focused()
    page.keyboard.press("Alt+Shift+a")
    expect(page.get_by_role("button", name="Avsluta mötet")).to_be_focused()


def test_no_deed_is_without_its_key(cast: Cast, screen: Show) -> None:
    """Every button beside the text names a shortcut."""
    meeting = meeting_under_way(cast, opened=1)
    page = screen("cilla").page
    open_paragraph(page, rail(meeting)[0].id)
    here = page.locator(".room-tools, .draft > *, .end-actions, [data-region=actions]").locator(
        "button:visible, a.button:visible"
    )
    without = [
        each.inner_text() or each.get_attribute("aria-label")
        for each in here.all()
        if not each.get_attribute("aria-keyshortcuts")
        and not each.evaluate("e => e.closest('.toolbar, [data-item] [data-item]')")
    ]
    assert without == []


@pytest.mark.long
@pytest.mark.parametrize("options", LOOKS)
def test_everyone_can_use_it(options: dict[str, object], cast: Cast, screen: Show) -> None:
    """axe finds nothing and nothing is wider than the screen: the room, its panels, the meeting, the live page."""
    meeting = meeting_under_way(cast, opened=3, people=9)
    fill(rail(meeting)[2])
    in_turn(lambda: operations.mark_ready(rail(meeting)[0], by=cast.cilla, at=OPENED))
    addresses = [f"/paragrafer/{rail(meeting)[2].id}", f"/paragrafer/{rail(meeting)[0].id}"]
    addresses += [f"/moten/{meeting.id}", f"/moten/{meeting.id}/live"]
    page = screen("cilla", **options).page
    for address in addresses:
        page.goto(address)
        accessible(page)
        fits(page)
    if options.get("size") == PHONE:
        page.goto(addresses[0])
        for name in ("Paragrafer", "Närvaro och mer"):
            page.get_by_role("button", name=name, exact=True).click()
            accessible(page)
            fits(page)
            page.keyboard.press("Escape")


@pytest.mark.long
def test_those_who_watch_follow(cast: Cast, screen: Show) -> None:
    """The live page follows the room within two polls, in large type on request."""
    meeting = meeting_under_way(cast, opened=1)
    wall, room = screen("bo").page, screen("cilla").page
    wall.goto(f"/moten/{meeting.id}/live")
    heading(wall, "§ 808")
    room.goto(f"/moten/{meeting.id}")
    expect(room.get_by_role("tab", name="Närvaro")).to_be_visible()
    room.keyboard.press("Alt+n")
    heading(room, "§ 809")
    heading(wall, "§ 809")
    room.keyboard.press("Alt+b")
    room.keyboard.type("välja Bo Björk")
    expect(wall.locator(".decision")).to_contain_text("att välja Bo Björk")
    small = wall.locator("h1").bounding_box()
    wall.get_by_role("button", name="Stor text").click()
    large = wall.locator("h1").bounding_box()
    assert small
    assert large
    assert large["height"] > small["height"] * 1.3
