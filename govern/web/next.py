"""Where to redirect when the next address was remembered on the way."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_MEANT_TO_MISLEAD = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")
"""Browsers drop tabs and line breaks, and read a backslash as a slash: `/⇥/elsewhere` leads to another host."""


def safe_next(address: str | None, otherwise: str = "/") -> str:
    """Return the address if it is on this site, otherwise the start page or `otherwise`."""
    if not address or _MEANT_TO_MISLEAD.search(address) or not address.startswith("/") or address.startswith("//"):
        return otherwise
    try:
        parts = urlsplit(address)
    except ValueError:  # An incomplete URL, such as `/[`.
        return otherwise
    return otherwise if parts.scheme or parts.netloc else address
