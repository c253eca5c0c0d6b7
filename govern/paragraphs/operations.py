"""Opening, saving, marking ready, approving and sending back paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from govern import audit, hooks, outbox, richtext
from govern.cases.access import proposal_standings
from govern.cases.models import Attachment, Proposal
from govern.cases.operations import attach, case_of, find_or_open, inherit_secrecy
from govern.cases.proposals import printing
from govern.db import db, save_changes
from govern.errors import Refused, enforce
from govern.forums.operations import draw_number
from govern.forums.states import ParagraphKind
from govern.meetings.models import AgendaItem, Meeting
from govern.meetings.operations import withhold_item
from govern.meetings.rules import Refusal as MeetingRefusal
from govern.meetings.rules import refuse_change
from govern.paragraphs import movements, outcomes, rules
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.drafting import versions, writing
from govern.paragraphs.drafting.draft import Draft
from govern.paragraphs.drafting.models import ParagraphVersion
from govern.paragraphs.models import (
    Decision,
    DecisionClause,
    Paragraph,
    ParagraphAttachment,
    Review,
    Section,
)
from govern.paragraphs.queries import treated
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import Outcome, ParagraphState, SectionKind, Verdict
from govern.people.events import refuse_held
from govern.people.models import Person
from govern.record import WITHHELD
from govern.search.references import normalise
from govern.topics import Topic


class Stale(Refused):
    """Raise when someone else has saved in the meantime; `paragraph` holds what they wrote."""

    def __init__(self, paragraph: Paragraph) -> None:
        super().__init__(Refusal.STALE.value)
        self.paragraph = paragraph


def queue_index_update(paragraphs: Sequence[Paragraph], *, at: datetime) -> None:
    """Queue index updates for these paragraphs and, for the sealed ones, a check against saved searches."""
    for paragraph in paragraphs:
        outbox.enqueue(Topic.INDEX, paragraph.id, at=at)
        if paragraph.meeting.sealed_at is not None:
            outbox.enqueue(Topic.WATCH, paragraph.id, at=at)


def open_item(item: AgendaItem, *, by: Person, at: datetime) -> Paragraph:
    """Open an agenda item's paragraph, which takes the next number of the forum's series.

    Its first text is what was prepared: the proposal's parts become sections, and its clauses a proposed decision.

    Raises:
        Refused: if the meeting is not open, or the item is withdrawn or already has a paragraph.
    """
    enforce(Refusal.WITHDRAWN if item.withdrawn else None)
    if db.session.scalar(db.select(Paragraph.id).where(Paragraph.agenda_item_id == item.id)):
        raise Refused(Refusal.ALREADY_OPENED)
    return _open(item.meeting, item.heading, item.kind, item=item, by=by, at=at)


def open_unannounced(
    meeting: Meeting, heading: str, kind: ParagraphKind | None, *, by: Person, at: datetime
) -> Paragraph:
    """Open a paragraph for something that was not on the agenda.

    Raises:
        Refused: if the meeting is not open, or the heading is blank.
    """
    if not heading.strip():
        raise Refused(Refusal.NO_HEADING, "heading")
    return _open(meeting, heading.strip(), kind, item=None, by=by, at=at)


def _open(
    meeting: Meeting, heading: str, kind: ParagraphKind | None, *, item: AgendaItem | None, by: Person, at: datetime
) -> Paragraph:
    enforce(rules.refuse_opening(meeting))
    series, number = draw_number(meeting.forum, day=meeting.day, meeting_id=meeting.id)
    paragraph = Paragraph(
        meeting=meeting,
        agenda_item=item,
        series=series,
        number=number,
        heading=heading,
        kind=kind,
        state=ParagraphState.DRAFT,
        reference=item.case.reference if item and item.case else "",
        case=item.case if item else None,
        opened_at=at,
        opened_by=by,
        attachments=list(item.papers) if item else [],
        confidential=_secrecy(item),
        sections=_prepared_sections(item),
        decisions=_prepared_decisions(meeting, item),
    )
    db.session.add(paragraph)
    if item is not None:
        withhold_item(item, paragraph.confidential, by=by, at=at)
    audit.write("paragraph.opened", paragraph, by=by, at=at, number=number)
    queue_index_update([paragraph], at=at)
    save_changes()
    return paragraph


PARTS = {"matter": SectionKind.MATTER, "basis": SectionKind.BASIS}
"""The section kinds of a proposal's parts; the other parts become sections of kind `OTHER`."""


