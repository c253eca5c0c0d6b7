"""A submitted file is verified at once or by the worker, within quotas, and is deleted afterwards."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from govern import limited, outbox
from govern.db import db, now
from govern.protocols.models import Verification
from govern.protocols.queries import latest_file
from govern.protocols.verifying import operations as verifying
from govern.protocols.verifying.judging import Verdict, verify
from govern.topics import Topic
from tests import hostile
from tests.browse import Browser
from tests.protocols.signed import seal, sign
from tests.statements import writer

NOISE = b"%PDF-1.7 hej"


@pytest.fixture
def judged(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Record each verification, and check that others can write during it."""
    found: list[bool] = []
    write = writer()

    def watched(data: bytes, **given: object) -> Verdict:
        write()
        found.append(True)
        return verify(data, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(verifying, "verify", watched)
    monkeypatch.setattr(verifying, "LIGHT_SECONDS", 60.0)
    return found


@pytest.mark.parametrize("light", [True, False])
def test_others_write_meanwhile(
    light: bool, judged: list[bool], browse: type[Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others can write during a verification: four signatures on two hundred pages take 15 seconds."""
    at = now() - timedelta(hours=1)
    pdf = latest_file(sign(seal(at), at)).pdf
    monkeypatch.setattr(verifying, "LIGHT_BYTES", 10_000_000 if light else 0)
    public = browse()
    public.get("/verifiera")
    page = public.submit("Kontrollera filen", file=("protokoll.pdf", pdf))
    assert judged == [True] * light
    outbox.drain()
    assert judged == [True]
    assert "äkta och oförändrad" in public.get(page.url).text(".verdict")
    assert brought() == []


@pytest.mark.parametrize("light", [True, False])
@pytest.mark.usefixtures("each_database")
def test_a_verdict_is_kept_though_others_write(light: bool, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verification succeeds on the first try even if somebody commits after it has read the database."""
    times = []

    def write() -> None:
        with app.app_context():
            outbox.enqueue(Topic.FORGET, len(times), at=now())
            db.session.commit()

    def judge(_data: bytes, **_given: object) -> Verdict:
        times.append(db.session.query(Verification).count())
        with ThreadPoolExecutor(1) as other:
            other.submit(write).result(60)
        return Verdict(False, ("Prövad.",), "0" * 64)

    monkeypatch.setattr(verifying, "verify", judge)
    monkeypatch.setattr(verifying, "LIGHT_BYTES", 10_000_000 if light else 0)
    found = submit()
    outbox.drain()
    assert found.verdict["sentences"] == ["Prövad."]
    assert times == [1]


def submit(data: bytes = NOISE, address: str = "192.0.2.7", *, size: int | None = None) -> Verification:
    """Bring a file."""
    return verifying.submit(BytesIO(data), size or len(data), "fil.pdf", address=address, at=now())


def refused(*more: object, **given: object) -> verifying.Refusal:
    """Submit a file that is refused, check that nothing was stored, and return the reason."""
    before = len(brought()), db.session.query(Verification).count()
    with pytest.raises(verifying.TooMany) as error:
        submit(*more, **given)  # type: ignore[arg-type]
    assert (len(brought()), db.session.query(Verification).count()) == before
    return verifying.Refusal(error.value.sentence)


def brought() -> list[Path]:
    """Return the submitted files stored beside the database."""
    return sorted(verifying._folder().iterdir())


def later(**time: float) -> None:
    """Let time pass for the submitted files, the verifications and the outbox entries."""
    gone = timedelta(**time)
    for row in db.session.scalars(select(Verification)):
        row.asked_at -= gone
    for entry in db.session.scalars(select(outbox.OutboxEntry)):
        entry.due_at -= gone
    db.session.commit()
    for path in brought():
        os.utime(path, (path.stat().st_mtime - gone.total_seconds(),) * 2)


@pytest.mark.usefixtures("app", "each_database")
def test_an_address_may_bring_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other addresses are unaffected, and the quota is renewed after the window."""
    monkeypatch.setattr(verifying, "MOST_FILES", 2)
    submit()
    submit()
    assert refused() is verifying.Refusal.ADDRESS
    submit(address="192.0.2.8")
    later(minutes=11)
    submit()


@pytest.mark.usefixtures("app", "each_database")
def test_an_address_may_bring_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "MOST_BYTES", 30)
    submit()
    submit()
    assert refused() is verifying.Refusal.ADDRESS
    submit(address="192.0.2.8")


@pytest.mark.parametrize("limit", ["MOST_FILES_IN_ALL", "MOST_BYTES_IN_ALL"])
def test_all_together_may_bring_so_much(app: Flask, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, limit, 2 if "FILES" in limit else 30)
    submit(address="192.0.2.1")
    submit(address="192.0.2.2")
    assert refused(address="192.0.2.3") is verifying.Refusal.BUSY


@pytest.mark.usefixtures("app", "each_database")
def test_so_many_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files wait for the worker: at most `MOST_WAITING` per address and `MOST_WAITING_IN_ALL` in total."""
    monkeypatch.setattr(verifying, "LIGHT_BYTES", 0)
    monkeypatch.setattr(verifying, "MOST_WAITING_IN_ALL", 4)
    for _ in range(verifying.MOST_WAITING):
        submit()
    assert refused() is verifying.Refusal.WAITING
    submit(address="192.0.2.8")
    assert refused(address="192.0.2.9") is verifying.Refusal.BUSY
    assert len(brought()) == 4
    outbox.drain()
    assert brought() == []
    submit()


@pytest.mark.usefixtures("app", "each_database")
def test_a_quota_holds_for_those_who_come_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking the quota and reserving a place are atomic: of eight concurrent submissions, five are accepted."""
    monkeypatch.setattr(verifying, "MOST_FILES", 5)
    monkeypatch.setattr(verifying, "LIGHT_BYTES", 0)
    monkeypatch.setattr(verifying, "MOST_WAITING", 50)
    together = threading.Barrier(8)

    def one(_: int) -> bool:
        with app.app_context():
            together.wait(60)
            try:
                submit()
            except verifying.TooMany:
                return False
            return True

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(one, range(8)))
    assert sum(taken) == 5


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "", True),
    ],
)
def test_a_network_is_one_bringer(one: str, other: str, same: bool) -> None:
    """IPv6 addresses are counted by /64 network, since one user usually has 2⁶⁴ of them."""
    assert (verifying.network_of(one) == verifying.network_of(other)) is same


def test_a_full_quota_is_said_on_the_page(browse: type[Browser], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "MOST_FILES", 0)
    public = browse()
    public.get("/verifiera")
    page = public.submit("Kontrollera filen", status=429, file=("protokoll.pdf", NOISE))
    assert verifying.Refusal.ADDRESS.value in page.text("main")


def test_nothing_stays_when_nobody_comes_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour later the answer is gone, and a file that a dead process left; what is fresh stays."""
    submit()
    (verifying._folder() / "left").write_bytes(b"x")
    later(minutes=75)
    monkeypatch.setattr(verifying, "LIGHT_BYTES", 0)
    (verifying._folder() / "fresh").write_bytes(b"x")
    outbox.drain()
    assert [path.name for path in brought()] == ["fresh"]
    assert db.session.query(Verification).count() == 0


def test_one_whose_process_died_is_done_by_the_worker(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is stored before the file is written, so the worker answers it even if the file is missing."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for module, name in ((verifying, "_tried"), (verifying.shutil, "copyfileobj")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, die)
            with pytest.raises(KeyboardInterrupt):
                submit()
    brought()[0].unlink()
    db.session.rollback()
    outbox.drain()
    assert db.session.query(Verification).where(Verification.done_at.is_(None)).count() == 2
    later(minutes=2)
    outbox.drain()
    rows = db.session.query(Verification).all()
    assert all(row.done_at for row in rows)
    assert verifying.LEFT_BEHIND in {sentence for row in rows for sentence in row.verdict["sentences"]}
    assert brought() == []


@pytest.mark.parametrize("data", [NOISE, b'{"meeting": {}}'], ids=["PDF", "JSON"])
def test_every_kind_of_file_has_the_same_limits(data: bytes, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has the short limit while its submitter waits, and then the worker's."""
    limits = []

    def never_ends(*_: object, seconds: float, **__: object) -> None:
        limits.append(seconds)
        raise limited.TooHeavy("time")

    monkeypatch.setattr(limited, "run", never_ends)
    found = submit(data)
    assert (found.done_at, limits) == (None, [verifying.LIGHT_SECONDS])
    outbox.drain()
    assert limits == [verifying.LIGHT_SECONDS, verifying.HEAVY_SECONDS]
    assert found.verdict["sentences"] == [verifying.TOO_HEAVY]


HEAVY = ("huge stream", "deep objects", "nested pages", "heavy pages")


@pytest.mark.parametrize("name", HEAVY)
def test_a_hostile_file_holds_nothing(name: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is tried within the short limit, then once by the worker within its own, and never again."""
    monkeypatch.setattr(verifying, "HEAVY_SECONDS", 6.0)
    data = next(made.make() for made in hostile.HOSTILE if made.name == name)
    began = time.monotonic()
    found = submit(data)
    assert time.monotonic() - began < verifying.LIGHT_SECONDS * 5
    outbox.drain()
    assert found.done_at
    assert not found.verdict["genuine"]
    assert brought() == []


def test_six_that_never_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """An honest protocol from another address is verified while they wait; then the worker times them all out."""
    at = now() - timedelta(hours=1)
    pdf = latest_file(sign(seal(at), at)).pdf
    data = hostile.revised(pdf, 70)
    monkeypatch.setattr(verifying, "LIGHT_SECONDS", 0.02)
    monkeypatch.setattr(verifying, "HEAVY_SECONDS", 0.02)
    taken = [submit(data) for _ in range(verifying.MOST_WAITING)]
    assert {refused(data) for _ in range(3)} == {verifying.Refusal.WAITING}
    monkeypatch.setattr(verifying, "LIGHT_SECONDS", 60.0)
    assert submit(pdf, address="192.0.2.99").verdict["genuine"]
    outbox.drain()
    assert {row.verdict["sentences"][0] for row in taken} == {verifying.TOO_HEAVY}


def test_what_is_said_of_a_file_is_bounded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signer and field names come from the file, so their number and length are limited."""
    said = Verdict(False, ("x" * 10_000_000,) * 1_000, "0" * 64)
    monkeypatch.setattr(verifying, "verify", lambda *_, **__: said)
    sentences = submit().verdict["sentences"]
    assert (len(sentences), len(sentences[0])) == (verifying.MOST_SENTENCES, verifying.LONGEST_SENTENCE)


@pytest.mark.parametrize(
    "data", [b"{" + b'"a":[' * 100_000, b'{"a":' + b"9" * 10_000 + b"}", b"PK\x03\x04" + b"x" * 99]
)
def test_what_is_no_record_is_said(data: bytes, app: Flask) -> None:
    assert not submit(data).verdict["genuine"]
