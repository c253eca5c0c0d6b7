"""Operations that meet while the meeting is held."""

from __future__ import annotations

from datetime import time

from govern.cases.models import Attachment
from govern.forums.states import ParagraphKind, SeatRole
from govern.meetings import operations as meetings
from govern.meetings.models import Adjuster, AgendaItem, Meeting
from govern.meetings.states import MeetingState
from govern.paragraphs import operations
from govern.paragraphs.drafting import editors
from govern.paragraphs.drafting.models import ParagraphEditor
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraphs_of
from govern.paragraphs.states import ParagraphState
from govern.people.models import Person, SignInSession
from govern.protocols.immediate import operations as immediate
from govern.protocols.models import Protocol
from tests import make
from tests.at_once.world import AT, Case, Ids, count, ids, row
from tests.cast import Cast
from tests.paragraphs.test_reviewing import draft_of
from tests.test_transactions import elsewhere, meanwhile  # noqa: F401 — fixtures


def open_meeting(cast: Cast, state: ParagraphState = ParagraphState.DRAFT) -> Ids:
    """Open a meeting with an agenda item and a paragraph in the given state."""
    meeting = make.meeting(cast.forum, state=MeetingState.OPEN, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.anna, SeatRole.CHAIR)
    make.presence(meeting, cast.bo)
    paragraph = make.paragraph(meeting, make.series(cast.forum, 12), "Växel", cast.cilla, state)
    item = make.add(AgendaItem(meeting=meeting, position=1, heading="Avtal", kind=ParagraphKind.DECISION, note=""))
    make.commit()
    return ids(cast, meeting=meeting.id, paragraph=paragraph.id, other=item.id)


def save(i: Ids, text: str) -> object:
    """Save the paragraph as a change of its first version."""
    paragraph, by = row(Paragraph, i.paragraph), row(Person, i.cilla)
    return operations.save_draft(paragraph, draft_of(text), version=1, by=by, at=AT)


def opened(i: Ids, heading: str) -> object:
    """Open a paragraph that was not on the agenda."""
    meeting, by = row(Meeting, i.meeting), row(Person, i.cilla)
    return operations.open_unannounced(meeting, heading, None, by=by, at=AT)


def approve(i: Ids) -> object:
    """Approve the first version of the paragraph."""
    return operations.approve(row(Paragraph, i.paragraph), by=row(Person, i.anna), at=AT, read=1)


def take_back(i: Ids) -> object:
    """Take the paragraph back to be edited."""
    return operations.take_back(row(Paragraph, i.paragraph), by=row(Person, i.cilla), at=AT)


def attach(i: Ids) -> object:
    """Attach a file to the paragraph."""
    paragraph, by = row(Paragraph, i.paragraph), row(Person, i.cilla)
    return operations.add_attachment(paragraph, "a.pdf", b"%PDF-1.7", "A", confidential=None, by=by, at=AT)


def seal_immediately(i: Ids) -> object:
    """Seal the paragraph for immediate adjusting."""
    return immediate.seal_immediately(row(Paragraph, i.paragraph), by=row(Person, i.cilla), at=AT)


def beat(i: Ids, who: int) -> object:
    """Take over as the paragraph's editor if nobody holds it."""
    paragraph = row(Paragraph, i.paragraph)
    return editors.beat(paragraph, by=row(Person, who), session_id=i.more[who], at=AT, typing=True)


def two_writers(cast: Cast) -> Ids:
    """Let two people have the paragraph open."""
    found = open_meeting(cast)
    more = {}
    for who in (cast.cilla, cast.bo):
        times = {"started_at": AT, "seen_at": AT, "fresh_at": AT}
        more[who.id] = make.add(SignInSession(account=who.account, token=f"{who.id:064}", **times)).id
    make.commit()
    return ids(cast, meeting=found.meeting, paragraph=found.paragraph, more=more)


def immediate_paragraph(cast: Cast) -> Ids:
    """Open a meeting with an approved paragraph that is to be adjusted immediately."""
    found = open_meeting(cast, ParagraphState.APPROVED)
    paragraph = row(Paragraph, found.paragraph)
    paragraph.immediate = True
    meeting = row(Meeting, found.meeting)
    bo = next(p for p in meeting.presences if p.person_id == found.bo)
    make.add(Adjuster(meeting=meeting, presence=bo, position=1))
    make.commit()
    return ids(cast, meeting=found.meeting, paragraph=found.paragraph)


MEETING = [
    Case(
        "two save on the same version",
        open_meeting,
        lambda i: save(i, "Den andras ord."),
        lambda i: row(Paragraph, i.paragraph).version == 2,
        lambda i: save(i, "Den förstas ord."),
    ),
    Case(
        "two open a paragraph",
        open_meeting,
        lambda i: opened(i, "Två"),
        lambda i: sorted(p.number for p in paragraphs_of(row(Meeting, i.meeting))) == [12, 13, 14],
        lambda i: opened(i, "Ett"),
        refused=False,
    ),
    Case(
        "two open the same item",
        open_meeting,
        lambda i: operations.open_item(row(AgendaItem, i.other), by=row(Person, i.cilla), at=AT),
        lambda i: count(Paragraph, Paragraph.agenda_item_id == i.other) == 1,
    ),
    Case(
        "approved while it is taken back",
        lambda cast: open_meeting(cast, ParagraphState.READY),
        approve,
        lambda i: row(Paragraph, i.paragraph).state is ParagraphState.DRAFT,
        take_back,
    ),
    Case(
        "sent back while it is approved",
        lambda cast: open_meeting(cast, ParagraphState.READY),
        lambda i: operations.send_back(row(Paragraph, i.paragraph), "Mer", by=row(Person, i.anna), at=AT),
        lambda i: row(Paragraph, i.paragraph).state is ParagraphState.APPROVED,
        approve,
    ),
    Case(
        "saved while it is marked ready",
        open_meeting,
        lambda i: save(i, "För sent."),
        lambda i: row(Paragraph, i.paragraph).version == 1,
        lambda i: operations.mark_ready(row(Paragraph, i.paragraph), by=row(Person, i.cilla), at=AT),
    ),
    Case(
        "attached while it is marked ready",
        open_meeting,
        attach,
        lambda i: count(Attachment) == 0,
        lambda i: operations.mark_ready(row(Paragraph, i.paragraph), by=row(Person, i.cilla), at=AT),
    ),
    Case(
        "opened while the meeting is closed",
        open_meeting,
        lambda i: opened(i, "För sent"),
        lambda i: count(Paragraph) == 1,
        lambda i: meetings.close_meeting(row(Meeting, i.meeting), time(9, 1), by=row(Person, i.cilla), at=AT),
    ),
    Case(
        "two take the pen",
        two_writers,
        lambda i: beat(i, i.bo),
        lambda i: count(ParagraphEditor, ParagraphEditor.holds_since.is_not(None)) == 1,
        lambda i: beat(i, i.cilla),
        refused=False,
    ),
    Case(
        "two seal one paragraph",
        immediate_paragraph,
        seal_immediately,
        lambda i: count(Protocol) == 1,
    ),
    Case(
        "one paragraph is sealed while it is taken back",
        immediate_paragraph,
        seal_immediately,
        lambda i: count(Protocol) == 0,
        take_back,
    ),
]
