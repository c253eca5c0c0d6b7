"""Writing a paragraph through the pages: its versions, the writers, the phrases and the procedure."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from govern.db import db, now
from govern.errors import Refused
from govern.forums.states import SeatRole
from govern.meetings.states import MeetingState
from govern.paragraphs import operations
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting import editors, writing
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.drafting.models import ParagraphEditor, ParagraphVersion
from govern.paragraphs.models import Decision, Paragraph
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import Outcome
from govern.people.models import SignInSession
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.statements import counted

Browse = Callable[..., Browser]
AT = make.AT + timedelta(hours=3)
SECONDS = timedelta(seconds=1)


@pytest.fixture
def written(cast: Cast) -> Paragraph:
    """Return a draft in an open meeting with Anna as chair, Bo as member and Cilla as secretary."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.anna, SeatRole.CHAIR)
    make.presence(meeting, cast.bo)
    make.presence(meeting, cast.cilla, SeatRole.SECRETARY)
    paragraph = make.paragraph(meeting, make.series(cast.forum, 17), "Gemensam växel", cast.cilla)
    make.commit()
    return paragraph


def draft_of(text: str, **values: Any) -> dict[str, Any]:
    """Return a draft as the page sends it."""
    usual = {"heading": "Gemensam växel", "kind": "B", "reference": None, "confidential": None}
    return usual | {"sections": [{"kind": "text", "heading": "", "html": f"<p>{text}</p>"}]} | values


def save(paragraph: Paragraph, text: str, by: Any, at: Any) -> None:
    """Save a text as a change of the current version."""
    operations.save_draft(paragraph, drafts.parse(draft_of(text)), version=paragraph.version, by=by, at=at)


def kept(paragraph: Paragraph) -> list[tuple[int, str]]:
    """Return the stored versions and their texts, earliest first."""
    return [(v.version, v.draft["sections"][0]["html"]) for v in reversed(stored.versions_of(paragraph))]


# --- Saving ------------------------------------------------------------------------------------------------

CLAUSES = {"outcome": "approval", "lead": "Nämnden beslutar", "clauses": ["införa"], "recipients": ["Kansliet"]}


def test_a_save_asks_only_for_what_changed(written: Paragraph, browse: Browse) -> None:
    """An autosave runs every other second, so it reads and writes only the section that changed."""
    cilla, url = browse("cilla"), f"/paragrafer/{written.id}/utkast"
    cilla.post_json(url, draft_of("först", decisions=[CLAUSES]) | {"version": 1})
    with counted() as sent:
        cilla.post_json(url, draft_of("sedan", decisions=[CLAUSES]) | {"version": 2})
    tables = (*writing.PARTS, "presences")
    touched = {name for name in tables if any(re.search(rf"(FROM|INTO|UPDATE) {name}\b", each) for each in sent)}
    assert touched == {"sections"}
    assert len(sent) <= 13, sent


@pytest.mark.usefixtures("each_database")
def test_without_its_version_the_rows_tell_what_changed(cast: Cast, written: Paragraph) -> None:
    """A paragraph whose current version is not stored is compared with its rows."""
    save(written, "först", cast.cilla, AT)
    written.version = 7  # No such version is stored.
    written.decisions.append(Decision(position=0, outcome=Outcome.OTHER, lead="", recipients=[]))
    make.commit()
    save(written, "först", cast.cilla, AT + SECONDS)  # Equal to the stored version, but not to the rows.
    assert stored.read(written) == drafts.parse(draft_of("först"))


@pytest.mark.usefixtures("each_database")
def test_sections_come_and_go(cast: Cast, written: Paragraph) -> None:
    """After each save exactly the saved sections are stored, in their order."""
    for version, texts in enumerate((["a", "b", "c"], ["c"], ["d", "c", "a", "b"], []), 1):
        sections = [{"kind": "text", "heading": f"Om {text}", "html": f"<p>{text}</p>"} for text in texts]
        draft = drafts.parse(draft_of("", sections=sections))
        operations.save_draft(written, draft, version=version, by=cast.cilla, at=AT)
        assert stored.read(written) == draft


