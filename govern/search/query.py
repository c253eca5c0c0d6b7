"""Parse what a user types into a small tree.

Any text gives a tree; there are no syntax errors.

samverkan avtal          both words, in any inflection
"gemensam nämnd"         the exact phrase
sundsvall ELLER ånge     either word
avtal -hyra, INTE hyra   exclusion
samverk*                 words with this prefix
§ 812, §§ 808-814, paragraf 812   paragraphs by number
KS 2018/14, dnr KS 2018/14        a diary number in any spelling
1 200 000 kr, 1,2 mnkr, 25 %      an amount in any spelling
mars 2024, 14 mars 2024, 2024-03-14, 2024   documents of that time, or that mention it
forum: år: typ: dnr: person: parti: status: utfall:   år:2023-2024, person:"Ola Wigg"
datum:2024-03, från:2024-03-01, till:2024-06   a day, month or year, or a range
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from govern.search import amounts, days, references
from govern.search.references import Reference
from govern.search.tokens import clean, fold, paragraph_numbers

LONGEST = 1000
MOST_CLAUSES = 48
DEEPEST = 12

FIELDS = {
    "forum": "forum", "organ": "forum",
    "år": "year", "ar": "year",
    "typ": "kind", "slag": "kind",
    "dnr": "reference", "diarienummer": "reference", "ärende": "reference",
    "person": "person", "namn": "person",
    "parti": "party",
    "status": "state", "läge": "state",
    "utfall": "outcome", "beslut": "outcome",
    "datum": "date", "dag": "date",
    "från": "since", "fran": "since", "efter": "since",
    "till": "until", "före": "until",
    "paragraf": "paragraph",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word, in any inflection.

    `unfinished` is whether the user may still be typing it.
    """

    text: str
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """An exact sequence of words."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word with this prefix."""

    text: str


@dataclass(frozen=True, slots=True)
class Dnr:
    """A matter by its diary number."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Paragraphs by number."""

    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """A day, a month or a year: the document's own date, or one that its text mentions."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A value in one field; `name` is one of the values of FIELDS."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that does not match the node."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """Everything that matches all nodes; with no nodes, everything."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Everything that matches at least one node."""

    nodes: tuple[Node, ...]


Node = Word | Phrase | Prefix | Dnr | Paragraphs | Dated | Field | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: the text as typed and its tree.

    `abbreviations` are the installation's own, folded, with what each stands for. They override the shipped list; an
    empty expansion disables an abbreviation.
    """

    text: str
    tree: Node
    abbreviations: tuple[tuple[str, str], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the query has no conditions, so that every document matches."""
        return self.tree == And(())


def parse(text: str, *, typing: bool = False) -> Query:
    """Parse a query.

    With `typing`, a last word with nothing after it is marked as unfinished.
    """
    return Query(text, _Parser(" ".join(clean(text[:LONGEST]).split("\n")), typing).read())


_SPACE = re.compile(r"\s+")
_QUOTED = re.compile(r"[\"“”„»«](?P<text>[^\"“”„»«]*)[\"“”„»«]?")
_FIELD = re.compile(r"(?P<name>[^\W\d_]+):\s*(?=\S)")
_MINUS = re.compile(r"[-−–](?=[^\s\-−–])")
_OPERATOR = re.compile(r"(?P<word>ELLER|OR|INTE|NOT|OCH|AND)(?=[\s(\"]|$)")
_PARAGRAPHS = re.compile(
    r"§{1,2}\s*(?P<numbers>\d{1,5}[a-zA-Z]?(?:/\d\d(?!\d))?(?:\s*[-‐-―]{1,2}\s*\d{1,5}[a-zA-Z]?)?)(?!\w)"
    r"|(?P<before>\d{1,5}[a-zA-Z]?)\s*§(?!\s*\d)|[Pp]aragraf(?:en|erna)?\s+(?P<said>\d{1,5}[a-zA-Z]?)(?!\w)"
)
_REFERRED = re.compile(r"(?:dnr|diarienr|diarienummer|ärendenr|ärendenummer|ärendet?)\.?\s+(?=\S)", re.IGNORECASE)
_DATED = re.compile(
    r"\d{4}-\d\d-\d\d(?![\w-])|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![\w-])|"
    rf"\d{{1,2}}/\d{{1,2}}[ -]\d{{4}}(?![\w-])|(?:\d{{1,2}}\s+)?(?:{days.MONTH})\s+(?:19|20)\d\d(?!\w)|"
    r"(?:19|20)\d\d(?![\w:-]|[,./]\w)",
    re.IGNORECASE,
)
_PARTY = re.compile(r"\([A-ZÅÄÖa-zåäö]{1,4}\)|\(-\)")
_RUN = re.compile(r"[^\s()\"“”„»«]+")
_LETTER = re.compile(r"[^\W_]")


