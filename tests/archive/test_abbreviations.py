"""The abbreviations of the search: shipped, added, changed and removed, without rebuilding the index."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from govern.archive.searching import asking, finding, suggesting
from tests.archive.conftest import Shelf
from tests.browse import Browser

Browse = Callable[..., Browser]
ADDRESS = "/installningar/forkortningar"


def total(words: str) -> int:
    """Return the number of hits."""
    return finding.find(asking.query_of(words), {"all"}).total


def test_an_abbreviation_is_added_and_taken_away(shelf: Shelf, browse: Browse) -> None:
    """The change takes effect with the next search."""
    ada = browse("ada")
    assert total("kcg") == 0
    ada.get(ADDRESS)
    page = ada.submit("form.form", short="KCG.", long="kanslichefsgruppen")
    assert "KCG" in page.text("table")
    assert total("kcg") == 1
    ada.post(f"{ADDRESS}/kcg/ta-bort")
    assert total("kcg") == 0


def test_what_is_exported_and_mailed_knows_it_too(shelf: Shelf, browse: Browse) -> None:
    """A search gives the same paragraphs wherever it is asked, within days and in a correction as well."""
    ada = browse("ada")
    ada.get(ADDRESS)
    ada.submit("form.form", short="KCG.", long="kanslichefsgruppen")
    for pairs in ([("q", "kcg")], [("q", "kcg"), ("fran", "2000-01-01")]):
        assert len(list(asking.every(asking.read(pairs), {"all"}, most=10))) == 1
    meant = suggesting.relaxed(asking.query_of("kcg upphandlingen"), {"all"})
    assert meant is not None
    assert finding.find(meant, {"all"}).total == 2


def test_a_shipped_one_is_changed_and_given_back(shelf: Shelf, browse: Browse) -> None:
    """A shipped abbreviation can be disabled; removing the change restores it."""
    ada = browse("ada")
    ada.get(ADDRESS)
    page = ada.submit("form.form", short="kc", long="")
    assert "ändrad, fanns med som kommunchef" in page.text("table")
    assert "ingenting" in page.text("table")
    assert "ändrad" not in ada.post(f"{ADDRESS}/kc/ta-bort").text("table")


@pytest.mark.parametrize(
    ("short", "long", "sentence"),
    [
        ("två ord", "något", "i ett ord"),
        ("", "något", "Fyll i fältet"),
        ("enlångförkortning", "något", "högst tolv"),
        ("abc", "ABC", "inte förkortningen själv"),
        ("abc", "x" * 101, "högst hundra tecken"),
    ],
)
def test_what_is_no_abbreviation_is_refused(shelf: Shelf, browse: Browse, short: str, long: str, sentence: str) -> None:
    """The form keeps what was typed."""
    ada = browse("ada")
    ada.get(ADDRESS)
    page = ada.submit("form.form", status=422, short=short, long=long)
    assert sentence in page.text("main")
    assert page.find("#long").attributes["value"] == long
