"""Where to go on to, when an address was asked to be remembered on the way."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_MEANT_TO_MISLEAD = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")
"""A browser leaves tabs and line breaks out, and reads a backslash as a slash: `/⇥/elsewhere` leads elsewhere."""


def safe_next(address: str | None, otherwise: str = "/") -> str:
    """Give an address on this site to go on to; anything else leads home, or to `otherwise`."""
    if not address or _MEANT_TO_MISLEAD.search(address) or not address.startswith("/") or address.startswith("//"):
        return otherwise
    try:
        parts = urlsplit(address)
    except ValueError:  # Half an address, such as `/[`.
        return otherwise
    return otherwise if parts.scheme or parts.netloc else address
