"""The marked places and the fragments that are shown."""

import random

import pytest

from govern.search import highlight, parse, spans
from govern.search.terms import SWEDISH
from govern.search.tokens import clean

TEXT = (
    "Rådet fick en genomgång av läget. Samverkansavtalet gäller till årsskiftet, och avtalen med Tallvik sägs upp. "
    "I § 812 gav Rådet Ylva Bergqvist (C) i uppdrag att se över IT-driften enligt KS 2018/14. "
    "Bedömningen är att den gemensamma nämnden bör svara för upphandlingen."
)


@pytest.fixture(autouse=True)
def _dictionary(directory):
    SWEDISH.keep(directory)


@pytest.mark.parametrize(
    ("query", "marked"),
    {
        "avtal": ["Samverkansavtalet", "avtalen"],
        "samverkansavtal": ["Samverkansavtalet"],
        '"gemensamma nämnden"': ["gemensamma nämnden"],
        '"nämnden gemensamma"': [],
        "it-drift": ["IT-driften"],
        "drift": ["IT-driften"],
        "ks-2018/014": ["KS 2018/14"],
        "§ 812": ["§ 812"],
        "812": ["§ 812"],
        "upph*": ["upphandlingen"],
        "får": ["fick"],
        "ge": ["gav"],
        "avtal -tallvik": ["Samverkansavtalet", "avtalen"],
        "ylva bergqvist (c)": ["Ylva", "Bergqvist (C)"],
        "person:bergqvist": ["Bergqvist"],
        "år:2024 typ:beslut": [],
        "och att": [],
    }.items(),
)
def test_the_query_is_marked_where_it_stands(query, marked):
    assert [clean(TEXT)[start:end] for start, end in spans(TEXT, parse(query))] == marked


def test_a_fragment_marks_its_own_text_and_is_cut_between_words():
    long = "Något annat sades dessförinnan om helt andra frågor. " * 20 + TEXT + " Sedan talades om väder." * 30
    for fragment in highlight(long, parse("samverkansavtal nämnd"), width=120, limit=3):
        assert clean(long)[fragment.start :].startswith(fragment.text)
        assert len(fragment.text) <= 240
        assert {fragment.text[start:end] for start, end in fragment.spans} <= {"Samverkansavtalet", "nämnden"}
        assert fragment.cut_before
        assert fragment.cut_after
        assert clean(long)[fragment.start - 1].isspace()
        assert clean(long)[fragment.start + len(fragment.text)].isspace()


def test_a_text_without_the_words_has_no_fragment():
    assert highlight(TEXT, parse("simhall")) == []
    assert highlight("", parse("simhall")) == []


def test_decomposed_letters_and_soft_hyphens_are_marked_whole():
    (fragment,) = highlight("Det gemensamma a\u030arendet samver\u00adkans\u00adavtal.", parse("samverkansavtal"))
    assert [fragment.text[start:end] for start, end in fragment.spans] == ["samverkansavtal"]
    assert "årendet" in fragment.text


def test_any_text_and_any_query_can_be_marked():
    source = random.Random(812)
    pieces = [*'()"-*§:/ .,\u0301ßİ²٣å', "ELLER", "INTE", "år:", "KS 2018/14", "§§ 1-9", "avtal", "it-drift", "\n"]
    for _ in range(300):
        query, text = ("".join(source.choices(pieces, k=source.randrange(25))) for _ in range(2))
        for fragment in highlight(text, parse(query)):
            assert all(0 <= start < end <= len(fragment.text) for start, end in fragment.spans)
