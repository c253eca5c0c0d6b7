"""A rule-based stemmer for Swedish: the half of the analysis that needs no dictionary.

The rules give the forms of a noun, verb or adjective one stem (skola, skolan, skolorna; besluta, beslutade), also for
words that are in no dictionary. Irregular forms (ledamot, ledamöter) are left to the dictionary of `lemmas`.
"""

from __future__ import annotations

from functools import lru_cache

from govern.search.lists import words_of

# After these letters a final s is a genitive or a passive, not a part of the word (analys, hus, bonus, Borås, process).
_BEFORE_GENITIVE = frozenset("abcdefghjklmnprtvz")
# Endings that are removed without replacement.
_PLAIN = (
    "orna", "erna", "arna", "ena", "na", "or", "er", "ar", "en", "et",
    "an", "ad", "ade", "ande", "ende", "anden", "enden", "andet", "andena", "anda",
    "a", "e", "ast", "aste", "ert",
)  # fmt: skip
# Ending: (replacement, letters that must remain before the ending). Only the longest match is applied, once.
_ENDINGS: dict[str, tuple[str, int]] = {
    # Verksamhet must not lose its -et when verksamheten loses -en.
    **dict.fromkeys(("heterna", "heten", "heter", "het"), ("het", 2)),
    # Informera, informerade and informerat; informering keeps its -er too.
    **dict.fromkeys(("erades", "erade", "erats", "erat", "erad", "erar", "era"), ("er", 3)),
    **dict.fromkeys(("samma", "samt", "sammare", "sammast"), ("sam", 3)),
    **dict.fromkeys(("igt", "igts"), ("ig", 2)),
    **dict.fromkeys(("iskt", "iskts"), ("isk", 2)),
    **dict.fromkeys(("ellt", "ella"), ("ell", 2)),
    **dict.fromkeys(("alt", "ala"), ("al", 4)),
    **dict.fromkeys(("ivt", "iva"), ("iv", 3)),
    # Kostnad, marknad and byggnad keep the -ad that a participle loses.
    "nad": ("nad", 3),
    "at": ("", 5),
    # Vinna must not get the stem of vin.
    "nna": ("nn", 2),
    # Ledare (a person) must not get the stem of leda.
    **dict.fromkeys(("are", "aren"), ("ar", 3)),
    # Kommitté and kommittéer, with the accent already folded.
    **dict.fromkeys(("eerna", "eer", "een"), ("", 3)),
    **dict.fromkeys(_PLAIN, ("", 3)),
}
_LONGEST = max(map(len, _ENDINGS))
# Words whose final letters only look like an ending.
_WHOLE = tuple(words_of("whole.txt"))
_DEFINITE = ("ets", "ens", "arnas", "erna", "ernas", "arna", "en", "et", "ar", "er", "s", "n")
_FORMS = tuple(whole + ending for whole in _WHOLE for ending in ("", *_DEFINITE))


def _whole(word: str) -> str | None:
    """Return a listed word, or a word ending in one, without its definite ending; None for any other word."""
    if not word.endswith(_FORMS):
        return None
    if word.endswith(_WHOLE):
        return word
    ending = next(ending for ending in _DEFINITE if word.endswith(ending) and word[: -len(ending)].endswith(_WHOLE))
    return word[: -len(ending)]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the folded word without its ending.

    Words with a digit or of at most three letters are unchanged.
    """
    if len(word) < 4 or not word.isalpha():
        return word
    if kept := _whole(word):
        return kept
    word = _without_genitive(word)
    for letters in range(_LONGEST, 0, -1):
        rule = _ENDINGS.get(word[-letters:])
        if rule and len(word) - letters >= rule[1]:
            word = word[:-letters] + rule[0]
            # Grupprum and grupprummet, tjänsteman and tjänstemannen; short ones are left to the dictionary (dam, damm).
            if len(word) > 6 and word.endswith(("mm", "mann", "männ")):
                word = word[:-1]
            break
    return _without_genitive(word)


def _without_genitive(word: str) -> str:
    if len(word) > 4 and word[-1] == "s" and word[-2] in _BEFORE_GENITIVE:
        return word[:-1]
    return word
