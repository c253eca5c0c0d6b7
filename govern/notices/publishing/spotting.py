"""Finding possible personal data in a protocol's texts. The program proposes; a person decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.se import personnummer

from govern.documents.papers.public import Text
from govern.notices.publishing.first_names import FIRST_NAMES
from govern.notices.publishing.states import MaskKind

DASHES = r"\-\u2010\u2011\u2012\u2013\u2212"
"""The dash characters, for use inside a character class."""

SPACES = " \u00a0\u2009\u202f"

_BORN = rf"(?:19|20)?\d{{2}}(?:[{SPACES}./{DASHES}]?\d{{2}}){{2}}"
NUMBER = re.compile(rf"(?<!\d)({_BORN})[{SPACES}]?([/.{DASHES}+]?)[{SPACES}]?(\d{{4}})(?!\d)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(
    rf"(?<![\w/.{DASHES}])(?:\+[{SPACES}]?46|0046|0)(?:[{SPACES}]?\(0\))?(?:[{SPACES}/.){DASHES}]{{0,3}}\d){{7,10}}(?!\w)"
)
STREETS = (
    "gatan|gata|vägen|väg|gränden|gränd|stigen|stig|torget|torg|backen|allén|allé|plan|platsen|leden|esplanaden|kajen|"
    "liden|kroken|svängen|slingan|rundan|höjden|bryggan|stranden"
)
_SHORT_STREET = r"[A-ZÅÄÖ][a-zåäö]{2,}(?:(?<!in)g|[a-zåäö]v)\."
"""An abbreviated street: Storg., Björkv. A word that ends with -ing is not one."""
_PLACE = rf"[A-ZÅÄÖ]\w+(?:[{DASHES}][A-ZÅÄÖ]\w+)?"
ADDRESS = re.compile(
    rf"((?:[A-ZÅÄÖ][\w’'.:{DASHES}]+ ){{0,2}})([A-ZÅÄÖa-zåäö]*(?:{STREETS})|{_SHORT_STREET}) (\d{{1,4}})"
    rf"(?: ?[A-Z](?!\w)|[a-z](?!\w))?(?: ?[/{DASHES}] ?\d{{1,4}}(?: ?[A-Z](?!\w)|[a-z](?!\w))?)?"
    rf"(?:,? (?:lgh|läg\.?) ?\d+)?(,? \d{{3}} ?\d{{2}} {_PLACE}(?: {_PLACE})?)?"
)
_NO_STREET = re.compile(
    rf"(?:{STREETS}|(?:riks|läns|europa|stam)väg(?:en)?|(?:arbets|parkerings|mötes|bygg|uppställnings)platsen|"
    r"\w*(?:het|ing|ion|skap|itet|ment|gärd|sikt|tid|år|arbet|skydd|fall|drift|mål|upphandl|utbild)s?plan|"
    r"(?:detalj|projekt|ekonomi|budget|energi|klimat|struktur|rese|trafik|kris|skol|läro|kurs|del|etapp|affärs|va-?|"
    r"vatten|miljö|natur|bostads|vård|besluts|marknads|innehålls|års|grund|general|havs|turist|idrotts|fotbolls)plan)",
    re.IGNORECASE,
)
"""What ends like a street and is none: a plan of something, a numbered road (väg 83), a floor (plan 3)."""
CAPITAL = rf"(?:[A-ZÅÄÖÉÜ][a-zåäöéüøæ]+|[A-ZÅÄÖÉÜ]{{2,}})(?:[{DASHES}][A-ZÅÄÖÉÜ][a-zåäöéüøæA-ZÅÄÖ]+)?"
BODIES = {
    "Region",
    "Folkets",
    "Svenska",
    "Sveriges",
    "Svenskt",
    "Kungliga",
    "Sankt",
    "Norra",
    "Södra",
    "Östra",
    "Västra",
}
"""First words in the names of bodies or places, not of persons."""
WORD = re.compile(rf"\w+(?:[{DASHES}\u00ad.@+'’]+\w+)*")
"""A whole word: letters and digits, also where a dash, a dot, an at sign or the like joins them."""
NAME = re.compile(rf"(?<!\w){CAPITAL}(?:(?: (?:af|av|von|de|al|el))?[ \u00a0]+{CAPITAL}){{1,3}}(?!\w)")
ALONE = re.compile(rf"(?<!\w){CAPITAL}(?!\w)")


@dataclass(frozen=True, slots=True)
class Found:
    """A span of a text that may be personal data."""

    place: str
    start: int
    stop: int
    words: str
    kind: MaskKind

    @property
    def ticked(self) -> bool:
        """Whether it is masked unless a person chooses otherwise."""
        return self.kind is not MaskKind.PERHAPS


def spot(texts: Sequence[Text], known: Collection[str]) -> list[Found]:
    """Propose spans to mask. `known` are the names of those who act in an official role; they are not proposed."""
    found: list[Found] = []
    for text in texts:
        for kind, (pattern, is_one) in PATTERNS.items():
            for match in pattern.finditer(text.words):
                if is_one(match):
                    _add(found, text, match.start(), match.end(), kind)
    acting = _Acting(known)
    for text in texts:
        for start, stop, kind in _names(text.words, acting):
            _add(found, text, start, stop, kind)
    _spot_again(found, texts, acting)
    order = {text.place: index for index, text in enumerate(texts)}
    return sorted(found, key=lambda one: (order[one.place], one.start))


def _spot_again(found: list[Found], texts: Sequence[Text], acting: _Acting) -> None:
    """Add the other occurrences of each name found, in full or by its last part, and first names on their own."""
    for name in {one.words for one in found if one.kind is MaskKind.NAME}:
        last = name.split()[-1]
        for wanted in (name, last) if len(last) > 2 else (name,):
            kind = MaskKind.PERHAPS if wanted.casefold() in acting.parts else MaskKind.NAME
            for text, start, stop in equal(texts, wanted):
                if not acting.covers(text.words, start, stop):
                    _add(found, text, start, stop, kind)
    for text in texts:
        for match in ALONE.finditer(text.words):
            if _is_first(match.group()) and match.group().casefold() not in acting.parts:
                _add(found, text, match.start(), match.end(), MaskKind.PERHAPS)


def _add(found: list[Found], text: Text, start: int, stop: int, kind: MaskKind) -> None:
    """Add a span, as whole words, unless it overlaps one found; the most certain kinds are searched for first."""
    start, stop = whole_words(text.words, start, stop)
    if not any(one.place == text.place and one.start < stop and start < one.stop for one in found):
        found.append(Found(text.place, start, stop, text.words[start:stop], kind))


def is_identity_number(match: re.Match[str]) -> bool:
    """Return whether the digits are a personnummer or samordningsnummer (day plus 60), by date and check digit."""
    born, serial = re.sub(r"\D", "", match[1]), match[3]
    day = int(born[-2:])
    real = f"{born[:-2]}{day - 60:02}" if day > 60 else born
    try:
        personnummer.get_birth_date(f"{real}{'+' if match[2] == '+' else '-'}{serial}")
        luhn.validate(born[-6:] + serial)
    except ValidationError:
        return False
    return True


_CLOCK_OR_DAY = re.compile(r"0\d\.\d\d(?![\d])")
"""How a time (09.00–12.00) or a day (01.02.2024) begins; an area code before a full stop has three digits, or is 08."""


def is_address(match: re.Match[str]) -> bool:
    """Return whether a street and a number are an address: not a plan of some year, a numbered road or a floor."""
    before, street, number, place = match.groups()
    if place:
        return True
    if len(number) == 4 and number[:2] in ("19", "20"):
        return False
    return bool(before and street[0].islower()) or _NO_STREET.fullmatch(street) is None


def is_phone_number(match: re.Match[str]) -> bool:
    """Return whether the digits are a Swedish telephone number: 8–10 of them from the first 0, the second not 0."""
    words = match.group()
    if _CLOCK_OR_DAY.match(words):
        return False
    digits = re.sub(r"\D", "", words.replace("(0)", ""))
    if words.lstrip().startswith("+") or digits.startswith("0046"):
        digits = "0" + digits.removeprefix("00").removeprefix("46")
    return 8 <= len(digits) <= 10 and digits[1] != "0"


PATTERNS: dict[MaskKind, tuple[re.Pattern[str], Callable[[re.Match[str]], bool]]] = {
    MaskKind.EMAIL: (EMAIL, bool),
    MaskKind.NUMBER: (NUMBER, is_identity_number),
    MaskKind.PHONE: (PHONE, is_phone_number),
    MaskKind.ADDRESS: (ADDRESS, is_address),
}
"""The pattern of each kind, and a check of its matches; the most certain first."""


class _Acting:
    """The names of those who act in an official role, and the parts of these names."""

    def __init__(self, known: Collection[str]) -> None:
        self.names = [name for name in known if name.strip()]
        self.parts = {part.casefold() for name in self.names for part in name.split()}
        longest_first = sorted(map(_spaced, self.names), key=len, reverse=True)
        self.pattern = re.compile("|".join(longest_first), re.IGNORECASE) if longest_first else None

    def covers(self, words: str, start: int, stop: int) -> bool:
        """Return whether a span overlaps one of the names."""
        found = self.pattern.finditer(words) if self.pattern else ()
        return any(match.start() < stop and start < match.end() for match in found)


def _names(words: str, acting: _Acting) -> Iterator[tuple[int, int, MaskKind]]:
    for match in NAME.finditer(words):
        if acting.covers(words, match.start(), match.end()):
            continue
        parts = list(ALONE.finditer(words, match.start(), match.end()))
        first = next((p for p in parts[:-1] if _is_first(p.group())), None)
        if first is not None:
            yield first.start(), match.end(), MaskKind.NAME
        elif parts[0].group() not in BODIES and not any(p.group().isupper() for p in parts):
            yield match.start(), match.end(), MaskKind.PERHAPS


def _is_first(word: str) -> bool:
    """Return whether a word, or its part before a hyphen, is a common first name."""
    return re.split(f"[{DASHES}]", word, maxsplit=1)[0].capitalize() in FIRST_NAMES


def _spaced(words: str) -> str:
    return r"\s+".join(re.escape(part) for part in words.split())


def whole_words(words: str, start: int, stop: int) -> tuple[int, int]:
    """Widen a span that begins or ends within a word to the whole of it.

    The rest of a word would give away what is masked: "Berg" of "Bergström", the last four digits of a personnummer, or
    the name before an at sign. Therefore what dashes, dots and the like join is one word. An s that follows the span is
    left, as `equal` leaves a genitive s: it gives nothing away, and "[maskerat]s ärende" reads as it should.
    """
    first, last = start, stop
    for word in WORD.finditer(words):
        if word.start() < stop and start < word.end():
            first = min(first, word.start())
            last = last if words[stop : word.end()].casefold() == "s" else max(last, word.end())
    return first, last


def equal(texts: Iterable[Text], words: str) -> Iterator[tuple[Text, int, int]]:
    """Find every occurrence of the words, ignoring case, spacing and the kind of dash; a genitive s is left outside.

    One that is a part of a longer word, as "Holm" of "Holm-Ask", is found as the whole of that (`whole_words`).
    """
    if not words.strip():
        return
    pattern = re.sub(rf"\\?[{DASHES}]", f"[{DASHES}]".replace("\\", r"\\"), _spaced(words))
    before = r"(?<!\w)" if words.strip()[0].isalnum() else ""
    after = r"(?=s?(?!\w))" if words.strip()[-1].isalnum() else ""
    wanted = re.compile(f"{before}{pattern}{after}", re.IGNORECASE)
    for text in texts:
        last = 0
        for match in wanted.finditer(text.words):
            if match.start() >= last:
                start, last = whole_words(text.words, match.start(), match.end())
                yield text, start, last
