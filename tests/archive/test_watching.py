"""Saved searches: saving and removing them, the letters and feeds of what they find, and who may read what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import select, update

from govern import outbox
from govern.archive.searching import finding
from govern.archive.states import Telling
from govern.archive.watching import feeding, mailing
from govern.archive.watching import operations as watching
from govern.archive.watching.models import SavedSearch, SearchNews
from govern.archive.watching.rules import MOST, Refusal, plain, refuse_saving
from govern.cases.models import AttachmentText
from govern.db import db
from govern.forums.readers import reader
from govern.outbox import OutboxEntry
from govern.paragraphs.models import Paragraph
from govern.search import parse
from govern.topics import Topic
from tests import make
from tests.archive.conftest import Shelf
from tests.browse import Browser
from tests.cast import Cast
from tests.postbox import Postbox

Browse = Callable[..., Browser]
Tell = Callable[..., None]
ATOM = "{http://www.w3.org/2005/Atom}"


def named(name: str) -> SavedSearch:
    """Return an unsaved search for the rules."""
    return SavedSearch(name=name)


@pytest.mark.parametrize(
    ("others", "name", "telling_", "asked", "mails", "refusal"),
    [
        ([], "Växel", Telling.DAILY, True, True, None),
        ([], "Växel", Telling.NEVER, True, False, None),
        ([], "Växel", Telling.NEVER, False, True, Refusal.NOTHING),
        ([], "", Telling.NEVER, True, True, Refusal.NO_NAME),
        ([], "v" * 121, Telling.NEVER, True, True, Refusal.LONG),
        (["växel"], "Växel", Telling.NEVER, True, True, Refusal.NAME_TAKEN),
        ([], "Växel", Telling.AT_ONCE, True, False, Refusal.NO_SERVER),
        ([str(n) for n in range(MOST)], "Växel", Telling.NEVER, True, True, Refusal.TOO_MANY),
    ],
)
def test_what_is_saved(
    others: list[str], name: str, telling_: Telling, asked: bool, mails: bool, refusal: Refusal | None
) -> None:
    """A search needs a query and a unique name, and a mail server for letters."""
    rows = [named(other) for other in others]
    assert refuse_saving(rows, name, telling_, asked=asked, mails=mails) is refusal


def test_a_name_is_one_line() -> None:
    """The name is the subject of letters, so a line break could add a header."""
    assert plain(" Växel\r\nBcc: eva@alvsam.example\x00 ") == "Växel Bcc: eva@alvsam.example"


@pytest.mark.parametrize(
    ("at", "then"),
    [
        (datetime(2024, 4, 22, 4, 59, tzinfo=UTC), datetime(2024, 4, 22, 5, tzinfo=UTC)),
        (datetime(2024, 4, 22, 5, 0, tzinfo=UTC), datetime(2024, 4, 23, 5, tzinfo=UTC)),
        (datetime(2024, 10, 26, 20, tzinfo=UTC), datetime(2024, 10, 27, 6, tzinfo=UTC)),
    ],
)
def test_the_morning_is_seven_in_sweden(at: datetime, then: datetime) -> None:
    """The morning stays at seven when the clocks change overnight."""
    assert mailing.morning_after(at) == then


# --- Saving, renaming, removing, restoring -------------------------------------------------------------------


def test_saved_from_the_result(shelf: Shelf, browse: Browse, postbox: Postbox) -> None:
    """A search is saved with its filters but not the page number, and can be opened, renamed, removed and restored."""
    david = browse("david")
    david.get("/sok?q=växel&ar=2024&sida=1&annat=x")
    page = david.submit("Spara sökningen", name="Min växel", telling="at_once")
    assert page.text("main .lines").startswith("Min växel ”växel” · År: 2024 · brev genast")
    assert page.link("Min växel") == "/sok?q=v%C3%A4xel&ar=2024"
    assert david.get(page.link("Min växel")).texts(".results h2") == ["§ 812 Gemensam växel (B)"]
    david.get("/sok/sparade")
    david.click("Ändra Min växel")
    page = david.submit("Spara", name="Växeln", telling="daily")
    assert "Växeln" in page.links
    assert "brev en gång om dagen" in page.text("main")
    page = david.submit("Ta bort")
    assert "Växeln" not in page.links
    page = david.submit("Ångra")
    assert "Växeln" in page.links


def test_what_is_refused_comes_back(shelf: Shelf, browse: Browse, cast: Cast) -> None:
    """The form keeps the typed name."""
    make.saved_search(cast.david, "växel")
    make.commit()
    david = browse("david")
    david.get("/sok?q=växel")
    page = david.submit("Spara sökningen", status=422, name="VÄXEL")
    assert Refusal.NAME_TAKEN.value in page.text("main")
    assert 'value="VÄXEL"' in page.html
    page = david.get("/sok/spara")
    assert Refusal.NOTHING.value in david.submit("Spara", status=422, name="Allt").text("main")


def test_they_are_ones_own(shelf: Shelf, browse: Browse, cast: Cast) -> None:
    """Others can neither see nor change it."""
    saved = make.saved_search(cast.anna, "växel")
    make.commit()
    david = browse("david")
    assert "Växel" not in david.get("/sok/sparade").links
    david.get(f"/sok/sparade/{saved.id}", status=403)
    for action in ("ta-bort", "angra", "flode", "flode/stang"):
        david.post(f"/sok/sparade/{saved.id}/{action}", status=403)


def test_the_removed_are_let_go_in_the_end(app: Flask, cast: Cast) -> None:
    """A removed search is deleted when another is removed a day later, with its news."""
    first, second = make.saved_search(cast.anna, "växel"), make.saved_search(cast.anna, "avtal")
    watching.remove(first, by=cast.anna, at=make.AT)
    assert [row.name for row in watching.just_removed(cast.anna, make.AT + timedelta(hours=23))] == ["Växel"]
    watching.remove(second, by=cast.anna, at=make.AT + timedelta(days=2))
    assert db.session.scalars(select(SavedSearch.name)).all() == ["Avtal"]


# --- Letters -------------------------------------------------------------------------------------------------


def text_of(letter: EmailMessage) -> str:
    """Return the text of a letter."""
    return str(letter.get_content())


def test_told_at_once_and_once(shelf: Shelf, cast: Cast, postbox: Postbox, tell: Tell) -> None:
    """David is told once of what is sealed and open, but not of secrets and drafts."""
    make.saved_search(cast.david, "växel", Telling.AT_ONCE)
    tell(shelf.open, shelf.secret, shelf.draft)
    (letter,) = postbox.letters
    assert letter["To"] == "david@alvsam.example"
    assert letter["Subject"] == "Växel: 1 ny paragraf"
    assert (
        f"§ 812 Gemensam växel\nStyrgruppen, 22 april 2024\nhttp://127.0.0.1:8000/moten/{shelf.meeting.id}"
        in text_of(letter).replace("\r\n", "\n")
    )
    tell(shelf.open)
    assert len(postbox.taken) == 1
    assert outbox.waiting() == 0


def test_no_letter_names_what_is_confidential(shelf: Shelf, cast: Cast, postbox: Postbox, tell: Tell) -> None:
    """Even Anna, who may read it, is not told by mail of a confidential paragraph."""
    make.saved_search(cast.anna, "upphandling", Telling.AT_ONCE)
    make.saved_search(cast.ada, "växel", Telling.AT_ONCE)
    tell(shelf.open, shelf.secret)
    (letter,) = postbox.letters
    assert letter["To"] == "ada@alvsam.example"
    assert "Upphandling" not in text_of(letter)


def test_no_letter_tells_what_stands_in_a_confidential_file(
    app: Flask, shelf: Shelf, cast: Cast, postbox: Postbox, tell: Tell
) -> None:
    """The paragraph is open, but a hit would reveal what the confidential file says."""
    paper = make.attachment("Anbud", cast.cilla, b"%PDF-1.7 anbud")
    paper.confidential = "OSL 19:3"
    make.add(AttachmentText(sha256=paper.sha256, part=1, text="Leverantören begär sju kronor."))
    shelf.open.attachments.append(paper)
    saved = make.saved_search(cast.anna, "leverantören", Telling.AT_ONCE, feed=1, feed_open=True)
    tell(shelf.open)
    found = finding.find(parse("leverantören"), reader(cast.anna, date(2024, 4, 23)).terms).found
    assert [one.paragraph.id for one in found] == [shelf.open.id]
    assert postbox.taken == []
    with app.test_request_context():
        assert b"<entry" not in feeding.atom(saved, "http://127.0.0.1:8000/sok/flode/x")


def test_access_is_judged_when_the_letter_is_written(
    shelf: Shelf, cast: Cast, postbox: Postbox, tell: Tell, app: Flask
) -> None:
    """A paragraph made secret after it was found is left out of the letter."""
    saved = make.saved_search(cast.david, "växel", Telling.DAILY)
    tell(shelf.open)
    assert [row.told_at for row in db.session.scalars(select(SearchNews))] == [None]
    db.session.execute(update(Paragraph).where(Paragraph.id == shelf.open.id).values(confidential="OSL 19:3"))
    in_the_morning()
    assert postbox.taken == []
    db.session.expire_all()
    assert saved.id
    assert not db.session.scalars(select(SearchNews)).all()


def test_a_closed_account_is_not_told(shelf: Shelf, cast: Cast, postbox: Postbox, tell: Tell) -> None:
    """A person whose account is disabled gets no letters."""
    make.saved_search(cast.david, "växel", Telling.AT_ONCE)
    cast.david.account.disabled_at = make.AT
    tell(shelf.open)
    assert postbox.taken == []


def in_the_morning() -> None:
    """Make the morning's entries due and drain the outbox."""
    db.session.execute(update(OutboxEntry).where(OutboxEntry.topic == Topic.TELL).values(due_at=make.AT))
    make.commit()
    while outbox.drain():
        pass


