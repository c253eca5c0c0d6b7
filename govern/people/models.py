"""The tables of people, their accounts, second factors and sessions.

`people/access.py` wraps a person as the signed-in user; the model is no `UserMixin`, since two unsaved ones are equal.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.db import Model
from govern.people.states import FactorKind, Happening


class Person(Model):
    """Someone who sits in a forum, signs, or is given a duty.

    Most people have an account.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(default="")

    account: Mapped[Account | None] = relationship(back_populates="person")


class Account(Model):
    """The credentials of a person.

    `email` is stored in lower case, the password as an argon2id hash. `password_hash` is empty until the owner has
    chosen a password.
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
    """A signed-in browser, so that it can be listed and revoked.

    `token` is the SHA-256 of the cookie's token. `fresh_at` is when the password or a passkey was last given,
    `strong_at` when a second factor was: a code, or a passkey with user verification. Signing requires them again if
    they are too old.
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

    `secret` is an app's encrypted key or a passkey's public key; `credential` is the passkey's id (base64url).
    `counter` is the last time step whose code was used, or the passkey's signature counter; it never decreases.
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
    """A single-use code for an owner who has lost their factors (återställningskod).

    `digest` is its HMAC.
    """

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Model):
    """A used challenge, stored for some minutes so that no response is accepted twice."""

    __tablename__ = "passkey_challenges"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(index=True)


class SignInAttempt(Model):
    """The failed attempts within a window that began at `since`.

    `key` is the HMAC of what is counted: an account, a network address, a browser, or everybody.
    """

    __tablename__ = "sign_in_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


class KnownDevice(Model):
    """A browser that has been signed in to an account, and so has its own limit on attempts.

    `digest` is the HMAC of the account and the token in the browser's cookie, which gives no access.
    """

    __tablename__ = "known_devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class OneTimeLink(Model):
    """A link for choosing a new password, valid once and for a day.

    `digest` is the SHA-256 of its token. `closed` is the encrypted token while it waits to be mailed; afterwards it
    cannot be read here.
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
    """A change to an account of which its owner is notified.

    The owner is notified by email, on Mitt konto, and on Min sida if it was made by another person. `by_id` is None if
    it was made on the server, without an account. `seen_at` is when the owner acknowledged it. A reset is `confirmed`
    by a second administrator, after which the owner may sign at once.
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
