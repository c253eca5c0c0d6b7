"""Queries written before anybody looked at how they are answered, over texts invented for them.

`held_out/texts_*.txt` hold paragraphs in the style of many bodies, `pairs_*.txt` the queries on them, and `real_*.txt`
queries, in other words, on the real protocols beside the project. A line is a query and, after its last colon, the keys
that must be found; one with a - before it must not be. The hits are those that the page shows: of the corrected or
relaxed query where the typed one has none.

Answered right at first sight, alike in both engines, without the rules that set A led to, with them, and with those of
B and C:

|             | A      | B      | C      | D      | real A | real B | real C |
|-------------|--------|--------|--------|--------|--------|--------|--------|
| pairs asked | 495    | 431    | 824    | 670    | 89     | 75     | 72     |
| without     | 86.9 % | 83.1 % |        |        | 92.1 % | 90.7 % |        |
| with A's    |        | 95.4 % |        |        |        | 94.7 % |        |
| and B's     |        |        | 97.1 % |        |        |        | 94.4 % |
| and C's     |        |        |        | 92.4 % |        |        |        |

Six pairs of A, five of C, three of D and three of real C asked for what their text does not say and were removed; three
more of C named a paragraph too many. D asks for few plain forms and compounds; it favours agents and actions, words
split or joined, misspellings, sums in words, careless references and false friends.
"""

import re
from datetime import date
from pathlib import Path

import pytest

from govern.archive.searching import engines, suggesting
from govern.search import Passage, parse
from govern.search.embedded.engine import WhooshEngine
from tests.search.conftest import ENGINES, INSIDERS, document, in_postgres
from tests.search.test_real_protocols import CORPUS, TABLE, protocols

HERE = Path(__file__).parent / "held_out"
SEEDS = CORPUS.parent / "seeds"
SHARE = 0.95
FIRST = {"as typed": 5, "corpus": 10, "seeds": 10}
"""How many of the first hits may hold the wanted document, for kinds where order counts."""

SETS = ["a", "b", "c", "d", pytest.param("real", marks=[pytest.mark.real, pytest.mark.skipif(
    not (TABLE.exists() and SEEDS.exists()), reason="the corpus and the seeds lie beside the project only"
)])]  # fmt: skip


def texts(name):
    """Yield documents: a line of key, forum, day, number, reference and people, then heading and text."""
    for block in re.split(r"^== ", (HERE / f"texts_{name}.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]:
        facts, heading, text = block.strip().split("\n", 2)
        key, forum, day, number, reference, people = (fact.strip() for fact in f"{facts} ".split("|"))
        yield document(
            key,
            heading,
            text,
            forum=re.sub(r"\W+", "-", forum.lower()),
            forum_name=forum,
            day=date.fromisoformat(day),
            number=int(number),
            references=(reference,),
            people=tuple(filter(None, map(str.strip, people.split(";")))),
        )


def real():
    """Yield the real protocols, and each seed as one document."""
    yield from protocols()
    for number, path in enumerate(sorted(SEEDS.glob("*.txt"))):
        yield document(f"seed:{number}", "", "", passages=(Passage("attachment", "p", path.read_text("utf-8")),))


def pairs(name):
    """Yield the queries with their kind, the wanted keys and the unwanted keys."""
    kind = ""
    for line in (HERE / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            kind = line[2:]
        elif line:
            query, _, keys = line.rpartition(": ")
            yield (
                kind,
                query,
                {key for key in keys.split() if key[0] != "-"},
                {key[1:] for key in keys.split() if key[0] == "-"},
            )


@pytest.fixture(scope="module", params=ENGINES)
def kind_of_engine(request, directory):
    return request.param, directory


@pytest.fixture(scope="module", params=SETS)
def asked(request, kind_of_engine, tmp_path_factory):
    """Yield an engine that holds a set's texts, and the set's queries."""
    which, name = kind_of_engine[0], request.param
    documents = real() if name == "real" else texts(name)
    queries = [*pairs("real_a"), *pairs("real_b"), *pairs("real_c")] if name == "real" else list(pairs(f"pairs_{name}"))
    if which == "embedded":
        engine = WhooshEngine(tmp_path_factory.mktemp(f"held-{name}"))
        engine.rebuild(documents)
        yield engine, queries
        return
    with in_postgres(request.getfixturevalue("postgres"), f"held_{name}") as engine:
        engine.rebuild(documents)
        yield engine, queries


def found(engine, text):
    """Return the hits that the page shows, corrected or relaxed if needed, and those of the typed query alone."""
    query = parse(text)
    typed = [hit.key for hit in engine.search(query, INSIDERS, limit=300).hits]
    if typed:
        return typed, typed
    for mend in (suggesting.correction, suggesting.relaxed):
        if meant := mend(query, INSIDERS):
            return [hit.key for hit in engine.search(meant, INSIDERS, limit=300).hits], typed
    return [], typed


@pytest.mark.long
def test_what_was_asked_is_found_and_nothing_else(asked, monkeypatch):
    engine, queries = asked
    monkeypatch.setattr(engines, "engine", lambda: engine)
    missed = []
    for kind, text, wanted, unwanted in queries:
        keys, typed = found(engine, text)
        if not (wanted <= set(keys[: FIRST.get(kind, 300)]) and unwanted.isdisjoint(typed)):
            missed.append((kind, text, sorted(wanted - set(keys)), sorted(unwanted & set(typed)), keys[:5]))
    assert len(missed) <= (1 - SHARE) * len(queries), "\n".join(map(str, missed))
