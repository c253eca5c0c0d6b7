"""What may be done to a paragraph, by whom and when, and which rules its content breaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal
from govern.forums.states import Regime
from govern.meetings.naming import distinct_names
from govern.meetings.rules import refuse_service
from govern.meetings.states import MeetingState
from govern.paragraphs.attendance import presides_at
from govern.paragraphs.states import Change, DissentKind, Outcome, ParagraphState, Verdict
from govern.swedish import counted

if TYPE_CHECKING:
    from govern.cases.models import Attachment
    from govern.meetings.models import Meeting, Presence
    from govern.paragraphs.attendance import Standing
    from govern.paragraphs.drafting.draft import DecisionDraft
    from govern.paragraphs.models import Ballot, Dissent, Paragraph, Review
    from govern.people.models import Person


class Refusal(BaseRefusal):
    """Why an action on a paragraph is refused."""

    SEALED = "Protokollet är förseglat och kan inte ändras."
    HIDDEN_ALREADY = "Handlingen har redan sekretess."
    NO_SECRECY_REASON = "Välj skälet för sekretessen, eller skriv det."
    NOT_OPEN = "Mötet är inte öppnat. Öppna mötet först."
    MEETING_CLOSED = "Mötet är avslutat. Nya paragrafer kan bara öppnas medan mötet pågår."
    WITHDRAWN = "Ärendet är struket från föredragningslistan."
    ALREADY_OPENED = "Ärendet har redan en paragraf."
    NO_HEADING = "Skriv en rubrik för paragrafen."
    UNREADABLE = "Texten gick inte att läsa. Ladda om sidan; det du skrivit finns kvar i webbläsaren."
    NO_COUNT = "Skriv antalet röster som ett helt tal, minst 0."
    NO_WHOLE_NUMBER = "Skriv ett helt tal, minst 0."
    STALE = "Någon annan har sparat paragrafen under tiden."
    APPROVED = "Paragrafen är godkänd. Ta tillbaka godkännandet för att ändra den."
    READY = "Paragrafen väntar på ordföranden. Ta tillbaka den för att ändra."
    NOT_DRAFT = "Paragrafen är redan klarmarkerad."
    NOT_READY = "Paragrafen är inte klarmarkerad."
    NOT_APPROVED = "Paragrafen är inte godkänd."
    NOT_APPROVER = "Det är den som ledde mötet vid paragrafen som godkänner den."
    NOBODY_PRESIDES = "Ordföranden deltog inte i paragrafen. Ange vid närvaron vem som ledde mötet här."
    PRESIDES_AWAY = "Den som leder mötet behöver vara i rummet och inte ha jäv."
    PRESIDES_UNKNOWN = "Den som leder mötet godkänner och undertecknar, och behöver vara någon som är upplagd."
    NO_COMMENT = "Skriv vad som behöver ändras."
    CHANGED_SINCE = "Paragrafen har ändrats sedan du öppnade sidan. Läs den igen."
    SEALED_ALONE = "Paragrafen är justerad omedelbart och kan inte ändras."
    RESOLVED = "Kommentaren är redan åtgärdad."
    LOCKED = "Beslutens lydelse är låst sedan mötet avslutades. Annan text kan ändras."
    NOT_PRESENT = "Den som anges finns inte i närvarolistan."
    NOT_TAKING_PART = "Bara den som deltog i beslutet kan reservera sig."
    DISSENT_LATE = (
        "Reservationen skrevs in efter att mötet avslutades. Den ska ha anmälts före det: "
        "kryssa i att den anmäldes i tid, eller ta bort den."
    )
    TRIGGER_TAKEN = "Det finns redan en fras med det utlösande ordet."
    TRIGGER_SPACE = "Det utlösande ordet får inte innehålla mellanslag eller snedstreck."
    NO_TEXT = "Skriv frasens text."
    ONE_LINE = "En fras för beslut eller rubrik är en enda rad."
    INFORMATION_DECIDES = "En paragraf med koden I beslutar inget. Välj andra koder, eller sätt in frasen i texten."
    VOTES = "Rösterna stämmer inte med dem som deltog i beslutet."
    TIE_UNDECIDED = "Rösterna är lika. Ange vem som hade utslagsröst, eller att lotten avgjorde."
    NO_TIE = "Utslagsröst och lottning avgör bara när rösterna är lika."
    LOT_ELECTS = "Lotten avgör bara val. I andra ärenden har ordföranden utslagsröst."
    LOT_MISSING = "Vid val avgör lotten när rösterna är lika, inte ordförandens utslagsröst."
    ALREADY_PRESENT = "Personen är redan närvarande."
    ALREADY_AWAY = "Personen är inte närvarande."
    NOT_SERVING = "Ersättaren tjänstgör inte."


def refuse_opening(meeting: Meeting) -> Refusal | None:
    """Refuse a new paragraph unless the meeting is open: numbers are drawn during the meeting."""
    if meeting.state is MeetingState.SEALED:
        return Refusal.SEALED
    if meeting.state is MeetingState.CLOSED:
        return Refusal.MEETING_CLOSED
    return None if meeting.state is MeetingState.OPEN else Refusal.NOT_OPEN


def refuse_editing(paragraph: Paragraph) -> Refusal | None:
    """Refuse to change a paragraph that waits for approval, is approved, or is sealed."""
    if paragraph.sealed_at is not None:
        return Refusal.SEALED_ALONE
    if paragraph.meeting.state is MeetingState.SEALED:
        return Refusal.SEALED
    if paragraph.state is ParagraphState.APPROVED:
        return Refusal.APPROVED
    return Refusal.READY if paragraph.state is ParagraphState.READY else None


def refuse_hiding(attachment: Attachment, reason: str | None) -> Refusal | None:
    """Refuse to make a file secret without the reason that the law requires (OSL 5:5), or a second time."""
    if attachment.confidential:
        return Refusal.HIDDEN_ALREADY
    return None if reason else Refusal.NO_SECRECY_REASON


def refuse_moving(paragraph: Paragraph) -> Refusal | None:
    """Refuse to change the presence at a paragraph that was adjusted immediately."""
    return Refusal.SEALED_ALONE if paragraph.sealed_at is not None else None


def refuse_immediate(paragraph: Paragraph) -> Refusal | None:
    """Refuse immediate adjusting unless the meeting is open: it is written, read and signed there (practice)."""
    if paragraph.sealed_at is not None:
        return Refusal.SEALED_ALONE
    return refuse_opening(paragraph.meeting)


def refuse_ready(paragraph: Paragraph) -> Refusal | None:
    """Refuse to mark a paragraph ready unless it is a draft or returned."""
    if paragraph.meeting.state is MeetingState.SEALED:
        return Refusal.SEALED
    return None if paragraph.state in {ParagraphState.DRAFT, ParagraphState.RETURNED} else Refusal.NOT_DRAFT


def refuse_taking_back(paragraph: Paragraph) -> Refusal | None:
    """Refuse to take back a paragraph that does not wait and is not approved, or that is sealed."""
    if paragraph.sealed_at is not None:
        return Refusal.SEALED_ALONE
    if paragraph.meeting.state is MeetingState.SEALED:
        return Refusal.SEALED
    waits = paragraph.state in {ParagraphState.READY, ParagraphState.APPROVED}
    return None if waits else Refusal.NOT_READY


def refuse_approval(paragraph: Paragraph, by: Person) -> Refusal | None:
    """Refuse approval unless the paragraph waits for it and this person presided at it."""
    if paragraph.meeting.state is MeetingState.SEALED:
        return Refusal.SEALED
    if paragraph.state is not ParagraphState.READY:
        return Refusal.NOT_READY
    presided = presides_at(paragraph)
    if presided is None:
        return Refusal.NOBODY_PRESIDES
    return None if by.id == presided.person_id else Refusal.NOT_APPROVER


def refuse_return(paragraph: Paragraph, by: Person, comment: str) -> Refusal | None:
    """Refuse to send a paragraph back as approval is refused, or without a comment on what to change."""
    return refuse_approval(paragraph, by) or (None if comment.strip() else Refusal.NO_COMMENT)


def refuse_unread(paragraph: Paragraph, read: int | None) -> Refusal | None:
    """Refuse to review another version than the one that was `read`, if that is known."""
    return Refusal.CHANGED_SINCE if read is not None and read != paragraph.version else None


def refuse_resolving(review: Review) -> Refusal | None:
    """Refuse to resolve a comment twice, a review without a comment, or any once the protocol is sealed."""
    if review.paragraph.meeting.state is MeetingState.SEALED:
        return Refusal.SEALED
    return Refusal.RESOLVED if review.resolved_at is not None or not review.comment else None


def wording_locked(paragraph: Paragraph) -> bool:
    """Return whether the decisions' wording is locked: the meeting is closed and the paragraph was approved once."""
    closed = paragraph.meeting.closed_at is not None
    return closed and any(review.verdict is Verdict.APPROVE for review in paragraph.reviews)


