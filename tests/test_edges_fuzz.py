"""No request that anyone can send answers 500, and nothing that is saved can then not be shown."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.fuzzing import JSON_ROUTES, JSONS, Fuzzer, world

SECONDS = 4


@pytest.mark.usefixtures("each_database")
def test_no_request_breaks_anything(app: Flask, cast: Cast) -> None:
    """Every route, method and person for a while, with what no form would send (ten minutes in tests/long)."""
    world(cast)
    fuzzer = Fuzzer(app, cast, seed=11)
    fuzzer.run(SECONDS)
    fuzzer.work()
    assert not fuzzer.failures, "\n\n".join(f"{f.request}\n{f.trace}" for f in fuzzer.failures.values())


def test_what_is_sent_is_never_what_is_chosen_from(app: Flask, cast: Cast) -> None:
    """A value that was sent inside itself once stopped the fuzzer."""
    fuzzer, before = Fuzzer(app, cast, 1), repr(JSONS)
    for endpoint in JSON_ROUTES:
        for _ in range(1000):
            fuzzer._json(endpoint)
    assert repr(JSONS) == before
