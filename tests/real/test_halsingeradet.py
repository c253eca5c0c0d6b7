"""The real meeting, held in Govern: recorded through its pages, approved, sealed, signed, filed and found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import docx
import pytest
from flask import Flask

from govern import outbox
from govern.people import operations as people
from tests.browse import Browser
from tests.documents.reading import docx_text, pdf_pages
from tests.need import need
from tests.real import seed

pytestmark = pytest.mark.real

PASSWORD = "ett långt lösenord"
FORUM = "/forum/halsingeradet"
DAY = "2024-04-22"
MUNICIPALITIES = ("Bollnäs", "Hudiksvall", "Ljusdal", "Nordanstig", "Ovanåker", "Söderhamn")
ORG_NUMBERS = {"Hudiksvall": "212000-2379", "Nordanstig": "212000-2312", "Ljusdal": "212000-2320"}


@dataclass
class Held:
    """The meeting once it has been held, and who can sign in."""

    app: Flask
    seed: seed.Seed
    secretary: Browser
    meeting: str
    protocol: str

    def file(self, ending: str) -> bytes:
        """Download one of the protocol's files."""
        return self.secretary.get(f"{self.protocol}/fil.{ending}").data


class Secretary:
    """What the secretary does, page by page."""

    def __init__(self, app: Flask, papers: seed.Seed) -> None:
        self.app, self.seed = app, papers
        at = datetime.now(ZoneInfo("Europe/Stockholm"))
        admin = people.add_person("Ada Administratör", "ada@radet.example", by=None, at=at)
        people.add_account(admin, "ada@radet.example", PASSWORD, administrator=True, by=None, at=at)
        self.admin = Browser(app).sign_in("ada@radet.example", PASSWORD)

    def address(self, name: str) -> str:
        """Make up an address for a real person: nothing of theirs is kept."""
        index = [*self.people, name].index(name)
        return f"person{index}@radet.example"

    @property
    def people(self) -> list[str]:
        """Everyone in the seed, once."""
        named = [s.name for s in [*self.seed.deciding, *self.seed.substitutes, *self.seed.officers]]
        return list(dict.fromkeys(named))

    def arrange(self) -> None:
        """Set up the association, its municipalities, the forum and everyone who sits in it."""
        admin = self.admin
        admin.get("/installningar/samverkan/ny")
        admin.submit("Spara", name="Kommunalsamverkan ek för", org_number="769602-5290")
        for place in MUNICIPALITIES:
            admin.get("/installningar/samverkan/kommunalsamverkan-ek-for/parter/ny")
            number = ORG_NUMBERS.get(place, "")
            admin.submit("Spara", name=f"{place} kommun", short_name=place, org_number=number)
        admin.get("/installningar/samverkan/kommunalsamverkan-ek-for/forum/nytt")
        admin.submit(
            "Lägg till",
            name="Hälsingerådet",
            body="Styrelsen Kommunalsamverkan ek för",
            level="strategic",
            kind="council",
            regime="association",
            numbering="continuous",
            adjusters="1",
        )
        admin.get(f"{FORUM}/nummer")
        admin.submit("Spara", next_number="808")
        for someone in self.seed.deciding:
            self.seat(someone, "chair" if someone.name == self.seed.chair else "member")
        for someone in self.seed.substitutes:
            self.seat(someone, "substitute")
        for someone in self.seed.officers:
            self.seat(someone, "co_opted")
            if someone.name == self.seed.secretary:
                self.seat(seed.Someone(someone.name, "", "", someone.place), "secretary")
        for name in (self.seed.secretary, self.seed.chair, self.seed.adjuster):
            self.give_account(name)

    def seat(self, someone: seed.Someone, role: str) -> None:
        """Give someone a seat; whoever is new is added in the same step."""
        page = self.admin.get(f"{FORUM}/platser/ny")
        parties = {node.text(): node.attributes.get("value") for node in page.all("select[name=party_id] option")}
        place = next(m for m in MUNICIPALITIES if someone.place.startswith(m))
        self.admin.submit(
            "Spara",
            name=someone.name,
            email=self.address(someone.name),
            role=role,
            party_id=parties[f"{place} kommun"],
            political_party=someone.political,
            title="" if someone.title == "ers" else someone.title,
            starts_on="2023-01-01",
        )

    def give_account(self, name: str) -> None:
        """Let someone sign in."""
        page = self.admin.get(f"/installningar/personer?q={self.address(name)}")
        person = next(link for text, link in page.links.items() if name in text)
        self.admin.get(f"{person}/konto")
        self.admin.submit("Spara", email=self.address(name), password=PASSWORD)

    def sign_in(self, name: str) -> Browser:
        """Open a browser for someone."""
        return Browser(self.app).sign_in(self.address(name), PASSWORD)

    def hold(self) -> Held:
        """Hold the meeting from its planning to the last signature."""
        me, papers = self.sign_in(self.seed.secretary), self.seed
        me.get(f"{FORUM}/nytt-mote")
        page = me.submit(
            "Planera mötet", kind="extra", day=DAY, starts="09:00", ends="12:00", place="Orbaden", mode="on_site"
        )
        meeting = page.url.removesuffix("/foredragningslista").split("#")[0]
        for paragraph in papers.paragraphs:
            me.get(f"{meeting}/foredragningslista")
            me.submit("Lägg till ärendet", heading=paragraph.heading, kind=paragraph.kind)
        me.get(f"{meeting}/foredragningslista")
        me.submit("Öppna mötet")
        page = me.get(f"{meeting}/narvaro")
        boxes = {
            node.attributes.get("aria-label"): node.attributes.get("value") for node in page.all("input[name=adjuster]")
        }
        me.submit("Spara närvaron", adjuster=[boxes[f"{papers.adjuster} justerar"]])
        for paragraph in papers.paragraphs:
            me.get(meeting)
            page = me.submit(f"Öppna § för {paragraph.heading}")
            assert f"§ {paragraph.number}" in page.text("h1")
            me.post_json(f"{page.url}/utkast", draft_of(paragraph) | {"version": 1})
            me.get(page.url)
            me.submit("Klarmarkera")
        me.get(meeting)
        me.submit("Avsluta mötet", ends="12:00")
        self.approve(meeting)
        protocol = self.seal(me, meeting)
        for name in (papers.secretary, papers.chair, papers.adjuster):
            signer = self.sign_in(name)
            signer.get(protocol)
            signer.submit("Underteckna")
        while outbox.drain():
            pass
        return Held(self.app, papers, me, meeting, protocol)

    def approve(self, meeting: str) -> None:
        """Let the chair send one paragraph back, and approve each."""
        chair, me = self.sign_in(self.seed.chair), self.sign_in(self.seed.secretary)
        first = next(link for text, link in chair.get(meeting).links.items() if link.startswith("/paragrafer/"))
        chair.get(first)
        chair.submit("Skicka tillbaka", comment="Skriv vem som öppnade mötet.")
        page = me.get(first)
        assert "Skriv vem som öppnade mötet." in page.text("main")
        me.submit("Klarmarkera")
        links = [link for link in chair.get(meeting).links.values() if link.startswith("/paragrafer/")]
        for link in dict.fromkeys(links):
            chair.get(link)
            chair.submit("Godkänn")

    def seal(self, me: Browser, meeting: str) -> str:
        """Go through the checks, accept the warnings, and seal."""
        page = me.get(f"{meeting}/kontroll")
        page = me.submit("Spara skälet", reason="Protokollet läses in i efterhand.")
        findings = page.texts(".finding")
        assert not [f for f in findings if f.startswith("Hinder") and "Skälet angivet av" not in f], findings
        assert any("§ 812" in f and "koden I" in f and "uppdrag" in f for f in findings), findings
        assert any("§ 811" in f and "0226" in f for f in findings), findings
        if "Spara skälet" in page.text("main"):
            page = me.submit("Spara skälet", reason="Mötet hölls för länge sedan.")
        while "Godta varningen" in page.text("main"):
            page = me.submit("Godta varningen", reason="Det står så i protokollet.")
        page = me.submit("Försegla protokollet")
        return page.url.split("#")[0]


