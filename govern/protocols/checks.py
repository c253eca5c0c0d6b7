"""The checks of a protocol before it is sealed; each looks for a fault that auditors keep reporting.

A check takes the meeting's facts and yields findings: a sentence for the secretary, a severity, and the paragraph to
correct. A hinder prevents the sealing; a warning can be accepted with a reason. The faults are listed in
docs/domain.md, Faults that auditors find.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from govern import record, richtext
from govern.documents import remarks
from govern.forums.states import ParagraphKind
from govern.meetings.adjusting_deadline import last_day
from govern.meetings.rules import refuse_end_ahead, refuse_times
from govern.meetings.states import MeetingState
from govern.paragraphs import attendance
from govern.paragraphs.facts import facts as facts_of
from govern.paragraphs.outcomes import contradicted
from govern.paragraphs.rules import faults
from govern.paragraphs.states import ParagraphState
from govern.plausible import doubtful, impossible
from govern.protocols.states import Reading, Severity
from govern.swedish import SWEDEN, hours, long_date

if TYPE_CHECKING:
    from govern.meetings.models import Meeting
    from govern.paragraphs.models import Paragraph
    from govern.protocols.adjusting.models import Adjustment

LATE = "adjusted_late"
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has found. `paragraph_id` is the paragraph to correct, or None for the meeting itself.

    An `answerable` hinder cannot be corrected: it prevents the sealing until a reason is given, which is stored.
    """

    check: str
    severity: Severity
    sentence: str
    paragraph_id: int | None = None
    answerable: bool = False

    @property
    def key(self) -> str:
        """The finding's key, which changes with its sentence, so that an acceptance is valid for that sentence only."""
        return f"{self.check}:{hashlib.sha256(f'{self.paragraph_id}:{self.sentence}'.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Facts:
    """A meeting, its paragraphs by number, everyone's standing at each, and today's date.

    `sealed_alone` has the sealed facts of immediately adjusted paragraphs, by paragraph id; `at` is the present moment.
    """

    meeting: Meeting
    paragraphs: Sequence[Paragraph]
    standings: Sequence[attendance.Standings]
    today: date
    adjustments: Sequence[Adjustment] = ()
    sealed_immediately: Mapping[int, record.Paragraph] = field(default_factory=dict)
    at: datetime | None = None


Check = Callable[[Facts], Iterator[Finding]]


def find(
    meeting: Meeting,
    paragraphs: Sequence[Paragraph],
    *,
    today: date,
    adjustments: Sequence[Adjustment] = (),
    sealed_immediately: Mapping[int, record.Paragraph] | None = None,
    at: datetime | None = None,
) -> list[Finding]:
    """Run every check and return the findings, hinders first. Without `at`, a meeting's end today counts as past."""
    standings = attendance.by_paragraph(meeting.presences, paragraphs)
    facts = Facts(meeting, paragraphs, standings, today, adjustments, sealed_immediately or {}, at)
    findings = [finding for check in CHECKS for finding in check(facts)]
    return sorted(findings, key=lambda finding: finding.severity is not Severity.HINDER)


def _hinder(check: str, sentence: str, paragraph: Paragraph | None = None) -> Finding:
    return Finding(check, Severity.HINDER, sentence, paragraph.id if paragraph else None)


def _warning(check: str, sentence: str, paragraph: Paragraph | None = None) -> Finding:
    return Finding(check, Severity.WARNING, sentence, paragraph.id if paragraph else None)


def not_closed(facts: Facts) -> Iterator[Finding]:
    """Require a closed meeting: the times of opening and closing belong in the protocol (practice)."""
    if facts.meeting.state is not MeetingState.CLOSED:
        yield _hinder("not_closed", "Mötet är inte avslutat. Avsluta mötet så att sluttiden kommer med.")


def nothing_treated(facts: Facts) -> Iterator[Finding]:
    """Require a paragraph: a protocol shows which matters were treated (KL 5:66, 6:35)."""
    if not facts.paragraphs:
        yield _hinder("nothing_treated", "Protokollet har ingen paragraf. Öppna minst en innan det förseglas.")


