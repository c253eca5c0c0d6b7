"""The engine in the database server: `tables` has its tables, `rows` writes a document for them.

A rebuild fills new tables while the old ones are being read, and switches to them in one transaction, so that a process
killed at any point leaves a readable index. Two advisory locks allow one writer and one rebuild at a time.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import psycopg
import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError

from govern.search.model import FACETS, CatchUp, Document, Engine, Facet, Hit, Results, SearchUnavailable, Sort
from govern.search.plan import plan
from govern.search.postgres import tables
from govern.search.postgres.compiling import in_heading, in_order, ranked, tsquery
from govern.search.postgres.rows import Row, row
from govern.search.query import Query
from govern.search.spelling import Vocabulary
from govern.search.steps import All, Terms, narrowing, words
from govern.search.terms import SWEDISH, Analysis, fingerprint
from govern.search.tokens import fold
from govern.write_lock import slow

BATCH = 8_000_000  # Characters of rows sent in one batch: some thousand documents.
MOST_RANKED = 400
MOST_BEGINNINGS, MOST_WORDS, MOST_COUNTED, MOST_PARTS = 3000, 60, 100, 64
LOCK_SECONDS = 30.0
MARK = ">u4"
WRITING, REBUILDING = 0x60760001, 0x60760002
Connection = psycopg.Connection[Any]


class PostgresEngine(Engine):
    """A full-text index in the server that `database` connects to.

    See `model.Engine` for the methods.
    """

    def __init__(self, database: Callable[[], sqlalchemy.Engine], analysis: Analysis = SWEDISH) -> None:
        self._database = database
        self._analysis = analysis
        self._version = f"{tables.SCHEMA_VERSION}.{fingerprint()}"
        self._names = _Names()
        self._reading_words = threading.Lock()
        self._words: tuple[int, int, list[Vocabulary]] = (0, 0, [])

    @slow("writing the search index")
    def update(self, documents: Iterable[Document], deleted: Iterable[str] = (), sequence: int | None = None) -> None:
        written = {document.key: row(document, self._analysis) for document in documents}
        with self._connected() as connection:
            _lock(connection, WRITING)
            self._write(connection, self._build(connection), written, deleted)
            connection.execute(
                "UPDATE search.state SET generation = generation + 1, sequence = coalesce(%s, sequence)", (sequence,)
            )

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
        narrowed = All((step, *narrowing(readers, filters or {})))
        with self._connected() as connection:
            connection.execute(tables.QUICK)
            build = self._build(connection)
            compiled = tsquery(narrowed) if readers else None
            if compiled is None:
                return Results(facets={facet: {} for facet in FACETS} if readers else {}, words=words(step))
            page, headed = tables.NEWEST, ""
            given = {"query": compiled, "limit": limit, "offset": offset}
            if sort == "best" and (terms := ranked(step)):
                page = tables.BEST
                given |= {"ranked": terms, "most": MOST_RANKED}
                if heading := tsquery(in_heading(narrowed)):
                    headed = tables.HEADED.format(n=build)
                    given["headed"] = heading
            part = (tables.ONCE if in_order(step) else tables.FIRST).format(n=build)
            statement = tables.FOUND.format(n=build, part=part, page=page.format(n=build, headed=headed))
            ((total, marks, keys, scores),) = connection.execute(statement, given, binary=True).fetchall()
            return Results(tuple(map(Hit, keys, scores)), total, self._facets(connection, build, marks), words(step))

    def _facets(self, connection: Connection, build: int, marks: bytes | None) -> dict[Facet, dict[str, int]]:
        often = np.bincount(np.frombuffer(marks or b"", MARK).astype(np.int64))
        present = np.flatnonzero(often).tolist()
        values = self._names.of(connection, f"search.marks_{build}", present)
        counted: dict[Facet, Counter[str]] = {facet: Counter() for facet in FACETS}
        for number in present:
            facet, _, value = values[number].partition(":")
            counted[facet][value] = int(often[number])  # type: ignore[index]
        return {
            facet: dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))
            for facet, counter in counted.items()
        }

    def completions(self, start: str, readers: Collection[str], *, limit: int = 8) -> tuple[str, ...]:
        if len(start) < 2:
            return ()
        with self._connected() as connection:
            connection.execute(tables.QUICK)
            build = self._build(connection)
            given = {"start": fold(start), "most": MOST_BEGINNINGS, "some": MOST_WORDS}
            found = [word for (word,) in connection.execute(tables.BEGINNING.format(n=build), given)]
            kept = [word for word in found if not self._analysis.is_stopword(word)]
            often = self._often(connection, build, kept, readers)
            return tuple(sorted((word for word in kept if often[word]), key=lambda w: (-often[w], w))[:limit])

    def similar_words(self, word: str, readers: Collection[str], *, limit: int = 4) -> tuple[str, ...]:
        with self._connected() as connection:
            connection.execute(tables.QUICK)
            build = self._build(connection)
            near = sorted(found for part in self._vocabulary(connection, build) for found in part.near(fold(word)))
            near = near[:MOST_WORDS]
            often = self._often(connection, build, [other for _, other in near], readers)
            ranked = sorted((far, -often[other], other) for far, other in near if often[other])
            return tuple(other for _, _, other in ranked[:limit])

    def _often(
        self, connection: Connection, build: int, found: Collection[str], readers: Collection[str]
    ) -> dict[str, int]:
        """Count, for each word and up to MOST_COUNTED, the documents with the word that the readers may read."""
        if not readers:
            return dict.fromkeys(found, 0)
        narrow = tuple(narrowing(readers, {}))
        # Always count the empty word too, so that timing does not reveal whether there is any word to count.
        asked = [tsquery(All((Terms(((f"w:{word}", 1.0),)), *narrow))) for word in ("", *found)]
        counts = connection.execute(tables.OFTEN.format(n=build, most=MOST_COUNTED), (asked,)).fetchall()[1:]
        return {word: often for word, (often,) in zip(found, counts, strict=True)}

    def _vocabulary(self, connection: Connection, build: int) -> list[Vocabulary]:
        """Return all words, those added since the last call as a separate part."""
        with self._reading_words:
            known, last, parts = self._words
            if known != build or len(parts) > MOST_PARTS:
                last, parts = 0, []
            fresh = connection.execute(
                f"SELECT id, value FROM search.words_{build} WHERE id > %s ORDER BY id", (last,)
            ).fetchall()
            if fresh:
                last, parts = fresh[-1][0], [*parts, Vocabulary([word for _, word in fresh])]
            self._words = build, last, parts
            return parts

    def generation(self) -> str:
        with self._connected() as connection:
            build = self._build(connection)
            (generation,) = connection.execute("SELECT generation FROM search.state").fetchone() or (0,)
            return f"{build}.{generation}"

    def sequence(self) -> int | None:
        with self._connected() as connection:
            self._build(connection)
            (sequence,) = connection.execute("SELECT sequence FROM search.state").fetchone() or (None,)
            return sequence

    def healthy(self) -> bool:
        try:
            with self._connected() as connection:
                return self._build(connection) >= 0
        except SearchUnavailable:
            return False

    @slow("building the search index")
    def rebuild(self, documents: Iterable[Document], catch_up: Callable[[], CatchUp] | None = None) -> int:
        with self._connected() as holder:
            _lock(holder, REBUILDING)
            with self._connected() as connection:
                connection.execute(tables.STATE)
                builds = [found for (found,) in connection.execute(tables.BUILDS)]
                current = connection.execute("SELECT build FROM search.state").fetchone()
                build = 1 + max(builds, default=0)
                connection.execute(tables.BUILD.format(n=build))
            with self._connected() as connection:
                keys = self._fill(connection, build, documents)
                connection.execute(tables.INDEXES.format(n=build))
                connection.execute(f"ANALYZE search.documents_{build}")
            with self._connected() as connection:
                _lock(connection, WRITING)
                change = catch_up() if catch_up is not None else CatchUp()
                written = {document.key: row(document, self._analysis) for document in change.documents}
                deleted = set(change.deleted)
                self._write(connection, build, written, deleted)
                keys = keys - deleted | written.keys()
                counted = connection.execute(f"SELECT count(*) FROM search.documents_{build} WHERE part = 0").fetchone()
                if counted != (len(keys),):
                    raise SearchUnavailable(f"{len(keys)} documents were given and {counted} are in the new index")
                connection.execute(
                    "INSERT INTO search.state VALUES (true, %(build)s, %(version)s, 1, %(sequence)s)"
                    " ON CONFLICT (single) DO UPDATE SET build = %(build)s, version = %(version)s,"
                    " sequence = %(sequence)s, generation = state.generation + 1",
                    {"build": build, "version": self._version, "sequence": change.sequence},
                )
            # Readers may still use the previous build; older ones are dropped.
            for former in builds:
                if (former,) != current:
                    with self._connected() as connection:
                        connection.execute(tables.DROP.format(n=former))
            return len(keys)

    def _fill(self, connection: Connection, build: int, documents: Iterable[Document]) -> set[str]:
        keys: set[str] = set()
        known: set[str] = set()
        # The server stores one batch while the next is analysed.
        with ThreadPoolExecutor(1) as beside:
            sent: Future[None] | None = None
            for rows in _batches(row(document, self._analysis) for document in documents):
                for found in rows:
                    if found.key in keys:
                        raise ValueError(f"two documents have the key {found.key}")
                    keys.add(found.key)
                fresh = frozenset().union(*(found.words for found in rows)) - known
                known |= fresh
                if sent is not None:
                    sent.result()
                sent = beside.submit(self._put, connection, build, rows, fresh)
            if sent is not None:
                sent.result()
        return keys

    def _write(self, connection: Connection, build: int, rows: Mapping[str, Row], deleted: Iterable[str]) -> None:
        gone = [*rows, *(set(deleted) - rows.keys())]
        if gone:
            connection.execute(f"DELETE FROM search.documents_{build} WHERE key = ANY(%s)", (gone,))
        if rows:
            fresh = frozenset().union(*(found.words for found in rows.values()))
            self._put(connection, build, list(rows.values()), fresh)

    def _put(self, connection: Connection, build: int, rows: list[Row], fresh: Collection[str]) -> None:
        marks = _identities(connection, f"search.marks_{build}", {mark for found in rows for mark in found.marks})
        _name(connection, f"search.words_{build}", fresh)
        into = f"COPY search.documents_{build} (key, part, day, marks, terms) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for found in rows:
                numbers = np.array([marks[mark] for mark in found.marks], MARK).tobytes()
                for part, vector in enumerate(found.vectors):
                    copy.write_row((found.key, part, found.day, numbers, vector))

    def _build(self, connection: Connection) -> int:
        """Return the number of the build in use."""
        found = connection.execute(tables.READ).fetchone()
        if found is None or found[1] != self._version:
            raise SearchUnavailable("the index is missing or of another version")
        build, _, there = found
        if not there:
            raise SearchUnavailable("the index's table is gone")
        return int(build)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Open a transaction separate from the request's."""
        try:
            with self._database().begin() as connection:
                found = connection.connection.driver_connection
                if not isinstance(found, psycopg.Connection):
                    raise TypeError("the engine in the server needs PostgreSQL")
                yield found
        except SearchUnavailable:
            raise
        except (psycopg.Error, SQLAlchemyError) as error:
            raise SearchUnavailable("the index could not be read") from error


