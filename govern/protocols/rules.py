"""When a protocol may be sealed, a warning accepted, and a signature given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal
from govern.meetings.states import MeetingState
from govern.paragraphs.states import ParagraphState
from govern.protocols.states import ProtocolKind, Severity, SignerRole

if TYPE_CHECKING:
    from govern.meetings.models import Meeting, Presence
    from govern.paragraphs.models import Paragraph
    from govern.people.models import Person
    from govern.protocols.checks import Finding
    from govern.protocols.models import Protocol, Signature


class Refusal(BaseRefusal):
    """Why a protocol is not sealed or signed."""

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
    """Refuse to seal twice, over a hinder, or over a warning that nobody has accepted."""
    if meeting.state is MeetingState.SEALED:
        return Refusal.SEALED
    answered = {finding.key for finding in findings if finding.answerable and finding.key in accepted}
    if any(finding.severity is Severity.HINDER and finding.key not in answered for finding in findings):
        return Refusal.HINDERS
    return Refusal.WARNINGS if any(finding.key not in accepted for finding in findings) else None


def refuse_acceptance(finding: Finding | None, reason: str) -> Refusal | None:
    """Refuse to accept what is neither a warning nor a hinder that a reason answers, or without a reason."""
    if finding is None or (finding.severity is not Severity.WARNING and not finding.answerable):
        return Refusal.NOT_A_WARNING
    return None if reason.strip() else Refusal.NO_REASON


def refuse_signing(signature: Signature, by: Person) -> Refusal | None:
    """Return why this person may not sign here now, if so. In the set order, where the forum has not any order."""
    if signature.signed_at is not None:
        return Refusal.SIGNED
    if signature.refusal is not None:
        return Refusal.REFUSED
    if signature.person_id != by.id:
        return Refusal.NOT_SIGNER
    if signature.forum.any_order:
        return None
    before = [other for other in signature.protocol.signatures if other.position < signature.position]
    return None if all(other.settled for other in before) else Refusal.NOT_YOUR_TURN


def refuse_refusing(signature: Signature, by: Person, reason: str) -> Refusal | None:
    """Refuse a refusal that is not an adjuster's own, comes too late, or has no reason.

    The chair and the secretary answer for the protocol; whoever was chosen to adjust it may find that it does not say
    what was decided. That is recorded and does not stop the others (JO 4024-1999).
    """
    if signature.role is not SignerRole.ADJUSTER:
        return Refusal.ONLY_ADJUSTER
    if signature.settled or signature.person_id != by.id:
        return refuse_signing(signature, by)
    return None if reason.strip() else Refusal.NO_REFUSAL_REASON


def refuse_sealing_alone(paragraph: Paragraph) -> Refusal | None:
    """Refuse to seal a paragraph by itself unless it is so chosen, approved, in the meeting, and someone can sign."""
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
    """Refuse a correction of what is not a sealed protocol, of words not in the paragraph's `text`, or without a why.

    A correction is visible, dated and signed, and says what was changed (JO 581-2013).
    """
    if protocol.kind is not ProtocolKind.MAIN:
        return Refusal.NOT_MAIN
    if text is None or not squeezed(old) or squeezed(old) not in squeezed(text):
        return Refusal.NOT_QUOTED
    if not new.strip() or squeezed(new) == squeezed(old):
        return Refusal.NO_CHANGE
    return None if reason.strip() else Refusal.NO_CORRECTION_REASON


def squeezed(text: str) -> str:
    """Return a text with all white space made single, as two copies of it are compared."""
    return " ".join(text.split())


def refuse_substitution(
    signature: Signature, presence: Presence, there: Collection[int], reason: str
) -> tuple[Refusal | None, str | None]:
    """Refuse to let someone sign in another's place, and say which field is to blame.

    Only an adjuster has a substitute, for any who was there can say what was decided; `there` are those presences.
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
    """Refuse to sign on a sign-in that is not fresh."""
    return Refusal.STALE if at - fresh_at > lasts else None
