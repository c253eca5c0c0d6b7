"""A house style is chosen on a page, previewed, stored where it differs, and reset."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable

import docx
import pytest
from docx.shared import Mm
from PIL import Image
from sqlalchemy import select

from govern.audit import AuditEntry
from govern.db import db, now
from govern.documents.logo import LogoRefusal
from govern.documents.word.untrusted import BaseRefusal
from govern.forums.house import operations as house_operations
from govern.forums.house.models import House
from govern.forums.house.queries import layers_of, style_of
from govern.forums.house.rules import Choices, HouseRefusal, merged
from govern.forums.states import DecisionOrder, StripRole
from govern.meetings.summons import queries as summons
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.documents.letterheads import FOOT, HEAD, letterhead, with_field
from tests.documents.reading import pdf_pages
from tests.documents.test_logo import picture
from tests.notices.posted import posted
from tests.statements import counted

Browse = Callable[..., Browser]
PARTS = ("", "/logotyp", "/word")
PALE = "#ffd500"


def of_forum(cast: Cast) -> str:
    """Return the address of the forum's document settings."""
    return f"/forum/{cast.forum.slug}/dokument"


def of_all(cast: Cast) -> str:
    """Return the address of the collaboration's document settings."""
    return f"/installningar/samverkan/{cast.collaboration.slug}/dokument"


def rows() -> list[House]:
    """Return the stored house styles, freshly loaded."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(House).order_by(House.id)))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("who", "forum", "all_"),
    [("ada", 200, 200), ("cilla", 200, 403), ("anna", 403, 403), ("bo", 403, 403), ("david", 403, 403)],
)
def test_who_may(browse: Browse, cast: Cast, who: str, forum: int, all_: int, part: str) -> None:
    """Administrators can open both pages, and the forum's secretary that of the forum; nobody else can."""
    browser = browse(who)
    browser.get(f"{of_forum(cast)}{part}", status=forum)
    browser.get(f"{of_all(cast)}{part}", status=all_)


@pytest.mark.parametrize(
    "part", ["", "/forhandsvisning", "/aterstall", "/logotyp", "/logotyp/ta-bort", "/word", "/word/ta-bort"]
)
def test_who_may_not_change(browse: Browse, cast: Cast, part: str) -> None:
    browse("bo").post(f"{of_forum(cast)}{part}", status=403)
    browse("cilla").post(f"{of_all(cast)}{part}", status=403)
    assert rows() == []


def test_a_forum_keeps_what_differs_and_follows_in_the_rest(browse: Browse, cast: Cast) -> None:
    """The forum keeps its own choices and inherits later changes to all others."""
    ada, cilla = browse("ada"), browse("cilla")
    ada.get(of_all(cast))
    ada.submit("Spara", accent="#7A1F3D", header_text="Norra samverkan", legend=False)
    page = cilla.get(of_forum(cast))
    assert page.find("#accent").attributes["value"] == "#7a1f3d"
    assert "Eget för forumet" not in page.text("main")
    page = cilla.submit("Spara", decision_order="first", strip=["chair", "secretary"])
    assert page.text("main").count("Eget för forumet") == 2
    _, own = rows()
    assert own.own == {"decision_order": DecisionOrder.FIRST, "strip": (StripRole.SECRETARY, StripRole.CHAIR)}
    ada.get(of_all(cast))
    ada.submit("Spara", accent="#0057b8", decision_order="last")
    style = style_of(cast.forum)
    assert (style.accent, style.header_text, style.legend) == ("0057b8", "Norra samverkan", False)
    assert (style.decision_order, style.strip) == ("first", ("Sekreterare", "Ordförande"))
    assert style_of(cast.elsewhere).decision_order == "last"
    written = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "house.chosen")).all()
    assert [entry.facts["chosen"] for entry in written][1] == ["decision_order", "strip"]


def test_the_publics_pages_have_the_same_colour(browse: Browse, cast: Cast) -> None:
    """A sole collaboration's colour is used on all public pages; with several, each is used on its own pages."""
    notice_id = posted(cast, now()).id
    ada, eva = browse("ada"), browse()
    ada.get(of_all(cast))
    ada.submit("Spara", accent="#7A1F3D")
    own = {"/anslagstavla", "/logga-in", "/verifiera", "/publikt", f"/anslagstavla/{notice_id}"}

    def coloured(browser: Browser, addresses: set[str]) -> set[str]:
        return {address for address in addresses if "/farg/7a1f3d.css" in browser.get(address).html}

    assert coloured(eva, own) == own
    assert coloured(ada, {"/", "/anslagstavla"}) == {"/", "/anslagstavla"}
    make.collaboration("Dalsam")
    make.commit()
    assert coloured(eva, own) == {f"/anslagstavla/{notice_id}"}


