"""The tables of the index. They stand in a schema of their own, apart from the migrated ones: like the embedded
engine's files they can be thrown away at any time, and each build makes its own.

    search.state          which build is read, of which version, and the last outbox row that is safely in it
    search.documents_7    a row a document and part: terms, day, group and people
    search.groups_7       the values that the single facets count, each combination once
    search.people_7       the names that the facet of people counts
    search.words_7        every word, for suggestions
"""

from __future__ import annotations

SCHEMA_VERSION = 1

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
DROP TABLE IF EXISTS search.documents_{n}, search.groups_{n}, search.people_{n}, search.words_{n};
CREATE TABLE search.documents_{n} (
    id bigint GENERATED ALWAYS AS IDENTITY,
    key text NOT NULL,
    part smallint NOT NULL,
    day date NOT NULL,
    group_id integer NOT NULL,
    people integer[],
    terms tsvector NOT NULL
) WITH (toast_tuple_target = 128);
CREATE TABLE search.groups_{n} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value text NOT NULL UNIQUE);
CREATE TABLE search.people_{n} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value text NOT NULL UNIQUE);
CREATE TABLE search.words_{n} (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value text COLLATE "C" NOT NULL UNIQUE
);
"""

INDEXES = """
SET LOCAL maintenance_work_mem = '256MB';
CREATE INDEX documents_{n}_terms ON search.documents_{n} USING gin (terms) WITH (fastupdate = off);
CREATE UNIQUE INDEX documents_{n}_key ON search.documents_{n} (key, part);
CREATE UNIQUE INDEX documents_{n}_id ON search.documents_{n} (id);
CREATE INDEX documents_{n}_part ON search.documents_{n} (part) WHERE part > 0;
"""

DROP = "DROP TABLE IF EXISTS search.documents_{n}, search.groups_{n}, search.people_{n}, search.words_{n}"

BUILDS = """
SELECT substring(table_name from 11)::integer FROM information_schema.tables
WHERE table_schema = 'search' AND table_name LIKE 'documents\\_%%'
"""

QUICK = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL enable_seqscan = off; SET LOCAL jit = off; SET LOCAL plan_cache_mode = force_custom_plan;
SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '32MB'
"""
"""What holds for a search: it sees one state of the index, and the planner, who does not know how many documents a
tsquery leaves, is told to use the index."""

LONG = "SELECT EXISTS (SELECT FROM search.documents_{n} WHERE part > 0)"

EVERY = "SELECT id, day, group_id, people FROM search.documents_{n} WHERE terms @@ %(query)s::tsquery"
FIRST = f"{EVERY} AND part = 0"
ONCE = f"{EVERY.replace('SELECT', 'SELECT DISTINCT ON (key)', 1)} ORDER BY key, part"
"""What fits: where no document has several parts; the parts that know every word; and any part, each document once."""

BEGINNING = """
WITH few AS MATERIALIZED (
    SELECT value FROM search.words_{n} WHERE value >= %(start)s AND value < %(start)s || chr(1114109) ORDER BY value
    LIMIT %(most)s
)
SELECT value FROM few ORDER BY length(value), value LIMIT %(some)s
"""

OFTEN = """
SELECT count(*) FROM (SELECT FROM search.documents_{n} WHERE terms @@ %s::tsquery AND part = 0 LIMIT {most}) AS found
"""

FOUND = """
WITH found AS MATERIALIZED ({found})
SELECT 0 AS what, 0 AS id, count(*) AS number FROM found
UNION ALL SELECT 1, group_id, count(*) FROM found GROUP BY group_id
UNION ALL SELECT 2, person, count(*) FROM found, unnest(people) AS person GROUP BY person
"""
"""How many documents a query finds, and how they spread."""

NEWEST = """
WITH page AS (SELECT id, day FROM ({found}) AS found ORDER BY day DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s)
SELECT key, 0.0 FROM page JOIN search.documents_{n} USING (id) ORDER BY page.day DESC, id DESC
"""

BEST = """
WITH found AS MATERIALIZED ({found}), chosen AS (
    (SELECT id FROM found ORDER BY day DESC, id DESC LIMIT %(most)s){headed}
), ranked AS MATERIALIZED (
    SELECT id, ts_rank('{{0.02, 0.1, 0.25, 1}}', terms, %(ranked)s::tsquery) AS score
    FROM chosen JOIN search.documents_{n} USING (id)
), page AS (
    SELECT id, day, coalesce(score, 0) AS score FROM found LEFT JOIN ranked USING (id)
    ORDER BY score DESC NULLS LAST, day DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
)
SELECT key, score FROM page JOIN search.documents_{n} USING (id) ORDER BY score DESC, page.day DESC, id DESC
"""
"""A page of the best. Ranking reads all of a document's terms: of many it is given to the newest, and to those that
have the words in their heading."""

HEADED = """
    UNION (SELECT id FROM search.documents_{n} WHERE terms @@ %(headed)s::tsquery AND part = 0
           ORDER BY day DESC, id DESC LIMIT %(most)s)"""
