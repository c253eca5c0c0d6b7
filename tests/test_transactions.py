"""Concurrent transactions: readers block nobody, and what was judged still holds when it is written."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError

from govern import audit, files, mail, outbox, write_lock
from govern.db import PATIENCE, Overtaken, commit_step, db, in_turn, lock, now, pause, save_changes, undo, unit_of_work
from govern.documents import logo
from govern.documents.binding import binder, convert
from govern.documents.pdf import writer as pdf
from govern.documents.signatures import authority, longterm, pades, refusing, verify
from govern.documents.word import untrusted
from govern.documents.word import writer as word
from govern.errors import TooMany
from govern.forums.states import SeatRole
from govern.meetings.models import Presence
from govern.meetings.states import MeetingState
from govern.outbox import OutboxEntry
from govern.parties.models import Collaboration
from govern.people.models import Person, SignInSession
from govern.people.passwords import hashing
from govern.reading import texts
from govern.search.embedded import engine as embedded
from govern.search.postgres import engine as postgres
from tests import make
from tests.browse import Browser
from tests.cast import Cast
from tests.waiting import until

Deed = Callable[[], object]


database = importlib.import_module("govern.db")  # The module; the package has the extension under this name.


@pytest.fixture
def elsewhere(app: Flask) -> Callable[[Deed], Any]:
    """Return a function that runs an operation in another thread and session, and waits for it."""

    def do(deed: Deed) -> Any:
        def work() -> object:
            with app.app_context():
                return deed()

        with ThreadPoolExecutor(1) as other:
            return other.submit(work).result(60)

    return do


@pytest.fixture
def meanwhile(elsewhere: Callable[[Deed], Any], monkeypatch: pytest.MonkeyPatch) -> Callable[[Deed], None]:
    """Return a function that arranges for another session to act once, just before this thread takes the lock."""

    def arrange(deed: Deed) -> None:
        wait, here, left = database._wait, threading.get_ident(), [deed]

        def waiting(connection: Any) -> None:
            if threading.get_ident() == here and left:
                elsewhere(left.pop())
            wait(connection)

        monkeypatch.setattr(database, "_wait", waiting)

    return arrange


@pytest.fixture
def crowded(elsewhere: Callable[[Deed], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another session save every time this thread is about to take the lock."""
    wait, here = database._wait, threading.get_ident()

    def waiting(connection: Any) -> None:
        if threading.get_ident() == here:
            elsewhere(lambda: renamed("Åsam"))
        wait(connection)

    monkeypatch.setattr(database, "_wait", waiting)


def renamed(name: str) -> None:
    """Rename the collaboration and commit."""
    write(name)
    db.session.commit()


def write(name: str) -> None:
    """Rename the collaboration."""
    db.session.execute(update(Collaboration).values(name=name))


def name_now() -> str | None:
    """Return the collaboration's name."""
    return db.session.scalar(select(Collaboration.name))


# --- The lock is taken when the first write is made ----------------------------------------------------------


def test_whoever_reads_hinders_nobody(each_database: str, cast: Cast, elsewhere: Callable[[Deed], Any]) -> None:
    """A transaction that has only read lets others write, outside of requests too."""
    assert name_now() == "Älvsam"
    elsewhere(lambda: renamed("Åsam"))
    db.session.rollback()
    assert name_now() == "Åsam"


