"""Files that are brought for verification: light ones are done at once, heavy ones by the worker."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from govern import outbox
from govern.db import db, lock, now, pause
from govern.documents.verify import weight
from govern.protocols.models import Verification
from govern.protocols.sentences import as_json
from govern.protocols.verify import verify

VERIFY = "verify"
KEPT = timedelta(hours=1)
LIGHT = 100
"""Pages times signatures that take a second or two; what is heavier is left to the worker."""


def bring(data: bytes, name: str, *, at: datetime) -> Verification:
    """Take a file to verify, and do it at once if it is light; old answers are thrown away in passing."""
    pause()
    verdict = _verdict(data, at=at) if _light(data) else None
    db.session.execute(delete(Verification).where(Verification.asked_at < at - KEPT))
    found = Verification(token=secrets.token_urlsafe(24), asked_at=at, name=name[:200], data=data, verdict={})
    db.session.add(found)
    if verdict is not None:
        _answer(found, verdict, at=at)
    else:
        db.session.flush()
        outbox.enqueue(VERIFY, found.id, at=at)
    db.session.commit()
    return found


def _light(data: bytes) -> bool:
    try:
        return weight(data) <= LIGHT
    except ValueError:
        return True


def _verdict(data: bytes, *, at: datetime) -> dict[str, Any]:
    """Verify, which may take seconds."""
    pause()
    verdict = as_json(verify(data, at=at))
    pause()
    return verdict


def _answer(found: Verification, verdict: dict[str, Any], *, at: datetime) -> None:
    found.verdict, found.data, found.done_at = verdict, b"", at


@outbox.handles(VERIFY)
def verify_brought(keys: Sequence[str]) -> None:
    """Verify what waits, a file at a time."""
    for key in keys:
        found = db.session.get(Verification, int(key))
        if found is not None and found.done_at is None:
            verdict = _verdict(found.data, at=now())
            lock()
            if found.done_at is None:
                _answer(found, verdict, at=now())
            db.session.commit()


def by_token(token: str) -> Verification | None:
    """Find what was brought under a token, while it is kept."""
    return db.session.scalar(select(Verification).where(Verification.token == token))