def _secrecy(item: AgendaItem | None) -> str | None:
    """Return the item's reason for secrecy, else its proposal's: text copied from a secret paper is secret too.

    A proposal without a reason of its own is secret if a secret item or § lists it.
    """
    if item is None or item.confidential or item.proposal is None:
        return item.confidential if item else None
    secret = proposal_standings([item.proposal])[item.proposal.id].secret
    return item.proposal.confidential or (WITHHELD if secret else None)


def _prepared_sections(item: AgendaItem | None) -> list[Section]:
    """Return the proposal's parts as sections, else one section with the text prepared on the agenda, if any."""
    parts = printing.sections(item.proposal) if item and item.proposal else []
    if not parts:
        body = richtext.to_json(richtext.plain(item.text)) if item and not item.proposal else []
        return [Section(position=0, kind=SectionKind.TEXT, heading="", body=body)]
    return [
        Section(
            position=place,
            kind=PARTS.get(name, SectionKind.OTHER),
            heading=printing.HEADINGS[name],
            body=richtext.to_json(blocks),
        )
        for place, (name, blocks) in enumerate(parts)
    ]


def _prepared_decisions(meeting: Meeting, item: AgendaItem | None) -> list[Decision]:
    """Return the proposed clauses, if any, as a decision."""
    proposal: Proposal | None = item.proposal if item else None
    clauses = proposal.clauses if proposal else item.clauses.splitlines() if item else []
    if not clauses:
        return []
    decision = Decision(
        position=0,
        outcome=outcomes.said_by_all(clauses) or Outcome.APPROVAL,
        lead=f"{meeting.forum.name} beslutar",
        recipients=list(proposal.recipients) if proposal else [],
        clauses=[DecisionClause(position=place, text=text) for place, text in enumerate(clauses)],
    )
    return [decision]


def save_draft(
    paragraph: Paragraph, draft: Draft, *, version: int, by: Person, at: datetime, apart: bool = False
) -> int:
    """Save a paragraph's content, which was edited from `version`; return the new version.

    Most rules are not checked here but when the paragraph is marked ready. `apart` stores it as a separate version,
    even if the same person saved recently.

    Raises:
        Stale: if someone else has saved in the meantime; nothing has changed.
        Refused: if the paragraph waits for approval, is approved or sealed, names someone who is not on the presence
            list, or changes a decision whose wording is locked.
    """
    enforce(rules.refuse_editing(paragraph))
    if paragraph.version != version:
        raise Stale(paragraph)
    turned = bool(paragraph.confidential) != bool(draft.confidential)
    latest, content = versions.latest_of(paragraph), drafts.to_json(draft)
    kept = latest is not None and latest.version == version
    before = latest.draft if latest and kept else drafts.to_json(stored.read(paragraph))
    bodies = writing.bodies(before["sections"], content["sections"], draft.sections)
    if rules.wording_locked(paragraph):  # Read the rows only then: the editor saves at every pause in the typing.
        enforce(rules.refuse_rewording(paragraph, stored.read(paragraph).decisions, draft.decisions), "decisions")
    enforce(Refusal.NOT_PRESENT if writing.people_of_other_meetings(paragraph, draft, before, content) else None)
    _claim(paragraph, draft, version, at)
    writing.write(paragraph, draft, at, before=before, after=content, bodies=bodies)
    if paragraph.agenda_item:
        withhold_item(paragraph.agenda_item, draft.confidential, by=by, at=at)
    if turned:
        hooks.announce(hooks.Event.PARAGRAPH_WITHHELD, paragraph, by=by, at=at)
    versions.keep(paragraph, version + 1, content, latest, by=by, at=at, apart=apart)
    queue_index_update([paragraph, *(_listing_the_same(paragraph) if turned else ())], at=at)
    audit.write("paragraph.saved", paragraph, by=by, at=at, version=version + 1)
    save_changes()
    return version + 1


def _listing_the_same(paragraph: Paragraph) -> Sequence[Paragraph]:
    """Return the other paragraphs that list one of its files: a file is as secret as the most secret of them."""
    files = select(ParagraphAttachment.attachment_id).where(ParagraphAttachment.paragraph_id == paragraph.id)
    others = select(ParagraphAttachment.paragraph_id).where(ParagraphAttachment.attachment_id.in_(files))
    return db.session.scalars(select(Paragraph).where(Paragraph.id.in_(others), Paragraph.id != paragraph.id)).all()


_CLAIM = update(Paragraph).where(
    Paragraph.id == bindparam("this"),
    Paragraph.version == bindparam("typed_on"),
    Paragraph.state == bindparam("judged"),
)


