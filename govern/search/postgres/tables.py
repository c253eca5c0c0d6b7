"""The tables of the index, in a separate schema from the migrated tables.

Like the embedded engine's files they can be dropped at any time, and each build creates its own.

    search.state          the build in use, its version and the last outbox row durably in it
    search.documents_7    a row for each document and part: terms, day, and the ids of its facet values
    search.marks_7        those facet values by id, as `forum:nordradet`
    search.words_7        every word, for suggestions
"""

from __future__ import annotations

SCHEMA_VERSION = 2

STATE = """
CREATE SCHEMA IF NOT EXISTS search;
CREATE TABLE IF NOT EXISTS search.state (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    build integer NOT NULL,
    version text NOT NULL,
    generation bigint NOT NULL,
    sequence bigint
);
"""

BUILD = """
DROP TABLE IF EXISTS search.documents_{n}, search.marks_{n}, search.words_{n};
CREATE TABLE search.documents_{n} (
    id bigint GENERATED ALWAYS AS IDENTITY,
    key text NOT NULL,
    part smallint NOT NULL,
    day date NOT NULL,
    marks bytea NOT NULL,
    terms tsvector NOT NULL
) WITH (toast_tuple_target = 128);
ALTER TABLE search.documents_{n} ALTER COLUMN terms SET STORAGE EXTERNAL;
CREATE TABLE search.marks_{n} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value text NOT NULL UNIQUE);
CREATE TABLE search.words_{n} (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value text COLLATE "C" NOT NULL UNIQUE
);
"""

"""Terms are stored uncompressed, since decompressing four hundred documents takes longer than ranking them.

`marks` are ids of four bytes, which are concatenated for all matches and counted by the client: counting them in the
server would take most of the time of a search.
"""

INDEXES = """
SET LOCAL maintenance_work_mem = '256MB';
CREATE INDEX documents_{n}_terms ON search.documents_{n} USING gin (terms) WITH (fastupdate = off);
CREATE UNIQUE INDEX documents_{n}_key ON search.documents_{n} (key, part);
CREATE UNIQUE INDEX documents_{n}_id ON search.documents_{n} (id);
"""

DROP = "DROP TABLE IF EXISTS search.documents_{n}, search.marks_{n}, search.words_{n}"

READ = "SELECT build, version, to_regclass('search.documents_' || build) IS NOT NULL FROM search.state"

BUILDS = """
SELECT substring(table_name from 11)::integer FROM information_schema.tables
WHERE table_schema = 'search' AND table_name LIKE 'documents\\_%%'
"""

QUICK = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL enable_seqscan = off; SET LOCAL jit = off; SET LOCAL plan_cache_mode = force_custom_plan;
SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '32MB'
"""
"""Settings for a search, which sees one snapshot of the index.

The planner cannot estimate how many documents a tsquery matches, so it is made to use the index.
"""

FIRST = "part = 0"
ONCE = """
(part = 0 OR NOT EXISTS (
    SELECT FROM search.documents_{n} AS former
    WHERE former.key = here.key AND former.part < here.part AND former.terms @@ %(query)s::tsquery
))
"""
"""The parts of a document to match: the first, which has every term, or the first of the parts that match."""

BEGINNING = """
WITH few AS MATERIALIZED (
    SELECT value FROM search.words_{n} WHERE value >= %(start)s AND value < %(start)s || chr(1114109) ORDER BY value
    LIMIT %(most)s
)
SELECT value FROM few ORDER BY length(value), value LIMIT %(some)s
"""

OFTEN = """
SELECT (
    SELECT count(*) FROM (
        SELECT FROM search.documents_{n} WHERE terms @@ query::tsquery AND part = 0 LIMIT {most}
    ) AS found
) FROM unnest(%s::text[]) WITH ORDINALITY AS asked (query, place) ORDER BY place
"""

FOUND = """
WITH found AS MATERIALIZED (
    SELECT id, day, marks FROM search.documents_{n} AS here WHERE terms @@ %(query)s::tsquery AND {part}
), page AS ({page})
SELECT (SELECT count(*) FROM found), (SELECT string_agg(marks, '') FROM found),
    ARRAY(SELECT key FROM page ORDER BY score DESC, day DESC, id DESC),
    ARRAY(SELECT score FROM page ORDER BY score DESC, day DESC, id DESC)
"""
"""The number of matches, their facet values and one page of them, always in a single statement."""

NEWEST = """
    SELECT key, 0::real AS score, found.day, id
    FROM (SELECT id, day FROM found ORDER BY day DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s) AS found
    JOIN search.documents_{n} USING (id)
"""

BEST = """
    WITH chosen AS (
        (SELECT id FROM found ORDER BY day DESC, id DESC LIMIT %(most)s){headed}
    ), ranked AS MATERIALIZED (
        SELECT id, ts_rank('{{0.02, 0.1, 0.25, 1}}', terms, %(ranked)s::tsquery) AS score
        FROM chosen JOIN search.documents_{n} USING (id)
    ), best AS (
        SELECT id, day, coalesce(score, 0) AS score FROM found LEFT JOIN ranked USING (id)
        ORDER BY score DESC NULLS LAST, day DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
    )
    SELECT key, score, best.day, id FROM best JOIN search.documents_{n} USING (id)
"""
"""A page of the best matches.

Ranking reads all terms of a document, so if there are many matches, only the newest and those with the words in their
heading are ranked.
"""

HEADED = """
    UNION (SELECT id FROM search.documents_{n}
           WHERE (SELECT count(*) FROM found) > %(most)s AND terms @@ %(headed)s::tsquery AND part = 0
           ORDER BY day DESC, id DESC LIMIT %(most)s)"""
