"""Kill a process that indexes, again and again: `python -m tests.search.killed KIND TARGET DICTIONARY TURNS`.

The process that is killed is a fork of this one, so that a hundred times take seconds. After each it is asked whether
the index can be read and whether everything that was acknowledged is in it. Writes how much was.
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
    """Make an engine that nobody has used."""
    if kind == "embedded":
        return WhooshEngine(Path(target))
    database = sqlalchemy.create_engine(target, poolclass=sqlalchemy.NullPool)
    return PostgresEngine(lambda: database)


def write(engine: Engine, first: int, pipe: int) -> None:
    """Write one version after the other, now and then the whole anew, and say so before the first and after each."""
    engine.healthy()
    os.write(pipe, bytes(NUMBER))
    for number in range(first, first + 100_000):
        engine.update([document("rad", "Rad", f"nummer{number}")], sequence=number)
        os.write(pipe, number.to_bytes(NUMBER, "big"))
        if number % 6 == 0:
            engine.rebuild([*ALL, document("rad", "Rad", f"nummer{number}")])
            engine.update([], sequence=number)


def said(pipe: int) -> int:
    """Read the last number that was acknowledged, 0 where none was."""
    last = 0
    while piece := os.read(pipe, NUMBER):
        last = int.from_bytes(piece, "big")
    return last


def main() -> None:
    """Fork, kill, look."""
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
