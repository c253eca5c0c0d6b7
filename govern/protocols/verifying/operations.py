"""Files submitted for verification: light ones are verified at once, heavy ones by the worker.

A submitted file is stored beside the database until it has been verified. Submitters are anonymous, so there are quotas
for each address and for all together, checked in one transaction, and what is left over is deleted after its time.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import logging
import secrets
import shutil
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import delete, func, select

from govern import files, limited, outbox
from govern.db import commit_step, db, lock_anew, now, pause, save_changes
from govern.errors import Refusal as BaseRefusal
from govern.errors import TooMany
from govern.protocols.models import Verification
from govern.protocols.verifying.judging import verify
from govern.protocols.verifying.sentences import as_json
from govern.topics import Topic

log = logging.getLogger(__name__)

KEPT = timedelta(hours=1)
WINDOW = timedelta(minutes=10)

MOST_FILES, MOST_BYTES, MOST_WAITING = 30, 300_000_000, 3
"""Files and bytes that an address may submit within the window, and its files that may wait for the worker."""

MOST_FILES_IN_ALL, MOST_BYTES_IN_ALL, MOST_WAITING_IN_ALL = 300, 3_000_000_000, 20
"""The same for all addresses together."""

LIGHT_BYTES = 20_000_000
LIGHT_SECONDS = 4.0
LIGHT_AT_ONCE = 2
"""The limits of verifying while the submitter waits: bytes, seconds, and files at a time in a web process."""

HEAVY_SECONDS = 60.0
"""The time limit of each of the worker's processes for a file."""

LOST = timedelta(minutes=1)
"""The delay after which the worker takes a file that was to be verified at once, but whose process died."""

MOST_SENTENCES, LONGEST_SENTENCE = 60, 400
"""The limits of a verdict: what a file names may be of any length, and anyone may submit one."""

_slots = threading.BoundedSemaphore(LIGHT_AT_ONCE)


class Refusal(BaseRefusal):
    """Why a file is not accepted now."""

    ADDRESS = "Många filer har lagts in från din adress den senaste stunden. Vänta tio minuter och lägg in filen igen."
    WAITING = "Tidigare filer från din adress kontrolleras fortfarande. Vänta tills de är klara och lägg in filen igen."
    BUSY = "Många filer kontrolleras just nu. Vänta tio minuter och lägg in filen igen."


TOO_HEAVY = "Filen tar för lång tid eller för mycket minne att kontrollera, och har inte bekräftats."
LEFT_BEHIND = "Filen hann inte kontrolleras. Lägg in den igen."


def submit(file: IO[bytes], size: int, name: str, *, address: str, at: datetime) -> Verification:
    """Store a file of `size` bytes for verification, and verify it at once if it is light.

    Raises:
        TooMany: if a quota is exceeded.
    """
    token = secrets.token_urlsafe(24)
    found_id = _reserve(token, size, name, network_of(address), at=at)
    path = _place(token)
    with path.open("wb") as kept:
        shutil.copyfileobj(file, kept)
    verdict = _tried(path, at=at) if size <= LIGHT_BYTES else None
    lock_anew()
    found = db.session.get_one(Verification, found_id)
    if verdict is not None:
        _answer(found, verdict, at=now())
    else:
        outbox.enqueue(Topic.VERIFY, found_id, at=at)
    save_changes()
    return found


