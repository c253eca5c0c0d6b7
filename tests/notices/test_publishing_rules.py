"""What may be done with a public copy in each state; no database."""

from __future__ import annotations

from typing import Any

import pytest

from govern.notices.publishing import rules
from govern.notices.publishing.models import PublicCopy
from govern.notices.publishing.rules import Refusal
from govern.protocols.states import ProtocolKind
from tests.make import AT
from tests.plain import Row

PREPARED = {"confirmed_at": None, "published_at": None, "unpublished_at": None}
CONFIRMED = PREPARED | {"confirmed_at": AT}
PUBLISHED = CONFIRMED | {"published_at": AT}
UNPUBLISHED = PUBLISHED | {"unpublished_at": AT}
STATES = {"prepared": PREPARED, "confirmed": CONFIRMED, "published": PUBLISHED, "unpublished": UNPUBLISHED}


def copy(state: dict[str, Any]) -> PublicCopy:
    """Return a copy that includes corrections 1 and 2."""
    return PublicCopy(corrections=[1, 2], **state)


BY_STATE: dict[Any, tuple[Refusal | None, ...]] = {
    # In the order prepared, confirmed, published, unpublished.
    rules.refuse_masking: (None, Refusal.CONFIRMED, Refusal.PUBLISHED, Refusal.UNPUBLISHED),
    rules.refuse_reopening: (Refusal.NOT_CONFIRMED, None, Refusal.PUBLISHED, Refusal.UNPUBLISHED),
    rules.refuse_confirming: (None, Refusal.CONFIRMED, Refusal.PUBLISHED, Refusal.UNPUBLISHED),
    rules.refuse_publishing: (Refusal.NOT_CONFIRMED, None, Refusal.PUBLISHED, Refusal.UNPUBLISHED),
    rules.refuse_unpublishing: (Refusal.NOT_PUBLIC, Refusal.NOT_PUBLIC, None, Refusal.NOT_PUBLIC),
}
SEES_CORRECTIONS = {rules.refuse_confirming, rules.refuse_publishing}


@pytest.mark.parametrize("rule", BY_STATE, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("state", STATES)
def test_what_a_copy_allows_in_each_state(rule: Any, state: str) -> None:
    """Rules are tried with and without changed corrections, or with and without a reason for unpublishing."""
    refusal, given = BY_STATE[rule][list(STATES).index(state)], copy(STATES[state])
    if rule in SEES_CORRECTIONS:
        assert rule(given, [1, 2]) is refusal
        assert rule(given, [1, 2, 3]) is (refusal or Refusal.CORRECTED)
        assert rule(given, [1]) is (refusal or Refusal.CORRECTED)
    elif rule is rules.refuse_unpublishing:
        assert rule(given, "Fel namn") is refusal
        assert rule(given, " ") is (refusal or Refusal.NO_REASON)
    else:
        assert rule(given) is refusal


@pytest.mark.parametrize(("state", "public"), list(zip(STATES, (False, False, True, False), strict=True)))
def test_what_the_public_reads(state: str, public: bool) -> None:
    assert copy(STATES[state]).is_public is public


SETTLED, WAITS = Row(settled=True), Row(settled=False)


@pytest.mark.parametrize(
    ("kind", "signature", "live", "refusal"),
    [
        (ProtocolKind.MAIN, SETTLED, None, None),
        (ProtocolKind.MAIN, SETTLED, Row(), Refusal.PREPARED),
        (ProtocolKind.MAIN, WAITS, None, Refusal.NOT_ADJUSTED),
        (ProtocolKind.IMMEDIATE, SETTLED, None, Refusal.NOT_MAIN),
        (ProtocolKind.CORRECTION, SETTLED, None, Refusal.NOT_MAIN),
        (ProtocolKind.EXTRACT, SETTLED, None, Refusal.NOT_MAIN),
    ],
)
def test_what_is_prepared_for_the_public(
    kind: ProtocolKind, signature: Any, live: Any, refusal: Refusal | None
) -> None:
    """Only an adjusted main protocol can be published (TF 2:10), and only one copy at a time."""
    protocol = Row(kind=kind, imported=False, signatures=[signature], settled=signature.settled)
    assert rules.refuse_preparing(protocol, live) is refusal