def _claim(paragraph: Paragraph, draft: Draft, version: int, at: datetime) -> None:
    """Update the paragraph's row if its version and state are unchanged; a concurrent save then fails as stale."""
    case = case_of(paragraph.forum.collaboration, draft.reference) if normalise(draft.reference) else None
    row = {
        "version": version + 1,
        "saved_at": at,
        "heading": draft.heading,
        "kind": draft.kind,
        "reference": draft.reference,
        "confidential": draft.confidential,
        "case_id": case.id if case else None,
    }
    held = {"this": paragraph.id, "typed_on": version, "judged": paragraph.state}
    if not db.session.connection().execute(_CLAIM, row | held).rowcount:
        db.session.refresh(paragraph)
        enforce(rules.refuse_editing(paragraph))
        raise Stale(paragraph)


def restore(paragraph: Paragraph, kept: ParagraphVersion, *, by: Person, at: datetime) -> int:
    """Restore an earlier version as a new save, keeping the current text as a version; return the new version's number.

    Raises:
        Refused: if the paragraph may not be changed, or the version names someone no longer on the presence list.
    """
    versions.ensure_stored(paragraph, by=by, at=at)
    return save_draft(paragraph, drafts.parse(kept.draft), version=paragraph.version, by=by, at=at, apart=True)


def withdraw_item(item: AgendaItem, *, by: Person, at: datetime) -> None:
    """Withdraw an item from the agenda; `meetings.operations.reinstate_item` undoes it.

    Raises:
        Refused: if the meeting is sealed or called off, or the item has a paragraph.
    """
    enforce(refuse_change(item.meeting))
    enforce(MeetingRefusal.HAS_PARAGRAPH if treated(item) else None)
    item.withdrawn_at = at
    audit.write("agenda.withdrawn", item, by=by, at=at)
    save_changes()


def mark_ready(paragraph: Paragraph, *, by: Person, at: datetime) -> None:
    """Mark a paragraph as ready for the chair's approval.

    Raises:
        Refused: if it is not a draft or returned, lacks a heading, or breaks a rule.
    """
    enforce(rules.refuse_ready(paragraph))
    if not paragraph.heading:
        raise Refused(Refusal.NO_HEADING, "heading")
    for sentence in movements.faults(paragraph):
        raise Refused(sentence)
    if normalise(paragraph.reference):
        collaboration = paragraph.forum.collaboration
        paragraph.case = find_or_open(collaboration, paragraph.reference, paragraph.heading, by=by, at=at)
    paragraph.state, paragraph.ready_at = ParagraphState.READY, at
    versions.mark(paragraph, ParagraphState.READY, by=by, at=at)
    _note("paragraph.ready", paragraph, by=by, at=at)


def take_back(paragraph: Paragraph, *, by: Person, at: datetime) -> None:
    """Make a paragraph that waits or is approved a draft again.

    Raises:
        Refused: if it is a draft, returned or sealed.
    """
    enforce(rules.refuse_taking_back(paragraph))
    paragraph.state = ParagraphState.DRAFT
    paragraph.ready_at = paragraph.approved_at = paragraph.approved_by = None
    _note("paragraph.taken_back", paragraph, by=by, at=at)


def approve(paragraph: Paragraph, *, by: Person, at: datetime, read: int | None = None) -> None:
    """Approve a paragraph; `read` is the version that was on the page.

    Raises:
        Refused: if it does not wait for approval, `by` did not preside, `by`'s account is closed or on hold after a
            reset by others, or the paragraph has changed since it was read.
    """
    enforce(rules.refuse_approval(paragraph, by))
    refuse_held(by, at=at)
    enforce(rules.refuse_unread(paragraph, read))
    paragraph.state, paragraph.approved_at, paragraph.approved_by = ParagraphState.APPROVED, at, by
    versions.mark(paragraph, ParagraphState.APPROVED, by=by, at=at)
    _review(paragraph, Verdict.APPROVE, by=by, at=at)
    _note("paragraph.approved", paragraph, by=by, at=at, version=paragraph.version)


