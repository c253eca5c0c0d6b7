"""No request that anyone can send answers 500, and nothing that is saved can then not be shown."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.fuzzing import Fuzzer, world

SECONDS = 4


@pytest.mark.usefixtures("each_database")
def test_no_request_breaks_anything(app: Flask, cast: Cast) -> None:
    """Every route, method and person for a while, with what no form would send (ten minutes in tests/long)."""
    world(cast)
    fuzzer = Fuzzer(app, cast, seed=11)
    fuzzer.run(SECONDS)
    fuzzer.work()
    assert not fuzzer.failures, "\n\n".join(f"{f.request}\n{f.trace}" for f in fuzzer.failures.values())
