"""Results as files: readable by other programs, safe in a spreadsheet, and limited to what the reader may see."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import openxml_audit
import pytest
from flask import Flask

from govern.archive.exporting import queries as exporting
from govern.archive.exporting import views as exporting_views
from govern.archive.exporting.queries import safe
from govern.archive.searching import indexing
from govern.forums.states import ParagraphKind
from govern.paragraphs.states import ParagraphState
from govern.reading import text_of
from tests import make
from tests.archive.conftest import Shelf
from tests.browse import Browser
from tests.cast import Cast
from tests.reading.files import XLSX
from tests.statements import counted

Browse = Callable[..., Browser]


@pytest.mark.parametrize("text", ["=1+1", "+46 70", "-hyra", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n=1"])
def test_nothing_is_a_formula(text: str) -> None:
    """Text that a spreadsheet would evaluate is prefixed with an apostrophe."""
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["§ 812", "Gemensam växel", "2024-04-22", "", "a=b"])
def test_other_text_is_left_alone(text: str) -> None:
    """Other text gets no apostrophe."""
    assert safe(text) == text


def rows_of(browser: Browser, words: str = "växel", more: str = "") -> list[dict[str, str]]:
    """Export a result as CSV and read it as a Swedish spreadsheet does."""
    answer = browser.answer(f"/sok/uttag.csv?q={words}{more}")
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv(shelf: Shelf, browse: Browse, cast: Cast) -> None:
    """The file has decisions and assignments; a heading that looks like a formula is escaped."""
    shelf.open.heading = '=HYPERLINK("http://ond.example";"Växel")'
    make.commit()
    indexing.reindex()
    (row,) = rows_of(browse("david"))
    assert row["Paragraf"] == "§ 812"
    assert row["Rubrik"].startswith("'=HYPERLINK")
    assert row["Mötesdag"] == "2024-04-22"
    assert row["Läge"] == "Förseglad"
    assert row["Beslut"] == "att införa växeln\natt fördela kostnaden\natt underrätta parterna"
    assert row["Uppdrag"] == "Kanslichefsgruppen: Beskriv driftformer"
    assert row["Adress"] == f"http://127.0.0.1:8000/moten/{shelf.meeting.id}/protokoll#p812"


@pytest.mark.parametrize(("who", "numbers"), [("anna", 3), ("david", 1)])
@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_each_takes_out_what_they_may_read(shelf: Shelf, browse: Browse, who: str, numbers: int, ending: str) -> None:
    """The counts are limited too."""
    data = browse(who).answer(f"/sok/uttag.{ending}?q=växel").data
    if ending == "xlsx":
        sheet, about = text_of(data, XLSX)
        text = sheet + about
        assert sheet.count("http://") == numbers
    else:
        text = data.decode("utf-8-sig")
    assert ("Upphandling" in text) == (who == "anna")
    if ending == "json":
        told = json.loads(text)
        assert (len(told["rows"]), told["total"], told["cut"]) == (numbers, numbers, False)
        assert told["asked"] == "”växel”"


def test_the_workbook_by_another_program(shelf: Shelf, browse: Browse, tmp_path: Path) -> None:
    """A validator of the format finds no fault, and a heading that looks like a formula is text."""
    shelf.open.heading = "=1+1 växel"
    make.commit()
    indexing.reindex()
    data = browse("david").answer("/sok/uttag.xlsx?q=växel").data
    with ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    file = tmp_path / "uttag.xlsx"
    file.write_bytes(data)
    assert [str(error) for error in openxml_audit.OpenXmlValidator().validate(str(file)).errors] == []
    assert "=1+1 växel" in text_of(data, XLSX)[0]


def test_it_says_when_it_is_cut(shelf: Shelf, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file says that there is more."""
    monkeypatch.setattr(exporting_views, "MOST", 2)
    monkeypatch.setattr(exporting_views, "MOST_PRINTED", 2)
    anna, sentence = browse("anna"), "De första 2 av 3 paragrafer. Avgränsa sökningen för att få med resten."
    rows = rows_of(anna)
    assert [row["Paragraf"] for row in rows[:-1]] != []
    assert rows[-1]["Paragraf"] == sentence
    assert len(rows) == 3
    assert json.loads(anna.answer("/sok/uttag.json?q=växel").data)["cut"] is True
    assert sentence in text_of(anna.answer("/sok/uttag.xlsx?q=växel").data, XLSX)[1]
    page = anna.get("/sok/utskrift?q=växel")
    assert page.text("main").endswith(sentence)
    assert len(page.all(".printout article")) == 2


def test_more_rows_cost_no_more_a_batch(shelf: Shelf, browse: Browse, cast: Cast) -> None:
    """Sixty paragraphs take no more statements than one."""
    david = browse("david")
    with counted() as few:
        david.answer("/sok/uttag.csv?q=växel")
    for number in range(60):
        make.paragraph(
            shelf.meeting, shelf.open.series, f"Växel {number}", cast.anna, ParagraphState.APPROVED,
            kind=ParagraphKind.INFORMATION,
        )  # fmt: skip
    make.commit()
    indexing.reindex()
    with counted() as many:
        assert len(rows_of(david)) == 61
    assert len(many) <= len(few), "\n".join(many)


def test_the_printout_says_what_when_and_who(shelf: Shelf, browse: Browse) -> None:
    """The printout states the query, the reader and the time."""
    page = browse("david").get("/sok/utskrift?q=växel&ar=2024")
    assert page.text(".facts").startswith("Sökt ”växel” · År: 2024 Av David Dal När ")
    assert page.texts(".printout h2") == ["§ 812 Gemensam växel (B)"]
    assert "att införa växeln" in page.text(".printout")
    assert page.link("Tillbaka till sökningen") == "/sok?q=v%C3%A4xel&ar=2024"


def test_without_an_index(app: Flask, cast: Cast, browse: Browse) -> None:
    """The page says that the index is being rebuilt."""
    for path in ("/sok/uttag.csv?q=x", "/sok/uttag.xlsx?q=x", "/sok/utskrift?q=x"):
        assert "Sökningen byggs om" in browse("anna").get(path).text("main")
    browse("anna").get("/sok/uttag.exe?q=x", status=404)
    assert exporting.MOST == exporting_views.MOST