def not_approved(facts: Facts) -> Iterator[Finding]:
    """Require that the chair has approved every paragraph."""
    for paragraph in facts.paragraphs:
        if paragraph.state is not ParagraphState.APPROVED:
            sentence = f"{paragraph.label} är inte godkänd av ordföranden ({paragraph.state.label.lower()})."
            yield _hinder("not_approved", sentence, paragraph)


def nobody_signs(facts: Facts) -> Iterator[Finding]:
    """Require a chair, a secretary and enough adjusters to sign.

    The chair and the adjusters adjust (KL 5:69); an association's secretary signs too (lag 2018:672 7:24).
    """
    meeting = facts.meeting
    if meeting.chair is None:
        yield _hinder("no_chair", "Det framgår inte vem som ledde mötet. Ange mötets ordförande.")
    if meeting.secretary is None:
        yield _hinder("no_secretary", "Det framgår inte vem som förde protokollet. Ange mötets sekreterare.")
    missing = max(meeting.forum.adjusters, meeting.forum.regime.demands.adjusters) - len(meeting.adjusters)
    if missing > 0:
        wanted = "en justerare" if missing == 1 else f"{missing} justerare"
        yield _hinder("no_adjuster", f"Det saknas {wanted}. Ange vem som valdes att justera protokollet.")


def chair_absent(facts: Facts) -> Iterator[Finding]:
    """Require that the meeting's chair was present, at the start or at some paragraph."""
    there = {p.person_id for p in facts.meeting.presences if p.present or _came(facts, p.id)}
    if facts.meeting.chair and facts.meeting.chair_id not in there:
        yield _hinder("chair_away", f"{facts.meeting.chair.name} ledde mötet men finns inte bland de närvarande.")


def _came(facts: Facts, presence_id: int) -> bool:
    return any(standing[presence_id].present for standing in facts.standings)


def no_quorum(facts: Facts) -> Iterator[Finding]:
    """Require that more than half took part in a decision (KL 5:45, 6:27); warn only, where the law sets no quorum."""
    for paragraph, standing in zip(facts.paragraphs, facts.standings, strict=True):
        taking_part, seats = attendance.count_taking_part(facts.meeting.presences, standing)
        if paragraph.decisions and seats and taking_part * 2 <= seats:
            say = _hinder if facts.meeting.forum.regime.demands.quorum else _warning
            sentence = f"{paragraph.label}: bara {taking_part} av {seats} deltog i beslutet. Mer än hälften behövs."
            yield say("no_quorum", sentence, paragraph)


def broken_content(facts: Facts) -> Iterator[Finding]:
    """Require that reservations come from those who took part (KL 4:27) and that ballots add up (KL 5:66)."""
    for paragraph, standing in zip(facts.paragraphs, facts.standings, strict=True):
        for fault in faults(paragraph, facts.meeting.presences, standing):
            yield _hinder("broken_content", f"{paragraph.label}: {fault}", paragraph)


def empty_paragraph(facts: Facts) -> Iterator[Finding]:
    """Warn of a paragraph that does not show what became of its matter (KL 5:66): no text, decision or assignment."""
    for paragraph in facts.paragraphs:
        written = any(section.body for section in paragraph.sections)
        if not (written or paragraph.decisions or paragraph.assignments):
            yield _warning("empty_paragraph", f"{paragraph.label} saknar text.", paragraph)


def information_that_binds(facts: Facts) -> Iterator[Finding]:
    """Warn of a paragraph with code I (information) that decides something or gives an assignment."""
    for paragraph in facts.paragraphs:
        what = "ger ett uppdrag" if paragraph.assignments else "innehåller ett beslut"
        decides = any(decision.outcome.value != "noting" for decision in paragraph.decisions)
        if paragraph.kind is ParagraphKind.INFORMATION and (paragraph.assignments or decides):
            sentence = f"{paragraph.label} har koden I (information) men {what}. Byt kod, eller flytta det som binder."
            yield _warning("information_that_binds", sentence, paragraph)


