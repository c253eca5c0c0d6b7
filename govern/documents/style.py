"""A forum's choices about how its documents look, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict

from govern.documents.colour import is_colour


class StyleFields(TypedDict):
    """The fields of a `Document` that the house style sets."""

    accent: str
    logo: bytes | None
    logo_alt: str
    header: str
    base: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseStyle:
    """How one forum's documents look.

    `accent` is a colour of six hexadecimal digits; it carries no meaning, so nothing is lost in greyscale.
    `header_text` is the organisation's own line at the top of every page. `name_columns` is the number of columns for
    the names of those present. `strip` holds the words of the signature strip in every footer; empty means no strip.
    `logo` is a PNG or JPEG and needs `logo_alt`, its alternative text. `base` is the organisation's own DOCX.
    `public_copy` replaces a confidential § with its number and the section of law.
    """

    title: str = "Sammanträdesprotokoll"
    summons_title: str = "Kallelse"
    header_text: str = ""
    paragraphs_on_own_page: bool = True
    legend: bool = True
    contents: bool = True
    name_columns: Literal[1, 2] = 2
    decision_order: Literal["first", "last"] = "last"
    strip: tuple[str, ...] = ("Ordförande", "Justerande", "Utdragsbestyrkande")
    accent: str = "1f4e5f"
    logo: bytes | None = None
    logo_alt: str | None = None
    base: bytes | None = None
    public_copy: bool = False

    def __post_init__(self) -> None:
        """Reject choices that cannot be printed accessibly.

        Raises:
            ValueError: if the logo has no alternative text, or the colour is not six hexadecimal digits.
        """
        if self.logo is not None and not (self.logo_alt or "").strip():
            raise ValueError("a logo needs its alternate text")
        if not is_colour(self.accent):
            raise ValueError(f"{self.accent!r} is not a colour of six hexadecimal digits")

    def style_fields(self) -> StyleFields:
        """Return the fields that the style sets in every document: `Document(…, **style.style_fields())`."""
        return StyleFields(
            accent=self.accent,
            logo=self.logo,
            logo_alt=self.logo_alt or "",
            header=self.header_text,
            base=self.base,
        )
