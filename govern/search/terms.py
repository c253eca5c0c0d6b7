"""The terms that documents are indexed by and queries look for: the one analysis that all engines share.

A term is a namespace, a colon and a word:

| `w:` | the folded word as written, for exact phrases and prefixes |
| `b:` | a key of the word: its stem, its lemma's, its compound's parts (avtal) and the whole (samverk+avtal) |
| `h:` | the same, in a heading |
| `d:` | a diary number, normalised, with and without authority and document number; also the authority alone |
| `n:` | the paragraph's own number |
| `f:` | the forum · `p:` people |

Facts filter a search and never affect the score: `a:` access terms, `k:` kind, `t:` kind of paragraph, `s:` state, `o:`
outcome, `g:` party, `m:` month and `D:` day as 2024-03-14, and `@facet:value` for each value that a facet counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from importlib import resources
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

from govern.search import amounts, references
from govern.search.compounds import Splitter
from govern.search.lemmas import Lemmas
from govern.search.lists import words_of
from govern.search.model import Document, Facet, Passage
from govern.search.rules import stem
from govern.search.tokens import Token, clean, fold, pieces, tokenise, word_tokens

# Increment when the same text gives different terms: an index of another version is rebuilt.
VERSION = 8
WHEN = "="  # Stands for a date among the words of a query.
LONGEST_PARTY = len("(mp)")
GAP = 10  # More than `steps.NEAR`; PostgreSQL holds some 16 000 positions of a document.
PARAGRAPH_KINDS = {"B": "beslut", "I": "information", "P": "plan", "R": "rekommendation", "U": "uppföljning"}


@dataclass(frozen=True, slots=True)
class WordKeys:
    """The lookup keys of a word: its `keys`, the `canonical` key of a compound and the stems of its `parts`."""

    keys: tuple[str, ...]
    canonical: str | None = None
    parts: tuple[str, ...] = ()


_VERB_ENDINGS = (("ationerna", "era"), ("ationer", "era"), ("ationen", "era"), ("ation", "era"), ("duktion", "ducera"),
          ("uktion", "uera"), ("ition", "iera"), ("ution", "uera"), ("pektion", "pektera"), ("ing", "a"), ("ning", "a"),
          ("ning", "ma"), ("ning", "iga"), ("nad", "a"), ("else", "a"), ("d", "a"), ("het", ""))  # fmt: skip
_BOTH = frozenset(("höjd", "följd"))  # Nouns that are also participles.
_LOAN = re.compile(r"(.+[^aeiouyåäö])(?:er[ns]|erns|rar|rars|rarnas?)")


class Analysis:
    """The Swedish analysis.

    Data is loaded on first use; `cache` is the directory of the compiled dictionary.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._lemmas = Lemmas(cache)
        self.lemma = lru_cache(maxsize=1000)(self._lemma)
        self._splitter = Splitter(self.lemma)
        self._corrections: dict[str, str] | None = None
        self._stopwords: frozenset[str] | None = None
        self.word = lru_cache(maxsize=20_000)(self._word)
        self.word_terms = lru_cache(maxsize=50_000)(self._word_terms)
        self.word_places = lru_cache(maxsize=200_000)(self._word_places)

    def keep(self, cache: Path) -> None:
        """Store the compiled dictionary in this directory, unless one is already set or the dictionary is in use."""
        self._lemmas.keep(cache)

    def load(self) -> None:
        """Load the dictionary, which takes some seconds if it has to be compiled first."""
        self._lemmas.load()

    def _lemma(self, word: str) -> str | None:
        """Return the lemma of a folded word, or None if it is not known."""
        if self._corrections is None:
            pairs = (entry.partition("=") for entry in words_of("lemmas.txt"))
            self._corrections = {form: lemma or form for form, _, lemma in pairs}
        if found := self._corrections.get(word):
            return found
        if found := self._lemmas.get(word):
            return fold(found)
        if not word.endswith("s") or len(word) < 4:
            return None
        base = word[:-1]
        found = self._corrections.get(base) or self._lemmas.get(base)
        return fold(found) if found else None

    def knows(self, word: str) -> bool:
        """Return whether the dictionary has a folded word; uncached, unlike `lemma`, for words that seldom recur."""
        return self._lemma(word) is not None

    @cached_property
    def abbreviations(self) -> dict[str, str]:
        """The abbreviations shipped with Govern and what each stands for."""
        return {short: long for short, long, _ in self._shipped}

    @cached_property
    def _shipped(self) -> list[tuple[str, str, bool]]:
        found = []
        for entry in words_of("abbreviations.txt"):
            mark = "=" if "=" in entry else ">"
            short, _, long = entry.partition(mark)
            found.append((short, long.replace("_", " "), mark == "="))
        return found

    @cached_property
    def both_ways(self) -> frozenset[str]:
        """The shipped abbreviations that a search for the full words also finds."""
        return frozenset(short for short, _, both in self._shipped if both)

    @cached_property
    def bodies(self) -> frozenset[str]:
        """The stems of the words for kinds of forums: nämnd, styrgrupp."""
        return frozenset(map(stem, words_of("bodies.txt")))

    @cached_property
    def _fillers(self) -> frozenset[str]:
        return frozenset(words_of("fillers.txt"))

    def verb(self, word: str) -> str | None:
        """Return the verb that a folded word is a form of, or whose action it names (nedläggning), or None."""
        lemma = self.lemma(word)
        verb = self._verb_of(lemma or word)
        if verb and self.lemma(verb) is None:
            return verb
        return next((form for form in (lemma, verb) if form and self._splitter.is_verb(form)), None)

    def is_filler(self, word: str) -> bool:
        """Return whether a folded word is part of how a question is put rather than of its subject."""
        return word in self._fillers

    def is_opening(self, word: str, after: str) -> bool:
        """Return whether a word only introduces the subject, as in a decision on something."""
        return f"+{word}" in self._fillers and (after in ("om", "där", "som", WHEN) or self.is_filler(after))

    def is_stopword(self, word: str) -> bool:
        if self._stopwords is None:
            self._stopwords = frozenset(words_of("stopwords.txt"))
        return word in self._stopwords

    def _word(self, word: str) -> WordKeys:
        """Return the keys of a folded word."""
        if not any(letter.isalpha() for letter in word):
            return WordKeys((word,))
        lemma = self.lemma(word)
        corrected = self._corrections is not None and word in self._corrections
        if corrected and lemma:
            keys: tuple[str, ...] = (stem(lemma),)
        else:
            # Godkända is a form of godkänd, which is a form of godkänna.
            further = self.lemma(lemma) if lemma and lemma.endswith(("d", "t")) else None
            verb = self._verb_of(lemma or stem(word))
            guessed = () if lemma else _guessed(word)
            keys = tuple(dict.fromkeys(stem(form) for form in (word, lemma, further, verb, *guessed) if form))
        parts = self._splitter.split(word)
        if not parts:
            return WordKeys(keys)
        if verb := self._verb_of(parts[-1]):
            # Webbsändning gets the key of webbsänt, though neither is in the dictionary.
            keys = (*keys, "+".join((*parts[:-1], stem(verb))))
        return WordKeys(keys, "+".join(parts), parts)

    def _verb_of(self, word: str) -> str | None:
        """Return the verb of an action noun (-ation, -ning) or a participle, so that reservation matches reservera.

        For a noun in -het, return its adjective (delaktighet, delaktig). Return None if there is neither.
        """
        if word in self._things:
            return None
        for ending, instead in _VERB_ENDINGS:
            if word.endswith(ending) and len(word) > len(ending) + 2:
                verb = word[: -len(ending)] + instead
                lemma = self.lemma(verb)
                if lemma and (instead or lemma == verb) and not (ending == "d" and self._is_a_thing(word)):
                    return verb
        return self._new_verb(word) if word.endswith(("ing", "nad")) and not self._splitter.split(word) else None

    def _new_verb(self, word: str) -> str | None:
        """Return the verb of an action noun of which the dictionary has only the end: återläsning, nyrekrytering."""
        verbs = (f"{word.removesuffix(ending)}a" for ending in ("ning", "ing", "nad") if word.endswith(ending))
        return next((verb for verb in verbs if any(map(self._splitter.is_verb, _tails(verb)))), None)

    def _is_a_thing(self, word: str) -> bool:
        """Return whether a word in -d is a noun and not a participle: bild is not a form of bila."""
        return word not in _BOTH and self._splitter.is_noun(word)

    @cached_property
    def _things(self) -> frozenset[str]:
        """Nouns in common use for something other than the verb's action: a handling is a document."""
        return frozenset(words_of("things.txt"))

    def token_terms(self, token: Token) -> Iterator[str]:
        """Yield the terms of one token of running text, all indexed at its position."""
        if token.kind == "reference" and token.reference is not None:
            yield from (f"d:{key}" for key in token.reference.keys)
            return
        if token.kind in ("word", "part"):
            yield from self.word_terms(token.text)
            return
        yield f"w:{token.text}"
        yield f"b:{token.text}"
        if token.kind == "party" and len(token.text) > LONGEST_PARTY:
            # An abbreviation introduced after the full name: Inspektionen för vård och omsorg (IVO).
            yield from self.word_terms(token.text[1:-1])
        if token.kind == "paragraph":
            yield f"b:{token.text[1:]}"
            yield f"w:{token.text[1:]}"

    def _word_terms(self, word: str) -> tuple[str, ...]:
        """Return the terms of a folded word in running text."""
        keys = () if self.is_stopword(word) else self._everything(word)
        return (f"w:{word}", *(f"b:{key}" for key in keys))

    def _everything(self, word: str) -> dict[str, None]:
        found = self.word(word)
        keys = dict.fromkeys(found.keys)
        if number := amounts.NUMBERS.get(word):
            # A search for 7 finds sju; but a search for sex must not find 6.
            keys[str(number)] = None
        if found.canonical:
            keys[found.canonical] = None
            for part in found.parts:
                keys[part] = None
                keys |= dict.fromkeys(self._splitter.split(part))
            # A search for upphandlat also finds skolskjutsupphandling.
            keys |= dict.fromkeys(stem(verb) for part in found.parts if (verb := self._verb_of(part)))
            # Vattenskyddsområde is also found by skyddsområde and vattenskydd.
            for first, last in combinations(range(len(found.parts) + 1), 2):
                if last - first > 1:
                    keys["+".join(found.parts[first:last])] = None
        return keys

    def document_terms(self, document: Document) -> dict[str, list[int]]:
        """Return the terms of a document and the positions of each."""
        terms: defaultdict[str, list[int]] = defaultdict(list)
        start = 0
        for passage in document.passages:
            for here in self._running(passage):
                for term in here:
                    terms[term].append(start)
                start += 1
            start += GAP
        for reference in document.references:
            found = next(references.find(clean(reference)), None)
            keys = (*found.keys, found.authority) if found else (references.normalise(reference),)
            for key in filter(None, keys):
                _put(terms[f"d:{key}"], start)
        for namespace, texts in (("f", (document.forum_name, document.forum)), ("p", document.people)):
            for text in texts:
                start += GAP
                start += self._names(terms, namespace, text, start)
        if document.number is not None:
            terms[f"n:{document.number}"].append(start + GAP)
        return terms

    def _running(self, passage: Passage) -> Iterator[tuple[str, ...]]:
        """Yield the terms at each position of a passage."""
        for found in pieces(clean(passage.text)):
            places = self.word_places(found) if isinstance(found, str) else self._places(found)
            yield from map(_in_heading, places) if passage.field == "heading" else places

    def _word_places(self, word: str) -> tuple[tuple[str, ...], ...]:
        """Return the terms of a word as written, at each of the positions that it occupies."""
        return self._places(word_tokens(word))

    def _places(self, tokens: list[Token]) -> tuple[tuple[str, ...], ...]:
        places: defaultdict[int, dict[str, None]] = defaultdict(dict)
        for token in tokens:
            places[token.position] |= dict.fromkeys(self.token_terms(token))
        return tuple(map(tuple, places.values()))

    def _names(self, terms: dict[str, list[int]], namespace: str, text: str, start: int) -> int:
        length = 0
        for token in tokenise(clean(text)):
            if not token.joined:
                for key in dict.fromkeys((token.text, *self.name_keys(token.text))):
                    _put(terms[f"{namespace}:{key}"], start + token.position)
                length = token.position + 1
        return length

    def name_keys(self, word: str) -> tuple[str, ...]:
        """Return the keys of a word in a name: as written, inflected, and by the parts of a compound."""
        found = self.word(word)
        return tuple(dict.fromkeys((word, *found.keys, *(found.parts if found.canonical else ()))))


