"""Rules for sealing a protocol, accepting a warning, signing, substituting and correcting."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal
from govern.meetings.states import MeetingState
from govern.paragraphs.states import ParagraphState
from govern.people.rules import given_lately
from govern.protocols.states import ProtocolKind, Severity, SignerRole

if TYPE_CHECKING:
    from govern.meetings.models import Meeting, Presence
    from govern.paragraphs.models import Paragraph
    from govern.people.models import Person
    from govern.protocols.checks import Finding
    from govern.protocols.models import Protocol, Signature


class Refusal(BaseRefusal):
    """Why a protocol is not sealed, signed or corrected."""

    SEALED = "Protokollet är redan förseglat."
    HINDERS = "Det finns hinder kvar. Åtgärda dem innan du förseglar."
    WARNINGS = "Det finns varningar kvar. Åtgärda dem, eller skriv varför de får vara."
    CHANGED = "Någon ändrade mötet medan protokollet skrevs ut. Läs kontrollerna igen och försegla på nytt."
    CHANGED_MEANWHILE = "Någon annan ändrade något samtidigt. Ladda om sidan och försök igen."
    NOT_A_WARNING = "Varningen finns inte längre. Ladda om sidan."
    NO_REASON = "Skriv varför varningen får vara."
    NOT_SIGNER = "Det är någon annan som ska underteckna här."
    SIGNED = "Du har redan undertecknat."
    NOT_YOUR_TURN = "Det är inte din tur än. Underskrifterna tas i ordning."
    REFUSED = "Du har vägrat att justera. Det står kvar."
    ONLY_ADJUSTER = "Bara en justerare kan vägra att justera."
    NO_REFUSAL_REASON = "Skriv varför du vägrar att justera."
    NOT_IMMEDIATE = "Paragrafen ska inte justeras omedelbart. Välj det först."
    NOT_UNDER_WAY = "Omedelbar justering görs under mötet."
    NOT_APPROVED = "Ordföranden behöver godkänna paragrafen först."
    NO_SIGNERS = "Ange mötets ordförande och justerare först. De undertecknar paragrafen."
    SEALED_ALONE = "Paragrafen är redan justerad omedelbart."
    NOT_MAIN = "Det är mötets protokoll som rättas."
    NOT_QUOTED = "Orden finns inte i paragrafen. Klipp ut dem precis som de står i protokollet."
    NO_CHANGE = "Skriv hur det skulle ha stått."
    NO_CORRECTION_REASON = "Skriv varför protokollet rättas."
    HAS_REFUSED = "Justeraren har vägrat att justera. Det står kvar."
    JOB_GONE = "Underskriften har avbrutits eller tog för lång tid. Börja om."
    NOT_A_SIGNATURE = "Det som kom tillbaka är ingen underskrift av det här protokollet. Inget har ändrats."
    SIGNED_MEANWHILE = "Någon annan skrev under medan du gjorde det. Börja om, så läggs din underskrift efter deras."
    NO_STAMP = "Tidsstämplingstjänsten svarar inte. Inget har ändrats. Försök igen om en stund."
    NO_SERVICE = "Ingen tidsstämplingstjänst är inställd."
    UNSIGNED = "Alla har inte skrivit under än."
    REMOTE = "Underskriften görs hos en annan tjänst. Skriv under från protokollets sida."
    NO_KEY = "Underskriftstjänsten har ingen nyckel för dig. Fråga den som administrerar tjänsten."
    SERVICE_SILENT = "Underskriftstjänsten svarar inte. Inget har ändrats. Försök igen om en stund."
    SERVICE_REFUSED = "Underskriftstjänsten godtog inte underskriften. Inget har ändrats. Försök igen."
    NOT_ADJUSTER = "Bara en justerare kan få en ersättare. Ordföranden och sekreteraren undertecknar själva."
    SIGNED_ALREADY = "Underskriften är redan lämnad."
    NOT_THERE = "Den som justerar i någons ställe behöver ha varit med på mötet."
    SIGNS_ALREADY = "Personen undertecknar redan protokollet."
    ONLY_A_NAME = "Personen behöver ett konto för att kunna underteckna."
    NO_SUBSTITUTE_REASON = "Skriv varför någon annan justerar."
    STALE = "Bekräfta igen att det är du för att underteckna."


def refuse_sealing(meeting: Meeting, findings: Sequence[Finding], accepted: Collection[str]) -> Refusal | None:
    """Refuse to seal twice, with a hinder that no reason has answered, or with a warning that nobody has accepted."""
    if meeting.state is MeetingState.SEALED:
        return Refusal.SEALED
    answered = {finding.key for finding in findings if finding.answerable and finding.key in accepted}
    if any(finding.severity is Severity.HINDER and finding.key not in answered for finding in findings):
        return Refusal.HINDERS
    return Refusal.WARNINGS if any(finding.key not in accepted for finding in findings) else None


def refuse_acceptance(finding: Finding | None, reason: str) -> Refusal | None:
    """Refuse to accept a finding that is gone, a hinder that is not answerable, or anything without a reason."""
    if finding is None or (finding.severity is not Severity.WARNING and not finding.answerable):
        return Refusal.NOT_A_WARNING
    return None if reason.strip() else Refusal.NO_REASON


def refuse_signing(signature: Signature, by: Person) -> Refusal | None:
    """Refuse a signature that is given, refused, somebody else's, or out of turn unless the forum allows any order."""
    if signature.signed_at is not None:
        return Refusal.SIGNED
    if signature.refusal is not None:
        return Refusal.REFUSED
    if signature.person_id != by.id:
        return Refusal.NOT_SIGNER
    return None if signature.in_turn else Refusal.NOT_YOUR_TURN