def decision_without_clause(facts: Facts) -> Iterator[Finding]:
    """Require that a decision says what was decided; warn of a paragraph with code B (decision) that holds none."""
    for paragraph in facts.paragraphs:
        if any(not decision.clauses for decision in paragraph.decisions):
            sentence = f"{paragraph.label} har ett beslut utan att-sats. Skriv vad som beslutades eller ta bort det."
            yield _hinder("decision_without_clause", sentence, paragraph)
        if paragraph.kind is ParagraphKind.DECISION and not paragraph.decisions:
            sentence = f"{paragraph.label} har koden B (beslut) men inget beslut är inskrivet."
            yield _warning("no_decision", sentence, paragraph)


def outcome_and_words(facts: Facts) -> Iterator[Finding]:
    """Warn of a decision whose words say another outcome than the chosen one, which decides what comes back and how."""
    for paragraph in facts.paragraphs:
        for decision in paragraph.decisions:
            said = contradicted(decision.outcome, [clause.text for clause in decision.clauses])
            if said is not None:
                chosen = decision.outcome.label.lower()
                sentence = f"{paragraph.label}: beslutets ord säger {said.label.lower()}, men utgången är {chosen}."
                yield _warning("outcome_and_words", f"{sentence} Rätta det som är fel.", paragraph)


def assignment_nobody_can_act_on(facts: Facts) -> Iterator[Finding]:
    """Require a doer for every assignment; warn if it has neither a day nor a meeting, or a day before this meeting."""
    for paragraph in facts.paragraphs:
        for assignment in paragraph.assignments:
            if not assignment.assignee:
                yield _hinder(
                    "no_doer", f"Uppdraget i {paragraph.label} saknar utförare. Skriv vem som får det.", paragraph
                )
            if assignment.due is None and not assignment.report_to:
                sentence = f"Uppdraget i {paragraph.label} saknar datum och möte att återrapportera till."
                yield _warning("no_date", sentence, paragraph)
            if assignment.due is not None and assignment.due < facts.meeting.day:
                sentence = f"Uppdraget i {paragraph.label} ska återrapporteras {long_date(assignment.due)}, före mötet."
                yield _warning("due_before", sentence, paragraph)


def unsettled_motion(facts: Facts) -> Iterator[Finding]:
    """Warn if it is not recorded whether a motion that was not withdrawn was carried (KL 5:66)."""
    for paragraph in facts.paragraphs:
        for motion in paragraph.motions:
            if not motion.withdrawn and motion.carried is None and paragraph.decisions:
                sentence = f"{paragraph.label}: det framgår inte om ett yrkande bifölls eller avslogs."
                yield _warning("unsettled_motion", sentence, paragraph)


def untreated_item(facts: Facts) -> Iterator[Finding]:
    """Warn of an agenda item that was neither treated nor withdrawn."""
    treated = {paragraph.agenda_item_id for paragraph in facts.paragraphs}
    for item in facts.meeting.agenda:
        if item.id not in treated and not item.withdrawn:
            sentence = f"Ärendet ”{item.heading}” på föredragningslistan har ingen paragraf. Behandla eller stryk det."
            yield _warning("untreated_item", sentence)


def wrong_times(facts: Facts) -> Iterator[Finding]:
    """Require that the meeting's end is after its beginning: a protocol shows when it was held (KL 5:66, 6:35)."""
    meeting = facts.meeting
    if refuse_times(meeting.starts, meeting.ends, next_day=meeting.ends_next_day):
        yield _hinder(
            "wrong_times",
            f"Mötet står som {hours(meeting.starts, meeting.ends)} och slutar då innan det börjar. Rätta tiderna, eller"
            " ange att det slutade dagen efter.",
        )


