"""The reading pages: Min sida, the forums, one forum and one case, and what each reader may see."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from govern.archive.searching import indexing
from govern.cases.models import Case
from govern.db import now
from govern.forums.models import Series
from govern.forums.states import Level, SeatRole
from govern.meetings.models import AgendaItem, Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs.models import Review
from govern.paragraphs.states import ParagraphState, Verdict
from govern.people.models import Person
from govern.protocols.models import Protocol, Signature
from govern.protocols.states import SignerRole
from govern.swedish import local_day
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.statements import counted

Browse = Callable[..., Browser]


@pytest.fixture
def series(cast: Cast) -> Series:
    """Return the steering group's series."""
    return make.series(cast.forum, 808)


def held(cast: Cast, state: MeetingState, day: date = make.DAY) -> Meeting:
    """Create a meeting with Anna as chair and Cilla as secretary."""
    meeting = make.meeting(cast.forum, day, state, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.anna, SeatRole.CHAIR)
    return meeting


# --- Min sida ----------------------------------------------------------------------------------------------


def test_each_sees_what_waits_for_them(browse: Browse, cast: Cast, series: Series) -> None:
    """The chair sees what to approve, the secretary what to write, the assignee the assignments; David nothing."""
    meeting = held(cast, MeetingState.OPEN)
    ready = make.paragraph(meeting, series, "Budget", cast.cilla, ParagraphState.READY)
    make.add(Review(paragraph=ready, version=1, by=cast.anna, at=make.AT, verdict=Verdict.RETURN, comment="Summan?"))
    make.paragraph(meeting, series, "Växel", cast.cilla, ParagraphState.RETURNED)
    done = make.paragraph(held(cast, MeetingState.SEALED), series, "Upphandling", cast.anna, ParagraphState.APPROVED)
    make.assignment(done, "att räkna", "Bo Björk", assignee_person_id=cast.bo.id, due=date(2024, 6, 3))
    make.assignment(done, "att skriva", "Bo Björk", assignee_person_id=cast.bo.id)
    make.commit()
    anna, bo, cilla, david = (browse(name).get("/") for name in ("anna", "bo", "cilla", "david"))
    assert anna.texts("main h2") == ["Att godkänna"]
    assert anna.texts("main .lines > li") == ["§ 808 Budget Styrgruppen · 22 april 2024 Ändrad efter din kommentar"]
    assert cilla.texts("main h2") == ["Tillbaka från ordföranden", "Möten att skriva klart"]
    assert bo.texts("main h2") == ["Mina uppdrag"]
    assert bo.texts("main .lines .what > a") == ["Räkna", "Skriva"], "what is late stands first"
    assert "Försenat" in bo.texts("main .lines > li")[0]
    assert "Inget väntar på dig" in david.text("main")


def test_a_signature_waits_for_its_turn(browse: Browse, cast: Cast) -> None:
    """The chair signs after the secretary, so nothing waits for her before."""
    meeting = held(cast, MeetingState.SEALED)
    protocol = make.add(
        Protocol(meeting=meeting, record=b"{}", sha256="0" * 64, docx=b"PK", sealed_at=make.AT, sealed_by=cast.cilla)
    )
    for position, (role, person) in enumerate([(SignerRole.SECRETARY, cast.cilla), (SignerRole.CHAIR, cast.anna)]):
        make.add(
            Signature(
                protocol=protocol, position=position, role=role, person=person, name=person.name, field=role.value
            )
        )
    make.commit()
    assert "du undertecknar som sekreterare" in browse("cilla").get("/").text("main")
    assert "Inget väntar på dig" in browse("anna").get("/").text("main")


def test_the_next_meetings_are_mine(browse: Browse, cast: Cast) -> None:
    """They are those of the forums where the reader sits, the next first."""
    today = local_day(now())
    make.meeting(cast.forum, today + timedelta(days=40))
    make.meeting(cast.forum, today + timedelta(days=7), MeetingState.CALLED)
    make.meeting(cast.elsewhere, today + timedelta(days=3))
    make.commit()
    aside = browse("bo").get("/").texts("aside .lines .what > a")
    assert aside == ["Styrgruppen", "Styrgruppen"]
    assert browse("david").get("/").texts("aside .lines .what > a") == ["Referensgruppen"]


