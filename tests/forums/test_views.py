"""Administering a forum: its description, seats, standing items and numbers."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from govern.audit import AuditEntry
from govern.db import db, now
from govern.forums.models import Forum, Seat, Series, StandingItem
from govern.forums.rules import Refusal
from govern.forums.states import Numbering, SeatRole
from govern.people.models import Person
from govern.people.rules import Refusal as PersonRefusal
from govern.swedish import local_day
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.statements import counted

Browse = Callable[..., Browser]
PARTS = ("andra", "platser", "platser/ny", "aterkommande", "nummer")


def names(forum: Forum) -> list[str]:
    """Return the names of those who have seats in a forum, in order."""
    seats = select(Seat).where(Seat.forum_id == forum.id).order_by(Seat.position, Seat.id)
    return [seat.person.name if seat.person else "Vakant" for seat in db.session.scalars(seats)]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("who", "status"), [("cilla", 200), ("ada", 200), ("anna", 403), ("bo", 403), ("david", 403)])
def test_the_secretary_arranges_the_forum(browse: Browse, cast: Cast, who: str, status: int, part: str) -> None:
    """The forum's secretary and administrators can, the chair and members cannot."""
    browse(who).get(f"/forum/{cast.forum.slug}/{part}", status=status)


def test_a_secretary_has_no_hand_in_other_forums(browse: Browse, cast: Cast) -> None:
    """A secretary cannot change other forums or add one."""
    browser = browse("cilla")
    browser.get(f"/forum/{cast.elsewhere.slug}/platser", status=403)
    browser.get(f"/installningar/samverkan/{cast.collaboration.slug}/forum/nytt", status=403)
    browser.post(f"/forum/{cast.elsewhere.slug}/lagg-ned", status=403)


def test_a_forum_is_added(browse: Browse, cast: Cast) -> None:
    """The forum has the entered values and parent, and the next page is that of its seats."""
    browser = browse("ada")
    browser.get(f"/installningar/samverkan/{cast.collaboration.slug}/forum")
    browser.click("Lägg till forum")
    page = browser.submit(
        "Lägg till",
        name="Arbetsgrupp växel",
        level="operational",
        kind="working_group",
        parent_id=cast.forum.id,
        numbering="yearly",
        mandate="Förbereder upphandlingen.",
    )
    assert page.text("h1") == "Platser i Arbetsgrupp växel"
    forum = db.session.scalars(select(Forum).where(Forum.name == "Arbetsgrupp växel")).one()
    assert (forum.parent_id, forum.numbering, forum.adjust_days) == (cast.forum.id, Numbering.YEARLY, 14)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": "Referensgruppen"}, "name", Refusal.NAME_TAKEN),
        ({"numbering": "yearly"}, "numbering", Refusal.STARTED),
        ({"adjust_days": "0"}, "adjust_days", "Skriv ett helt tal, minst 1."),
        ({"adjust_days": "-3"}, "adjust_days", "Skriv ett helt tal, minst 1."),
        ({"adjusters": "-1"}, "adjusters", "Skriv ett helt tal, minst 0."),
        ({"regime": "kl_board", "adjust_days": "15"}, "adjust_days", Refusal.ADJUSTED_LATE),
    ],
)
def test_a_refused_change_keeps_what_was_typed(
    browse: Browse, cast: Cast, typed: dict[str, str], field: str, sentence: str
) -> None:
    """The refusal is shown at its field, the form keeps its input, and nothing is stored."""
    make.series(cast.forum, 17)
    make.commit()
    browser = browse("cilla")
    browser.get(f"/forum/{cast.forum.slug}/andra")
    page = browser.submit("Spara", status=422, mandate="Ett nytt mandat", **typed)
    assert sentence in page.text(f".field.wrong:has([name={field}])")
    assert page.text("[name=mandate]") == "Ett nytt mandat"
    assert db.session.scalar(select(Forum.mandate).where(Forum.id == cast.forum.id)) == "Leder samverkan."


