"""The paragraph editor in a real browser: two writers, phrases inserted by trigger and Tab, and the procedure."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from govern.db import db
from govern.forums.states import SeatRole
from govern.meetings.states import MeetingState
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.models import Paragraph
from tests import make
from tests.cast import Cast
from tests.screen import SIZES, Screen, accessible, fits

pytestmark = pytest.mark.browser


@pytest.fixture
def address(cast: Cast) -> str:
    """Return the address of a paragraph in an open meeting."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.anna, SeatRole.CHAIR)
    make.presence(meeting, cast.bo)
    make.presence(meeting, cast.cilla, SeatRole.SECRETARY)
    paragraph = make.paragraph(meeting, make.series(cast.forum, 17), "Gemensam växel", cast.cilla)
    make.commit()
    return f"/paragrafer/{paragraph.id}"


def draft() -> str:
    """Return the stored draft of the paragraph, as text."""
    db.session.rollback()
    db.session.expire_all()
    paragraph = db.session.scalar(select(Paragraph))
    assert paragraph is not None
    read = repr(stored.read(paragraph))
    db.session.rollback()
    return read


def saved(page: Page) -> None:
    """Wait until everything is saved."""
    expect(page.locator("[data-state]")).to_have_attribute("data-mode", "saved")


def add_section(page: Page, text: str) -> None:
    """Add a section and write in it."""
    page.get_by_role("button", name="Lägg till avsnitt").click()
    page.keyboard.type(text)
    saved(page)


@pytest.mark.long
def test_two_in_one_paragraph(address: str, screen: Callable[..., Screen]) -> None:
    """Each sees the other, editing is taken over, and both writers' changes are kept."""
    first = screen("cilla")
    cilla, ada = first.page, screen("ada").page
    cilla.goto(address)
    add_section(cilla, "Cilla skriver.")
    ada.goto(address)
    writers = ada.locator("[data-writers-text]")
    expect(writers).to_contain_text("Cilla Ceder skriver här sedan")
    ada.get_by_label("Diarienummer").fill("KS 2024/99")
    ada.get_by_role("button", name="Ta över").click()
    expect(ada.locator("[data-writers-text]")).to_have_text("Cilla Ceder har också paragrafen öppen.")
    saved(ada)
    cilla.locator("[role=textbox]").first.click()
    cilla.keyboard.press("Control+End")
    before = cilla.evaluate("document.activeElement.className")
    expect(cilla.locator("[data-writers-text]")).to_contain_text("Ada Administratör tog över klockan", timeout=15_000)
    assert cilla.evaluate("document.activeElement.className") == before
    cilla.keyboard.type(" Och mer.")
    saved(cilla)
    first.allow_complaint("409")  # Ada has saved since; the two drafts are merged.
    kept = draft()
    assert "<p>Cilla skriver. Och mer.</p>" in kept
    assert "KS 2024/99" in kept
    ada.goto("/")
    expect(cilla.locator("[data-writers]")).to_be_hidden(timeout=15_000)


@pytest.mark.long
def test_two_in_one_sentence(address: str, screen: Callable[..., Screen]) -> None:
    """Both texts are shown side by side at the conflict; the rejected one remains in the list of versions."""
    first, second = screen("cilla"), screen("ada")
    cilla, ada = first.page, second.page
    cilla.goto(address)
    add_section(cilla, "Fem växlar.")
    ada.goto(address)
    expect(ada.locator("[role=textbox]").first).to_contain_text("Fem växlar.")
    for page, text in ((ada, " Adas ord."), (cilla, " Cillas ord.")):
        page.locator("[role=textbox]").first.click()
        page.keyboard.press("Control+End")
        page.keyboard.type(text)
        page.keyboard.press("Control+s")
        if page is ada:
            saved(ada)
    sides = cilla.locator(".conflict .side")
    expect(sides.nth(0)).to_contain_text("Fem växlar. Cillas ord.")
    expect(sides.nth(1)).to_contain_text("Fem växlar. Adas ord.")
    first.allow_complaint("409")
    accessible(cilla)
    cilla.keyboard.press("Tab")
    cilla.keyboard.press("Space")  # Choose one's own text with the keyboard.
    cilla.get_by_role("button", name="Spara mitt val").click()
    saved(cilla)
    kept = draft()
    assert "Cillas ord." in kept
    assert "Adas ord." not in kept
    cilla.goto(f"{address}/versioner")
    cilla.get_by_role("link", name="Ada Administratör", exact=True).click()
    expect(cilla.locator("del")).to_contain_text("Adas")
    expect(cilla.locator("ins")).to_contain_text("Cillas")