def _guessed(word: str) -> Iterator[str]:
    """Guess the base form of a word unknown to the dictionary: brukarna of brukare, routrar and routern of router."""
    if word.removesuffix("s").endswith("arna"):
        yield f"{word.removesuffix('s')[:-2]}e"
    if loan := _LOAN.fullmatch(word):
        yield f"{loan[1]}er"


def _tails(word: str) -> Iterator[str]:
    yield from (word[at:] for at in range(2, len(word) - 3))


def _in_heading(terms: tuple[str, ...]) -> tuple[str, ...]:
    return (*terms, *(f"h:{term[2:]}" for term in terms if term.startswith("b:")))


def _put(places: list[int], place: int) -> None:
    """Append a position, unless it is already the last one."""
    if places[-1:] != [place]:
        places.append(place)


# One for the process; it loads nothing before the first word is analysed.
SWEDISH = Analysis()


_STATE_FACTS: Mapping[Facet, str] = {"state": "s", "duty": "s", "outcome": "o", "party": "g"}
"""Facets whose values can also be given in words, and the namespace of those words."""


def document_facts(document: Document, analysis: Analysis = SWEDISH) -> tuple[str, ...]:
    """Return the facts by which filters include or exclude this document."""
    facts = {f"a:{reader}" for reader in document.readers}
    for mark in document.counted:
        facts.add(f"@{mark.facet}:{mark.value}")
        if namespace := _STATE_FACTS.get(mark.facet):
            facts |= {f"{namespace}:{word}" for word in (fold(mark.value), *named(mark.name, analysis))}
    for kind in (document.kind, document.kind_name, *document.holds):
        facts |= {f"k:{word}" for word in named(kind, analysis)}
    if document.paragraph_kind:
        facts |= {f"t:{fold(document.paragraph_kind)}", f"t:{PARAGRAPH_KINDS.get(document.paragraph_kind, '')}"}
    facts |= {f"m:{document.date:%Y-%m}", f"D:{document.date:%Y-%m-%d}"}
    return tuple(sorted(fact for fact in facts if not fact.endswith(":")))


def named(name: str, analysis: Analysis = SWEDISH) -> tuple[str, ...]:
    """Return the words that match the name of a state or kind: as written and, if it is one word, in any inflection."""
    folded = fold(name)
    return tuple(dict.fromkeys((folded, *(analysis.word(folded).keys if folded.isalpha() else ()))))


def fingerprint() -> str:
    """Return a digest of everything that determines the terms; an index with another digest is rebuilt."""
    digest = blake2b(f"{VERSION} {version('simplemma')}".encode(), digest_size=8)
    for path in sorted((resources.files("govern.search") / "data").iterdir(), key=lambda path: path.name):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
