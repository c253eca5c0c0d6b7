"""Compile a query tree into the steps that every engine evaluates.

Swedish is handled here and not in the engines, so that all of them give the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import pairwise

from govern.search import days, references
from govern.search import query as asked
from govern.search.steps import (
    EVERYTHING,
    NOTHING,
    All,
    Beginning,
    Between,
    Close,
    Either,
    Fact,
    Sequence,
    Step,
    Terms,
    Without,
)
from govern.search.terms import SWEDISH, WHEN, Analysis, WordKeys, named
from govern.search.tokens import Token, fold, tokenise

HEADING = 2.5
OWN_NUMBER = 50.0
NAME = 0.5
PARTS_APART = 0.1
LONGEST_NAME = 7  # Words that an abbreviation can stand for.
LONGEST_AUTHORITY = 6
PARTIES = frozenset(("kd", "mp", "sd"))  # Single letters have too many other meanings.
BODY = 0.1
# Particles that follow a verb, and how each is written when it is the verb's prefix.
PARTICLES = {
    "ned": "ned", "ner": "ned", "upp": "upp", "ut": "ut", "in": "in", "bort": "bort", "fram": "fram", "om": "om",
    "ihop": "samman", "samman": "samman",
}  # fmt: skip
# Folded synonyms for the states.
STATES = {
    **dict.fromkeys(("öppen", "öppet", "öppna", "pågående", "ogjord", "ogjort"), "open"),
    **dict.fromkeys(("sen", "sent", "sena"), "late"),
    **dict.fromkeys(("klar", "klart", "färdig", "utfört", "utförd"), "closed"),
    **dict.fromkeys(("återrapporterad", "återrapporterat", "rapporterat"), "reported"),
}


def plan(query: asked.Query, analysis: Analysis = SWEDISH) -> Step:
    """Return the steps of a query.

    A query of only stop words matches nothing, an empty query everything.
    """
    if query.empty:
        return EVERYTHING
    return _planner(analysis, query.abbreviations).step(query.tree) or NOTHING


@lru_cache(maxsize=8)
def _planner(analysis: Analysis, own: tuple[tuple[str, str], ...]) -> _Planner:
    return _Planner(analysis, dict(own))


class _Planner:
    def __init__(self, analysis: Analysis, own: dict[str, str]) -> None:
        self._analysis = analysis
        self._long = analysis.abbreviations | own
        self._own = own

    @cached_property
    def _short(self) -> dict[tuple[str, ...], list[str]]:
        """The abbreviations by the keys of what they stand for."""
        short: dict[tuple[str, ...], list[str]] = {}
        for abbreviation, long in self._long.items():
            if long and (abbreviation in self._own or abbreviation in self._analysis.both_ways):
                short.setdefault(self._keys(long), []).append(abbreviation)
        return short

    def step(self, node: asked.Node) -> Step | None:  # noqa: PLR0911  One line for each form.
        """Return the step of a node, or None if the node adds no condition, such as a stop word."""
        match node:
            case asked.And(nodes):
                return _together(All, list(self._all(nodes)))
            case asked.Or(nodes):
                return _together(Either, [self.step(inner) for inner in nodes])
            case asked.Not(inner):
                step = self.step(inner)
                return None if step is None else Without(step)
            case asked.Word():
                return self._word(node)
            case asked.Phrase(text):
                return self._phrase(text)
            case asked.Prefix(text):
                return self._prefix(text)
            case asked.Dnr(reference):
                return self._reference(reference)
            case asked.Paragraphs(numbers):
                return self._paragraphs(numbers)
            case asked.Dated(text):
                return _dated(text)
            case asked.Field(name, value):
                return self._field(name, value)

    def _all(self, nodes: tuple[asked.Node, ...]) -> Iterator[Step | None]:
        """Yield the steps of nodes that must all match."""
        nodes = self._meant(nodes)
        while nodes:
            many, step = self._first(nodes)
            yield step
            nodes = nodes[many:]

    def _first(self, nodes: tuple[asked.Node, ...]) -> tuple[int, Step | None]:
        """Return the number of leading nodes that belong together and their step."""
        node, after = nodes[0], nodes[1] if len(nodes) > 1 else None
        if isinstance(node, asked.Word) and isinstance(after, asked.Word):
            if _is_party(after):
                return 2, self._with_party(fold(node.text), fold(after.text))
            if joined := self._joined(node.text, after.text):
                return 2, joined
            if whole := self._written_apart(node, after):
                return 2, whole
            for many in range(min(len(nodes), LONGEST_NAME), 1, -1):
                if short := self._shortened(nodes[:many]):
                    whole = _together(All, [self.step(inner) for inner in nodes[:many]])
                    return many, _together(Either, [whole, short])
        return 1, self.step(node)

    def _with_party(self, name: str, letters: str) -> Step:
        """Return the step of a name followed by party letters, which belong together: Ek (S)."""
        names = {"w": (name,), "p": self._names(name)}
        return Either(
            tuple(
                Sequence((tuple(f"{space}:{key}" for key in keys), (f"{space}:{letters}",)))
                for space, keys in names.items()
            )
        )

    def _joined(self, verb: str, particle: str) -> Step | None:
        """Return a verb and its particle (lägga ned) near each other, or as one word: nedlägga, nedläggning."""
        after = fold(particle)
        before, lemma = PARTICLES.get(after), self._analysis.verb(fold(verb))
        if before is None or lemma is None:
            return None
        forms = (f"{before}{lemma}", *(f"{before}{lemma[:-1]}{ending}" for ending in ("ning", "nad")))
        known = [self._any_form(form) for form in forms if self._analysis.lemma(form) == form]
        apart = [Close(f"b:{key}", f"w:{after}") for key in self._analysis.word(fold(verb)).keys]
        return Either((*known, *apart)) if known else None

    def _written_apart(self, first: asked.Word, last: asked.Word) -> Step | None:
        """Return the step of two words that the dictionary has as one (diarie föring): both words, or the one."""
        joined = fold(first.text + last.text)
        if self._analysis.lemma(joined) is None:
            return None
        both = [step for word in (first, last) if (step := self._word(word))]
        return Either((All(tuple(both)), self._any_form(joined))) if len(both) > 1 else None

    def _apart(self, word: str) -> Iterator[Step]:
        """Yield the steps of a prefixed verb, or a noun of it, as the plain verb near its particle."""
        verb = self._analysis.verb(word)
        for particle, before in PARTICLES.items():
            rest = verb.removeprefix(before) if verb else ""
            if verb and verb.startswith(before) and len(rest) > 3 and self._analysis.verb(rest) == rest:
                for key in self._analysis.word(rest).keys:
                    yield Close(f"b:{key}", f"w:{particle}", boost=PARTS_APART)

    def _shortened(self, nodes: tuple[asked.Node, ...]) -> Step | None:
        """Return the step of the abbreviations of several words (verkställande direktör), or None if there are none."""
        texts = [node.text for node in nodes if isinstance(node, asked.Word)]
        found = self._short.get(self._keys(" ".join(texts))) if len(texts) == len(nodes) else None
        return Terms(tuple((f"w:{abbreviation}", NAME) for abbreviation in found)) if found else None

    def _keys(self, text: str) -> tuple[str, ...]:
        """Return the first key of each word that is not a stop word."""
        words = (token.text for token in tokenise(text) if not token.joined)
        return tuple(self._analysis.word(word).keys[0] for word in words if not self._analysis.is_stopword(word))

    def _meant(self, nodes: tuple[asked.Node, ...]) -> tuple[asked.Node, ...]:
        """Leave out the words that only phrase a question and do not describe its subject, if any others remain."""
        words = ["", *map(_said, nodes), ""]
        for at in range(len(words) - 2, 0, -1):
            if words[at + 1] == WHEN and self._analysis.is_stopword(words[at]):
                words[at] = WHEN  # The preposition of a date counts as part of the date.
        kept = tuple(
            node for node, around in zip(nodes, _threes(words), strict=True) if not self._is_said_in_passing(*around)
        )
        return kept if any(self._says_something(node) for node in kept) else nodes

    def _is_said_in_passing(self, before: str, word: str, after: str) -> bool:
        filler = self._analysis.is_filler
        return filler(word) or self._analysis.is_opening(word, after) or (word in PARTICLES and filler(before))

    def _says_something(self, node: asked.Node) -> bool:
        if isinstance(node, asked.Word):
            return not self._analysis.is_stopword(fold(node.text))
        return not isinstance(node, asked.Not)

    def _word(self, word: asked.Word) -> Step | None:
        tokens = list(tokenise(word.text))
        steps = [self._together(tokens)] if any(token.joined for token in tokens) else list(map(self._token, tokens))
        step = _together(All, steps)
        last = fold(tokens[-1].text) if tokens else ""
        if not word.unfinished or len(last) < 2:
            return step
        return Beginning(f"w:{last}") if step is None else Either((step, Beginning(f"w:{last}")))

    def _token(self, token: Token) -> Step | None:
        match token.kind:
            case "paragraph":
                return self._paragraphs((token.text[1:],))
            case "reference" if token.reference is not None:
                return self._reference(token.reference)
            case "party":
                return Terms(((f"b:{token.text}", 1.0), (f"p:{token.text}", NAME)))
            case "number":
                number = str(int(token.text))
                own = ((f"n:{number}", OWN_NUMBER),) if len(number) <= 5 else ()
                return Terms((*own, (f"b:§{number}", 2.0), (f"b:{token.text}", 1.0)))
        return None if self._analysis.is_stopword(token.text) else self._any_form(token.text)

    def _any_form(self, text: str) -> Step:
        found = self._analysis.word(text)
        keys = (*found.keys, *([found.canonical] if found.canonical else []))
        steps: list[Step] = [
            Terms(tuple((f"b:{key}", 1.0) for key in keys)),
            Terms(tuple((f"h:{key}", HEADING) for key in keys)),
            # A small boost for the word exactly as typed.
            Terms(((f"w:{text}", 0.3),)),
            Terms(tuple((f"p:{key}", NAME) for key in self._names(text))),
        ]
        if self._is_body(found):
            steps.append(Terms(tuple((f"f:{key}", BODY) for key in self._names(text))))
        if len(text) <= LONGEST_AUTHORITY and self._analysis.lemma(text) is None:
            # Not a word, so possibly the authority of a diary number: BSN.
            steps.append(Terms(((f"d:{text}", BODY),)))
        if text in PARTIES:
            steps.append(Terms(((f"b:({text})", BODY),)))
        for abbreviation in self._short.get(found.keys[:1], ()):
            steps.append(Terms(((f"w:{abbreviation}", NAME),)))
        if long := self._long.get(text):
            slots = tuple(self._slot(token.text) for token in tokenise(long) if not token.joined)
            whole = Sequence(slots, NAME) if len(slots) > 1 else Terms(tuple((term, NAME) for term in slots[0]))
            steps.append(whole)
            if self._is_body(self._analysis.word(fold(long.split()[-1]))):
                steps.extend(filter(None, [self._named("f", long)]))
        steps.extend(self._apart(text))
        if pairs := [pair for pair in pairwise(found.parts) if pair[0] != pair[1]]:
            # Find avtal om samverkan in a search for samverkansavtal.
            steps.append(All(tuple(_apart(one, other, alone=len(pairs) == 1) for one, other in pairs)))
            # Find "hyran höjs" in a search for hyreshöjning.
            deeds = (key.split("+") for key in found.keys if key.count("+") == 1)
            steps.extend(_apart(one, done, alone=True) for one, done in deeds if one != done)
        return Either(tuple(steps))

    def _is_body(self, found: WordKeys) -> bool:
        """Return whether a word names a kind of forum (nämnd, styrgrupp) or a compound that ends in one."""
        return (found.parts or found.keys)[-1] in self._analysis.bodies

    def _names(self, text: str) -> tuple[str, ...]:
        """Return the keys to match a name by: as typed and in any inflection, but not its parts."""
        return tuple(dict.fromkeys((text, *self._analysis.word(text).keys)))

    def _together(self, tokens: list[Token]) -> Step | None:
        """Return the step of a hyphenated or similarly joined word: written as one, or its pieces in sequence."""
        joined = next(token for token in tokens if token.joined)
        if joined.kind == "reference" and joined.reference is not None:
            return self._reference(joined.reference)
        slots = tuple(self._slot(token.text) for token in tokens if not token.joined)
        steps = [self._any_form(joined.text)]
        if len(slots) > 1:
            steps.append(Sequence(slots, HEADING))
        if len(slots) == 2 and joined.kind == "word":
            # Find drift av it in a search for it-drift.
            steps += [Close(one, other, boost=PARTS_APART) for one in slots[0] for other in slots[1] if one != other]
        return Either(tuple(steps))

    def _slot(self, text: str) -> tuple[str, ...]:
        if self._analysis.is_stopword(text):
            return (f"w:{text}",)
        return tuple(f"b:{key}" for key in self._analysis.word(text).keys)

    def _phrase(self, text: str) -> Step | None:
        slots: dict[int, list[str]] = {}
        steps: list[Step] = []
        for token in tokenise(text):
            if token.kind == "reference" and token.reference is not None:
                steps.append(self._reference(token.reference))
            elif not token.joined:
                slots.setdefault(token.position, []).append(f"w:{token.text}")
        if len(slots) > 1:
            steps.append(Sequence(tuple(map(tuple, slots.values())), HEADING))
        elif slots:
            steps.append(Terms(tuple((term, 1.0) for term in next(iter(slots.values())))))
        return _together(All, list(steps))

    def _prefix(self, text: str, namespace: str = "w") -> Step | None:
        tokens = [token for token in tokenise(text) if not token.joined]
        if not tokens:
            return None
        *whole, last = tokens
        beginning = Beginning(f"{namespace}:{last.text}")
        if not whole:
            return beginning
        joined = Beginning(f"{namespace}:" + "".join(token.text for token in tokens))
        apart = (Terms(((f"{namespace}:{token.text}", 1.0),)) for token in whole)
        return Either((joined, All((*apart, beginning))))

    def _reference(self, reference: references.Reference) -> Step:
        """Match the diary number as given and, with less weight, the matter it belongs to."""
        keys = dict.fromkeys((reference.key, reference.matter.key))
        return Terms(tuple((f"d:{key}", HEADING if at == 0 else 1.0) for at, key in enumerate(keys)))

    def _paragraphs(self, numbers: tuple[str, ...]) -> Step:
        terms: list[tuple[str, float]] = []
        for number in numbers:
            plain = number.lstrip("0") or number
            terms += [(f"n:{plain}", OWN_NUMBER), (f"b:§{plain}", 1.0)]
        return Terms(tuple(terms))

    def _field(self, name: str, value: str) -> Step | None:  # noqa: PLR0911  One line for each form.
        match name:
            case "year":
                return _years(value)
            case "date":
                return _between(days.between(value))
            case "since" | "until":
                span = days.read(value)
                return _between(span and ((span[0], days.LAST) if name == "since" else (days.FIRST, span[1])))
            case "reference":
                found = next(references.find(value), None)
                return self._reference(found) if found else Terms(((f"d:{references.normalise(value)}", 1.0),))
            case "kind":
                return Fact((f"t:{fold(value)}", *(f"k:{word}" for word in named(value, self._analysis))))
            case "state":
                words = named(value, self._analysis)
                others = [STATES[word] for word in words if word in STATES]
                return Fact(tuple(f"s:{word}" for word in (*words, *others)))
            case "outcome":
                return Fact(tuple(f"o:{word}" for word in named(value, self._analysis)))
            case "party":
                return Fact((f"g:{fold(value.strip('()'))}",))
        namespace = {"forum": "f", "person": "p"}[name]
        if value.endswith("*"):
            return self._prefix(value.rstrip("*"), namespace)
        return self._named(namespace, value)

    def _named(self, namespace: str, value: str) -> Step | None:
        tokens = [token for token in tokenise(value) if not token.joined]
        slots = [tuple(f"{namespace}:{key}" for key in self._names(token.text)) for token in tokens]
        if len(slots) == 1:
            return Terms(tuple((term, BODY) for term in slots[0]))
        return Sequence(tuple(slots), BODY) if slots else None


def _said(node: asked.Node) -> str:
    return fold(node.text) if isinstance(node, asked.Word) else WHEN if isinstance(node, asked.Dated) else ""


def _threes(words: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each word except the first and last with its neighbours on either side."""
    return zip(words, words[1:], words[2:], strict=False)