def draft_of(paragraph: seed.SeedParagraph) -> dict[str, Any]:
    """Write a paragraph's draft as the page's script would send it."""
    lines, assignments = paragraph.lines, []
    if paragraph.number == 812:
        lines, doer, points = seed.assignment(paragraph)
        tree = next(point for top in points for point in top.points)
        assignments = [
            {
                "assignee": doer,
                "text": "\n".join([points[0].text, tree.text]),
                "alternatives": [alternative(point) for point in tree.points],
                "addendum": "\n".join(point.text for point in points[1:]),
                "due": "2024-06-07",
                "report_to": "ett extra digitalt Hälsingeråd i början av juni",
            }
        ]
    return {
        "heading": paragraph.heading,
        "kind": paragraph.kind or None,
        "sections": [{"kind": "text", "heading": "", "html": seed.as_html(lines)}],
        "assignments": assignments,
    }


def alternative(point: seed.Point) -> dict[str, Any]:
    """Write an alternative with those beneath it."""
    return {"text": point.text, "alternatives": [alternative(below) for below in point.points]}


@pytest.fixture(scope="module")
def held(held_app: Flask) -> Iterator[Held]:
    """Hold the meeting once for the tests of this file."""
    papers = seed.load()
    secretary = Secretary(held_app, papers)
    secretary.arrange()
    return secretary.hold()


