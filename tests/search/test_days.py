"""Dates as people type them."""

from datetime import date

import pytest

from govern.search import days


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-03-14", "2024-03-14", "2024-03-14"),
        ("20240314", "2024-03-14", "2024-03-14"),
        ("mars 2024", "2024-03-01", "2024-03-31"),
        ("14 mars 2024", "2024-03-14", "2024-03-14"),
        ("14/3 2024", "2024-03-14", "2024-03-14"),
        ("sept 2024", "2024-09-01", "2024-09-30"),
        ("2023-11..2024-02", "2023-11-01", "2024-02-29"),
        ("2024-03-01..", "2024-03-01", "2099-12-31"),
        ("..2024", "1863-01-01", "2024-12-31"),
        (">2020", "2021-01-01", "2099-12-31"),
        (">=2020", "2020-01-01", "2099-12-31"),
        ("<2024-03", "1863-01-01", "2024-02-29"),
        ("<=2024-03", "1863-01-01", "2024-03-31"),
    ],
)
def test_a_span_is_read(text, first, last):
    assert days.between(text) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["", "..", "snart", "2024-13", "2024-02-30", "32 mars 2024", "3/14 2024", "hej 2024", "12"]
)
def test_what_is_no_date_is_none(text):
    assert days.between(text) is None


@pytest.mark.parametrize(
    ("first", "last"), [("2019-03-17", "2024-11-25"), ("2024-02-28", "2024-03-01"), ("2020-01-01", "2020-12-31")]
)
def test_the_parts_are_the_whole(first, last):
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    years, months, single = days.parts(first, last)
    counted = len(single) + sum((date(year + 1, 1, 1) - date(year, 1, 1)).days for year in years)
    counted += sum((days.read(month)[1] - days.read(month)[0]).days + 1 for month in months)
    assert counted == (last - first).days + 1
