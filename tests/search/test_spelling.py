"""Corrections of misspelt words, among the words that the reader may read."""

import pytest

from govern.archive.searching import engines
from govern.archive.searching.suggesting import correction
from govern.search import parse
from govern.search.spelling import Vocabulary, distances, one_off
from tests.search.conftest import INSIDERS, OUTSIDERS

SOME = """samverkansavtalet upphandling upphandlingen kostnadsfördelning ånge ange återremiss bordläggning budget
budgeten nämnden ledamöter räddningstjänsten protokoll justering verksamhet hälsinglands bergqvist ekbäck
hörapparater"""
WORDS = Vocabulary(SOME.split())


@pytest.mark.parametrize(
    ("typed", "meant"),
    {
        "samvrkansavtal": "samverkansavtalet",
        "uphandling": "upphandling",
        "upphandlign": "upphandling",
        "kostnadsfordelning": "kostnadsfördelning",
        "ateremiss": "återremiss",
        "bordlagning": "bordläggning",
        "buget": "budget",
        "nämden": "nämnden",
        "ledamoter": "ledamöter",
        "räddningtjänsten": "räddningstjänsten",
        "protokol": "protokoll",
        "justreing": "justering",
        "verksamhat": "verksamhet",
        "halsinglands": "hälsinglands",
        "bergkvist": "bergqvist",
        "ekback": "ekbäck",
        "hörapperat": "hörapparater",
    }.items(),
)
def test_the_nearest_word_is_what_was_meant(typed, meant):
    assert min(WORDS.near(typed))[1] == meant


@pytest.mark.parametrize("typed", ["snö", "xyzzy", "kommunfullmäktige", "ab", "", "budgetens" * 9])
def test_nothing_near_is_nothing(typed):
    assert not list(WORDS.near(typed))


def test_swedish_slips_cost_less():
    assert distances("ånge", ["ange", "inge", "ånge"]).tolist() == [0.75, 1.25, 0]
    assert distances("nämden", ["nämnden", "nämd", ""]).tolist() == [1, 2, 6.25]
    assert distances("avtla", ["avtal", "avttla", "atla"]).tolist() == [1, 0.5, 1]
    assert distances("avtal", []).tolist() == []


def test_a_word_with_a_slip_is_found_where_it_stands_in_a_compound_that_the_reader_may_read(engine, monkeypatch):
    monkeypatch.setattr(engines, "engine", lambda: engine)
    assert correction(parse("omsorgg"), INSIDERS).text == "omsorg"  # As in barnomsorg and äldreomsorg.
    assert correction(parse("omsorgg"), OUTSIDERS) is None
    assert correction(parse("x" * 900), INSIDERS) is None


def test_who_does_a_deed_is_found_by_it_and_a_word_by_its_beginning(engine, monkeypatch):
    monkeypatch.setattr(engines, "engine", lambda: engine)
    assert correction(parse("upphandlare"), INSIDERS).text == "upphandling"
    assert correction(parse("bredba"), INSIDERS).text == "bredband"
    assert correction(parse("granfo"), OUTSIDERS).text == "granfors"
    assert correction(parse("granfo"), INSIDERS) is None
    assert correction(parse("upphandlare"), ()) is None


def test_what_a_slip_makes():
    assert {"hemtjänst", "hemtjenster", "hemtjens", "hemtjents", "ehmtjenst"} - set(one_off("hemtjenst")) == {
        "hemtjenster"
    }
    assert one_off("fard")[0] in {"färd", "fård", "farrd", "faard", "fardd", "ffard"}


def test_suggestions_are_of_what_the_reader_may_read(engine):
    assert engine.similar_words("snöröjnig", INSIDERS)[:1] == ("snöröjning",)
    assert "granfors" in engine.similar_words("granfrs", OUTSIDERS)
    assert "granfors" not in engine.similar_words("granfrs", INSIDERS)
    assert "granfors" not in engine.completions("granf", INSIDERS)
    assert engine.completions("granf", OUTSIDERS) == ("granfors",)
    assert set(engine.completions("upph", INSIDERS)) == {"upphandlingen", "upphandling"}
    assert (engine.completions("avt", ()), engine.similar_words("avtla", ())) == ((), ())
