"""Rules for sending an extract to a recipient."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from govern.addresses import AddressRefusal, refuse_address
from govern.errors import Refusal as BaseRefusal
from govern.people.rules import given_lately
from govern.protocols.extracting.rules import refuse_unadjusted

if TYPE_CHECKING:
    from govern.protocols.models import Protocol


class Refusal(BaseRefusal):
    """Why an extract is not sent."""

    NOT_ADJUSTED = "Protokollet är inte justerat än. Besluten expedieras när alla har undertecknat."
    NO_RECIPIENT = "Skriv vem utdraget går till."
    NO_ADDRESS = "Skriv minst en e-postadress."
    BAD_ADDRESS = "En av adresserna är ingen e-postadress. Skriv dem med komma emellan."
    NOTHING_CHOSEN = "Kryssa för minst en paragraf."
    UNCONFIRMED = "En av paragraferna omfattas av sekretess. Bekräfta att mottagaren får ta del av den."
    UNCERTIFIED = "Utdraget är inte bestyrkt."
    SENT = "Utdraget är redan skickat."
    STALE = "Bekräfta att det är du, så att utdraget kan bestyrkas. Sedan kan du skicka."


def refuse_dispatch(
    protocol: Protocol, recipient: str, numbers: Collection[int], secret: Collection[int], confirmed: Collection[int]
) -> tuple[Refusal | None, str | None]:
    """Refuse to send an unadjusted protocol, without recipient or §, or a confidential § without confirmation.

    `secret` are the numbers of the protocol's confidential §§, `confirmed` those that the sender says this recipient
    may read (OSL 8:1: secrecy holds towards other authorities too). Also return the form field concerned.
    """
    if refuse_unadjusted(protocol):
        return Refusal.NOT_ADJUSTED, None
    if not recipient.strip():
        return Refusal.NO_RECIPIENT, "recipient"
    if not numbers:
        return Refusal.NOTHING_CHOSEN, "numbers"
    if set(numbers) & set(secret) - set(confirmed):
        return Refusal.UNCONFIRMED, "numbers"
    return None, None


def refuse_certifying(fresh_at: datetime, at: datetime, lasts: timedelta) -> Refusal | None:
    """Refuse to certify an extract, which is to sign it, if the sign-in is older than `lasts`."""
    return None if given_lately(fresh_at, at, lasts) else Refusal.STALE


def refuse_addresses(addresses: Sequence[str]) -> BaseRefusal | None:
    """Refuse an empty list of addresses, or one that has what is no address, or one that mail cannot be sent to."""
    if not addresses:
        return Refusal.NO_ADDRESS
    for address in addresses:
        refusal = refuse_address(address)
        if refusal is not None:
            return Refusal.BAD_ADDRESS if refusal is AddressRefusal.BAD else refusal
    return None