def test_the_organisations_own_is_taken_back(browse: Browse, cast: Cast) -> None:
    """Setting a value back by hand deletes the row; the button resets everything."""
    cilla = browse("cilla")
    page = cilla.get(of_forum(cast))
    assert "Återställ" not in page.text("main")
    cilla.submit("Spara", name_columns="1")
    cilla.submit("Spara", name_columns="2")
    assert rows() == []
    cilla.submit("Spara", name_columns="1", contents=False)
    page = cilla.submit("Återställ till organisationens")
    assert "Återställt. Forumet följer organisationen." in page.text("main")
    assert rows() == []
    assert layers_of(cast.forum).choices == Choices()


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"accent": PALE}, HouseRefusal.TOO_PALE),
        ({"accent": "grön"}, HouseRefusal.NOT_A_COLOUR),
        ({"header_text": "x" * 81}, HouseRefusal.HEADER_LONG),
    ],
)
@pytest.mark.parametrize("button", ["Spara", "Visa"])
def test_a_refused_choice_stands_as_typed(
    browse: Browse, cast: Cast, typed: dict[str, str], refusal: HouseRefusal, button: str
) -> None:
    """The refusal is shown at its field, the form keeps its input, and nothing is stored."""
    cilla = browse("cilla")
    cilla.get(of_forum(cast))
    page = cilla.submit(button, **({"header_text": "Min rad"} | typed), status=422)
    [name] = typed
    assert refusal.value in page.text(f"#{name}-error")
    assert page.find(f"#{name}").attributes["value"] == typed[name]
    assert page.find("#header_text").attributes["value"] == typed.get("header_text", "Min rad")
    assert rows() == []


def shown(page: str) -> list[Image.Image]:
    """Return the pictures in a page's HTML."""
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in found]


def test_the_preview_is_the_pages_themselves(browse: Browse, cast: Cast) -> None:
    """The button works without scripts, stores nothing, and keeps the input."""
    cilla = browse("cilla")
    cilla.get(of_forum(cast))
    page = cilla.submit("Visa", accent="#c8102e", name_columns="1")
    pages = shown(page.html)
    assert len(pages) == 5
    assert all(one.size[0] == 900 and one.size[1] == pytest.approx(1273, abs=1) for one in pages)
    colours = {colour for _, colour in pages[0].convert("RGB").getcolors(1 << 20) or []}
    assert any(red > 170 and green < 60 and blue < 80 for red, green, blue in colours)
    assert page.find("#accent").attributes["value"] == "#c8102e"
    assert rows() == []


def test_the_script_gets_the_pages_alone(browse: Browse, cast: Cast) -> None:
    """The script gets a fragment with the pages or, for an invalid choice, with the refusal."""
    cilla = browse("cilla")
    form = cilla.get(of_forum(cast)).form("#utseende")
    asked = {"headers": {"HX-Request": "true"}}
    url = f"{of_forum(cast)}/forhandsvisning"
    part = cilla.post(url, form.fill({"paragraphs_on_own_page": False}), **asked)
    assert len(shown(part.html)) == 5
    assert "<html" not in part.html
    part = cilla.post(url, form.fill({"accent": PALE}), **asked)
    assert shown(part.html) == []
    assert HouseRefusal.TOO_PALE.value in part.html


# --- The logo ---


