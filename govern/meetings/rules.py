"""What may be done to a meeting, its agenda and its presence, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

from govern.cases.states import ProposalState
from govern.errors import Refusal as BaseRefusal
from govern.forums.states import SeatRole
from govern.meetings.states import NOT_OPENED, MeetingState

if TYPE_CHECKING:
    from govern.cases.models import Proposal
    from govern.forums.models import Forum
    from govern.meetings.models import AgendaItem, Meeting, Presence


class Refusal(BaseRefusal):
    """Why an action on a meeting is refused."""

    SEALED = "Protokollet är förseglat och kan inte ändras."
    CHANGED = "Någon ändrade mötet medan kallelsen skrevs ut. Läs föredragningslistan igen och kalla på nytt."
    ALREADY_OPEN = "Mötet är redan öppnat."
    NOT_OPEN = "Mötet är inte öppnat."
    NOT_CLOSED = "Mötet är inte avslutat."
    FORUM_CLOSED = "Forumet är nedlagt och kan inte ha nya möten."
    NO_HEADING = "Skriv en rubrik."
    NO_MINUTES = "Skriv tiden i hela minuter, minst 1."
    PROPOSAL_FORUM = "Tjänsteskrivelsen är ställd till ett annat forum."
    PROPOSAL_DRAFT = "Tjänsteskrivelsen är ett utkast. Den kan läggas till när den är klar."
    EMPTY_AGENDA = "Föredragningslistan är tom. Lägg till minst ett ärende."
    WITHDRAWN = "Ärendet är struket. Ta tillbaka det först."
    HAS_PARAGRAPH = "Ärendet har redan en paragraf och kan inte strykas."
    ENDS_BEFORE_START = "Mötet kan inte sluta innan det börjar. Rätta tiden, eller kryssa i att det slutar dagen efter."
    ENDS_AHEAD = "Det klockslaget har inte varit ännu. Skriv när mötet slutade."
    NO_END = "Skriv när mötet slutar dagen efter."
    ORDER = "Ordningen gick inte att läsa. Ladda om sidan och försök igen."
    NOT_SUBSTITUTE = "Bara en ersättare kan tjänstgöra för någon annan."
    SERVES_FOR_WHOM = "Välj den ledamot som ersättaren tjänstgör för."
    SERVED_PRESENT = "Ledamoten deltar själv."
    SERVED_TWICE = "Någon annan tjänstgör redan för den ledamoten."
    ALREADY_THERE = "Personen finns redan i närvarolistan."
    NOT_PRESENT = "Den som ska justera eller leda mötet behöver vara närvarande."
    CANCELLED = "Mötet är inställt."
    BEGUN = "Mötet är öppnat och kan inte ställas in. Avsluta det i stället."
    NO_CANCEL_REASON = "Skriv varför mötet ställs in."
    CALLED_ALREADY = "Kallelsen är gjord. Ställ in mötet i stället, så får de kallade besked."
    SAME_FORUM = "Välj ett annat forum än det som mötet hör till."
    OTHER_COLLABORATION = "Mötet kan bara flyttas inom samma samverkan."
    HAS_PROPOSAL = "Ett ärende har en tjänsteskrivelse till det här forumet. Ta bort den från ärendet först."
    NO_MEMBER_ADJUSTS = (
        "Den som ska justera är varken ledamot eller tjänstgörande ersättare. Välj någon annan, eller kryssa i att "
        "mötet valde personen ändå."
    )
    CHAIR_ADJUSTS = "Ordföranden justerar alltid. Välj någon annan att justera tillsammans med ordföranden."


def refuse_change(meeting: Meeting) -> Refusal | None:
    """Refuse any change to a meeting that is sealed or called off."""
    if meeting.state is MeetingState.CANCELLED:
        return Refusal.CANCELLED
    return Refusal.SEALED if meeting.state is MeetingState.SEALED else None


def refuse_times(starts: time, ends: time | None, *, next_day: bool) -> Refusal | None:
    """Refuse an end not after the start, unless it is on the next day, and `next_day` without an end."""
    if ends is None:
        return Refusal.NO_END if next_day else None
    return Refusal.ENDS_BEFORE_START if ends <= starts and not next_day else None


CLOCKS = timedelta(minutes=5)
"""The tolerance for a clock that is ahead of the server's."""


def refuse_end_ahead(meeting: Meeting, ends: time | None, *, next_day: bool, here: datetime) -> Refusal | None:
    """Refuse a meeting's end that is in the future; `here` is the current time in Sweden."""
    if ends is None:
        return None
    day = meeting.day + timedelta(days=1) if next_day else meeting.day
    return Refusal.ENDS_AHEAD if datetime.combine(day, ends) > here.replace(tzinfo=None) + CLOCKS else None


def refuse_opening(meeting: Meeting) -> Refusal | None:
    """Refuse to open a meeting that has been opened, or is called off."""
    if meeting.state is MeetingState.CANCELLED:
        return Refusal.CANCELLED
    return None if meeting.state in NOT_OPENED else Refusal.ALREADY_OPEN


