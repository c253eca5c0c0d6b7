"""Rules for posting a protocol's notice, and for taking it down."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from govern.errors import Refusal as BaseRefusal
from govern.forums.states import Regime
from govern.notices.states import NoticeState
from govern.notices.terms import appeal_by, earliest_removal, post_by
from govern.protocols.states import ProtocolKind

if TYPE_CHECKING:
    from govern.notices.models import Notice, Posting


class Refusal(BaseRefusal):
    """Why a notice is not posted or taken down."""

    ASSOCIATION = Regime.ASSOCIATION.demands.unposted
    AGREEMENT = Regime.AGREEMENT.demands.unposted
    CHANGED = "Någon annan ändrade anslaget samtidigt. Ladda om sidan och försök igen."
    BESIDE = "Det är mötets protokoll och omedelbart justerade paragrafer som anslås."
    IMPORTED = "Protokollet är inläst från ett äldre arkiv. Det anslogs där det justerades."
    NOT_ADJUSTED = "Protokollet anslås när det är justerat. Alla underskrifter finns inte än."
    POSTED = "Protokollet är redan anslaget."
    POSTED_THERE = "Anslaget sitter redan på den tavlan."
    NO_PLACE = "Skriv var protokollet finns tillgängligt."
    NO_DAY = "Skriv vilken dag det var, som 2026-11-21."
    BEFORE_ADJUSTED = "Protokollet kan inte anslås före den dag då det justerades."
    AHEAD = "Dagen har inte varit än."
    NOT_POSTED = "Anslaget har inte satts upp på den tavlan."
    NOT_EVERYWHERE = "Tiden att överklaga börjar när anslaget sitter på alla tavlor. Det saknas på någon."
    TOO_EARLY = "Anslaget ska sitta kvar hela tiden som beslutet kan överklagas. Ta ned det när den har gått ut."
    DOWN = "Anslaget är redan nedtaget."
    WITHDRAWN = "Anslaget är återkallat."
    NO_REASON = "Skriv varför anslaget återkallas. Det står i arkivet över nedtagna anslag."


POSTED = (ProtocolKind.MAIN, ProtocolKind.IMMEDIATE)
"""The kinds of sealed record that get a notice; corrections and extracts derive from them."""


def refuse_notice(regime: Regime, kind: ProtocolKind, *, imported: bool, adjusted: date | None) -> Refusal | None:
    """Refuse a notice for a body not bound by KL 8:12, a correction or extract, or a protocol not adjusted here."""
    if not regime.demands.posts:
        return Refusal(regime.demands.unposted)
    if kind not in POSTED:
        return Refusal.BESIDE
    if imported:
        return Refusal.IMPORTED
    return None if adjusted else Refusal.NOT_ADJUSTED


def refuse_day(day: date | None, *, earliest: date, today: date) -> Refusal | None:
    """Refuse a day of posting that is missing, before the adjusting, or in the future."""
    if day is None:
        return Refusal.NO_DAY
    if day < earliest:
        return Refusal.BEFORE_ADJUSTED
    return Refusal.AHEAD if day > today else None


def refuse_posting(posting: Posting, day: date | None, *, today: date) -> Refusal | None:
    """Refuse to record a posting twice, or on a day when it cannot have been."""
    if posting.notice.withdrawn_at is not None:
        return Refusal.WITHDRAWN
    if posting.posted_on is not None:
        return Refusal.POSTED_THERE
    return refuse_day(day, earliest=posting.notice.adjusted_on, today=today)


def last_posted(postings: Sequence[Posting]) -> date | None:
    """Return the day from which the time to appeal is counted: the last posting, once every board has one (KL 13:5)."""
    days: Collection[date | None] = [posting.posted_on for posting in postings]
    return max(day for day in days if day) if days and all(days) else None


def appeal_ends(notice: Notice) -> date | None:
    """Return the last day to appeal, or None until the notice is posted on every board."""
    posted = last_posted(notice.postings)
    return appeal_by(posted) if posted else None


def may_come_down(notice: Notice) -> date | None:
    """Return the first day on which the notice may come down, or None until it is posted on every board."""
    posted = last_posted(notice.postings)
    return earliest_removal(posted) if posted else None


def refuse_removal(posting: Posting, day: date | None, *, today: date) -> Refusal | None:
    """Refuse to take a notice down twice, before all boards have it, or before the time to appeal ends (KL 8:12)."""
    if posting.notice.withdrawn_at is not None or posting.removed_on is not None:
        return Refusal.WITHDRAWN if posting.notice.withdrawn_at else Refusal.DOWN
    if posting.posted_on is None:
        return Refusal.NOT_POSTED
    until = may_come_down(posting.notice)
    if until is None:
        return Refusal.NOT_EVERYWHERE
    if day is None:
        return Refusal.NO_DAY
    if day > today:
        return Refusal.AHEAD
    return Refusal.TOO_EARLY if day < until else None


def refuse_withdrawing(notice: Notice, reason: str) -> Refusal | None:
    """Refuse to withdraw a notice twice, after it has been taken down, or without a reason.

    The time to appeal is counted from a notice that told what was adjusted (KL 13:5): one that did not is withdrawn in
    the open, and the time runs from the next.
    """
    if notice.withdrawn_at is not None:
        return Refusal.WITHDRAWN
    if notice.down_at is not None:
        return Refusal.DOWN
    return None if reason.strip() else Refusal.NO_REASON


def state_of(notice: Notice, *, today: date) -> NoticeState:
    """Return the state of a notice today."""
    if notice.withdrawn_at is not None:
        return NoticeState.WITHDRAWN
    if all(posting.removed_on for posting in notice.postings):
        return NoticeState.DOWN
    until = may_come_down(notice)
    if until is None:
        return NoticeState.PARTLY
    return NoticeState.UP if today < until else NoticeState.DUE


def late(posted: date, adjusted: date) -> bool:
    """Return whether a notice was posted later than KL 8:12 allows."""
    return posted > post_by(adjusted)