def refuse_rewording(
    paragraph: Paragraph, before: Sequence[DecisionDraft], after: Sequence[DecisionDraft]
) -> Refusal | None:
    """Refuse to change a decision's outcome or wording once it is locked; recipients may change (JO 3339-2013).

    Adjusting confirms what was decided. If a decision is written wrongly, the adjuster refuses to sign, or it is
    corrected openly afterwards.
    """
    if not wording_locked(paragraph):
        return None
    old, new = ([(d.outcome, d.lead, d.clauses) for d in decisions] for decisions in (before, after))
    return Refusal.LOCKED if old != new else None


def refuse_presiding(presence: Presence, standing: Standing) -> Refusal | None:
    """Refuse to let someone preside who is absent, disqualified, or not a registered person and so unable to sign."""
    if not standing.present or standing.disqualified:
        return Refusal.PRESIDES_AWAY
    return Refusal.PRESIDES_UNKNOWN if presence.person_id is None else None


def refuse_dissent(kind: DissentKind, presence: Presence, standing: Standing) -> Refusal | None:
    """Refuse a reservation by someone who took no part in the decision (KL 4:27), or any dissent by someone absent."""
    if kind is DissentKind.RESERVATION:
        return None if standing.takes_part(presence) else Refusal.NOT_TAKING_PART
    return None if standing.present else Refusal.NOT_PRESENT


