"""Test for a timing leak: search for words of hidden paragraphs only, beside words that no paragraph has.

Both kinds are invented in the same way and searched for in random order, in both engines and through the pages. It
prints the medians, their ratio, and how often the hidden word took longer: 0.50 means no difference, and values within
two standard errors of it are noise. The first time a process searches for a word is reported separately, since nothing
is cached then. `python -m bench timing`.
"""

from __future__ import annotations

import math
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from contextvars import Context
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import sqlalchemy
from flask.testing import FlaskClient

from bench.search import READERS, documents
from govern import schema
from govern.search import Document, Engine, Passage, parse
from govern.search.embedded.engine import WhooshEngine
from govern.search.postgres.engine import PostgresEngine
from govern.search.terms import SWEDISH
from tests import cast as casting
from tests.apps import open_app
from tests.browse import Browser
from tests.servers import running_postgres

SIZE, HIDDEN, EACH, WORDS, ROUNDS = 3_000, 300, 40, 60, 10
NOBODY = frozenset({"forum:none"})
Ask = Callable[[str], object]
Times = dict[bool, list[float]]


def invented() -> tuple[list[str], list[str]]:
    """Invent words of one shape that no paragraph has, and divide them into hidden and absent words."""
    source = random.Random(816)
    words: set[str] = set()
    while len(words) < 2 * WORDS:
        words.add("".join(source.choices("bdfgjklmnprstv", k=3)) + "".join(source.choices("aeiouydlnrst", k=6)) + "x")
    some = sorted(words)
    source.shuffle(some)
    return some[:WORDS], some[WORDS:]


def written(hidden: list[str]) -> Iterator[Document]:
    """Yield paragraphs, the last of which are hidden from the reader and contain the hidden words."""
    source = random.Random(817)
    for number, document in enumerate(documents(SIZE + HIDDEN)):
        if number < SIZE:
            yield document
            continue
        secret = Passage("section", "p-s2", " ".join(source.sample(hidden, WORDS * EACH // HIDDEN)))
        yield replace(document, readers=NOBODY, passages=(*document.passages, secret))


def acts(engine: Engine) -> dict[str, Ask]:
    """Return the measured calls of an engine, by name."""
    return {
        "search": lambda word: engine.search(parse(word), READERS),
        "with another word": lambda word: engine.search(parse(f"{word} kommun"), READERS),
        "completions": lambda word: engine.completions(word[:5], READERS),
        "similar words": lambda word: engine.similar_words(f"{word[:6]}{word[7:]}", READERS),
    }


def measure(name: str, ask: Ask, hidden: list[str], absent: list[str]) -> None:
    """Measure in random order, repeatedly, and print the results."""
    source = random.Random(818)
    every = [(word, True) for word in hidden] + [(word, False) for word in absent]
    ask("kommun")
    first: Times = {True: [], False: []}
    later: Times = {True: [], False: []}
    for turn in range(1 + ROUNDS):
        source.shuffle(every)
        for word, secret in every:
            begun = time.perf_counter()
            ask(word)
            (later if turn else first)[secret].append(time.perf_counter() - begun)
    print(f"{name:<32}{_verdict(first)}   |{_verdict(later)}")


def _verdict(times: Times) -> str:
    a, b = (statistics.median(times[secret]) * 1000 for secret in (True, False))
    longer, error = how_often_longer(times[True], times[False])
    told = "told apart" if abs(longer - 0.5) > 2 * error else "noise"
    return f"{a:8.2f} {b:8.2f} ms{a / b:6.2f}  {longer:.2f} ± {error:.2f}  {told:<10}"


def how_often_longer(some: list[float], others: list[float]) -> tuple[float, float]:
    """Return the share of pairs in which the first is longer (Mann–Whitney's U), and its standard error by chance."""
    places = np.searchsorted(np.sort(others), some)
    share = float(places.mean()) / len(others)
    return share, math.sqrt((len(some) + len(others) + 1) / (12 * len(some) * len(others)))


def main() -> None:
    """Print the times of each engine and each page for both kinds of words."""
    hidden, absent = invented()
    print(f"{'':<32}{'first: hidden, absent, ratio, longer':<52}|   again")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        SWEDISH.keep(folder)
        server = stack.enter_context(running_postgres())
        database = sqlalchemy.create_engine(server.create("timing").replace("postgresql:", "postgresql+psycopg:"))
        stack.callback(database.dispose)
        engines = {"embedded": WhooshEngine(folder / "index"), "PostgreSQL": PostgresEngine(lambda: database)}
        for name, engine in engines.items():
            engine.rebuild(written(hidden))
            for act, ask in acts(engine).items():
                measure(f"{name}, {act}", ask, hidden, absent)
            with open_app(folder / name) as app:
                schema.upgrade()
                cast = casting.assemble()
                app.extensions["search"] = engine
                client = Browser(app).sign_in(cast.address_of("cilla")).client
                for url in ("/sok", "/sok/forslag"):
                    measure(f"{name}, {url}", partial(_opened, client, url), hidden, absent)


def _opened(client: FlaskClient, url: str, word: str) -> None:
    answer = Context().run(client.get, url, query_string={"q": word})
    if answer.status_code != 200:
        raise SystemExit(f"{url} answered {answer.status_code}")


if __name__ == "__main__":
    main()