def test_everyone_is_there(held: Held) -> None:
    """The 11 deciding, 5 substitutes and 6 officers stand under their own headings, as the seed has them."""
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
    """Alternatives 1, 2 a, 2 b, 3 and 4, and the report in early June."""
    page = held.secretary.get(held.protocol)
    marks = [mark.strip(").") for mark in page.texts("#p812 .alternatives .mark")]
    assert marks == ["1", "2", "a", "b", "3", "4"]
    assert "7 juni 2024" in page.text("#p812 .assignment")


@pytest.mark.office
@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_every_word_stands_in_the_file(held: Held, ending: str, tmp_path: Path) -> None:
    """Every word of the seven paragraphs, in order, as another program reads the file."""
    if ending == "docx":
        need("soffice")
    text = docx_text(held.file("docx"), tmp_path) if ending == "docx" else "\n".join(pdf_pages(held.file("pdf")))
    start = 0
    for paragraph in held.seed.paragraphs:
        gap = seed.missing(paragraph.words, text[start:])
        assert not gap, f"§ {paragraph.number}: {gap}"


def test_the_paper_shows_the_seeds_parts(held: Held) -> None:
    """The cover, the signature lines, the contents with page numbers, the legend, a page for each §, the strip."""
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
    """python-docx, which is not LibreOffice, finds each § as a heading."""
    document = docx.Document(BytesIO(held.file("docx")))
    headings = [p.text for p in document.paragraphs if p.style and p.style.name.startswith("Heading")]
    for paragraph in held.seed.paragraphs:
        assert any(str(paragraph.number) in text and paragraph.heading in text for text in headings)


def test_the_file_is_signed_and_verifies(held: Held) -> None:
    """Three signatures, in order, on the file that anyone may verify."""
    public = Browser(held.app)
    public.get("/verifiera")
    page = public.submit("Verifiera filen", file=("protokoll.pdf", held.file("pdf")))
    told = page.text(".verdict")
    assert "äkta och oförändrad" in told
    for name in (held.seed.secretary, held.seed.chair, held.seed.adjuster):
        assert f"Underskriften av {name}" in told


@pytest.mark.parametrize("query", ["uppdraget kommunchefgruppen", "Sundsvallsmodell", "§ 812"])
def test_search_finds_the_assignment_first(held: Held, query: str) -> None:
    """Inflected, half a compound, or by number: § 812 comes first, and leads to its place."""
    page = held.secretary.get("/sok", query_string={"q": query})
    first = page.all(".results > li")[0]
    assert "§ 812" in " ".join(first.text().split())
    link = first.css_first("a")
    assert link is not None
    assert "#p812" in (link.attributes.get("href") or "")
    assert first.css("mark"), "the words found are not marked"
