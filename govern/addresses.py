"""E-mail addresses: which ones mail can be sent to, and how they are written in letters and calendars."""

from __future__ import annotations

from govern.errors import Refusal


class AddressRefusal(Refusal):
    """Why an e-mail address is not taken."""

    BAD = "Skriv en e-postadress som namn@kommun.se."
    LETTERS = (
        "Det som står före @ i en e-postadress kan inte ha å, ä, ö eller andra tecken utanför a–z. "
        "Fråga efter en adress utan sådana tecken."
    )


def refuse_address(address: str) -> AddressRefusal | None:
    """Refuse what is no e-mail address, and one whose part before @ few mail servers take (RFC 6531).

    The domain may have any letters: it is written as IDN.
    """
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 — slow to import, rarely needed.

    local, at, _ = address.strip().rpartition("@")
    if at and not local.isascii():
        return AddressRefusal.LETTERS
    try:
        validate_email(address.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError:
        return AddressRefusal.BAD
    return None


def written(address: str) -> str:
    """Return an address as mail servers and calendars take it, with its domain as IDN (`anna@xn--bjrkby-xxa.se`).

    One that cannot be written so is returned as it is, and the mail server refuses it.
    """
    local, at, domain = address.strip().rpartition("@")
    try:
        return f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def spellings(address: str) -> tuple[str, ...]:
    """Return an address with its domain as IDN and in letters: browsers send the one or the other of what is typed."""
    local, at, domain = written(address).rpartition("@")
    try:
        return tuple({f"{local}{at}{domain}", f"{local}{at}{domain.encode().decode('idna')}"})
    except UnicodeError:
        return (address,)
