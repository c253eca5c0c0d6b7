"""The PostgreSQL engine: long documents, and an index that is missing or of another version."""

import pytest

from govern.search import Passage, SearchUnavailable, parse
from govern.search.postgres import engine as module
from govern.search.postgres.compiling import lexeme
from govern.search.postgres.rows import LAST_PLACE, row
from govern.search.terms import SWEDISH
from tests.search.conftest import DOCUMENTS, INSIDERS, document, in_postgres

pytestmark = pytest.mark.postgres


@pytest.fixture
def fresh(postgres, directory):
    SWEDISH.keep(directory)
    with in_postgres(postgres, "fresh") as engine:
        engine.rebuild(DOCUMENTS)
        yield engine


def found(engine, text):
    results = engine.search(parse(text), INSIDERS)
    keys = [hit.key for hit in results.hits]
    assert len(keys) == len(set(keys)) == results.total
    return set(keys)


def test_a_thick_file_is_found_to_its_last_page(fresh):
    pages = tuple(Passage("attachment", f"p-{page}", f"sida {page} " + "löpande text " * 150) for page in range(120))
    late = Passage("attachment", "p-sist", "Den gemensamma isbrytaren köps in.")
    thick = document("bok", "Bilaga om båtar", "Kort text.")
    thick = document("bok", "", "", passages=(*thick.passages, *pages, late))
    assert len(row(thick, SWEDISH).vectors) > 2
    fresh.update([thick])
    for text in (
        "isbrytare",
        '"gemensamma isbrytaren köps"',
        "båtar isbrytaren",
        '"gemensamma isbrytaren" båtar',
        "löpande",
    ):
        assert found(fresh, text) == {"bok"}, text
    assert found(fresh, '"isbrytaren gemensamma"') == set()
    assert found(fresh, "hyresavtal") == {"lokal"}
    fresh.delete(["bok"])
    assert found(fresh, "isbrytare") == set()


@pytest.mark.long
def test_terms_and_places_stay_within_what_a_tsvector_holds():
    words = " ".join(f"ord{number}x" for number in range(70_000))
    for vector in row(document("stor", "Stor", words), SWEDISH).vectors:
        assert len(vector.encode()) < 3_000_000
        assert f":{LAST_PLACE + 1}" not in vector
    assert lexeme("o'neill\\") == "'o''neill\\\\'"


def test_a_lost_or_older_index_says_so(fresh, monkeypatch):
    newer = module.PostgresEngine(fresh._database)
    newer._version = "another"
    assert not newer.healthy()
    with pytest.raises(SearchUnavailable):
        newer.search(parse("avtal"), INSIDERS)
    newer.rebuild(DOCUMENTS)
    assert newer.healthy()
    assert not fresh.healthy()
    with newer._connected() as connection:
        connection.execute("DROP SCHEMA search CASCADE")
    assert not newer.healthy()
    newer.rebuild(DOCUMENTS)
    assert found(newer, "hyresavtal") == {"lokal"}


def test_the_sequence_is_kept_with_the_commit(fresh):
    assert fresh.sequence() is None
    fresh.update([document("ny", "Simhall", "Text.")], sequence=17)
    assert fresh.sequence() == 17
    before = fresh.generation()
    fresh.update([], sequence=18)
    assert (fresh.sequence(), fresh.generation() != before) == (18, True)


def test_a_failed_rebuild_changes_nothing(fresh):
    with pytest.raises(ValueError, match="two documents"):
        fresh.rebuild([DOCUMENTS[0], DOCUMENTS[0]])
    assert found(fresh, "hyresavtal") == {"lokal"}
    fresh.rebuild(DOCUMENTS)
    assert found(fresh, "hyresavtal") == {"lokal"}
