"""Queries for notices: one, those now posted, those taken down, and what a secretary is to post or take down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from govern.db import db
from govern.forums.access import forums_held
from govern.forums.models import Forum
from govern.forums.states import Regime, SeatRole
from govern.meetings.models import Meeting
from govern.notices.models import Notice, Posting
from govern.notices.rules import POSTED, may_come_down
from govern.people.models import Person
from govern.protocols.models import Protocol, Signature
from govern.protocols.states import SignerRole
from govern.swedish import local_day
from govern.web.paging import Page

PAGE = 50
MOST = 50
POSTING = [regime for regime in Regime if regime.demands.posts]


def adjusted_on(protocol: Protocol) -> date | None:
    """Return the day on which a protocol was adjusted: that of the last signature or refusal by a chair or adjuster.

    None if it is imported, or somebody, the secretary included, has neither signed nor refused.
    """
    if protocol.imported or not protocol.signatures or not protocol.settled:
        return None
    moments = [s.signed_at or (s.refusal.at if s.refusal else None) for s in protocol.signatures if _adjusts(s)]
    days = [local_day(moment) for moment in moments if moment]
    return max(days) if days else None


def _adjusts(signature: Signature) -> bool:
    return signature.role is not SignerRole.SECRETARY


def notice_of(protocol: Protocol) -> Notice | None:
    """Return a protocol's notice that is not withdrawn, or None."""
    return db.session.scalar(_whole().where(Notice.protocol_id == protocol.id, Notice.withdrawn_at.is_(None)))


def withdrawn_of(protocol: Protocol) -> Sequence[Notice]:
    """List a protocol's withdrawn notices, the latest first."""
    query = _whole().where(Notice.protocol_id == protocol.id, Notice.withdrawn_at.is_not(None))
    return db.session.scalars(query.order_by(Notice.id.desc()).limit(MOST)).unique().all()


def notice_by_id(notice_id: int) -> Notice | None:
    """Return a notice with its postings, or None."""
    return db.session.scalar(_whole().where(Notice.id == notice_id))


def posting_by_id(posting_id: int) -> Posting | None:
    """Return a posting, or None."""
    return db.session.get(Posting, posting_id)


def _whole() -> Select[Notice]:
    return select(Notice).options(
        selectinload(Notice.postings).options(joinedload(Posting.posted_by), joinedload(Posting.removed_by)),
        joinedload(Notice.protocol)
        .joinedload(Protocol.meeting)
        .joinedload(Meeting.forum)
        .joinedload(Forum.collaboration),
        joinedload(Notice.proof),
    )


def boards_of(forum: Forum, day: date) -> list[str]:
    """Return the names of the boards for a forum's notices: the host's, and for a joint board every member's (KL 9:32).

    A joint board's members are the parties that somebody has a seat for that day; if there are none, all parties of the
    collaboration.
    """
    parties = sorted(forum.collaboration.parties, key=lambda party: (not party.host, party.name))
    if forum.regime.demands.every_board:
        sitting = {seat.party_id for seat in forum.seats_on(day) if seat.party_id}
        parties = [party for party in parties if party.id in sitting] or parties
        return [party.name for party in parties] or [forum.collaboration.name]
    return [next((party.name for party in parties if party.host), forum.legal_body)]


def kept_before(forum: Forum) -> str:
    """Return where the protocol is kept according to the forum's latest notice, to propose it again; else empty."""
    query = select(Notice.kept_at).join(Protocol).join(Meeting).where(Meeting.forum_id == forum.id)
    return db.session.scalar(query.order_by(Notice.id.desc()).limit(1)) or ""


def board_page(number: int, board: str = "") -> Page[Notice]:
    """List the notices posted on some board and not down from all, the latest first; only for `board`, if given."""
    query = select(Notice).where(_posted_on(board, up=True), Notice.down_at.is_(None))
    return _page(query.order_by(Notice.id.desc()), number)


def archive_page(number: int, board: str = "") -> Page[Notice]:
    """List the notices that are down from every board, the latest first; only for `board`, if given."""
    query = select(Notice).where(_posted_on(board), Notice.down_at.is_not(None))
    return _page(query.order_by(Notice.down_at.desc(), Notice.id.desc()), number)


def _posted_on(board: str, *, up: bool = False) -> ColumnElement[bool]:
    """Return the SQL condition that a notice has been posted on a board, on any if none is named; if `up`, it still is.

    A notice that is down from one board but not from all is still up for those who name no board.
    """
    posted = exists().where(Posting.notice_id == Notice.id, Posting.posted_on.is_not(None))
    if board:
        posted = posted.where(Posting.board == board)
    return posted.where(Posting.removed_on.is_(None)) if board and up else posted


def _page(query: Select[Notice], number: int) -> Page[Notice]:
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    ids = db.session.scalars(query.with_only_columns(Notice.id).limit(PAGE).offset((number - 1) * PAGE)).all()
    found = {notice.id: notice for notice in db.session.scalars(_whole().where(Notice.id.in_(ids))).unique()}
    return Page([found[id_] for id_ in ids], number, PAGE, total)


def board_names() -> Sequence[str]:
    """List the names of the boards of all notices, sorted."""
    return db.session.scalars(select(Posting.board).distinct().order_by(Posting.board).limit(100)).all()


# --- Min sida ----------------------------------------------------------------------------------------------


def to_post(person: Person, today: date) -> list[Protocol]:
    """List the adjusted protocols without a notice where the person is the secretary, the oldest first."""
    chair = exists().where(Signature.protocol_id == Protocol.id, Signature.role == SignerRole.CHAIR)
    query = (
        select(Protocol)
        .join(Meeting, Meeting.id == Protocol.meeting_id)
        .join(Forum, Forum.id == Meeting.forum_id)
        .where(Forum.regime.in_(POSTING), Forum.id.in_(forums_held(person, today, SeatRole.SECRETARY)))
        .where(Protocol.imported.is_(False), Protocol.kind.in_(POSTED), chair, Protocol.settled)
        .where(~exists().where(Notice.protocol_id == Protocol.id, Notice.withdrawn_at.is_(None)))
        .options(joinedload(Protocol.meeting).joinedload(Meeting.forum))
        .options(selectinload(Protocol.signatures).joinedload(Signature.refusal))
        .order_by(Protocol.id)
        .limit(MOST)
    )
    return list(db.session.scalars(query).unique())


def to_handle(person: Person, today: date) -> list[Notice]:
    """List the secretary's notices that may come down or are not yet posted on every board, the oldest first."""
    query = (
        _whole()
        .join(Protocol, Protocol.id == Notice.protocol_id)
        .join(Meeting, Meeting.id == Protocol.meeting_id)
        .where(Notice.down_at.is_(None), Meeting.forum_id.in_(forums_held(person, today, SeatRole.SECRETARY)))
        .order_by(Notice.id)
    )
    up = db.session.scalars(query).unique().all()
    found = (notice for notice in up if (until := may_come_down(notice)) is None or until <= today)
    return list(islice(found, MOST))
