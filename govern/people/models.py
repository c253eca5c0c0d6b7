"""Persons, the accounts they sign in with, and their sessions.

A person is a plain row; `people/access.py` wraps it as the signed-in user (two unsaved `UserMixin`s are equal).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.people.states import FactorKind, Happening


class Person(Model):
    """Someone who sits in a forum, signs, or is given a duty. Most have an account, some do not."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(default="")

    account: Mapped[Account | None] = relationship(back_populates="person")


class Account(Model):
    """What a person signs in with. `email` is kept in lower case; the password as argon2id.

    `password_hash` is empty until the owner has chosen a password.
    """

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    administrator: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="account", lazy="joined")
    sessions: Mapped[list[SignInSession]] = relationship(back_populates="account")
    factors: Mapped[list[Factor]] = relationship(back_populates="account", order_by="Factor.id")
    recovery_codes: Mapped[list[RecoveryCode]] = relationship(order_by="RecoveryCode.id")


class SignInSession(Model):
    """One browser signed in, so that it can be listed and revoked. `token` is the SHA-256 of what the cookie holds.

    `fresh_at` is when the password was last given, `strong_at` when two factors were: the password and a code, or a
    passkey that knew its owner. Signing asks for them anew when it is too long ago.
    """

    __tablename__ = "sign_in_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    fresh_at: Mapped[datetime]
    strong_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")

    account: Mapped[Account] = relationship(back_populates="sessions", lazy="joined")


class Factor(Model):
    """A second factor (andra steg) that an account has enrolled, under the name its owner gave it.

    `secret` is a code app's key, encrypted, or a passkey's public key; `credential` the passkey's own id (base64url).
    `counter` is the last time step whose code was used, or the passkey's count: neither goes back.
    """

    __tablename__ = "factors"
    __table_args__ = (CheckConstraint("(kind = 'passkey') = (credential IS NOT NULL)", name="credential"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[FactorKind]
    name: Mapped[str]
    secret: Mapped[bytes]
    credential: Mapped[str | None] = mapped_column(unique=True)
    counter: Mapped[int] = mapped_column(BigInteger, default=0)
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(back_populates="factors")


class RecoveryCode(Model):
    """A code for whoever has lost their factors (återställningskod), good once. `digest` is its HMAC."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Model):
    """A challenge that a passkey has answered: kept for some minutes, so that no answer is taken twice."""

    __tablename__ = "passkey_challenges"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(index=True)


class SignInAttempt(Model):
    """How often something was tried in vain within a window that began at `since`.

    `key` is the HMAC of what is counted: an account, a network address, a browser, or everybody.
    """

    __tablename__ = "sign_in_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


class KnownDevice(Model):
    """A browser that has been signed in to an account, and so may be tried at although others have tried too often.

    `digest` is the HMAC of the account and the token in the browser's cookie. It opens nothing.
    """

    __tablename__ = "known_devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class OneTimeLink(Model):
    """A link by which its holder chooses a new password, once, within a day. `digest` is the SHA-256 of its token.

    `closed` is the token, encrypted, while it waits to be mailed; afterwards nobody can read it here.
    """

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    recipient: Mapped[str] = mapped_column(default="")
    closed: Mapped[bytes | None]
    error: Mapped[str] = mapped_column(default="")

    account: Mapped[Account] = relationship()
    by: Mapped[Person | None] = relationship()


class AccountEvent(Model):
    """Something done to an account that its owner is to know: by mail, on Mitt konto, and on Min sida if by another.

    `by_id` is None when it was done on the server, without an account. `seen_at` is when the owner said that they know.
    A reset is `confirmed` by a second administrator, after which the owner may sign at once.
    """

    __tablename__ = "account_events"
    __table_args__ = (CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[Happening]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    by_name: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    mailed_to: Mapped[list[str]] = mapped_column(default=list)
    error: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    account: Mapped[Account] = relationship()
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=confirmed_by_id)
