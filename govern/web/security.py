"""Security headers, a nonce for scripts and styles, and cache control.

A response is private to its reader and never stored, whatever it is, unless its view is declared `@shared`. A page is
never shared: it contains a nonce and its reader's own menu. A static file's URL changes with its content, so it may be
cached for ever.
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


def new_nonce() -> str:
    """Return a nonce for the scripts and styles of one page."""
    return secrets.token_urlsafe(16)


def csp_nonce() -> str:
    """Return the request's nonce for a script or style element."""
    if "csp_nonce" not in g:
        g.csp_nonce = new_nonce()
    return str(g.csp_nonce)


TRANSPORT = "max-age=31536000; includeSubDomains"
"""A year of HTTPS only, for this host and its subdomains (RFC 6797, ASVS 5.0 3.4.1)."""


def init_app(app: Flask, *, https: bool) -> None:
    """Set the headers on every response."""
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
    """Return the Cache-Control header of the response."""
    if response.status_code not in {200, 206, 304}:
        return NOBODY
    if request.endpoint == "static":
        return f"public, max-age={A_YEAR}, immutable"
    view = app.view_functions.get(request.endpoint or "")
    seconds: int | None = getattr(view, "kept_for", None)
    if seconds is None:
        return NOBODY
    # With a session cookie, the response may set that cookie again, which is the reader's own.
    own = app.config["SESSION_COOKIE_NAME"] in request.cookies
    return f"{'private' if own else 'public'}, max-age={seconds}"


def shared(seconds: int) -> Callable[[View], View]:
    """Declare a response cacheable by anyone for a time: a person has made it public, or it reveals nothing."""

    def declare(view: View) -> View:
        view.kept_for = seconds  # type: ignore[attr-defined]
        return view

    return declare


def digest_of(folder: Path) -> str:
    """Return a digest of a folder's files, which changes when any of them does."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
