"""Organisation numbers; no database."""

from __future__ import annotations

import pytest

from govern.parties.rules import Refusal, normalise_org_number, refuse_org_number


@pytest.mark.parametrize("number", ["212000-2411", "2120002411", "212000 2411"])
def test_a_number_ends_in_its_check_digit(number: str) -> None:
    """The check digit follows SKV 709."""
    assert refuse_org_number(number) is None
    assert normalise_org_number(number) == "212000-2411"


@pytest.mark.parametrize("number", ["212000-2412", "212000-241", "212000-24111", "", "abc"])
def test_what_is_no_number(number: str) -> None:
    assert refuse_org_number(number) is Refusal.ORG_NUMBER
    with pytest.raises(ValueError, match="no organisation number"):
        normalise_org_number(number)