def test_the_days_letter_comes_in_the_morning(shelf: Shelf, cast: Cast, postbox: Postbox, tell: Tell) -> None:
    """The morning's letter lists all paragraphs, and is retried with the same Message-ID when the server refuses it."""
    make.saved_search(cast.david, "växel", Telling.DAILY)
    second = make.paragraph(shelf.meeting, shelf.open.series, "Växelns namn", cast.anna, make.ParagraphState.APPROVED)
    tell(shelf.open)
    tell(second)
    assert postbox.taken == []
    postbox.refuses = True
    in_the_morning()
    postbox.refuses = False
    in_the_morning()
    in_the_morning()
    (letter,) = postbox.letters
    assert letter["Subject"] == "Växel: 2 nya paragrafer"
    assert letter["Message-ID"].startswith("<govern-search-")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([["q", "växel"], ["forum", "{forum}"], ["ar", "2024"]], True),
        ([["q", "växel"], ["ar", "2023"]], False),
        ([["q", "växel"], ["forum", "{elsewhere}"]], False),
        ([["q", "hyra"]], False),
        ([["status", "sealed"]], True),
    ],
)
def test_what_fits_is_told(
    shelf: Shelf, cast: Cast, postbox: Postbox, tell: Tell, asked: list[list[str]], told: bool
) -> None:
    """Filters apply as on the search page."""
    slugs = {"forum": cast.forum.slug, "elsewhere": cast.elsewhere.slug}
    filled = [[name, value.format(**slugs)] for name, value in asked]
    make.saved_search(cast.david, "växel", Telling.AT_ONCE, asked=filled)
    tell(shelf.open)
    assert len(postbox.taken) == told


