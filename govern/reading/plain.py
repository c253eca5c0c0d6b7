"""Decode plain text in the encodings that Swedish offices use."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decoded(data: bytes) -> str:
    """Decode bytes by their byte order mark, else as UTF-8, else as Windows-1252."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def text(data: bytes) -> Iterator[str]:
    """Yield the text as one part."""
    yield decoded(data)
