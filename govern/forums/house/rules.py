"""The choices of a house style, their limits, and how a forum's inherit from its collaboration's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from govern.documents.colour import BLACK, WHITE, contrast, is_colour, readable
from govern.documents.style import HouseStyle
from govern.errors import Refusal
from govern.forums.states import DecisionOrder, StripRole

LEAST_CONTRAST = 4.5
LONGEST_HEADER = 80
"""Characters that fit in one line of small print beside the page number."""

MARK, NIGHT = "fbeeb5", "1d2226"
"""The page backgrounds with least contrast: a highlighted passage in light mode, a shaded one in dark mode."""


class HouseRefusal(Refusal):
    """Why a house style is refused."""

    NOT_A_COLOUR = "Skriv färgen som sex tecken, till exempel #12503f."
    TOO_PALE = "Färgen är för ljus för att synas på vitt papper. Välj en mörkare, så att kontrasten blir minst 4,5:1."
    HEADER_LONG = "Sidhuvudets text får plats på en rad, högst 80 tecken."


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A complete set of choices, each with its value, chosen or inherited."""

    accent: str = HouseStyle().accent
    header_text: str = ""
    decision_order: DecisionOrder = DecisionOrder.LAST
    paragraphs_on_own_page: bool = True
    contents: bool = True
    legend: bool = True
    name_columns: Literal[1, 2] = 2
    strip: tuple[StripRole, ...] = (StripRole.CHAIR, StripRole.ADJUSTER, StripRole.CERTIFIER)


NAMES = (
    "accent",
    "header_text",
    "decision_order",
    "paragraphs_on_own_page",
    "contents",
    "legend",
    "name_columns",
    "strip",
)


def refuse_accent(accent: str) -> HouseRefusal | None:
    """Refuse a colour in which text on white is illegible (WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1)."""
    if not is_colour(accent):
        return HouseRefusal.NOT_A_COLOUR
    return HouseRefusal.TOO_PALE if contrast(accent, WHITE) < LEAST_CONTRAST else None


def refuse_header(text: str) -> HouseRefusal | None:
    """Refuse a header text that does not fit on one line."""
    return HouseRefusal.HEADER_LONG if len(text) > LONGEST_HEADER or "\n" in text else None


def merged(*layers: Mapping[str, Any]) -> Choices:
    """Apply layers of choices to the defaults, in order: the collaboration's, then the forum's."""
    choices = Choices()
    for layer in layers:
        choices = replace(choices, **layer)
    return choices


def differing(choices: Choices, inherited: Choices) -> dict[str, Any]:
    """Return the choices that differ from the inherited ones: only these are stored, so that the others follow."""
    pairs = ((name, getattr(choices, name), getattr(inherited, name)) for name in NAMES)
    return {name: value for name, value, other in pairs if value != other}


def style_with(
    choices: Choices, *, logo: bytes | None = None, logo_alt: str | None = None, base: bytes | None = None
) -> HouseStyle:
    """Return the document style for these choices."""
    return HouseStyle(
        accent=choices.accent,
        header_text=choices.header_text,
        decision_order="first" if choices.decision_order is DecisionOrder.FIRST else "last",
        paragraphs_on_own_page=choices.paragraphs_on_own_page,
        contents=choices.contents,
        legend=choices.legend,
        name_columns=choices.name_columns,
        strip=tuple(role.label for role in choices.strip),
        logo=logo,
        logo_alt=logo_alt,
        base=base,
    )


def sheet(accent: str) -> str:
    """Return the accent colour as CSS, changed as little as legibility requires.

    It is darkened until it is legible on `MARK` in light mode, and lightened until it is on `NIGHT` in dark mode.
    """
    day = readable(accent, MARK, BLACK, LEAST_CONTRAST)
    night = readable(accent, NIGHT, WHITE, 7.0)
    return (
        f"@layer base {{\n  :root {{ --accent: #{day}; --accent-ink: #{WHITE}; }}\n"
        f"  @media (prefers-color-scheme: dark) {{ :root {{ --accent: #{night}; --accent-ink: #0f1417; }} }}\n}}\n"
        f"@layer print {{\n  @media print {{ :root {{ --accent: #{accent}; }} }}\n}}\n"
    )