NAMING: dict[str, Callable[[int], dict[str, Any]]] = {
    "mover": lambda who: {"motions": [{"text": "bifall", "mover": who}]},
    "supporter": lambda who: {"motions": [{"text": "bifall", "supporters": [who]}]},
    "casting vote": lambda who: {"ballots": [{"method": "secret", "yes": 1, "no": 1, "casting_vote_by": who}]},
    "vote": lambda who: {"ballots": [{"method": "open", "votes": [{"presence": who, "choice": "yes"}]}]},
    "dissent": lambda who: {"dissents": [{"kind": "note", "person": who, "text": "Jag var inte med."}]},
}


@pytest.mark.parametrize("naming", NAMING.values(), ids=NAMING)
def test_nobody_from_another_meeting_is_named(
    cast: Cast, written: Paragraph, naming: Callable[[int], dict[str, Any]]
) -> None:
    """The save is refused before anything is changed."""
    save(written, "först", cast.cilla, AT)
    stranger = make.presence(make.meeting(cast.elsewhere), cast.david)
    make.commit()
    sent = drafts.parse(draft_of("sedan") | naming(stranger.id))
    with pytest.raises(Refused, match=Refusal.NOT_PRESENT.value):
        operations.save_draft(written, sent, version=2, by=cast.cilla, at=AT + SECONDS)
    db.session.commit()
    assert (written.version, stored.read(written)) == (2, drafts.parse(draft_of("först")))


# --- Versions ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("each_database")
def test_saves_close_together_share_a_version(cast: Cast, written: Paragraph) -> None:
    """Saves by one person within two minutes of the first share one; another person's or a later save does not."""
    for text, by, seconds in (
        ("a", cast.cilla, 0),
        ("ab", cast.cilla, 119),
        ("abc", cast.cilla, 121),
        ("abcd", cast.ada, 122),
        ("abcde", cast.cilla, 123),
    ):
        save(written, text, by, AT + seconds * SECONDS)
    assert kept(written) == [(3, "<p>ab</p>"), (4, "<p>abc</p>"), (5, "<p>abcd</p>"), (6, "<p>abcde</p>")]


def test_a_marked_version_is_never_thinned(cast: Cast, written: Paragraph) -> None:
    """The version shown to the chair is kept even if it is returned and changed within seconds."""
    save(written, "visad", cast.cilla, AT)
    operations.mark_ready(written, by=cast.cilla, at=AT + SECONDS)
    operations.send_back(written, "Skriv mer.", by=cast.anna, at=AT + 2 * SECONDS)
    save(written, "ändrad", cast.cilla, AT + 3 * SECONDS)
    assert kept(written) == [(2, "<p>visad</p>"), (3, "<p>ändrad</p>")]
    assert stored.versions_of(written)[-1].mark == "returned"


def test_what_was_never_saved_is_kept_when_marked(cast: Cast, written: Paragraph) -> None:
    """Paragraphs written before versions were stored have no version until they are marked."""
    operations.mark_ready(written, by=cast.cilla, at=AT)
    operations.approve(written, by=cast.anna, at=AT)
    assert [(v.version, v.mark) for v in stored.versions_of(written)] == [(1, "approved")]


def test_a_version_comes_back_and_can_be_undone(cast: Cast, written: Paragraph, browse: Browse) -> None:
    """Restoring is a save, and the replaced text is kept as a version, even if it is seconds old."""
    at = now()
    save(written, "Fem växlar.", cast.cilla, at - timedelta(hours=1))
    save(written, "En växel.", cast.cilla, at)
    page_url = f"/paragrafer/{written.id}"
    cilla = browse("cilla")
    page = cilla.get(f"{page_url}/versioner")
    assert page.texts(".lines .no") == ["3", "2"]
    page = cilla.get(f"{page_url}/versioner/2")
    assert (page.text("del"), page.text("ins")) == ("struket: Fem växlar", "tillagt: En växel")
    page = cilla.submit("Återställ version 2")
    assert page.url == page_url
    db.session.expire_all()
    assert stored.read(written).sections[0].html == "<p>Fem växlar.</p>"
    assert kept(written) == [(2, "<p>Fem växlar.</p>"), (3, "<p>En växel.</p>"), (4, "<p>Fem växlar.</p>")]
    page = cilla.get(f"{page_url}/versioner/4?med=3")
    assert (page.text("del"), page.text("ins")) == ("struket: En växel", "tillagt: Fem växlar")
    assert cilla.fragment(f"{page_url}/versioner").texts(".lines .no") == ["4", "3", "2"]
    cilla.get(f"{page_url}/versioner/9", status=404)