def refuse_closing(meeting: Meeting) -> Refusal | None:
    """Refuse to close a meeting that is not open."""
    return None if meeting.state is MeetingState.OPEN else Refusal.NOT_OPEN


def refuse_reopening(meeting: Meeting) -> Refusal | None:
    """Refuse to reopen a meeting that is not closed, is sealed, or is called off."""
    return refuse_change(meeting) or (None if meeting.state is MeetingState.CLOSED else Refusal.NOT_CLOSED)


def refuse_writing(meeting: Meeting) -> Refusal | None:
    """Refuse to record anything in a meeting that has not been opened, is sealed, or is called off."""
    return refuse_change(meeting) or (Refusal.NOT_OPEN if meeting.opened_at is None else None)


def refuse_summons(meeting: Meeting) -> Refusal | None:
    """Refuse to call a meeting that has been opened, is called off, or has nothing on its agenda."""
    refusal = refuse_opening(meeting)
    if refusal:
        return refusal
    return None if any(not item.withdrawn for item in meeting.agenda) else Refusal.EMPTY_AGENDA


def refuse_calling_off(meeting: Meeting, reason: str) -> Refusal | None:
    """Refuse to call off a meeting that has begun or is called off already, or without a reason."""
    if meeting.state is MeetingState.CANCELLED:
        return Refusal.CANCELLED
    if meeting.state not in NOT_OPENED:
        return Refusal.BEGUN
    return None if reason.strip() else Refusal.NO_CANCEL_REASON


def refuse_removing(meeting: Meeting) -> Refusal | None:
    """Refuse to remove or move a meeting that others know of: called, opened or called off (decision 34)."""
    refusal = refuse_opening(meeting)
    if refusal:
        return refusal
    return Refusal.CALLED_ALREADY if meeting.called_at is not None or meeting.summonses else None


def refuse_moving(meeting: Meeting, forum: Forum) -> Refusal | None:
    """Refuse to move a meeting that may not be removed, to a closed or the same forum, or with another's proposals."""
    refusal = refuse_removing(meeting)
    if refusal:
        return refusal
    if forum.id == meeting.forum_id:
        return Refusal.SAME_FORUM
    if forum.collaboration_id != meeting.forum.collaboration_id:
        return Refusal.OTHER_COLLABORATION
    if forum.closed_on is not None:
        return Refusal.FORUM_CLOSED
    return Refusal.HAS_PROPOSAL if any(item.proposal is not None for item in meeting.agenda) else None


def refuse_proposal(meeting: Meeting, proposal: Proposal | None) -> Refusal | None:
    """Refuse a proposal that is addressed to another forum, or is a draft."""
    if proposal is None:
        return None
    if proposal.forum_id != meeting.forum_id:
        return Refusal.PROPOSAL_FORUM
    return None if proposal.state is ProposalState.READY else Refusal.PROPOSAL_DRAFT


def refuse_order(items: list[AgendaItem], ids: list[int]) -> Refusal | None:
    """Refuse an order that does not contain every item exactly once."""
    return None if sorted(ids) == sorted(item.id for item in items) else Refusal.ORDER


class Attending(Protocol):
    """A row of the presence list, or one about to be written."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> SeatRole: ...
    @property
    def present(self) -> bool: ...
    @property
    def serving_for_id(self) -> int | None: ...


def refuse_serving(substitute: Attending, served: Attending | None, presences: Iterable[Attending]) -> Refusal | None:
    """Refuse serving from the start of a meeting; see `refuse_service`."""
    taken = any(p is not substitute and served is not None and p.serving_for_id == served.id for p in presences)
    return refuse_service(
        substitute.role, served.role if served else None, takes_part=served is not None and served.present, taken=taken
    )


def refuse_service(substitute: SeatRole, served: SeatRole | None, *, takes_part: bool, taken: bool) -> Refusal | None:
    """Refuse serving by a non-substitute, for nobody, or for a member who takes part or whom another serves for.

    The protocol names who serves for whom (KL 5:66, 6:35): one person takes over the whole seat.
    """
    if substitute is not SeatRole.SUBSTITUTE:
        return Refusal.NOT_SUBSTITUTE
    if served is None or not served.deciding:
        return Refusal.SERVES_FOR_WHOM
    if takes_part:
        return Refusal.SERVED_PRESENT
    return Refusal.SERVED_TWICE if taken else None


def refuse_adjuster(
    presence: Presence, chair_id: int | None, *, serving: Collection[int] = (), confirmed: bool = False
) -> Refusal | None:
    """Refuse an adjuster who was not present from the start, or is the chair, who adjusts anyway (KL 5:69).

    Members adjust, and substitutes who serve, from the start or later (`serving`); anyone else only if it is
    `confirmed` that the meeting chose them (practice).
    """
    if not presence.present:
        return Refusal.NOT_PRESENT
    if presence.person_id and presence.person_id == chair_id:
        return Refusal.CHAIR_ADJUSTS
    entitled = presence.role.deciding or presence.serving_for_id is not None or presence.id in serving
    return None if entitled or confirmed else Refusal.NO_MEMBER_ADJUSTS
