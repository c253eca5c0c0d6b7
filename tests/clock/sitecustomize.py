"""Loaded by every Python with a simulated clock: libfaketime 0.9.10 breaks `clock_nanosleep`, which sleep uses."""

import select
import time


def _sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = _sleep