def test_who_reads_versions(cast: Cast, written: Paragraph, browse: Browse) -> None:
    """Those who keep the minutes or preside read versions; the chair cannot restore one."""
    save(written, "text", cast.cilla, AT)
    url = f"/paragrafer/{written.id}/versioner"
    assert "Återställ" not in browse("anna").get(f"{url}/2").text()
    for name in ("bo", "david"):
        browse(name).get(url, status=403)
    browse("anna").post(f"{url}/2/aterstall", status=403)


def test_what_waits_is_not_restored(cast: Cast, written: Paragraph, browse: Browse) -> None:
    """The page shows the reason, and a posted form changes nothing."""
    save(written, "ett", cast.cilla, AT)
    save(written, "två", cast.cilla, AT + timedelta(hours=1))
    operations.mark_ready(written, by=cast.cilla, at=AT)
    page = browse("cilla").get(f"/paragrafer/{written.id}/versioner/2")
    assert Refusal.READY.value in page.text("main")
    browse("cilla").post(f"/paragrafer/{written.id}/versioner/2/aterstall", status=422)
    assert db.session.scalar(select(Paragraph.version)) == 3


# --- Two writers -------------------------------------------------------------------------------------------


def session_of(person: Any, token: str = "") -> int:
    """Create a sign-in session for a person and return its id."""
    times = dict.fromkeys(("started_at", "seen_at", "fresh_at"), AT)
    return make.add(SignInSession(account=person.account, token=token or f"{person.id:064}", **times)).id


@pytest.mark.usefixtures("each_database")
def test_the_first_who_types_holds_the_pen(cast: Cast, written: Paragraph) -> None:
    """Others see who is writing, can take over, and get their turn when the writer has been silent for 30 seconds."""
    cilla = {"by": cast.cilla, "session_id": session_of(cast.cilla)}
    ada = {"by": cast.ada, "session_id": session_of(cast.ada)}
    make.commit()

    def beat(who: dict[str, Any], seconds: int, **does: bool) -> tuple[str | None, bool, tuple[str, ...]]:
        told = editors.beat(written, **who, at=AT + seconds * SECONDS, **does)
        return told.holder, told.mine, told.others

    assert beat(cilla, 0) == (None, False, ())
    assert beat(cilla, 1, typing=True) == ("Cilla Ceder", True, ())
    assert beat(ada, 2, typing=True) == ("Cilla Ceder", False, ("Cilla Ceder",))
    assert beat(ada, 3, take_over=True) == ("Ada Administratör", True, ("Cilla Ceder",))
    assert beat(cilla, 4, typing=True) == ("Ada Administratör", False, ("Ada Administratör",))
    assert beat(cilla, 33, typing=True) == ("Ada Administratör", False, ("Ada Administratör",))
    assert beat(cilla, 34, typing=True) == ("Cilla Ceder", True, ())
    editors.leave(written, cilla["session_id"])
    assert db.session.scalar(select(func.count()).select_from(ParagraphEditor)) == 0


def test_ones_own_other_browser_is_named_as_oneself(cast: Cast, written: Paragraph) -> None:
    """The other session is shown as one's own, not as another person with the same name."""
    here, there, ada = session_of(cast.cilla), session_of(cast.cilla, "there"), session_of(cast.ada)
    make.commit()
    told = editors.beat(written, by=cast.cilla, session_id=there, at=AT, typing=True)
    assert (told.holder, told.mine) == ("Cilla Ceder", True)
    editors.beat(written, by=cast.ada, session_id=ada, at=AT)
    told = editors.beat(written, by=cast.cilla, session_id=here, at=AT)
    assert (told.holder, told.mine) == ("Du, i en annan webbläsare,", False)
    assert told.others == ("Du, i en annan webbläsare,", "Ada Administratör")


