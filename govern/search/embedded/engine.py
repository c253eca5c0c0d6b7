"""The embedded engine: a Whoosh index in a directory, for one machine.

    DIRECTORY/CURRENT        name and version of the index in use
    DIRECTORY/index-7/       Whoosh's files, and SEQUENCE: a generation and the last outbox row durably in it
    DIRECTORY/lemmas.bin     the compiled dictionary

A rebuild writes a new index beside the old one and replaces CURRENT, so that a process killed at any point leaves a
readable index. Readers check for a new generation at each search and then open a new reader: Whoosh's `refresh()` and
`reader(reuse=)` are never called, because they return stale copies of edited documents.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from whoosh.index import FileIndex, LockError
from whoosh.scoring import BM25F
from whoosh.util.filelock import try_for

from govern.search.embedded.fields import K1, KEY, SCHEMA_VERSION, B, row, schema
from govern.search.embedded.postings import Cache
from govern.search.embedded.storage import MapStorage, put
from govern.search.embedded.vectors import Collection as Segments
from govern.search.embedded.writing import MOST_PLACES, Writer
from govern.search.model import CatchUp, Document, Engine, Facet, Results, SearchUnavailable, Sort
from govern.search.plan import plan
from govern.search.query import Query
from govern.search.steps import All, narrowing, words
from govern.search.terms import SWEDISH, Analysis, fingerprint
from govern.search.tokens import fold
from govern.write_lock import slow

MOST_SEGMENTS = 12
MOST_WORDS = 60  # Candidate suggestions that are looked up in the documents that the reader may read.
LOCK_SECONDS = 30.0
TRIES = 10


@dataclass(frozen=True, slots=True)
class _Live:
    """The index that CURRENT names."""

    name: str
    storage: MapStorage
    index: FileIndex


class WhooshEngine(Engine):
    """A full-text index in `directory`, readable only by its owner.

    See `model.Engine` for the methods.
    """

    def __init__(self, directory: Path, analysis: Analysis = SWEDISH) -> None:
        self._directory = directory
        self._analysis = analysis
        analysis.keep(directory)
        self._version = f"{SCHEMA_VERSION}.{fingerprint()}"
        self._broken: str | None = None
        self._local = threading.local()
        self._arrays = Cache()

    @slow("writing the search index")
    def update(self, documents: Iterable[Document], deleted: Iterable[str] = (), sequence: int | None = None) -> None:
        rows = self._rows(documents)
        with self._guarded(), self._lock("update"):
            self._write(self._live(), rows, deleted, sequence)

    def delete(self, keys: Iterable[str]) -> None:
        self.update((), keys)

    def search(
        self,
        query: Query,
        readers: Collection[str],
        *,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "best",
        filters: Mapping[Facet, Collection[str]] | None = None,
    ) -> Results:
        step = plan(query, self._analysis)
        with self._guarded():
            segments = self._segments()
            if not readers:
                return Results(words=words(step))
            narrowed = All((step, *narrowing(readers, filters or {})))
            hits, total, facets = segments.answer(narrowed, limit=limit, offset=offset, sort=sort)
            return Results(hits, total, facets, words(step))

    def completions(self, start: str, readers: Collection[str], *, limit: int = 8) -> tuple[str, ...]:
        with self._guarded():
            segments = self._segments()
            found = segments.beginning_words(fold(start), MOST_WORDS) if len(start) > 1 else []
            often = segments.often([word for word in found if not self._analysis.is_stopword(word)], readers)
            return tuple(sorted((word for word in often if often[word]), key=lambda w: (-often[w], w))[:limit])

    def similar_words(self, word: str, readers: Collection[str], *, limit: int = 4) -> tuple[str, ...]:
        with self._guarded():
            segments = self._segments()
            near = sorted({found for segment in segments.segments for found in segment.vocabulary().near(fold(word))})
            often = segments.often([other for _, other in near[:MOST_WORDS]], readers)
            ranked = sorted((far, -often[other], other) for far, other in near[:MOST_WORDS] if often[other])
            return tuple(other for _, _, other in ranked[:limit])

    def generation(self) -> str:
        with self._guarded():
            live = self._live()
            return f"{live.name}.{live.index.latest_generation()}"

    def sequence(self) -> int | None:
        with self._guarded():
            live = self._live()
            path = Path(live.storage.folder) / "SEQUENCE"
            if not path.exists():
                return None
            generation, sequence = map(int, path.read_text("utf-8").split())
            return sequence if generation <= live.index.latest_generation() else None

    def healthy(self) -> bool:
        try:
            with self._guarded():
                return self._live().name != self._broken and len(self._segments().segments) >= 0
        except SearchUnavailable:
            return False

    @slow("building the search index")
    def rebuild(self, documents: Iterable[Document], catch_up: Callable[[], CatchUp] | None = None) -> int:
        with self._lock("rebuild"):
            current = self._current()
            name = f"index-{1 + max(self._numbers(), default=0)}"
            storage = MapStorage(self._directory / name)
            live = _Live(name, storage, storage.create_index(schema()))
            keys = self._fill(live, documents)
            with self._lock("update"):
                if catch_up is not None:
                    change = catch_up()
                    changed, deleted = self._rows(change.documents), set(change.deleted)
                    self._write(live, changed, deleted, change.sequence)
                    keys = keys - deleted | changed.keys()
                storage.sync()
                count: int = live.index.doc_count()
                if count != len(keys):
                    raise SearchUnavailable(f"{len(keys)} documents were given and {count} are in the new index")
                put(self._directory / "CURRENT", json.dumps({"index": name, "version": self._version}))
            self._broken = None
            # Readers may still be opening the previous index by name; older ones are removed.
            for number in self._numbers():
                if f"index-{number}" not in (name, current):
                    shutil.rmtree(self._directory / f"index-{number}", ignore_errors=True)
            return count

    def _fill(self, live: _Live, documents: Iterable[Document]) -> set[str]:
        """Write the documents, in as many segments as the memory limit requires, and return their keys."""
        keys: set[str] = set()
        remaining = iter(documents)
        for following in remaining:
            with _writer(live.index, merge=False) as writer:
                for document in chain([following], remaining):
                    if document.key in keys:
                        raise ValueError(f"two documents have the key {document.key}")
                    keys.add(document.key)
                    writer.add_document(**row(document, self._analysis))
                    if writer.places > MOST_PLACES:
                        break
        return keys

    def _rows(self, documents: Iterable[Document]) -> dict[str, dict[str, Any]]:
        """Return the index rows by key; the last of several versions of a document counts."""
        return {document.key: row(document, self._analysis) for document in documents}

    def _write(
        self, live: _Live, rows: Mapping[str, dict[str, Any]], deleted: Iterable[str], sequence: int | None
    ) -> None:
        gone = set(deleted) - rows.keys()
        if rows or gone:
            with _writer(live.index, merge=len(live.index._segments()) >= MOST_SEGMENTS) as writer:
                with writer.searcher() as searcher:
                    for key in chain(gone, rows):
                        writer.delete_by_term(KEY, key, searcher)
                for fields in rows.values():
                    writer.add_document(**fields)
        if sequence is not None:
            live.storage.sync()
            put(Path(live.storage.folder) / "SEQUENCE", f"{live.index.latest_generation()} {sequence}")

    def _segments(self) -> Segments:
        """Return this thread's view of the newest generation, reopened if the open one is older.

        While it is being opened, a writer may merge its segments away or a rebuild remove it; then retry with the newer
        one.
        """
        for _ in range(TRIES):
            before = self._newest()
            try:
                return self._opened()
            except SearchUnavailable:
                raise
            except Exception:
                self._local.__dict__.clear()
                if self._newest() == before:
                    raise
        return self._opened()

    def _newest(self) -> tuple[str, ...]:
        """Return the names of the index in use and of its tables of contents."""
        name = self._current()
        with contextlib.suppress(OSError):
            return (name or "", *sorted(path.name for path in (self._directory / (name or "")).glob("*.toc")))
        return (name or "",)

    def _opened(self) -> Segments:
        live = self._live()
        generation = f"{live.name}.{live.index.latest_generation()}"
        if getattr(self._local, "generation", None) != generation:
            searcher = live.index.searcher(weighting=BM25F(B=B, K1=K1))
            self._local.segments = Segments(searcher, self._arrays)
            self._local.generation = generation
        segments: Segments = self._local.segments
        return segments

    def _live(self) -> _Live:
        found = self._current()
        if found is None:
            raise SearchUnavailable("the index is missing or of another version")
        if found == self._broken:
            raise SearchUnavailable("the index could not be read")
        known: _Live | None = getattr(self._local, "live", None)
        if known is None or known.name != found:
            storage = MapStorage(self._directory / found)
            known = self._local.live = _Live(found, storage, storage.open_index())
        return known

    def _current(self) -> str | None:
        """Return the name of the index in use, or None if there is none of the current version."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            pointer = json.loads((self._directory / "CURRENT").read_text("utf-8"))
            if pointer["version"] == self._version and (self._directory / pointer["index"]).is_dir():
                return str(pointer["index"])
        return None

    def _numbers(self) -> list[int]:
        return [
            int(match[1])
            for path in self._directory.iterdir()
            if path.is_dir() and (match := re.fullmatch(r"index-(\d+)", path.name))
        ]

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Convert any exception that Whoosh raises for a damaged file (types vary) to `SearchUnavailable`."""
        try:
            yield
        except SearchUnavailable:
            raise
        except LockError as error:
            raise SearchUnavailable("another process is writing to the index") from error
        except Exception as error:
            self._broken = self._current()
            self._local = threading.local()
            raise SearchUnavailable("the index could not be read") from error

    @contextlib.contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        lock = MapStorage(self._directory).lock(f"{name}.lock")
        if not try_for(lock.acquire, timeout=LOCK_SECONDS, delay=0.01):
            raise SearchUnavailable(f"another process has held the index's {name} lock for {LOCK_SECONDS:.0f} seconds")
        try:
            yield
        finally:
            lock.release()


@contextlib.contextmanager
def _writer(index: FileIndex, **options: Any) -> Iterator[Writer]:
    """Commit at the end, or cancel after an exception: a writer that is merely dropped would keep Whoosh's lock."""
    writer = Writer(index, LOCK_SECONDS)
    try:
        yield writer
    except BaseException:
        writer.cancel()
        raise
    writer.commit(**options)
