"""The outbox: work for after a commit, written in the same transaction, done at least once, in order by topic and key.

A handler is registered for a topic with `handle`, in a lane: slow work in one lane delays nothing in another, since
`govern.background` works each in its own process. `drain` leases entries, runs their handlers and marks them done; an
entry that fails is retried after a growing pause, and after its last attempt it is set aside for an administrator.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypedDict

from flask import Flask
from sqlalchemy import ColumnElement, Index, Select, and_, case, delete, func, insert, or_, select, text, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from govern.db import Model, db, in_turn, lock, now
from govern.topics import Topic
from govern.words import Word

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""The shortest lease of an entry; a handler that may take longer gets a longer one."""

BATCH = 50
TRIES = 10
"""Attempts before an entry is set aside; with the pauses between them, some twenty minutes."""

TRIES_OVER_A_NETWORK = 60
"""Attempts when another server must answer; some two days."""

SECONDS = 120.0
LONGEST_PAUSE = timedelta(hours=1)
KEPT = timedelta(days=30)
"""How long a finished entry is kept. The search index asks for them if it has lost its latest updates."""

BEAT = timedelta(seconds=30)
SILENT = timedelta(minutes=2)
"""A lane without a sign of life for this long is reported as not running."""

INTERRUPTED = "Arbetet avbröts när bakgrundsprocessen stannade."


class Lane(Word):
    """A queue with its own worker."""

    INDEX = "index", "Sökindexet"
    REBUILD = "rebuild", "Ombyggnad av sökindexet"
    LETTERS = "letters", "Brev och påminnelser"
    DOCUMENTS = "documents", "Handlingar och läsning av filer"
    VERIFY = "verify", "Kontroll av filer"


_WAITS = "done_at IS NULL AND set_aside_at IS NULL"

OVERTAKEN = 5
"""How often a handler is rerun when its transaction is overtaken, before it counts as failed."""


class OutboxEntry(Model):
    """One piece of work. `key` names its subject: of several entries with one key only the newest needs doing.

    `created_at` is when it was enqueued, or first due; `leased_by` is the background process that is working on it, or
    did.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    key: Mapped[str]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    error: Mapped[str] = mapped_column(default="")
    leased_by: Mapped[str | None]
    set_aside_at: Mapped[datetime | None]

    @property
    def is_aside(self) -> bool:
        """Whether it awaits an administrator."""
        return self.set_aside_at is not None and self.done_at is None

    __table_args__ = (
        Index("ix_outbox_waiting", "topic", "due_at", sqlite_where=text(_WAITS), postgresql_where=text(_WAITS)),
        Index(
            "ix_outbox_set_aside",
            "set_aside_at",
            sqlite_where=text("set_aside_at IS NOT NULL"),
            postgresql_where=text("set_aside_at IS NOT NULL"),
        ),
    )


class LaneBeat(Model):
    """A background process's latest sign of life for a lane. `until` is the deadline of its current call."""

    __tablename__ = "outbox_beats"

    lane: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    until: Mapped[datetime | None]