def test_a_forum_cannot_lie_beneath_its_own_child(browse: Browse, cast: Cast) -> None:
    """A cycle is refused."""
    cast.elsewhere.parent_id = cast.forum.id
    make.commit()
    browser = browse("ada")
    browser.get(f"/forum/{cast.forum.slug}/andra")
    page = browser.submit("Spara", parent_id=cast.elsewhere.id, status=422)
    assert Refusal.OWN_PARENT in page.text(".field.wrong")


def test_a_closed_forum_takes_no_meetings_until_it_is_opened(browse: Browse, cast: Cast) -> None:
    """Closing can be undone, and the forum's page shows it."""
    browser = browse("cilla")
    browser.get(f"/forum/{cast.forum.slug}/andra")
    browser.submit("Lägg ned forumet")
    page = browser.get(f"/forum/{cast.forum.slug}")
    assert "Forumet är nedlagt" in page.text(".page-head")
    browser.get(f"/forum/{cast.forum.slug}/andra")
    browser.submit("Öppna forumet igen")
    assert "Nytt möte" in browser.get(f"/forum/{cast.forum.slug}").links


def test_people_are_seated_in_a_row(browse: Browse, cast: Cast) -> None:
    """An unknown name adds a person; role, party and first day are preset for the next seat."""
    browser = browse("cilla")
    browser.get(f"/forum/{cast.forum.slug}/platser/ny")
    page = browser.submit(
        "Spara och lägg till nästa",
        name="Frida Fors",
        email="frida@alvsam.example",
        role="substitute",
        party_id=cast.other.id,
        political_party="C",
        title="Kommunalråd",
        starts_on="2026-01-01",
    )
    form = page.form("Spara").values()
    assert (form["name"], form["political_party"], form["title"]) == ([""], [""], [""])
    assert (form["role"], form["party_id"], form["starts_on"]) == (["substitute"], [str(cast.other.id)], ["2026-01-01"])
    browser.submit("Spara", name="")
    assert names(cast.forum)[-2:] == ["Frida Fors", "Vakant"]
    seat = db.session.scalars(select(Seat).join(Person).where(Person.name == "Frida Fors")).one()
    assert (seat.role, seat.party_id, seat.person and seat.person.email) == (
        SeatRole.SUBSTITUTE,
        cast.other.id,
        "frida@alvsam.example",
    )


def test_a_known_name_is_the_same_person(browse: Browse, cast: Cast) -> None:
    """Somebody known from another forum is suggested and not added again."""
    browser = browse("cilla")
    page = browser.get(f"/forum/{cast.forum.slug}/platser/ny")
    assert "David Dal" in [option.attributes["value"] for option in page.all("datalist option")]
    browser.submit("Spara", name="David Dal")
    assert db.session.scalar(select(func.count()).select_from(Person).where(Person.name == "David Dal")) == 1
    assert names(cast.forum)[-1] == "David Dal"


def test_of_namesakes_one_is_chosen_by_address(browse: Browse, cast: Cast) -> None:
    """A name shared by two people is refused; the list distinguishes them by e-mail address."""
    twin = make.add(Person(name="David Dal", email="dd@alvsam.example", phone=""))
    make.seat(cast.elsewhere, twin, SeatRole.MEMBER)
    make.commit()
    browser = browse("cilla")
    browser.get(f"/forum/{cast.forum.slug}/platser/ny")
    page = browser.submit("Spara", name="David Dal", title="KC", status=422)
    assert PersonRefusal.SEVERAL in page.text(".field.wrong")
    assert page.find("[name=title]").attributes["value"] == "KC"
    browser.submit("Spara", name="David Dal (dd@alvsam.example)")
    seated = select(Seat.person_id).where(Seat.forum_id == cast.forum.id).order_by(Seat.id.desc()).limit(1)
    assert db.session.scalar(seated) == twin.id


def test_a_refused_seat_adds_no_person(browse: Browse, cast: Cast) -> None:
    """The person and the seat are stored together or not at all."""
    browser = browse("cilla")
    browser.get(f"/forum/{cast.forum.slug}/platser/ny")
    page = browser.submit("Spara", name="Gun Gran", starts_on="2026-05-01", ends_on="2026-04-01", status=422)
    assert Refusal.ENDS_BEFORE_START in page.text(".field.wrong")
    assert page.find("[name=name]").attributes["value"] == "Gun Gran"
    assert db.session.scalar(select(Person).where(Person.name == "Gun Gran")) is None


