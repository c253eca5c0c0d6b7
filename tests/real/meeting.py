"""The real meeting as its people hold it in Govern: recorded by its pages, approved, sealed, signed by four."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select

from govern import outbox
from govern.db import db
from govern.people import operations as people
from govern.people.models import Person
from tests.browse import Browser
from tests.real import seed

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
    signers: list[tuple[str, str]]

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
    def signers(self) -> list[tuple[str, str]]:
        """The three of the paper, and a second adjuster: the last of those deciding who does not sign already."""
        papers = self.seed
        three = [(papers.secretary, "sekreterare"), (papers.chair, "ordförande"), (papers.adjuster, "justerare")]
        fourth = next(s.name for s in reversed(papers.deciding) if s.name not in dict(three))
        return [*three, (fourth, "justerare")]

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
            adjusters="2",
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
        for name, _role in self.signers:
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
        person = db.session.scalars(select(Person).where(Person.email == self.address(name))).one()
        people.add_account(person, self.address(name), PASSWORD, by=None, at=datetime.now(ZoneInfo("Europe/Stockholm")))

    def sign_in(self, name: str) -> Browser:
        """Open a browser for someone."""
        return Browser(self.app).sign_in(self.address(name), PASSWORD)

    def hold(self) -> Held:
        """Hold the meeting from its planning to the last signature."""
        me, papers = self.sign_in(self.seed.secretary), self.seed
        me.get(f"{FORUM}/nytt-mote")
        planned = {"kind": "extra", "day": DAY, "starts": "09:00", "ends": "12:00", "place": "Orbaden"}
        me.submit("Planera mötet", status=422, mode="on_site", **planned)  # It was long ago: that is asked about.
        page = me.submit("Planera mötet", **{"day-stammer": [DAY]})
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
        me.submit("Spara närvaron", adjuster=[boxes[f"{name} justerar"] for name, _ in self.signers[2:]])
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
        for name, _role in self.signers:
            signer = self.sign_in(name)
            signer.get(protocol)
            signer.submit("Underteckna")
        while outbox.drain():
            pass
        return Held(self.app, papers, me, meeting, protocol, self.signers)

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
