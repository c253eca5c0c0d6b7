"""What must happen after a commit: written in the same transaction, done at least once, in order of its topic and key.

A handler is registered for a topic with `handles`. `drain` leases entries, runs their handlers and marks them done;
one that fails is tried again later and later, and keeps its error for the health page.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from govern.db import Model, db, in_turn, lock, now

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BATCH = 50
OVERTAKEN = 5  # How often a handler that others were quicker than is run, before it counts as failed.


class OutboxEntry(Model):
    """One thing to do. `key` says what it is about: of several with one key only the newest needs doing."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    key: Mapped[str]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    error: Mapped[str] = mapped_column(default="")


Handler = Callable[[Sequence[str]], None]
_handlers: dict[str, Handler] = {}


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register the function that does a topic's work; it is given the keys, each once, and may be called again."""

    def register(handler: Handler) -> Handler:
        _handlers[topic] = handler
        return handler

    return register


def enqueue(topic: str, key: Any, *, at: datetime, due: datetime | None = None) -> None:
    """Ask, in the current transaction, that a topic's handler is given this key after the commit, or when it is due."""
    row = {"topic": topic, "key": str(key), "created_at": at, "due_at": due or at}
    db.session.connection().execute(_ADD, row)


_ADD = insert(OutboxEntry).inline()


def drain() -> int:
    """Do what is due, a batch a topic, and say how many entries were done.

    When a batch fails its keys are done one by one, so that one that never works does not hold up the others.
    """
    done = 0
    for topic, handler in _handlers.items():
        entries = _lease(topic) if _any_due(topic) else []
        keys = list(dict.fromkeys(key for _, key in entries))
        if not keys:
            continue
        if len(keys) > 1 and _try(topic, handler, entries, keys):
            done += len(entries)
            continue
        for key in keys:
            about_it = [entry for entry in entries if entry[1] == key]
            if _try(topic, handler, about_it, [key], postpone=True):
                done += len(about_it)
    return done


def _try(
    topic: str, handler: Handler, entries: list[tuple[int, str]], keys: list[str], *, postpone: bool = False
) -> bool:
    ids = [entry_id for entry_id, _ in entries]
    try:
        in_turn(lambda: _work(handler, ids, keys), tries=OVERTAKEN, anew=True)
    except Exception as error:  # The worker must outlive any handler; the entry keeps what went wrong.
        db.session.rollback()
        log.exception("outbox: %s failed on %s", topic, ", ".join(keys))
        if postpone:
            _postpone(ids, f"{type(error).__name__}: {error}")
        return False
    return True


def _work(handler: Handler, ids: list[int], keys: list[str]) -> None:
    """Run a handler and mark what it did; it may be run again, whatever it did before."""
    handler(keys)
    db.session.execute(update(OutboxEntry).where(OutboxEntry.id.in_(ids)).values(done_at=now(), error=""))
    db.session.commit()


def waiting() -> int:
    """Count what is due, or has failed, and is not yet done; what is asked for a later day does not wait."""
    query = select(db.func.count()).select_from(OutboxEntry).where(OutboxEntry.done_at.is_(None))
    return db.session.scalar(query.where((OutboxEntry.due_at <= now()) | (OutboxEntry.attempts > 0))) or 0


def _any_due(topic: str) -> bool:
    """Look whether there is anything to lease: a worker with nothing to do takes no lock from those who write."""
    due = select(OutboxEntry.id).where(
        OutboxEntry.topic == topic, OutboxEntry.done_at.is_(None), OutboxEntry.due_at <= now()
    )
    found = db.session.scalar(due.limit(1)) is not None
    db.session.rollback()
    return found


def _lease(topic: str) -> list[tuple[int, str]]:
    at = now()
    query = (
        select(OutboxEntry)
        .where(OutboxEntry.topic == topic, OutboxEntry.done_at.is_(None), OutboxEntry.due_at <= at)
        .order_by(OutboxEntry.id)
        .limit(BATCH)
    )
    lock()
    entries = db.session.scalars(query).all()
    for entry in entries:
        entry.due_at = at + LEASE
        entry.attempts += 1
    leased = [(entry.id, entry.key) for entry in entries]
    db.session.commit()
    return leased


def _postpone(ids: list[int], error: str) -> None:
    lock()
    for entry in db.session.scalars(select(OutboxEntry).where(OutboxEntry.id.in_(ids))):
        entry.due_at = now() + timedelta(seconds=min(2**entry.attempts, 3600))
        entry.error = error
    db.session.commit()


class Worker(threading.Thread):
    """Drain the outbox again and again, until stopped; a second worker on the same rows does no harm."""

    def __init__(self, app: Flask, pause: float = 0.5) -> None:
        super().__init__(name="outbox", daemon=True)
        self.app = app
        self.pause = pause
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until `stop`."""
        while not self.stopping.is_set():
            with self.app.app_context():
                try:
                    busy = drain() > 0
                except Exception:  # The database may be away; the worker waits for it to come back.
                    log.exception("outbox: could not be read")
                    busy = False
            if not busy:
                self.stopping.wait(self.pause)

    def stop(self) -> None:
        """Ask the worker to end after what it is doing."""
        self.stopping.set()
