"""Every finding of the checks before sealing, one fault at a time; no database.

`World` is a meeting without findings; each entry of the table changes something in it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from babel.dates import format_date

from govern import richtext
from govern.documents import remarks
from govern.forums.states import ParagraphKind, Regime, SeatRole
from govern.meetings.states import MeetingState
from govern.paragraphs.facts import facts as facts_of
from govern.paragraphs.states import Change, DissentKind, Outcome, ParagraphState, SectionKind
from govern.protocols import checks
from govern.protocols.checks import Finding, find
from govern.protocols.states import Reading, Severity
from tests.plain import Row

DAY = date(2024, 4, 22)
TODAY = date(2024, 4, 25)
HINDER, WARNING = Severity.HINDER, Severity.WARNING


def text(words: str) -> list[dict[str, Any]]:
    """Return the body of a section."""
    return [{"type": "para", "runs": [{"text": words}]}]


class World:
    """A closed meeting with four seats and two approved paragraphs, sealed three days later."""

    def __init__(self) -> None:
        self.anna, self.bo = Row(id=10, name="Anna Ask"), Row(id=20, name="Bo Björk")
        roles = (SeatRole.CHAIR, SeatRole.MEMBER, SeatRole.MEMBER, SeatRole.MEMBER)
        self.presences = [
            Row(id=number, person_id=number * 10, name=f"Namn {number}", role=role, present=True)
            for number, role in enumerate(roles, 1)
        ]
        self.forum = Row(regime=Regime.KL_BOARD, adjusters=1, adjust_days=14)
        self.item = Row(id=5, heading="Växel", withdrawn=False)
        self.meeting = Row(
            id=1,
            day=DAY,
            last_day=DAY,
            starts=time(9),
            ends=time(12),
            state=MeetingState.CLOSED,
            closed_at=datetime(2024, 4, 22, 10, tzinfo=UTC),
            forum=self.forum,
            chair=self.anna,
            chair_id=10,
            secretary=self.bo,
            secretary_id=20,
            presences=self.presences,
            adjusters=[Row()],
            agenda=[self.item],
        )
        self.decided = self.paragraph(17, ParagraphKind.DECISION, agenda_item_id=5)
        self.decided.decisions = [
            Row(outcome=Outcome.APPROVAL, lead="Nämnden beslutar", clauses=[Row(text="bifalla")], recipients=[])
        ]
        self.told = self.paragraph(18, ParagraphKind.INFORMATION)
        self.paragraphs = [self.decided, self.told]
        self.given: dict[str, Any] = {"today": TODAY}

    def paragraph(self, number: int, kind: ParagraphKind | None, **values: Any) -> Any:
        """Return an approved paragraph with a line of text."""
        lists = ("changes", "disqualifications", "motions", "ballots", "decisions", "dissents", "assignments")
        empty: dict[str, Any] = {name: [] for name in (*lists, "attachments", "supersedes")}
        section = Row(kind=SectionKind.TEXT, heading="", body=text("Det är som det är."))
        return Row(
            **empty | values,
            id=number * 100,
            number=number,
            label=f"§ {number}",
            heading="Växel",
            kind=kind,
            state=ParagraphState.APPROVED,
            sections=[section],
            meeting=self.meeting,
            forum=self.forum,
            immediate=False,
        )

    def assign(self, **values: Any) -> Any:
        """Add an assignment to the first paragraph."""
        usual: dict[str, Any] = {"text": "räkna", "addendum": "", "assignee": "Bo", "due": date(2024, 6, 3)}
        row = Row(**{"report_to": "", "alternatives": [], "every_alternative": []} | usual | values)
        self.decided.assignments = [*self.decided.assignments, row]
        return row

    def findings(self) -> list[Finding]:
        """Run every check."""
        return find(self.meeting, self.paragraphs, **self.given)


def both(*changes: Callable[[World], Any]) -> Callable[[World], None]:
    """Combine several changes."""

    def change(world: World) -> None:
        for one in changes:
            one(world)

    return change


def put(where: str, **values: Any) -> Callable[[World], None]:
    """Set attributes of a row of the world."""

    def change(world: World) -> None:
        for name, value in values.items():
            setattr(getattr(world, where), name, value)

    return change


def given(**values: Any) -> Callable[[World], None]:
    """Call `find` with other arguments."""
    return lambda world: world.given.update(values)


def written(words: str) -> Callable[[World], None]:
    """Replace the text of the first paragraph."""
    return put("decided", sections=[Row(kind=SectionKind.TEXT, heading="", body=text(words))])


def duty(**values: Any) -> Callable[[World], None]:
    """Add an assignment to the first paragraph."""
    return lambda world: world.assign(**values)


def there(count: int, regime: Regime = Regime.KL_BOARD) -> Callable[[World], None]:
    """Mark the first `count` of the four members as present."""

    def change(world: World) -> None:
        world.forum.regime = regime
        for number, presence in enumerate(world.presences, 1):
            presence.present = number <= count

    return change


def remark(**values: Any) -> Callable[[World], None]:
    """Add an adjustment by Bo for the second paragraph."""
    return lambda world: world.given.update(adjustments=[Row(paragraph_id=1800, by=world.bo, **values)])


def alone(*, changed: bool = False, immediate: bool = True) -> Callable[[World], None]:
    """Adjust the first paragraph immediately and, with `changed`, change it afterwards."""

    def change(world: World) -> None:
        world.decided.immediate = immediate
        world.given["sealed_immediately"] = {1700: facts_of(world.decided)}
        if changed:
            world.decided.heading = "En annan växel"

    return change


def moved(**values: Any) -> Callable[[World], None]:
    """Add a motion to the first paragraph."""
    row = Row(**{"text": "avslag", "supporters": [], "withdrawn": False, "carried": None} | values)
    return put("decided", motions=[row])


def decides(outcome: Outcome, *clauses: str) -> Callable[[World], None]:
    """Give the first paragraph one decision of these clauses."""
    return put(
        "decided", decisions=[Row(outcome=outcome, lead="", clauses=[Row(text=c) for c in clauses], recipients=[])]
    )


def empty(world: World) -> None:
    """Leave the second paragraph without text."""
    world.told.sections = [Row(kind=SectionKind.TEXT, heading="Rubrik", body=[])]


Expected = tuple[str, Severity, int | None]
LAW = "no_quorum", HINDER, 1700
OWN = "no_quorum", WARNING, 1700
NUMBERS = "broken_numbers", WARNING, 1800
ODD = "impossible_date", WARNING, 1700
AWAY = "chair_away", HINDER, None
AHEAD = "ends_ahead", HINDER, None
NO_DATE = "no_date", WARNING, 1700
NOTHING = "nothing_treated", HINDER, None
BINDS = "information_that_binds", WARNING, 1800
PAST_MIDNIGHT = put("meeting", ends=time(0, 20), ends_next_day=True, last_day=date(2024, 4, 23))
OTHERWISE = "outcome_and_words", WARNING, 1700
NOTED = Row(outcome=Outcome.NOTING, lead="", clauses=[Row(text="x")], recipients=[])
HEAVY = remarks.MOST + 1
TABLE = [
    {"type": "table", "head_rows": 0, "rows": [[{"blocks": text("x" * 40), "head": False} for _ in range(90)]] * 2}
]

TABLE_OF_FAULTS: dict[str, tuple[Callable[[World], Any], list[Expected]]] = {
    "nothing is wrong": (lambda _: None, []),
    # The meeting.
    "it goes on": (put("meeting", state=MeetingState.OPEN), [("not_closed", HINDER, None)]),
    "nothing was treated": (
        both(put("meeting", agenda=[]), lambda world: world.paragraphs.clear()),
        [NOTHING],
    ),
    "sealed the day before": (given(today=date(2024, 4, 21)), [("before_meeting", HINDER, None)]),
    "sealed the same day": (given(today=DAY), []),
    "it ended when it began": (put("meeting", ends=time(9)), [("wrong_times", HINDER, None)]),
    "it ended a minute later": (put("meeting", ends=time(9, 1)), []),
    "past midnight, sealed before": (both(PAST_MIDNIGHT, given(today=DAY)), [AHEAD]),
    "past midnight, sealed after": (both(PAST_MIDNIGHT, given(today=date(2024, 4, 23))), []),
    "it ends in a while": (given(today=DAY, at=datetime(2024, 4, 22, 9, 54, tzinfo=UTC)), [AHEAD]),
    "it has just ended": (given(today=DAY, at=datetime(2024, 4, 22, 9, 55, tzinfo=UTC)), []),
    "no end is written": (
        both(put("meeting", ends=None), given(today=DAY, at=datetime(2024, 4, 22, 8, tzinfo=UTC))),
        [],
    ),
    "a year that cannot be": (
        both(put("meeting", day=date(24, 4, 22), last_day=date(24, 4, 22)), given(today=date(24, 4, 22))),
        [("impossible_day", HINDER, None)],
    ),
    # Who signs.
    "a draft": (put("told", state=ParagraphState.DRAFT), [("not_approved", HINDER, 1800)]),
    "a paragraph that waits": (put("told", state=ParagraphState.READY), [("not_approved", HINDER, 1800)]),
    "nobody presided": (put("meeting", chair=None, chair_id=None), [("no_chair", HINDER, None)]),
    "nobody kept the minutes": (put("meeting", secretary=None), [("no_secretary", HINDER, None)]),
    "nobody adjusts": (put("meeting", adjusters=[]), [("no_adjuster", HINDER, None)]),
    "one of two adjusts": (put("forum", adjusters=2), [("no_adjuster", HINDER, None)]),
    "two adjust where one is enough": (put("meeting", adjusters=[Row(), Row()]), []),
    "nobody needs to adjust": (both(put("forum", adjusters=0), put("meeting", adjusters=[])), []),
    "the chair was away": (lambda world: setattr(world.presences[0], "present", False), [AWAY]),
    "the chair came late": (
        lambda world: (
            setattr(world.presences[0], "present", False),
            setattr(world.told, "changes", [Row(presence_id=1, change=Change.ARRIVES)]),
        ),
        [],
    ),
    # Quorum: more than half of four is three.
    "three of four, by law": (there(3), []),
    "two of four, by law": (there(2), [LAW]),
    "one of four, by law": (there(1), [LAW]),
    "two of four in an assembly": (there(2, Regime.KL_ASSEMBLY), [LAW]),
    "two of four in a joint board": (there(2, Regime.JOINT_BOARD), [LAW]),
    "two of four in an association": (there(2, Regime.ASSOCIATION), [OWN]),
    "two of four by agreement": (there(2, Regime.AGREEMENT), [OWN]),
    "two of four decide nothing": (
        both(there(2), put("decided", decisions=[], kind=None)),
        [],
    ),
    "two of three": (both(there(2), lambda world: world.presences.pop()), []),
    "nobody has a seat": (
        lambda world: [setattr(presence, "role", SeatRole.CO_OPTED) for presence in world.presences],
        [],
    ),
    # The contents of a paragraph.
    "a reservation by one who was away": (
        both(
            there(3),
            put("told", dissents=[Row(kind=DissentKind.RESERVATION, presence_id=4)]),
        ),
        [("broken_content", HINDER, 1800)],
    ),
    "a paragraph without text": (empty, [("empty_paragraph", WARNING, 1800)]),
    "a paragraph with a decision alone": (put("decided", sections=[]), []),
    "a paragraph with a duty alone": (both(put("decided", sections=[], decisions=[], kind=None), duty()), []),
    "a decision that says nothing": (
        lambda world: setattr(world.decided.decisions[0], "clauses", []),
        [("decision_without_clause", HINDER, 1700)],
    ),
    "coded B without a decision": (put("decided", decisions=[]), [("no_decision", WARNING, 1700)]),
    "coded B, only noted": (put("decided", decisions=[NOTED]), []),
    "coded I, and decides": (
        lambda world: setattr(world.told, "decisions", world.decided.decisions),
        [BINDS],
    ),
    "coded I, and notes": (put("told", decisions=[NOTED]), []),
    "coded I, and gives a duty": (lambda world: setattr(world.told, "assignments", [world.assign()]), [BINDS]),
    "coded P, and decides": (
        lambda world: (setattr(world.told, "decisions", world.decided.decisions), setattr(world.told, "kind", "P")),
        [],
    ),
    # What the words say, and the outcome.
    **{
        f"{outcome} but the words say {clauses}": (decides(outcome, *clauses), [OTHERWISE] if otherwise else [])
        for outcome, clauses, otherwise in (
            (Outcome.APPROVAL, ["bordlägga ärendet"], True),
            (Outcome.TABLING, ["bordlägga ärendet"], False),
            (Outcome.APPROVAL, ["godkänna budgeten", "bordlägga investeringen"], True),
            (Outcome.TABLING, ["godkänna budgeten", "bordlägga investeringen"], False),
            (Outcome.APPROVAL, ["godkänna budgeten", "anteckna prognosen"], False),
            (Outcome.NOTING, ["godkänna budgeten"], True),
            (Outcome.REMISSION, ["uppdra åt chefen att räkna", "godkänna budgeten"], True),
            (Outcome.REMISSION, ["uppdra åt chefen att räkna"], False),
            (Outcome.OTHER, ["godkänna budgeten"], False),
            (Outcome.OTHER, ["anteckna rapporten"], True),
        )
    },
    # Assignments.
    "a duty": (duty(), []),
    "a duty of nobody": (duty(assignee=""), [("no_doer", HINDER, 1700)]),
    "a duty without a day": (duty(due=None), [NO_DATE]),
    "a duty to report at a meeting": (duty(due=None, report_to="Styrgruppen"), []),
    "a duty the day before": (duty(due=date(2024, 4, 21)), [("due_before", WARNING, 1700)]),
    "a duty the same day": (duty(due=DAY), []),
    "a duty in five years": (duty(due=date(2029, 4, 22)), []),
    "a duty later than that": (duty(due=date(2029, 4, 23)), [("far_due", WARNING, 1700)]),
    "a duty in the year 2204": (duty(due=date(2204, 4, 22)), [("impossible_due", HINDER, 1700)]),
    "a duty years ago": (duty(due=date(2019, 4, 22)), [("due_before", WARNING, 1700)]),
    # Motions and the agenda.
    "a motion unsettled": (moved(), [("unsettled_motion", WARNING, 1700)]),
    "a motion carried": (moved(carried=True), []),
    "a motion lost": (moved(carried=False), []),
    "a motion withdrawn": (moved(withdrawn=True), []),
    "a motion where nothing was decided": (both(moved(), put("decided", decisions=[], kind=None)), []),
    "an item untreated": (put("decided", agenda_item_id=None), [("untreated_item", WARNING, None)]),
    "an item struck": (both(put("decided", agenda_item_id=None), put("item", withdrawn=True)), []),
    # Numbers and lengths.
    "a number is missing": (put("told", number=19), [NUMBERS]),
    "a number comes twice": (put("told", number=17), [NUMBERS]),
    "too long a paragraph": (written("x" * HEAVY), [("too_long", HINDER, 1700)]),
    "too long a duty": (duty(text="x" * HEAVY), [("too_long", HINDER, 1700)]),
    "too long in all": (
        lambda world: world.paragraphs.extend(_long(world, number) for number in (19, 20, 21, 22)),
        [("protocol_too_long", HINDER, None)],
    ),
    "as long as can be in all": (
        lambda world: world.paragraphs.extend(_long(world, number) for number in (19, 20)),
        [],
    ),
    "a table no page holds": (
        put("decided", sections=[Row(kind=SectionKind.TEXT, heading="", body=TABLE)]),
        [("table_as_list", WARNING, 1700)],
    ),
    "a picture that was not pasted": (
        written("Se [Bild som inte följde med: Karta]."),
        [("picture_left_out", WARNING, 1700)],
    ),
    # Dates in the text.
    "the year 0226": (written("Den 0226-04-22 beslutades."), [ODD]),
    "a year in words": (written("Hösten 0226 och april 0226."), [ODD]),
    "the year 1799": (written("Sedan 1799-12-31."), [ODD]),
    "the year 1800": (written("Sedan 1800-01-01 till 2199-12-31."), []),
    "the year 2200": (written("Till 2200-01-01."), [ODD]),
    "a day that does not exist": (written("Den 2024-02-30."), [ODD]),
    "a leap day": (written("Den 2024-02-29."), []),
    "a number that is no day": (written("Ärende 12024-02-301, 1-2024-02-30, 2024-02-30-1."), []),
    "another weekday": (written("Tisdagen den 22 april 2024."), [ODD]),
    "the right weekday": (written("Måndagen den 22 april 2024, tisdag 23 april 2024."), []),
    "a weekday of no day": (written("Måndag 31 april 2024."), [ODD]),
    "in a heading": (put("decided", heading="Bokslut 2024-02-30"), [ODD]),
    "in a clause": (
        lambda world: setattr(world.decided.decisions[0], "clauses", [Row(text="senast 2024-02-30")]),
        [ODD],
    ),
    "in a duty": (duty(text="till 2024-02-30"), [ODD]),
    "in an addendum": (duty(addendum="till 2024-02-30"), [ODD]),
    "in an alternative": (duty(every_alternative=[Row(text="till 2024-02-30")]), [ODD]),
    # Adjusting: within 14 days, of which May 6th is the last.
    "on the last day": (given(today=date(2024, 5, 6)), []),
    "the day after": (given(today=date(2024, 5, 7)), [("adjusted_late", HINDER, None)]),
    "an unanswered remark": (remark(verdict=Reading.COMMENT), [("unanswered_comment", WARNING, 1800)]),
    "an answered remark": (remark(verdict=Reading.COMMENT, answered_at=TODAY), []),
    "no remarks": (remark(verdict=Reading.NO_REMARKS), []),
    "adjusted at once": (alone(), []),
    "adjusted at once and changed": (alone(changed=True), [("adjusted_at_once", HINDER, 1700)]),
    "to be adjusted at once": (put("told", immediate=True), [("not_adjusted_at_once", WARNING, 1800)]),
}


def _long(world: World, number: int) -> Any:
    row = world.paragraph(number, None)
    row.sections = [Row(kind=SectionKind.TEXT, heading="", body=text("x" * (remarks.MOST - 200)))]
    return row


@pytest.mark.parametrize(("change", "expected"), TABLE_OF_FAULTS.values(), ids=TABLE_OF_FAULTS)
def test_one_fault_is_found_and_nothing_else(change: Callable[[World], Any], expected: list[Expected]) -> None:
    world = World()
    change(world)
    assert [(one.check, one.severity, one.paragraph_id) for one in world.findings()] == expected


def test_every_finding_is_in_the_table() -> None:
    """Every code that the module can report has an entry in the table, so a new check needs one."""
    source = inspect.getsource(checks)
    codes = set(re.findall(r'(?:_hinder|_warning|say)\(\s*"(\w+)"', source)) | {checks.LATE}
    assert len(codes) >= 30
    assert {expected[0] for _, found in TABLE_OF_FAULTS.values() for expected in found} == codes


def test_only_lateness_can_be_answered() -> None:
    """Any other hinder must be corrected; lateness cannot be, so it is answered with a reason."""
    for change, _ in TABLE_OF_FAULTS.values():
        world = World()
        change(world)
        assert [one.check for one in world.findings() if one.answerable] in ([], ["adjusted_late"])
    world = World()
    world.given["today"] = date(2024, 5, 7)
    assert world.findings()[0].answerable


def test_hinders_come_first_and_each_thing_is_named() -> None:
    world = World()
    world.decided.agenda_item_id = None
    world.told.state = ParagraphState.RETURNED
    world.meeting.adjusters = []
    world.forum.adjusters = 2
    found = world.findings()
    assert [one.severity for one in found] == [HINDER, HINDER, WARNING]
    said = " ".join(one.sentence for one in found)
    assert "§ 18 är inte godkänd av ordföranden (återlämnad)." in said
    assert "Det saknas 2 justerare." in said
    assert "”Växel”" in said
    world.forum.adjusters = 1
    assert "Det saknas en justerare." in " ".join(one.sentence for one in world.findings())


SENTENCES = {
    "two of four, by law": "§ 17: bara 2 av 4 deltog i beslutet. Mer än hälften behövs.",
    "the chair was away": "Anna Ask ledde mötet men finns inte bland de närvarande.",
    "coded I, and decides": "har koden I (information) men innehåller ett beslut.",
    "coded I, and gives a duty": "har koden I (information) men ger ett uppdrag.",
    "the year 0226": "§ 17: årtalet 0226 i ”0226-04-22” kan inte stämma.",
    "a year in words": "årtalet 0226 i ",
    "another weekday": "”Tisdagen den 22 april 2024” stämmer inte: dagen är en måndag.",
    "a weekday of no day": "datumet ”Måndag 31 april 2024” finns inte.",
    "the day after": "Protokollet skulle ha justerats senast 6 maj 2024.",
    "sealed the day before": "Mötets datum är 22 april 2024, som inte har varit ännu.",
    "past midnight, sealed before": "kl. 09.00–00.20 (dagen efter)",
    "a number is missing": "Numren hoppar från § 17 till § 18.",
    "an unanswered remark": "Bo Björk har en synpunkt på § 18 som inte är besvarad.",
    "a duty the day before": "ska återrapporteras 21 april 2024, före mötet.",
}


@pytest.mark.parametrize("fault", SENTENCES)
def test_what_the_secretary_reads(fault: str) -> None:
    world = World()
    TABLE_OF_FAULTS[fault][0](world)
    assert SENTENCES[fault] in " ".join(one.sentence for one in world.findings())


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_and_weekday_has_its_name(month: int) -> None:
    """For seven consecutive days in every month, only the right weekday gives no finding."""
    for day in (date(2024, month, number) for number in range(8, 15)):
        named = f"{checks.MONTHS[month - 1]} {day.year}"
        right = format_date(day, "EEEE", "sv")
        for weekday in checks.WEEKDAYS:
            world = World()
            written(f"På {weekday}en den {day.day} {named}.")(world)
            assert bool(world.findings()) is (weekday != right)
    assert checks.MONTHS[month - 1] == format_date(date(2024, month, 1), "MMMM", "sv")


def test_a_day_is_told_once_for_each_paragraph() -> None:
    world = World()
    written("Den 2024-02-30 och 2024-02-30.")(world)
    assert len(world.findings()) == 1


def test_accepting_holds_as_long_as_the_finding_says_the_same() -> None:
    """The key is stored with the reason, so it must depend on check, paragraph and sentence, and stay stable."""
    finding = Finding("no_date", WARNING, "Uppdraget saknar datum.", 17)
    assert finding.key == "no_date:4dbffe3f3567812e"
    others = [
        Finding("no_date", WARNING, "Uppdraget saknar datum!", 17),
        Finding("no_date", WARNING, "Uppdraget saknar datum.", 18),
        Finding("no_doer", WARNING, "Uppdraget saknar datum.", 17),
    ]
    assert len({finding.key, *(other.key for other in others)}) == 4


def test_a_text_as_long_as_can_be_set_is_not_too_long() -> None:
    """The exact limit is accepted; one more character is not."""
    world = World()
    rest = remarks.weight(richtext.from_json(text(""))) + len("Växel\nbifalla")
    written("x" * (remarks.MOST - rest))(world)
    assert world.findings() == []
    written("x" * (remarks.MOST - rest + 1))(world)
    assert [one.check for one in world.findings()] == ["too_long"]
