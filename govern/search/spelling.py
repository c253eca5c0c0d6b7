"""Spelling suggestions ("menade du") by weighted edit distance to the words in the documents.

The words are not stemmed, so a suggestion is always a word that occurs. Common Swedish misspellings cost less: a for å
or ä, o for ö, a doubled or undoubled letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np

from govern.search.rules import stem

_CHEAP = {frozenset(pair) for pair in ("aå", "aä", "oö", "åä", "eä", "oå", "ij", "sz", "ck", "kq", "vw", "yi", "uo")}
_HALF = 0.5
_OTHER_FORM = 0.25
_NEVER = 999
_ALPHABET = "abcdefghijklmnopqrstuvwxyzåäö"
LEAST, LONGEST = 3, 40
MOST_MEASURED = 3000


def allowance(word: str) -> float:
    """Return the greatest distance at which another word may be suggested for this one."""
    return 0.5 if len(word) < 4 else 1.0 if len(word) < 6 else 1.5 if len(word) < 9 else 2.0


class Vocabulary:
    """Words to compare with.

    Candidates are filtered with array operations before their distances are computed.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word for word in words if LEAST <= len(word) <= LONGEST and word.isalpha()]
        self._stems = [stem(word) for word in self._words]
        self._shapes = [_shape(self._words), _shape(self._stems)]

    def __len__(self) -> int:
        return len(self._words)

    @property
    def nbytes(self) -> int:
        """The approximate memory use in bytes."""
        return 2 * sum(map(len, self._words)) + 140 * len(self._words)

    def near(self, word: str) -> Iterator[tuple[float, str]]:
        """Yield the words within the allowance of a folded word and their distances, excluding the word itself.

        Endings weigh little, since the word may only be in another form.
        """
        if not LEAST <= len(word) <= LONGEST or not self._words:
            return
        most = allowance(word)
        # Compare the unstemmed word too, since the stemmer may take off part of it: apparat is not a form of appar.
        bases = {word, stem(word)}
        edits = int(most / _HALF)  # Every edit may be one of half cost.
        unlike = reduce(
            np.minimum,
            [_unlike(self._shapes[0], word, edits), *(_unlike(self._shapes[1], base, edits) for base in bases)],
        )
        close = np.flatnonzero(unlike < _NEVER)
        if len(close) > MOST_MEASURED:
            close = close[np.argsort(unlike[close], kind="stable")[:MOST_MEASURED]]
        others, stems = [self._words[at] for at in close], [self._stems[at] for at in close]
        far = reduce(np.minimum, [distances(word, others), *(distances(base, stems) + _OTHER_FORM for base in bases)])
        for at in np.flatnonzero(far <= most):
            if others[at] != word:
                yield float(far[at]), others[at]


def _shape(words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    return np.fromiter(map(len, words), np.int16, len(words)), np.fromiter(map(_letters, words), np.uint64, len(words))


def _unlike(shape: tuple[np.ndarray, np.ndarray], word: str, edits: int) -> np.ndarray:
    """Return a cheap measure of how much words differ, _NEVER if `edits` edits cannot make them equal."""
    lengths, letters = shape
    apart = np.abs(lengths - len(word))
    # One edit replaces at most one letter, which changes at most two bits.
    others = np.bitwise_count(letters ^ np.uint64(_letters(word))).astype(np.int16)
    return np.where((apart <= edits) & (others <= 2 * edits), others + apart, _NEVER)


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 64)
    return bits


def distances(word: str, others: Sequence[str]) -> np.ndarray:
    """Return the weighted Damerau–Levenshtein distances from a word to the others, all computed together."""
    longest = max(map(len, others), default=0)
    if not longest:
        return np.full(len(others), float(len(word)), np.float32)
    letters = np.array(others, f"U{longest}").view(np.uint32).reshape(len(others), longest).T.copy()
    known = np.minimum(letters, len(_CHANGE) - 1)
    added = np.ones(letters.shape, np.float32)
    added[1:][letters[1:] == letters[:-1]] = _HALF
    rows = [np.repeat(np.arange(longest + 1, dtype=np.float32)[:, None], len(others), axis=1)]
    for number, letter in enumerate(word):
        changed = _CHANGE[min(ord(letter), len(_CHANGE) - 1)][known]
        changed[letters == ord(letter)] = 0
        again = number > 0 and word[number - 1] == letter
        row = np.minimum(rows[-1][1:] + (_HALF if again else 1), rows[-1][:-1] + changed)
        if number:
            turned = (letters[:-1] == ord(letter)) & (letters[1:] == ord(word[number - 1]))
            row[1:] = np.where(turned, np.minimum(row[1:], rows[-2][:-2] + 1), row[1:])
        row = np.concatenate([np.full((1, len(others)), number + 1, np.float32), row])
        for at in range(longest):
            np.minimum(row[at + 1], row[at] + added[at], out=row[at + 1])
        rows = [rows[-1], row]
    ends = np.fromiter(map(len, others), np.int64, len(others))
    # The first letter is rarely wrong.
    first = np.where(letters[0] == ord(word[0]), 0, 0.25) if word else 0.25
    return np.asarray(rows[-1][ends, np.arange(len(others))] + first, np.float32)


def one_off(word: str) -> list[str]:
    """Return all strings one edit (insertion, deletion, replacement, transposition) from a word, likeliest first."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {first + last[1:] for first, last in cuts} | {first + last[1::-1] + last[2:] for first, last in cuts}
    found |= {first + letter + rest for first, last in cuts for letter in _ALPHABET for rest in (last, last[1:])}
    others = sorted(found - {word})
    return [others[at] for at in np.argsort(distances(word, others), kind="stable")]


def _changes() -> np.ndarray:
    """Return the cost of replacing one letter with another, by code point; beyond Latin-1 all share one entry."""
    table = np.ones((257, 257), np.float32)
    for pair in _CHEAP:
        one, other = map(ord, pair)
        table[one, other] = table[other, one] = _HALF
    return table


_CHANGE = _changes()
