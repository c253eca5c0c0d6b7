"""Compare search with SQLite FTS5 over the same rows in the same run: `python -m bench.search 1000 10000 100000`.

Every engine answers the same queries in turn: twenty hits, the total count, eight facets, and the passages with
marked words, from the rows' text. It prints the percentiles in milliseconds, the time of the first, uncached round,
the ratio of the 95th to FTS5's, and the growth with the number of paragraphs. FTS5 neither inflects words nor splits
compounds: it is a baseline for speed only.
With `--postgres-only` the embedded engine is left out, as for 1 000 000.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy

from govern.search import Document, Engine, Facet, Mark, Passage, Sort, highlight, parse
from govern.search.embedded.engine import WhooshEngine
from govern.search.lists import words_of
from govern.search.postgres.engine import PostgresEngine
from govern.search.terms import SWEDISH
from tests.servers import running_postgres

SIZES = (1_000, 10_000)
QUERIES, ROUNDS, SHOWN = 200, 3, 20
GROWTH, FRESH = 0.8, 2.0
TARGETS = {"embedded": (1.0, 10_000), "PostgreSQL": (1.2, 100_000)}  # Times FTS5's p95, and from which size.
ENDINGS = ("", "", "en", "et", "er", "ar", "erna", "arna", "s", "ens")
FORUMS = [f"forum-{number}" for number in range(24)]
PEOPLE = [f"{first} {last}" for first in ("Alva", "Bertil", "Disa", "Egon", "Frida", "Göran", "Hulda", "Inge", "Jarl",
          "Karin") for last in ("Alm", "Björk", "Ceder", "Dagg", "Ek", "Fors", "Gran", "Hed", "Is", "Järv", "Klint",
          "Lind", "Mo", "Näs", "Ås", "Poppel", "Rönn", "Sten", "Tall", "Udd", "Vik", "Ö", "Äng", "Berg")]  # fmt: skip
PARTIES, OUTCOMES = ("S", "M", "C", "V", "L", "MP", "KD", "SD"), ("approval", "rejection", "remission", "noting")
COUNTED = "forum, year, kind, state, outcome, duty"
READERS = frozenset({"collaboration:1", "forum:3"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A query in the syntax of both."""

    words: str
    match: str
    filters: dict[Facet, list[str]]
    sort: Sort = "best"


class Words:
    """A vocabulary of municipal words, compounds and names, with the word frequencies of a natural language."""

    def __init__(self, source: random.Random) -> None:
        plain = [word for word in words_of("parts.txt") if "|" not in word]
        compounds = [f"{source.choice(plain)}s{source.choice(plain)}" for _ in range(6000)]
        rare = ["".join(source.choices("bdfgklmnprstv", k=2)) + source.choice("aeiouåäö") +
                "".join(source.choices("bdfgklmnprstvaeio", k=4)) for _ in range(20_000)]  # fmt: skip
        little = ["och", "att", "i", "för", "som", "av", "till", "den", "ska", "är", "på", "med", "om", "det", "vid"]
        self.plain, self.compounds, self.rare = plain, compounds, rare
        source.shuffle(plain)
        self.all = [*little, *plain, *compounds, *rare]
        weights = [1 / (rank + 3) for rank in range(len(self.all))]
        total, self.cumulated = 0.0, []
        for weight in weights:
            total += weight
            self.cumulated.append(total)
        self.source = source

    def text(self, count: int) -> str:
        """Return `count` words, sometimes inflected, in sentences."""
        words = self.source.choices(self.all, cum_weights=self.cumulated, k=count)
        inflected = [word + self.source.choice(ENDINGS) if len(word) > 4 else word for word in words]
        for at in range(0, count, 14):
            inflected[at] = inflected[at].capitalize()
            inflected[at - 1] += "."
        return " ".join(inflected)


def documents(size: int) -> Iterator[Document]:
    """Yield `size` paragraphs, deterministically."""
    source = random.Random(814)
    words = Words(source)
    start = date(2010, 1, 1)
    for number in range(size):
        heading, body, clause = (
            words.text(source.randrange(3, 9)),
            words.text(source.randrange(60, 210)),
            words.text(20),
        )
        day = start + timedelta(days=int(source.random() * 5500))
        people = source.sample(PEOPLE, source.choice((0, 0, 1, 1, 2, 3)))
        marks = [Mark("person", name) for name in people]
        marks += [Mark("party", PARTIES[PEOPLE.index(name) % 8]) for name in people]
        marks += [Mark("outcome", source.choice(OUTCOMES)), Mark("duty", source.choice(("open", "late", "closed")))]
        forum = source.choice(FORUMS)
        yield Document(
            key=f"paragraph:{number}",
            kind=source.choice("bipru"),
            state="sealed" if source.random() < 0.97 else "draft",
            forum=forum,
            forum_name=forum,
            date=day,
            year=day.year,
            number=number % 900,
            readers=frozenset({f"collaboration:{1 + number % 2}", f"forum:{number % 24}", "all"}),
            people=tuple(people),
            marks=tuple(dict.fromkeys(marks)),
            passages=(
                Passage("heading", "p", heading),
                Passage("section", "p-s1", body),
                Passage("decision", "p-b1-1", f"att {clause}"),
            ),
        )