def send_back(
    paragraph: Paragraph,
    comment: str,
    *,
    by: Person,
    at: datetime,
    quote: str = "",
    anchor: str = "",
    read: int | None = None,
) -> None:
    """Send a paragraph back to the secretary with a comment on what to change, and the passage that it concerns.

    Raises:
        Refused: if approval would be refused, or the comment is blank.
    """
    enforce(rules.refuse_return(paragraph, by, comment), "comment")
    refuse_held(by, at=at)
    enforce(rules.refuse_unread(paragraph, read))
    paragraph.state, paragraph.ready_at = ParagraphState.RETURNED, None
    versions.mark(paragraph, ParagraphState.RETURNED, by=by, at=at)
    _review(paragraph, Verdict.RETURN, comment.strip(), quote=quote.strip(), anchor=anchor, by=by, at=at)
    _note("paragraph.returned", paragraph, by=by, at=at, version=paragraph.version)


def resolve(review: Review, *, by: Person, at: datetime) -> None:
    """Mark a comment as resolved.

    Raises:
        Refused: if it is resolved already, or the protocol is sealed.
    """
    enforce(rules.refuse_resolving(review))
    review.resolved_at = at
    audit.write("review.resolved", review.paragraph, by=by, at=at, review=review.id)
    save_changes()


def set_immediate(paragraph: Paragraph, immediate: bool, *, by: Person, at: datetime) -> None:
    """Set whether a paragraph is to be adjusted immediately, at the meeting.

    Raises:
        Refused: if the meeting is not open, or the paragraph is adjusted already.
    """
    enforce(rules.refuse_immediate(paragraph))
    paragraph.immediate = immediate
    _note("paragraph.immediate", paragraph, by=by, at=at, immediate=immediate)


def add_attachment(
    paragraph: Paragraph,
    filename: str,
    data: bytes,
    title: str,
    *,
    confidential: str | None,
    by: Person,
    at: datetime,
) -> Attachment:
    """List a file under a paragraph.

    Raises:
        Refused: if the paragraph may not be changed, or the file is not accepted.
    """
    enforce(rules.refuse_editing(paragraph))
    attachment = attach(filename, data, title, confidential=confidential, by=by, at=at)
    enforce(rules.refuse_editing(paragraph))
    db.session.add(ParagraphAttachment(paragraph_id=paragraph.id, attachment_id=attachment.id))
    _note("paragraph.attached", paragraph, by=by, at=at, attachment=attachment.id)
    db.session.expire(paragraph, ["attachments"])
    return attachment


def remove_attachment(paragraph: Paragraph, attachment: Attachment, *, by: Person, at: datetime) -> None:
    """Remove a file from a paragraph's list; the file itself remains.

    Raises:
        Refused: if the paragraph may not be changed.
    """
    enforce(rules.refuse_editing(paragraph))
    paragraph.attachments.remove(attachment)
    inherit_secrecy(attachment, paragraph.confidential)
    _note("paragraph.detached", paragraph, by=by, at=at, attachment=attachment.id)


def restore_attachment(paragraph: Paragraph, attachment: Attachment, *, by: Person, at: datetime) -> None:
    """Put a file that was removed from a paragraph's list back.

    Raises:
        Refused: if the paragraph may not be changed.
    """
    enforce(rules.refuse_editing(paragraph))
    paragraph.attachments.append(attachment)
    _note("paragraph.reattached", paragraph, by=by, at=at, attachment=attachment.id)


def hide_attachment(
    attachment: Attachment, reason: str | None, *, listed: AgendaItem | Paragraph, by: Person, at: datetime
) -> None:
    """Make an open file secret wherever it is listed; `listed` is the item or paragraph on whose page it was requested.

    Raises:
        Refused: if no reason is given, it is secret already, or `listed` may not be changed.
    """
    enforce(refuse_change(listed.meeting) if isinstance(listed, AgendaItem) else rules.refuse_editing(listed))
    enforce(rules.refuse_hiding(attachment, reason), "confidential")
    attachment.confidential = reason
    audit.write("file.withheld", attachment, by=by, at=at)
    listing = select(ParagraphAttachment.paragraph_id).where(ParagraphAttachment.attachment_id == attachment.id)
    queue_index_update(db.session.scalars(select(Paragraph).where(Paragraph.id.in_(listing))).all(), at=at)
    save_changes()


def _review(
    paragraph: Paragraph,
    verdict: Verdict,
    comment: str = "",
    *,
    quote: str = "",
    anchor: str = "",
    by: Person,
    at: datetime,
) -> None:
    said = {"comment": comment, "quote": quote, "anchor": anchor}
    paragraph.reviews.append(Review(version=paragraph.version, verdict=verdict, by_id=by.id, at=at, **said))


def _note(action: str, paragraph: Paragraph, *, by: Person, at: datetime, **facts: Any) -> None:
    audit.write(action, paragraph, by=by, at=at, **facts)
    queue_index_update([paragraph], at=at)
    save_changes()
