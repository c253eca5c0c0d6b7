"""The fuzzer for `GOVERN_FUZZ_SECONDS`, by default ten minutes a database: `pytest --long tests/long`."""

import os
from secrets import randbits

import pytest
from flask import Flask

from tests.cast import Cast
from tests.fuzzing import Fuzzer, world

pytestmark = [pytest.mark.long, pytest.mark.alone]
SECONDS = float(os.environ.get("GOVERN_FUZZ_SECONDS", "600"))


@pytest.mark.usefixtures("each_database")
def test_no_request_breaks_anything(app: Flask, cast: Cast) -> None:
    """Open every page for its forms, then send random requests; a failure names the seed, to repeat it."""
    seed = int(os.environ.get("GOVERN_FUZZ_SEED", "0")) or randbits(32)
    world(cast)
    fuzzer = Fuzzer(app, cast, seed)
    fuzzer.crawl()
    fuzzer.run(SECONDS)
    fuzzer.work()
    told = "\n\n".join(f"{failure.request}\n{failure.trace}" for failure in fuzzer.failures.values())
    assert not fuzzer.failures, f"seed {seed}, {fuzzer.asked} requests\n\n{told}"