def test_the_heartbeat(written: Paragraph, browse: Browse) -> None:
    """It returns the current writer to those who keep the minutes."""
    url = f"/paragrafer/{written.id}/skriver"
    cilla, ada = browse("cilla"), browse("ada")
    told = cilla.post_json(url, {"typing": True}).json
    assert (told["holder"]["name"], told["mine"], told["others"], told["version"]) == ("Cilla Ceder", True, [], 1)
    told = ada.post_json(url, {}).json
    assert (told["holder"]["name"], told["mine"], told["others"]) == ("Cilla Ceder", False, ["Cilla Ceder"])
    assert ada.post_json(url, {"take_over": True}).json["mine"]
    assert ada.post_json(url, {"leave": True}).json["holder"] is None
    assert cilla.post_json(url, {}).json["holder"] is None
    browse("anna").post_json(url, {}, status=403)
    browse().post_json(url, {}, status=401)


NUMBERS = {
    "fewer than none": ({"ballots": [{"method": "secret", "yes": -1}]}, "ballots[0].yes", Refusal.NO_COUNT),
    "half a vote": (
        {"ballots": [{"method": "secret"}, {"method": "secret", "no": "2,5"}]},
        "ballots[1].no",
        Refusal.NO_COUNT,
    ),
    "a word": ({"ballots": [{"method": "secret", "abstain": "två"}]}, "ballots[0].abstain", Refusal.NO_COUNT),
    "too many": ({"ballots": [{"method": "secret", "yes": 10**6 + 1}]}, "ballots[0].yes", Refusal.NO_COUNT),
    "an order below none": ({"motions": [{"put_order": -1}]}, "motions[0].put_order", Refusal.NO_WHOLE_NUMBER),
    "no order": ({"motions": [{"put_order": "sist"}]}, "motions[0].put_order", Refusal.NO_WHOLE_NUMBER),
}


