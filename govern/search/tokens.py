"""The tokeniser: words, references, § numbers and their positions in the text.

Letters are folded (é to e, ü to u), but å, ä and ö never are: Ånge is not Ange.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from govern.search import amounts, references
from govern.search.amounts import Amount
from govern.search.references import Reference

TokenKind = Literal["word", "part", "number", "paragraph", "party", "reference"]
LONGEST_RANGE = 200
_LETTERS_OF_THEIR_OWN = frozenset("åäö")
_OTHER_LETTERS = str.maketrans({"æ": "ä", "ø": "ö", "ß": "ss", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "œ": "ö"})

_NUMBERS = r"\d{1,5}[a-zA-Z]?(?:/\d\d(?!\d))?"
_PARAGRAPH_BEFORE = re.compile(
    rf"§{{1,2}}\s*(?P<numbers>{_NUMBERS}(?:\s*(?:[-\u2010-\u2015]{{1,2}}|,|och|samt|&|;)\s*§?\s*{_NUMBERS})*)(?!\w)",
    re.IGNORECASE,
)
_PARAGRAPH_AFTER = re.compile(
    rf"(?<![\w§])(?P<numbers>{_NUMBERS}(?:\s*[-\u2010-\u2015]\s*{_NUMBERS})?)\s*§{{1,2}}(?!\s*\d)"
)
_PARTY = re.compile(r"\((?P<party>[A-ZÅÄÖ]{1,4}|-|s|m|c|v|l|mp|kd|sd)\)")
_SIGNS = re.compile(rf"[§(\d]|{amounts.SPOKEN}")
_SPECIAL = re.compile(rf"[§(]|{references.POSSIBLE}|{amounts.POSSIBLE}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[-\u2010\u2011\u2012\u2013/.:'’&+][^\W_]+)*")
_PIECE = re.compile(r"[^\W_]+")
_RANGE = re.compile(rf"(?P<first>{_NUMBERS})(?:\s*[-\u2010-\u2015]{{1,2}}\s*(?P<last>{_NUMBERS}))?")


class Token(NamedTuple):
    """One searchable unit: its folded `text`, its `position` in words, its `start` and `end` in characters.

    Several tokens may share a position: `IT-drift` gives `it` and `drift` at consecutive positions, and `itdrift` at
    the first of them. A `joined` token is such an addition and spans `span` positions.
    """

    text: str
    kind: TokenKind
    position: int
    start: int
    end: int
    joined: bool = False
    span: int = 1
    reference: Reference | None = None


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return the word in lower case without accents, except that å, ä and ö are kept."""
    word = unicodedata.normalize("NFC", word).lower()
    if word.isascii():
        return word
    letters = []
    for letter in word.translate(_OTHER_LETTERS):
        if letter in _LETTERS_OF_THEIR_OWN or letter.isascii():
            letters.append(letter)
        else:
            letters.append(
                "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
            )
    return "".join(letters).lower()


def clean(text: str) -> str:
    """Return the text composed (NFC) and without soft hyphens: the form that is indexed and highlighted."""
    return unicodedata.normalize("NFC", text).replace("\u00ad", "")


def paragraph_numbers(text: str) -> list[str]:
    """Return the § numbers in `808-814, 820`, with ranges expanded and each folded (`116a`, `63/20`)."""
    numbers: list[str] = []
    for match in _RANGE.finditer(text):
        first, last = match["first"].lower(), (match["last"] or match["first"]).lower()
        if first.isdigit() and last.isdigit() and int(first) <= int(last) <= int(first) + LONGEST_RANGE:
            numbers.extend(str(number) for number in range(int(first), int(last) + 1))
        else:
            numbers.extend(dict.fromkeys((first, last)))
    return numbers


def tokenise(text: str) -> Iterator[Token]:
    """Yield the tokens of `text` in order of position; `start` and `end` count characters of `text`."""
    position = 0
    for start, end, found in _things(text):
        produced = _tokens(text, start, end, found, position)
        yield from produced
        position = max((token.position for token in produced), default=position - 1) + 1


