"""The dictionary half of the analysis: from an inflected Swedish form to its lemma (ledamöter → ledamot).

simplemma's Swedish list, installed with the package, takes some 90 MB as a dict. Here it is compiled once to sorted
64-bit hashes and numbers, about ten bytes a form, in a file that every process maps and shares. It is not loaded until
the first lookup. A separate process compiles it, since the heap of a process that has held the whole list does not
shrink again: `python -m govern.search.lemmas DIRECTORY`.
"""

from __future__ import annotations

import contextlib
import logging
import mmap
import os
import struct
import subprocess
import sys
import tempfile
import unicodedata
from array import array
from bisect import bisect_left
from functools import cached_property
from hashlib import blake2b
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

from govern.search.tokens import fold

log = logging.getLogger(__name__)

_FORMAT = b"GOVLEM2\n"
_HEAD = struct.Struct("<8s32sQQQ")
_NAME = "lemmas.bin"
_PATIENCE = 120.0
"""Timeout of the compiling process in seconds; it normally takes about five, more on a busy machine."""


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


class Lemmas:
    """Lemmas by form.

    `cache` is the directory of the compiled file; without one the data is held in memory.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache

    def keep(self, cache: Path) -> None:
        """Set the directory of the compiled file, unless one is already set."""
        self._cache = self._cache or cache

    def load(self) -> None:
        """Map the compiled file, or compile it first."""
        _ = self._tables

    def get(self, word: str) -> str | None:
        """Return the lemma of a lower-case word, or None if the dictionary does not have the word."""
        forms, numbers, offsets, text = self._tables
        wanted = _hash(word)
        at = bisect_left(forms, wanted)
        if at == len(forms) or forms[at] != wanted:
            return None
        number = numbers[at]
        return bytes(text[offsets[number] : offsets[number + 1]]).decode()

    @cached_property
    def _tables(self) -> tuple[memoryview, memoryview, memoryview, memoryview]:
        if self._cache is None:
            return _tables(memoryview(_compile()))
        with contextlib.suppress(OSError, ValueError, struct.error):
            return _mapped(self._cache)
        try:
            _compile_apart(self._cache)
            return _mapped(self._cache)
        except (OSError, ValueError, struct.error, subprocess.SubprocessError) as error:
            log.warning("lemmas: compiled in this process, as one of its own failed: %s", error)
        data = _compile()
        try:
            _store(data, self._cache)
            return _mapped(self._cache)
        except OSError as error:
            log.warning("lemmas: kept in memory, as the index folder cannot be written: %s", error)
        return _tables(memoryview(data))


def write(cache: Path) -> None:
    """Compile the dictionary into a directory atomically, so that no other process reads a partial file."""
    _store(_compile(), cache)


def _store(data: bytes, cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=cache, prefix=".lemmas-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(cache / _NAME)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _compile_apart(cache: Path) -> None:
    """Compile the dictionary in a child process, whose memory is released when it exits."""
    subprocess.run(  # noqa: S603 — this very Python
        [sys.executable, "-P", "-m", __name__, str(cache.absolute())],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_PATIENCE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(str(Path(path).absolute()) for path in sys.path if path)},
    )


def _stamp() -> bytes:
    return version("simplemma").encode()[:32].ljust(32, b"\0")


def _mapped(cache: Path) -> tuple[memoryview, memoryview, memoryview, memoryview]:
    with (cache / _NAME).open("rb") as file:
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    head, found, *counts = _HEAD.unpack_from(data)
    if head != _FORMAT or found != _stamp() or len(data) != _size(*counts):
        raise ValueError("the compiled dictionary is of another version, or torn")
    return _tables(data)


def _size(forms: int, lemmas: int, letters: int) -> int:
    return _HEAD.size + 8 * forms + 4 * forms + 4 * (lemmas + 1) + letters


def _tables(data: memoryview) -> tuple[memoryview, memoryview, memoryview, memoryview]:
    _, _, forms, lemmas, _ = _HEAD.unpack_from(data)
    first = _HEAD.size
    second = first + 8 * forms
    third = second + 4 * forms
    fourth = third + 4 * (lemmas + 1)
    return data[first:second].cast("Q"), data[second:third].cast("I"), data[third:fourth].cast("I"), data[fourth:]


def _compile() -> bytes:
    # Imported here, so that an application that never searches does not load the dictionary.
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory  # noqa: PLC0415

    shipped = DefaultDictionaryFactory(cache_max_size=0).get_dictionary("sv")
    listed: dict[str, str] = {}
    for form, lemma in shipped.items():
        # A genitive with its nominative's lemma is left out: `Analysis` retries the lookup without the s.
        if not (form.isalpha() and lemma.isalpha()) or (form.endswith("s") and shipped.get(form[:-1]) == lemma):
            continue
        small = fold(form)
        # Between the name Berg and the noun berg, the noun has more inflections: lower-case entries win.
        if form == small or small not in listed:
            listed[small] = lemma.lower()
    del shipped
    lemmas = {lemma: number for number, lemma in enumerate(sorted(set(listed.values())))}
    pairs = sorted((_hash(unicodedata.normalize("NFC", form)), lemmas[lemma]) for form, lemma in listed.items())
    words = [lemma.encode() for lemma in lemmas]
    offsets = [0, *accumulate(map(len, words))]
    return b"".join(
        (
            _HEAD.pack(_FORMAT, _stamp(), len(pairs), len(words), offsets[-1]),
            array("Q", [form for form, _ in pairs]).tobytes(),
            array("I", [number for _, number in pairs]).tobytes(),
            array("I", offsets).tobytes(),
            *words,
        )
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
