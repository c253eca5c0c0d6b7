"""Words that are nearly what was typed, for "menade du": weighted edits over the words that stand in the documents.

The words are not stemmed: what is suggested is a word that somebody wrote. Swedish slips cost less: a for å or ä, o for
ö, a letter doubled or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from govern.search.rules import stem

_CHEAP = {frozenset(pair) for pair in ("aå", "aä", "oö", "åä", "eä", "oå", "ij", "sz", "ck", "kq", "vw", "yi", "uo")}
_HALF = 0.5
_OTHER_FORM = 0.25
_NEVER = 999
LEAST, LONGEST = 3, 40
MOST_MEASURED = 3000


def allowance(word: str) -> float:
    """Say how far from a word another may be to be suggested for it."""
    return 0.5 if len(word) < 4 else 1.0 if len(word) < 6 else 1.5 if len(word) < 9 else 2.0


class Vocabulary:
    """Words to compare with. What could be near is found on whole arrays, and then measured one by one."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word for word in words if LEAST <= len(word) <= LONGEST and word.isalpha()]
        self._stems = [stem(word) for word in self._words]
        self._shapes = [_shape(self._words), _shape(self._stems)]

    def __len__(self) -> int:
        return len(self._words)

    @property
    def nbytes(self) -> int:
        """About how much memory it takes."""
        return 2 * sum(map(len, self._words)) + 140 * len(self._words)

    def near(self, word: str) -> Iterator[tuple[float, str]]:
        """Yield the words within the allowance of a folded word, each with its distance, itself left out.

        The endings count for little: somebody may have written only another form.
        """
        if not LEAST <= len(word) <= LONGEST or not self._words:
            return
        most, base = allowance(word), stem(word)
        edits = int(most / _HALF)  # Each may be a cheap one.
        unlike = np.minimum(_unlike(self._shapes[0], word, edits), _unlike(self._shapes[1], base, edits))
        close = np.flatnonzero(unlike < _NEVER)
        if len(close) > MOST_MEASURED:
            close = close[np.argsort(unlike[close], kind="stable")[:MOST_MEASURED]]
        for at in close:
            other = self._words[at]
            if other != word:
                far = min(distance(word, other, most), distance(base, self._stems[at], most) + _OTHER_FORM)
                if far <= most:
                    yield far, other


def _shape(words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    return np.fromiter(map(len, words), np.int16, len(words)), np.fromiter(map(_letters, words), np.uint64, len(words))


def _unlike(shape: tuple[np.ndarray, np.ndarray], word: str, edits: int) -> np.ndarray:
    """Say how unlike words are at a glance, _NEVER where no `edits` could make one of the other."""
    lengths, letters = shape
    apart = np.abs(lengths - len(word))
    # An edit changes one letter for another at most, so two of the letters that a word has.
    others = _ones(letters ^ np.uint64(_letters(word)))
    return np.where((apart <= edits) & (others <= 2 * edits), others + apart, _NEVER)


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
