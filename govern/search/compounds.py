"""Split compound words into their parts, so that avtal finds samverkansavtal.

The last part must be a word of the municipal list in `data/parts.txt`; the parts before it may also be other dictionary
words of four letters or more. After a listed part, the rest may be any dictionary word that is long enough not to match
by chance (drift-störning). A word on the list is split as the list says, whatever the other rules would give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache

from govern.search.lists import words_of
from govern.search.rules import stem

LEAST = 4
_WITH_S = ("ing", "het", "ion", "ad", "else", "tet")  # After these endings an s always joins the next part.
SURE = 6  # Letters in a last part that is in the dictionary but not on the list.
# Common word endings that are also dictionary words (campingen does not end in ingen), then common endings of names.
_ENDINGS = frozenset(
    ("ing", "ingen", "inga", "ande", "barhet", "nation", "samma", "ist", "ister", "ring", "ringa", "sparens", "olikhet",
     "aktig", "logisk", "metrisk", "liga", "full", "lik", "skap", "vis", "före")
)  # fmt: skip
_NAMES = ("ström", "strand", "egren", "engren", "kvist", "quist", "backe", "hammar")
LONGEST = 60
_LOSING = ("el", "er", "en")  # Words with these endings lose a vowel in some forms.
_DOUBLE = re.compile(r"([bdfgklmnprst])\1")
ALIKE = 4  # First letters that a word shares with its lemma, ignoring vowel changes (stad, städer).


class Splitter:
    """Split compounds using word lists and a dictionary; `lemma` returns the lemma of a known word, else None."""

    def __init__(self, lemma: Callable[[str], str | None]) -> None:
        self._lemma = lemma
        self.split = lru_cache(maxsize=20_000)(self._split)

    @cached_property
    def _listed(self) -> dict[str, tuple[str, ...]]:
        """Map each listed word to the stems of its parts: a single stem if the word is not a compound."""
        listed = {}
        for word in words_of("parts.txt"):
            *firsts, last = word.split("|")
            listed[word.replace("|", "")] = (*(self._modifiers.get(first, stem(first)) for first in firsts), stem(last))
        return listed

    @cached_property
    def _particles(self) -> frozenset[str]:
        return frozenset(words_of("particles.txt"))

    @cached_property
    def _places(self) -> frozenset[str]:
        return frozenset(words_of("places.txt"))

    @cached_property
    def _heads(self) -> dict[str, str]:
        """Map the stem of each listed word that is not a compound to the word."""
        return {stem(word): word for word, parts in self._listed.items() if len(parts) == 1}

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        single = (word for word, parts in self._listed.items() if len(parts) == 1)
        return frozenset(start for word in single for start in _starts(word))

    @cached_property
    def _firsts(self) -> dict[str, str]:
        """Map a first part, as written in a compound, to the stem of the word it comes from."""
        firsts = {word: stem(word) for word in self._heads.values()}
        firsts |= {f"{word}s": stem(word) for word in self._heads.values()}
        return firsts | self._modifiers

    @cached_property
    def _modifiers(self) -> dict[str, str]:
        modifiers = {}
        for entry in words_of("modifiers.txt"):
            form, _, word = entry.partition("=")
            modifiers[form] = stem(word or (form.removesuffix("s") if len(form) > LEAST else form))
        return modifiers

    def _split(self, word: str) -> tuple[str, ...]:
        """Return the stems of the two or more parts of a folded word, or () if it is not a known compound."""
        if not LEAST + 1 < len(word) <= LONGEST or not word.isalpha():
            return ()
        if word in self._places or word.removesuffix("s") in self._places:
            return ()
        if base := self._base(word):
            return parts if len(parts := self._listed[base]) > 1 else ()
        listed, plain = self._beginnings, _plain(word)
        for at in range(2, len(word) - 2):
            # From the left, so that the longest listed last part wins. The cheap test rules out most candidates.
            if plain[at : at + ALIKE] in listed or plain[at : at + 3] in listed or plain[at : at + 2] in listed:
                if word[at] == "s" and word[:at].endswith(_WITH_S) and self._head(word[at + 1 :]):
                    continue
                head = self._head(word[at:])
                if head and (first := self._first(word[:at]) or self._short(word[:at], word[at - 1 :])):
                    return (*first, head)
        return (
            self._joined_by_s(word)
            or self._before_any_word(word)
            or self._of_two_words(word)
            or self._of_three_letters(word)
        )

    def _before_any_word(self, word: str) -> tuple[str, ...]:
        """Split between a listed part and any dictionary word, trying the longest dictionary word first."""
        for at in range(LEAST - 2, len(word) - SURE + 2):
            first, rest = word[:at], word[at:]
            if rest.startswith("s") and (first.endswith(_WITH_S) or f"{first}s" in self._modifiers):
                continue
            base = first.removesuffix("s")
            if at < LEAST and (first not in self._firsts or len(rest) < SURE):
                continue
            # Few remainders are words and the lookup is cheap, so the costlier tests below come after it.
            if not self._particles.isdisjoint((first, base)) or not (last := self._known_word(rest)):
                continue
            if len(rest) < SURE and not self._ends_in(word, rest):
                continue
            known = first in self._firsts or any(map(self._base, (first, base))) or self.split(base)
            if known and (start := self._first(first)):
                return (*start, *last)
        return ()

    def _ends_in(self, word: str, rest: str) -> bool:
        """Return whether both a word and its lemma end in the given short noun: scenarier does not end in arier."""
        lemma, last = self._lemma(word) or word, self._lemma(rest)
        return (
            last is not None
            and self.is_noun(last)
            and rest not in self._particles
            and _begin_alike(rest, lemma[len(word) - len(rest) :])
        )

    def _known_word(self, form: str, least: int = SURE - 1) -> tuple[str, ...]:
        lemma = self._lemma(form)
        if lemma is None or len(lemma) < least or not _begin_alike(form, lemma):
            return ()
        if len(lemma) < SURE - 1 and (self.is_verb(lemma) or not self.is_noun(lemma)):
            return ()
        if not _ENDINGS.isdisjoint((form, lemma)):
            return ()
        return self.split(form) or (stem(lemma),)

    def _joined_by_s(self, word: str) -> tuple[str, ...]:
        """Split at a linking s.

        It joins a listed first part and any word (uppdrags-givare), or any name and a listed last part
        (Kvarnfors-modellen); both parts must be long enough not to match by chance.
        """
        known = self._lemma(word) is not None
        for at in range(LEAST + 1, len(word) - LEAST + 1):
            base, rest = word[: at - 1], word[at:]
            if word[at - 1] != "s" or base in self._particles or (base.endswith("s") and base[:-1] in self._firsts):
                continue
            lemma = self._lemma(rest)
            if whole := self._beginning_with_s(base, word[at - 1 :]):
                return whole
            if base in self._firsts and lemma is not None and len(lemma) >= LEAST and _begin_alike(rest, lemma):
                return (self._firsts[base], stem(lemma))
            if not known and (head := self._head(rest)):
                return (stem(base), head)
            if not known and len(base) >= SURE and base in self._firsts:
                return (self._firsts[base], stem(rest))
        return ()

    def _beginning_with_s(self, first: str, rest: str) -> tuple[str, ...]:
        """Split before an s that begins the last part (vatten-slang), unless the first part always takes an s."""
        if first in self._firsts and not first.endswith(_WITH_S) and self._lemma(rest) == rest and rest not in _ENDINGS:
            return (self._firsts[first], stem(rest))
        return ()

    def _of_two_words(self, word: str) -> tuple[str, ...]:
        """Split between two dictionary words, neither of them listed: plast-leksak, radon-halt.

        A word that is not in the dictionary is usually a compound. One that is there is split only if it is not a verb
        (säkerställa is not ställa), its first part is a lemma, and its parts pass stricter tests of length.
        """
        lemma = self._lemma(word)
        known = lemma is not None
        if word.removesuffix("s").endswith(_NAMES) or (
            lemma and (self.is_verb(lemma) or not _begin_alike(word, lemma))
        ):
            return ()
        for at in range(LEAST, len(word) - LEAST + 1):
            first, rest = word[:at], word[at:]
            base = first.removesuffix("s")
            if rest.startswith("s") and first.endswith(_WITH_S):
                continue
            if not self._particles.isdisjoint((first, base)):
                continue
            if known and not any(self._lemma(form) == form for form in (first, base)):
                continue
            if not (last := self._known_word(rest, LEAST)) or self._is_left_out(rest, known, first):
                continue
            if start := self._first(first):
                return (*start, *last)
        return ()

    def _of_three_letters(self, word: str) -> tuple[str, ...]:
        """Split an unknown word at a double letter that stands for three: natt-trafik, written nattrafik."""
        for double in _DOUBLE.finditer(word) if self._lemma(word) is None else ():
            first, rest = word[: double.end()], word[double.end() - 1 :]
            if len(first) < LEAST or first in self._particles or not self.is_noun(first):
                continue
            if last := self._known_word(rest):
                return (stem(first), *last)
        return ()

    def _is_left_out(self, rest: str, known: bool, first: str) -> bool:
        """Return whether a last part is to be rejected: a verb in a known word, or too short for its first part.

        A participle is accepted: svart-färgad is a compound. After a longer first part a short last part is accepted:
        trottoar-kant.
        """
        lemma, noun, base = self._lemma(rest) or "", self.is_noun(rest), first.removesuffix("s")
        if known and self.is_verb(lemma) and not (noun or rest.endswith(("d", "da", "de"))):
            return True
        if known and len(first) == LEAST:
            return len(rest) < SURE or first[-1] in "aeiouyåäö" or not self.is_noun(first)
        if len(rest) > LEAST and len(lemma) >= SURE - 1:
            return False
        whole = base in (self._lemma(base), self._lemma(first)) or self.split(base)
        return len(base) < SURE or not whole or (len(rest) == LEAST and not noun)

    def _inner(self, form: str, base: str) -> tuple[str, ...]:
        """Split a first part in the same way as the word that it comes from."""
        known = next((word for word in (form, base, f"{form}e", f"{form}a") if self._lemma(word) is not None), None)
        lemma = self._lemma(known) if known else None
        if known and lemma:
            # The recursion ends only if the word to split is never longer than the part.
            return self.split(lemma if _begin_alike(known, lemma) and len(lemma) <= len(known) else known)
        return self.split(form) or self.split(base)

    def is_verb(self, lemma: str) -> bool:
        """Return whether a lemma is a verb, judged by whether the dictionary has verb forms of it."""
        forms = (self._lemma(lemma[:-1] + ending) for ending in ("ade", "ar", "er"))
        return lemma.endswith("a") and any(form in (lemma, f"{lemma}d") for form in forms)

    def is_noun(self, word: str) -> bool:
        """Return whether a word is a noun, judged by whether the dictionary has a definite form of it."""
        endings = ("n",) if word.endswith("a") else ("en", "et", "n", "t")
        return any(self._lemma(word + ending) in (word, f"{word}e") for ending in endings)

    def _base(self, word: str) -> str | None:
        """Return the listed word that the given word is a form of, or None."""
        if word in self._listed:
            return word
        if (lemma := self._lemma(word)) in self._listed:
            return lemma
        return self._heads.get(stem(word))

    def _head(self, form: str) -> str | None:
        """Return the stem of the listed non-compound that `form` is an inflection of, or None."""
        if len(self._listed.get(form, "")) == 1:
            return stem(form)
        if len(form) <= LEAST - 1:
            return None
        lemma = self._lemma(form)
        if lemma is not None and len(self._listed.get(lemma, "")) == 1 and _begin_alike(form, lemma):
            return stem(lemma)
        found = stem(form)
        return found if len(found) > LEAST and _begin_alike(form, self._heads.get(found, "")) else None

    def _first(self, form: str) -> tuple[str, ...]:
        if form in self._firsts:
            return (self._firsts[form],)
        base = form.removesuffix("s")
        if form in self._listed or base in self._listed:
            return self._listed.get(form) or self._listed[base]
        if len(base) >= LEAST + 2 and (inner := self._inner(form, base)):
            return inner
        if len(form) < LEAST or not self._particles.isdisjoint((form, base)):
            return ()
        if len(base) < LEAST:
            return (stem(form),) if self.is_noun(form) else ()
        words = (*self._linked(form), form, base, f"{form}a", f"{form}e")
        known = ((word, lemma) for word in words if (lemma := self._lemma(word)) is not None)
        return next(((stem(lemma if _begin_alike(word, lemma) else base),) for word, lemma in known), ())

    def _short(self, form: str, rest: str) -> tuple[str, ...]:
        """Return the stem of a three-letter noun that an s joins to a listed last part: arvs-fond, but not bak-slag."""
        base = form.removesuffix("s")
        joined = len(base) == LEAST - 1 < len(form) and not base.endswith("s") and self.is_noun(base)
        return (stem(base),) if joined and not self.is_noun(rest) and base not in self._particles else ()

    def _linked(self, form: str) -> Iterator[str]:
        """Yield words whose ending a first part has changed: författar-besök, lekmanna-revisor, varu-lager."""
        if self._lemma(form) == form:
            return
        for ending, whole in (("ar", "are"), ("manna", "man"), ("e", "a"), ("o", "a"), ("u", "a")):
            word = form.removesuffix(ending) + whole
            if form.endswith(ending) and self._lemma(word) == word and (len(ending) > 1 or self.is_noun(word)):
                yield word


def _begin_alike(form: str, lemma: str) -> bool:
    """Return whether two words share their first letters; a vowel may have changed, or been lost (regel, regler)."""
    if lemma.endswith(_LOSING) and form.startswith(lemma[:-2] + lemma[-1]):
        return True
    if lemma.endswith("a") and form.startswith(lemma[:-1]) and form[len(lemma) - 1 :] in ("or", "ors", "orna", "ornas"):
        return True
    letters = min(ALIKE, len(form), len(lemma))
    return letters > 1 and _plain(form[:letters]) == _plain(lemma[:letters])


def _starts(word: str) -> Iterator[str]:
    """Yield the first letters that an inflected form of the word may have."""
    yield _plain(word[:ALIKE])
    if word.endswith(_LOSING):
        yield _plain((word[:-2] + word[-1])[:ALIKE])
    if word.endswith("a"):
        yield _plain((word[:-1] + "o")[:ALIKE])


def _plain(letters: str) -> str:
    return letters.replace("ä", "a").replace("ö", "o")
