"""The conditions for saving a search and for email notifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from govern.archive.states import Telling
from govern.errors import Refusal as BaseRefusal

if TYPE_CHECKING:
    from govern.archive.watching.models import SavedSearch

MOST = 50
LONGEST_NAME = 120


class Refusal(BaseRefusal):
    """Why a search cannot be saved or changed."""

    NOTHING = "Det finns inget att spara. Skriv vad du letar efter, eller välj en avgränsning."
    NO_NAME = "Skriv ett namn, så att du känner igen sökningen."
    LONG = f"Namnet får ha högst {LONGEST_NAME} tecken."
    NAME_TAKEN = "Du har redan en sparad sökning med det namnet."
    TOO_MANY = f"Du har redan {MOST} sparade sökningar. Ta bort någon som du inte använder."
    NO_SERVER = "Här skickas inga brev, eftersom ingen e-postserver är inställd. Använd flödet i stället."
    GONE = "Sökningen är borttagen."


def plain(name: str) -> str:
    """Make a name a single line, since it becomes the subject of emails."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


def refuse_saving(
    others: Sequence[SavedSearch], name: str, telling: Telling, *, asked: bool, mails: bool
) -> Refusal | None:
    """Refuse a saved search.

    `others` are its owner's other searches; `mails` is whether email can be sent.
    """
    if not asked:
        return Refusal.NOTHING
    if not name:
        return Refusal.NO_NAME
    if len(name) > LONGEST_NAME:
        return Refusal.LONG
    if name.casefold() in {other.name.casefold() for other in others}:
        return Refusal.NAME_TAKEN
    if telling is not Telling.NEVER and not mails:
        return Refusal.NO_SERVER
    return Refusal.TOO_MANY if len(others) >= MOST else None
