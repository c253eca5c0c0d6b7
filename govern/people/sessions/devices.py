"""Browsers that have been signed in to an account, recognised by a cookie that gives no access.

Somebody who guesses passwords from elsewhere reaches the limit for unknown browsers, while the owner can still sign in
with a browser used before (OWASP's "device cookies"). One cookie serves everyone who uses the browser; the database
stores a digest of it for each account.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, g, has_request_context, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from govern import secrets_box
from govern.db import db
from govern.people.models import Account, KnownDevice

PURPOSE = "govern known devices"
LASTS = timedelta(days=400)
"""How long an unused browser is recognised, which is the longest that browsers keep a cookie."""
MOST = 20
"""How many browsers are recognised per account; the least recently used are forgotten first."""


def cookie_name() -> str:
    """Return the cookie's name; over HTTPS the prefix prevents other hosts from setting it (RFC 6265bis)."""
    return "__Host-govern-device" if current_app.config["SESSION_COOKIE_SECURE"] else "govern-device"


def token() -> str:
    """Return this browser's token, or an empty string if its cookie is missing or invalid."""
    if not has_request_context():
        return ""
    try:
        return str(_signer().loads(request.cookies.get(cookie_name(), "")))
    except BadSignature:
        return ""


def digest(account_id: int, device: str) -> str:
    """Return the digest of a browser that the database stores for an account."""
    written = f"{account_id}:{device}".encode()
    return hmac.new(secrets_box.derive(PURPOSE), written, hashlib.sha256).hexdigest()


def knows(account_id: int, device: str, *, at: datetime) -> bool:
    """Return whether this browser has been signed in to the account before."""
    if not device:
        return False
    query = select(KnownDevice.id).where(KnownDevice.digest == digest(account_id, device))
    return db.session.scalar(query.where(KnownDevice.seen_at > at - LASTS)) is not None


def remember(account: Account, device: str, *, at: datetime) -> str:
    """Recognise this browser from now on, in the caller's transaction, and return the token for its cookie."""
    device = device or secrets.token_urlsafe(24)
    kept = digest(account.id, device)
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[db.engine.dialect.name]
    row = insert(KnownDevice).values(account_id=account.id, digest=kept, seen_at=at)
    db.session.execute(row.on_conflict_do_update(index_elements=[KnownDevice.digest], set_={"seen_at": at}))
    newest = select(KnownDevice.id).where(KnownDevice.account_id == account.id)
    newest = newest.order_by(KnownDevice.seen_at.desc(), KnownDevice.id.desc()).limit(MOST)
    surplus = (KnownDevice.account_id == account.id) & KnownDevice.id.not_in(newest)
    db.session.execute(delete(KnownDevice).where(surplus | (KnownDevice.seen_at <= at - LASTS)))
    if has_request_context():
        g.device = device
    return device


def forget_all(account: Account) -> None:
    """Forget all browsers of an account, in the caller's transaction."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.account_id == account.id))


def send(response: Response) -> Response:
    """Set the cookie of a browser that has just signed in, inaccessible to scripts and other sites."""
    if device := g.get("device"):
        response.set_cookie(
            cookie_name(),
            str(_signer().dumps(device)),
            max_age=LASTS,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=PURPOSE)