def queries() -> list[Asked]:
    """Return queries: common words, two words, phrases, prefixes, rare words, in a facet, the newest, and either-or."""
    source = random.Random(815)
    words = Words(random.Random(814))
    common, less = words.plain[:60], words.plain[60:]
    asked = []
    for number in range(QUERIES):
        one, other, rare = source.choice(common), source.choice(less), source.choice(words.rare[:8000])
        compound = source.choice(words.compounds[:2000])
        forms: tuple[tuple[str, str, dict[Facet, list[str]], Sort], ...] = (
            (one, one, {}, "best"),
            (f"{one} {other}", f"{one} AND {other}", {}, "best"),
            (f'"{one} {source.choice(common)}"', "", {}, "best"),
            (f"{other[:5]}*", f"{other[:5]}*", {}, "best"),
            (rare, rare, {}, "best"),
            (compound, compound, {}, "best"),
            (one, one, {"forum": [source.choice(FORUMS)], "year": ["2018"]}, "best"),
            (one, one, {}, "newest"),
            (f"{one} ELLER {other}", f"{one} OR {other}", {}, "best"),
            (f"{one} -{other}", f"{one} NOT {other}", {}, "best"),
        )
        text, match, filters, sort = forms[number % len(forms)]
        asked.append(Asked(text, match or text, filters, sort))
    return asked


class Plain:
    """FTS5 beside a table of rows, with indexes where they help."""

    def __init__(self, path: Path, size: int) -> None:
        self.sql = sqlite3.connect(path)
        self.sql.executescript(
            """
            PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=2000000000; PRAGMA cache_size=-64000;
            CREATE TABLE rows (id INTEGER PRIMARY KEY, heading, body, day, forum, year, kind, state, outcome, duty);
            CREATE TABLE readers (reader, id INTEGER, PRIMARY KEY (reader, id)) WITHOUT ROWID;
            CREATE TABLE marks (id INTEGER, facet, value, PRIMARY KEY (id, facet, value)) WITHOUT ROWID;
            CREATE VIRTUAL TABLE words USING fts5 (heading, body, tokenize="unicode61 remove_diacritics 0");
            """
        )
        for number, document in enumerate(documents(size)):
            heading, *body = (passage.text for passage in document.passages)
            marks = {mark.facet: mark.value for mark in document.marks}
            facts = [document.forum, str(document.year), document.kind, document.state, marks["outcome"], marks["duty"]]
            row = (number, heading, "\n".join(body), document.date.toordinal(), *facts)
            self.sql.execute("INSERT INTO rows VALUES (?,?,?,?,?,?,?,?,?,?)", row)
            self.sql.execute("INSERT INTO words (rowid, heading, body) VALUES (?,?,?)", row[:3])
            self.sql.executemany("INSERT INTO readers VALUES (?,?)", ((r, number) for r in document.readers))
            several = [(number, m.facet, m.value) for m in document.marks if m.facet in ("person", "party")]
            self.sql.executemany("INSERT INTO marks VALUES (?,?,?)", several)
        self.sql.execute("INSERT INTO words (words) VALUES ('optimize')")
        self.sql.commit()
        self.sql.execute("ANALYZE")

    def ask(self, asked: Asked) -> None:
        """Answer with hits, snippets, the total count and the facets."""
        narrowed = "".join(f" AND {facet} = '{values[0]}'" for facet, values in asked.filters.items())
        who = "', '".join(READERS)
        self.sql.execute(f"CREATE TEMP TABLE IF NOT EXISTS found (id INTEGER PRIMARY KEY, score REAL, day, {COUNTED})")
        self.sql.execute("DELETE FROM found")
        self.sql.execute(
            f"INSERT INTO found SELECT rows.id, bm25(words, 2.5, 1.0), day, {COUNTED}"
            " FROM words JOIN rows ON rows.id = words.rowid"
            f" WHERE words MATCH ?{narrowed}"
            f" AND EXISTS (SELECT 1 FROM readers WHERE reader IN ('{who}') AND readers.id = rows.id)",
            (asked.match,),
        )
        self.sql.execute("SELECT count(*) FROM found").fetchone()
        for facet in COUNTED.split(", "):
            self.sql.execute(f"SELECT {facet}, count(*) FROM found GROUP BY 1").fetchall()
        self.sql.execute("SELECT facet, value, count(*) FROM found JOIN marks USING (id) GROUP BY 1, 2").fetchall()
        order = "day DESC" if asked.sort == "newest" else "score, day DESC"
        page = self.sql.execute(f"SELECT id FROM found ORDER BY {order} LIMIT {SHOWN}").fetchall()
        places = ",".join(str(number) for (number,) in page) or "-1"
        self.sql.execute(
            "SELECT highlight(words, 0, '<', '>'), snippet(words, 1, '<', '>', '…', 40) FROM words"
            f" WHERE words MATCH ? AND rowid IN ({places})",
            (asked.match,),
        ).fetchall()

    def texts(self, keys: list[int]) -> list[tuple[str, str]]:
        """Read the texts to display."""
        places = ",".join(map(str, keys)) or "-1"
        return self.sql.execute(f"SELECT heading, body FROM rows WHERE id IN ({places})").fetchall()


