"""Kill an indexing process repeatedly: `python -m tests.search.killed KIND TARGET DICTIONARY TURNS`.

The killed process is a fork of this one, so that a hundred turns take seconds. After each turn the index must be
readable and hold everything that was acknowledged. Prints the number of the last version in the index.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

import sqlalchemy

from govern.search import Engine, parse
from govern.search.embedded.engine import WhooshEngine
from govern.search.postgres.engine import PostgresEngine
from govern.search.terms import SWEDISH
from tests.search.conftest import DOCUMENTS, INSIDERS, document

NUMBER = 8  # Bytes of an acknowledgement.
ALL = DOCUMENTS[:3]


def made(kind: str, target: str) -> Engine:
    """Return a new engine."""
    if kind == "embedded":
        return WhooshEngine(Path(target))
    database = sqlalchemy.create_engine(target, poolclass=sqlalchemy.NullPool)
    return PostgresEngine(lambda: database)


def write(engine: Engine, first: int, pipe: int) -> None:
    """Write versions, with a rebuild at every sixth, and acknowledge each to the pipe; a zero marks the beginning."""
    engine.healthy()
    os.write(pipe, bytes(NUMBER))
    for number in range(first, first + 100_000):
        engine.update([document("rad", "Rad", f"nummer{number}")], sequence=number)
        os.write(pipe, number.to_bytes(NUMBER, "big"))
        if number % 6 == 0:
            engine.rebuild([*ALL, document("rad", "Rad", f"nummer{number}")])
            engine.update([], sequence=number)


def said(pipe: int) -> int:
    """Return the last acknowledged number, or 0."""
    last = 0
    while piece := os.read(pipe, NUMBER):
        last = int.from_bytes(piece, "big")
    return last


def main() -> None:
    """Fork, kill and check."""
    kind, target, dictionary, turns = sys.argv[1:]
    source = random.Random(814)
    SWEDISH.keep(Path(dictionary))
    made(kind, target).rebuild([*ALL, document("rad", "Rad", "nummer0")])
    acknowledged = 0
    for turn in range(int(turns)):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            write(made(kind, target), acknowledged + 1, writing)
        os.close(writing)
        os.read(reading, NUMBER)
        time.sleep(source.uniform(0, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        last = said(reading)
        os.close(reading)
        acknowledged = max(acknowledged, last)
        engine = made(kind, target)
        if not engine.healthy():
            raise SystemExit(f"after {turn + 1} kills the index cannot be read")
        found = {number for number in (acknowledged, acknowledged + 1) if _has(engine, f"nummer{number}")}
        if not found or not _has(engine, "snöröjning"):
            raise SystemExit(f"after {turn + 1} kills version {acknowledged} is missing")
        acknowledged = max(found)
    sys.stdout.write(str(acknowledged))


def _has(engine: Engine, words: str) -> bool:
    return engine.search(parse(words), INSIDERS).total == 1


if __name__ == "__main__":
    main()
