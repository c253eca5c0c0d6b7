"""No request answers 500, and everything that is saved can be shown."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.fuzzing import JSON_ROUTES, JSONS, Fuzzer, world

SECONDS = 4


@pytest.mark.long
@pytest.mark.usefixtures("each_database")
def test_no_request_breaks_anything(app: Flask, cast: Cast) -> None:
    """Send what no form would send to every route, as every person (for ten minutes in tests/long)."""
    world(cast)
    fuzzer = Fuzzer(app, cast, seed=11)
    fuzzer.run(SECONDS)
    fuzzer.work()
    assert not fuzzer.failures, "\n\n".join(f"{f.request}\n{f.trace}" for f in fuzzer.failures.values())


def test_what_is_sent_is_never_what_is_chosen_from(app: Flask, cast: Cast) -> None:
    """Sending a value nested in itself does not change the list that values are drawn from."""
    fuzzer, before = Fuzzer(app, cast, 1), repr(JSONS)
    for endpoint in JSON_ROUTES:
        for _ in range(1000):
            fuzzer._json(endpoint)
    assert repr(JSONS) == before