def test_a_misspelt_name_is_mended_without_a_new_person(browse: Browse, cast: Cast) -> None:
    """With the box ticked the person is renamed; otherwise the seat goes to another person."""
    erik = make.add(Person(name="Erik Eck"))
    seat = make.seat(cast.forum, erik, SeatRole.MEMBER)
    make.commit()
    browser = browse("cilla")
    browser.get(f"/forum/{cast.forum.slug}/platser/{seat.id}")
    browser.submit("Spara", name="Erik Ek", same_person=True)
    assert db.session.scalar(select(Person.name).where(Person.id == erik.id)) == "Erik Ek"
    browser.get(f"/forum/{cast.forum.slug}/platser/{seat.id}")
    browser.submit("Spara", name="Hans Hed", email="")
    assert db.session.scalar(select(Seat.person_id).where(Seat.id == seat.id)) != erik.id


@pytest.mark.parametrize("whose", ["cilla", "anna"])
def test_no_secretary_takes_or_gives_a_name_that_signs(browse: Browse, cast: Cast, whose: str) -> None:
    """A secretary cannot rename people with accounts, including herself: the names appear at signatures."""
    person_id = getattr(cast, whose).id
    seat = db.session.scalars(select(Seat).where(Seat.person_id == person_id)).one()
    browser = browse("cilla")
    browser.get(f"/forum/{cast.forum.slug}/platser/{seat.id}")
    page = browser.submit("Spara", name="Anna Asp", same_person=True, status=422)
    assert PersonRefusal.NAME_OF_ACCOUNT in page.text(".field.wrong")
    assert page.find("[name=name]").attributes["value"] == "Anna Asp"
    assert db.session.scalar(select(Person.name).where(Person.id == person_id)) != "Anna Asp"


def test_a_seat_ends_and_stays_in_the_history(browse: Browse, cast: Cast) -> None:
    """A former holder is listed as such; a last day before the first is refused."""
    seat = db.session.scalars(select(Seat).where(Seat.person_id == cast.bo.id)).one()
    yesterday = local_day(now()) - timedelta(days=1)
    browser = browse("cilla")
    browser.get(f"/forum/{cast.forum.slug}/platser/{seat.id}")
    page = browser.submit("Avsluta platsen", last_day="1999-01-01", status=422)
    assert Refusal.ENDS_BEFORE_START in page.text(".field.wrong")
    page = browser.submit("Avsluta platsen", last_day=yesterday.isoformat())
    assert "Bo Björk" not in page.text(".reorder")
    assert "Bo Björk" in page.text(".table")
    assert "Bo Björk" in browser.get(f"/forum/{cast.forum.slug}").text("details.more-seats")


def test_seats_are_moved_past_those_who_have_left(browse: Browse, cast: Cast) -> None:
    """One click moves a seat past the next one shown, skipping ended seats."""
    make.seat(cast.forum, cast.david, SeatRole.SUBSTITUTE, ends_on=date(2024, 1, 1), starts_on=date(2023, 1, 1))
    make.seat(cast.forum, cast.ada, SeatRole.SUBSTITUTE)
    make.commit()
    browser = browse("cilla")
    browser.get(f"/forum/{cast.forum.slug}/platser")
    page = browser.submit("Flytta upp Ada Administratör")
    assert [text.split(" ", 1)[0] for text in page.texts(".reorder .what")] == ["Anna", "Bo", "Ada", "Cilla"]
    page = browser.submit("Flytta ned Anna Ask (S)")
    assert [text.split(" ", 1)[0] for text in page.texts(".reorder .what")] == ["Bo", "Anna", "Ada", "Cilla"]


def test_a_seat_that_has_ended_is_not_moved(browse: Browse, cast: Cast) -> None:
    """A request from an outdated page is refused."""
    ended = make.seat(cast.forum, cast.david, SeatRole.SUBSTITUTE, ends_on=date(2024, 1, 1), starts_on=date(2023, 1, 1))
    make.commit()
    page = browse("ada").post(f"/forum/{cast.forum.slug}/platser/{ended.id}/upp", status=422)
    assert Refusal.SEAT_ENDED in page.text("main")


