"""The permitted values of a house style, and how a forum inherits from its organisation."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from govern.documents.colour import WHITE, contrast, readable
from govern.documents.style import HouseStyle
from govern.forums.house.rules import (
    MARK,
    NAMES,
    NIGHT,
    Choices,
    HouseRefusal,
    differing,
    merged,
    refuse_accent,
    refuse_header,
    sheet,
    style_with,
)
from govern.forums.states import DecisionOrder, StripRole

COLOURS = {
    "black": ("000000", None),
    "the default": (Choices().accent, None),
    "capitals": ("12503F", None),
    "the palest grey that passes": ("767676", None),
    "one step paler": ("777777", HouseRefusal.TOO_PALE),
    "yellow": ("ffd500", HouseRefusal.TOO_PALE),
    "white": ("ffffff", HouseRefusal.TOO_PALE),
    "three digits": ("123", HouseRefusal.NOT_A_COLOUR),
    "with its sign": ("#12503f", HouseRefusal.NOT_A_COLOUR),
    "words": ("urblek", HouseRefusal.NOT_A_COLOUR),
    "nothing": ("", HouseRefusal.NOT_A_COLOUR),
    "more than a colour": ("12503f;", HouseRefusal.NOT_A_COLOUR),
}


@pytest.mark.parametrize("which", COLOURS)
def test_accent(which: str) -> None:
    """A colour has six hexadecimal digits and a contrast of at least 4.5:1 on white (WCAG 1.4.3)."""
    colour, refusal = COLOURS[which]
    assert refuse_accent(colour) is refusal


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("", None), ("å" * 80, None), ("å" * 81, HouseRefusal.HEADER_LONG), ("en\ntvå", HouseRefusal.HEADER_LONG)],
)
def test_header(text: str, refusal: HouseRefusal | None) -> None:
    """The header text is one line of at most 80 characters."""
    assert refuse_header(text) is refusal


@pytest.mark.parametrize(("one", "other", "ratio"), [("000000", "ffffff", 21.0), ("777777", "ffffff", 4.478)])
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    """The ratios are those of WCAG technique G18."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.001)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize("colour", ["000000", "767676", "1b4f72", "7a1f3d", "0057b8", "c8102e", "8a6d00"])
def test_the_pages_can_be_read_in_every_accent(colour: str) -> None:
    """Contrast suffices on highlighted text and in dark mode too; a colour that has enough is unchanged."""
    assert refuse_accent(colour) is None
    css = sheet(colour)
    day, night = re.findall(r"--accent: #(\w{6}); --accent-ink", css)
    inks = re.findall(r"--accent-ink: #(\w{6})", css)
    assert contrast(day, MARK) >= 4.5
    assert contrast(night, NIGHT) >= 7
    assert all(contrast(accent, ink) >= 4.5 for accent, ink in zip((day, night), inks, strict=True))
    assert day == colour or contrast(colour, MARK) < 4.5


def test_a_colour_that_is_seen_is_left_alone() -> None:
    assert readable("12503f", WHITE, "000000", 4.5) == "12503f"


def test_every_choice_is_named() -> None:
    """A choice that is not listed in `NAMES` would never be stored."""
    assert set(NAMES) == {field.name for field in fields(Choices)}


ORGANISATION = {"accent": "7a1f3d", "legend": False, "strip": (StripRole.CHAIR,)}


def test_a_forum_keeps_only_what_differs() -> None:
    """What equals the organisation's is not kept, and follows when that changes; what is kept comes back."""
    inherited = merged(ORGANISATION)
    chosen = merged(ORGANISATION, {"name_columns": 1, "legend": True})
    own = differing(chosen, inherited)
    assert own == {"name_columns": 1, "legend": True}
    changed = merged(ORGANISATION | {"accent": "0057b8"}, own)
    assert (changed.accent, changed.name_columns, changed.legend) == ("0057b8", 1, True)
    assert differing(inherited, inherited) == {}


def test_nothing_chosen_is_how_documents_have_always_looked() -> None:
    """The page's defaults are those of the layouts, so that nothing changes by itself."""
    assert style_with(merged()) == HouseStyle()


def test_choices_reach_the_documents() -> None:
    chosen = Choices(
        decision_order=DecisionOrder.FIRST, strip=(StripRole.SECRETARY, StripRole.CHAIR), header_text="Rad"
    )
    style = style_with(chosen)
    assert (style.decision_order, style.strip, style.header_text) == ("first", ("Sekreterare", "Ordförande"), "Rad")
