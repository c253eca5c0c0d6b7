"""The outbox: work enqueued in a transaction is done after the commit, at least once, and retried after a failure."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from govern import outbox
from govern.db import db
from govern.outbox import Lane, LaneBeat, OutboxEntry, Shift, Worker, drain, enqueue, handle, recover, waiting

pytestmark = [pytest.mark.usefixtures("each_database", "app"), pytest.mark.filterwarnings("error")]

AT = datetime(2024, 4, 22, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def done(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Register a single handler and return the list of batches it is given."""
    monkeypatch.setattr(outbox, "_handlers", {})
    given: list[list[str]] = []
    handle("example", lambda keys: given.append(list(keys)))
    return given


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[timedelta], None]]:
    """Return a function that moves the outbox's clock."""
    at = [AT]
    monkeypatch.setattr(outbox, "now", lambda: at[0])

    def move(by: timedelta) -> None:
        at[0] += by

    return move


def ask(*keys: object, topic: str = "example") -> None:
    """Enqueue entries and commit."""
    for key in keys:
        enqueue(topic, key, at=AT)
    db.session.commit()


def only() -> OutboxEntry:
    """Return the only entry."""
    return db.session.scalars(select(OutboxEntry)).one()


def only_waiting() -> OutboxEntry:
    """Return the only entry that is not done."""
    return db.session.scalars(select(OutboxEntry).where(OutboxEntry.done_at.is_(None))).one()


def test_work_is_done_once(done: list[list[str]]) -> None:
    """Entries are done in the order of enqueuing, and only once."""
    ask(3, 1, 2)
    assert waiting() == 3
    assert drain() == 3
    assert drain() == 0
    assert done == [["3", "1", "2"]]
    assert waiting() == 0


def test_what_was_rolled_back_is_not_done(done: list[list[str]]) -> None:
    """Enqueuing is part of the transaction."""
    enqueue("example", 1, at=AT)
    db.session.rollback()
    assert drain() == 0
    assert done == []


def test_one_key_is_done_once(done: list[list[str]]) -> None:
    """Several entries with the same key are handled once."""
    ask(1, 2, 1, 1)
    assert drain() == 4
    assert done == [["1", "2"]]


def test_what_fails_is_tried_again_later(
    done: list[list[str]], clock: Callable[[timedelta], None], caplog: pytest.LogCaptureFixture
) -> None:
    """The pauses grow, and the entry keeps the error until it succeeds."""
    wrong = True

    def handler(keys: Sequence[str]) -> None:
        done.append(list(keys))
        if wrong:
            raise OSError("the disk is full")

    handle("example", handler)

    ask(1)
    pauses = []
    for _ in range(3):
        assert drain() == 0
        assert only().error == "OSError: the disk is full"
        pauses.append(only().due_at - outbox.now())
        assert drain() == 0, "it must wait until it is due"
        clock(pauses[-1])
    assert pauses == sorted(set(pauses))
    wrong = False
    assert drain() == 1
    assert (only().attempts, only().error, len(done)) == (4, "", 4)
    assert "the disk is full" in caplog.text


def test_how_long_each_pause_is(app: Flask, done: list[list[str]], clock: Callable[[timedelta], None]) -> None:
    """The pause doubles from two seconds to one hour: 10 attempts take 17 minutes, 60 take two days."""

    def handler(keys: Sequence[str]) -> None:
        raise OSError("away")

    handle("example", handler, tries=outbox.TRIES_OVER_A_NETWORK)
    ask(1)
    pauses = []
    for _ in range(outbox.TRIES_OVER_A_NETWORK - 1):
        drain()
        pauses.append(only().due_at - outbox.now())
        clock(pauses[-1])
    hour = timedelta(hours=1)
    assert pauses[:13] == [*(timedelta(seconds=2**n) for n in range(1, 12)), hour, hour]
    assert set(pauses[11:]) == {hour}
    assert outbox.TRIES == 10
    assert timedelta(minutes=17) < sum(pauses[: outbox.TRIES - 1], timedelta()) + hour / 2 < timedelta(hours=1)
    assert timedelta(hours=47) < sum(pauses, timedelta()) < timedelta(hours=50)


def test_a_failing_topic_stops_no_other(done: list[list[str]], caplog: pytest.LogCaptureFixture) -> None:
    """The failing handler's changes are rolled back, and other topics go on."""

    def handler(keys: Sequence[str]) -> None:
        db.session.execute(update(OutboxEntry).values(key="spoilt"))
        raise ValueError(keys)

    handle("broken", handler)

    ask("a", topic="broken")
    ask(1)
    assert drain() == 1
    assert done == [["1"]]
    assert set(db.session.scalars(select(OutboxEntry.key))) == {"a", "1"}
    assert "broken failed" in caplog.text


