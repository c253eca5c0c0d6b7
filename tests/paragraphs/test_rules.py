"""What may be done to a paragraph, by whom and when; who serves, reserves and votes; no database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from govern.errors import Refusal as BaseRefusal
from govern.forums.states import Regime, SeatRole
from govern.meetings.rules import Refusal as Serving
from govern.meetings.states import MeetingState
from govern.paragraphs import rules
from govern.paragraphs.attendance import Standing
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import Change, DissentKind, Outcome, ParagraphState, Verdict
from tests.plain import Row

AT = datetime(2024, 4, 22, 12, tzinfo=UTC)
ANNA, BO = Row(id=10, name="Anna Ask"), Row(id=20, name="Bo Björk")
CHAIR = Row(id=1, person_id=10, role=SeatRole.CHAIR, present=True, name="Anna Ask")
MEMBER = Row(id=2, person_id=20, role=SeatRole.MEMBER, present=True, name="Bo Björk")
SUBSTITUTE = Row(id=3, person_id=30, role=SeatRole.SUBSTITUTE, present=True, name="Cilla Ceder")
GUEST = Row(id=4, role=SeatRole.CO_OPTED, present=True, name="Gäst")


def paragraph(
    state: ParagraphState = ParagraphState.DRAFT, meeting: MeetingState = MeetingState.OPEN, **values: Any
) -> Any:
    """Return a paragraph and its meeting in the given states; Anna presides."""
    around = Row(
        state=meeting, presences=[CHAIR, MEMBER], chair_id=CHAIR.person_id, closed_at=values.pop("closed", None)
    )
    empty: dict[str, Any] = {name: [] for name in ("changes", "disqualifications", "reviews", "dissents", "ballots")}
    given = empty | {"id": 1, "state": state, "meeting": around, "version": 3, "decisions": []} | values
    row = Row(**given)
    row.of_meeting = [row]
    row.forum = Row(regime=Regime.KL_BOARD)
    return row


# --- What each state allows --------------------------------------------------------------------------------

MEETINGS = {
    # In the order planned, called, open, closed, sealed, cancelled.
    rules.refuse_opening: (
        *[Refusal.NOT_OPEN] * 2,
        None,
        Refusal.MEETING_CLOSED,
        Refusal.SEALED,
        Refusal.NOT_OPEN,
    ),
}


@pytest.mark.parametrize("state", MeetingState)
def test_paragraphs_are_opened_while_the_meeting_goes_on(state: MeetingState) -> None:
    refusal = MEETINGS[rules.refuse_opening][list(MeetingState).index(state)]
    assert rules.refuse_opening(Row(state=state)) is refusal
    assert rules.refuse_immediate(paragraph(meeting=state)) is refusal
    assert rules.refuse_immediate(paragraph(meeting=state, sealed_at=AT)) is Refusal.SEALED_ALONE


BY_STATE: dict[Any, tuple[Refusal | None, ...]] = {
    # In the order draft, ready, returned, approved.
    rules.refuse_editing: (None, Refusal.READY, None, Refusal.APPROVED),
    rules.refuse_ready: (None, Refusal.NOT_DRAFT, None, Refusal.NOT_DRAFT),
    rules.refuse_taking_back: (Refusal.NOT_READY, None, Refusal.NOT_READY, None),
}


@pytest.mark.parametrize("rule", BY_STATE, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("state", ParagraphState)
def test_what_a_paragraph_allows_in_each_state(rule: Any, state: ParagraphState) -> None:
    """Nothing is allowed once the meeting is sealed."""
    assert rule(paragraph(state)) is BY_STATE[rule][list(ParagraphState).index(state)]
    assert rule(paragraph(state, MeetingState.SEALED)) is Refusal.SEALED


def test_what_is_adjusted_at_once_stays() -> None:
    alone = paragraph(ParagraphState.APPROVED, sealed_at=AT)
    for rule in (rules.refuse_editing, rules.refuse_taking_back, rules.refuse_moving, rules.refuse_immediate):
        assert rule(alone) is Refusal.SEALED_ALONE
    assert rules.refuse_moving(paragraph()) is None


@pytest.mark.parametrize(
    ("confidential", "reason", "refusal"),
    [
        (None, "OSL 19 kap. 3 §", None),
        (None, None, Refusal.NO_SECRECY_REASON),
        (None, "", Refusal.NO_SECRECY_REASON),
        ("OSL 19 kap. 3 §", "OSL 21 kap. 1 §", Refusal.HIDDEN_ALREADY),
    ],
)
def test_secrecy_has_a_reason(confidential: str | None, reason: str | None, refusal: Refusal | None) -> None:
    """OSL 5:5."""
    assert rules.refuse_hiding(Row(confidential=confidential), reason) is refusal


APPROVAL = {
    "by whoever presided": (ParagraphState.READY, MeetingState.CLOSED, ANNA, None),
    "while the meeting goes on": (ParagraphState.READY, MeetingState.OPEN, ANNA, None),
    "by someone else": (ParagraphState.READY, MeetingState.CLOSED, BO, Refusal.NOT_APPROVER),
    "of a draft": (ParagraphState.DRAFT, MeetingState.CLOSED, ANNA, Refusal.NOT_READY),
    "twice": (ParagraphState.APPROVED, MeetingState.CLOSED, ANNA, Refusal.NOT_READY),
    "of what was sent back": (ParagraphState.RETURNED, MeetingState.CLOSED, ANNA, Refusal.NOT_READY),
    "once sealed": (ParagraphState.READY, MeetingState.SEALED, ANNA, Refusal.SEALED),
}


@pytest.mark.parametrize(("state", "meeting", "by", "refusal"), APPROVAL.values(), ids=APPROVAL)
def test_approving_and_sending_back(
    state: ParagraphState, meeting: MeetingState, by: Any, refusal: Refusal | None
) -> None:
    """Both follow the same rules, but returning also requires a comment."""
    assert rules.refuse_approval(paragraph(state, meeting), by) is refusal
    assert rules.refuse_return(paragraph(state, meeting), by, "Fel belopp") is refusal
    assert rules.refuse_return(paragraph(state, meeting), by, " ") is (refusal or Refusal.NO_COMMENT)


def test_nobody_approves_where_nobody_presided() -> None:
    row = paragraph(ParagraphState.READY, disqualifications=[Row(presence_id=CHAIR.id)])
    assert rules.refuse_approval(row, ANNA) is Refusal.NOBODY_PRESIDES


@pytest.mark.parametrize(
    ("read", "refusal"), [(None, None), (3, None), (2, Refusal.CHANGED_SINCE), (4, Refusal.CHANGED_SINCE)]
)
def test_what_is_judged_is_what_was_read(read: int | None, refusal: Refusal | None) -> None:
    assert rules.refuse_unread(paragraph(), read) is refusal


@pytest.mark.parametrize(
    ("meeting", "comment", "resolved", "refusal"),
    [
        (MeetingState.CLOSED, "Fel belopp", None, None),
        (MeetingState.CLOSED, "Fel belopp", AT, Refusal.RESOLVED),
        (MeetingState.CLOSED, "", None, Refusal.RESOLVED),
        (MeetingState.SEALED, "Fel belopp", None, Refusal.SEALED),
    ],
)
def test_a_comment_is_seen_to_once(
    meeting: MeetingState, comment: str, resolved: datetime | None, refusal: Refusal | None
) -> None:
    row = Row(paragraph=paragraph(meeting=meeting), comment=comment, resolved_at=resolved)
    assert rules.refuse_resolving(row) is refusal


APPROVED, RETURNED = Row(verdict=Verdict.APPROVE), Row(verdict=Verdict.RETURN)
OLD = Row(outcome=Outcome.APPROVAL, lead="Nämnden beslutar", clauses=["bifalla"], recipients=["Björkby"])
WORDING = {
    "another outcome": Row(**vars(OLD) | {"outcome": Outcome.REJECTION}),
    "another lead": Row(**vars(OLD) | {"lead": "Nämnden föreslår"}),
    "another clause": Row(**vars(OLD) | {"clauses": ["avslå"]}),
}


@pytest.mark.parametrize(
    ("closed", "reviews", "locked"),
    [
        (AT, [APPROVED], True),
        (AT, [RETURNED, APPROVED, RETURNED], True),
        (AT, [RETURNED], False),
        (AT, [], False),
        (None, [APPROVED], False),
    ],
)
def test_the_wording_is_locked_after_the_gavel(closed: datetime | None, reviews: list[Any], locked: bool) -> None:
    """It is locked once the meeting is closed and the chair has approved, except recipients (JO 3339-2013)."""
    row = paragraph(closed=closed, reviews=reviews)
    assert rules.wording_locked(row) is locked
    for new in WORDING.values():
        assert rules.refuse_rewording(row, [OLD], [new]) is (Refusal.LOCKED if locked else None)
    assert rules.refuse_rewording(row, [OLD], []) is (Refusal.LOCKED if locked else None)
    assert rules.refuse_rewording(row, [OLD], [Row(**vars(OLD) | {"recipients": []})]) is None


# --- Presiding, reserving, coming and going ----------------------------------------------------------------

THERE, AWAY, DISQUALIFIED = Standing(True), Standing(False), Standing(True, disqualified=True)


@pytest.mark.parametrize(
    ("presence", "standing", "refusal"),
    [
        (MEMBER, THERE, None),
        (MEMBER, AWAY, Refusal.PRESIDES_AWAY),
        (MEMBER, DISQUALIFIED, Refusal.PRESIDES_AWAY),
        (GUEST, THERE, Refusal.PRESIDES_UNKNOWN),
    ],
)
def test_who_presides(presence: Any, standing: Standing, refusal: Refusal | None) -> None:
    assert rules.refuse_presiding(presence, standing) is refusal


DISSENTS = {
    "a member": (DissentKind.RESERVATION, MEMBER, THERE, None),
    "a member away": (DissentKind.RESERVATION, MEMBER, AWAY, Refusal.NOT_TAKING_PART),
    "a member disqualified": (DissentKind.RESERVATION, MEMBER, DISQUALIFIED, Refusal.NOT_TAKING_PART),
    "a substitute not serving": (DissentKind.RESERVATION, SUBSTITUTE, THERE, Refusal.NOT_TAKING_PART),
    "a substitute serving": (DissentKind.RESERVATION, SUBSTITUTE, Standing(True, MEMBER.id), None),
    "a guest": (DissentKind.RESERVATION, GUEST, THERE, Refusal.NOT_TAKING_PART),
    "an opinion of a substitute": (DissentKind.OPINION, SUBSTITUTE, THERE, None),
    "an opinion of one away": (DissentKind.OPINION, MEMBER, AWAY, Refusal.NOT_PRESENT),
    "a note of a guest": (DissentKind.NOTE, GUEST, THERE, None),
    "a note of one away": (DissentKind.NOTE, GUEST, AWAY, Refusal.NOT_PRESENT),
}


@pytest.mark.parametrize(("kind", "presence", "standing", "refusal"), DISSENTS.values(), ids=DISSENTS)
def test_who_may_reserve_themselves(
    kind: DissentKind, presence: Any, standing: Standing, refusal: Refusal | None
) -> None:
    """Those who took part in the decision may reserve themselves (KL 4:27)."""
    assert rules.refuse_dissent(kind, presence, standing) is refusal


def standings(**changed: Standing) -> dict[int, Standing]:
    """Return standings where only the member is absent, with the given changes."""
    usual = {"chair": THERE, "member": AWAY, "substitute": THERE, "second": THERE, "guest": THERE}
    return dict(zip((1, 2, 3, 5, 4), (usual | changed).values(), strict=True))


SECOND = Row(id=5, role=SeatRole.SUBSTITUTE)
CHANGES = {
    "arrives": (Change.ARRIVES, MEMBER, None, {}, None),
    "arrives again": (Change.ARRIVES, CHAIR, None, {}, Refusal.ALREADY_PRESENT),
    "leaves": (Change.LEAVES, CHAIR, None, {}, None),
    "leaves again": (Change.LEAVES, MEMBER, None, {}, Refusal.ALREADY_AWAY),
    "steps back": (Change.STEPS_BACK, SUBSTITUTE, None, {"substitute": Standing(True, 2)}, None),
    "steps back unserving": (Change.STEPS_BACK, SUBSTITUTE, None, {}, Refusal.NOT_SERVING),
    "serves": (Change.SERVES, SUBSTITUTE, MEMBER, {}, None),
    "serves for one disqualified": (Change.SERVES, SUBSTITUTE, MEMBER, {"member": DISQUALIFIED}, None),
    "serves for one there": (Change.SERVES, SUBSTITUTE, CHAIR, {}, Serving.SERVED_PRESENT),
    "a member serves": (Change.SERVES, CHAIR, MEMBER, {}, Serving.NOT_SUBSTITUTE),
    "serves for nobody": (Change.SERVES, SUBSTITUTE, None, {}, Serving.SERVES_FOR_WHOM),
    "serves for a guest": (Change.SERVES, SUBSTITUTE, GUEST, {"guest": AWAY}, Serving.SERVES_FOR_WHOM),
    "serves beside another": (Change.SERVES, SUBSTITUTE, MEMBER, {"second": Standing(True, 2)}, Serving.SERVED_TWICE),
    "serves for the same": (Change.SERVES, SUBSTITUTE, MEMBER, {"substitute": Standing(True, 2)}, None),
}


@pytest.mark.parametrize(("change", "presence", "served", "changed", "refusal"), CHANGES.values(), ids=CHANGES)
def test_coming_going_and_serving(
    change: Change, presence: Any, served: Any, changed: dict[str, Standing], refusal: BaseRefusal | None
) -> None:
    """A substitute fills one vacant place (KL 5:66, 6:35)."""
    assert rules.refuse_change(change, presence, served, standings(**changed)) is refusal


# --- Ballots ------------------------------------------------------------------------------------------------


def ballot(yes: int, no: int, abstain: int = 0, voters: tuple[int, ...] = (), **values: Any) -> Any:
    """Return a ballot, with votes if it was open."""
    votes = [Row(presence_id=voter) for voter in voters]
    return Row(**{"yes": yes, "no": no, "abstain": abstain, "votes": votes, "decided_by_lot": False} | values)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (ballot(2, 1, 0, (1, 2, 3)), None),
        (ballot(1, 1, 1), None),
        (ballot(3, 0), None),
        (ballot(0, 3), None),
        (ballot(0, 0, 3), None),
        (ballot(2, 0), Refusal.VOTES),
        (ballot(2, 2), Refusal.VOTES),
        (ballot(2, 1, 1), Refusal.VOTES),
        (ballot(2, 1, 0, (1, 2, 4)), Refusal.VOTES),
    ],
)
def test_votes_add_up_to_those_who_took_part(given: Any, refusal: Refusal | None) -> None:
    assert rules.refuse_ballot(given, {1, 2, 3}) is refusal


@pytest.mark.parametrize("regime", Regime)
@pytest.mark.parametrize("election", [True, False])
def test_a_tie_is_settled_as_the_regime_says(regime: Regime, election: bool) -> None:
    """KL 5:56: lots in elections, otherwise the chair's casting vote; other regimes may use either."""
    bound = regime in {Regime.KL_ASSEMBLY, Regime.KL_BOARD, Regime.JOINT_BOARD}
    by_lot = rules.refuse_outcome(1, 1, casting_vote=False, by_lot=True, regime=regime, election=election)
    by_chair = rules.refuse_outcome(1, 1, casting_vote=True, by_lot=False, regime=regime, election=election)
    assert by_lot is (Refusal.LOT_ELECTS if bound and not election else None)
    assert by_chair is (Refusal.LOT_MISSING if bound and election else None)
    undecided = rules.refuse_outcome(1, 1, casting_vote=False, by_lot=False, regime=regime, election=election)
    assert undecided is Refusal.TIE_UNDECIDED
    for yes, no in ((2, 1), (1, 2)):
        for casting_vote, lot in ((True, False), (False, True)):
            given = {"casting_vote": casting_vote, "by_lot": lot, "regime": regime, "election": election}
            assert rules.refuse_outcome(yes, no, **given) is Refusal.NO_TIE


