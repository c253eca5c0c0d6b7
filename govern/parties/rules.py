"""Validation of organisation numbers."""

from stdnum.exceptions import ValidationError
from stdnum.se import orgnr

from govern.errors import Refusal as BaseRefusal


class Refusal(BaseRefusal):
    """Why a collaboration or a party cannot be saved."""

    ORG_NUMBER = (
        "Organisationsnumret stämmer inte. Det har tio siffror där den sista är en kontrollsiffra, som i 212000-2411."
    )
    COLLABORATION_TAKEN = "Det finns redan en samverkan med det namnet eller organisationsnumret."
    NAME_TAKEN = "Det finns redan en part med det namnet i samverkan."
    NUMBER_TAKEN = "En annan part i samverkan har det organisationsnumret."


def refuse_org_number(number: str) -> Refusal | None:
    """Refuse a number that is not ten digits ending in its Luhn check digit (SKV 709)."""
    return None if orgnr.is_valid(number) else Refusal.ORG_NUMBER


def normalise_org_number(number: str) -> str:
    """Format an organisation number as `212000-2411`.

    Raises:
        ValueError: if it is not valid; check with `refuse_org_number` first.
    """
    try:
        return str(orgnr.format(orgnr.validate(number)))
    except ValidationError as error:
        raise ValueError(f"no organisation number: {number!r}") from error