def refuse_refusing(signature: Signature, by: Person, reason: str) -> Refusal | None:
    """Refuse a refusal that is not an adjuster's own, comes too late, or has no reason.

    The chair and the secretary answer for the protocol; an adjuster may find that it does not say what was decided. The
    refusal is recorded and does not stop the others (JO 4024-1999).
    """
    if signature.role is not SignerRole.ADJUSTER:
        return Refusal.ONLY_ADJUSTER
    if signature.settled or signature.person_id != by.id:
        return refuse_signing(signature, by)
    return None if reason.strip() else Refusal.NO_REFUSAL_REASON


def refuse_sealing_immediately(paragraph: Paragraph) -> Refusal | None:
    """Refuse to seal a paragraph alone unless it is marked for it, approved, in an open meeting, and has signers."""
    meeting = paragraph.meeting
    if paragraph.sealed_at is not None:
        return Refusal.SEALED_ALONE
    if not paragraph.immediate:
        return Refusal.NOT_IMMEDIATE
    if meeting.state is not MeetingState.OPEN:
        return Refusal.NOT_UNDER_WAY
    if paragraph.state is not ParagraphState.APPROVED:
        return Refusal.NOT_APPROVED
    return None if meeting.chair is not None and meeting.adjusters else Refusal.NO_SIGNERS


def refuse_correcting(protocol: Protocol, text: str | None, old: str, new: str, reason: str) -> Refusal | None:
    """Refuse to correct anything but a main protocol, words not in the paragraph's `text`, or without change or reason.

    A correction is visible, dated and signed, and says what was changed (JO 581-2013).
    """
    if protocol.kind is not ProtocolKind.MAIN:
        return Refusal.NOT_MAIN
    if text is None or not collapse_whitespace(old) or collapse_whitespace(old) not in collapse_whitespace(text):
        return Refusal.NOT_QUOTED
    if not new.strip() or collapse_whitespace(new) == collapse_whitespace(old):
        return Refusal.NO_CHANGE
    return None if reason.strip() else Refusal.NO_CORRECTION_REASON


def collapse_whitespace(text: str) -> str:
    """Return a text with each run of white space as one space, for comparison."""
    return " ".join(text.split())


def refuse_substitution(
    signature: Signature, presence: Presence, there: Collection[int], reason: str
) -> tuple[Refusal | None, str | None]:
    """Refuse to let somebody sign in another's place; return the refusal, and the form field concerned, if any.

    Only an adjuster has a substitute, since anyone who was present can say what was decided. `there` are the ids of the
    presences that were.
    """
    if signature.settled:
        return Refusal.HAS_REFUSED if signature.refusal else Refusal.SIGNED_ALREADY, None
    if signature.role is not SignerRole.ADJUSTER:
        return Refusal.NOT_ADJUSTER, None
    if presence.id not in there:
        return Refusal.NOT_THERE, "presence"
    if presence.person is None or presence.person.account is None:
        return Refusal.ONLY_A_NAME, "presence"
    if any(other.person_id == presence.person_id for other in signature.protocol.signatures):
        return Refusal.SIGNS_ALREADY, "presence"
    return (None, None) if reason.strip() else (Refusal.NO_SUBSTITUTE_REASON, "reason")


def refuse_stale(fresh_at: datetime, at: datetime, lasts: timedelta) -> Refusal | None:
    """Refuse to sign if the sign-in is older than `lasts`."""
    return None if given_lately(fresh_at, at, lasts) else Refusal.STALE
