"""What is pasted from Word, LibreOffice and Google Docs by Ctrl+V, and what the server then stores of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from govern.paragraphs.drafting import draft as drafts
from tests.need import need

from . import word
from .draft_server import DraftServer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server() -> Iterator[DraftServer]:
    server = DraftServer()
    yield server
    assert server.violations == []
    server.close()


@pytest.fixture
def page(chromium: Browser, server: DraftServer) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    page = context.new_page()
    server.someone_else(sections=[{"kind": "text", "heading": "", "html": ""}], decisions=[])
    page.goto(server.url)
    expect(page.get_by_label("Sparat läge")).not_to_contain_text("öppnar")
    yield page
    context.close()


def paste(page: Page, html: str, plain: str = "") -> None:
    """Put this on the browser's clipboard, as a program does, and press Ctrl+V where the cursor is."""
    page.evaluate(
        """([html, plain]) => {
            const copy = (event) => {
                event.preventDefault();
                event.stopImmediatePropagation();
                if (html) event.clipboardData.setData("text/html", html);
                event.clipboardData.setData("text/plain", plain);
            };
            document.addEventListener("copy", copy, { capture: true, once: true });
            document.execCommand("copy");
        }""",
        [html, plain],
    )
    page.keyboard.press("Control+v")


def stored(page: Page, server: DraftServer, html: str, plain: str = "oanvänd") -> str:
    """Return what the server stores of a section's text into which this is pasted."""
    page.get_by_role("textbox", name="Text, avsnitt 1", exact=True).click()
    paste(page, html, plain)
    return stored_draft(page, server).sections[0].html


def stored_draft(page: Page, server: DraftServer) -> drafts.Draft:
    """Save, and return what the server stores."""
    page.keyboard.press("Control+s")
    expect(page.get_by_label("Sparat läge")).to_contain_text("sparat 10.32")
    return drafts.parse_sent(server.draft)


