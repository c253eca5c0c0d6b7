"""Posting a protocol's notice, and taking it down."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from govern import audit, record
from govern.db import db, lock, pause, save_changes
from govern.documents.papers.files import proof_file
from govern.documents.papers.notice import NoticeFacts
from govern.errors import Refused, enforce
from govern.forums.house.queries import style_of
from govern.media import Ending
from govern.notices import rules
from govern.notices.models import Notice, NoticeProof, Posting
from govern.notices.printing import facts
from govern.notices.queries import adjusted_on, boards_of, notice_of
from govern.people.models import Person
from govern.protocols.models import Protocol
from govern.swedish import local_day

ENDINGS: tuple[Ending, Ending] = ("pdf", "docx")


def post(protocol: Protocol, kept_at: str, *, by: Person, at: datetime) -> Notice:
    """Post a protocol's notice: today on this installation's board, with no day yet for a joint board's other boards.

    Raises:
        Refused: if the body has no notices, or the protocol is of another kind, imported, not adjusted or already
            posted, or where it is kept is not stated.
    """
    adjusted, meeting = adjusted_on(protocol), protocol.meeting
    enforce(rules.refuse_notice(meeting.forum.regime, protocol.kind, imported=protocol.imported, adjusted=adjusted))
    if adjusted is None:  # The rule refuses this already; the check is for mypy.
        raise Refused(rules.Refusal.NOT_ADJUSTED)
    if notice_of(protocol) is not None:
        raise Refused(rules.Refusal.POSTED)
    if not kept_at.strip():
        raise Refused(rules.Refusal.NO_PLACE, "kept_at")
    numbers = record.loads(protocol.record).numbering
    notice = Notice(
        protocol=protocol,
        adjusted_on=adjusted,
        kept_at=kept_at.strip(),
        first=numbers.first,
        last=numbers.last,
        postings=[Posting(position=i, board=name) for i, name in enumerate(boards_of(meeting.forum, meeting.day))],
    )
    db.session.add(notice)
    notice.board.posted_on, notice.board.posted_by = local_day(at), by
    _audit("notice.posted", notice.board, notice.board.posted_on, by=by, at=at)
    save_changes()
    return notice


def note_posted(posting: Posting, day: date | None, *, by: Person, at: datetime) -> None:
    """Record the day on which another member of a joint board posted the notice.

    Raises:
        Refused: if it is recorded already, or the day is missing, before the adjusting or in the future.
    """
    enforce(rules.refuse_posting(posting, day, today=local_day(at)), "day")
    posting.posted_on, posting.posted_by = day, by
    _audit("notice.posted", posting, day, by=by, at=at)
    save_changes()


def take_down(posting: Posting, day: date | None, *, by: Person, at: datetime) -> None:
    """Take a notice down from a board; if it is the last one, make and store the proof.

    Raises:
        Refused: if it is down already or not yet posted on every board, the time to appeal has not ended, the day is
            missing or in the future, or somebody else has changed the notice meanwhile.
    """
    pause()
    proven = _proven(posting, day, by=by, at=at)
    style = style_of(posting.notice.forum)
    pause()
    pdf, docx = (proof_file(proven, ending, style) for ending in ENDINGS) if proven else (b"", b"")
    lock()
    if _proven(posting, day, by=by, at=at) != proven:
        raise Refused(rules.Refusal.CHANGED)
    notice = posting.notice
    posting.removed_on, posting.removed_by = day, by
    _audit("notice.taken_down", posting, day, by=by, at=at)
    if proven is not None:
        notice.down_at = at
        sha256 = hashlib.sha256(pdf).hexdigest()
        db.session.add(NoticeProof(notice=notice, pdf=pdf, docx=docx, sha256=sha256, made_at=at, made_by=by))
        audit.write("notice.proved", notice, by=by, at=at, sha256=sha256)
    save_changes()


def withdraw(notice: Notice, reason: str, *, by: Person, at: datetime) -> None:
    """Withdraw a notice that was posted by mistake; it stays in the archive with the reason, and there is no proof.

    Raises:
        Refused: if it is withdrawn or taken down already, or no reason is given.
    """
    enforce(rules.refuse_withdrawing(notice, reason), "reason")
    notice.withdrawn_at, notice.withdrawn_by, notice.withdrawn_reason = at, by, reason.strip()
    notice.down_at = at
    audit.write("notice.withdrawn", notice, by=by, at=at, protocol=notice.protocol_id)
    save_changes()


def _proven(posting: Posting, day: date | None, *, by: Person, at: datetime) -> NoticeFacts | None:
    """Check that the posting may be removed; return the facts of the proof if it is the last one, else None."""
    enforce(rules.refuse_removal(posting, day, today=local_day(at)), "day")
    notice = posting.notice
    if not all(one.removed_on for one in notice.postings if one is not posting):
        return None
    return facts(notice, removed={posting: (day, by.name)})


def _audit(action: str, posting: Posting, day: date | None, *, by: Person, at: datetime) -> None:
    isoday = day.isoformat() if day else None
    audit.write(
        action, posting.notice, by=by, at=at, protocol=posting.notice.protocol_id, board=posting.board, day=isoday
    )