def test_a_new_administrator_is_shown_the_first_step(browse: Browse, cast: Cast) -> None:
    """Ada has no seat, so the page links to the settings."""
    assert browse("ada").get("/").link("Till inställningarna") == "/installningar/samverkan"


def test_home_asks_no_more_for_more_that_waits(browse: Browse, cast: Cast, series: Series) -> None:
    """Thirty paragraphs, meetings and assignments take as many statements as one of each."""
    person = browse("anna")
    make.seat(cast.forum, cast.anna, SeatRole.SECRETARY)

    def more(rounds: int) -> None:
        for number in range(rounds):
            meeting = held(cast, MeetingState.OPEN, make.DAY + timedelta(days=number))
            make.paragraph(meeting, series, "Budget", cast.cilla, ParagraphState.READY)
            make.paragraph(meeting, series, "Växel", cast.cilla, ParagraphState.RETURNED)
            ended = held(cast, MeetingState.SEALED, make.DAY - timedelta(days=number))
            done = make.paragraph(ended, series, "Upphandling", cast.anna, ParagraphState.APPROVED)
            make.assignment(done, "räkna", "Anna Ask", assignee_person_id=cast.anna.id)
        make.commit()

    more(1)
    with counted() as few:
        person.get("/")
    more(30)
    with counted() as many:
        page = person.get("/")
    assert len(many) == len(few), "\n".join(many)
    assert "Visa alla 31 uppdragen" in page.links


# --- Forums ------------------------------------------------------------------------------------------------


def test_the_forums_stand_as_a_tree(browse: Browse, cast: Cast) -> None:
    """The tree is indented by level, each forum shows its next meeting, and other collaborations are left out."""
    today = local_day(now())
    cast.elsewhere.parent_id = cast.forum.id
    make.forum(cast.collaboration, "Arbetsgruppen", level=Level.OPERATIONAL, parent_id=cast.elsewhere.id)
    make.forum(cast.collaboration, "Nedlagda gruppen", closed_on=date(2024, 1, 1))
    make.forum(make.collaboration("Kustsam"), "Kustrådet")
    make.meeting(cast.forum, today + timedelta(days=9))
    make.meeting(cast.forum, today + timedelta(days=2))
    make.commit()
    page = browse("david").get("/forum")
    assert page.texts(".forest .what > a") == ["Styrgruppen", "Referensgruppen", "Arbetsgruppen"]
    assert [li.attributes["data-depth"] for li in page.all(".forest > li")] == ["0", "1", "2"]
    assert page.texts(".forest .state")[1] == "Inget möte planerat"
    assert page.texts(".forest .state")[0].startswith("Nästa möte")
    assert page.texts("main h2") == ["Älvsam"]
    assert "Kustsam" in browse("ada").get("/forum").texts("main h2")


def test_the_list_of_forums_asks_no_more_for_more_forums(browse: Browse, cast: Cast) -> None:
    """Forty more forums with meetings take no more statements."""
    browser = browse("bo")
    with counted() as few:
        browser.get("/forum")
    for number in range(40):
        make.meeting(make.forum(cast.collaboration, f"Grupp {number}", parent_id=cast.forum.id), make.DAY)
    make.commit()
    with counted() as many:
        assert len(browser.get("/forum").all(".forest > li")) == 42
    assert len(many) == len(few), "\n".join(many)


