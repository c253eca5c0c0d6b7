"""The fast evaluation agrees with Whoosh's own, on an index with several segments and deleted documents."""

import random
from datetime import date

import pytest
from whoosh.scoring import BM25F

from govern.search import parse
from govern.search.embedded import engine as module
from govern.search.embedded import native, writing
from govern.search.embedded.engine import WhooshEngine
from govern.search.embedded.fields import K1, B
from govern.search.embedded.postings import Cache
from govern.search.embedded.vectors import Collection
from govern.search.plan import plan
from govern.search.steps import All, Fact
from tests.search.conftest import document
from tests.search.test_answers import ANSWERS
from tests.tiers import quick_params

WORDS = [
    "avtal",
    "samverkansavtal",
    "samverkan",
    "skola",
    "skolan",
    "nämnd",
    "nämnden",
    "budget",
    "kostnad",
    "fördelning",
    "kostnadsfördelning",
    "IT-drift",
    "drift",
    "och",
    "att",
    "i",
    "gemensam",
    "beslut",
    "beslutade",
    "§",
    "12",
    "KS",
    "2018/14",
    "Tallvik",
    "(S)",
    "uppdrag",
]
SCORED = ("avtal", "skola", "tallvik", "budget")


@pytest.fixture(scope="module")
def searcher(tmp_path_factory, directory):
    """Yield a searcher over an index with many segments, blocks and deleted documents."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "BLOCK", 7)
        patch.setattr(module, "MOST_PLACES", 10_000)
        yield written(tmp_path_factory)


def written(tmp_path_factory):
    source = random.Random(6)
    engine = WhooshEngine(tmp_path_factory.mktemp("vectors"))

    def some(first, last):
        for number in range(first, last):
            heading, text = (" ".join(source.choices(WORDS, k=source.randrange(2, most))) for most in (6, 60))
            readers = frozenset({source.choice(["one", "two"])})
            day = date(source.randrange(2019, 2025), 3, 1 + number % 28)
            more = {"state": source.choice(["", "open", "late"]), "people": ("Nils Ödman (S)",) * (number % 3)}
            forum = source.choice(["a", "b", "c"])
            yield document(f"d{number}", heading, text, readers=readers, day=day, number=number, forum=forum, **more)

    engine.rebuild(some(0, 300))
    engine.update(some(250, 330), [f"d{number}" for number in range(40)])
    engine.update(some(330, 331))
    live = engine._live()
    searcher = live.index.searcher(weighting=BM25F(B=B, K1=K1))
    assert len(searcher.leaf_searchers()) > 4
    return searcher


def queries():
    source = random.Random(7)
    yield from ANSWERS
    yield from SCORED
    for _ in range(150):
        words = [source.choice(WORDS) for _ in range(source.randrange(1, 4))]
        form = source.choice(["{}", '"{}"', "-{}", "{}*", "({}) ELLER tallvik", "år:2020-2022 {}", "status:open {}"])
        yield form.format(" ".join(words))


@pytest.mark.long
@pytest.mark.parametrize("sort", quick_params(["best", "newest"], ["newest"]))
def test_both_ways_find_the_same(searcher, sort):
    fast = Collection(searcher, Cache(most=50_000))
    for text in queries():
        step = All((plan(parse(text)), Fact(("a:one",))))
        hits, total, facets = fast.answer(step, limit=500, offset=0, sort=sort)
        expected_hits, expected_total, expected_facets = native.answer(searcher, step, limit=500, offset=0, sort=sort)
        assert (text, total, facets) == (text, expected_total, expected_facets)
        assert {hit.key for hit in hits} == {hit.key for hit in expected_hits}
        assert len(hits) == total


@pytest.mark.parametrize("word", SCORED)
def test_a_single_term_scores_as_whoosh_scores_it(searcher, word):
    step = plan(parse(f'"{word}"'))
    hits, total, _ = Collection(searcher, Cache()).answer(step, limit=20, offset=0, sort="best")
    expected, _, _ = native.answer(searcher, step, limit=20, offset=0, sort="best")
    assert total
    assert [hit.key for hit in hits] == [hit.key for hit in expected]
    assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected], rel=1e-4)


def test_pages_join_without_gap_or_repeat(searcher):
    fast = Collection(searcher, Cache())
    step = plan(parse("avtal"))
    whole, total, _ = fast.answer(step, limit=1000, offset=0, sort="best")
    paged = [fast.answer(step, limit=7, offset=start, sort="best")[0] for start in range(0, total, 7)]
    assert [hit for page in paged for hit in page] == list(whole)