def test_one_that_never_works_holds_up_no_other(done: list[list[str]], caplog: pytest.LogCaptureFixture) -> None:
    """Other keys in the same batch are still handled."""

    def handler(keys: Sequence[str]) -> None:
        if "2" in keys:
            raise ValueError("2 never works")
        done.append(list(keys))

    handle("example", handler)

    ask(1, 2, 3, 1)
    assert drain() == 3
    assert done == [["1"], ["3"]]
    assert only_waiting().error == "ValueError: 2 never works"
    assert "example failed on 2" in caplog.text


def test_leased_work_is_left_alone_until_the_lease_ends(
    done: list[list[str]], clock: Callable[[timedelta], None]
) -> None:
    """The lease of a worker that died ends after its time, and not before."""
    ask(1)

    class Died(BaseException):
        """Simulates the death of the process; no `Exception`, unlike the errors of handlers."""

    def dies(keys: Sequence[str]) -> None:
        raise Died

    handle("example", dies)

    with pytest.raises(Died):
        drain()
    db.session.rollback()
    handle("example", lambda keys: done.append(list(keys)))
    assert drain() == 0
    clock(outbox.LEASE)
    assert drain() == 1
    assert done == [["1"]]


def test_a_topic_without_a_handler_waits(done: list[list[str]]) -> None:
    """The entry is not lost, since another process may have the handler."""
    ask(1, topic="unknown")
    assert drain() == 0
    assert waiting() == 1


def test_a_long_queue_is_done_in_batches(done: list[list[str]]) -> None:
    """No handler is given more than `BATCH` keys."""
    ask(*range(outbox.BATCH + 1))
    assert [drain(), drain()] == [outbox.BATCH, 1]
    assert [key for batch in done for key in batch] == [str(key) for key in range(outbox.BATCH + 1)]


def test_two_workers_share_the_work(app: Flask, done: list[list[str]]) -> None:
    """Each entry is done by one of the workers."""
    ask(*range(200))
    workers = [Worker(app, pause=0.01) for _ in range(2)]
    for worker in workers:
        worker.start()
    db.session.rollback()
    until = time.monotonic() + 60
    while waiting() and time.monotonic() < until:
        db.session.rollback()
        threading.Event().wait(0.02)
    for worker in workers:
        worker.stop()
        worker.join(60)
    assert sorted(int(key) for batch in done for key in batch) == list(range(200))


# --- Lanes, attempts, and entries set aside ------------------------------------------------------------------

INDEX, LETTERS = Shift(Lane.INDEX, "here"), Shift(Lane.LETTERS, "here")


def test_a_lane_does_its_own(done: list[list[str]]) -> None:
    """A lane leaves the topics of other lanes alone."""
    letters: list[str] = []
    handle("letter", letters.extend, lane=Lane.LETTERS)
    ask(1)
    ask(2, topic="letter")
    assert drain(LETTERS) == 1
    assert (letters, done) == (["2"], [])
    assert drain(INDEX) == 1
    assert (letters, done) == (["2"], [["1"]])


def test_the_last_attempt(clock: Callable[[timedelta], None], caplog: pytest.LogCaptureFixture) -> None:
    """The entry is then set aside and its `gives_up` callback is called; it no longer waits, but can be run again."""
    told: list[str] = []
    tried = []

    def handler(keys: Sequence[str]) -> None:
        tried.append(list(keys))
        if len(tried) < 5:
            raise ValueError("a number\x00 of 6 000 digits")

    handle("example", handler, tries=3, gives_up=told.append)

    ask(1)
    for _ in range(10):
        drain()
        clock(timedelta(days=1))
    assert (len(tried), told, waiting()) == (3, ["1"], 0)
    (row,) = db.session.scalars(outbox.set_aside()).all()
    assert (row.error, row.attempts) == ("ValueError: a number of 6 000 digits", 3)
    assert "set aside" in caplog.text
    outbox.run_again(row, at=outbox.now())
    db.session.commit()
    assert drain() == 0
    clock(timedelta(days=1))
    assert drain() == 1
    assert not db.session.scalars(outbox.set_aside()).all()


