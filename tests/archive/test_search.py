"""The search page: who finds what, how soon, where a hit leads, and what an empty result says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from urllib.parse import urlsplit

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import event, func, select

from govern import outbox
from govern.archive.searching import engines, finding, indexing
from govern.archive.searching.passages import document
from govern.db import db
from govern.forums.operations import ForumFacts, change_forum
from govern.forums.readers import reader
from govern.forums.states import SeatRole
from govern.meetings.models import MeetingFacts
from govern.meetings.operations import change_meeting
from govern.outbox import OutboxEntry
from govern.paragraphs.access import sees
from govern.paragraphs.facts import facts
from govern.paragraphs.states import ParagraphState
from govern.people.models import Person
from govern.search import SearchUnavailable, parse
from tests import make
from tests.archive.conftest import Shelf
from tests.browse import Browser, Page
from tests.cast import Cast

Browse = Callable[..., Browser]
Tell = Callable[..., None]


def headings(page: Page) -> list[str]:
    """Return the headings of the hits."""
    return page.texts(".results h2")


@pytest.mark.parametrize(
    ("who", "count"),
    [("anna", 3), ("cilla", 3), ("ada", 3), ("david", 1)],
)
def test_each_finds_what_they_may_read(shelf: Shelf, browse: Browse, who: str, count: int) -> None:
    """Those who sit find drafts and secrets; the rest of the collaboration what is sealed and open."""
    page = browse(who).get("/sok?q=växeln")
    assert len(headings(page)) == count
    assert page.text(".result-head").startswith(f"{count} paragraf")
    assert ("Sekretess" in page.text("main")) == (count == 3)


def test_facets_count_only_what_may_be_read(shelf: Shelf, browse: Browse) -> None:
    """A count could reveal that a secret exists."""
    assert "Läge" in browse("anna").get("/sok?q=växel").text("aside")
    assert not browse("david").get("/sok?q=växel").all("aside .facet")
    assert not headings(browse("david").get("/sok?q=växel&status=draft"))
    assert len(headings(browse("anna").get("/sok?q=växel&status=draft"))) == 1


def test_another_collaboration_finds_nothing(shelf: Shelf, cast: Cast, browse: Browse) -> None:
    """David's only seat is moved to a forum of another collaboration."""
    elsewhere = make.forum(make.collaboration("Dalsam"), "Dalrådet")
    for seat in cast.elsewhere.seats:
        seat.forum_id = elsewhere.id
    make.commit()
    page = browse("david").get("/sok?q=växel")
    assert not headings(page)
    assert "Inga träffar" in page.text("main")


def test_terms_agree_with_the_right(shelf: Shelf, cast: Cast) -> None:
    """A person finds exactly those paragraphs that their pages let the person read."""
    gone = make.add(Person(name="Gun Gammal"))
    make.seat(cast.forum, gone, SeatRole.MEMBER, starts_on=make.DAY, ends_on=make.DAY)
    make.commit()
    for person in (cast.anna, cast.cilla, cast.david, cast.ada, gone):
        terms = reader(person, make.DAY.replace(year=2026)).terms
        for paragraph in (shelf.open, shelf.secret, shelf.draft):
            assert bool(document(paragraph, ()).readers & terms) == sees(person, paragraph), (
                person.name,
                paragraph.label,
            )


def test_what_is_saved_is_found_after_the_outbox(shelf: Shelf, browse: Browse, tell: Tell) -> None:
    """A new word is found, a removed one is not, and neither is a deleted paragraph."""
    anna = browse("anna")
    shelf.draft.heading = "Telefonisternas öppettider"
    tell(shelf.draft)
    assert headings(anna.get("/sok?q=telefonist")) == ["§ 814 Telefonisternas öppettider (B)"]
    assert len(headings(anna.get("/sok?q=växel"))) == 2
    db.session.delete(shelf.draft)
    tell(shelf.draft)
    assert not headings(anna.get("/sok?q=telefonist"))


