"""Where to go on to, when an address was asked to be remembered on the way."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_next(address: str | None, otherwise: str = "/") -> str:
    """Give an address on this site to go on to; anything else leads home, or to `otherwise`."""
    parts = urlsplit(address or "")
    local = (
        parts.path.startswith("/") and not parts.scheme and not parts.netloc and not (address or "").startswith("//")
    )
    return address if address and local and "\\" not in address else otherwise