def test_a_forum_shows_its_whole(browse: Browse, cast: Cast, series: Series) -> None:
    """The page shows mandate, seats past and present, meetings with paragraphs, open assignments, the next number."""
    sealed = held(cast, MeetingState.SEALED)
    for heading in ("Mötet öppnas", "Växel", "Mötet avslutas"):
        last = make.paragraph(sealed, series, heading, cast.anna, ParagraphState.APPROVED)
    make.assignment(last, "att räkna", "Bo Björk", assignee_person_id=cast.bo.id)
    make.meeting(cast.forum, local_day(now()) + timedelta(days=9))
    make.seat(cast.forum, cast.david, SeatRole.SUBSTITUTE, starts_on=date(2023, 1, 1), ends_on=date(2024, 1, 1))
    make.seat(cast.forum, None, SeatRole.SUBSTITUTE, party=cast.other)
    cast.elsewhere.parent_id = cast.forum.id
    make.commit()
    page = browse("cilla").get(f"/forum/{cast.forum.slug}")
    assert "Leder samverkan." in page.text("main")
    assert "§§ 808–810" in page.text("main")
    assert "Räkna" in page.links
    assert page.texts("aside > .people .name") == ["Anna Ask (S)", "Bo Björk (M)", "Cilla Ceder", "Vakant"]
    assert "David Dal" in page.text("details.more-seats")
    assert page.link("Referensgruppen") == f"/forum/{cast.elsewhere.slug}"
    assert "§ 811" in page.text("aside .facts")
    assert page.link("Nytt möte") == f"/forum/{cast.forum.slug}/nytt-mote"


@pytest.mark.parametrize("who", ["anna", "bo", "david"])
def test_members_read_and_do_not_arrange(browse: Browse, cast: Cast, who: str) -> None:
    """The whole collaboration reads the page; only the secretary is offered a new meeting."""
    page = browse(who).get(f"/forum/{cast.forum.slug}")
    assert not {"Nytt möte", "Inställningar"} & set(page.links)


def test_other_collaborations_are_closed(browse: Browse, cast: Cast) -> None:
    """Bo has no seat in Kustsam, so he opens neither its forum nor its case."""
    foreign = make.collaboration("Kustsam")
    forum, case = make.forum(foreign, "Kustrådet"), make.case(foreign)
    make.commit()
    for path in (f"/forum/{forum.slug}", f"/arenden/{case.id}"):
        browse("bo").get(path, status=403)
        browse("ada").get(path)
    assert browse().get(f"/forum/{forum.slug}").text("h1") == "Logga in"


def test_the_numbers_of_a_meeting_not_sealed_are_its_own(browse: Browse, cast: Cast, series: Series) -> None:
    """Only those who sit may know how many paragraphs a draft protocol has."""
    closed = held(cast, MeetingState.CLOSED)
    make.paragraph(closed, series, "Växel", cast.cilla, ParagraphState.READY)
    make.commit()
    path = f"/forum/{cast.forum.slug}"
    anna, david = browse("anna").get(path), browse("david").get(path)
    assert "§ 808" in anna.text("main")
    assert anna.link("22 april 2024") == f"/moten/{closed.id}"
    assert "§ 808" not in david.text("main")
    assert david.link("22 april 2024") == f"/moten/{closed.id}/foredragningslista"


def test_a_forum_asks_no_more_for_more_of_everything(browse: Browse, cast: Cast, series: Series) -> None:
    """Ten more seats, meetings and assignments take no more statements."""
    browser = browse("david")

    def more(numbers: range) -> None:
        for number in numbers:
            person = make.add(Person(name=f"Person {number:02}", email=None, phone=""))
            party = make.party(cast.collaboration, f"Kommun {number}")
            make.seat(cast.forum, person, SeatRole.MEMBER, party=party)
            make.meeting(cast.forum, local_day(now()) + timedelta(days=number))
            sealed = held(cast, MeetingState.SEALED, make.DAY - timedelta(days=number))
            done = make.paragraph(sealed, series, "Växel", cast.anna, ParagraphState.APPROVED)
            make.assignment(done, "räkna", "Referensgruppen", assignee_forum_id=cast.elsewhere.id)
        make.commit()

    more(range(1))
    with counted() as few:
        browser.get(f"/forum/{cast.forum.slug}")
    more(range(1, 11))
    with counted() as many:
        page = browser.get(f"/forum/{cast.forum.slug}")
    assert len(page.all("aside > .people > li")) == 14
    assert len(many) == len(few), "\n".join(many)


# --- Cases -------------------------------------------------------------------------------------------------


