"""Words that are nearly what was typed, for "menade du": weighted edits over the words that stand in the documents.

The words are not stemmed: what is suggested is a word that somebody wrote. Swedish slips cost less: a for å or ä, o for
ö, a letter doubled or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from govern.search.tokens import fold

_CHEAP = {frozenset(pair) for pair in ("aå", "aä", "oö", "åä", "eä", "oå", "ij", "sz", "ck", "kq", "vw", "yi", "uo")}
_HALF = 0.5
LEAST, LONGEST = 3, 40
MOST_MEASURED = 3000


def allowance(word: str) -> float:
    """Say how far from a word another may be to be suggested for it."""
    return 0.5 if len(word) < 4 else 1.0 if len(word) < 6 else 1.5 if len(word) < 9 else 2.0


class Vocabulary:
    """Words to compare with. What could be near is found on whole arrays, and then measured one by one."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word for word in words if LEAST <= len(word) <= LONGEST and word.isalpha()]
        self._lengths = np.fromiter(map(len, self._words), np.int16, len(self._words))
        self._letters = np.fromiter(map(_letters, self._words), np.uint64, len(self._words))

    def __len__(self) -> int:
        return len(self._words)

    @property
    def nbytes(self) -> int:
        """About how much memory it takes."""
        return sum(map(len, self._words)) + 60 * len(self._words) + self._lengths.nbytes + self._letters.nbytes

    def near(self, word: str) -> Iterator[tuple[float, str]]:
        """Yield the words within the allowance of a folded word, each with its distance, itself left out."""
        if not LEAST <= len(word) <= LONGEST or not self._words:
            return
        most = allowance(word)
        edits = int(most / _HALF)  # Each may be a cheap one.
        apart = np.abs(self._lengths - len(word))
        # An edit changes one letter for another at most, so two of the letters that a word has.
        other_letters = _ones(self._letters ^ np.uint64(_letters(word)))
        close = np.flatnonzero((apart <= edits) & (other_letters <= 2 * edits))
        if len(close) > MOST_MEASURED:
            close = close[np.argsort(other_letters[close] + apart[close], kind="stable")[:MOST_MEASURED]]
        for at in close:
            other = self._words[at]
            if other != word and (far := distance(word, other, most)) <= most:
                yield far, other


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 64)
    return bits


def _ones(numbers: np.ndarray) -> np.ndarray:
    octets = numbers.view(np.uint8).reshape(len(numbers), 8)
    ones: np.ndarray = _BITS[octets].sum(axis=1, dtype=np.int16)
    return ones


_BITS = np.array([bin(octet).count("1") for octet in range(256)], np.uint8)


def distance(one: str, other: str, most: float = 99.0) -> float:
    """Return the weighted Damerau–Levenshtein distance of two words; beyond `most` any greater number."""
    before: list[float] = []
    row = [float(at) for at in range(len(other) + 1)]
    for number, letter in enumerate(one, 1):
        former, row = row, [float(number)]
        for at, there in enumerate(other, 1):
            best = min(
                former[at - 1] + _change(letter, there),
                former[at] + (_HALF if number > 1 and one[number - 2] == letter else 1.0),
                row[at - 1] + (_HALF if at > 1 and other[at - 2] == there else 1.0),
            )
            if before and at > 1 and letter == other[at - 2] and one[number - 2] == there:
                best = min(best, before[at - 2] + 1.0)
            row.append(best)
        if min(row) > most and min(former) > most:
            return most + 1
        before = former
    # Few get the first letter wrong.
    return row[-1] + (0.25 if one[:1] != other[:1] else 0.0)


def _change(letter: str, there: str) -> float:
    if letter == there:
        return 0.0
    return _HALF if frozenset((letter, there)) in _CHEAP else 1.0


def same_but_dots(one: str, other: str) -> bool:
    """Say whether two words are the same to someone who cannot write å, ä and ö."""
    plain = str.maketrans("åäö", "aao")
    return fold(one).translate(plain) == fold(other).translate(plain)
