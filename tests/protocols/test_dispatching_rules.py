"""When an extract is made and to whom it is sent; no database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govern.addresses import AddressRefusal
from govern.protocols.dispatching import rules as dispatching_rules
from govern.protocols.dispatching.rules import Refusal
from govern.protocols.extracting import rules as extracting_rules
from govern.protocols.extracting.rules import Refusal as ExtractRefusal
from govern.protocols.states import ProtocolKind
from tests.make import AT
from tests.plain import Row

SETTLED, WAITS = Row(settled=True), Row(settled=False)


def protocol(*signatures: Any, kind: ProtocolKind = ProtocolKind.MAIN, imported: bool = False) -> Any:
    """Return a sealed record with its signatures."""
    settled = all(signature.settled for signature in signatures)
    return Row(kind=kind, imported=imported, signatures=list(signatures), settled=settled)


ADJUSTED, UNADJUSTED = protocol(SETTLED, SETTLED), protocol(SETTLED, WAITS)


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (ADJUSTED, False),
        (UNADJUSTED, True),
        (protocol(WAITS), True),
        (protocol(WAITS, imported=True), False),
        (protocol(imported=True), False),
    ],
)
def test_what_is_adjusted(given: Any, refused: bool) -> None:
    """A protocol is adjusted when everybody has signed or refused; an imported one counts as adjusted."""
    assert extracting_rules.refuse_unadjusted(given) is (ExtractRefusal.NOT_ADJUSTED if refused else None)


EXTRACTS = {
    "one of them": (ADJUSTED, [17], None),
    "all": (ADJUSTED, [17, 18], None),
    "none": (ADJUSTED, [], ExtractRefusal.NOTHING_CHOSEN),
    "one that is not there": (ADJUSTED, [17, 19], ExtractRefusal.NO_SUCH),
    "not adjusted": (UNADJUSTED, [17], ExtractRefusal.NOT_ADJUSTED),
    "of an extract": (protocol(SETTLED, kind=ProtocolKind.EXTRACT), [17], ExtractRefusal.NOT_MAIN),
}


@pytest.mark.parametrize(("given", "numbers", "refusal"), EXTRACTS.values(), ids=EXTRACTS)
def test_what_an_extract_holds(given: Any, numbers: list[int], refusal: ExtractRefusal | None) -> None:
    assert extracting_rules.refuse_extract(given, numbers, {17, 18}) is refusal


DISPATCHES: dict[str, Any] = {
    "open": (ADJUSTED, "Björkby", [17], [], (None, None)),
    "to nobody": (ADJUSTED, " ", [17], [], (Refusal.NO_RECIPIENT, "recipient")),
    "nothing": (ADJUSTED, "Björkby", [], [], (Refusal.NOTHING_CHOSEN, "numbers")),
    "secret": (ADJUSTED, "Björkby", [17, 18], [], (Refusal.UNCONFIRMED, "numbers")),
    "secret and confirmed": (ADJUSTED, "Björkby", [17, 18], [18], (None, None)),
    "another confirmed": (ADJUSTED, "Björkby", [18], [17], (Refusal.UNCONFIRMED, "numbers")),
    "not adjusted": (UNADJUSTED, "Björkby", [17], [], (Refusal.NOT_ADJUSTED, None)),
}


@pytest.mark.parametrize(("given", "to", "numbers", "confirmed", "answer"), DISPATCHES.values(), ids=DISPATCHES)
def test_what_is_sent_to_whom(given: Any, to: str, numbers: list[int], confirmed: list[int], answer: Any) -> None:
    """A secret paragraph, here § 18, is sent only after confirmation (OSL 8:1)."""
    assert dispatching_rules.refuse_dispatch(given, to, numbers, {18}, confirmed) == answer


@pytest.mark.parametrize(
    ("addresses", "refusal"),
    [
        ([], Refusal.NO_ADDRESS),
        (["registrator@bjorkby.example"], None),
        (["a@bjorkby.example", "b@bjorkby.example"], None),
        (["registrator"], Refusal.BAD_ADDRESS),
        (["a@bjorkby.example", "b@"], Refusal.BAD_ADDRESS),
        (["å@bjorkby.example"], AddressRefusal.LETTERS),
        (["a@björkby.example"], None),
    ],
)
def test_which_addresses_are_written_to(addresses: list[str], refusal: Refusal | None) -> None:
    assert dispatching_rules.refuse_addresses(addresses) is refusal


@pytest.mark.parametrize(("minutes", "refusal"), [(0, None), (5, None), (6, Refusal.STALE)])
def test_an_extract_is_certified_by_a_fresh_sign_in(minutes: int, refusal: Refusal | None) -> None:
    assert dispatching_rules.refuse_certifying(AT - timedelta(minutes=minutes), AT, timedelta(minutes=5)) is refusal
