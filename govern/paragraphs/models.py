"""Paragraphs and their content. A paragraph's number is drawn when it is opened and never changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, false, text
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from govern.cases import listing
from govern.cases.models import Attachment, Case
from govern.db import Model
from govern.forums.models import Forum, Series
from govern.forums.states import ParagraphKind
from govern.meetings.models import AgendaItem, AgendaPaper, AgendaProposal, Meeting, Presence
from govern.paragraphs.states import (
    BallotMethod,
    Change,
    Choice,
    DissentKind,
    Outcome,
    ParagraphState,
    SectionKind,
    Verdict,
)
from govern.people.models import Person
from govern.richtext import letter_of, roman_of

if TYPE_CHECKING:
    from govern.paragraphs.superseding.models import Supersession

OWNED = "all, delete-orphan"  # Rows that belong to their paragraph and are deleted when it is rewritten.


class Paragraph(Model):
    """The record of one matter at a meeting. `version` counts the saves, for optimistic locking."""

    __tablename__ = "paragraphs"
    __table_args__ = (
        UniqueConstraint("series_id", "number"),
        CheckConstraint(
            "(state = 'approved') = (approved_at IS NOT NULL AND approved_by_id IS NOT NULL)", name="approved"
        ),
        CheckConstraint("state <> 'ready' OR ready_at IS NOT NULL", name="ready"),
        CheckConstraint("number > 0", name="number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_items.id"), unique=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    number: Mapped[int]
    heading: Mapped[str]
    kind: Mapped[ParagraphKind | None]
    reference: Mapped[str] = mapped_column(default="")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    confidential: Mapped[str | None]
    immediate: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ParagraphState] = mapped_column(default=ParagraphState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    sealed_at: Mapped[datetime | None]  # When it was sealed by itself, for immediate adjusting.

    meeting: Mapped[Meeting] = relationship()
    agenda_item: Mapped[AgendaItem | None] = relationship()
    series: Mapped[Series] = relationship()
    case: Mapped[Case | None] = relationship()
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])
    opened_by: Mapped[Person] = relationship(foreign_keys=[opened_by_id])
    sections: Mapped[list[Section]] = relationship(order_by="Section.position", cascade=OWNED)
    motions: Mapped[list[Motion]] = relationship(order_by="Motion.position", cascade=OWNED)
    ballots: Mapped[list[Ballot]] = relationship(order_by="Ballot.position", cascade=OWNED)
    decisions: Mapped[list[Decision]] = relationship(order_by="Decision.position", cascade=OWNED)
    dissents: Mapped[list[Dissent]] = relationship(order_by="Dissent.position", cascade=OWNED)
    assignments: Mapped[list[Assignment]] = relationship(
        order_by="Assignment.position", cascade=OWNED, back_populates="paragraph"
    )
    changes: Mapped[list[PresenceChange]] = relationship(order_by="PresenceChange.id", cascade=OWNED)
    disqualifications: Mapped[list[Disqualification]] = relationship(order_by="Disqualification.id", cascade=OWNED)
    presiding: Mapped[Presiding | None] = relationship(cascade=OWNED)
    supersedes: Mapped[list[Supersession]] = relationship(
        primaryjoin="Paragraph.id == Supersession.paragraph_id", order_by="Supersession.id", back_populates="paragraph"
    )
    of_meeting: Mapped[list[Paragraph]] = relationship(
        primaryjoin=lambda: foreign(Paragraph.meeting_id) == remote(Paragraph.meeting_id),
        order_by=lambda: (remote(Paragraph.series_id), remote(Paragraph.number)),
        uselist=True,
        viewonly=True,
    )
    reviews: Mapped[list[Review]] = relationship(order_by="Review.at", back_populates="paragraph")
    attachments: Mapped[list[Attachment]] = relationship(secondary="paragraph_attachments", order_by="Attachment.id")

    @property
    def forum(self) -> Forum:
        """The forum that met."""
        return self.meeting.forum

    @hybrid_property
    def forum_id(self) -> int:
        """The forum that met. In SQL the query joins Meeting."""
        return self.meeting.forum_id

    @forum_id.inplace.expression
    @classmethod
    def _forum_id(cls) -> ColumnElement[int]:
        return Meeting.forum_id.expression

    @hybrid_property
    def is_open(self) -> bool:
        """Whether it is sealed and not confidential. In SQL the query joins Meeting."""
        return self.confidential is None and self.meeting.sealed_at is not None

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        return cls.confidential.is_(None) & Meeting.sealed_at.is_not(None)

    @property
    def label(self) -> str:
        """The number as it is printed everywhere."""
        return f"§ {self.number}"


class ParagraphAttachment(Model):
    """A file that belongs to a paragraph."""

    __tablename__ = "paragraph_attachments"

    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"), primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), primary_key=True)


_SECRET = Paragraph.confidential.is_not(None)


def _on_agenda(paper: Any, item: Any) -> listing.Place:
    """Select the papers of agenda items with a paragraph: they are as secret as the paragraph."""
    return (
        listing.place(paper, Meeting.forum_id, secret=_SECRET, disclosed=false())
        .join(Paragraph, Paragraph.agenda_item_id == item)
        .join(Meeting, Meeting.id == Paragraph.meeting_id)
    )


PARAGRAPHS = listing.Places(
    attachments=[
        listing.place(
            ParagraphAttachment.attachment_id,
            Meeting.forum_id,
            secret=_SECRET,
            disclosed=Meeting.sealed_at.is_not(None),
        )
        .join(Paragraph, Paragraph.id == ParagraphAttachment.paragraph_id)
        .join(Meeting, Meeting.id == Paragraph.meeting_id),
        _on_agenda(AgendaPaper.attachment_id, AgendaPaper.item_id),
    ],
    proposals=[_on_agenda(AgendaProposal.proposal_id, AgendaProposal.item_id)],
)
"""The paragraphs as places that list papers."""


class Section(Model):
    """A part of the text with its heading. `body` is the content tree's JSON (`govern.richtext`)."""

    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("paragraph_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    position: Mapped[int]
    kind: Mapped[SectionKind]
    heading: Mapped[str]
    body: Mapped[list[Any]]


class Motion(Model):
    """A motion (yrkande). `put_order` is its place in the order in which the chair put the motions."""

    __tablename__ = "motions"
    __table_args__ = (UniqueConstraint("paragraph_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    position: Mapped[int]
    text: Mapped[str]
    mover_id: Mapped[int | None] = mapped_column(ForeignKey("presences.id"))
    put_order: Mapped[int | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    carried: Mapped[bool | None]

    mover: Mapped[Presence | None] = relationship()
    supporters: Mapped[list[Presence]] = relationship(secondary="motion_supporters", order_by="Presence.position")


class MotionSupporter(Model):
    """Someone who supports a motion (instämmer)."""

    __tablename__ = "motion_supporters"

    motion_id: Mapped[int] = mapped_column(ForeignKey("motions.id", ondelete="CASCADE"), primary_key=True)
    presence_id: Mapped[int] = mapped_column(ForeignKey("presences.id"), primary_key=True)


class Ballot(Model):
    """A ballot (omröstning). The counts of an open one are derived from its votes, if any; else they are typed."""

    __tablename__ = "ballots"
    __table_args__ = (
        UniqueConstraint("paragraph_id", "position"),
        CheckConstraint("yes >= 0 AND no >= 0 AND abstain >= 0", name="counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    position: Mapped[int]
    method: Mapped[BallotMethod]
    question: Mapped[str]
    yes_means: Mapped[str]
    no_means: Mapped[str]
    yes: Mapped[int]
    no: Mapped[int]
    abstain: Mapped[int]
    casting_vote_by_id: Mapped[int | None] = mapped_column(ForeignKey("presences.id"))
    decided_by_lot: Mapped[bool] = mapped_column(default=False)

    casting_vote_by: Mapped[Presence | None] = relationship()
    votes: Mapped[list[Vote]] = relationship(order_by="Vote.position", cascade=OWNED)


class Vote(Model):
    """How one person voted in an open ballot."""

    __tablename__ = "votes"
    __table_args__ = (UniqueConstraint("ballot_id", "presence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"))
    position: Mapped[int]
    presence_id: Mapped[int] = mapped_column(ForeignKey("presences.id"))
    choice: Mapped[Choice]

    presence: Mapped[Presence] = relationship()


class Decision(Model):
    """A decision: `lead` is the text before its clauses, `recipients` those it is sent to (beslutet skickas till)."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("paragraph_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    position: Mapped[int]
    outcome: Mapped[Outcome]
    lead: Mapped[str]
    recipients: Mapped[list[str]]

    clauses: Mapped[list[DecisionClause]] = relationship(order_by="DecisionClause.position", cascade=OWNED)


class DecisionClause(Model):
    """One clause of a decision (att-sats), without its leading `att`."""

    __tablename__ = "decision_clauses"
    __table_args__ = (UniqueConstraint("decision_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    position: Mapped[int]
    text: Mapped[str]


class Dissent(Model):
    """A reservation, a separate opinion or a note to the protocol, by someone present.

    `noted_at` is when it was first saved; `announced` is the secretary's confirmation that it was announced before the
    meeting closed (KL 4:27), required for a reservation that was saved later.
    """

    __tablename__ = "dissents"
    __table_args__ = (UniqueConstraint("paragraph_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    position: Mapped[int]
    kind: Mapped[DissentKind]
    presence_id: Mapped[int] = mapped_column(ForeignKey("presences.id"))
    text: Mapped[str]
    noted_at: Mapped[datetime | None]
    announced: Mapped[bool] = mapped_column(default=False, server_default=false())

    presence: Mapped[Presence] = relationship()


class Assignment(Model):
    """An assignment as the paragraph gives it (uppdrag); its reports and closing belong to the assignments slice.

    `text` and `addendum` hold one point per line. `assignee` is the name in the protocol; `assignee_person` or
    `assignee_forum` is who that is, if known.
    """

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("paragraph_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    position: Mapped[int]
    text: Mapped[str]
    addendum: Mapped[str]
    assignee: Mapped[str]
    assignee_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    assignee_forum_id: Mapped[int | None] = mapped_column(ForeignKey("forums.id"), index=True)
    due: Mapped[date | None] = mapped_column(index=True)
    report_to: Mapped[str]

    @property
    def forum(self) -> Forum:
        """The forum that gave the assignment."""
        return self.paragraph.meeting.forum

    @hybrid_method
    def overdue(self, today: date) -> bool:
        """Return whether its due day has passed. In SQL: `Assignment.overdue(today)`."""
        return self.due is not None and self.due < today

    @overdue.inplace.expression  # type: ignore[attr-defined, untyped-decorator]
    @classmethod
    def _overdue(cls, today: date) -> ColumnElement[bool]:
        return cls.due.is_not(None) & (cls.due < today)

    paragraph: Mapped[Paragraph] = relationship(back_populates="assignments")
    assignee_person: Mapped[Person | None] = relationship()
    assignee_forum: Mapped[Forum | None] = relationship()
    every_alternative: Mapped[list[Alternative]] = relationship(
        order_by="Alternative.position", cascade=OWNED, back_populates="assignment"
    )

    @property
    def alternatives(self) -> list[Alternative]:
        """The top-level alternatives, in order."""
        return [a for a in self.every_alternative if a.parent is None]


class Alternative(Model):
    """One alternative of an assignment; alternatives may be nested."""

    __tablename__ = "alternatives"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("alternatives.id"), index=True)
    position: Mapped[int]
    text: Mapped[str]

    assignment: Mapped[Assignment] = relationship(back_populates="every_alternative")
    parent: Mapped[Alternative | None] = relationship(remote_side=[id])

    @property
    def alternatives(self) -> list[Alternative]:
        """Its sub-alternatives, in order."""
        return [a for a in self.assignment.every_alternative if a.parent is self]

    @property
    def above(self) -> list[Alternative]:
        """Its ancestors, the outermost first."""
        return [*self.parent.above, self.parent] if self.parent else []

    @property
    def label(self) -> str:
        """Its label among its siblings: by level a number, a letter, a Roman numeral, and so again."""
        siblings = self.parent.alternatives if self.parent else self.assignment.alternatives
        return (str, letter_of, roman_of)[len(self.above) % 3](siblings.index(self) + 1)

    @property
    def full_label(self) -> str:
        """Its label preceded by those of its ancestors: `2 a`."""
        return " ".join(alternative.label for alternative in [*self.above, self])


class PresenceChange(Model):
    """A change of someone's presence from this paragraph on: they arrive, leave, serve or stop serving."""

    __tablename__ = "presence_changes"
    __table_args__ = (
        UniqueConstraint("paragraph_id", "presence_id"),
        CheckConstraint("(change = 'serves') = (serving_for_id IS NOT NULL)", name="serving_for"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    presence_id: Mapped[int] = mapped_column(ForeignKey("presences.id"), index=True)
    change: Mapped[Change]
    serving_for_id: Mapped[int | None] = mapped_column(ForeignKey("presences.id"))

    presence: Mapped[Presence] = relationship(foreign_keys=[presence_id])
    serving_for: Mapped[Presence | None] = relationship(foreign_keys=[serving_for_id])


class Presiding(Model):
    """The choice of someone to preside (leda mötet) from this paragraph on; see `attendance.presiding`."""

    __tablename__ = "presidings"

    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"), primary_key=True)
    presence_id: Mapped[int] = mapped_column(ForeignKey("presences.id"))

    presence: Mapped[Presence] = relationship()


class Disqualification(Model):
    """Someone disqualified at this paragraph (jäv): they leave the room and take no part (KL 6:30)."""

    __tablename__ = "disqualifications"
    __table_args__ = (UniqueConstraint("paragraph_id", "presence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    presence_id: Mapped[int] = mapped_column(ForeignKey("presences.id"))
    reason: Mapped[str]

    presence: Mapped[Presence] = relationship()


class Review(Model):
    """The chair's verdict on a paragraph at `version`.

    `quote` is the passage that a comment is about, `anchor` the part of the page where it was marked; `resolved_at` is
    when the secretary marked the comment as resolved.
    """

    __tablename__ = "reviews"
    __table_args__ = (CheckConstraint("verdict <> 'return' OR comment <> ''", name="comment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"), index=True)
    version: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    verdict: Mapped[Verdict]
    comment: Mapped[str] = mapped_column(default="")
    quote: Mapped[str] = mapped_column(default="", server_default=text("''"))
    anchor: Mapped[str] = mapped_column(default="", server_default=text("''"))
    resolved_at: Mapped[datetime | None]

    paragraph: Mapped[Paragraph] = relationship(back_populates="reviews")
    by: Mapped[Person] = relationship()