def test_every_topic_has_a_last_attempt(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every topic also has a time limit, a lane and a Swedish label."""
    monkeypatch.undo()
    duties = [outbox.duty_of(topic) for topic in outbox.topics()]
    assert {duty.lane for duty in duties if duty} == set(Lane)
    for duty in duties:
        assert duty is not None
        assert 0 < duty.tries <= outbox.TRIES_OVER_A_NETWORK
        assert duty.seconds > 0
        assert duty.label != duty.topic
        assert duty.lease > timedelta(seconds=duty.seconds)


def test_what_ended_with_its_process_is_taken_back(done: list[list[str]], clock: Callable[[timedelta], None]) -> None:
    """The lane's next process recovers leased entries at once, one by one, and each counts as an attempt."""

    class Died(BaseException):
        """Simulates the death of the process; no `Exception`, unlike the errors of handlers."""

    def dies(keys: Sequence[str]) -> None:
        done.append(list(keys))
        if "2" in keys:
            raise Died

    handle("example", dies, tries=2)

    ask(1, 2, 3)
    with pytest.raises(Died):
        drain(INDEX)
    db.session.rollback()
    recover(Shift(Lane.INDEX, "elsewhere"), "Ingen av deras.")
    assert set(db.session.scalars(select(OutboxEntry.error))) == {""}
    recover(INDEX, "Det tog längre tid än 60 sekunder och avbröts.")
    assert set(db.session.scalars(select(OutboxEntry.error))) == {"Det tog längre tid än 60 sekunder och avbröts."}
    clock(timedelta(minutes=1))
    with pytest.raises(Died):
        drain(INDEX)
    db.session.rollback()
    recover(INDEX)
    clock(timedelta(minutes=1))
    assert drain(INDEX) == 1
    assert done == [["1", "2", "3"], ["1"], ["2"], ["3"]]
    (aside,) = db.session.scalars(outbox.set_aside()).all()
    assert (aside.key, aside.error) == ("2", outbox.INTERRUPTED)


def test_a_death_that_nobody_saw_counts(done: list[list[str]], clock: Callable[[timedelta], None]) -> None:
    """An expired lease counts as an attempt; after the last one the entry is set aside."""
    handle("example", done.append, tries=1)
    ask(1)
    db.session.execute(update(OutboxEntry).values(attempts=1, leased_by="a machine that burned"))
    db.session.commit()
    assert drain(INDEX) == 0
    assert done == []
    assert len(db.session.scalars(outbox.set_aside()).all()) == 1


def test_two_machines_keep_the_order_of_a_key(done: list[list[str]], clock: Callable[[timedelta], None]) -> None:
    """While one machine handles a key, another does not begin a newer entry with the same key."""
    elsewhere = Shift(Lane.INDEX, "elsewhere")

    def handler(keys: Sequence[str]) -> None:
        done.append(list(keys))
        if len(done) == 1:
            ask(1, 2)
            assert drain(elsewhere) == 1

    handle("example", handler, together=1)

    ask(1)
    assert drain(INDEX) == 2
    assert done == [["1"], ["2"], ["1"]]


def test_what_was_done_long_ago_is_thrown_away(done: list[list[str]], clock: Callable[[timedelta], None]) -> None:
    """Entries that are not done are kept, and so is the newest entry, so that its id is not reused."""
    ask(1, 2, 3)
    drain()
    ask(4)
    db.session.execute(update(OutboxEntry).where(OutboxEntry.key == "4").values(set_aside_at=AT, done_at=None))
    db.session.commit()
    outbox.beat(INDEX)
    assert len(db.session.scalars(select(OutboxEntry)).all()) == 4
    clock(outbox.KEPT + timedelta(minutes=1))
    outbox.beat(INDEX)
    assert [row.key for row in db.session.scalars(select(OutboxEntry))] == ["4"]
    ask(5)
    drain()
    clock(outbox.KEPT + timedelta(minutes=1))
    outbox.beat(INDEX)
    assert [row.key for row in db.session.scalars(select(OutboxEntry).order_by(OutboxEntry.id))] == ["4", "5"]


def test_a_lane_shows_that_it_is_worked(done: list[list[str]], clock: Callable[[timedelta], None]) -> None:
    """A lease records until when it lasts, and an idle lane records a beat from time to time."""
    seen = []
    handle("example", lambda _keys: seen.append(db.session.scalars(select(LaneBeat)).one().until), seconds=60)
    ask(1)
    drain(INDEX)
    assert seen == [AT + timedelta(seconds=60)]
    outbox.beat(INDEX)
    assert db.session.scalars(select(LaneBeat)).one().until is None