def test_the_whole_order_is_taken_at_once(browse: Browse, cast: Cast) -> None:
    """The page's script posts the complete order; an incomplete or invalid one is refused."""
    url = f"/forum/{cast.forum.slug}/platser/ordning"
    ids = [seat.id for seat in cast.forum.seats]
    browser = browse("cilla")
    browser.post_json(url, {"order": ids[::-1]})
    assert names(cast.forum) == ["Cilla Ceder", "Bo Björk", "Anna Ask"]
    for wrong in (ids[:2], [*ids, ids[0]], ["x"], None):
        assert browser.post_json(url, {"order": wrong} if wrong else [], status=422).json["refusal"] == Refusal.ORDER
    browse("bo").post_json(url, {"order": ids}, status=403)


def test_standing_items_come_and_go(browse: Browse, cast: Cast) -> None:
    """They are added first or last, and removed."""
    browser = browse("cilla")
    browser.get(f"/forum/{cast.forum.slug}/aterkommande")
    browser.submit("Lägg till", heading="Val av justerare")
    page = browser.submit("Lägg till", heading="Övriga frågor", kind="I", closing=True)
    assert page.texts(".lines .what") == ["Val av justerare", "Övriga frågor Kod I, information"]
    browser.submit("Ta bort")
    assert list(db.session.scalars(select(StandingItem.heading))) == ["Övriga frågor"]
    assert "standing_item.removed" in set(db.session.scalars(select(AuditEntry.action)))


def test_a_series_goes_on_from_another_system(browse: Browse, cast: Cast) -> None:
    """A forum whose next paragraph is § 808 can start there, but never go back."""
    browser = browse("cilla")
    page = browser.get(f"/forum/{cast.forum.slug}/nummer")
    assert "Den första paragrafen blir § 1" in page.text("main")
    page = browser.submit("Spara", next_number="808")
    assert "Nästa paragraf blir § 808" in page.text("main")
    page = browser.submit("Spara", next_number="800", status=422)
    assert Refusal.NUMBER_BACK in page.text(".field.wrong")
    assert list(db.session.scalars(select(Series.next_number))) == [808]


def test_numbers_that_start_over_each_meeting_are_not_set(browse: Browse, cast: Cast) -> None:
    """The page says so, and a post is refused."""
    cast.forum.numbering = Numbering.MEETING
    make.commit()
    browser = browse("cilla")
    assert Refusal.PER_MEETING in browser.get(f"/forum/{cast.forum.slug}/nummer").text("main")
    browser.post(f"/forum/{cast.forum.slug}/nummer", {"next_number": "5"}, status=422)
    assert db.session.scalar(select(Series)) is None


def test_the_seats_ask_no_more_for_more_seats(browse: Browse, cast: Cast) -> None:
    """Thirty more seats take no more statements than three."""
    browser = browse("cilla")
    with counted() as few:
        browser.get(f"/forum/{cast.forum.slug}/platser")
    for number in range(30):
        person = make.add(Person(name=f"Person {number:02}", email=None, phone=""))
        make.seat(cast.forum, person, SeatRole.SUBSTITUTE, party=make.party(cast.collaboration, f"Kommun {number}"))
    make.commit()
    with counted() as many:
        page = browser.get(f"/forum/{cast.forum.slug}/platser")
    assert len(page.all(".reorder > li")) == 33
    assert len(many) <= len(few), "\n".join(many)


def test_a_field_of_one_line_is_kept_on_one(browse: Browse, cast: Cast) -> None:
    """However it is sent, no name brings a line break into a mail header, a document or a file name."""
    ada = browse("ada")
    ada.get(f"/installningar/samverkan/{cast.collaboration.slug}/forum/nytt")
    ada.submit("Lägg till", name="  Råd\r\nför\u2028 vatten ")
    assert db.session.scalar(select(Forum.name).where(Forum.name.startswith("Råd"))) == "Råd för vatten"
    ada.get(f"/installningar/samverkan/{cast.collaboration.slug}/forum/nytt")
    page = ada.submit("Lägg till", name="Ra\u030ad för vatten", status=422)
    assert Refusal.NAME_TAKEN in page.text("main"), "a letter and its ring are the same as the letter with its ring"
