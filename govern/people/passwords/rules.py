"""Password requirements: long, not common, and not made of public words about its owner.

NIST SP 800-63B-4, 3.1.1.2, and OWASP ASVS 5.0, 6.2.1, 6.2.4, 6.2.9 and 6.2.11: at least twelve characters and at least
64 allowed, no composition rules, no periodic change, and a list of common, expected or compromised passwords that every
new password is compared with. The list is that of zxcvbn (30 000 passwords, words and names), the Swedish words of
`common_words`, and public words about the person and the organisation. zxcvbn detects capitals, digits for letters,
digits at the end, repetition and keyboard patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from govern.people.rules import PASSWORD_LENGTH, PASSWORD_LONGEST, Refusal

GUESSES = 10**10
"""The number of guesses that a password must withstand: zxcvbn's highest level."""
LOOKED_AT = 72
"""The number of characters examined, since zxcvbn's time grows with the length; no listed word is longer."""
SHORTEST_WORD = 3
MARKS = str.maketrans("åäöéü", "aaoeu")
ALIKE = str.maketrans("åä4@ö0é3€ü5$7+l1!|", "aaaaooeeeussttiiii")


def words_of(*known: str) -> set[str]:
    """Return the words of names and addresses that may occur in a password."""
    return {word for text in known for word in re.split(r"[^\w]|_", text.lower()) if len(word) >= SHORTEST_WORD}


def refuse_password(password: str, own: Iterable[str] = ()) -> Refusal | None:
    """Refuse a password that is too short, too long to hash, common, or little more than the owner's `own` words."""
    if len(password) < PASSWORD_LENGTH:
        return Refusal.SHORT
    if len(password) > PASSWORD_LONGEST:
        return Refusal.LONG
    rest = _without(password, own)
    if rest != password and _guesses(rest) < GUESSES:
        return Refusal.OWN_WORDS
    return Refusal.COMMON if _guesses(password) < GUESSES else None


def _without(password: str, words: Iterable[str]) -> str:
    """Remove words from a password, also reversed, in capitals, without diacritics, or with digits for letters."""
    plain, covered = _plain(password), [False] * len(password)
    plain_words = {_plain(word) for word in words}
    for word in plain_words | {word[::-1] for word in plain_words}:
        start = plain.find(word)
        while start >= 0:
            covered[start : start + len(word)] = [True] * len(word)
            start = plain.find(word, start + 1)
    return "".join(sign for sign, gone in zip(password, covered, strict=True) if not gone)


def _plain(text: str) -> str:
    """Replace each character by a representative of its look-alikes, one for one."""
    return "".join(sign.lower()[:1] for sign in text).translate(ALIKE)


def _guesses(password: str) -> int:
    """Estimate the guesses that a password withstands; the first call loads the word lists (10 MB)."""
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # noqa: PLC0415 — most processes never need it.

    from govern.people.passwords.common_words import WORDS  # noqa: PLC0415

    if not password:
        return 0
    return int(zxcvbn(password[:LOOKED_AT], user_inputs=[*WORDS, *map(_without_marks, WORDS)])["guesses"])


def _without_marks(word: str) -> str:
    return word.translate(MARKS)
