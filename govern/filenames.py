"""Names of files: as somebody uploaded them, and as every system can store them."""

from __future__ import annotations

import re
import unicodedata

from govern.bounds import one_line

LONGEST = 150
"""The longest name that is kept, in characters with the ending."""
MOST_BYTES = 200
"""The longest name of a file or folder in an archive, in bytes of UTF-8: file systems take 255."""
LONGEST_ENDING = 5

_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\s*(?:\.|$))", re.IGNORECASE)
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')


def own_name(given: str) -> str:
    """Return the name of an uploaded file: without folders, on one line, in NFC, with its ending however long it is.

    macOS writes å as a and a ring (NFD); in NFC equal names are equal, and fonts draw them.
    """
    name = unicodedata.normalize("NFC", one_line(given.replace("\\", "/").rpartition("/")[2]))
    stem, ending = _parts(name)
    return name if len(name) <= LONGEST else stem[: LONGEST - len(ending)].rstrip(" .") + ending


def storable_name(name: str) -> str:
    """Return a name that any system can store, for a download or an archive.

    It has no slash and no character that Windows refuses, is no device of Windows (CON, nul.txt), neither begins nor
    ends with a space or a full stop, and is not too long.
    """
    name = unicodedata.normalize("NFC", _REFUSED.sub("-", one_line(name))).strip(" .-") or "fil"
    stem, ending = _parts(name)
    stem = stem.encode()[: MOST_BYTES - len(ending.encode())].decode(errors="ignore").strip(" .") or "fil"
    return f"_{stem}{ending}" if _DEVICE.match(stem + ending) else stem + ending


def numbered(name: str, number: int) -> str:
    """Return a name with a number before its ending: `plan (2).pdf`."""
    stem, ending = _parts(name)
    return f"{stem} ({number}){ending}"


def _parts(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, f".{ending}") if dot and stem and len(ending) <= LONGEST_ENDING else (name, "")
