"""What a password must be: long, and neither common nor made of what everybody knows of its owner.

NIST SP 800-63B-4, 3.1.1.2, and OWASP ASVS 5.0, 6.2.1, 6.2.4, 6.2.9 and 6.2.11: at least twelve characters and at least
64 allowed, no rules about odd signs, no change without a cause, and a list of what is common, expected or compromised
that every new password is compared with. The list is that of zxcvbn (30 000 passwords, and words and names), the
Swedish words of `common_words`, and what is known of the person and the organisation. zxcvbn sees through capitals,
digits for letters, digits at the end, repetition, and rows on the keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from govern.people.rules import PASSWORD_LENGTH, PASSWORD_LONGEST, Refusal

GUESSES = 10**8
"""So many guesses must a password withstand: zxcvbn's third level of four, far beyond the limit on attempts."""
LOOKED_AT = 72
"""So many characters are looked at, for zxcvbn's time grows with their number; the longest words are shorter."""
SHORTEST_WORD = 3


def words_of(*known: str) -> set[str]:
    """Give the words of names and addresses, whole and in parts, as they may come back in a password."""
    words: set[str] = set()
    for text in known:
        parts = [part for part in re.split(r"[^\w]|_", text.casefold()) if len(part) >= SHORTEST_WORD]
        words.update(parts, ["".join(parts)] if parts else [])
    return {plain for word in words for plain in (word, _without_marks(word))}


def refuse_password(password: str, own: Iterable[str] = ()) -> Refusal | None:
    """Refuse a password that is too short, too long to hash, common, or made of its owner's `own` words."""
    if len(password) < PASSWORD_LENGTH:
        return Refusal.SHORT
    if len(password) > PASSWORD_LONGEST:
        return Refusal.LONG
    own = {word.casefold() for word in own}
    found = _estimate(password[:LOOKED_AT], own)
    if found["guesses"] >= GUESSES:
        return None
    used = {match.get("matched_word") for match in found["sequence"]}
    return Refusal.OWN_WORDS if used & own else Refusal.COMMON


def _estimate(password: str, own: set[str]) -> dict[str, Any]:
    """Estimate how many guesses a password withstands. The lists are read the first time (10 MB)."""
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # noqa: PLC0415 — most never judge a new password.

    from govern.people.common_words import WORDS  # noqa: PLC0415

    given = [*sorted(own), *WORDS, *(plain for word in WORDS if (plain := _without_marks(word)) != word)]
    result: dict[str, Any] = zxcvbn(password, user_inputs=given)
    return result


def _without_marks(word: str) -> str:
    return word.translate(str.maketrans("åäöéü", "aaoeu"))