@pytest.mark.parametrize(("sent", "field", "refusal"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_that_cannot_be_is_refused_at_its_field(
    written: Paragraph, browse: Browse, sent: dict[str, Any], field: str, refusal: Refusal
) -> None:
    """It is not taken for 0, and the sentence says what to write."""
    cilla = browse("cilla")
    cilla.get(f"/paragrafer/{written.id}")
    told = cilla.post_json(f"/paragrafer/{written.id}/utkast", {"heading": "Växel", "version": 1} | sent, status=422)
    assert told.json == {"refusal": refusal.value, "field": field}


# --- Phrases -----------------------------------------------------------------------------------------------


def test_phrases_hold_the_meetings_names(cast: Cast, written: Paragraph, browse: Browse) -> None:
    """A forum's own phrase replaces the default one with the same trigger."""
    make.phrase(cast.forum, "öppnar", "<p>{ordförande} hälsade {forum} välkomna till {plats}.</p>")
    make.commit()
    told = browse("cilla").get(f"/paragrafer/{written.id}/fraser").json
    by_trigger = {module["trigger"]: module for module in told["modules"]}
    assert by_trigger["öppnar"]["html"] == "<p>Anna Ask hälsade Styrgruppen välkomna till Kommunhuset, Björkby.</p>"
    assert by_trigger["jäv"]["asks"]
    assert "{person}" in by_trigger["jäv"]["html"]
    assert by_trigger["bordlägger"]["text"] == "bordlägga ärendet till mötet …"
    assert by_trigger["antecknas"]["kinds"] == ["U"]
    assert {name: module["outcome"] for name, module in by_trigger.items() if module["target"] == "decision"} == {
        "justerare": "election",
        "dagordning": "approval",
        "antecknas": "noting",
        "handlingarna": "noting",
        "bifall": "approval",
        "avslag": "rejection",
        "bordlägger": "tabling",
        "återremiss": "remission",
    }
    assert {name for name, module in by_trigger.items() if module["comes_back"]} == {"bordlägger", "återremiss"}
    assert {module["target"] for module in told["modules"] if "I" in module["not_for"]} == {"decision"}
    assert all(module["not_for"] == ["I"] for module in told["modules"] if module["target"] == "decision")
    assert len([m for m in told["modules"] if m["trigger"] == "öppnar"]) == 1
    assert told["people"] == ["Anna Ask", "Bo Björk", "Cilla Ceder"]


def test_a_secretary_arranges_the_forums_phrases(cast: Cast, browse: Browse) -> None:
    """A secretary adds, changes and removes phrases and sees refusals; the defaults are read-only."""
    cilla = browse("cilla")
    page = cilla.get(f"/forum/{cast.forum.slug}/fraser")
    assert "Ordförande" not in page.links
    form = {"name": "Kaffe", "trigger": "Kaffe", "html": "<p>Kaffe serverades {tid}.</p>", "target": "text"}
    cilla.submit("Lägg till frasen", **form)
    page = cilla.submit("Lägg till frasen", **form, status=422)
    assert Refusal.TRIGGER_TAKEN.value in page.text(".form-errors")
    page = cilla.submit("Lägg till frasen", **form | {"trigger": "te", "html": "<p>{kakor}</p>"}, status=422)
    assert "{kakor} går inte att fylla i" in page.text(".form-errors")
    long = form | {"trigger": "te", "target": "decision", "html": "<p>ett</p><p>två</p>"}
    assert Refusal.ONE_LINE.value in cilla.submit("Lägg till frasen", **long, status=422).text(".form-errors")
    informs = form | {"trigger": "te", "target": "decision", "kinds": ["B", "I"], "html": "<p>dricka te</p>"}
    page = cilla.submit("Lägg till frasen", **informs, status=422)
    assert Refusal.INFORMATION_DECIDES.value in page.text(".form-errors")
    cilla.get(f"/forum/{cast.forum.slug}/fraser")
    page = cilla.click("Kaffe")
    cilla.submit("Spara", kinds=["I"], html="<p>Kaffe.</p>")
    page = cilla.click("Kaffe")
    page = cilla.submit("Ta bort frasen")
    assert "Kaffe" not in page.links
    cilla.get("/installningar/fraser", status=403)
    browse("bo").get(f"/forum/{cast.forum.slug}/fraser", status=403)


def test_an_administrator_arranges_the_defaults(cast: Cast, browse: Browse) -> None:
    """The initial defaults can be changed, and each can be saved unchanged."""
    ada = browse("ada")
    page = ada.get("/installningar/fraser")
    links = [link for link in page.links.values() if link.startswith("/installningar/fraser/")]
    assert len(links) > 15
    for link in links:
        ada.get(link)
        ada.submit("Spara")
    ada.get(links[0])
    assert len([u for u in ada.submit("Ta bort frasen").links.values() if u in links]) == len(links) - 1


# --- The procedure -----------------------------------------------------------------------------------------


def test_the_procedure_is_written_from_what_is_typed(written: Paragraph, browse: Browse) -> None:
    """A generated text is recognized as such until somebody edits it."""
    anna, bo, _ = written.meeting.presences
    motion = {"text": "bifall", "mover": anna.id, "put_order": 1, "carried": True}
    ballot = {
        "method": "open",
        "votes": [{"presence": anna.id, "choice": "yes"}, {"presence": bo.id, "choice": "no"}],
        "casting_vote_by": anna.id,
    }
    url = f"/paragrafer/{written.id}"
    cilla = browse("cilla")
    told = cilla.post_json(f"{url}/beslutsgang", draft_of("", motions=[motion])).json
    assert told["html"].endswith("Anna Asks yrkande om bifall och finner att Styrgruppen bifaller det.</p>")
    assert (told["edited"], told["faults"]) == (False, [])
    section = {"kind": "procedure", "heading": "", "html": told["html"]}
    cilla.post_json(f"{url}/utkast", draft_of("", motions=[motion]) | {"sections": [section], "version": 1})
    now_voted = draft_of("", motions=[motion], ballots=[ballot]) | {"sections": [section]}
    told = cilla.post_json(f"{url}/beslutsgang", now_voted).json
    assert "Anna Ask avgör med sin utslagsröst" in told["html"]
    assert not told["edited"]
    now_voted["sections"] = [section | {"html": told["html"].replace("Omröstning", "Votering")}]
    assert cilla.post_json(f"{url}/beslutsgang", now_voted).json["edited"]
    told = cilla.post_json(f"{url}/beslutsgang", draft_of("", motions=[motion | {"carried": None}])).json
    assert told["faults"] == ["Ange utfallet för varje yrkande, så skrivs det in."]
    cilla.post_json(f"{url}/beslutsgang", [], status=422)


def test_nobody_votes_twice() -> None:
    """Of two votes by one person, which only a forged request contains, the last one counts."""
    votes = [{"presence": 7, "choice": "yes"}, {"presence": 8, "choice": "no"}, {"presence": 7, "choice": "no"}]
    (ballot,) = drafts.parse(draft_of("", ballots=[{"method": "open", "votes": votes}])).ballots
    assert [(vote.presence, vote.choice.value) for vote in ballot.votes] == [(7, "no"), (8, "no")]
    assert (ballot.yes, ballot.no) == (0, 2)


def test_those_who_take_part_may_vote(cast: Cast, written: Paragraph, browse: Browse) -> None:
    """The page lists the members and serving substitutes at this paragraph, but no other substitutes."""
    meeting = written.meeting
    eva, fia = (make.presence(meeting, None, SeatRole.SUBSTITUTE, name=name) for name in ("Eva Ek", "Fia Falk"))
    eva.serving_for = make.presence(meeting, None, name="Gun Gran", present=False)
    make.commit()
    page = browse("cilla").get(f"/paragrafer/{written.id}")
    template = page.find('template[data-template="ballots"]').html or ""
    votes = template[template.index("data-votes") : template.index("Utslagsröst")]
    everyone = ("Anna Ask", "Bo Björk", "Cilla Ceder", "Eva Ek", fia.name, "Gun Gran")
    assert [name for name in everyone if f"<span>{name}" in votes] == ["Anna Ask", "Bo Björk", "Eva Ek"]
    assert "tjänstgör för Gun Gran" in votes
    assert 'data-taking-part="3"' in template


# --- Reservations ------------------------------------------------------------------------------------------


def test_a_late_reservation_stops_the_paragraph(cast: Cast, written: Paragraph, browse: Browse) -> None:
    """One noted after the closing must be marked as announced; one noted before keeps its time."""
    anna, bo, _ = written.meeting.presences
    reservation = {"kind": "reservation", "person": bo.id, "text": "För dyrt."}
    early = drafts.parse(draft_of("text", dissents=[reservation | {"person": anna.id}]))
    operations.save_draft(written, early, version=1, by=cast.cilla, at=AT)
    written.meeting.state, written.meeting.closed_at = MeetingState.CLOSED, AT + SECONDS
    make.commit()
    both = [reservation | {"person": anna.id, "text": "Alldeles för dyrt."}, reservation]
    url = f"/paragrafer/{written.id}"
    cilla = browse("cilla")
    cilla.post_json(f"{url}/utkast", draft_of("text", dissents=both) | {"version": 2})
    page = cilla.get(url)
    late = [text for text in page.texts(".flash") if Refusal.DISSENT_LATE.value in text]
    assert late == [f"Bo Björk: {Refusal.DISSENT_LATE.value}"]
    cilla.submit("Klarmarkera", status=422)
    both[1] = both[1] | {"announced": True}
    cilla.post_json(f"{url}/utkast", draft_of("text", dissents=both) | {"version": 3})
    assert Refusal.DISSENT_LATE.value not in cilla.get(url).text()
    cilla.submit("Klarmarkera")
    assert db.session.scalar(select(func.count()).select_from(ParagraphVersion)) >= 2
