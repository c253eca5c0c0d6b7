"""Letters by mail: stored byte for byte as they are sent, and retried until the server accepts them."""

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
"""How long a letter is retried while the server is unreachable or rejects it temporarily."""


class LetterState(Word):
    """The state of a letter's delivery."""

    WAITING = "waiting", "Väntar"
    SENT = "sent", "Skickat"
    FAILED = "failed", "Misslyckades"


class Letter(Model):
    """A letter as it is sent. `receipt` is the server's answer on accepting it, `error` the reason for not doing so."""

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
    """Return an unsaved row that holds the letter's exact bytes."""
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
    """Store a letter and enqueue its delivery, in the caller's transaction; without a mail server it is only stored."""
    row = letter if isinstance(letter, Letter) else written(letter, at=at)
    db.session.add(row)
    db.session.flush()
    if mail.configured(current_app.config["GOVERN"]):
        outbox.enqueue(Topic.LETTER, row.id, at=at)
    return row


def send_again(letter: Letter, *, at: datetime) -> None:
    """Enqueue a letter again, with exactly the same bytes, in the caller's transaction; do nothing if it was sent."""
    if letter.state is not LetterState.SENT:
        letter.state, letter.error, letter.tried_from = LetterState.WAITING, "", at
        outbox.enqueue(Topic.LETTER, letter.id, at=at)


def deliver(keys: Sequence[str]) -> None:
    """Send each waiting letter.

    A permanent rejection (5xx) ends the attempts, as does the time limit; otherwise the outbox retries.

    Raises:
        Undelivered: if a letter is to be retried.
    """
    for key in keys:
        letter = db.session.get(Letter, int(key))
        if letter is None or letter.state is not LetterState.WAITING:
            continue
        if not letter.attempts:
            letter.tried_from = now()  # The time limit starts with the first attempt.
            db.session.commit()
        to, message, since = letter.recipient, letter.message, letter.tried_from
        pause()  # Hold no transaction while talking to the server.
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
    """Register the delivery of letters with the outbox."""
    outbox.handle(Topic.LETTER, deliver, together=1, **outbox.BY_MAIL)
