"""Every typed text is parsed to a tree, planned and answered without an error."""

import random

import pytest

from govern.search import parse
from govern.search.plan import plan
from govern.search.query import And, Dated, Dnr, Field, Not, Or, Paragraphs, Phrase, Prefix, Word
from govern.search.steps import Fact, narrowing
from tests import flow
from tests.search.conftest import INSIDERS


@pytest.mark.parametrize(
    ("text", "tree"),
    {
        "": And(()),
        "avtal": Word("avtal"),
        "avtal hyra": And((Word("avtal"), Word("hyra"))),
        "avtal -hyra": And((Word("avtal"), Not(Word("hyra")))),
        "INTE hyra": Not(Word("hyra")),
        "a ELLER b c": Or((Word("a"), And((Word("b"), Word("c"))))),
        "(a ELLER b) c": And((Or((Word("a"), Word("b"))), Word("c"))),
        '"gemensam nämnd"': Phrase("gemensam nämnd"),
        '-"gemensam nämnd': Not(Phrase("gemensam nämnd")),
        "samverk*": Prefix("samverk"),
        "§ 812": Paragraphs(("812",)),
        "§§ 808-810": Paragraphs(("808", "809", "810")),
        "§ 63/20": Paragraphs(("63/20",)),
        "§ 116A": Paragraphs(("116a",)),
        "(S)": Word("(S)"),
        "20240314": Dated("20240314"),
        "20241314": Word("20241314"),
        "år:2024": Field("year", "2024"),
        'person:"Ola Wigg"': Field("person", "Ola Wigg"),
        "Forum: rådet": Field("forum", "rådet"),
        "okänt:värde": Word("okänt:värde"),
        "IT-drift": Word("IT-drift"),
        ") a ) b": And((Word("a"), Word("b"))),
        "a ELLER": Word("a"),
        "- -- *": And(()),
        "()": And(()),
        "år:": Word("år:"),
    }.items(),
)
def test_a_text_is_read_as(text, tree):
    assert parse(text).tree == tree


def test_a_diary_number_is_one_thing_even_with_spaces():
    tree = parse("dnr: KS 2018/14 2024/72 -KS -hyra").tree
    assert isinstance(tree, And)
    first, second, third = tree.nodes
    assert isinstance(first, Dnr)
    assert isinstance(second, Dnr)
    assert (first.reference.key, second.reference.key, third) == ("ks-2018-14", "ks-2024-72", Not(Word("hyra")))


def test_no_text_raises(engine):
    source = random.Random(814)
    pieces = [
        *'()"”«»-–−*§:/.,;\\\'´`åÄ \t\n\x00\u200d\ud7ff\U0001f600²٣İß',
        "ELLER", "INTE", "OCH", "år:", "dnr:", "person:", "forum:", "status:", "typ:", "§§ 1-999", "2024", "KS 2018/14",
        "2024/72 -KS", "avtal", "och", "it-drift", "(S)", "\u0301", "9" * 30,
    ]  # fmt: skip
    for _ in range(1000):
        text = "".join(source.choices(pieces, k=source.randrange(40)))
        plan(parse(text, typing=source.random() < 0.5))
    for text in ("(" * 5000, ")" * 5000, '"' * 999, "-" * 5000, "a " * 5000, "(a " * 400, "§" * 999, "x*" * 500):
        engine.search(parse(text), INSIDERS)
    for _ in range(150):
        engine.search(parse("".join(source.choices(pieces, k=source.randrange(12)))), INSIDERS)


@pytest.mark.parametrize("text", ["beslut mars 2024", "vad hände i mars 2024", "protokoll från 2024"])
def test_what_only_leads_up_to_a_date_is_left_out(text):
    assert plan(parse(text)) == plan(parse(text[text.index("mars") :] if "mars" in text else "2024"))


def test_both_engines_narrow_by_the_same_steps() -> None:
    """Who may find what is one plan; an engine that wrote its own could let somebody find too much."""
    assert list(narrowing({"forum:2", "all"}, {"year": ["2024", "2023"]})) == [
        Fact(("a:all", "a:forum:2")),
        Fact(("@year:2023", "@year:2024")),
    ]
    planning = {name for name, text in flow.sources().items() if 'Fact(tuple(f"a:' in text}
    assert planning == {"govern.search.steps"}