def ours(engine: Engine, plain: Plain) -> Callable[[Asked], None]:
    """Answer as the search page does."""

    def ask(asked: Asked) -> None:
        query = parse(asked.words)
        results = engine.search(query, READERS, limit=SHOWN, sort=asked.sort, filters=asked.filters)
        for texts in plain.texts([int(hit.key.partition(":")[2]) for hit in results.hits]):
            for text in texts:
                highlight(text, query)

    return ask


def percentiles(times: list[float]) -> tuple[float, float, float]:
    """Return the 50th, 95th and 99th percentile in milliseconds."""
    cuts = statistics.quantiles([seconds * 1000 for seconds in times], n=100)
    return cuts[49], cuts[94], cuts[98]


def fresh(engine: Engine, size: int) -> float:
    """Return the seconds until an edited paragraph is found, the longest of ten."""
    some = [document for document, _ in zip(documents(10), range(10), strict=True)]
    longest = 0.0
    for number, document in enumerate(some):
        word = f"nyord{'abcdefghij'[number]}"
        begun = time.perf_counter()
        engine.update([replace(document, passages=(Passage("heading", "p", word), *document.passages))])
        if not engine.search(parse(word), {"all"}).total:
            raise SystemExit(f"an edit was not found among {size}")
        longest = max(longest, time.perf_counter() - begun)
    engine.update(some)
    return longest


def main(arguments: Sequence[str] = ()) -> None:
    """Print the figures for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--postgres-only", action="store_true", help="leave the embedded engine out")
    chosen = parser.parse_args(arguments)
    p95: dict[str, list[tuple[int, float]]] = {}
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres(durable=True))
        SWEDISH.keep(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        for size in sorted(chosen.sizes):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            database = sqlalchemy.create_engine(
                server.create(f"of_{size}").replace("postgresql:", "postgresql+psycopg:")
            )
            engines: dict[str, Engine] = {"PostgreSQL": PostgresEngine(lambda database=database: database)}
            if not chosen.postgres_only:
                engines = {"embedded": WhooshEngine(folder / "index"), **engines}
            measure(size, engines, folder, p95)
            database.dispose()
            server.drop(f"of_{size}")
    for name, points in p95.items():
        for (small, low), (large, high) in itertools.pairwise(points):
            grown = math.log(high / low) / math.log(large / small)
            verdict = "" if name == "FTS5" else f" ({'within' if grown < GROWTH else 'ABOVE'} n^{GROWTH})"
            print(f"{name}: from {small} to {large} the p95 grows as n^{grown:.2f}{verdict}")


def measure(size: int, engines: dict[str, Engine], folder: Path, p95: dict[str, list[tuple[int, float]]]) -> None:
    """Build the indexes, run the queries in turn, and print the results."""
    plain = Plain(folder / "plain.db", size)
    for name, engine in engines.items():
        begun = time.perf_counter()
        engine.rebuild(documents(size))
        print(f"{size} paragraphs, {name}: indexed in {time.perf_counter() - begun:.0f} s")
    asks: dict[str, Callable[[Asked], None]] = {"FTS5": plain.ask}
    asks |= {name: ours(engine, plain) for name, engine in engines.items()}
    times: dict[str, list[float]] = {name: [] for name in asks}
    first: dict[str, list[float]] = {name: [] for name in asks}
    for turn in range(ROUNDS + 1):
        for asked in queries():
            for name, ask in asks.items():
                begun = time.perf_counter()
                ask(asked)
                # The first round fills the caches, and is reported separately.
                (times if turn else first)[name].append(time.perf_counter() - begun)
    floor = percentiles(times["FTS5"])[1]
    for name, taken in times.items():
        p50, high, p99 = percentiles(taken)
        p95.setdefault(name, []).append((size, high))
        line = f"{size:>9} {name:<10} p50 {p50:6.1f}  p95 {high:6.1f}  p99 {p99:6.1f} ms"
        line += f"  (p95 of the first time {percentiles(first[name])[1]:.1f})"
        if name != "FTS5":
            most, least = TARGETS[name]
            line += f"  {high / floor:.2f} times FTS5's p95"
            if size >= least:
                line += f" ({'within' if high / floor <= most else 'ABOVE'} {most})"
        print(line)
    for name, engine in engines.items():
        seconds = fresh(engine, size)
        verdict = "within" if seconds <= FRESH else "ABOVE"
        print(f"{size:>9} {name:<10} an edit is found after {seconds * 1000:.0f} ms ({verdict} {FRESH:.0f} s)")


if __name__ == "__main__":
    main(sys.argv[1:])