def test_the_first_word_takes_the_pen(address: str, screen: Callable[..., Screen]) -> None:
    """This holds even if it is typed before the server has answered that nobody else is writing."""
    page = screen("cilla").page
    waiting: list[Route] = []
    page.route("**/skriver", lambda route: waiting.append(route) if not waiting else route.continue_())
    page.goto(address)
    page.get_by_role("button", name="Lägg till avsnitt").click()
    page.keyboard.type("Ett ord.")
    assert waiting
    with page.expect_response(lambda answer: answer.url.endswith("/skriver") and answer.json()["mine"], timeout=4000):
        waiting[0].continue_()


@pytest.mark.long
def test_a_trigger_becomes_a_phrase(address: str, screen: Callable[..., Screen]) -> None:
    """A trigger works with Tab, with slash and space, and in an att-sats; other text is left alone."""
    page = screen("cilla").page
    with page.expect_response("**/fraser"):
        page.goto(address)
    page.get_by_role("button", name="Lägg till avsnitt").click()
    page.keyboard.type("öppnar")
    page.keyboard.press("Tab")
    page.keyboard.type(" Ett ord /enhälligt ")
    page.keyboard.type(" och jäv kvar /yrkar ")
    page.keyboard.type("Bo")
    saved(page)
    kept = draft()
    assert "Ordförande Anna Ask öppnade mötet klockan " in kept
    assert "Ett ord Styrgruppen är enig i sitt beslut." in kept
    assert "och jäv kvar Bo yrkar att …" in kept
    page.get_by_text("Fraser", exact=True).click()
    page.get_by_label("Person i frasen").select_option("Bo Björk")
    page.locator(".draft").get_by_role("button", name="Jäv jäv").click()
    page.get_by_text("Fraser", exact=True).click()
    page.get_by_role("button", name="Dagordningen godkänns").click()
    page.keyboard.press("Enter")
    page.keyboard.type("avslag")
    page.keyboard.press("Tab")
    saved(page)
    kept = draft()
    assert "På grund av jäv deltog Bo Björk inte" in kept
    assert "clauses=('godkänna den utsända dagordningen', 'avslå förslaget')" in kept
    expect(page.get_by_label("Utgång")).to_have_value("approval")


def test_a_phrase_sets_the_outcome_that_it_says(address: str, screen: Callable[..., Screen]) -> None:
    """In an empty decision, and where the matter comes back; none for a decision is offered for information."""
    page = screen("cilla").page
    with page.expect_response("**/fraser"):
        page.goto(address)
    page.get_by_label("Kod").select_option("B")
    page.get_by_role("button", name="Lägg till beslut").click()
    page.keyboard.type("avslag")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Utgång")).to_have_value("rejection")
    page.keyboard.press("Enter")
    page.keyboard.type("bifall")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Utgång")).to_have_value("rejection")
    page.get_by_text("Fraser", exact=True).click()
    page.get_by_role("button", name="Återremiss återremiss").click()
    expect(page.get_by_label("Utgång")).to_have_value("remission")
    saved(page)
    assert "outcome=<Outcome.REMISSION" in draft()
    page.get_by_label("Kod").select_option("I")
    page.get_by_text("Fraser", exact=True).click()
    expect(page.get_by_role("button", name="Ärendet föredras")).to_be_visible()
    expect(page.get_by_role("button", name="Dagordningen godkänns")).to_have_count(0)