Handler = Callable[[Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Duty:
    """How a topic is handled. `seconds` is how long a call of the handler may take before its process is killed."""

    topic: str
    label: str
    lane: Lane
    handler: Handler
    seconds: float
    tries: int
    together: int
    gives_up: Callable[[str], None] | None

    @property
    def lease(self) -> timedelta:
        """How long the entries are leased."""
        return max(LEASE, timedelta(seconds=self.seconds) + LEASE / 5)


_handlers: dict[str, Duty] = {}


def handle(
    topic: Topic,
    handler: Handler,
    *,
    lane: Lane = Lane.INDEX,
    seconds: float = SECONDS,
    tries: int = TRIES,
    together: int = BATCH,
    gives_up: Callable[[str], None] | None = None,
) -> None:
    """Register the handler of a topic; it is called with distinct keys, and may be called again.

    A call gets up to `together` keys. `gives_up` is called with each key that is set aside, so that no page reports it
    as in progress for ever.
    """
    label = topic.label if isinstance(topic, Topic) else topic
    _handlers[topic] = Duty(topic, label, lane, handler, seconds, tries, together, gives_up)


class _ByMail(TypedDict):
    lane: Lane
    tries: int


BY_MAIL: _ByMail = {"lane": Lane.LETTERS, "tries": TRIES_OVER_A_NETWORK}
"""Options for work that needs the mail server."""


def enqueue(topic: Topic, key: Any, *, at: datetime, due: datetime | None = None) -> None:
    """Enqueue a key for a topic's handler, in the current transaction, to be handled after the commit or when due."""
    row = {"topic": str(topic), "key": str(key), "created_at": at, "due_at": due or at}
    db.session.connection().execute(_ADD, row)


_ADD = insert(OutboxEntry).inline()


def waits() -> ColumnElement[bool]:
    """Return a condition for entries that are neither done nor set aside."""
    return and_(OutboxEntry.done_at.is_(None), OutboxEntry.set_aside_at.is_(None))


def topics(lane: Lane | None = None) -> list[str]:
    """List the topics of a lane, or of all lanes, in the order in which they are worked."""
    return [duty.topic for duty in _handlers.values() if lane in (None, duty.lane)]


def duty_of(topic: str) -> Duty | None:
    """Return a topic's duty; None if it has no handler here."""
    return _handlers.get(topic)


# --- Doing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shift:
    """What a worker works: one lane or all, for which background process; how to report limits and check for a stop.

    `watch` is called with the seconds allowed when a call starts, and with None when it has ended.
    """

    lane: Lane | None = None
    owner: str = ""
    watch: Callable[[float | None], None] = lambda _seconds: None
    stopping: Callable[[], bool] = lambda: False


EVERYTHING = Shift()


def drain(shift: Shift = EVERYTHING) -> int:
    """Handle the due entries, at most a batch for each topic, and return the number handled.

    If a call fails, its keys are retried one by one, so that one that never works does not block the others.
    """
    done = 0
    left = dict.fromkeys(topics(shift.lane), BATCH)
    while left and not shift.stopping():
        due = _due(left)
        left = {topic: most for topic, most in left.items() if topic in due}
        for topic, most in list(left.items()):
            duty = _handlers[topic]
            entries = _lease(duty, min(duty.together, most), shift)
            left[topic] -= len(entries)
            if not entries or left[topic] <= 0:
                del left[topic]
            done += _do(duty, entries, shift)
            if shift.stopping():
                break
    return done


def _do(duty: Duty, entries: list[tuple[int, str]], shift: Shift) -> int:
    keys = list(dict.fromkeys(key for _, key in entries))
    if len(keys) > 1 and _try(duty, entries, keys, shift):
        return len(entries)
    done = 0
    for key in keys:
        about_it = [entry for entry in entries if entry[1] == key]
        if _try(duty, about_it, [key], shift, postpone=True):
            done += len(about_it)
    return done


def _try(duty: Duty, entries: list[tuple[int, str]], keys: list[str], shift: Shift, *, postpone: bool = False) -> bool:
    ids = [entry_id for entry_id, _ in entries]
    shift.watch(duty.seconds)
    try:
        in_turn(lambda: _work(duty.handler, ids, keys), tries=OVERTAKEN, anew=True)
    except Exception as error:  # The worker must survive any handler; the entry records the error.
        db.session.rollback()
        log.exception("outbox: %s failed on %s", duty.topic, ", ".join(map(_plain, keys)))
        if postpone:
            _failed(OutboxEntry.id.in_(ids), getattr(error, "sentence", "") or f"{type(error).__name__}: {error}")
        return False
    finally:
        shift.watch(None)
    return True


def _work(handler: Handler, ids: list[int], keys: list[str]) -> None:
    """Run a handler and mark its entries as done; it may be run again, whatever it did before."""
    handler(keys)
    done = {"done_at": now(), "error": "", "set_aside_at": None}
    db.session.execute(update(OutboxEntry).where(OutboxEntry.id.in_(ids)).values(done))
    db.session.commit()


def _due(among: Iterable[str]) -> set[str]:
    """Return the topics with due entries: an idle worker takes no lock from those who write."""
    due = select(OutboxEntry.topic).where(OutboxEntry.topic.in_(among), waits(), OutboxEntry.due_at <= now())
    found = set(db.session.scalars(due.distinct()))
    db.session.rollback()
    return found


def _lease(duty: Duty, most: int, shift: Shift) -> list[tuple[int, str]]:
    """Lease entries, the oldest first. One that has failed is leased alone, since it may crash its process.

    Keys on which another worker is busy are left until that work is done.
    """
    at = now()
    of_topic = and_(OutboxEntry.topic == duty.topic, waits())
    other = aliased(OutboxEntry)
    elsewhere = and_(
        other.topic == duty.topic,
        other.done_at.is_(None),
        other.set_aside_at.is_(None),
        other.due_at > at,
        other.leased_by != shift.owner,
    )
    query = (
        select(OutboxEntry)
        .where(of_topic, OutboxEntry.due_at <= at, OutboxEntry.key.not_in(select(other.key).where(elsewhere)))
        .order_by(OutboxEntry.id)
        .limit(BATCH)
    )
    lock()
    taken = _first_of(db.session.scalars(query).all(), most)
    lasting = [entry for entry in taken if entry.attempts < duty.tries]
    for entry in lasting:
        entry.created_at = max(entry.created_at, entry.due_at) if not entry.attempts else entry.created_at
        entry.due_at = at + duty.lease
        entry.attempts += 1
        entry.leased_by = shift.owner
    given_up = [entry for entry in taken if entry.attempts >= duty.tries and entry not in lasting]
    for entry in given_up:  # Its last attempt ended with the process, and has not been reported.
        entry.set_aside_at, entry.error, entry.leased_by = at, entry.error or INTERRUPTED, None
    if lasting and shift.lane:
        _show(shift, at, at + timedelta(seconds=duty.seconds))
    leased = [(entry.id, entry.key) for entry in lasting]
    dropped = [(entry.topic, entry.key) for entry in given_up]
    db.session.commit()
    _notify(dropped)
    return leased


def _first_of(entries: Sequence[OutboxEntry], most: int) -> list[OutboxEntry]:
    if not entries:
        return []
    first = entries[0]
    if most == 1 or first.attempts:
        return [entry for entry in entries if entry.key == first.key]
    return [entry for entry in entries if not entry.attempts][:most]


def recover(shift: Shift, error: str = "") -> None:
    """Release the leases of this background process after it, or the lane's process, ended: a failed attempt."""
    mine = and_(OutboxEntry.topic.in_(topics(shift.lane)), OutboxEntry.leased_by == shift.owner, waits())
    found = db.session.scalar(select(OutboxEntry.id).where(mine).limit(1)) is not None
    db.session.rollback()
    if found:
        _failed(mine, error or INTERRUPTED)


def _failed(which: ColumnElement[bool], error: str) -> None:
    """Postpone entries, longer for each attempt; set aside those that have used their last."""
    at = now()
    dropped = []
    lock()
    for entry in db.session.scalars(select(OutboxEntry).where(which)):
        duty = _handlers.get(entry.topic)
        entry.due_at = at + min(timedelta(seconds=2 ** min(entry.attempts, 20)), LONGEST_PAUSE)
        entry.error = error.replace("\x00", "")[:2000]
        entry.leased_by = None
        if duty is not None and entry.attempts >= duty.tries:
            entry.set_aside_at = at
            dropped.append((entry.topic, entry.key))
    db.session.commit()
    _notify(dropped)


def _notify(set_aside: Sequence[tuple[str, str]]) -> None:
    for topic, key in set_aside:
        log.error("outbox: %s is set aside for %s after its last attempt", topic, _plain(key))
        duty = _handlers.get(topic)
        if duty is None or duty.gives_up is None:
            continue
        try:
            in_turn(partial(_give_up, duty.gives_up, key))
        except Exception:  # The entry stays set aside, whatever is wrong with the row it concerns.
            db.session.rollback()
            log.exception("outbox: %s could not be told of %s", topic, _plain(key))


def _plain(key: str) -> str:
    """Return the part of a key that may be logged: the id at its start, and no address."""
    return key.split(" ", 1)[0]


def _give_up(gives_up: Callable[[str], None], key: str) -> None:
    gives_up(key)
    db.session.commit()


# --- Status ------------------------------------------------------------------------------------------------


def waiting() -> int:
    """Count the entries that are due, or have failed, and are not done; those due on a later day are not counted."""
    query = select(func.count()).select_from(OutboxEntry).where(waits())
    return db.session.scalar(query.where(_is_due(now()))) or 0


def _is_due(at: datetime) -> ColumnElement[bool]:
    return or_(OutboxEntry.due_at <= at, OutboxEntry.attempts > 0)


@dataclass(frozen=True, slots=True)
class LaneState:
    """A lane's status: how many entries wait, since when the oldest does, and its last sign of life."""

    lane: Lane
    waits: int
    oldest: datetime | None
    seen_at: datetime | None
    alive: bool
    busy: bool


def lane_states(at: datetime) -> list[LaneState]:
    """Return the status of each lane."""
    since = func.min(case((OutboxEntry.attempts > 0, OutboxEntry.created_at), else_=OutboxEntry.due_at))
    query = select(OutboxEntry.topic, func.count(), since)
    rows = db.session.execute(query.where(waits(), _is_due(at)).group_by(OutboxEntry.topic)).all()
    beats = db.session.scalars(select(LaneBeat)).all()
    found = []
    for lane in Lane:
        mine = set(topics(lane))
        of_lane = [row for row in rows if row[0] in mine]
        oldest = min((row[2] for row in of_lane), default=None)
        seen = [beat for beat in beats if beat.lane == lane]
        busy = [beat for beat in seen if beat.until is not None and beat.until + SILENT > at]
        alive = bool(busy) or any(beat.at + SILENT > at for beat in seen)
        last = max((beat.at for beat in seen), default=None)
        found.append(LaneState(lane, sum(row[1] for row in of_lane), oldest, last, alive, bool(busy)))
    return found


def set_aside() -> Select[OutboxEntry]:
    """Select the entries that are set aside and neither done nor dismissed, the newest first."""
    aside = and_(OutboxEntry.set_aside_at.is_not(None), OutboxEntry.done_at.is_(None))
    return select(OutboxEntry).where(aside).order_by(OutboxEntry.set_aside_at.desc(), OutboxEntry.id.desc())


def run_again(entry: OutboxEntry, *, at: datetime) -> None:
    """Let an entry that was set aside be tried again, in the caller's transaction."""
    entry.set_aside_at, entry.attempts, entry.due_at = None, 0, at


def dismiss(entry: OutboxEntry, *, at: datetime) -> None:
    """Dismiss an entry that was set aside, in the caller's transaction; it keeps its error."""
    entry.done_at = at


def beat(shift: Shift) -> None:
    """Record a sign of life of an idle lane, and delete some of the entries finished long ago.

    The newest entry is kept whatever its age: its number must never be reused.
    """
    at = now()
    lock()
    _show(shift, at, None)
    newest = select(func.max(OutboxEntry.id)).correlate(None).scalar_subquery()
    old = and_(OutboxEntry.done_at < at - KEPT, OutboxEntry.topic.in_(topics(shift.lane)), OutboxEntry.id < newest)
    db.session.execute(
        delete(OutboxEntry).where(OutboxEntry.id.in_(select(OutboxEntry.id).where(old).limit(1000))),
        execution_options={"synchronize_session": False},
    )
    db.session.execute(delete(LaneBeat).where(LaneBeat.at < at - KEPT))
    db.session.commit()


def _show(shift: Shift, at: datetime, until: datetime | None) -> None:
    if shift.lane is not None:
        db.session.merge(LaneBeat(lane=shift.lane.value, owner=shift.owner, at=at, until=until))


def _next_beat() -> float:
    """Return when the next sign of life is due: the same for all lanes, since every commit invalidates cached pages."""
    every = BEAT.total_seconds()
    return (time.monotonic() // every + 1) * every


class Worker(threading.Thread):
    """Drains the outbox, or one lane of it, repeatedly until stopped; a second worker does no harm.

    `interrupted` is the error recorded on work that an earlier worker of this lane had not finished.
    """

    def __init__(self, app: Flask, pause: float = 0.5, shift: Shift = EVERYTHING, interrupted: str = "") -> None:
        super().__init__(name="outbox", daemon=True)
        self.app = app
        self.pause = pause
        self.stopping = threading.Event()
        self.shift = Shift(shift.lane, shift.owner, shift.watch, self.stopping.is_set)
        self.interrupted = interrupted

    def run(self) -> None:
        """Work until `stop` is called."""
        beat_at, recovered = 0.0, not self.shift.owner
        while not self.stopping.is_set():
            with self.app.app_context():
                try:
                    if not recovered:
                        recover(self.shift, self.interrupted)
                        recovered = True
                    busy = drain(self.shift) > 0
                    if busy:  # Soon, but not after each: every sign of life is a write that others wait for.
                        beat_at = min(beat_at, time.monotonic() + BEAT.total_seconds() / 6)
                    elif self.shift.lane is not None and time.monotonic() > beat_at:
                        beat(self.shift)
                        beat_at = _next_beat()
                except Exception:  # The database may be unavailable; the worker waits for it to come back.
                    log.exception("outbox: could not be read")
                    busy = False
            if not busy:
                self.stopping.wait(self.pause)

    def stop(self) -> None:
        """Ask the worker to stop after its current work."""
        self.stopping.set()
