"""The placeholders of phrases, and replacing them with a meeting's facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

from govern.forums.states import ParagraphKind
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import PhraseTarget

PLACEHOLDERS = {
    "ordförande": "mötets ordförande",
    "sekreterare": "mötets sekreterare",
    "justerare": "den eller de som justerar, med ”och” emellan",
    "forum": "forumets namn",
    "datum": "mötets dag",
    "börjar": "klockslaget då mötet skulle börja",
    "plats": "mötets plats",
    "paragraf": "paragrafens nummer",
    "ärende": "paragrafens rubrik",
    "diarienummer": "paragrafens diarienummer",
    "förra mötet": "dagen för forumets föregående möte",
    "nästa möte": "dag och tid för forumets nästa planerade möte",
    "tid": "klockslaget när frasen används",
    "person": "någon ur närvarolistan, som du väljer",
}
UNDECIDED = (ParagraphKind.INFORMATION,)
"""The codes of paragraphs that decide nothing."""
LATER = {"tid", "person"}  # Known only when the phrase is used: the page fills them in.
BLANK = "…"
_BRACED = re.compile(r"\{([^{}]*)\}")


def not_for(target: PhraseTarget) -> list[str]:
    """Return the codes of paragraphs for which a phrase is not offered: information decides nothing (practice)."""
    return [kind.value for kind in UNDECIDED] if target is PhraseTarget.DECISION else []


def refuse_codes(target: PhraseTarget, kinds: Iterable[str]) -> Refusal | None:
    """Refuse a phrase for a decision that is meant for a code for which it would never be offered."""
    return Refusal.INFORMATION_DECIDES if set(kinds) & set(not_for(target)) else None


def placeholders_in(html: str) -> set[str]:
    """Return the placeholders in a text, in lower case, known or not."""
    return {name.strip().lower() for name in _BRACED.findall(html)}


def unknown_in(html: str) -> list[str]:
    """List the unknown placeholders in a text, in lower case."""
    return sorted(placeholders_in(html) - set(PLACEHOLDERS))


def fill(html: str, facts: Mapping[str, str]) -> str:
    """Fill a text's placeholders from `facts`; one without a value becomes `BLANK`, to fill in by hand.

    `facts` are plain text by placeholder, and are escaped. `{tid}` and `{person}` are left unless given.
    """

    def replace(match: re.Match[str]) -> str:
        name = match[1].strip().lower()
        if facts.get(name):
            return escape(facts[name])
        return f"{{{name}}}" if name in LATER else BLANK

    return _BRACED.sub(replace, html)
