"""The findings of a verification, in plain Swedish sentences."""

from __future__ import annotations

from typing import Any

from govern.documents.signatures.values import Change, Difference, Level, SignatureReport
from govern.swedish import moment

LEVELS = {
    Level.BASIC: "utan tidsstämpel; tiden är signerarens egen uppgift",
    Level.STAMPED: "med tidsstämpel",
    Level.PROVEN: "med tidsstämpel och bevis för att certifikatet inte var återkallat",
    Level.ARCHIVED: "med tidsstämpel, bevis för att certifikatet inte var återkallat, och arkivtidsstämpel",
}


def signature_sentence(signature: SignatureReport) -> str:
    """Return a sentence on a signature: whose it is, when and in which role it was given, and whether it holds."""
    who = f"{signature.name}, {signature.role}"
    when = f" {moment(signature.time)}" if signature.time else ""
    if signature.holds:
        return f"Underskriften av {who},{when} gäller ({LEVELS[signature.level]})."
    if not signature.intact:
        return f"Underskriften av {who} stämmer inte med filens innehåll: filen har ändrats."
    if signature.revoked:
        return f"Underskriften av {who} är gjord med ett certifikat som var återkallat då."
    if signature.modification == "other":
        return f"Något har lagts till eller ändrats efter underskriften av {who}."
    return f"Underskriften av {who} är gjord med ett certifikat som inte utfärdats här eller inte gällde då."


SINGLE = {
    Change.CUT: "Filens slut är avkapat.",
    Change.BYTES: "1 byte i filen är en annan än när den sparades.",
    Change.UNREADABLE: "Filen är skadad så att den inte går att jämföra med den som sparades.",
    Change.RESAVED: "Filen har sparats om av ett annat program, så att underskrifterna inte längre går att pröva.",
    Change.APPENDED: "Något som inte syns har lagts till i filens slut.",
    Change.PAGE_ADDED: "En sida har lagts till.",
    Change.PAGE_REMOVED: "En sida har tagits bort.",
    Change.PAGE_REDRAWN: "Sida {page} har ritats om: där står något annat än det som undertecknades.",
    Change.ANNOTATION: "En anteckning har lagts till på sida {page}.",
    Change.APPEARANCE: "Det som visas som en underskrift på sida {page} har bytts ut mot något annat.",
    Change.TITLE: "Dokumentets titel har ändrats.",
}
SEVERAL = {
    Change.BYTES: "{count} byte i filen är andra än när den sparades.",
    Change.PAGE_ADDED: "{count} sidor har lagts till.",
    Change.PAGE_REMOVED: "{count} sidor har tagits bort.",
    Change.ANNOTATION: "{count} anteckningar har lagts till på sida {page}.",
}
GONE = "Anteckningar har tagits bort på sida {page}."


def difference_sentence(difference: Difference) -> str:
    """Return a sentence on what was done to the file."""
    change, page, count = difference.change, difference.page, difference.count
    sentence = GONE if count < 0 else SEVERAL.get(change, SINGLE[change]) if count > 1 else SINGLE[change]
    return sentence.format(page=page, count=count)


def as_json(verdict: Any) -> dict[str, Any]:
    """Return a verdict as JSON values, for programs."""
    report, protocol = verdict.report, verdict.protocol
    return {
        "genuine": verdict.genuine,
        "sha256": verdict.sha256,
        "sentences": list(verdict.sentences),
        "protocol": protocol
        and {
            "id": protocol.id,
            "forum": protocol.forum.name,
            "date": protocol.meeting.day.isoformat(),
            "record_sha256": protocol.sha256,
        },
        "archived": report.archived.isoformat() if report and report.archived else None,
        "signatures": [
            {
                "field": signature.field,
                "name": signature.name,
                "role": signature.role,
                "claimed_time": signature.at.isoformat() if signature.at else None,
                "stamped_time": signature.stamped.isoformat() if signature.stamped else None,
                "level": signature.level.value,
                "holds": signature.holds,
                "intact": signature.intact,
                "trusted": signature.trusted,
                "revoked": signature.revoked,
                "modification": signature.modification,
            }
            for signature in (report.signatures if report else ())
        ],
        "unsigned": list(report.unsigned_fields) if report else [],
    }
