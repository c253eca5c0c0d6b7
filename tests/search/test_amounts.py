"""Amounts in figures or words are reduced to one number."""

import pytest

from govern.search import amounts


@pytest.mark.parametrize(
    ("text", "keys"),
    {
        "9 %": ["9%"],
        "9 procent": ["9%"],
        "Nio procent av dem": ["9%"],
        "en procent": ["1%"],
        "två miljoner kronor": ["2000000"],
        "2 mkr": ["2000000"],
        "1 200 tkr": ["1200000"],
        "tre procentenheter": [],
        "fyra miljonprogram": [],
        "trettionio procent": [],
        "nio kronor": [],
    }.items(),
)
def test_an_amount_is_one_number_however_it_is_written(text, keys):
    assert [found.key for found in amounts.find(text)] == keys