@pytest.fixture
def case(cast: Cast, series: Series) -> Case:
    """Return a case with a sealed paragraph, a draft and an item on a coming agenda."""
    case = make.case(cast.collaboration)
    sealed, under_way = held(cast, MeetingState.SEALED), held(cast, MeetingState.OPEN, date(2024, 6, 3))
    make.paragraph(sealed, series, "Växelns kostnad", cast.anna, ParagraphState.APPROVED, case=case)
    make.paragraph(under_way, series, "Växelns placering", cast.cilla, case=case)
    ahead = make.meeting(cast.elsewhere, local_day(now()) + timedelta(days=9))
    make.add(AgendaItem(meeting=ahead, position=1, heading="Växeln", case=case, note=""))
    make.commit()
    return case


def test_a_case_is_followed_across_forums(browse: Browse, case: Case) -> None:
    """The latest comes first; drafts are shown only to those who sit in the forum."""
    anna, david = (browse(who).get(f"/arenden/{case.id}") for who in ("anna", "david"))
    assert anna.text("h1") == "Gemensam växel"
    assert anna.texts("main .lines .what > a")[0].startswith("Referensgruppen")
    assert anna.texts(".timeline h3") == ["§ 809 Växelns placering", "§ 808 Växelns kostnad"]
    assert "Växelns kostnad" in david.links
    assert "Växelns placering" not in david.text("main")


def test_what_is_confidential_shows_its_number_only(browse: Browse, cast: Cast, case: Case, series: Series) -> None:
    """David learns that § 810 exists but not its heading, which the case's heading and title would reveal."""
    sealed = held(cast, MeetingState.SEALED, date(2024, 9, 2))
    make.paragraph(sealed, series, "Röjd", cast.anna, ParagraphState.APPROVED, case=case, confidential="OSL 19:1")
    make.commit()
    david, anna = browse("david").get(f"/arenden/{case.id}"), browse("anna").get(f"/arenden/{case.id}")
    assert "2 september 2024 § 810 Sekretess Styrgruppen" in david.texts(".timeline > li")
    assert "Röjd" not in david.html
    assert "Gemensam växel" not in david.html
    assert david.text("h1") == "KS 2024/17"
    assert anna.text("h1") == "Gemensam växel"
    assert "Röjd" in anna.links


def test_a_long_case_is_read_a_page_at_a_time(browse: Browse, cast: Cast, case: Case, series: Series) -> None:
    """Sixty more paragraphs take two pages and no more statements."""
    browser = browse("david")
    with counted() as few:
        browser.get(f"/arenden/{case.id}")
    for number in range(60):
        sealed = held(cast, MeetingState.SEALED, make.DAY + timedelta(days=number))
        make.paragraph(sealed, series, f"Läge {number}", cast.anna, ParagraphState.APPROVED, case=case)
    make.commit()
    with counted() as many:
        page = browser.get(f"/arenden/{case.id}")
    assert page.text(".pager p") == "Sida 1 av 2 (61 träffar)"
    assert len(many) == len(few), "\n".join(many)


@pytest.mark.parametrize("kept", ["item", "proposal"])
def test_what_is_to_be_treated_in_secret_gives_no_name_away(browse: Browse, cast: Cast, kept: str) -> None:
    """A case's heading is hidden even before it has a paragraph."""
    case = make.case(cast.collaboration, "KS 2024/17", "Kvasthinken")
    if kept == "item":
        meeting = make.meeting(cast.forum, chair=cast.anna, secretary=cast.cilla)
        item = {"position": 1, "heading": "Kvasthinken", "note": "", "case": case, "confidential": "OSL 19 kap. 3 §"}
        make.add(make.AgendaItem(meeting=meeting, **item))
    else:
        make.proposal(cast.forum, "Kvasthinken", cast.cilla, case=case, confidential="OSL 19 kap. 3 §")
    make.commit()
    indexing.reindex()
    for who, named in (("bo", True), ("david", False)):
        page = browse(who).get(f"/arenden/{case.id}")
        assert ("Kvasthinken" in page.html) is named
        answer = browse(who).answer("/sok/forslag?q=kvasthink").get_data(as_text=True)
        assert ("Kvasthinken" in answer) is named