def ends_ahead(facts: Facts) -> Iterator[Finding]:
    """Require that the end of the meeting has passed: nothing is adjusted before it (KL 5:69, 6:35)."""
    meeting = facts.meeting
    ends_later = facts.today < meeting.last_day
    if facts.at is not None:
        here = facts.at.astimezone(SWEDEN)
        ends_later = refuse_end_ahead(meeting, meeting.ends, next_day=meeting.ends_next_day, here=here) is not None
    if ends_later and facts.today >= meeting.day and meeting.ends is not None:
        yield _hinder(
            "ends_ahead",
            f"Mötet står som {hours(meeting.starts, meeting.ends, next_day=meeting.ends_next_day)}, men det klockslaget"
            " har inte varit ännu. Rätta när mötet slutade.",
        )


def odd_days(facts: Facts) -> Iterator[Finding]:
    """Require days in a possible year, and warn of a distant day to report, which is more often a typing error.

    The bounds are in `plausible.py`. A distant day of the meeting is reported by `adjusted_late` and
    `sealed_before_meeting`.
    """
    day = facts.meeting.day
    sentence = impossible("meeting.day", day, facts.today)
    if sentence:
        yield _hinder("impossible_day", f"Mötets dag: {sentence}")
    for paragraph in facts.paragraphs:
        for due in (assignment.due for assignment in paragraph.assignments if assignment.due):
            sentence = impossible("assignment.due", due, day)
            if sentence:
                yield _hinder("impossible_due", f"Uppdraget i {paragraph.label}: {sentence}", paragraph)
            elif doubtful("assignment.due", due, day) and due > day:
                sentence = f"Uppdraget i {paragraph.label} ska återrapporteras {long_date(due)}. Stämmer året?"
                yield _warning("far_due", sentence, paragraph)


def too_large_to_print(facts: Facts) -> Iterator[Finding]:
    """Require texts that fit in a document, and warn of a table that fits on no page, before it shows at sealing."""
    whole = 0
    for paragraph in facts.paragraphs:
        texts = [richtext.from_json(section.body) for section in paragraph.sections]
        weighed = sum(map(remarks.weight, texts)) + len(_words(paragraph))
        whole += weighed
        if remarks.too_much(weighed):
            yield _hinder("too_long", f"{paragraph.label}: {remarks.TOO_MUCH}", paragraph)
            continue
        for sentence in remarks.listed(texts):
            yield _warning("table_as_list", f"{paragraph.label}: {sentence}", paragraph)
    if whole > remarks.MOST_IN_ALL:
        yield _hinder("protocol_too_long", remarks.TOO_MUCH_IN_ALL)


def picture_left_out(facts: Facts) -> Iterator[Finding]:
    """Warn of the words that stand for a picture that could not be pasted: they are not the protocol's."""
    for paragraph in facts.paragraphs:
        texts = [richtext.from_json(section.body) for section in paragraph.sections]
        for sentence in remarks.pictures_left_out(texts):
            yield _warning("picture_left_out", f"{paragraph.label}: {sentence}", paragraph)


def impossible_date(facts: Facts) -> Iterator[Finding]:
    """Warn of a wrong date in a text: a year such as 0226, a day that does not exist, another day's weekday."""
    for paragraph in facts.paragraphs:
        for sentence in dict.fromkeys(_wrong_dates(_text(paragraph))):
            yield _warning("impossible_date", f"{paragraph.label}: {sentence}", paragraph)


def _wrong_dates(text: str) -> Iterator[str]:
    for match in re.finditer(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])", text):
        year, month, day = map(int, match.groups())
        if not 1800 <= year <= 2199:
            yield f"årtalet {match[1]} i ”{match[0]}” kan inte stämma."
        elif _date(year, month, day) is None:
            yield f"datumet ”{match[0]}” finns inte."
    for match in re.finditer(r"\b(?:år|hösten|våren|sommaren|vintern|" + "|".join(MONTHS) + r") (0\d{3})\b", text):
        yield f"årtalet {match[1]} i ”{match[0]}” kan inte stämma."
    named = rf"\b({'|'.join(WEEKDAYS)})(?:en)? (?:den )?(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b"
    for match in re.finditer(named, text, re.IGNORECASE):
        written = _date(int(match[4]), MONTHS.index(match[3].lower()) + 1, int(match[2]))
        if written is None:
            yield f"datumet ”{match[0]}” finns inte."
        elif WEEKDAYS[written.weekday()] != match[1].lower():
            yield f"”{match[0]}” stämmer inte: dagen är en {WEEKDAYS[written.weekday()]}."


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _text(paragraph: Paragraph) -> str:
    sections = [richtext.text_of(richtext.from_json(section.body)) for section in paragraph.sections]
    return "\n".join((_words(paragraph), *sections))


