"""Letters by mail: kept byte for byte as they are sent, tried again until the server takes them, with its receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage

from flask import current_app
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from govern import mail, outbox
from govern.db import Model, db, lock, now, pause
from govern.topics import Topic
from govern.words import Word

GIVE_UP = timedelta(days=2)
"""How long a letter is tried that the server, or the way to it, will not take for the time being."""


class LetterState(Word):
    """How far a letter has come."""

    WAITING = "waiting", "Väntar"
    SENT = "sent", "Skickat"
    FAILED = "failed", "Misslyckades"


class Letter(Model):
    """A letter as it goes out. `receipt` is what the server answered when it took it, `error` why it did not."""

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        CheckConstraint("state <> 'failed' OR error <> ''", name="failed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    message: Mapped[bytes] = mapped_column(deferred=True)
    sha256: Mapped[str]
    state: Mapped[LetterState] = mapped_column(default=LetterState.WAITING)
    made_at: Mapped[datetime]
    tried_from: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    receipt: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)


def written(letter: EmailMessage, *, at: datetime) -> Letter:
    """Give a letter as it is to be kept, byte for byte. It is not kept before it is posted."""
    data = letter.as_bytes(policy=letter.policy.clone(linesep="\r\n"))
    return Letter(
        recipient=letter["To"],
        subject=letter["Subject"],
        message=data,
        sha256=hashlib.sha256(data).hexdigest(),
        made_at=at,
        tried_from=at,
    )


def post(letter: EmailMessage | Letter, *, at: datetime) -> Letter:
    """Keep a letter and ask for it to be sent, in the caller's transaction; where there is no mail server it waits."""
    row = letter if isinstance(letter, Letter) else written(letter, at=at)
    db.session.add(row)
    db.session.flush()
    if mail.configured(current_app.config["GOVERN"]):
        outbox.enqueue(Topic.LETTER, row.id, at=at)
    return row


def send_again(letter: Letter, *, at: datetime) -> None:
    """Ask for a letter to be sent again, byte for byte the same, in the caller's transaction; one that went is left."""
    if letter.state is not LetterState.SENT:
        letter.state, letter.error, letter.tried_from = LetterState.WAITING, "", at
        outbox.enqueue(Topic.LETTER, letter.id, at=at)


def deliver(keys: Sequence[str]) -> None:
    """Send each letter that waits.

    A server that says never (5xx) ends the trying, and so does time; otherwise the outbox tries again.

    Raises:
        Undelivered: when a letter is to be tried again.
    """
    for key in keys:
        letter = db.session.get(Letter, int(key))
        if letter is None or letter.state is not LetterState.WAITING:
            continue
        if not letter.attempts:
            letter.tried_from = now()  # However long it has waited for a worker.
            db.session.commit()
        to, message, since = letter.recipient, letter.message, letter.tried_from
        pause()  # No transaction is open while the server is spoken to.
        try:
            receipt = mail.deliver(current_app.config["GOVERN"], to, message)
        except mail.Undelivered as error:
            lock()
            letter = db.session.get_one(Letter, int(key))
            letter.attempts, letter.error = letter.attempts + 1, error.sentence
            lasting = error.permanent or now() - since > GIVE_UP
            if lasting:
                letter.state = LetterState.FAILED
            db.session.commit()
            if not lasting:
                raise
            continue
        lock()
        letter = db.session.get_one(Letter, int(key))
        letter.attempts, letter.error = letter.attempts + 1, ""
        letter.state, letter.sent_at, letter.receipt = LetterState.SENT, now(), receipt
        db.session.commit()


def register() -> None:
    """Let the outbox deliver letters."""
    outbox.handle(Topic.LETTER, deliver, together=1, **outbox.BY_MAIL)
