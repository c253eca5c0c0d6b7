"""The facts of a notice's documents, read from its rows, and the printed notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from govern import record
from govern.documents.papers.files import notice_file
from govern.documents.papers.notice import Board, NoticeFacts
from govern.forums.house.queries import style_of
from govern.media import Ending
from govern.notices.models import Notice, Posting
from govern.notices.rules import appeal_ends, may_come_down
from govern.protocols.states import ProtocolKind
from govern.swedish import paragraph_range, slug


def what(notice: Notice) -> str:
    """Return what was adjusted, without any heading: `Protokoll §§ 40–44`, or `Omedelbart justerad § 42`."""
    immediate = notice.protocol.kind is ProtocolKind.IMMEDIATE
    words = "Omedelbart justerad" if immediate else notice.protocol.kind.label
    return f"{words} {paragraph_range(notice.first, notice.last)}".strip()


def facts(notice: Notice, removed: Mapping[Posting, tuple[date | None, str]] | None = None) -> NoticeFacts:
    """Return the facts of the notice and its proof; `removed` has the day and name for postings to be removed now."""
    forum = notice.forum
    return NoticeFacts(
        body=record.Body(name=forum.legal_body, org_number=forum.collaboration.org_number),
        forum=forum.name,
        regime=forum.regime.value,  # type: ignore[arg-type]  # The enum's values are those of the record.
        meeting=notice.protocol.meeting.day,
        what=what(notice),
        adjusted=notice.adjusted_on,
        kept_at=notice.kept_at,
        boards=tuple(_board(posting, (removed or {}).get(posting)) for posting in notice.postings),
        appeal_by=appeal_ends(notice),
        until=may_come_down(notice),
    )


def _board(posting: Posting, removed: tuple[date | None, str] | None) -> Board:
    day, who = removed or (posting.removed_on, posting.removed_by.name if posting.removed_by else "")
    return Board(
        name=posting.board,
        posted=posting.posted_on,
        posted_by=posting.posted_by.name if posting.posted_by else "",
        removed=day,
        removed_by=who,
    )


def printed_notice(notice: Notice, ending: Ending) -> bytes:
    """Write the notice as a file, in its present state."""
    return notice_file(facts(notice), ending, style_of(notice.forum))


def filename(notice: Notice, paper: str, ending: Ending) -> str:
    """Return the file name of one of a notice's documents."""
    return f"{paper}-{slug(notice.forum.name)}-{notice.protocol.meeting.day.isoformat()}.{ending}"
