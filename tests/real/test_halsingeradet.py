"""The real meeting, held in Govern: its page, its files, their signatures, and the search."""

import re
from io import BytesIO
from pathlib import Path

import docx
import pytest

from tests.documents.reading import docx_text, pdf_pages
from tests.need import need
from tests.real import seed
from tests.real.meeting import Held

pytestmark = [pytest.mark.real, pytest.mark.long]


def test_everyone_is_there(held: Held) -> None:
    """The 11 deciding members, 5 substitutes and 6 officers are listed under their own headings."""
    assert (len(held.seed.deciding), len(held.seed.substitutes), len(held.seed.officers)) == (11, 5, 6)
    page = held.secretary.get(held.protocol)
    deciding, others, adjusting = page.all(".present .names")
    assert len(deciding.css("li")) == 11
    assert len(others.css("li")) == 11
    for someone in held.seed.deciding:
        title = someone.title
        assert f"{someone.name} {title} ({someone.political})" in " ".join(deciding.text().split())
    for someone in [*held.seed.substitutes, *held.seed.officers]:
        assert someone.name in others.text()
    assert held.seed.adjuster in adjusting.text()


def test_the_seven_paragraphs_stand_with_their_codes(held: Held) -> None:
    """Numbers, headings and codes are the seed's."""
    page = held.secretary.get(held.protocol)
    headings = [" ".join(text.split()) for text in page.texts("article.paragraph h2")]
    wanted = [f"§ {p.number} {p.heading}" + (f" ({p.kind})" if p.kind else "") for p in held.seed.paragraphs]
    assert headings == wanted


def test_the_assignment_keeps_its_alternatives(held: Held) -> None:
    """The alternatives are 1, 2 a, 2 b, 3 and 4, and the report is due in early June."""
    page = held.secretary.get(held.protocol)
    marks = [mark.strip(").") for mark in page.texts("#p812 .alternatives .mark")]
    assert marks == ["1", "2", "a", "b", "3", "4"]
    assert "7 juni 2024" in page.text("#p812 .assignment")


@pytest.mark.office
@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_every_word_stands_in_the_file(held: Held, ending: str, tmp_path: Path) -> None:
    """Another program finds every word of the seven paragraphs in the file, in order."""
    if ending == "docx":
        need("soffice")
    text = docx_text(held.file("docx"), tmp_path) if ending == "docx" else "\n".join(pdf_pages(held.file("pdf")))
    start = 0
    for paragraph in held.seed.paragraphs:
        gap = seed.missing(paragraph.words, text[start:])
        assert not gap, f"§ {paragraph.number}: {gap}"


def test_the_paper_shows_the_seeds_parts(held: Held) -> None:
    """The PDF has cover, signature lines, contents with page numbers, legend, a page for each § and the strip."""
    pages = [" ".join(page.split()) for page in pdf_pages(held.file("pdf"))]
    cover = pages[0]
    for part in ("Tid och plats", "Paragrafer", "§§ 808–814", "Beslutande", "Övriga deltagare", "Utses att justera"):
        assert part in cover
    assert "Orbaden den 22 april 2024" in cover
    assert "769602-5290" in cover
    whole = " ".join(pages)
    for name, role in (
        (held.seed.secretary, "sekreterare"),
        (held.seed.chair, "ordförande"),
        (held.seed.adjuster, "justerare"),
    ):
        assert f"{name}, {role}, enligt digital underskrift" in whole
    contents = next(page for page in pages if "Innehåll" in page)
    for code, word in zip("BIPRU", ("beslut", "information", "plan", "rekommendation", "uppföljning"), strict=True):
        assert f"{code} {word}" in contents
    for paragraph in held.seed.paragraphs:
        begins = re.compile(rf"§ {paragraph.number} {re.escape(paragraph.heading[:12])}")
        own = [n for n, page in enumerate(pages, 1) if begins.search(page) and n > pages.index(contents) + 1]
        assert len(own) == 1, f"§ {paragraph.number} begins on {own}"
        assert re.search(rf"{re.escape(paragraph.heading[-8:])}(?: \([BIPRU]\))?[ .]*{own[0]}\b", contents)
    assert all("Ordförande Justerande Utdragsbestyrkande" in page for page in pages)


def test_the_word_file_opens_with_real_headings(held: Held) -> None:
    """python-docx, an independent reader, finds each § as a heading."""
    document = docx.Document(BytesIO(held.file("docx")))
    headings = [p.text for p in document.paragraphs if p.style and p.style.name.startswith("Heading")]
    for paragraph in held.seed.paragraphs:
        assert any(str(paragraph.number) in text and paragraph.heading in text for text in headings)


@pytest.mark.parametrize("query", ["uppdraget kommunchefgruppen", "Sundsvallsmodell", "§ 812"])
def test_search_finds_the_assignment_first(held: Held, query: str) -> None:
    """By an inflected word, half a compound or its number, § 812 comes first, with a link to its place."""
    page = held.secretary.get("/sok", query_string={"q": query})
    first = page.all(".results > li")[0]
    assert "§ 812" in " ".join(first.text().split())
    link = first.css_first("a")
    assert link is not None
    assert "#p812" in (link.attributes.get("href") or "")
    assert first.css("mark"), "the words found are not marked"
