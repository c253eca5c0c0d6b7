"""Garbage collection: on Python 3.11 between instructions only, never in the middle of one.

Until Python 3.12 the collector may run inside any allocation, also while the interpreter turns an object's attributes
into a dictionary. If the collector then calls a weak reference's callback that writes to that same object, a second
dictionary is made of the same attributes; both free them, and the process crashes. SQLAlchemy's `InstanceState` has
such a callback: see docs/decisions/0022. So on 3.11 automatic collection is disabled, and a thread collects instead, by
the collector's own thresholds. From 3.12 on the interpreter itself avoids the problem.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import time

TICK = 0.05  # Seconds between checks of the allocation counts.
SHARE = 10  # A full collection is repeated after this many times the duration of the last one.

_lock = threading.Lock()
"""Held during a collection, so that no process is forked in the middle of one: it could never collect."""
_started = False


def start() -> None:
    """Collect garbage safely in this process, and in those forked from it."""
    global _started  # noqa: PLW0603 — one collector a process.
    if sys.version_info >= (3, 12) or _started:
        return
    _started = True
    gc.disable()
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_after_fork)
    _begin()


def _begin() -> None:
    threading.Thread(target=_collect, name="collecting", daemon=True).start()


def _after_fork() -> None:
    _lock.release()
    _begin()


def _collect() -> None:
    whole = 0.0  # When a full collection is allowed again.
    while True:
        time.sleep(TICK)
        begun = time.monotonic()
        generation = due(whole=begun >= whole)
        if generation is not None:
            with _lock:
                gc.collect(generation)
        if generation == 2:
            whole = begun + (1 + SHARE) * (time.monotonic() - begun)


def due(*, whole: bool) -> int | None:
    """Return the oldest generation that exceeds its threshold; None if none does.

    The oldest of all, which takes longest, is included only if `whole`.
    """
    beyond = [
        number
        for number, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
        if most and count > most and (whole or number < 2)
    ]
    return max(beyond, default=None)
