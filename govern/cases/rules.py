"""The rules for files and proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govern.cases.states import ProposalState
from govern.documents.remarks import too_much, weight
from govern.errors import Refusal as BaseRefusal
from govern.media import MEDIA
from govern.reading.mails import HEADER, OLE
from govern.richtext import from_json

if TYPE_CHECKING:
    from govern.cases.models import Proposal

# The accepted file types, by extension, and the first bytes that their content must have.
ENDINGS = {ending: MEDIA[ending] for ending in MEDIA if ending not in {"json", "zip"}}
BEGINNINGS = {"pdf": b"%PDF-", "msg": OLE, "png": b"\x89PNG", "jpg": b"\xff\xd8", "jpeg": b"\xff\xd8"} | dict.fromkeys(
    ("docx", "xlsx", "pptx", "odt", "ods"), b"PK"
)


class Refusal(BaseRefusal):
    """Why an action on a case, a file or a proposal is refused."""

    REFERENCE = "Skriv ett diarienummer, till exempel KS 2024/72."
    REFERENCE_TAKEN = "Det finns redan ett ärende med det diarienumret."
    TOO_LONG = "Tjänsteskrivelsen är längre än vad som kan sättas. Dela upp den, eller lägg det långa som bilaga."
    NO_HEADING = "Skriv vad tjänsteskrivelsen handlar om."
    READY = "Tjänsteskrivelsen är klar. Ta tillbaka den för att ändra."
    STALE = "Någon annan har sparat under tiden. Kopiera det du skrivit, ladda om sidan och för in det igen."
    NOTHING_WRITTEN = "Skriv minst en att-sats eller en ärendebeskrivning."
    NO_FILE = "Välj en fil."
    EMPTY = "Filen är tom."
    ENDING = "Filen är av en sort som inte kan bifogas. Använd PDF, Word, Excel, OpenDocument, e-post, text eller bild."
    CONTENT = "Filens innehåll stämmer inte med dess namn. Spara om den i rätt format och försök igen."


def ending_of(filename: str) -> str:
    """Return a file name's extension in lower case, without the dot."""
    return filename.rpartition(".")[2].lower() if "." in filename else ""


MOST_STRAY = 1024
"""How far into a file a PDF may begin, in bytes: scanners and mail programs put some before it (ISO 32000-1, H.3)."""


def _is_what_it_says(ending: str, data: bytes) -> bool:
    match ending:
        case "pdf":
            return BEGINNINGS["pdf"] in data[: MOST_STRAY + len(BEGINNINGS["pdf"])]
        case "eml":
            return HEADER.match(data) is not None
        case _:
            return data.startswith(BEGINNINGS.get(ending, b""))


def refuse_file(filename: str, data: bytes) -> Refusal | None:
    """Refuse a file that is empty, of a type that is not accepted, or not of the type that its name says."""
    ending = ending_of(filename)
    if ending not in ENDINGS:
        return Refusal.ENDING
    if not data:
        return Refusal.EMPTY
    return None if _is_what_it_says(ending, data) else Refusal.CONTENT


def refuse_proposal_change(proposal: Proposal, version: int) -> Refusal | None:
    """Refuse to change a proposal that is ready, or that someone else has saved since `version`."""
    if proposal.state is ProposalState.READY:
        return Refusal.READY
    return None if proposal.version == version else Refusal.STALE


def refuse_proposal_ready(proposal: Proposal) -> Refusal | None:
    """Refuse a proposal that is ready already, has neither clauses nor `matter`, or is too long to print."""
    if proposal.state is ProposalState.READY:
        return Refusal.READY
    if not (proposal.clauses or proposal.matter):
        return Refusal.NOTHING_WRITTEN
    texts = (proposal.matter, proposal.basis, proposal.assessment, proposal.consequences)
    weighed = sum(weight(from_json(text)) for text in texts) + sum(map(len, proposal.clauses))
    return Refusal.TOO_LONG if too_much(weighed) else None
