"""What an account must be, and who may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal

if TYPE_CHECKING:
    from govern.people.models import Account, Factor

PASSWORD_LENGTH = 12
ATTEMPTS = 5
ATTEMPT_WINDOW = timedelta(minutes=15)
CODES = 10
SECOND_STEP = timedelta(minutes=5)
"""How long whoever has given their password may take to give the second factor, and a passkey to answer."""


class Refusal(BaseRefusal):
    """Why an account or a sign-in is not accepted."""

    WRONG = "E-postadressen eller lösenordet stämmer inte. Försök igen."
    BUSY = "Många försöker logga in just nu. Vänta några sekunder och försök igen."
    TOO_MANY = "För många försök. Vänta en kvart och försök igen."
    SHORT = f"Lösenordet behöver ha minst {PASSWORD_LENGTH} tecken."
    EMAIL_TAKEN = "Det finns redan ett konto med den e-postadressen."
    HAS_ACCOUNT = "Personen har redan ett konto."
    NO_NAME = "Skriv ett namn."
    SEVERAL = "Flera personer heter så. Välj den du menar i listan, eller skriv e-postadressen."
    WRONG_OLD = "Det nuvarande lösenordet stämmer inte."
    WRONG_CODE = "Koden stämmer inte eller är redan använd. Vänta på nästa kod i appen och försök igen."
    WRONG_APP_CODE = "Koden hör inte till nyckeln. Kontrollera att klockan i telefonen går rätt och skriv nästa kod."
    WRONG_PASSKEY = "Din passkey gick inte att bekräfta. Försök igen, eller logga in på ett annat sätt."
    NO_FACTOR_NAME = "Skriv ett namn så att du känner igen den, till exempel Min telefon."
    FACTOR_NAME_TAKEN = "Du har redan ett andra steg med det namnet."
    HALF_LAPSED = "Det gick för lång tid. Skriv e-post och lösenord igen."
    ADDRESS_OF_ANOTHER = "E-postadressen tillhör någon med ett annat namn. Kontrollera namn och adress."


def refuse_password(password: str) -> Refusal | None:
    """Refuse a password that is too short to guess slowly (NIST SP 800-63B asks for length, not for odd signs)."""
    return Refusal.SHORT if len(password) < PASSWORD_LENGTH else None


def refuse_attempt(recent: int) -> Refusal | None:
    """Refuse a sign-in after too many failed ones within the window."""
    return Refusal.TOO_MANY if recent >= ATTEMPTS else None


def refuse_factor_name(name: str, factors: Sequence[Factor]) -> Refusal | None:
    """Refuse a factor without a name, or with one that its owner has used."""
    if not name:
        return Refusal.NO_FACTOR_NAME
    taken = {factor.name.casefold() for factor in factors}
    return Refusal.FACTOR_NAME_TAKEN if name.casefold() in taken else None


def needs_second(account: Account, signing_factor: str) -> bool:
    """Say whether signing takes a second factor of this account: the installation requires it, or they have one."""
    return signing_factor == "required" or bool(account.factors)
