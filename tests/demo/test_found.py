"""What members ask of the demo, on both engines; at least 95 in 100 must be answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from govern.archive.searching import engines, indexing, suggesting
from govern.demo import DemoResult
from govern.forums.readers import EVERYTHING
from govern.search import Engine, Query, parse
from govern.search.embedded.engine import WhooshEngine
from tests.search.conftest import ENGINES, in_postgres
from tests.search.demo_pairs import OUTSIDE, PAIRS

pytestmark = pytest.mark.long

SHARE, FIRST = 0.95, 10
Ask = Callable[[str, set[str]], list[str]]


@pytest.fixture(scope="module", params=ENGINES)
def ask(request: pytest.FixtureRequest, demo: DemoResult, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Index the whole demo; yield a function that searches as the page does and returns headings."""
    documents = list(indexing._every_document())
    headings = {d.key.partition(":")[2]: p.text for d in documents for p in d.passages if p.field == "heading"}

    def asking(engine: Engine) -> Ask:
        def ask(text: str, terms: set[str]) -> list[str]:
            query: Query | None = parse(text)
            found = engine.search(query, terms, limit=200).hits
            for mend in (suggesting.correction, suggesting.relaxed):
                if not found and (other := mend(parse(text), terms)):
                    found = engine.search(other, terms, limit=200).hits
            return [headings[hit.key.partition(":")[2]] for hit in found]

        return ask

    with pytest.MonkeyPatch.context() as patch:
        if request.param == "embedded":
            engine: Engine = WhooshEngine(tmp_path_factory.mktemp("found"))
            patch.setattr(engines, "engine", lambda: engine)
            engine.rebuild(documents)
            yield asking(engine)
            return
        with in_postgres(request.getfixturevalue("postgres"), "found") as engine:
            patch.setattr(engines, "engine", lambda: engine)
            engine.rebuild(documents)
            yield asking(engine)


def answered(found: list[str], expected: tuple[str, ...]) -> bool:
    """Return whether the first ten hits hold what they should, and none is a heading that must not be found."""
    wanted = [heading for heading in expected if not heading.startswith("-")]
    unwanted = {heading[1:] for heading in expected if heading.startswith("-")}
    return all(heading in found[:FIRST] for heading in wanted) and unwanted.isdisjoint(found)


def test_members_find_what_they_ask_for(ask: Ask) -> None:
    """The table holds at least 150 queries, and the share counts all of them."""
    missed = [text for text, expected in PAIRS.items() if not answered(ask(text, {EVERYTHING}), expected)]
    assert len(PAIRS) >= 150
    assert len(missed) <= (1 - SHARE) * len(PAIRS), missed


@pytest.mark.parametrize("text", OUTSIDE)
def test_others_find_what_they_may_read(ask: Ask, text: str) -> None:
    """A member without a seat in the forums never finds anything secret or a draft; every query must be answered."""
    assert answered(ask(text, {"collaboration:1"}), OUTSIDE[text])