def test_whoever_writes_has_the_lock(each_database: str, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is held from the first write to the end of the transaction."""
    assert write_lock.held() is None
    db.session.execute(update(Collaboration).values(name="Åsam"))
    assert "test_whoever_writes_has_the_lock" in str(write_lock.held())
    db.session.rollback()
    assert write_lock.held() is None
    lock()
    assert write_lock.held() is not None
    db.session.commit()
    assert write_lock.held() is None


@pytest.mark.parametrize(
    "statement",
    [
        insert(OutboxEntry).values(topic="a", key="b", created_at=make.AT, due_at=make.AT, attempts=0, error=""),
        update(Collaboration).values(name="Åsam"),
        db.delete(OutboxEntry),
        select(Collaboration.id).with_for_update(),
        db.text("CREATE TABLE fresh (id INTEGER)"),
        db.text("WITH one AS (SELECT 1) UPDATE collaborations SET name = 'Åsam'"),
    ],
    ids=lambda statement: str(statement).split()[0] + str(statement).split()[-1][:6],
)
def test_every_kind_of_write_takes_it(each_database: str, cast: Cast, statement: Any) -> None:
    """SELECT FOR UPDATE, which SQLite lacks, and DDL take the lock too."""
    db.session.rollback()
    db.session.execute(statement)
    assert write_lock.held() is not None
    db.session.rollback()


# --- Overtaken transactions ----------------------------------------------------------------------------------


def test_who_is_overtaken_writes_nothing(
    each_database: str, cast: Cast, elsewhere: Callable[[Deed], Any], meanwhile: Callable[[Deed], None]
) -> None:
    """A commit by another session between reading and writing stops the write, wherever it falls."""
    assert name_now() == "Älvsam"
    elsewhere(lambda: renamed("Åsam"))
    with pytest.raises(Overtaken):
        db.session.execute(update(Collaboration).values(name="Ösam"))
    db.session.rollback()
    assert name_now() == "Åsam"
    meanwhile(lambda: renamed("Bergsam"))
    with pytest.raises(Overtaken):
        renamed("Ösam")
    db.session.rollback()
    assert name_now() == "Bergsam"


def test_what_was_not_read_cannot_be_stale(
    each_database: str, cast: Cast, meanwhile: Callable[[Deed], None], elsewhere: Callable[[Deed], Any]
) -> None:
    """A transaction that locks before it reads is never overtaken, and other readers overtake nobody."""
    db.session.rollback()
    meanwhile(lambda: renamed("Åsam"))
    lock()
    assert name_now() == "Åsam"
    renamed("Ösam")
    assert name_now() == "Ösam"
    elsewhere(name_now)
    renamed("Ängsam")


def test_the_overtaken_is_run_again(each_database: str, cast: Cast, meanwhile: Callable[[Deed], None]) -> None:
    """The work is run again from the start with the lock held."""
    seen = []

    def work() -> None:
        seen.append(name_now())
        renamed(f"{seen[-1]} förbund")

    db.session.rollback()
    meanwhile(lambda: renamed("Åsam"))
    in_turn(work)
    assert seen == ["Älvsam", "Åsam"]
    assert name_now() == "Åsam förbund"


def test_half_done_work_is_not_done_twice(each_database: str, cast: Cast, meanwhile: Callable[[Deed], None]) -> None:
    """Work that has committed a part is run again only with `anew=True`, as in the outbox."""
    runs = []

    def work() -> None:
        runs.append(1)
        lock()
        renamed("Halvsam")
        name_now()
        meanwhile(lambda: renamed("Åsam")) if len(runs) == 1 else None
        renamed("Helsam")

    with pytest.raises(Overtaken):
        in_turn(work)
    db.session.rollback()
    assert (runs, name_now()) == ([1], "Åsam")
    db.session.rollback()
    runs.clear()
    in_turn(work, anew=True)
    assert (runs, name_now()) == ([1, 1], "Helsam")


def test_the_outbox_runs_again_what_was_overtaken(
    each_database: str, cast: Cast, meanwhile: Callable[[Deed], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Being overtaken does not count as a failure."""
    ran = []

    def handler(keys: Any) -> None:
        ran.append(name_now())
        meanwhile(lambda: renamed("Åsam")) if len(ran) == 1 else None
        renamed("Ösam")

    monkeypatch.setattr(outbox, "_handlers", {})
    outbox.handle("example", handler)
    outbox.enqueue("example", 1, at=now())
    make.commit()
    assert outbox.drain() == 1
    assert ran == ["Älvsam", "Åsam"]
    entry = db.session.scalars(select(OutboxEntry).where(OutboxEntry.topic == "example")).one()
    assert (entry.error, entry.attempts) == ("", 1)


def test_two_workers_never_lease_the_same(
    each_database: str, cast: Cast, meanwhile: Callable[[Deed], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second worker leases only what is left."""
    done: list[str] = []
    monkeypatch.setattr(outbox, "_handlers", {})
    outbox.handle("example", done.extend)
    for key in range(3):
        outbox.enqueue("example", key, at=now())
    make.commit()
    meanwhile(outbox.drain)
    assert outbox.drain() == 0
    assert sorted(done) == ["0", "1", "2"]


# --- No second writer, and no slow work under the lock -------------------------------------------------------


def test_a_second_writer_is_refused(each_database: str, cast: Cast) -> None:
    """In the same thread it would wait for itself; the error names both places."""
    db.session.execute(update(Collaboration).values(name="Åsam"))
    with pytest.raises(write_lock.SecondWriter) as refused, db.engine.begin() as connection:
        connection.execute(update(Collaboration).values(name="Ösam"))
    assert str(refused.value).count("test_a_second_writer_is_refused") == 2
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(update(Collaboration).values(name="Ösam"))
    assert name_now() == "Ösam"


def test_reading_beside_is_not_refused(each_database: str, cast: Cast) -> None:
    """A second connection may read while the first one writes."""
    db.session.execute(update(Collaboration).values(name="Åsam"))
    with db.engine.connect() as connection:
        assert connection.scalar(select(Collaboration.name)) == "Älvsam"
    db.session.rollback()


def test_a_unit_of_work_commits_once_at_its_end(
    each_database: str, cast: Cast, elsewhere: Callable[[Deed], Any]
) -> None:
    """Changes saved in a unit of work are visible only inside it until it ends."""
    committed = write_lock.commits()
    with unit_of_work():
        write("ett")
        save_changes()
        write("två")
        with unit_of_work():
            save_changes()
        assert (name_now(), elsewhere(name_now)) == ("två", "Älvsam")
    assert (elsewhere(name_now), write_lock.commits() - committed) == ("två", 1)


def test_what_is_saved_in_a_unit_is_read_anew(cast: Cast) -> None:
    """As after a commit, loaded rows are expired and see rows added since."""
    meeting = make.meeting(cast.forum)
    make.commit()
    with unit_of_work():
        assert meeting.presences == []
        db.session.add(Presence(meeting_id=meeting.id, position=1, name="Gäst", role=SeatRole.MEMBER))
        save_changes()
        assert [presence.name for presence in meeting.presences] == ["Gäst"]


def test_what_raises_undoes_the_whole_unit(each_database: str, cast: Cast) -> None:
    """Saved changes of earlier operations are undone too, but not a committed step."""

    def work() -> None:
        with unit_of_work():
            write("ett")
            commit_step()
            write("två")
            save_changes()
            raise TooMany("nej", seconds=1)

    with pytest.raises(TooMany):
        work()
    assert (name_now(), write_lock.held()) == ("ett", None)


def test_a_request_that_is_refused_changes_nothing(
    each_database: str, cast: Cast, browse: Callable[..., Browser]
) -> None:
    """The presence list is one form for three operations: if the last refuses, the first is undone."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, opened_at=make.AT)
    bo, david = (make.presence(meeting, person, present=False) for person in (cast.bo, cast.david))
    make.commit()
    ticked, absent, address = f"present-{bo.id}", david.id, f"/moten/{meeting.id}/narvaro"
    browser = browse("cilla")
    browser.get(address)
    page = browser.submit("Spara närvaron", status=422, **{ticked: True, "adjuster": [str(absent)]})
    assert "behöver vara närvarande" in page.text(".form-errors")
    typed = page.form("Spara närvaron").values()
    assert (typed.get(ticked), typed.get("adjuster")) == (["on"], [str(absent)])  # The checkbox is still ticked.
    assert browser.get(address).form("Spara närvaron").values()[ticked] == []


def test_what_is_not_committed_is_not_said_to_be_saved(
    cast: Cast, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The final commit may fail, for example when the disk is full."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, opened_at=make.AT)
    ticked = f"present-{make.presence(meeting, cast.bo, present=False).id}"
    make.commit()
    browser, address = browse("cilla"), f"/moten/{meeting.id}/narvaro"
    browser.get(address)

    def fails() -> None:
        raise OperationalError("COMMIT", None, Exception("disk I/O error"))

    with monkeypatch.context() as full:
        full.setattr(db.session, "commit", fails)
        assert "sparad" not in browser.submit("Spara närvaron", status=503, **{ticked: True}).text()
    page = browser.get(address)
    assert "sparad" not in page.text()
    assert page.form("Spara närvaron").values()[ticked] == []
    assert "Närvaron är sparad." in browser.submit("Spara närvaron", **{ticked: True}).text(".flashes")


def test_a_pause_undoes_nothing(each_database: str, cast: Cast) -> None:
    """`pause` raises an error if it would undo changes."""
    name_now()
    pause()
    cast.collaboration.name = "Åsam"
    with pytest.raises(RuntimeError, match="would undo"):
        pause()
    db.session.flush()
    with pytest.raises(RuntimeError, match="would undo"):
        pause()
    undo()
    pause()
    assert name_now() == "Älvsam"


SLOW: list[Callable[..., object]] = [
    pdf.write_pdf,
    word.write_docx,
    pades.prepare,
    pades.finish,
    longterm.archive,
    refusing.print_refusal,
    verify.verify,
    verify.signature_digests,
    convert.to_pdf,
    binder.write_binder,
    binder.write_zip,
    logo.read_logo,
    untrusted.refuse_base,
    authority.load_credential,
    authority.create_root,
    authority.issue,
    authority.revocation_list,
    texts.text_of,
    files.keep,
    files.read,
    files.keep_file,
    mail.deliver,
    hashing.hashed,
    hashing.verify,
    embedded.WhooshEngine.update,
    embedded.WhooshEngine.rebuild,
    postgres.PostgresEngine.update,
    postgres.PostgresEngine.rebuild,
]


@pytest.fixture
def locked(cast: Cast) -> Iterator[None]:
    """Hold the write lock during the test."""
    lock()
    yield
    db.session.rollback()


@pytest.mark.parametrize("function", SLOW, ids=lambda function: function.__qualname__)
def test_nothing_slow_is_done_under_the_lock(locked: None, function: Callable[..., object]) -> None:
    """Every function that prints, reads, hashes, sends or signs checks this itself."""
    with pytest.raises(write_lock.SlowUnderLock, match="while the write lock taken at"):
        function()


def test_what_is_slow_in_production_is_logged(
    locked: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In production the operation is done all the same."""
    monkeypatch.setattr(write_lock, "strict", False)
    write_lock.refuse("printing")
    assert "printing" in caplog.text


# --- Sessions that have been idle ----------------------------------------------------------------------------

IDLE = (4, 6, 20, 700)
MEETING_FIELDS = {
    "day": "2024-05-22",
    "day-stammer": "2024-05-22",
    "starts": "09:00",
    "place": "Kommunhuset",
    "kind": "ordinary",
    "mode": "on_site",
}


def _idle(minutes: int) -> None:
    """Set the last use of all sessions `minutes` back."""
    seen = now() - timedelta(minutes=minutes)
    db.session.execute(update(SignInSession).values(seen_at=seen, started_at=seen))
    db.session.commit()


@pytest.mark.parametrize("minutes", IDLE)
def test_every_press_after_an_idle_while(
    each_database: str, cast: Cast, browse: Callable[..., Browser], minutes: int
) -> None:
    """Pages, forms, JSON posts, wrong passwords and signing out: no request waits for its own lock."""
    cilla = browse("cilla")
    for press in (
        lambda: cilla.get("/"),
        lambda: cilla.post("/konto/inloggningar/avsluta-andra"),
        lambda: cilla.post(f"/forum/{cast.forum.slug}/nytt-mote", MEETING_FIELDS, status=303, follow=False),
        lambda: cilla.post("/logga-in-igen", {"password": "fel"}, status=422),
        lambda: cilla.post("/konto/losenord", {"old": "fel", "new": "ett annat lösenord"}, status=422),
    ):
        _idle(minutes)
        begun = now()
        press()
        assert now() - begun < timedelta(seconds=PATIENCE / 2)  # Waiting for its own lock would take all of PATIENCE.
        seen = db.session.scalar(select(SignInSession.seen_at))
        assert seen is not None
        assert (now() - seen < timedelta(minutes=1)) is (minutes > 5)
    _idle(minutes)
    cilla.post("/logga-ut", status=303, follow=False)
    assert db.session.scalar(select(SignInSession.ended_at)) is not None


# --- An unavailable database ---------------------------------------------------------------------------------


def test_signing_out_of_a_busy_database(
    each_database: str, cast: Cast, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    """The answer is in Swedish, as a page or as JSON, says when to try again, and nothing has changed."""
    cilla = browse("cilla")

    def wait(_connection: Any) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(database, "_wait", wait)
        page = cilla.post("/logga-ut", status=503)
        assert page.text("h1") == "Det går inte att spara just nu"
        assert page.answer.headers["Retry-After"] == "30"
        told = cilla.post_json("/logga-ut", {}, status=503)
        assert told.json["refusal"].startswith("Det går inte att spara just nu")
        assert told.answer.headers["Retry-After"] == "30"
    cilla.get("/")
    cilla.post("/logga-ut", status=303, follow=False)


def test_every_page_of_a_database_that_is_away(
    each_database: str, cast: Cast, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading pages answer as well, without a query."""
    cilla = browse("cilla")

    def begin(_session: Any, *_rest: Any, **_named: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    with monkeypatch.context() as patch:
        patch.setattr("sqlalchemy.orm.Session.execute", begin)
        patch.setattr("sqlalchemy.orm.Session.scalar", begin)
        for address in ("/", "/sok?q=x", "/anslagstavla", "/logga-in"):
            if address != "/logga-in":
                assert cilla.get(address, status=503).text("h1") == "Det går inte att spara just nu"
    cilla.get("/")


# --- Hashing is bounded, and waits outside the lock ----------------------------------------------------------


def test_those_who_hash_are_bounded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hashing runs at a time, a bounded number wait, and the next is refused."""
    going, turn, running = threading.Event(), threading.Event(), []

    class Hasher:
        def hash(self, password: str) -> str:
            running.append(password)
            going.set()
            turn.wait(60)
            return password

    monkeypatch.setattr(hashing, "hasher", Hasher)
    with ThreadPoolExecutor(hashing.WAITING) as others:
        try:
            asked = [others.submit(hashing.hashed, str(number)) for number in range(hashing.WAITING)]
            assert going.wait(60)
            until(lambda: not hashing._waiting._value)  # type: ignore[attr-defined]
            assert len(running) == 1
            with pytest.raises(TooMany, match="Många loggar in"):
                hashing.hashed("one more")
        finally:
            turn.set()
        assert {one.result() for one in asked} == {str(number) for number in range(hashing.WAITING)}
    assert hashing.hashed("afterwards") == "afterwards"


def test_the_log_is_whole(each_database: str, cast: Cast, elsewhere: Callable[[Deed], Any]) -> None:
    """Entries written concurrently form one unbroken chain."""
    person_id = cast.bo.id
    db.session.rollback()

    def write() -> None:
        person = db.session.get_one(Person, person_id)
        audit.write("person.changed", person, by=None, at=make.AT)
        db.session.commit()

    def work() -> None:
        for _ in range(5):
            in_turn(write)

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(lambda _: elsewhere(work), range(4)))
    assert list(audit.breaks()) == []
