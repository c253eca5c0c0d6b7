"""Rules for making an extract of a protocol."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal
from govern.protocols.states import ProtocolKind

if TYPE_CHECKING:
    from govern.protocols.models import Protocol


class Refusal(BaseRefusal):
    """Why no extract is made."""

    NOT_MAIN = "Utdrag görs ur mötets protokoll."
    NOT_ADJUSTED = "Protokollet är inte justerat än. Utdrag görs när alla har undertecknat."
    NOTHING_CHOSEN = "Kryssa för minst en paragraf."
    NO_SUCH = "Paragrafen finns inte i protokollet. Ladda om sidan."
    CHANGED = "Protokollet rättades medan utdraget skrevs ut. Försök igen."


def refuse_extract(protocol: Protocol, numbers: Collection[int], there: Collection[int]) -> Refusal | None:
    """Refuse an extract of anything but an adjusted main protocol, of no §, or of one that is not `there`.

    An extract certifies what an adjusted protocol says; until then it is not a public document (TF 2:10).
    """
    if protocol.kind is not ProtocolKind.MAIN:
        return Refusal.NOT_MAIN
    if refuse_unadjusted(protocol):
        return Refusal.NOT_ADJUSTED
    if not numbers:
        return Refusal.NOTHING_CHOSEN
    return None if set(numbers) <= set(there) else Refusal.NO_SUCH


def refuse_unadjusted(protocol: Protocol) -> Refusal | None:
    """Refuse a protocol that is not adjusted; an imported one was signed in the system that it comes from."""
    if protocol.imported or protocol.settled:
        return None
    return Refusal.NOT_ADJUSTED
