"""Rules for preparing, masking, confirming, publishing and unpublishing a public copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal
from govern.protocols.extracting.rules import refuse_unadjusted
from govern.protocols.states import ProtocolKind

if TYPE_CHECKING:
    from govern.notices.publishing.models import PublicCopy
    from govern.protocols.models import Protocol


class Refusal(BaseRefusal):
    """Why a public copy is not prepared, changed, confirmed, published or unpublished."""

    NOT_MAIN = "Det är mötets protokoll som publiceras."
    NOT_ADJUSTED = "Protokollet är inte justerat än. Det blir en allmän handling när alla har undertecknat."
    PREPARED = "Den publika kopian är redan förberedd. Ladda om sidan."
    CONFIRMED = "Maskeringen är bekräftad. Öppna den igen för att ändra den."
    PUBLISHED = "Kopian är publicerad. Avpublicera den först."
    UNPUBLISHED = "Kopian är avpublicerad. Förbered en ny."
    NOT_CONFIRMED = "Maskeringen är inte bekräftad. Gå igenom den och bekräfta den först."
    NOT_PUBLIC = "Kopian är inte publicerad."
    CORRECTED = "Protokollet har rättats sedan kopian förbereddes. Förbered den på nytt, så kommer rättelsen med."
    NO_WORDS = "Skriv eller markera orden som ska maskeras."
    NOT_THERE = "Orden finns inte i den publika kopian."
    NO_REASON = "Skriv varför protokollet avpubliceras."


def refuse_preparing(protocol: Protocol, live: PublicCopy | None) -> Refusal | None:
    """Refuse a copy of anything but an adjusted main protocol (TF 2:10), or a second live copy."""
    if protocol.kind is not ProtocolKind.MAIN:
        return Refusal.NOT_MAIN
    if refuse_unadjusted(protocol):
        return Refusal.NOT_ADJUSTED
    return Refusal.PREPARED if live is not None else None


def refuse_masking(copy: PublicCopy) -> Refusal | None:
    """Refuse to change masks that are confirmed, or in a copy that has been published: others have read it."""
    if copy.unpublished_at is not None:
        return Refusal.UNPUBLISHED
    if copy.published_at is not None:
        return Refusal.PUBLISHED
    return Refusal.CONFIRMED if copy.confirmed_at is not None else None


def refuse_reopening(copy: PublicCopy) -> Refusal | None:
    """Refuse to withdraw a confirmation that is not there, or that the copy was published on."""
    refusal = refuse_masking(copy)
    return None if refusal is Refusal.CONFIRMED else refusal or Refusal.NOT_CONFIRMED


def refuse_confirming(copy: PublicCopy, corrections: Sequence[int]) -> Refusal | None:
    """Refuse to confirm twice, or if the protocol's `corrections` are other than when the copy was prepared."""
    return refuse_masking(copy) or (Refusal.CORRECTED if list(corrections) != list(copy.corrections) else None)


def refuse_publishing(copy: PublicCopy, corrections: Sequence[int]) -> Refusal | None:
    """Refuse to publish before a person has confirmed the masks (GDPR art. 5.1 c), twice, or without a correction."""
    if copy.unpublished_at is not None:
        return Refusal.UNPUBLISHED
    if copy.published_at is not None:
        return Refusal.PUBLISHED
    if copy.confirmed_at is None:
        return Refusal.NOT_CONFIRMED
    return Refusal.CORRECTED if list(corrections) != list(copy.corrections) else None


def refuse_unpublishing(copy: PublicCopy, reason: str) -> Refusal | None:
    """Refuse to unpublish a copy that is not public, or without a reason."""
    if not copy.is_public:
        return Refusal.NOT_PUBLIC
    return None if reason.strip() else Refusal.NO_REASON