def test_what_was_sealed_before_is_no_news(shelf: Shelf, cast: Cast, postbox: Postbox, tell: Tell) -> None:
    """An old paragraph that is indexed again is not news."""
    make.saved_search(cast.david, "växel", Telling.AT_ONCE, told_since=datetime(2024, 4, 23, tzinfo=UTC))
    tell(shelf.open)
    assert postbox.taken == []


def test_a_letter_ends_the_letters(shelf: Shelf, cast: Cast, postbox: Postbox, tell: Tell, browse: Browse) -> None:
    """The letter's link needs no sign-in; only a POST ends the letters, since mail programs open links."""
    saved = make.saved_search(cast.david, "växel", Telling.AT_ONCE)
    tell(shelf.open)
    (letter,) = postbox.letters
    address = letter["List-Unsubscribe"].strip(" <>")
    assert address in text_of(letter)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    public = browse()
    assert "Sluta få brev?" in public.get(urlsplit(address).path).text("h1")
    db.session.refresh(saved)
    assert saved.telling is Telling.AT_ONCE
    page = public.post(urlsplit(address).path, {"List-Unsubscribe": "One-Click"}, csrf=False)
    assert page.text("h1") == "Inga fler brev"
    db.session.refresh(saved)
    assert saved.telling is Telling.NEVER
    public.get("/sok/brev/påhittad", status=404)
    public.get(f"/sok/brev/{watching.feed_token(saved)}", status=404)


# --- The feed ------------------------------------------------------------------------------------------------