def _plain(text: str) -> bool:
    """Return whether a text has no references, § numbers, amounts or party letters: only words and figures."""
    return _SIGNS.search(text) is None or _SPECIAL.search(text) is None


_Special = Reference | Amount | re.Match[str]


def words(text: str) -> Iterator[tuple[int, int, str | list[Token]]]:
    """Yield each word's offsets and the word, as a string if it is plain, else as its tokens counted from zero."""
    if _plain(text):
        for word in _WORD.finditer(text):
            start, end = word.span()
            whole = word.group()
            yield start, end, whole if whole.isalpha() else _tokens(text, start, end, word, 0)
        return
    for start, end, found in _things(text):
        whole = text[start:end]
        yield start, end, whole if whole.isalpha() else _tokens(text, start, end, found, 0)


def pieces(text: str) -> Iterator[str | list[Token]]:
    """Yield the content of `words` without offsets: words as written, and the tokens of everything else."""
    reached = 0
    for start, end, found in _special(text):
        yield from _WORD.findall(text, reached, start)
        yield _tokens(text, start, end, found, 0)
        reached = end
    yield from _WORD.findall(text, reached)


def word_tokens(word: str) -> list[Token]:
    """Return the tokens of a single word as written, with offsets from its start."""
    match = _WORD.match(word)
    return _tokens(word, 0, len(word), match, 0) if match else []


def _things(text: str) -> Iterator[tuple[int, int, _Special]]:
    """Yield the matches in the text from left to right; references, amounts and § numbers go before words."""
    reached = 0
    for start, end, found in _special(text):
        yield from ((word.start(), word.end(), word) for word in _WORD.finditer(text, reached, start))
        yield start, end, found
        reached = end
    yield from ((word.start(), word.end(), word) for word in _WORD.finditer(text, reached))


def _special(text: str) -> Iterator[tuple[int, int, _Special]]:
    """Yield the references, amounts, § numbers and party letters in the text from left to right, without overlaps."""
    special: list[tuple[int, int, _Special]] = []
    patterns = (*((_PARAGRAPH_BEFORE, _PARAGRAPH_AFTER) if "§" in text else ()), *((_PARTY,) if "(" in text else ()))
    for pattern in patterns:
        special.extend((match.start(), match.end(), match) for match in pattern.finditer(text))
    special.extend((found.start, found.end, found) for found in references.find(text))
    special.extend((found.start, found.end, found) for found in amounts.find(text))
    special.sort(key=lambda thing: (thing[0], -thing[1]))
    reached = 0
    for start, end, found in special:
        if start >= reached:
            yield start, end, found
            reached = end


def _tokens(text: str, start: int, end: int, found: _Special, position: int) -> list[Token]:
    if isinstance(found, Reference | Amount):
        pieces = _pieces(text, start, end, position)
        kind: TokenKind = "reference" if isinstance(found, Reference) else "number"
        reference = found if isinstance(found, Reference) else None
        return [Token(found.key, kind, position, start, end, True, max(len(pieces), 1), reference), *pieces]
    if found.re is _PARTY:
        return [Token(f"({found['party'].lower()})", "party", position, start, end)]
    if found.re is not _WORD:
        # Every number of a range has the position of the range, so that phrases continue after it.
        return [
            Token(f"§{number}", "paragraph", position, start, end) for number in paragraph_numbers(found["numbers"])
        ]
    if (whole := text[start:end]).isalpha():
        return [Token(fold(whole), "word", position, start, end)]
    pieces = _pieces(text, start, end, position)
    if len(pieces) < 2:
        return pieces
    joined = "".join(piece.text for piece in pieces)
    return [Token(joined, "word", position, start, end, True, len(pieces)), *pieces]


def _pieces(text: str, start: int, end: int, position: int) -> list[Token]:
    found = [(fold(piece.group()), piece) for piece in _PIECE.finditer(text, start, end)]
    word: TokenKind = "part" if len(found) > 1 else "word"
    return [
        Token(
            folded,
            "number" if folded.isascii() and folded.isdigit() else word,
            position + number,
            piece.start(),
            piece.end(),
        )
        for number, (folded, piece) in enumerate(found)
    ]