def test_the_procedure_is_written_and_asked_for(address: str, screen: Callable[..., Screen]) -> None:
    """Votes are summed against those who take part; a procedure edited by hand is replaced only on request."""
    page = screen("cilla").page
    page.goto(address)
    page.get_by_text("Yrkanden, omröstning och reservationer").click()
    page.get_by_role("button", name="Lägg till yrkande").click()
    page.get_by_label("Yrkandets lydelse").fill("bifall till förslaget")
    page.get_by_label("Yrkande av").select_option(label="Anna Ask, ordförande")
    page.get_by_role("button", name="Lägg till omröstning").click()
    total = page.locator("[data-sum]")
    expect(total).to_have_text("0 av 2 som deltar i beslutet har röstat eller avstått.")
    votes = page.locator("[data-vote]:visible")
    expect(votes).to_have_count(2)
    for vote in votes.all():
        vote.select_option("yes")
    expect(total).to_have_text("Alla 2 som deltar har röstat eller avstått.")
    page.get_by_role("button", name="Skriv beslutsgången").click()
    section = page.get_by_role("textbox", name="Text", exact=False).last
    expect(section).to_contain_text("Med 2 ja-röster mot 0 nej-röster beslutar Styrgruppen enligt ja-propositionen.")
    page.get_by_label("Ja innebär").fill("bifall")
    page.get_by_role("button", name="Skriv beslutsgången").click()
    expect(section).to_contain_text("ja-röst innebär bifall")
    section.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" För hand.")
    page.get_by_role("button", name="Skriv beslutsgången").click()
    page.get_by_role("button", name="Behåll texten").click()
    expect(section).to_contain_text("För hand.")
    page.get_by_role("button", name="Skriv beslutsgången").click()
    page.get_by_role("button", name="Ersätt texten").click()
    expect(section).not_to_contain_text("För hand.")
    saved(page)
    assert "<SectionKind.PROCEDURE" in draft()


def test_a_refusal_gives_its_sentence(address: str, screen: Callable[..., Screen]) -> None:
    """The sentence of the answering page is shown where the button was pressed, not a status code."""
    first = screen("cilla")
    page = first.page
    page.goto(address)
    page.get_by_text("Yrkanden, omröstning och reservationer").click()
    page.get_by_role("button", name="Lägg till reservation eller yttrande").click()
    page.get_by_role("combobox", name="Person", exact=True).select_option(label="Cilla Ceder, sekreterare")
    page.get_by_role("button", name="Klarmarkera").click()
    told = page.locator('[data-region="news"]')
    expect(told).to_have_text("Cilla Ceder: Bara den som deltog i beslutet kan reservera sig.")
    first.allow_complaint("422")


@pytest.mark.long
def test_the_reason_for_secrecy(address: str, screen: Callable[..., Screen]) -> None:
    """It is chosen from the list, written by hand and removed, and is shown again after a reload."""
    page = screen("cilla").page
    page.goto(address)
    expect(page.locator(".draft-state")).to_contain_text("sparat")  # The form is filled in.
    choice = page.locator("[data-reason]")
    choice.select_option("OSL 19 kap. 9 § (rättstvist som kommunen är part i)")
    saved(page)
    assert "confidential='OSL 19 kap. 9 § (rättstvist som kommunen är part i)'" in draft()
    choice.select_option("annat")
    page.keyboard.type("OSL 40 kap. 5 §")
    saved(page)
    page.reload()
    expect(page.get_by_label("Skäl för sekretess")).to_have_value("OSL 40 kap. 5 §")
    expect(choice).to_have_value("annat")
    choice.select_option("")
    saved(page)
    assert "confidential=None" in draft()


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
def test_its_pages_can_be_used_by_all(
    address: str, cast: Cast, screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    """The editor, versions, comparison and phrases pass axe and do not overflow sideways."""
    page = screen("cilla", size=size).page
    page.goto(address)
    add_section(page, "Fem växlar.")
    page.get_by_text("Yrkanden, omröstning och reservationer").click()
    page.get_by_role("button", name="Lägg till omröstning").click()
    page.get_by_text("Fraser", exact=True).click()
    accessible(page)
    fits(page)
    page.goto(f"/forum/{cast.forum.slug}/fraser")
    accessible(page)
    fits(page)
    page.goto(f"{address}/versioner")
    accessible(page)
    fits(page)
    page.get_by_role("link", name="Cilla Ceder", exact=True).click()
    accessible(page)
    fits(page)