def _is_party(node: asked.Node) -> bool:
    return isinstance(node, asked.Word) and node.text.startswith("(") and node.text.endswith(")")


def _apart(one: str, other: str, *, alone: bool) -> Step:
    """Return two parts of a compound near each other; if it has more parts, the two may also be one word."""
    near = Close(f"b:{one}", f"b:{other}", boost=PARTS_APART)
    return near if alone else Either((near, Terms(((f"b:{one}+{other}", PARTS_APART),))))


_YEARS = re.compile(
    r"(?P<single>\d{4})$|(?P<first>\d{4})?(?:-|–|\.\.)(?P<last>\d{4})?$|(?P<sign>[<>]=?)(?P<bound>\d{4})$"
)


def _years(text: str) -> Step:
    """Parse 2024, 2020-2024, 2020-, -2024, >2020 and <=2024; other text matches nothing."""
    match = _YEARS.match(text.strip())
    if match is None or not any(match.groupdict().values()):
        return NOTHING
    if match["single"] or match["sign"]:
        return _between(days.between(text))
    return _between(days.between(f"{match['first'] or ''}..{match['last'] or ''}"))


def _between(span: days.Span | None) -> Step:
    return Between(*span) if span and span[0] <= span[1] else NOTHING


def _dated(text: str) -> Step:
    """Match documents of that date, and texts with the date in either form: 14 mars 2024, 2024-03-14."""
    span = days.read(text)
    if span is None:
        return NOTHING
    year, month, day = f"{span[0]:%Y-%m-%d}".split("-")
    written: list[Step] = []
    if span[0].month == span[1].month:
        names = tuple(f"w:{name}" for name in (days.NAMES[int(month) - 1], days.MONTHS[int(month) - 1]))
        figures = [(f"w:{year}",), (f"w:{month}",)]
        if span[0] == span[1]:
            figures.append((f"w:{day}",))
            written.append(Sequence(((f"w:{day}", f"w:{int(day)}"), names, (f"w:{year}",))))
        else:
            written.append(Sequence((names, (f"w:{year}",))))
        written.append(Sequence(tuple(figures)))
    else:
        written.append(Terms(((f"n:{year}", OWN_NUMBER), (f"b:§{year}", 2.0), (f"b:{year}", 1.0))))
    return Either((*written, Between(*span)))


def _together(form: type[All] | type[Either], steps: list[Step | None]) -> Step | None:
    kept = [step for step in steps if step is not None]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else form(tuple(kept))
