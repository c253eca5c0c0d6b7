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

from govern.people.rules import PASSWORD_LENGTH, PASSWORD_LONGEST, Refusal

GUESSES = 10**10
"""So many guesses must a password withstand: the highest of the levels that zxcvbn tells apart."""
LOOKED_AT = 72
"""So many characters are looked at, for zxcvbn's time grows with their number; the longest words are shorter."""
SHORTEST_WORD = 3
MARKS = str.maketrans("åäöéü", "aaoeu")
ALIKE = str.maketrans("åä4@ö0é3€ü5$7+l1!|", "aaaaooeeeussttiiii")


def words_of(*known: str) -> set[str]:
    """Return the words of names and addresses, as they may come back in a password."""
    return {word for text in known for word in re.split(r"[^\w]|_", text.lower()) if len(word) >= SHORTEST_WORD}


def refuse_password(password: str, own: Iterable[str] = ()) -> Refusal | None:
    """Refuse a password that is too short, too long to hash, common, or little else than its owner's `own` words."""
    if len(password) < PASSWORD_LENGTH:
        return Refusal.SHORT
    if len(password) > PASSWORD_LONGEST:
        return Refusal.LONG
    rest = _without(password, own)
    if rest != password and _guesses(rest) < GUESSES:
        return Refusal.OWN_WORDS
    return Refusal.COMMON if _guesses(password) < GUESSES else None


def _without(password: str, words: Iterable[str]) -> str:
    """Take words out of a password, also backwards, in capitals, without marks, and with digits for letters."""
    plain, covered = _plain(password), [False] * len(password)
    plain_words = {_plain(word) for word in words}
    for word in plain_words | {word[::-1] for word in plain_words}:
        start = plain.find(word)
        while start >= 0:
            covered[start : start + len(word)] = [True] * len(word)
            start = plain.find(word, start + 1)
    return "".join(sign for sign, gone in zip(password, covered, strict=True) if not gone)


def _plain(text: str) -> str:
    """Write signs that are taken for each other as one, each as one."""
    return "".join(sign.lower()[:1] for sign in text).translate(ALIKE)


def _guesses(password: str) -> int:
    """Estimate how many guesses a password withstands. The lists are read the first time (10 MB)."""
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # noqa: PLC0415 — most never judge a new password.

    from govern.people.passwords.common_words import WORDS  # noqa: PLC0415

    if not password:
        return 0
    return int(zxcvbn(password[:LOOKED_AT], user_inputs=[*WORDS, *map(_without_marks, WORDS)])["guesses"])


def _without_marks(word: str) -> str:
    return word.translate(MARKS)
