"""The embedded engine's files: commits are visible at once, and a damaged index is detected."""

import os
import stat

import pytest

from govern.search import CatchUp, SearchUnavailable, parse
from govern.search.embedded import engine as module
from govern.search.embedded.engine import WhooshEngine
from tests.search.conftest import DOCUMENTS, INSIDERS, document


@pytest.fixture
def fresh(tmp_path, directory):
    """Return a separate engine that uses the session's compiled dictionary."""
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild(DOCUMENTS)
    return engine


def found(engine, text):
    return {hit.key for hit in engine.search(parse(text), INSIDERS).hits}


def test_a_new_directory_is_not_healthy_until_it_is_built(tmp_path):
    engine = WhooshEngine(tmp_path / "index")
    assert not engine.healthy()
    for call in (lambda: engine.search(parse("avtal"), INSIDERS), lambda: engine.update(DOCUMENTS), engine.generation):
        with pytest.raises(SearchUnavailable):
            call()
    engine.rebuild(())
    assert engine.healthy()
    assert engine.search(parse(""), INSIDERS).total == 0


def test_an_edit_is_found_at_once_and_its_former_text_never(fresh):
    before = fresh.generation()
    fresh.update([document("avtal", "Simhall", "Ny text.")], deleted=["lokal"])
    assert fresh.generation() != before
    assert found(fresh, "simhall") == {"avtal"}
    assert found(fresh, "avtal") == set()
    fresh.update([document("avtal", "Ishall", "Nyare text.")] * 2)
    assert (found(fresh, "simhall"), found(fresh, "ishall")) == (set(), {"avtal"})
    fresh.delete(["avtal", "finns inte"])
    assert found(fresh, "ishall") == set()


def test_many_small_commits_stay_correct(fresh, monkeypatch):
    monkeypatch.setattr(module, "MOST_SEGMENTS", 4)
    for number in range(25):
        fresh.update([document("avtal", f"Version{number}", "Text."), document(f"d{number}", "Gemensamt", "Bassäng.")])
    assert found(fresh, "version24") == {"avtal"}
    assert found(fresh, "version23") == set()
    assert fresh.search(parse("bassäng"), INSIDERS).total == 25


def test_another_process_sees_the_edit(fresh, tmp_path):
    other = WhooshEngine(tmp_path / "index")
    assert "avtal" in found(other, "snöröjning")
    fresh.update([document("avtal", "Simhall", "Ny text.")])
    assert found(other, "simhall") == {"avtal"}
    fresh.rebuild([document("ny", "Bassäng", "Byggd om.")])
    assert (found(other, "simhall"), found(other, "bassäng")) == (set(), {"ny"})


def test_the_sequence_is_kept_with_the_commit(fresh, tmp_path):
    assert fresh.sequence() is None
    fresh.update([document("ny", "Simhall", "Text.")], sequence=17)
    assert WhooshEngine(tmp_path / "index").sequence() == 17
    fresh.update([], sequence=18)
    assert fresh.sequence() == 18
    fresh.rebuild(DOCUMENTS, lambda: CatchUp([document("ny", "Bassäng", "Text.")], ["lokal"], 21))
    assert fresh.sequence() == 21
    assert found(fresh, "bassäng") == {"ny"}
    assert found(fresh, "hyresavtal") == set()


def test_only_the_owner_may_read_the_index(fresh, tmp_path):
    for path in (tmp_path / "index", *(path for path in (tmp_path / "index").iterdir() if path.is_dir())):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", ["cut", "empty", "noise", "gone"])
def test_a_torn_index_says_so_and_a_rebuild_mends_it(fresh, tmp_path, damage):
    (segment,) = (tmp_path / "index").glob("index-*/*.seg")
    content = segment.read_bytes()
    if damage == "gone":
        segment.unlink()
    else:
        segment.write_bytes(
            {"cut": content[: len(content) // 2], "empty": b"", "noise": os.urandom(len(content))}[damage]
        )
    engine = WhooshEngine(tmp_path / "index")
    assert not engine.healthy()
    with pytest.raises(SearchUnavailable):
        engine.search(parse("avtal"), INSIDERS)
    engine.rebuild(DOCUMENTS)
    assert engine.healthy()
    assert found(engine, "hyresavtal") == {"lokal"}


def test_an_index_of_another_version_is_not_read(fresh, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SCHEMA_VERSION", module.SCHEMA_VERSION + 1)
    newer = WhooshEngine(tmp_path / "index")
    assert not newer.healthy()
    newer.rebuild(DOCUMENTS)
    assert newer.healthy()
    assert not fresh.healthy()


def test_a_failed_rebuild_changes_nothing(fresh, tmp_path):
    def documents():
        yield document("ny", "Simhall", "Text.")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        fresh.rebuild(documents())
    with pytest.raises(ValueError, match="two documents"):
        fresh.rebuild([DOCUMENTS[0], DOCUMENTS[0]])
    assert found(fresh, "hyresavtal") == {"lokal"}
    fresh.update([document("ny", "Simhall", "Text.")])
    fresh.rebuild(DOCUMENTS)
    assert len(list((tmp_path / "index").glob("index-*"))) <= 2


def test_a_failed_update_keeps_neither_lock_nor_blame(fresh, monkeypatch):
    monkeypatch.setattr(module, "LOCK_SECONDS", 1.0)
    with pytest.raises(AttributeError):
        fresh.update([object()])
    assert fresh.healthy()
    monkeypatch.setattr(module, "row", lambda document, analysis: {"no such field": document.key})
    with pytest.raises(SearchUnavailable):
        fresh.update([document("ny", "Simhall", "Text.")])
    monkeypatch.undo()
    monkeypatch.setattr(module, "LOCK_SECONDS", 1.0)
    fresh.rebuild(DOCUMENTS)
    fresh.update([document("ny", "Simhall", "Text.")])
    assert found(fresh, "simhall") == {"ny"}


def test_a_writer_that_takes_too_long_is_not_taken_for_a_torn_index(fresh, monkeypatch):
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.2)
    with fresh._lock("update"), pytest.raises(SearchUnavailable):
        fresh.update([document("ny", "Simhall", "Text.")])
    assert fresh.healthy()
    fresh.update([document("ny", "Simhall", "Text.")])
    assert found(fresh, "simhall") == {"ny"}