def test_a_logo_comes_in_is_renamed_and_goes(browse: Browse, cast: Cast) -> None:
    """A forum inherits the organisation's logo, and can rename or remove it for itself."""
    ada, cilla = browse("ada"), browse("cilla")
    ada.get(f"{of_all(cast)}/logotyp")
    ada.submit("Spara", file=("logo.png", picture()), logo_alt="Norras logotyp")
    page = cilla.get(f"{of_forum(cast)}/logotyp")
    assert page.find(".logo img").attributes["alt"] == "Norras logotyp"
    answer = cilla.answer(f"{of_forum(cast)}/logotyp.png")
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer.data.startswith(b"\x89PNG")
    cilla.submit("Spara", logo_alt="Rådets logotyp")
    assert style_of(cast.forum).logo_alt == "Rådets logotyp"
    assert style_of(cast.forum).logo == style_of(cast.collaboration).logo
    cilla.submit("Ta bort logotypen")
    assert style_of(cast.forum).logo is None
    assert style_of(cast.collaboration).logo_alt == "Norras logotyp"
    cilla.get(of_forum(cast))
    cilla.submit("Återställ till organisationens")
    assert style_of(cast.forum).logo_alt == "Norras logotyp"


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"file": ("l.png", picture()), "logo_alt": " "}, LogoRefusal.NO_TEXT),
        ({"logo_alt": "Logotyp"}, LogoRefusal.NO_FILE),
        ({"file": ("l.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "logo_alt": "Logotyp"}, LogoRefusal.VECTOR),
        ({"file": ("l.png", b"<html>"), "logo_alt": "Logotyp"}, LogoRefusal.NOT_PICTURE),
    ],
)
def test_a_refused_logo(browse: Browse, cast: Cast, fields: dict[str, object], refusal: LogoRefusal) -> None:
    cilla = browse("cilla")
    cilla.get(f"{of_forum(cast)}/logotyp")
    page = cilla.submit("Spara", status=422, **fields)
    assert refusal.value in page.text(".field-error")
    assert page.find("#logo_alt").attributes["value"] == str(fields["logo_alt"]).strip()
    assert rows() == []


# --- The organisation's own Word document ---


def test_an_own_word_document(browse: Browse, cast: Cast) -> None:
    """The page lists what it lacks; the sample and the forum's summons are based on it."""
    ada, cilla = browse("ada"), browse("cilla")
    ada.get(f"{of_all(cast)}/word")
    page = ada.submit("Ladda upp", file=("Norrbys brev.docx", letterhead()))
    assert "Norrbys brev.docx" in page.texts("h2")
    assert page.texts("h3") == ["Används", "Saknas och fylls i av Govern", "Tas inte med"]
    assert "Sidhuvud med bild." in page.texts("main li")
    page = cilla.get(f"{of_forum(cast)}/word")
    assert "Organisationens dokument." in page.text("main")
    made = docx.Document(io.BytesIO(cilla.answer(f"{of_forum(cast)}/word/prov.docx").data))
    assert HEAD in made.sections[0].header.paragraphs[0].text
    meeting = make.meeting(cast.forum)
    make.commit()
    called = docx.Document(io.BytesIO(summons.docx(meeting, make.AT)))
    assert FOOT in "\n".join(p.text for p in called.sections[0].footer.paragraphs)
    cilla.get(f"{of_forum(cast)}/word")
    cilla.submit("Skriv på Governs eget i forumet")
    assert style_of(cast.forum).base is None
    assert style_of(cast.collaboration).base is not None


def narrow(file: docx.document.Document) -> None:
    """Set a right margin that leaves too little room for text."""
    file.sections[0].right_margin = Mm(110)


BASES = {
    "none": (b"", BaseRefusal.NO_FILE),
    "no docx": (b"PK\x03\x04", BaseRefusal.NOT_DOCX),
    "fetches": (with_field(" INCLUDETEXT c:\\\\a.txt"), BaseRefusal.EXTERNAL),
    "narrow": (letterhead(narrow), BaseRefusal.NARROW),
}


@pytest.mark.parametrize("which", BASES)
def test_a_refused_word_document(browse: Browse, cast: Cast, which: str) -> None:
    data, refusal = BASES[which]
    cilla = browse("cilla")
    cilla.get(f"{of_forum(cast)}/word")
    page = cilla.submit("Ladda upp", status=422, file=("brev.docx", data))
    assert refusal.value in page.text(".field-error")
    assert rows() == []


@pytest.mark.office
def test_the_word_pages_are_drawn(browse: Browse, cast: Cast) -> None:
    cilla = browse("cilla")
    cilla.get(f"{of_forum(cast)}/word")
    page = cilla.click("Visa sidorna")
    assert len(shown(page.html)) == 5
    assert len(shown(cilla.fragment(f"{of_forum(cast)}/word/sidor").html)) == 5


def test_without_libreoffice_the_sample_is_still_there(
    browse: Browse, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    page = browse("cilla").get(f"{of_forum(cast)}/word")
    assert "LibreOffice är inte installerat" in page.text("main")
    assert "Ladda ned provet" in page.links


# --- The style in use ---


def test_documents_and_pages_wear_it(browse: Browse, cast: Cast) -> None:
    """The summons has the header line; the pages of the collaboration have its colour, those of others have not."""
    house_operations.choose(
        cast.collaboration, merged({"accent": "7a1f3d", "header_text": "Norra"}), by=cast.ada, at=make.AT
    )
    meeting = make.meeting(cast.forum)
    make.commit()
    assert "Norra" in pdf_pages(summons.pdf(meeting, make.AT))[0]
    browser = browse("cilla")
    sheets = [node.attributes["href"] for node in browser.get(f"/forum/{cast.forum.slug}").all("link[rel=stylesheet]")]
    assert sheets[-1] == "/farg/7a1f3d.css"
    answer = Browser(browser.app).answer("/farg/7a1f3d.css")
    assert (answer.mimetype, answer.status_code) == ("text/css", 200)
    assert "--accent: #7a1f3d" in answer.text
    assert [node.attributes["href"] for node in browser.get("/").all("link[rel=stylesheet]")][-1] == sheets[-1]
    Browser(browser.app).get("/farg/urblek.css", status=404)
    assert "/farg/7a1f3d.css" in Browser(browser.app).get("/logga-in").html


def test_the_colour_costs_one_question(browse: Browse, cast: Cast) -> None:
    """A page queries the house styles only once."""
    browser = browse("cilla")
    with counted() as asked:
        browser.get(f"/forum/{cast.forum.slug}/nummer")
    assert sum("house_styles" in statement for statement in asked) == 1
