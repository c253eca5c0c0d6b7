"""The choices a forum makes about how its documents look, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseStyle:
    """How one forum's documents are laid out.

    `accent` is a colour as six hexadecimal digits; it carries no meaning, so a print in grey says as much.
    `name_columns` is how many columns names of those present are set in. `strip` holds the words under the lines at
    every page's foot; empty means no strip. `logo` is a PNG or JPEG and needs `logo_alt`, its text for those who
    cannot see it. `public_copy` leaves a confidential § out, with its number and the reason in its place.
    """

    title: str = "Sammanträdesprotokoll"
    summons_title: str = "Kallelse"
    paragraphs_on_own_page: bool = True
    legend: bool = True
    contents: bool = True
    name_columns: Literal[1, 2] = 2
    decision_order: Literal["first", "last"] = "last"
    strip: tuple[str, ...] = ("Ordförande", "Justerande", "Utdragsbestyrkande")
    accent: str = "1f4e5f"
    logo: bytes | None = None
    logo_alt: str | None = None
    public_copy: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be printed so that everyone can read it.

        Raises:
            ValueError: when a logo has no alternate text, or the colour is not six hexadecimal digits.
        """
        if self.logo is not None and not (self.logo_alt or "").strip():
            raise ValueError("a logo needs its alternate text")
        if len(self.accent) != 6 or set(self.accent.lower()) - set("0123456789abcdef"):
            raise ValueError(f"{self.accent!r} is not a colour of six hexadecimal digits")