class _Names:
    """A cache of facet values by id; rows of these tables never change, so each is read once."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[int, str]] = {}
        self._lock = threading.Lock()

    def of(self, connection: Connection, table: str, wanted: list[int]) -> dict[int, str]:
        """Return the names of a table by id, including at least those wanted."""
        with self._lock:
            names = self._kept.setdefault(table, {})
            missing = [identity for identity in wanted if identity not in names]
            if missing:
                names.update(
                    connection.execute(f"SELECT id, value FROM {table} WHERE id = ANY(%s)", (missing,)).fetchall()
                )
            while len(self._kept) > 8:
                self._kept.pop(next(iter(self._kept)))
            return names


def _identities(connection: Connection, table: str, values: Collection[str]) -> dict[str, int]:
    """Return the id of each value, inserting the values that are missing."""
    if not values:
        return {}
    _name(connection, table, values)
    found = connection.execute(f"SELECT value, id FROM {table} WHERE value = ANY(%s)", (list(values),))
    return dict(found.fetchall())


def _name(connection: Connection, table: str, values: Collection[str]) -> None:
    """Insert the values that are not in the table."""
    connection.execute(
        f"INSERT INTO {table} (value) SELECT value FROM unnest(%s::text[]) AS value"
        f" WHERE NOT EXISTS (SELECT FROM {table} AS there WHERE there.value = value.value) ON CONFLICT DO NOTHING",
        (sorted(values),),
    )


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield the rows in batches of about BATCH characters."""
    batch, letters = [], 0
    for found in rows:
        batch.append(found)
        letters += sum(map(len, found.vectors))
        if letters > BATCH:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch


def _lock(connection: Connection, name: int) -> None:
    """Take a lock until the transaction ends.

    Raises:
        SearchUnavailable: if another process has held it for LOCK_SECONDS.
    """
    until = time.monotonic() + LOCK_SECONDS
    while connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (name,)).fetchone() != (True,):
        if time.monotonic() > until:
            raise SearchUnavailable(f"another process has held the index's lock for {LOCK_SECONDS:.0f} seconds")
        time.sleep(0.02)
