"""Meetings, with their agendas, summonses and presence lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, false, true
from sqlalchemy import text as sql
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govern.cases import listing
from govern.cases.models import Attachment, Case, Proposal, StoredFile
from govern.db import Model
from govern.forums.models import Forum, Seat
from govern.forums.states import ParagraphKind, SeatRole
from govern.meetings.naming import distinct_names
from govern.meetings.states import MeetingKind, MeetingMode, MeetingState, PackageState
from govern.people.models import Person

_UNSEALED = sql("sealed_at IS NULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFacts:
    """When, where and how a meeting is held, as typed; the fields are named as the columns of `Meeting`."""

    day: date
    starts: time
    ends: time | None
    place: str
    ends_next_day: bool = False
    kind: MeetingKind = MeetingKind.ORDINARY
    mode: MeetingMode = MeetingMode.ON_SITE
    video_link: str = ""


class Meeting(Model):
    """A meeting of a forum. Its day and times are local wall-clock time, as printed in the protocol.

    With `ends_next_day`, `ends` is a time on the following day.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'called', 'cancelled') OR opened_at IS NOT NULL", name="opened"),
        CheckConstraint("state NOT IN ('closed', 'sealed') OR closed_at IS NOT NULL", name="closed"),
        CheckConstraint("state <> 'sealed' OR sealed_at IS NOT NULL", name="sealed"),
        CheckConstraint("state <> 'called' OR called_at IS NOT NULL", name="called"),
        Index("ix_meetings_unsealed", "day", sqlite_where=_UNSEALED, postgresql_where=_UNSEALED),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        CheckConstraint("state <> 'cancelled' OR cancel_reason <> ''", name="cancel_reason"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"), index=True)
    kind: Mapped[MeetingKind] = mapped_column(default=MeetingKind.ORDINARY)
    mode: Mapped[MeetingMode] = mapped_column(default=MeetingMode.ON_SITE)
    day: Mapped[date] = mapped_column(index=True)
    starts: Mapped[time]
    ends: Mapped[time | None]
    ends_next_day: Mapped[bool] = mapped_column(default=False, server_default=false())
    place: Mapped[str]
    video_link: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.PLANNED)
    called_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    sealed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    secretary_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @property
    def last_day(self) -> date:
        """The day on which it ends."""
        return self.day + timedelta(days=1) if self.ends_next_day else self.day

    @property
    def where(self) -> tuple[str, ...]:
        """The place and any video link, as shown on pages and in invitations."""
        return (self.place, self.video_link) if self.video_link else (self.place,)

    forum: Mapped[Forum] = relationship()
    chair: Mapped[Person | None] = relationship(foreign_keys=[chair_id])
    secretary: Mapped[Person | None] = relationship(foreign_keys=[secretary_id])
    agenda: Mapped[list[AgendaItem]] = relationship(
        back_populates="meeting", order_by="AgendaItem.position, AgendaItem.id"
    )
    presences: Mapped[list[Presence]] = relationship(
        back_populates="meeting", order_by="Presence.position, Presence.id"
    )
    adjusters: Mapped[list[Adjuster]] = relationship(back_populates="meeting", order_by="Adjuster.position")
    summonses: Mapped[list[Summons]] = relationship(back_populates="meeting", order_by="Summons.sent_at")

    @property
    def on_agenda(self) -> list[AgendaItem]:
        """The items of the agenda that are not withdrawn, in order."""
        return [item for item in self.agenda if not item.withdrawn]


class AgendaItem(Model):
    """An item of a meeting's agenda (föredragningslista). A withdrawn item keeps its place, struck through.

    Its paragraph opens with the proposal's text and clauses; without a proposal, with `text` and `clauses`, one clause
    per line. `origin` is where a carried item comes from. `added_at` is None for standing items, which are never late.
    `confidential` is the reason why only those who sit in the forum may read it, if any, and `withheld_at` since when.
    """

    __tablename__ = "agenda_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    position: Mapped[int]
    heading: Mapped[str]
    kind: Mapped[ParagraphKind | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int | None]
    text: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    clauses: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    origin: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    added_at: Mapped[datetime | None]
    confidential: Mapped[str | None]
    withheld_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship(back_populates="agenda")
    case: Mapped[Case | None] = relationship()
    proposal: Mapped[Proposal | None] = relationship(secondary="agenda_proposals")
    papers: Mapped[list[Attachment]] = relationship(secondary="agenda_papers", order_by="Attachment.id")

    @hybrid_property
    def withdrawn(self) -> bool:
        """Whether it is withdrawn from the agenda (struket), and not treated unless it is reinstated."""
        return self.withdrawn_at is not None

    @withdrawn.inplace.expression
    @classmethod
    def _withdrawn(cls) -> ColumnElement[bool]:
        return cls.withdrawn_at.is_not(None)

    @property
    def forum(self) -> Forum:
        """The forum that meets."""
        return self.meeting.forum


class AgendaPaper(Model):
    """A paper on an agenda item."""

    __tablename__ = "agenda_papers"

    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_items.id"), primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), primary_key=True)


