"""The rules of accounts and sign-in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal

if TYPE_CHECKING:
    from govern.people.models import Account, Factor, Person

PASSWORD_LENGTH = 12
PASSWORD_LONGEST = 256
ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS = 5
"""Failed attempts per window on one account, from browsers that have never been signed in to it."""
KNOWN_ATTEMPTS = 10
"""Failed attempts per window from a browser that has been signed in to the account; nobody else can use these up."""
ADDRESS_ATTEMPTS = 50
"""Failed attempts per window from one network address on any accounts; an office may share an address."""
ALL_ATTEMPTS = 500
"""Failed attempts per window from all unknown browsers together, on any accounts."""
CODES = 10
SECOND_STEP = timedelta(minutes=5)
"""The time limit for the second factor after the password, and for a passkey to respond."""

LINK_LASTS = timedelta(hours=24)
"""How long a one-time link is valid."""
HOLD = timedelta(hours=24)
"""How long an account may not sign after a reset by another person."""


class Refusal(BaseRefusal):
    """Why a sign-in, or a change to a person or an account, is refused."""

    WRONG = "E-postadressen eller lösenordet stämmer inte. Försök igen."
    WRONG_AGAIN = "Lösenordet stämmer inte. Försök igen."
    TOO_MANY = "För många försök. Vänta en kvart och försök igen."
    BUSY = "Många loggar in just nu. Vänta några sekunder och försök igen."
    SHORT = f"Lösenordet behöver ha minst {PASSWORD_LENGTH} tecken."
    LONG = f"Lösenordet får ha högst {PASSWORD_LONGEST} tecken."
    COMMON = "Lösenordet är för lätt att gissa. Välj några ord som inte hör ihop, till exempel fyra ord efter varandra."
    OWN_WORDS = "Lösenordet liknar ditt namn, din adress eller er organisation. Välj ord som inte har med dig att göra."
    EMAIL_TAKEN = "Det finns redan ett konto med den e-postadressen."
    HAS_ACCOUNT = "Personen har redan ett konto."
    NO_NAME = "Skriv ett namn."
    SEVERAL = "Flera personer heter så. Välj den du menar i listan, eller skriv e-postadressen."
    WRONG_OLD = "Det nuvarande lösenordet stämmer inte."
    WRONG_CODE = "Koden stämmer inte eller är redan använd. Vänta på nästa kod i appen och försök igen."
    WRONG_APP_CODE = "Koden hör inte till nyckeln. Kontrollera att klockan i telefonen går rätt och skriv nästa kod."
    WRONG_PASSKEY = "Din passkey gick inte att bekräfta. Försök igen, eller logga in på ett annat sätt."
    PASSKEY_TAKEN = "Den passkeyn är redan tillagd. Välj en annan, eller ta först bort den du har."
    NO_FACTOR_NAME = "Skriv ett namn så att du känner igen den, till exempel Min telefon."
    FACTOR_NAME_TAKEN = "Du har redan ett andra steg med det namnet."
    HALF_LAPSED = "Det gick för lång tid, eller så har kontot ändrats sedan du skrev lösenordet. Logga in igen."
    DISABLED = "Kontot är avstängt. Öppna det först."
    CLOSED = "Kontot är avstängt. Hör av dig till den som administrerar Govern hos er."
    OWN_ACCOUNT = "Det är ditt eget konto. Byt lösenord och andra steg under Mitt konto."
    LAST_ADMINISTRATOR = "Någon annan behöver vara administratör först. Annars kan ingen lägga upp konton och forum."
    NO_LINK = "Det finns ingen länk att återkalla. Den är redan använd, återkallad eller för gammal."
    LINK_GONE = "Länken gäller inte längre. Be den som administrerar Govern hos er om en ny."
    HELD_NEWS = "Raden står kvar så länge kontot inte kan underteckna, så att den hinner bli läst av rätt person."
    NOT_RESET = "Det finns ingen återställning att bekräfta."
    SECOND_NEEDED = "Någon annan än den som återställde kontot behöver bekräfta, och inte den som har kontot."
    NEW_TO_OFFICE = "Ditt eget konto är nytt eller ändrat det senaste dygnet. En annan administratör behöver bekräfta."
    GIVEN_BY_RESETTER = (
        "Den som återställde kontot har också gett eller återställt ditt. En annan administratör behöver bekräfta."
    )
    NAME_OF_ACCOUNT = (
        "Personen har ett konto, och namnet står vid underskrifterna. En administratör rättar det under Personer."
    )
    ADDRESS_OF_ANOTHER = "E-postadressen tillhör någon med ett annat namn. Kontrollera namn och adress."


def refuse_factor_name(name: str, factors: Sequence[Factor]) -> Refusal | None:
    """Refuse a factor whose name is empty or already used by its owner."""
    if not name:
        return Refusal.NO_FACTOR_NAME
    taken = {factor.name.casefold() for factor in factors}
    return Refusal.FACTOR_NAME_TAKEN if name.casefold() in taken else None


def needs_second(account: Account, signing_factor: str) -> bool:
    """Return whether the account needs a second factor to sign: it is required here, or the account has one."""
    return signing_factor == "required" or bool(account.factors)


def given_lately(given_at: datetime, at: datetime, lasts: timedelta) -> bool:
    """Return whether the factors that an action requires were given recently enough: at most `lasts` before `at`."""
    return at - given_at <= lasts


def refuse_on_own(account: Account, by: Person | None) -> Refusal | None:
    """Refuse a reset of the administrator's own account, which is changed with the existing password and factors."""
    return Refusal.OWN_ACCOUNT if by is not None and account.person_id == by.id else None


def refuse_confirming(
    resetters: Collection[int | None] | None,
    account: Account,
    by: Person,
    *,
    new: bool,
    given_by: Collection[int | None],
) -> Refusal | None:
    """Refuse a confirmation of nothing, by a resetter, by the owner, or by an administrator who is `new`.

    Nor may anyone confirm whose own account or right one of the resetters gave or reset, however long ago: `given_by`
    are all who did. What was done on the server (None) does not count there.
    """
    if not resetters:
        return Refusal.NOT_RESET
    if by.id in resetters or account.person_id == by.id:
        return Refusal.SECOND_NEEDED
    if {who for who in given_by if who is not None} & set(resetters):
        return Refusal.GIVEN_BY_RESETTER
    return Refusal.NEW_TO_OFFICE if new else None
