"""When a protocol is sealed, signed and corrected, and by whom; no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govern.forums.models import Forum
from govern.meetings.models import Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs.states import ParagraphState
from govern.protocols import rules
from govern.protocols.checks import Finding
from govern.protocols.models import Protocol, Signature, SigningRefusal
from govern.protocols.rules import Refusal
from govern.protocols.states import ProtocolKind, Severity, SignerRole
from tests.plain import Row

AT = datetime(2024, 4, 25, 12, tzinfo=UTC)
HINDER = Finding("no_chair", Severity.HINDER, "Ange ordförande.")
LATE = Finding("adjusted_late", Severity.HINDER, "Varför sent?", answerable=True)
WARNING = Finding("no_date", Severity.WARNING, "Datum saknas.", 1)

SEALING = {
    "nothing found": ([], [], None),
    "a hinder": ([HINDER], [], Refusal.HINDERS),
    "a hinder cannot be accepted": ([HINDER], [HINDER], Refusal.HINDERS),
    "late": ([LATE], [], Refusal.HINDERS),
    "late, and explained": ([LATE], [LATE], None),
    "a warning": ([WARNING], [], Refusal.WARNINGS),
    "a warning accepted": ([WARNING], [WARNING], None),
    "another accepted": ([WARNING], [LATE], Refusal.WARNINGS),
    "a hinder beside an accepted warning": ([HINDER, WARNING], [WARNING], Refusal.HINDERS),
    "late and explained, and a warning": ([LATE, WARNING], [LATE], Refusal.WARNINGS),
}


@pytest.mark.parametrize(("findings", "accepted", "refusal"), SEALING.values(), ids=SEALING)
def test_what_stops_the_sealing(findings: list[Finding], accepted: list[Finding], refusal: Refusal | None) -> None:
    keys = [finding.key for finding in accepted]
    assert rules.refuse_sealing(Row(state=MeetingState.CLOSED), findings, keys) is refusal
    assert rules.refuse_sealing(Row(state=MeetingState.SEALED), findings, keys) is Refusal.SEALED


@pytest.mark.parametrize(
    ("finding", "refusal"),
    [(None, Refusal.NOT_A_WARNING), (HINDER, Refusal.NOT_A_WARNING), (LATE, None), (WARNING, None)],
)
def test_what_a_reason_answers(finding: Finding | None, refusal: Refusal | None) -> None:
    assert rules.refuse_acceptance(finding, "Så är det.") is refusal
    assert rules.refuse_acceptance(finding, " \t") is (refusal or Refusal.NO_REASON)


# --- Signing -----------------------------------------------------------------------------------------------

CILLA, ANNA, BO, DAVID = (Row(id=number) for number in (1, 2, 3, 4))
ROLES = (SignerRole.SECRETARY, SignerRole.CHAIR, SignerRole.ADJUSTER)


def signatures(*done: int, refused: tuple[int, ...] = (), any_order: bool = False) -> list[Any]:
    """Return the signatures of secretary, chair and adjuster; the positions in `done` have signed."""
    protocol = Protocol(kind=ProtocolKind.MAIN, meeting=Meeting(forum=Forum(any_order=any_order)))
    protocol.signatures = [
        Signature(
            position=position,
            role=role,
            person_id=position + 1,
            signed_at=AT if position in done else None,
            refusal=SigningRefusal() if position in refused else None,
        )
        for position, role in enumerate(ROLES)
    ]
    return list(protocol.signatures)


SIGNING = {
    "the first": (signatures(), 0, CILLA, None),
    "by someone else": (signatures(), 0, ANNA, Refusal.NOT_SIGNER),
    "out of turn": (signatures(), 1, ANNA, Refusal.NOT_YOUR_TURN),
    "in turn": (signatures(0), 1, ANNA, None),
    "the last out of turn": (signatures(0), 2, BO, Refusal.NOT_YOUR_TURN),
    "the last in turn": (signatures(0, 1), 2, BO, None),
    "after one who refused": (signatures(0, refused=(1,)), 2, BO, None),
    "twice": (signatures(0), 0, CILLA, Refusal.SIGNED),
    "after refusing": (signatures(0, 1, refused=(2,)), 2, BO, Refusal.REFUSED),
    "in any order": (signatures(any_order=True), 2, BO, None),
    "in any order, by someone else": (signatures(any_order=True), 2, ANNA, Refusal.NOT_SIGNER),
}


@pytest.mark.parametrize(("given", "which", "by", "refusal"), SIGNING.values(), ids=SIGNING)
def test_who_signs_when(given: list[Any], which: int, by: Any, refusal: Refusal | None) -> None:
    assert rules.refuse_signing(given[which], by) is refusal


REFUSING = {
    "the adjuster": (signatures(), 2, BO, "Så sades det inte.", None),
    "without a reason": (signatures(), 2, BO, " ", Refusal.NO_REFUSAL_REASON),
    "the chair": (signatures(), 1, ANNA, "Nej", Refusal.ONLY_ADJUSTER),
    "the secretary": (signatures(), 0, CILLA, "Nej", Refusal.ONLY_ADJUSTER),
    "someone else": (signatures(), 2, ANNA, "Nej", Refusal.NOT_SIGNER),
    "after signing": (signatures(0, 1, 2), 2, BO, "Nej", Refusal.SIGNED),
    "twice": (signatures(refused=(2,)), 2, BO, "Nej", Refusal.REFUSED),
}


@pytest.mark.parametrize(("given", "which", "by", "reason", "refusal"), REFUSING.values(), ids=REFUSING)
def test_an_adjuster_may_refuse(given: list[Any], which: int, by: Any, reason: str, refusal: Refusal | None) -> None:
    """They may refuse before their turn too; the refusal does not stop the others (JO 4024-1999)."""
    assert rules.refuse_refusing(given[which], by, reason) is refusal


HERE, OUTSIDE = Row(id=7, person=Row(account=Row()), person_id=4), Row(id=8, person=Row(account=Row()), person_id=5)
SUBSTITUTES: dict[str, Any] = {
    "one who was there": (signatures(), 2, HERE, "Sjuk", (None, None)),
    "without a reason": (signatures(), 2, HERE, " ", (Refusal.NO_SUBSTITUTE_REASON, "reason")),
    "one who was not": (signatures(), 2, OUTSIDE, "Sjuk", (Refusal.NOT_THERE, "presence")),
    "for the chair": (signatures(), 1, HERE, "Sjuk", (Refusal.NOT_ADJUSTER, None)),
    "for the secretary": (signatures(), 0, HERE, "Sjuk", (Refusal.NOT_ADJUSTER, None)),
    "for one who signed": (signatures(0, 1, 2), 2, HERE, "Sjuk", (Refusal.SIGNED_ALREADY, None)),
    "for one who refused": (signatures(refused=(2,)), 2, HERE, "Sjuk", (Refusal.HAS_REFUSED, None)),
    "a name": (signatures(), 2, Row(id=7), "Sjuk", (Refusal.ONLY_A_NAME, "presence")),
    "one without an account": (signatures(), 2, Row(id=7, person=Row()), "Sjuk", (Refusal.ONLY_A_NAME, "presence")),
    "the chair": (
        signatures(),
        2,
        Row(id=7, person=HERE.person, person_id=ANNA.id),
        "Sjuk",
        (Refusal.SIGNS_ALREADY, "presence"),
    ),
}


@pytest.mark.parametrize(("given", "which", "presence", "reason", "answer"), SUBSTITUTES.values(), ids=SUBSTITUTES)
def test_who_signs_in_an_adjusters_place(given: list[Any], which: int, presence: Any, reason: str, answer: Any) -> None:
    assert rules.refuse_substitution(given[which], presence, {7}, reason) == answer


@pytest.mark.parametrize(("minutes", "refusal"), [(-1, None), (0, None), (4, None), (5, None), (6, Refusal.STALE)])
def test_a_sign_in_stays_fresh_for_a_while(minutes: int, refusal: Refusal | None) -> None:
    fresh = AT - timedelta(minutes=minutes)
    assert rules.refuse_stale(fresh, AT, timedelta(minutes=5)) is refusal


# --- Immediate adjusting and corrections ---------------------------------------------------------------------

MEETING = {"state": MeetingState.OPEN, "chair": ANNA, "adjusters": [BO]}
ALONE: dict[str, tuple[dict[str, Any], dict[str, Any], Refusal | None]] = {
    "approved in the meeting": ({}, {}, None),
    "twice": ({}, {"sealed_at": AT}, Refusal.SEALED_ALONE),
    "not chosen": ({}, {"immediate": False}, Refusal.NOT_IMMEDIATE),
    "after the meeting": ({"state": MeetingState.CLOSED}, {}, Refusal.NOT_UNDER_WAY),
    "before it": ({"state": MeetingState.CALLED}, {}, Refusal.NOT_UNDER_WAY),
    "not approved": ({}, {"state": ParagraphState.READY}, Refusal.NOT_APPROVED),
    "nobody presides": ({"chair": None}, {}, Refusal.NO_SIGNERS),
    "nobody adjusts": ({"adjusters": []}, {}, Refusal.NO_SIGNERS),
}


@pytest.mark.parametrize(("meeting", "paragraph", "refusal"), ALONE.values(), ids=ALONE)
def test_what_is_adjusted_at_once(meeting: Any, paragraph: Any, refusal: Refusal | None) -> None:
    usual = {"state": ParagraphState.APPROVED, "immediate": True}
    row = Row(meeting=Row(**MEETING | meeting), **usual | paragraph)
    assert rules.refuse_sealing_immediately(row) is refusal


TEXT = "Nämnden beslutar att\n bifalla förslaget."
CORRECTIONS = {
    "other words": (ProtocolKind.MAIN, TEXT, "bifalla", "avslå", "Skrivfel", None),
    "words over two lines": (ProtocolKind.MAIN, TEXT, "att  bifalla", "att avslå", "Skrivfel", None),
    "of an extract": (ProtocolKind.EXTRACT, TEXT, "bifalla", "avslå", "Skrivfel", Refusal.NOT_MAIN),
    "of a correction": (ProtocolKind.CORRECTION, TEXT, "bifalla", "avslå", "Skrivfel", Refusal.NOT_MAIN),
    "of no paragraph": (ProtocolKind.MAIN, None, "bifalla", "avslå", "Skrivfel", Refusal.NOT_QUOTED),
    "of no words": (ProtocolKind.MAIN, TEXT, " ", "avslå", "Skrivfel", Refusal.NOT_QUOTED),
    "of words not there": (ProtocolKind.MAIN, TEXT, "avslå", "bifalla", "Skrivfel", Refusal.NOT_QUOTED),
    "to nothing": (ProtocolKind.MAIN, TEXT, "bifalla", " ", "Skrivfel", Refusal.NO_CHANGE),
    "to the same": (ProtocolKind.MAIN, TEXT, "att bifalla", "att\nbifalla ", "Skrivfel", Refusal.NO_CHANGE),
    "without a reason": (ProtocolKind.MAIN, TEXT, "bifalla", "avslå", "\n", Refusal.NO_CORRECTION_REASON),
}


@pytest.mark.parametrize(("kind", "text", "old", "new", "reason", "refusal"), CORRECTIONS.values(), ids=CORRECTIONS)
def test_what_is_corrected(
    kind: ProtocolKind, text: str | None, old: str, new: str, reason: str, refusal: Refusal | None
) -> None:
    """A correction says what was changed and why (JO 581-2013)."""
    assert rules.refuse_correcting(Row(kind=kind), text, old, new, reason) is refusal