def network_of(address: str) -> str:
    """Return the address that counts for a quota: an IPv6 address's /64 network, since a household has a whole one."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _reserve(token: str, size: int, name: str, address: str, *, at: datetime) -> int:
    """Check the quotas and store the row in one transaction, so that nobody else counts meanwhile."""
    lock_anew()
    db.session.execute(delete(Verification).where(Verification.asked_at < at - KEPT))
    refusal = _refuse(size, address, at=at)
    if refusal is not None:
        commit_step()
        raise TooMany(refusal.value, "file", seconds=int(WINDOW.total_seconds()))
    found = Verification(
        token=token, asked_at=at, name=name.replace("\x00", "")[:200], size=size, address=address, verdict={}
    )
    db.session.add(found)
    db.session.flush()
    found_id = found.id
    outbox.enqueue(Topic.VERIFY, found_id, at=at, due=at + LOST)
    outbox.enqueue(Topic.FORGET, found_id, at=at, due=at + KEPT + WINDOW)
    commit_step()
    return found_id


def _refuse(size: int, address: str, *, at: datetime) -> Refusal | None:
    """Refuse a file that would exceed a quota."""
    recent = Verification.asked_at > at - WINDOW
    own = Verification.address == address
    if _exceeds(size, MOST_FILES, MOST_BYTES, recent, own):
        return Refusal.ADDRESS
    if _exceeds(size, MOST_FILES_IN_ALL, MOST_BYTES_IN_ALL, recent):
        return Refusal.BUSY
    unfinished = Verification.done_at.is_(None)
    if _count(unfinished, own) >= MOST_WAITING:
        return Refusal.WAITING
    return Refusal.BUSY if _count(unfinished) >= MOST_WAITING_IN_ALL else None


def _exceeds(size: int, most_files: int, most_bytes: int, *which: Any) -> bool:
    query = select(func.count(), func.coalesce(func.sum(Verification.size), 0)).where(*which)
    count, total = db.session.execute(query).one()
    return count + 1 > most_files or total + size > most_bytes


def _count(*which: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(Verification).where(*which)) or 0


def _tried(path: Path, *, at: datetime) -> dict[str, Any] | None:
    """Verify while the submitter waits; return None if the file is too heavy for that, or no slot is free."""
    if not _slots.acquire(blocking=False):
        return None
    try:
        return _verdict(path.read_bytes(), at=at, seconds=LIGHT_SECONDS)
    except (limited.TooHeavy, limited.NotStarted):
        return None
    finally:
        _slots.release()


def _verdict(data: bytes, *, at: datetime, seconds: float) -> dict[str, Any]:
    """Return the verdict, shortened; no transaction is open meanwhile, since it may take seconds."""
    pause()
    said = as_json(verify(data, at=at, seconds=seconds))
    return {key: _cut(value) for key, value in said.items()}


def _cut(said: Any) -> Any:
    """Shorten texts and lists to their limits, and remove characters that cannot be stored."""
    match said:
        case str():
            return said[:LONGEST_SENTENCE].replace("\x00", "").encode("utf-8", "replace").decode()
        case list():
            return [_cut(one) for one in said[:MOST_SENTENCES]]
        case dict():
            return {key: _cut(value) for key, value in said.items()}
        case _:
            return said


def _answer(found: Verification, verdict: dict[str, Any], *, at: datetime) -> None:
    found.verdict, found.done_at = verdict, at
    _place(found.token).unlink(missing_ok=True)


def _unverified(sentence: str, data: bytes = b"") -> dict[str, Any]:
    """Return the verdict on a file that was not verified, in the form of `as_json`."""
    return {
        "genuine": False,
        "sha256": hashlib.sha256(data).hexdigest() if data else "",
        "sentences": [sentence],
        "protocol": None,
        "archived": None,
        "signatures": [],
        "unsigned": [],
    }


def mark_unverified(key: str) -> None:
    """Store the verdict that a file could not be verified, so that its page does not wait for ever."""
    found = db.session.get(Verification, int(key))
    if found is not None and found.done_at is None:
        _answer(found, _unverified(TOO_HEAVY), at=now())


def verify_submitted(keys: Sequence[str]) -> None:
    """Verify the waiting files, one at a time. A file that exceeds a limit gets that as its verdict, and no retry."""
    for key in keys:
        found = db.session.get(Verification, int(key))
        if found is None or found.done_at is not None:
            continue
        token = found.token
        db.session.rollback()
        verdict = _heavy(token)
        lock_anew()
        found = db.session.get(Verification, int(key))
        if found is not None and found.done_at is None:
            _answer(found, verdict, at=now())
        save_changes()


def _heavy(token: str) -> dict[str, Any]:
    try:
        data = _place(token).read_bytes()
    except FileNotFoundError:
        return _unverified(LEFT_BEHIND)
    try:
        return _verdict(data, at=now(), seconds=HEAVY_SECONDS)
    except limited.TooHeavy as error:
        log.warning("verify: a file of %d bytes is too heavy: %s", len(data), error.detail)
        return _unverified(TOO_HEAVY, data)


def forget(_keys: Sequence[str]) -> None:
    """Delete expired verifications, and expired files that a process left behind when it died."""
    db.session.execute(delete(Verification).where(Verification.asked_at < now() - KEPT))
    save_changes()
    for path in _folder().iterdir():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - KEPT.total_seconds():
                path.unlink()


def _folder() -> Path:
    return files.workshop("brought")


def _place(token: str) -> Path:
    """Return the path of a submitted file. The name is a hash, since the token is the submitter's secret."""
    return _folder() / hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str) -> Verification | None:
    """Return the verification with a token, or None if there is none any longer."""
    return db.session.scalar(select(Verification).where(Verification.token == token))
