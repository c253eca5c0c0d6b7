"""The contrast between colours, and the nearest shade of a colour that has enough of it (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

WHITE, BLACK = "ffffff", "000000"
STEPS = 50


def is_colour(text: str) -> bool:
    """Return whether the text is a colour of six hexadecimal digits."""
    return len(text) == 6 and not set(text.lower()) - set("0123456789abcdef")


def contrast(one: str, other: str) -> float:
    """Return the contrast between two colours of six hexadecimal digits, from 1 (none) to 21 (black on white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, on: str, towards: str, least: float) -> str:
    """Mix as little of `towards` into a colour as gives it a contrast of at least `least` with `on`."""
    for step in range(STEPS):
        mixed = _mix(colour, towards, step / STEPS)
        if contrast(mixed, on) >= least:
            return mixed
    return towards


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue


def _luminance(colour: str) -> float:
    """Return the relative luminance as WCAG defines it."""
    shares = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
