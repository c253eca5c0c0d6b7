"""Headers that close what a page does not need, a nonce for what it does, and who may keep an answer.

An answer is its reader's own and is kept nowhere, whatever it is, unless its view declares `@shared`. A page is never
shared: it carries a nonce and its reader's own menu. What is static has an address that changes with it, so that it may
be kept for ever.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, Response, g, request

View = TypeVar("View", bound=Callable[..., Any])

NOBODY = "no-store, private"
A_YEAR = 365 * 24 * 3600

POLICY = (
    "default-src 'self'",
    "script-src 'self' 'nonce-{nonce}'",
    "style-src 'self' 'nonce-{nonce}'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)


def csp_nonce() -> str:
    """Give this request's nonce for a script or style element."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


TRANSPORT = "max-age=31536000; includeSubDomains"
"""A year of https alone for this host and those beneath it (RFC 6797, ASVS 5.0 3.4.1)."""


def init_app(app: Flask, *, https: bool) -> None:
    """Set the headers on every answer."""
    app.add_template_global(csp_nonce)

    @app.after_request
    def close(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", "; ".join(POLICY).format(nonce=csp_nonce()))
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if https:
            response.headers.setdefault("Strict-Transport-Security", TRANSPORT)
        response.headers["Cache-Control"] = _kept(app, response)
        response.headers.pop("Expires", None)
        return response


def _kept(app: Flask, response: Response) -> str:
    """Say who may keep the answer, and how long."""
    if response.status_code not in {200, 206, 304}:
        return NOBODY
    if request.endpoint == "static":
        return f"public, max-age={A_YEAR}, immutable"
    view = app.view_functions.get(request.endpoint or "")
    seconds: int | None = getattr(view, "kept_for", None)
    if seconds is None:
        return NOBODY
    # With a session's cookie the answer may bring that cookie anew, which is no one else's.
    own = app.config["SESSION_COOKIE_NAME"] in request.cookies
    return f"{'private' if own else 'public'}, max-age={seconds}"


def shared(seconds: int) -> Callable[[View], View]:
    """Declare that anyone may keep an answer so many seconds: it is public by a person's act, or tells nothing."""

    def declare(view: View) -> View:
        view.kept_for = seconds  # type: ignore[attr-defined]
        return view

    return declare


def digest_of(folder: Path) -> str:
    """Say a name for all that a folder holds: another when any file is."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