def test_another_day_and_another_name_are_found(shelf: Shelf, cast: Cast) -> None:
    """A change of a meeting's day or a forum's name updates the index of its paragraphs."""
    facts = MeetingFacts(day=date(2025, 2, 3), starts=time(9), ends=None, place="Björkby")
    change_meeting(shelf.draft.meeting, facts, by=cast.cilla, at=make.AT)
    forum = cast.forum
    named = {name: getattr(forum, name) for name in ("level", "kind", "regime", "numbering")}
    change_forum(forum, ForumFacts(name="Ledningsgruppen", **named), by=cast.ada, at=make.AT)
    while outbox.drain():
        pass
    assert [finding.find(parse(words), {"all"}).total for words in ("år:2025", "år:2024")] == [1, 2]
    assert finding.find(parse("forum:ledningsgruppen"), {"all"}).total == 3


def test_a_secret_is_kept_before_the_index_knows(shelf: Shelf, browse: Browse) -> None:
    """The index may lag behind, so each hit is checked against its row."""
    shelf.open.confidential = "OSL 19:3"
    make.commit()
    page = browse("david").get("/sok?q=växel")
    assert not headings(page)
    assert "Gemensam" not in page.html


@pytest.mark.parametrize("words", ["§ 812", "§812", "812"])
def test_a_number_finds_its_paragraph_first(shelf: Shelf, browse: Browse, words: str) -> None:
    """Paragraphs that mention the number come after it."""
    shelf_of_numbers = browse("anna").get("/sok", query_string={"q": words})
    assert headings(shelf_of_numbers)[0].startswith("§ 812")


def test_every_passage_has_its_place_on_the_page(shelf: Shelf, app: Flask) -> None:
    """Each anchor is the id of one element of the paragraph's page."""
    template = app.jinja_env.from_string(
        '{% from "components/record.html" import paragraph with context %}{{ paragraph(p) }}'
    )
    with app.test_request_context():
        html = template.render(p=facts(shelf.open))
    ids = [node.attributes["id"] for node in LexborHTMLParser(html).css("[id]")]
    assert len(ids) == len(set(ids))
    passages = document(shelf.open, ()).passages
    assert {passage.anchor for passage in passages} <= set(ids)
    assert {"p812", "p812-s1", "p812-b1-2", "p812-b2-1", "p812-u1", "p812-r1", "p812-y1", "p812-bilagor"} <= {
        passage.anchor for passage in passages
    }


@pytest.mark.parametrize(
    ("words", "anchor"),
    [
        ("kanslichefsgruppen", "p812-u1"),
        ("värdkommunsmodell", "p812-u1"),
        ("underrätta parterna", "p812-b2-1"),
        ("telefonväxel samtal", "p812-s1"),
        ("tidplan", "p812-r1"),
        ("nyttokalkyler", "p812-bilagor"),
        ("gemensam", "p812"),
    ],
)
def test_a_hit_opens_at_its_place(shelf: Shelf, browse: Browse, words: str, anchor: str) -> None:
    """A hit links to the assignment, clause or section that holds the words."""
    page = browse("anna").get("/sok", query_string={"q": words})
    assert next(urlsplit(url).fragment for url in page.links.values() if "#p812" in url) == anchor


def test_what_was_asked_for_is_marked(shelf: Shelf, browse: Browse) -> None:
    """Markup in the text is escaped."""
    page = browse("anna").get("/sok?q=telefonväxlar")
    assert page.texts(".excerpt mark") == ["telefonväxel"]
    assert "&lt;b&gt;var sin&lt;/b&gt;" in page.html


def test_a_facet_narrows_and_can_be_taken_away(shelf: Shelf, browse: Browse) -> None:
    """A facet is a link, stays in the search form, and can be removed."""
    anna = browse("anna")
    anna.get("/sok?q=växel")
    page = anna.click("Utkast")
    assert len(headings(page)) == 1
    assert page.find("#q").attributes["value"] == "växel"
    again = anna.submit("form.search", q="öppettider")
    assert len(headings(again)) == 1
    assert "status=draft" in again.url or again.all('input[name="status"]')
    assert len(headings(anna.get("/sok?status=draft"))) == 1