def refuse_late_dissent(dissent: Dissent, closed_at: datetime | None) -> Refusal | None:
    """Refuse a reservation noted after the meeting closed, unless it was announced before that (KL 4:27).

    One without `noted_at`, from before that was stored or from an import, is not refused.
    """
    if dissent.kind is not DissentKind.RESERVATION or dissent.announced:
        return None
    late = closed_at is not None and dissent.noted_at is not None and dissent.noted_at > closed_at
    return Refusal.DISSENT_LATE if late else None


def refuse_change(
    change: Change,
    presence: Presence,
    served: Presence | None,
    standings: dict[int, Standing],
) -> BaseRefusal | None:
    """Refuse a presence change that contradicts the standings before it."""
    standing = standings[presence.id]
    match change:
        case Change.ARRIVES:
            return Refusal.ALREADY_PRESENT if standing.present else None
        case Change.LEAVES:
            return None if standing.present else Refusal.ALREADY_AWAY
        case Change.STEPS_BACK:
            return None if standing.serving_for_id is not None else Refusal.NOT_SERVING
        case Change.SERVES:
            return _refuse_serving(presence, served, standings)


def _refuse_serving(presence: Presence, served: Presence | None, standings: dict[int, Standing]) -> BaseRefusal | None:
    takes_part = served is not None and standings[served.id].takes_part(served)
    taken = any(
        served is not None and standing.serving_for_id == served.id
        for other, standing in standings.items()
        if other != presence.id
    )
    return refuse_service(presence.role, served.role if served else None, takes_part=takes_part, taken=taken)


ABSTAINING = "Den som deltog men inte röstade räknas som avstår."


def refuse_ballot(ballot: Ballot, taking_part: set[int]) -> Refusal | None:
    """Refuse a ballot whose votes do not add up to the number taking part, or include someone who did not.

    Each has one vote and may abstain, which is counted too (KL 4:25–26).
    """
    if any(vote.presence_id not in taking_part for vote in ballot.votes):
        return Refusal.VOTES
    return None if ballot.yes + ballot.no + ballot.abstain == len(taking_part) else Refusal.VOTES


def refuse_outcome(
    yes: int, no: int, *, casting_vote: bool, by_lot: bool, regime: Regime, election: bool
) -> Refusal | None:
    """Refuse a tie that is not settled, or settled the wrong way: by casting vote, but by lot in elections.

    KL 5:56 binds the bodies under the Act; others only have to record how a tie was settled. A ballot that is not a tie
    may have neither.
    """
    settled = casting_vote or by_lot
    if yes != no:
        return Refusal.NO_TIE if settled else None
    if not yes:
        return None
    if not settled:
        return Refusal.TIE_UNDECIDED
    if not regime.demands.lots:
        return None
    if election:
        return None if by_lot else Refusal.LOT_MISSING
    return Refusal.LOT_ELECTS if by_lot else None


def faults(paragraph: Paragraph, presences: Sequence[Presence], standings: dict[int, Standing]) -> list[str]:
    """List the rules that a paragraph's content breaks, in Swedish: shown while editing, raised when marked ready."""
    by_id, names = {presence.id: presence for presence in presences}, distinct_names(presences)
    taking_part = {p.id for p in presences if standings[p.id].takes_part(p)}
    election = any(decision.outcome is Outcome.ELECTION for decision in paragraph.decisions)
    found = []
    for dissent in paragraph.dissents:
        presence = by_id[dissent.presence_id]
        refusal = refuse_dissent(dissent.kind, presence, standings[presence.id])
        refusal = refusal or refuse_late_dissent(dissent, paragraph.meeting.closed_at)
        if refusal:
            found.append(f"{names[presence.id]}: {refusal.value}")
    for ballot in paragraph.ballots:
        refusal = refuse_ballot(ballot, taking_part)
        if refusal:
            given = ballot.yes + ballot.no + ballot.abstain
            votes = counted(given, "röst är inskriven", "röster är inskrivna")
            missing = f" {ABSTAINING}" if given < len(taking_part) else ""
            found.append(f"{refusal.value} {votes}, {len(taking_part)} deltog.{missing}")
        refusal = refuse_outcome(
            ballot.yes,
            ballot.no,
            casting_vote=ballot.casting_vote_by_id is not None,
            by_lot=ballot.decided_by_lot,
            regime=paragraph.forum.regime,
            election=election,
        )
        found += [refusal.value] if refusal else []
    return found