HEADINGS = word.page(
    word.item("1", "Bakgrund", number=9, tag="h1"),
    word.item("1.1", "Läget", number=9, level=2, tag="h2"),
    word.plain("Brödtext."),
    word.item("2", "Förslag", number=9, tag="h1"),
)
LISTS = word.page(
    word.item("1.", "Ett"),
    word.item("1.1", "Ett ett", level=2),
    word.item("2.", "Två"),
    word.plain("Emellan."),
    word.item("3.", "Tre"),
    word.item("c)", "Kalle", number=1),
    word.item("d)", "David", number=1),
    word.item("iv.", "Fyra", number=2),
    word.item("i.", "Första", number=3),
    word.item("§ 1", "Namn", number=5),
    word.item("§ 2", "Säte", number=5),
    word.item("A.", "Sverige", number=6),
    word.item("·", "Punkt", number=4, font="font-family:Symbol;"),
    word.item("§", "Fyrkant", number=7, font="font-family:Wingdings;"),
    word.item("o", "Ring", number=8, level=2, font='font-family:"Courier New";'),
)
LISTS_STORED = (
    "<ol><li><p>Ett</p><p>1.1 Ett ett</p></li><li><p>Två</p></li></ol><p>Emellan.</p>"
    '<ol start="3"><li><p>Tre</p></li></ol>'
    '<ol type="a" start="3"><li><p>Kalle</p></li><li><p>David</p></li></ol>'
    '<ol type="i" start="4"><li><p>Fyra</p></li></ol><ol type="i"><li><p>Första</p></li></ol>'
    "<p>§ 1 Namn</p><p>§ 2 Säte</p><p>A. Sverige</p>"
    "<ul><li><p>Punkt</p></li><li><p>Fyrkant</p><ul><li><p>Ring</p></li></ul></li></ul>"
)
BESIDE_THE_TEXT = word.page(
    word.plain(
        f"Texten<a style='mso-comment-reference:AB_1'> står</a>{word.COMMENT_MARK} kvar"
        "<span style='display:none;mso-hide:all'> gömt</span>"
        '<del cite="mailto:Anna" datetime="2026-01-01T10:00"> struket</del>'
        '<ins cite="mailto:Anna" datetime="2026-01-01T10:00"> tillagt</ins>.'
    ),
    word.plain('Se <a href="#_Toc1">avsnitt 2</a> och <a href="file:///C:/bilaga.docx">bilagan</a>.'),
    word.plain("<br clear=all style='mso-special-character:line-break;page-break-before:always'>"),
    word.COMMENT,
)
NOTES = word.page(
    word.plain(f"Det finns en utredning{word.note_mark(1)} och en lag{word.note_mark(2)}."),
    word.plain(f"Märket{word.note_mark(7)} saknar sin not."),
    word.notes(word.note(1, "SOU 2025:1."), word.note(2, "Kommunallagen <i>(2017:725)</i>.")),
    word.plain(f"Slut{word.note_mark(1, 'edn')}."),
    word.notes(word.note(1, "Slutnot.", "edn")),
)
PICTURES = word.page(
    word.plain(f"Kartan: {word.picture('Karta över området&#10;&#10;AI-genererat innehåll kan vara felaktigt.')}"),
    word.plain(word.picture("clip_image002.png")),
)
SYMBOLS = word.page(
    word.plain(
        "Från A <span style='font-family:Wingdings;mso-char-type:symbol;mso-symbol-font-family:Wingdings'>"
        "<span style='mso-char-type:symbol;mso-symbol-font-family:Wingdings'>à</span></span> B \uf0e0 C"
    ),
    word.plain("\uf0b7\tEtt"),
    word.plain("<span style='font-family:Symbol'>·</span>&nbsp;&nbsp;Två"),
    word.plain("Första\vandra\u2028tredje\u2029fjärde"),
)
ADDRESSES = word.page(
    word.plain('<a href="https://räksmörgås.se/å ä?q=ö#d">a</a> <a href="bilaga.docx">b</a> <a href="/c">c</a>'),
    word.plain('<a href="mailto:anna@exempel.se">d</a> <a href="tel:08-123 45">e</a> <a href="https://">f</a>'),
)
FROM_WORD = {
    "numbered headings are headings": (
        HEADINGS,
        "<h1>1 Bakgrund</h1><h2>1.1 Läget</h2><p>Brödtext.</p><h1>2 Förslag</h1>",
    ),
    "labels are counted or kept as words": (
        LISTS,
        LISTS_STORED,
    ),
    "what is beside the text stays behind": (
        BESIDE_THE_TEXT,
        "<p>Texten står kvar tillagt.</p><p>Se avsnitt 2 och bilagan.</p>",
    ),
    "footnotes are notes": (
        NOTES,
        "<p>Det finns en utredning<sup>1</sup> och en lag<sup>2</sup>.</p>"
        "<p>Märket saknar sin not.</p><p>Slut<sup>1</sup>.</p>"
        "<p><sup>1</sup> SOU 2025:1.</p><p><sup>2</sup> Kommunallagen <em>(2017:725)</em>.</p>"
        "<p><sup>1</sup> Slutnot.</p>",
    ),
    "a picture says that it was left out": (
        PICTURES,
        "<p>Kartan: [Bild som inte följde med: Karta över området]</p><p>[Bild som inte följde med]</p>",
    ),
    "symbols and separators are what they meant": (
        SYMBOLS,
        "<p>Från A → B → C</p><ul><li><p>Ett</p></li><li><p>Två</p></li></ul>"
        "<p>Första<br>andra<br>tredje</p><p>fjärde</p>",
    ),
    "addresses are whole, encoded, or no links": (
        ADDRESSES,
        '<p><a href="https://xn--rksmrgs-5wao1o.se/%C3%A5%20%C3%A4?q=%C3%B6#d">a</a> b c</p>'
        '<p><a href="mailto:anna@exempel.se">d</a> <a href="tel:08-12345">e</a> f</p>',
    ),
}


@pytest.mark.parametrize("case", FROM_WORD)
def test_from_word(page: Page, server: DraftServer, case: str) -> None:
    html, expected = FROM_WORD[case]
    assert stored(page, server, html) == expected


FROM_A_PAGE = {
    "a heading in a list": ("<ol start=2><li><h2>Rubrik</h2><p>Text</p></li></ol>", "<h2>2. Rubrik</h2><p>Text</p>"),
    "a list in a list": (
        "<ul><li>ett</li><ul><li>under</li></ul></ul>",
        "<ul><li><p>ett</p><ul><li><p>under</p></li></ul></li></ul>",
    ),
    "capital letters": (
        "<ol type=A start=2><li>ett<ol><li>under</li></ol></li></ol>",
        "<p>B. ett</p><ol><li><p>under</p></li></ol>",
    ),
    "a note outside a paragraph": ('<a href="#_ftnref1">[1]</a> Text', "<p><sup>1</sup> Text</p>"),
    "a counting pixel": ('<p>Text<img src="https://a.se/x" width="1" height="1"></p>', "<p>Text</p>"),
    "a word in a symbol font": ('<p style="font-family:Symbol">Text <span>här</span></p>', "<p>Text här</p>"),
    "another font of that name": ("<p><span style=\"font-family:'Segoe UI Symbol'\">ab</span></p>", "<p>ab</p>"),
    "a heading that begins with a number": ("<h1>5G-nät och 3D</h1>", "<h1>5G-nät och 3D</h1>"),
}


