"""The reasons for secrecy offered, by chapter and section of offentlighets- och sekretesslagen (2009:400).

A reason is stored as text, `OSL 19 kap. 3 § (upphandling)`, because a choice once made must remain when the list
changes; free text may be written instead.
"""

from __future__ import annotations

from dataclasses import dataclass

OTHER = "annat"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for secrecy: chapter and section of OSL, and what it protects, in plain words."""

    section: str
    protects: str
    group: str

    @property
    def text(self) -> str:
        """The reason as stored and printed."""
        return f"OSL {self.section} ({self.protects})"


GENERAL = "Det allmännas intressen"
PERSONAL = "Enskildas intressen"

REASONS = (
    Reason("17 kap. 1 §", "förberedelse för inspektion eller revision", GENERAL),
    Reason("18 kap. 8 §", "säkerhets- och bevakningsåtgärder", GENERAL),
    Reason("18 kap. 13 §", "risk- och sårbarhetsanalyser", GENERAL),
    Reason("19 kap. 1 §", "myndighetens affärs- och driftförhållanden", GENERAL),
    Reason("19 kap. 3 §", "upphandling, anbud och försäljning", GENERAL),
    Reason("19 kap. 6 §", "fackliga förhandlingar", GENERAL),
    Reason("19 kap. 9 §", "rättstvist som kommunen är part i", GENERAL),
    Reason("21 kap. 1 §", "hälsa och sexualliv", PERSONAL),
    Reason("21 kap. 3 §", "förföljda personers adress och kontaktuppgifter", PERSONAL),
    Reason("21 kap. 7 §", "personuppgifter som skulle behandlas i strid med dataskyddet", PERSONAL),
    Reason("23 kap. 1 §", "barn i förskola", PERSONAL),
    Reason("23 kap. 2 §", "elever i grundskola och gymnasieskola", PERSONAL),
    Reason("26 kap. 1 §", "enskilda i socialtjänsten", PERSONAL),
    Reason("31 kap. 16 §", "affärsförhållanden hos den som har en affärsförbindelse med myndigheten", PERSONAL),
    Reason("39 kap. 2 §", "personaladministration", PERSONAL),
)


def offered(*, current: str | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """List the choices of a select, in groups of (value, words); `current` is added if it is not in the list."""
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    for group in (GENERAL, PERSONAL):
        rows = [(r.text, f"{r.protects[:1].upper()}{r.protects[1:]}, {r.section}") for r in REASONS if r.group == group]
        groups.append((group, rows))
    if current and all(current != reason.text for reason in REASONS):
        groups.append(("Eget skäl", [(current, current)]))
    return groups


def chosen(choice: str | None, words: str | None) -> str | None:
    """Return the reason from a select and its free-text field, or None if it is open."""
    if choice == OTHER:
        return (words or "").strip() or None
    return choice or None