def test_the_feed(shelf: Shelf, browse: Browse, cast: Cast) -> None:
    """The feed is valid Atom with what is sealed and open, for anybody with its URL; a new URL ends the old one."""
    saved = make.saved_search(cast.anna, "växel")
    shelf.open.heading = "Gemensam <växel> & annat \x0b"
    make.commit()
    anna = browse("anna")
    anna.get(f"/sok/sparade/{saved.id}")
    page = anna.submit("Öppna ett flöde")
    address = str(page.find("#flode-adress").attributes["value"])
    answer = browse().answer(urlsplit(address).path)
    assert answer.mimetype == "application/atom+xml"
    feed = etree.fromstring(answer.data)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["§ 812 Gemensam <växel> & annat "]
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{name}"), name
        assert datetime.fromisoformat(str(element.findtext(f"{ATOM}updated")))
    assert b"Upphandling" not in answer.data
    assert b"ppettider" not in answer.data
    again = browse().client.get(urlsplit(address).path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    anna.get(page.url)
    page = anna.submit("Byt adress")
    fresh = str(page.find("#flode-adress").attributes["value"])
    assert browse().answer(urlsplit(address).path).status_code == 404
    assert browse().answer(urlsplit(fresh).path).status_code == 200
    anna.submit("Stäng flödet")
    assert browse().answer(urlsplit(fresh).path).status_code == 404


@pytest.mark.parametrize("how", ["removed", "closed", "left"])
def test_the_feed_is_as_open_as_its_owner(shelf: Shelf, browse: Browse, cast: Cast, how: str) -> None:
    """The feed ends with its search or account, and is empty for an owner without a seat in the collaboration."""
    eva = cast.ada if how == "left" else cast.david
    saved = make.saved_search(eva, "växel", feed=1, feed_open=True)
    if how == "removed":
        saved.removed_at = make.AT
    if how == "closed":
        eva.account.disabled_at = make.AT
    if how == "left":
        eva.account.administrator = False
    make.commit()
    answer = browse().answer(f"/sok/flode/{watching.feed_token(saved)}")
    assert answer.status_code == (200 if how == "left" else 404)
    assert b"<entry" not in answer.data


# --- The share link ------------------------------------------------------------------------------------------


def test_a_link_shows_each_their_own(shelf: Shelf, browse: Browse) -> None:
    """The link contains the query, so David finds what he may read, after signing in."""
    share = str(browse("anna").get("/sok?q=växel&sida=1").find("#dela-adress").attributes["value"])
    path = f"{urlsplit(share).path}?{urlsplit(share).query}"
    assert share == "http://127.0.0.1:8000/sok?q=v%C3%A4xel"
    assert len(browse("anna").get(path).texts(".results h2")) == 3
    assert len(browse("david").get(path).texts(".results h2")) == 1
    assert browse().get(path).text("h1") == "Logga in"


def test_the_link_is_copied(shelf: Shelf, screen: Callable[..., object]) -> None:
    """In a real browser the button appears and says what it did."""
    mine = screen("anna")
    mine.page.goto("/sok?q=växel")  # type: ignore[attr-defined]
    mine.page.get_by_text("Dela med en länk").click()  # type: ignore[attr-defined]
    mine.page.get_by_role("button", name="Kopiera länken").click()  # type: ignore[attr-defined]
    mine.page.get_by_text("Kopierat.").or_(mine.page.get_by_text("Markerat.")).wait_for()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("each_database")
def test_watching_on_each_database(shelf: Shelf, cast: Cast, postbox: Postbox, tell: Tell) -> None:
    """Both databases store the news."""
    make.saved_search(cast.david, "växel", Telling.AT_ONCE)
    tell(shelf.open)
    assert len(postbox.taken) == 1


def test_without_an_index_it_waits(app: Flask, shelf: Shelf, cast: Cast, postbox: Postbox) -> None:
    """News is not lost while the index is missing or behind: each paragraph gets an entry to be watched again."""
    make.saved_search(cast.david, "växel", Telling.AT_ONCE)
    outbox.enqueue("index", shelf.open.id, at=make.AT)
    make.commit()
    mailing.record_hits([str(shelf.open.id)])
    waits = select(OutboxEntry).where(OutboxEntry.topic == Topic.WATCH)
    (entry,) = db.session.scalars(waits).all()
    assert entry.key == str(shelf.open.id)
    entry.due_at = make.AT
    make.commit()
    while outbox.drain():
        pass
    assert len(postbox.taken) == 1