def test_nonsense_in_the_address_is_no_error(shelf: Shelf, browse: Browse) -> None:
    """Unknown values are ignored."""
    page = browse("anna").get("/sok?q=växel&status=bogus&ar=x&typ=zz&forum=inte&ordning=x&sida=-3")
    assert len(headings(page)) == 3


def test_an_empty_box_teaches(browse: Browse, cast: Cast) -> None:
    """The page explains the search without querying the index."""
    assert "Så frågar du" in browse("anna").get("/sok").text("main")


def test_pages(cast: Cast, browse: Browse) -> None:
    """A page has twenty hits and takes a bounded number of statements."""
    series = make.series(cast.forum)
    meeting = make.meeting(cast.forum)
    few = [make.paragraph(meeting, series, f"Växel {n}", cast.anna) for n in range(3)]
    make.commit()
    indexing.reindex()
    anna = browse("anna")
    before = _statements(lambda: anna.get("/sok?q=växel"))
    more = [make.paragraph(meeting, series, f"Växel {n}", cast.anna, ParagraphState.READY) for n in range(3, 45)]
    for paragraph in (*few, *more):
        make.assignment(paragraph, "Räkna", "Alla")
    make.commit()
    indexing.reindex()
    assert _statements(lambda: anna.get("/sok?q=växel")) <= before + 3
    last = anna.get("/sok?q=växel&sida=3")
    assert len(headings(last)) == 5
    assert "Sida 3 av 3 (45 träffar)" in last.text(".pager")


def _statements(work: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_without_an_index_the_page_says_so_and_one_is_built(cast: Cast, browse: Browse) -> None:
    """Only one rebuild is queued, and the next drain does it."""
    meeting = make.meeting(cast.forum)
    make.paragraph(meeting, make.series(cast.forum), "Växel", cast.anna)
    make.commit()
    anna = browse("anna")
    for _ in range(2):
        assert "Sökningen byggs om" in anna.get("/sok?q=växel").text("main")
    assert db.session.scalar(select(func.count()).select_from(OutboxEntry)) == 1
    db.session.rollback()
    outbox.drain()
    assert len(headings(anna.get("/sok?q=växel"))) == 1


def test_a_change_without_an_index_asks_for_one(cast: Cast, tell: Tell) -> None:
    """The outbox entry is done, and the index is built."""
    paragraph = make.paragraph(make.meeting(cast.forum), make.series(cast.forum), "Växel", cast.anna)
    tell(paragraph)
    assert outbox.waiting() == 0
    assert finding.find(parse("växel"), {"all"}).total == 1


def test_a_rebuild_misses_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paragraph saved after its batch was read, even if drained, is read again before the swap."""
    every = indexing._every_document

    def slow() -> object:
        yield from every()
        shelf.draft.heading = "Radiolänken"
        indexing.outbox.enqueue("index", shelf.draft.id, at=make.AT)
        make.commit()
        outbox.drain()

    monkeypatch.setattr(indexing, "_every_document", slow)
    indexing.reindex()
    assert finding.find(parse("radiolänk"), {"all"}).total == 1


def test_an_index_that_is_behind_is_filled_up(shelf: Shelf, app: Flask, tell: Tell) -> None:
    """A restored index is completed from the sequence number of its last row."""
    shelf.draft.heading = "Radiolänken"
    tell(shelf.draft)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines.engine(), "sequence", lambda: 0)
        engines.engine().delete([f"paragraph:{shelf.draft.id}"])
        indexing.repair()
    while outbox.drain():
        pass
    assert finding.find(parse("radiolänk"), {"all"}).total == 1
    indexing.repair()
    assert outbox.waiting() == 0


def test_a_torn_index_is_noticed_at_the_start(shelf: Shelf, app: Flask) -> None:
    """The file that names the current index is damaged."""
    folder = app.config["GOVERN"].data_dir / "index"
    (folder / "CURRENT").write_text("torn")
    with pytest.raises(SearchUnavailable):
        finding.find(parse("växel"), {"all"})
    indexing.repair()
    outbox.drain()
    assert finding.find(parse("växel"), {"all"}).total == 3
