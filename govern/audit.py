"""Who did what, when, from where: append-only, each entry chained to the one before by its hash."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app, has_request_context, request
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from govern.audit_words import ACTIONS, unworded
from govern.db import Model, db, lock
from govern.swedish import counted, number

FIRST = "0" * 64


class AuditEntry(Model):
    """A logged action. `target` is `table:id`; `facts` holds no text of a paragraph, so nothing confidential leaks."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor: Mapped[str]
    action: Mapped[str]
    target: Mapped[str] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]]
    address: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)

    def own_hash(self) -> str:
        """Compute what `hash` must be: SHA-256 over the entry's fields and the previous hash."""
        parts = [self.at.isoformat(), self.actor_id, self.actor, self.action, self.target, self.facts, self.address]
        # Not `record.canonical_json`: the entries of every installation are chained by this form.
        return hashlib.sha256(json.dumps([*parts, self.previous], sort_keys=True).encode()).hexdigest()


class AuditHead(Model):
    """The number of entries and the last one's hash, signed with a key that is not in the database.

    There is one row. Removing the last entries also requires a new seal, which the database alone does not allow.
    """

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    entries: Mapped[int]
    last: Mapped[str]
    seal: Mapped[str]

    def own_seal(self) -> str:
        """Compute what `seal` must be."""
        secret = f"govern audit head:{current_app.config['SECRET_KEY']}".encode()
        return hmac.new(secret, f"{self.entries}:{self.last}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """The log's position at some moment; stored elsewhere, it reveals that the log was replaced by an older copy."""

    entries: int
    last: str

    def __str__(self) -> str:
        return f"{self.entries}:{self.last}"


def parse_anchor(text: str) -> Anchor:
    """Parse a printed anchor.

    Raises:
        ValueError: if the text is not an anchor.
    """
    entries, _, last = text.strip().partition(":")
    if not re.fullmatch(r"[0-9a-f]{64}", last):
        raise ValueError(f"{text!r} is no anchor")
    return Anchor(int(entries), last)


def anchor() -> Anchor:
    """Return the log's current position."""
    head = db.session.scalar(select(AuditHead))
    return Anchor(head.entries, head.last) if head else Anchor(0, FIRST)


def write(action: str, target: Any, *, by: Any, at: datetime, **facts: Any) -> None:
    """Add an entry in the current transaction.

    `target` is a row, or None if the action concerns no row; `by` is a person (id, name) or None for the program.

    Raises:
        ValueError: in tests, if something in the entry has no words in `audit_words`.
    """
    db.session.flush()  # Assigns the target's id.
    row = "" if target is None else f"{target.__tablename__}:{target.id}"
    if current_app.testing:
        for missing in [action] * (action not in ACTIONS) + unworded(row, facts):
            raise ValueError(f"{missing!r} has no words: add it to govern/audit_words.py")
    lock()
    connection = db.session.connection()
    head = _head(connection)
    entry = {
        "at": at.astimezone(UTC),  # As it is read back, so that the hash matches.
        "actor_id": by.id if by else None,
        "actor": by.name if by else "Govern",
        "action": action,
        "target": row,
        "facts": facts,
        "address": (request.remote_addr or "") if has_request_context() else "",
        "previous": head.last,
    }
    entry["hash"] = AuditEntry(**entry).own_hash()
    connection.execute(_ADD, entry)
    moved = {"entries": head.entries + 1, "last": entry["hash"]}
    connection.execute(_MOVE, moved | {"seal": AuditHead(**moved).own_seal()})


# Built once, and without RETURNING: every change is audited.
_HEAD = select(AuditHead.entries, AuditHead.last)
_ADD, _MOVE = insert(AuditEntry).inline(), update(AuditHead)


def _head(connection: Connection) -> Anchor:
    """Read the head while holding the write lock; if the log has none yet, create it from the existing entries."""
    if found := connection.execute(_HEAD).first():
        return Anchor(*found)
    last = connection.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1))
    head = Anchor(connection.scalar(select(func.count()).select_from(AuditEntry)) or 0, last or FIRST)
    connection.execute(insert(AuditHead), {"id": 1, "entries": head.entries, "last": head.last, "seal": ""})
    return head


def noted(target: Any, action: str, fact: str) -> list[Any]:
    """Return the values of a fact in a row's entries of one action, the latest first."""
    query = select(AuditEntry.facts).where(
        AuditEntry.target == f"{target.__tablename__}:{target.id}", AuditEntry.action == action
    )
    return [facts[fact] for facts in db.session.scalars(query.order_by(AuditEntry.id.desc()))]


@dataclass(frozen=True, slots=True)
class Break:
    """A break in the log: the entry where it was found (None at the end), and a Swedish sentence describing it."""

    entry: int | None
    sentence: str


def breaks(known: Sequence[Anchor] = ()) -> Iterator[Break]:
    """Find every changed or missing entry, including at the end, and check that the log passed the `known` anchors."""
    previous, count = FIRST, 0
    waiting = {anchor.entries: anchor for anchor in known}
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)):
        count += 1
        if entry.hash != entry.own_hash():
            yield Break(entry.id, f"Rad {entry.id} har ändrats.")
        if entry.previous != previous:
            yield Break(entry.id, f"Före rad {entry.id} har något tagits bort, lagts till eller ändrats.")
        previous = entry.hash
        passed = waiting.pop(count, None)
        if passed is not None and passed.last != entry.hash:
            yield Break(entry.id, f"Rad {count} i ordningen är en annan än när ankaret {passed.entries} skrevs ut.")
    head = db.session.scalar(select(AuditHead))
    if head is None and count:
        yield Break(None, "Loggens slutmärke saknas, så att rader kan ha tagits bort i slutet.")
    elif head is not None and not hmac.compare_digest(head.seal, head.own_seal()):
        yield Break(None, "Loggens slutmärke är inte gjort med installationens nyckel.")
    elif head is not None and (head.entries, head.last) != (count, previous):
        yield Break(None, f"I slutet av loggen saknas eller tillkommer rader: {count} finns, {head.entries} skrevs.")
    for anchor in waiting.values():
        if anchor.entries:
            had = counted(anchor.entries, "rad", "rader")
            yield Break(None, f"Loggen hade {had} när ankaret skrevs ut, och har {number(count)} nu.")


def broken_links() -> Iterator[int]:
    """Yield the id of each entry whose hash is wrong or whose predecessor is missing, once."""
    seen: set[int] = set()
    for broken in breaks():
        if broken.entry is not None and broken.entry not in seen:
            seen.add(broken.entry)
            yield broken.entry
