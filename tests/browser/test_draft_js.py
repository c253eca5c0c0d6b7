"""The scripts of the draft page: what is typed reaches the server and is never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.screen import journal_has
from tests.waiting import until

from .draft_server import DraftServer

pytestmark = pytest.mark.browser


@pytest.fixture
def server() -> Iterator[DraftServer]:
    server = DraftServer()
    yield server
    assert server.violations == []
    server.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server: DraftServer) -> Page:
    page = context.new_page()
    open_draft(page, server)
    return page


def open_draft(page: Page, server: DraftServer) -> None:
    page.goto(server.url)
    expect(state(page)).not_to_contain_text("öppnar")


def state(page: Page):
    return page.get_by_label("Sparat läge")


def text(page: Page, number: int = 1):
    return page.get_by_role("textbox", name=f"Text, avsnitt {number}", exact=True)


def saved(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(state(page)).to_contain_text("sparat 10.32")


def paste(page: Page, html: str, plain: str = "") -> None:
    """Paste into the focused element as if from another program."""
    page.evaluate(
        """([html, plain]) => {
            const data = new DataTransfer();
            if (html) data.setData("text/html", html);
            data.setData("text/plain", plain);
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        [html, plain],
    )


# --- The text ---


def test_what_is_typed_saves_itself(page: Page, server: DraftServer) -> None:
    text(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Sedan.")
    expect(state(page)).to_contain_text("sparat 10.32")
    assert server.draft["sections"] == [{"kind": "text", "heading": "", "html": "<p>Först. Sedan.</p>"}]
    assert server.version == 8


def test_marks_lists_and_headings(page: Page, server: DraftServer) -> None:
    text(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("## Bakgrund")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Fet").click()
    expect(page.get_by_role("button", name="Fet")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("Viktigt")
    page.keyboard.press("Enter")
    page.keyboard.type("1. ett")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Bokstavslista").click()
    page.keyboard.type("under")
    saved(page)
    assert server.draft["sections"][0]["html"] == (
        "<h2>Bakgrund</h2><p><strong>Viktigt</strong></p>"
        '<ol><li><p>ett</p><ol type="a"><li><p>under</p></li></ol></li></ol>'
    )


def test_a_table_has_a_head(page: Page, server: DraftServer) -> None:
    text(page).click()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Infoga tabell").click()
    saved(page)
    html = server.draft["sections"][0]["html"]
    assert html.startswith("<table><thead><tr><th><p></p></th>")
    assert html.count("<tr>") == 3


def test_the_toolbar_is_one_stop_and_esc_leaves_a_list(page: Page) -> None:
    text(page).click()
    page.keyboard.press("Alt+F10")
    expect(page.get_by_label("Stil")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Fet")).to_be_focused()
    page.keyboard.press("Escape")
    expect(text(page)).to_be_focused()
    page.keyboard.press("Control+Shift+8")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(text(page)).not_to_be_focused()


def word_item(label: str, level: int, text: str) -> str:
    """Return a list item as Word puts it on the clipboard: a paragraph that contains its label."""
    mark = f"<span style='mso-list:Ignore'>{label}<span>&nbsp;&nbsp;</span></span>"
    return f"<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level{level} lfo1'>{mark}{text}</p>"


WORD = f"""<html><body><!--StartFragment-->
<p class=MsoNormal><b>Fet</b><span style='color:red'> röd</span><o:p></o:p></p>
{word_item("1.", 1, "Ett")}
{word_item("a)", 2, "Under")}
{word_item("2.", 1, "Två")}
<p class=MsoNormal>&nbsp;</p>
<p class=MsoNormal style='text-align:center'><span style='font-style:italic'>Slut</span></p>
<!--EndFragment--></body></html>"""


def test_a_paste_from_word_comes_out_clean(page: Page, server: DraftServer) -> None:
    text(page).click()
    page.keyboard.press("Control+a")
    paste(page, WORD, "oanvänd")
    saved(page)
    assert server.draft["sections"][0]["html"] == (
        "<p><strong>Fet</strong> röd</p><ol><li><p>Ett</p>"
        '<ol type="a"><li><p>Under</p></li></ol></li><li><p>Två</p></li></ol><p><em>Slut</em></p>'
    )


def test_a_paste_brings_no_script_and_no_unsafe_link(page: Page, server: DraftServer) -> None:
    text(page).click()
    page.keyboard.press("Control+a")
    paste(
        page, '<p onclick="x()">a<script>x()</script> <a href="javascript:x()">b</a> <a href="https://a.se/">c</a></p>'
    )
    saved(page)
    assert server.draft["sections"][0]["html"] == '<p>a b <a href="https://a.se/">c</a></p>'


def test_all_is_marked_in_the_same_breath_as_a_click(page: Page, server: DraftServer) -> None:
    """A busy browser reports the click after the keys; the selection must remain."""
    text(page).click()
    page.keyboard.press("Control+a")
    page.evaluate(
        """() => {
            const field = document.activeElement;
            document.getSelection().collapse(field.querySelector("p").firstChild, 2);
            const key = { key: "a", code: "KeyA", keyCode: 65, ctrlKey: true, bubbles: true, cancelable: true };
            field.dispatchEvent(new KeyboardEvent("keydown", key));
            return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        }"""
    )
    page.get_by_role("button", name="Gör markerad text till uppdrag").click()
    page.keyboard.type("Bo")
    saved(page)
    assert [(a["assignee"], a["text"]) for a in server.draft["assignments"]] == [("Bo", "Först.")]


# --- Decisions, assignments and the rest ---


def test_clauses_are_made_joined_and_moved_by_keys(page: Page, server: DraftServer) -> None:
    page.get_by_role("button", name="Lägg till beslut").click()
    expect(page.get_by_label("Inledning")).to_have_value("Styrgruppen beslutar")
    page.get_by_label("Att-sats 1", exact=True).click()
    page.keyboard.type("att godkänna rapporten,")
    page.keyboard.press("Enter")
    page.keyboard.type("tacka")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    expect(page.get_by_label("Att-sats 2", exact=True)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    page.get_by_label("Beslutet skickas till").fill("Kommunstyrelsen\n\n Rådet ")
    page.get_by_label("Utgång").select_option("Anteckning")
    saved(page)
    assert server.draft["decisions"] == [
        {
            "outcome": "noting",
            "lead": "Styrgruppen beslutar",
            "clauses": ["tacka", "godkänna rapporten,"],
            "recipients": ["Kommunstyrelsen", "Rådet"],
        }
    ]


def test_pasted_clauses_become_rows(page: Page, server: DraftServer) -> None:
    page.get_by_role("button", name="Lägg till beslut").click()
    page.get_by_label("Att-sats 1", exact=True).click()
    paste(page, "", "att godkänna,\natt tacka, samt\n- att avsluta.")
    saved(page)
    assert server.draft["decisions"][0]["clauses"] == ["godkänna,", "tacka, samt", "avsluta."]


def test_an_assignment_with_alternatives_beneath_each_other(page: Page, server: DraftServer) -> None:
    page.get_by_role("button", name="Lägg till uppdrag").click()
    page.get_by_label("Ges till").fill("Kommunchefgruppen")
    page.get_by_label("Vad ska göras").fill("Pröva.\nÅterkom.")
    page.get_by_role("button", name="Lägg till alternativ").click()
    page.keyboard.type("Lika")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("invånare")
    page.keyboard.press("Enter")
    page.keyboard.type("användare")
    expect(page.get_by_label("Alternativ 2 b", exact=True)).to_have_value("användare")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("Som nu")
    page.get_by_label("Redovisas senast").fill("2024-06-10")
    page.get_by_label("Redovisas till").fill("Styrgruppen")
    saved(page)
    assert server.draft["assignments"] == [
        {
            "text": "Pröva.\nÅterkom.",
            "assignee": "Kommunchefgruppen",
            "due": "2024-06-10",
            "report_to": "Styrgruppen",
            "addendum": "",
            "alternatives": [
                {"text": "Lika", "alternatives": []},
                {
                    "text": "",
                    "alternatives": [
                        {"text": "invånare", "alternatives": []},
                        {"text": "användare", "alternatives": []},
                    ],
                },
                {"text": "Som nu", "alternatives": []},
            ],
        }
    ]


BEGIN = {
    "Lägg till avsnitt": "Text, avsnitt 2",
    "Lägg till beslut": "Att-sats 1",
    "Lägg till att-sats": "Att-sats 2",
    "Lägg till uppdrag": "Ges till",
    "Lägg till alternativ": "Alternativ 1",
    "Lägg till yrkande": "Yrkandets lydelse",
    "Lägg till instämmande": "Instämmer",
    "Lägg till omröstning": "Vad frågan gäller",
    "Lägg till reservation eller yttrande": "Person",
}
"""Where the focus goes in what each button adds: the first field that is not filled in."""


def test_what_is_added_is_written_in_at_once(page: Page) -> None:
    page.get_by_text("Yrkanden, omröstning och reservationer").click()
    there = page.locator("[data-add]:visible").all_inner_texts()
    for button, field in BEGIN.items():
        page.get_by_role("button", name=button, exact=True).last.click()
        focused = page.evaluate(
            "(f => f.ariaLabel ?? f.closest('label').querySelector('.label, .unseen').textContent)"
            "(document.activeElement)"
        )
        assert focused == field, button
    there += page.locator("[data-add]:visible").all_inner_texts()
    assert {words.strip() for words in there} == set(BEGIN)


def test_motion_ballot_and_dissent(page: Page, server: DraftServer) -> None:
    page.get_by_text("Yrkanden, omröstning och reservationer").click()
    page.get_by_role("button", name="Lägg till yrkande").click()
    page.get_by_label("Yrkandets lydelse").fill("Avslag")
    page.get_by_label("Yrkande av").select_option("12")
    page.get_by_role("button", name="Lägg till instämmande").click()
    page.get_by_role("combobox", name="Instämmer").select_option("13")
    page.get_by_label("Utfall").select_option("Avslag")
    page.get_by_role("button", name="Lägg till omröstning").click()
    page.get_by_label("Anna Berg ordförande").select_option("Ja")
    page.get_by_label("Bo Ek ledamot").select_option("Nej")
    page.get_by_role("button", name="Lägg till reservation eller yttrande").click()
    page.get_by_role("combobox", name="Person", exact=True).select_option("13")
    page.get_by_label("Lydelse", exact=True).fill("Till förmån för eget yrkande.")
    saved(page)
    assert server.draft["motions"] == [
        {"text": "Avslag", "mover": 12, "supporters": [13], "put_order": None, "withdrawn": False, "carried": False}
    ]
    ballot = server.draft["ballots"][0]
    assert (ballot["yes"], ballot["no"], ballot["abstain"]) == (1, 1, 0)
    assert ballot["votes"] == [{"presence": 12, "choice": "yes"}, {"presence": 13, "choice": "no"}]
    dissent = {"kind": "reservation", "person": 13, "text": "Till förmån för eget yrkande.", "announced": False}
    assert server.draft["dissents"] == [dissent]


@pytest.mark.parametrize(("written", "sent"), [("-1", -1), ("2.5", "2.5"), ("", 0), ("12", 12)])
def test_a_count_is_sent_as_it_was_written(page: Page, server: DraftServer, written: str, sent: int | str) -> None:
    """The server refuses what is no count; it is not made 0 on the way."""
    server.mode = "refuse"
    page.get_by_text("Yrkanden, omröstning och reservationer").click()
    page.get_by_role("button", name="Lägg till omröstning").click()
    page.get_by_label("Ja", exact=True).fill(written)
    read = page.evaluate("document.querySelector('[data-draft]').draftApi.read().ballots[0].yes")
    assert read == sent


def test_a_dissent_is_someones(page: Page, server: DraftServer) -> None:
    page.get_by_text("Yrkanden, omröstning och reservationer").click()
    page.get_by_role("button", name="Lägg till reservation eller yttrande").click()
    expect(page.get_by_label("Lydelse", exact=True)).to_be_disabled()
    page.get_by_label("Rubrik", exact=True).fill("Ny")
    saved(page)
    assert (server.draft["heading"], server.draft["dissents"]) == ("Ny", [])


def test_a_vote_by_someone_no_longer_offered_is_kept(page: Page, server: DraftServer) -> None:
    votes = [{"presence": 12, "choice": "yes"}, {"presence": 77, "choice": "no"}]
    ballot = {"method": "open", "question": "", "yes_means": "", "no_means": "", "yes": 1, "no": 1, "abstain": 0}
    server.someone_else(ballots=[ballot | {"votes": votes, "casting_vote_by": None, "decided_by_lot": False}])
    open_draft(page, server)
    page.get_by_label("Rubrik", exact=True).fill("Ny")
    saved(page)
    assert server.draft["ballots"][0]["votes"] == votes


def test_what_is_removed_can_be_taken_back(page: Page, server: DraftServer) -> None:
    page.get_by_role("button", name="Ta bort avsnitt 1").click()
    saved(page)
    assert server.draft["sections"] == []
    page.get_by_role("button", name="Ångra borttagningen").click()
    saved(page)
    assert server.draft["sections"][0]["html"] == "<p>Först.</p>"


def test_a_draft_comes_back_as_it_was(page: Page, server: DraftServer) -> None:
    """A full draft passes through the form unchanged."""
    full = {
        "heading": "Allt",
        "kind": None,
        "reference": "2024/72",
        "confidential": "OSL 18:8",
        "sections": [{"kind": "background", "heading": "Bakgrund", "html": "<p>a<br>b</p><ul><li><p>c</p></li></ul>"}],
        "decisions": [{"outcome": "tabling", "lead": "Vi", "clauses": ["a", "b"], "recipients": ["x"]}],
        "assignments": [
            {
                "text": "a",
                "assignee": "b",
                "due": None,
                "report_to": None,
                "alternatives": [{"text": "1", "alternatives": [{"text": "a", "alternatives": []}]}],
                "addendum": "c",
            }
        ],
        "motions": [{"text": "m", "mover": 99, "supporters": [12], "put_order": 2, "withdrawn": True, "carried": True}],
        "ballots": [
            {
                "method": "secret",
                "question": "q",
                "yes_means": "j",
                "no_means": "n",
                "yes": 3,
                "no": 3,
                "abstain": 1,
                "votes": [],
                "casting_vote_by": 12,
                "decided_by_lot": True,
            }
        ],
        "dissents": [{"kind": "note", "person": 13, "text": "t", "announced": True}],
    }
    server.someone_else(**full)
    open_draft(page, server)
    page.get_by_label("Rubrik", exact=True).fill("Allt!")
    saved(page)
    assert server.draft == full | {"heading": "Allt!"}


# --- Never lost ---


@pytest.mark.long
def test_nothing_is_lost_while_the_net_is_down(page: Page, context: BrowserContext, server: DraftServer) -> None:
    context.set_offline(True)
    text(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Utan nät.")
    expect(state(page)).to_contain_text("ej sparat, nätet är nere")
    expect(state(page)).to_contain_text("Texten finns kvar")
    context.set_offline(False)
    expect(state(page)).to_contain_text("sparat 10.32")
    assert server.draft["sections"][0]["html"] == "<p>Först. Utan nät.</p>"


@pytest.mark.long
def test_the_journal_survives_a_reload(page: Page, server: DraftServer) -> None:
    server.mode = "broken"
    text(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Kvar.")
    expect(state(page)).to_contain_text("servern svarar inte")
    server.mode = "well"
    page.reload()
    expect(text(page)).to_have_text("Först. Kvar.")
    until(lambda: server.draft["sections"][0]["html"] == "<p>Först. Kvar.</p>")


@pytest.mark.long
def test_a_lost_answer_is_no_quarrel_with_oneself(page: Page, server: DraftServer) -> None:
    server.mode = "swallow"
    text(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Ett.")
    expect(state(page)).to_contain_text("servern svarar inte")
    page.keyboard.type(" Två.")
    server.mode = "well"
    until(lambda: server.draft["sections"][0]["html"] == "<p>Först. Ett. Två.</p>")
    expect(page.get_by_text("Någon annan har skrivit")).to_have_count(0)


@pytest.mark.long
def test_a_lost_answer_and_a_reload_are_no_quarrel_either(page: Page, server: DraftServer) -> None:
    server.mode = "swallow"
    text(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Ett.")
    expect(state(page)).to_contain_text("servern svarar inte")
    server.mode = "broken"
    page.keyboard.type(" Två.")
    until(lambda: journal_has(page, "Ett. Två."))
    server.mode = "well"
    page.reload()
    until(lambda: server.draft["sections"][0]["html"] == "<p>Först. Ett. Två.</p>")
    expect(page.get_by_text("Någon annan har skrivit")).to_have_count(0)


@pytest.mark.long
def test_signed_out_and_in_again(page: Page, server: DraftServer) -> None:
    server.mode = "signed out"
    text(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Ute.")
    expect(state(page)).to_contain_text("Du är utloggad. Texten finns kvar här")
    link = page.get_by_role("link", name="Logga in i en ny flik")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("href", "/in")
    server.mode, server.token = "well", "second"
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(state(page)).to_contain_text("sparat 10.32")
    assert server.draft["sections"][0]["html"] == "<p>Först. Ute.</p>"


def test_two_texts_stand_side_by_side(page: Page, server: DraftServer) -> None:
    server.someone_else(
        heading="Deras rubrik", sections=[{"kind": "text", "heading": "", "html": "<p>Deras.</p>"}], reference="1/24"
    )
    text(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Mitt.")
    panel = page.get_by_role("group", name="Någon annan har skrivit på samma ställe")
    expect(panel).to_be_visible()
    expect(panel.get_by_role("group", name="Avsnitt 1")).to_contain_text("Deras.")
    expect(panel.get_by_role("radio")).to_have_count(2)
    assert server.saves == 0
    panel.get_by_role("button", name="Spara mitt val").click()
    expect(panel).to_contain_text("Välj en text på varje ställe.")
    panel.get_by_label("Min text").check()
    panel.get_by_role("button", name="Spara mitt val").click()
    expect(state(page)).to_contain_text("sparat 10.32")
    assert server.draft["sections"][0]["html"] == "<p>Först. Mitt.</p>"
    assert server.draft["heading"] == "Deras rubrik"
    assert server.draft["reference"] == "1/24"


def test_theirs_can_be_taken(page: Page, server: DraftServer) -> None:
    server.someone_else(heading="Deras")
    page.get_by_label("Rubrik", exact=True).fill("Min")
    page.keyboard.press("Control+s")
    page.get_by_label("Den andras text").check()
    page.get_by_role("button", name="Spara mitt val").click()
    expect(page.get_by_label("Rubrik", exact=True)).to_have_value("Deras")
    assert (server.draft["heading"], server.saves) == ("Deras", 0)


def test_a_refusal_points_at_the_field(page: Page, server: DraftServer) -> None:
    server.mode = "refuse"
    page.get_by_label("Rubrik", exact=True).fill("För lång")
    expect(state(page)).to_contain_text("ej sparat: Rubriken är för lång.")
    expect(page.get_by_label("Rubrik", exact=True)).to_have_attribute("aria-invalid", "true")
    server.mode = "well"
    page.get_by_label("Rubrik", exact=True).fill("Kort")
    expect(state(page)).to_contain_text("sparat 10.32")


def test_a_deed_of_the_page_waits_for_the_text(page: Page, server: DraftServer) -> None:
    page.get_by_label("Rubrik", exact=True).fill("Färdig")
    page.get_by_role("button", name="Klarmarkera").click()
    expect(page.get_by_text("Klart")).to_be_visible()
    assert server.ready_with is not None
    assert server.ready_with["heading"] == "Färdig"


def test_an_action_waits_for_what_is_typed_while_the_text_is_saved(page: Page, server: DraftServer) -> None:
    """Typing on after a shortcut, which leaves the cursor where it is, loses neither letters nor action."""
    held: list[Route] = []
    page.route("**/save", lambda route: held.append(route) if not held else route.continue_())
    heading = page.get_by_label("Rubrik", exact=True)
    heading.fill("Fär")
    with page.expect_request("**/save"):
        page.get_by_role("button", name="Klarmarkera").evaluate("button => button.click()")
    heading.press_sequentially("dig")
    held[0].continue_()
    expect(page.get_by_text("Klart")).to_be_visible()
    assert server.ready_with is not None
    assert server.ready_with["heading"] == "Färdig"


# --- The order of a list ---


def test_a_list_is_put_in_order(context: BrowserContext, server: DraftServer) -> None:
    page = context.new_page()
    page.goto(server.url + "/list")
    page.get_by_role("button", name="Flytta upp Slut").click()
    expect(page.get_by_text("Slut är nu nummer 2 av 3.")).to_be_visible()
    page.keyboard.press("Alt+ArrowUp")
    until(lambda: server.orders == [[1, 3, 2], [3, 1, 2]])
    page.get_by_role("button", name="Ångra flytten").click()
    until(lambda: server.orders[-1] == [1, 3, 2])
    grip = page.locator("li", has_text="Val").locator(".grip")
    grip.drag_to(page.locator("li", has_text="Budget"), target_position={"x": 5, "y": 50})
    until(lambda: server.orders[-1] == [3, 2, 1])
    server.mode = "refuse"
    page.get_by_role("button", name="Flytta upp Val").click()
    expect(page.get_by_text("Mötet är förseglat. Ordningen är som förut.")).to_be_visible()
    expect(page.locator(".reorder li").last).to_contain_text("Val")


def test_axe_finds_nothing(page: Page, server: DraftServer) -> None:
    for name in ("beslut", "uppdrag"):
        page.get_by_role("button", name=f"Lägg till {name}").click()
    page.get_by_text("Yrkanden, omröstning och reservationer").click()
    for name in ("yrkande", "instämmande", "omröstning", "reservation eller yttrande"):
        page.get_by_role("button", name=f"Lägg till {name}", exact=True).click()
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