def _words(paragraph: Paragraph) -> str:
    """Return the text outside the sections: the heading, the clauses and the assignments."""
    parts = [paragraph.heading]
    parts += [clause.text for decision in paragraph.decisions for clause in decision.clauses]
    for assignment in paragraph.assignments:
        parts += [assignment.text, assignment.addendum, *(a.text for a in assignment.every_alternative)]
    return "\n".join(parts)


def broken_numbers(facts: Facts) -> Iterator[Finding]:
    """Warn of a gap in the paragraph numbers."""
    for before, after in pairwise(facts.paragraphs):
        if after.number != before.number + 1:
            sentence = (
                f"Numren hoppar från {before.label} till {after.label}. Numren däremellan hör till ett annat möte."
            )
            yield _warning("broken_numbers", sentence, after)


def adjusted_late(facts: Facts) -> Iterator[Finding]:
    """Require a reason after the last day for adjusting: 14 days from the meeting (KL 5:69, 6:35) or the forum's."""
    last = last_day(facts.meeting)
    if facts.today > last:
        sentence = f"Protokollet skulle ha justerats senast {long_date(last)}. Skriv varför det dröjt."
        yield Finding(LATE, Severity.HINDER, sentence, answerable=True)


def unanswered_comment(facts: Facts) -> Iterator[Finding]:
    """Warn of an adjuster's comment that has not been answered, before the protocol is sent to them to sign."""
    labels = {paragraph.id: paragraph for paragraph in facts.paragraphs}
    for row in facts.adjustments:
        if row.verdict is Reading.COMMENT and row.answered_at is None:
            paragraph = labels[row.paragraph_id]
            sentence = f"{row.by.name} har en synpunkt på {paragraph.label} som inte är besvarad."
            yield _warning("unanswered_comment", sentence, paragraph)


def adjusted_at_once(facts: Facts) -> Iterator[Finding]:
    """Require that an immediately adjusted paragraph is unchanged; warn of one that was to be, but was not sealed."""
    plain = {p.id: p.name for p in facts.meeting.presences}  # As sealed before a namesake came.
    for paragraph in facts.paragraphs:
        alone = facts.sealed_immediately.get(paragraph.id)
        if alone is not None and alone not in (facts_of(paragraph), facts_of(paragraph, plain)):
            sentence = f"{paragraph.label} är justerad omedelbart men står inte som när den undertecknades."
            yield _hinder("adjusted_at_once", sentence, paragraph)
        if alone is None and paragraph.immediate:
            sentence = f"{paragraph.label} skulle justeras omedelbart men förseglades inte under mötet."
            yield _warning("not_adjusted_at_once", sentence, paragraph)


def sealed_before_meeting(facts: Facts) -> Iterator[Finding]:
    """Require that the day of the meeting has come: nothing is adjusted before it has happened."""
    if facts.today < facts.meeting.day:
        yield _hinder("before_meeting", f"Mötets datum är {long_date(facts.meeting.day)}, som inte har varit ännu.")


CHECKS: tuple[Check, ...] = (
    not_closed,
    nothing_treated,
    sealed_before_meeting,
    wrong_times,
    ends_ahead,
    odd_days,
    not_approved,
    nobody_signs,
    chair_absent,
    no_quorum,
    broken_content,
    decision_without_clause,
    outcome_and_words,
    assignment_nobody_can_act_on,
    information_that_binds,
    too_large_to_print,
    picture_left_out,
    impossible_date,
    unsettled_motion,
    untreated_item,
    empty_paragraph,
    broken_numbers,
    unanswered_comment,
    adjusted_at_once,
    adjusted_late,
)