class _Parser:
    """A left-to-right parser, one clause at a time, which skips unmatched brackets."""

    def __init__(self, text: str, typing: bool) -> None:
        self._text = text
        self._typing = typing
        self._at = 0
        self._clauses = 0

    def read(self) -> Node:
        nodes: list[Node] = []
        while True:
            nodes.append(self._either(0))
            if self._done():
                return _all(nodes)
            # Skip an unmatched closing bracket.
            self._at += 1

    def _done(self) -> bool:
        return self._at >= len(self._text) or self._clauses >= MOST_CLAUSES

    def _either(self, depth: int) -> Node:
        groups: list[list[Node]] = [[]]
        negate = False
        while not self._done():
            if self._take(_SPACE):
                continue
            if self._text[self._at] == ")" and (depth or not groups[-1] or self._text[self._at :].strip(") ") == ""):
                break
            if operator := self._take(_OPERATOR):
                if operator["word"] in ("ELLER", "OR"):
                    groups.append([])
                elif operator["word"] in ("INTE", "NOT"):
                    negate = True
                continue
            if self._take(_MINUS) and not negate:
                negate = True
                continue
            node = self._clause(depth)
            if node is None:
                continue
            groups[-1].append(Not(node) if negate else node)
            negate = False
        found = [_all(group) for group in groups if group]
        if len(found) > 1:
            return Or(tuple(found))
        return found[0] if found else And(())

    def _clause(self, depth: int) -> Node | None:
        self._clauses += 1
        readers = (self._phrase, self._paragraphs, self._party, self._reference, self._amount, self._dated, self._field)
        for read in readers:
            if (node := read()) is not None:
                return node
        if self._text[self._at] in "()":
            opened = self._text[self._at] == "("
            self._at += 1
            if not opened or depth >= DEEPEST:
                return None
            node = self._either(depth + 1)
            if self._at < len(self._text) and self._text[self._at] == ")":
                self._at += 1
            return None if node == And(()) else node
        return self._word()

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _phrase(self) -> Node | None:
        match = self._take(_QUOTED)
        if match is None:
            return None
        return Phrase(match["text"].strip()) if _LETTER.search(match["text"]) else And(())

    def _paragraphs(self) -> Node | None:
        match = self._take(_PARAGRAPHS)
        return (
            Paragraphs(tuple(paragraph_numbers(match["numbers"] or match["before"] or match["said"])))
            if match
            else None
        )

    def _party(self) -> Node | None:
        match = _PARTY.match(self._text, self._at)
        if match is None or fold(match.group()) in ("(och)", "(inte)"):
            return None
        self._at = match.end()
        return Word(match.group().upper())

    def _reference(self) -> Node | None:
        referred = _REFERRED.match(self._text, self._at)
        found = references.at(self._text, referred.end() if referred else self._at)
        if found is None:
            return None
        self._at = found.end
        return Dnr(found)

    def _amount(self) -> Node | None:
        found = amounts.at(self._text, self._at)
        if found is None:
            return None
        self._at = found.end
        return Word(self._text[found.start : found.end])

    def _dated(self) -> Node | None:
        match = _DATED.match(self._text, self._at)
        if match is None or days.read(match.group()) is None:
            return None
        self._at = match.end()
        return Dated(match.group())

    def _field(self) -> Node | None:
        match = _FIELD.match(self._text, self._at)
        name = FIELDS.get(fold(match["name"])) if match else None
        if match is None or name is None:
            return None
        started, self._at = self._at, match.end()
        if name == "reference" and (found := references.at(self._text, self._at)):
            self._at = found.end
            return Dnr(found)
        if name == "paragraph":
            self._take(re.compile(r"§{1,2}\s*"))
        value = self._take(_QUOTED)
        text = value["text"] if value else run.group() if (run := self._take(_RUN)) else ""
        if name in ("since", "until") and days.read(text) is None:
            self._at = started  # Not a date, so not a field: "Skickas till: kommunstyrelsen".
            return None
        if name == "paragraph":
            return Paragraphs(tuple(paragraph_numbers(text))) if paragraph_numbers(text) else And(())
        return Field(name, text.strip()) if _LETTER.search(text) else And(())

    def _word(self) -> Node | None:
        run = self._take(_RUN)
        if run is None:
            self._at += 1
            return None
        text = run.group().strip("*")
        if not _LETTER.search(text):
            return None
        if run.group().endswith("*"):
            return Prefix(text)
        return Word(text, unfinished=self._typing and self._at == len(self._text))


def _all(nodes: list[Node]) -> Node:
    kept = [node for node in nodes if node != And(())]
    return kept[0] if len(kept) == 1 else And(tuple(kept))
