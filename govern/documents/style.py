"""The choices a forum makes about how its documents look, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict

from govern.documents.colour import is_colour


class Dress(TypedDict):
    """What a style gives to every document, whatever it says."""

    accent: str
    logo: bytes | None
    logo_alt: str
    header: str
    base: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseStyle:
    """How one forum's documents are laid out.

    `accent` is a colour as six hexadecimal digits; it carries no meaning, so a print in grey says as much.
    `header_text` is one line of the organisation's own in the head of every page. `name_columns` is how many columns
    names of those present are set in. `strip` holds the words under the lines at every page's foot; empty means no
    strip. `logo` is a PNG or JPEG and needs `logo_alt`, its text for those who cannot see it. `base` is the
    organisation's own DOCX. `public_copy` leaves a confidential § out, with its number and the reason in its place.
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
        """Refuse what cannot be printed so that everyone can read it.

        Raises:
            ValueError: when a logo has no alternate text, or the colour is not six hexadecimal digits.
        """
        if self.logo is not None and not (self.logo_alt or "").strip():
            raise ValueError("a logo needs its alternate text")
        if not is_colour(self.accent):
            raise ValueError(f"{self.accent!r} is not a colour of six hexadecimal digits")

    def dress(self) -> Dress:
        """Return what every document wears: `Document(…, **style.dress())`."""
        return Dress(
            accent=self.accent,
            logo=self.logo,
            logo_alt=self.logo_alt or "",
            header=self.header_text,
            base=self.base,
        )