@pytest.mark.parametrize("case", FROM_A_PAGE)
def test_from_a_page(page: Page, server: DraftServer, case: str) -> None:
    html, expected = FROM_A_PAGE[case]
    assert stored(page, server, html) == expected


GOOGLE_DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1">
<h1 dir="ltr" style="line-height:1.38"><span style="font-size:20pt;font-weight:400">Bakgrund</span></h1>
<ol style="margin-top:0" start="3"><li dir="ltr" style="list-style-type:lower-alpha" aria-level="1">
<p dir="ltr" role="presentation"><span style="font-weight:700">tre</span></p></li>
<ol><li dir="ltr" style="list-style-type:upper-roman" aria-level="2">
<p role="presentation"><span>under</span></p></li></ol></ol>
<ul><li role="checkbox" aria-checked="true">
<img src="data:image/png;base64,AA" width="18" alt="bekräftat"><p>klart</p></li></ul>
<p dir="ltr"><span>Text</span><sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup><sup><a href="#cmnt1">[a]</a></sup>
<span><img src="https://a.se/bild" alt="" width="200" height="100"></span></p></b>
<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;Noten.</span></p></div>
<div><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>Kommentar</span></p></div>"""


def test_from_google_docs(page: Page, server: DraftServer) -> None:
    assert stored(page, server, GOOGLE_DOCS) == (
        '<h1>Bakgrund</h1><ol type="a" start="3"><li><p><strong>tre</strong></p><p>I. under</p></li></ol>'
        "<ul><li><p>☑ klart</p></li></ul>"
        "<p>Text<sup>1</sup> [Bild som inte följde med]</p><p><sup>1</sup> Noten.</p>"
    )


def test_from_libreoffice(page: Page, server: DraftServer, tmp_path: Path) -> None:
    """LibreOffice puts on the clipboard what it writes as HTML."""
    source = Path(__file__).with_name("libreoffice.fodt")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [need("soffice"), profile, "--headless", "--convert-to", "html", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert stored(page, server, (tmp_path / "libreoffice.html").read_text()) == (
        "<h1>1. Bakgrund</h1><h2>1.1 Läget</h2>"
        "<p>Text<sup>1</sup> med<strong> fet</strong>.<br>Ny rad slut</p>"
        '<ol type="a"><li><p>ett</p><ol type="i"><li><p>under</p></li></ol></li><li><p>två</p></li></ol>'
        '<p>Emellan.</p><ol type="a" start="3"><li><p>tre</p></li></ol>'
        "<p>A. stor</p><ul><li><p>punkt</p></li></ul>"
        "<p>Bild: [Bild som inte följde med: Karta]</p>"
        '<p><a href="https://xn--rksmrgs-5wao1o.se/%C3%A5%20%C3%A4/?q=%C3%B6">länk</a> lokal</p>'
        "<p>Slut<sup>i</sup></p><p><sup>1</sup> Notens text.</p><p><sup>i</sup> Slutnot.</p>"
    )


def test_plain_text_keeps_its_breaks_and_bullets(page: Page, server: DraftServer) -> None:
    pasted = "Rubrik\vrad två\n\uf0b7 ett\n•\ttvå\u2029Slut"
    assert stored(page, server, "", pasted) == (
        "<p>Rubrik<br>rad två</p><ul><li><p>ett</p></li><li><p>två</p></li></ul><p>Slut</p>"
    )


def test_a_pasted_picture_says_that_it_was_left_out(page: Page, server: DraftServer) -> None:
    page.get_by_role("textbox", name="Text, avsnitt 1", exact=True).click()
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["x"], "skärmbild.png", { type: "image/png" }));
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert stored_draft(page, server).sections[0].html == "<p>[Bild som inte följde med]</p>"


def test_clauses_lose_their_numbers_and_att(page: Page, server: DraftServer) -> None:
    page.get_by_role("button", name="Lägg till beslut").click()
    page.get_by_label("Att-sats 1", exact=True).click()
    paste(
        page,
        "",
        "1. att godkänna,\v2) Att tacka,\n\uf0b7 att sluta,\nc) att fira,\natt A. Ek väljs, samt\n3 kap. gäller.",
    )
    assert stored_draft(page, server).decisions[0].clauses == (
        "godkänna,",
        "tacka,",
        "sluta,",
        "fira,",
        "A. Ek väljs, samt",
        "3 kap. gäller.",
    )
    page.get_by_label("Att-sats 6", exact=True).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("1. att skriva")
    expect(page.get_by_label("Att-sats 6", exact=True)).to_have_value("skriva")