def test_every_fault_of_a_paragraph_is_told() -> None:
    """Late or impermissible dissents are reported, and ballots with a wrong sum or an unsettled tie."""
    closed = AT
    late = Row(kind=DissentKind.RESERVATION, presence_id=2, noted_at=datetime(2024, 4, 22, 13, tzinfo=UTC))
    wrong = Row(kind=DissentKind.RESERVATION, presence_id=4)
    row = paragraph(dissents=[late, wrong], ballots=[ballot(1, 0), ballot(1, 1)], closed=closed)
    there = {1: THERE, 2: THERE, 4: THERE}
    assert rules.faults(row, [CHAIR, MEMBER, GUEST], there) == [
        f"Bo Björk: {Refusal.DISSENT_LATE.value}",
        f"Gäst: {Refusal.NOT_TAKING_PART.value}",
        f"{Refusal.VOTES.value} 1 röst är inskriven, 2 deltog. {rules.ABSTAINING}",
        Refusal.TIE_UNDECIDED.value,
    ]
    settled = ballot(1, 1, casting_vote_by_id=1)
    assert rules.faults(paragraph(ballots=[settled]), [CHAIR, MEMBER], there) == []
    elects = paragraph(ballots=[settled], decisions=[Row(outcome=Outcome.ELECTION)])
    assert rules.faults(elects, [CHAIR, MEMBER], there) == [Refusal.LOT_MISSING.value]
    by_lot = ballot(1, 1, decided_by_lot=True)
    assert rules.faults(paragraph(ballots=[by_lot], decisions=elects.decisions), [CHAIR, MEMBER], there) == []
    many = paragraph(ballots=[ballot(2, 1, 1)])
    assert rules.faults(many, [CHAIR, MEMBER], there)[0].endswith("4 röster är inskrivna, 2 deltog.")
    away = {1: THERE, 2: AWAY, 4: THERE}
    assert rules.faults(paragraph(ballots=[ballot(1, 0)]), [CHAIR, MEMBER], away) == []
