"""Headers that close what a page does not need, and a nonce for what it does."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g

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
        if response.mimetype in {"text/html", "application/json"}:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