class AgendaProposal(Model):
    """The proposal (an officer's paper) on an agenda item."""

    __tablename__ = "agenda_proposals"

    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_items.id"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)


_ON_AGENDA: dict[str, Any] = {"secret": AgendaItem.confidential.is_not(None), "disclosed": true()}
AGENDAS = listing.Places(
    attachments=[
        listing.place(AgendaPaper.attachment_id, Meeting.forum_id, **_ON_AGENDA)
        .join(AgendaItem, AgendaItem.id == AgendaPaper.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
    ],
    proposals=[
        listing.place(AgendaProposal.proposal_id, Meeting.forum_id, **_ON_AGENDA)
        .join(AgendaItem, AgendaItem.id == AgendaProposal.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
    ],
)
"""The agendas as places that list papers."""


class Summons(Model):
    """A summons (kallelse) as it was sent: its PDF, and the papers sent with it."""

    __tablename__ = "summonses"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    pdf: Mapped[bytes] = mapped_column(deferred=True)

    meeting: Mapped[Meeting] = relationship(back_populates="summonses")
    sent_by: Mapped[Person] = relationship()
    papers: Mapped[list[SummonsPaper]] = relationship(order_by="SummonsPaper.position")
    packages: Mapped[list[SummonsPackage]] = relationship(
        back_populates="summons", order_by="SummonsPackage.confidential"
    )

    @property
    def forum(self) -> Forum:
        """The forum that is called."""
        return self.meeting.forum


class SummonsPaper(Model):
    """A paper as it was sent with a summons; later changes of the agenda do not affect it.

    `attachment` or `proposal` is its source, whose current secrecy decides who may open it later.
    """

    __tablename__ = "summons_papers"
    __table_args__ = (UniqueConstraint("summons_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    summons_id: Mapped[int] = mapped_column(ForeignKey("summonses.id"))
    position: Mapped[int]
    item_number: Mapped[int]
    item_heading: Mapped[str]
    title: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"))
    confidential: Mapped[str | None]
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"))

    attachment: Mapped[Attachment | None] = relationship()
    proposal: Mapped[Proposal | None] = relationship()
    file: Mapped[StoredFile] = relationship(lazy="joined")


class SummonsPackage(Model):
    """A summons with its papers as one PDF and as a ZIP; `confidential` if it includes the confidential papers.

    `summons_sha256` is the summons that these readers may see, if that is not the one in `Summons.pdf`.
    """

    __tablename__ = "summons_packages"
    __table_args__ = (
        UniqueConstraint("summons_id", "confidential"),
        CheckConstraint(
            "(state = 'ready') = (pdf_sha256 IS NOT NULL AND zip_sha256 IS NOT NULL)",
            name="ready",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    summons_id: Mapped[int] = mapped_column(ForeignKey("summonses.id"))
    confidential: Mapped[bool]
    state: Mapped[PackageState] = mapped_column(default=PackageState.WAITING)
    summons_sha256: Mapped[str | None]
    pdf_sha256: Mapped[str | None]
    zip_sha256: Mapped[str | None]
    pdf_size: Mapped[int] = mapped_column(default=0)
    zip_size: Mapped[int] = mapped_column(default=0)

    summons: Mapped[Summons] = relationship(back_populates="packages")

    @property
    def forum(self) -> Forum:
        """The forum that is called."""
        return self.summons.meeting.forum


class Presence(Model):
    """Someone on a meeting's presence list, with name, role, party and title as they were that day.

    `present` is whether they were present from the start; later changes are recorded by paragraph (`PresenceChange`).
    `serving_for` is the member for whom a substitute serves from the start.
    """

    __tablename__ = "presences"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        CheckConstraint("serving_for_id IS NULL OR serving_for_id <> id", name="serving_for"),
        CheckConstraint("serving_for_id IS NULL OR role = 'substitute'", name="serving_role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))
    position: Mapped[int]
    name: Mapped[str]
    role: Mapped[SeatRole]
    party: Mapped[str] = mapped_column(default="")
    political_party: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    present: Mapped[bool] = mapped_column(default=True)
    remote: Mapped[bool] = mapped_column(default=False)
    serving_for_id: Mapped[int | None] = mapped_column(ForeignKey("presences.id"))

    meeting: Mapped[Meeting] = relationship(back_populates="presences")
    person: Mapped[Person | None] = relationship()
    seat: Mapped[Seat | None] = relationship()
    serving_for: Mapped[Presence | None] = relationship(remote_side=[id])

    @property
    def distinct_name(self) -> str:
        """The name as pages and documents show it, told apart from a namesake's on the same list."""
        presences = self.meeting.presences
        alone = sum(other.name == self.name for other in presences) == 1
        return self.name if alone else distinct_names(presences)[self.id]


class Adjuster(Model):
    """Someone chosen at the meeting to adjust its protocol together with the chair."""

    __tablename__ = "adjusters"
    __table_args__ = (UniqueConstraint("meeting_id", "presence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    presence_id: Mapped[int] = mapped_column(ForeignKey("presences.id"))
    position: Mapped[int]

    meeting: Mapped[Meeting] = relationship(back_populates="adjusters")
    presence: Mapped[Presence] = relationship()
