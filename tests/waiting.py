"""Waiting for a fact, instead of for a while."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(ask: Callable[[], T], seconds: float = 60) -> T:
    """Ask again and again until the answer is a yes, and give it; after so many seconds the test fails."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < end, f"waited {seconds} seconds in vain"
        time.sleep(0.02)
    return answer
