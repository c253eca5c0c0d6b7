"""Pages for the meeting in progress: opening, writing, marking ready and approving its paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from govern import files
from govern.bounds import number, whole
from govern.cases.access import SEES_ATTACHMENT
from govern.cases.forms import HideForm, hide_form
from govern.cases.models import Attachment
from govern.cases.proposals.queries import listed_attachment
from govern.db import now
from govern.documents.remarks import remarks
from govern.filenames import storable_name
from govern.forums.access import KEEPS, SITS, keeps
from govern.forums.states import ParagraphKind
from govern.meetings import operations as meeting_operations
from govern.meetings import rules as meeting_rules
from govern.meetings.forms import CloseForm
from govern.meetings.models import AgendaItem, Meeting
from govern.meetings.queries import item_by_id, meeting_by_id
from govern.meetings.states import MeetingState
from govern.paragraphs import movements, operations, rules
from govern.paragraphs.access import PRESIDES, SEES, presides
from govern.paragraphs.attendance import presides_at
from govern.paragraphs.drafting import desk
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.drafting import queries as stored
from govern.paragraphs.facts import facts
from govern.paragraphs.forms import AttachForm, ChangeForm, OpenForm, ReturnForm
from govern.paragraphs.live import workspace
from govern.paragraphs.live.timing import lag, timetable_of
from govern.paragraphs.models import Paragraph
from govern.paragraphs.queries import paragraph_by_id, paragraph_to_write, rail, removed_attachments
from govern.paragraphs.states import Change
from govern.paragraphs.undoing.rules import refuse_undoing, refuse_undoing_meeting
from govern.people.access import allow, me, someone
from govern.richtext import from_json
from govern.swedish import SWEDEN, local_clock
from govern.web.errors import wants_json
from govern.web.incoming import sent_object

pages = Blueprint("paragraphs", __name__)

FEW = 2
"""With more paragraphs than this, the page does not offer to undo the meeting's opening."""
SMALL_HOURS = 6
"""Until this hour, a meeting that is closed the day after its day is assumed to have run past midnight."""


@pages.get("/moten/<int:meeting_id>")
@allow(SITS, meeting_by_id)
def meeting(meeting: Meeting) -> ResponseReturnValue:
    """Show the meeting's progress: its paragraphs, and what is left of the agenda."""
    if meeting.opened_at is None:
        return redirect(url_for("meetings.agenda", meeting_id=meeting.id), 303)
    if meeting.state is MeetingState.SEALED:
        return redirect(url_for("protocols.of_meeting", meeting_id=meeting.id), 303)
    return _meeting_page(meeting, OpenForm(formdata=None), _close_form(meeting)), 200


def _close_form(meeting: Meeting) -> CloseForm:
    """Return the form to close the meeting, with "past midnight" ticked in the small hours after its day."""
    form, local = CloseForm(formdata=None, obj=meeting), now().astimezone(SWEDEN)
    past_midnight = local.date() == meeting.day + timedelta(days=1) and local.hour < SMALL_HOURS
    form.ends_next_day.data = meeting.ends_next_day or past_midnight
    return form


def _meeting_page(meeting: Meeting, open_form: OpenForm, close_form: CloseForm) -> str:
    paragraphs = rail(meeting)
    may_keep = keeps(someone(), meeting)
    context = _room(meeting, paragraphs, may_keep=may_keep) | {
        "open_form": open_form,
        "close_form": close_form,
        "may_undo": len(paragraphs) <= FEW and refuse_undoing_meeting(meeting, paragraphs) is None,
    }
    return render_template("paragraphs/room.html", paragraph=None, **context)


def _room(meeting: Meeting, paragraphs: Sequence[Paragraph], *, may_keep: bool) -> dict[str, Any]:
    """Return the template context that the meeting's page needs whichever paragraph is shown."""
    timetable = timetable_of(meeting, paragraphs, now())
    return {
        "timetable": timetable,
        "lag": lag(timetable),
        "meeting": meeting,
        "paragraphs": paragraphs,
        "waiting": workspace.not_opened(meeting, paragraphs),
        "so_far": workspace.outcomes_of(meeting),
        "may_keep": may_keep,
        "may_move": may_keep and meeting_rules.refuse_writing(meeting) is None,
        "refuse_opening": rules.refuse_opening(meeting),
        "refuse_closing": meeting_rules.refuse_closing(meeting),
        "refuse_reopening": meeting_rules.refuse_reopening(meeting),
    }


@pages.post("/arendepunkter/<int:item_id>/paragraf")
@allow(KEEPS, item_by_id)
def open_item(item: AgendaItem) -> ResponseReturnValue:
    """Open an agenda item's paragraph."""
    paragraph = operations.open_item(item, by=me(), at=now())
    return redirect(url_for(".paragraph", paragraph_id=paragraph.id), 303)


@pages.post("/moten/<int:meeting_id>/paragraf")
@allow(KEEPS, meeting_by_id)
def open_unannounced(meeting: Meeting) -> ResponseReturnValue:
    """Open a paragraph that was not on the agenda."""
    form = OpenForm()
    kind = ParagraphKind(form.kind.data) if form.kind.data in set(ParagraphKind) else None
    paragraph = form.try_(lambda: operations.open_unannounced(meeting, form.heading.data, kind, by=me(), at=now()))
    if paragraph:
        return redirect(url_for(".paragraph", paragraph_id=paragraph.id), 303)
    return _meeting_page(meeting, form, _close_form(meeting)), 422


@pages.post("/arendepunkter/<int:item_id>/stryk")
@allow(KEEPS, item_by_id)
def withdraw(item: AgendaItem) -> ResponseReturnValue:
    """Withdraw an item from the agenda."""
    operations.withdraw_item(item, by=me(), at=now())
    flash(f"”{item.heading}” är struket.")
    return redirect(url_for("meetings.agenda", meeting_id=item.meeting_id), 303)


@pages.post("/arendepunkter/<int:item_id>/ta-tillbaka")
@allow(KEEPS, item_by_id)
def reinstate(item: AgendaItem) -> ResponseReturnValue:
    """Reinstate a withdrawn item."""
    meeting_operations.reinstate_item(item, by=me(), at=now())
    flash(f"”{item.heading}” är tillbaka på listan.")
    return redirect(url_for("meetings.agenda", meeting_id=item.meeting_id), 303)


@pages.post("/moten/<int:meeting_id>/avsluta")
@allow(KEEPS, meeting_by_id)
def close(meeting: Meeting) -> ResponseReturnValue:
    """Close the meeting."""
    form = CloseForm()
    form.try_(
        lambda: meeting_operations.close_meeting(
            meeting, form.ends.data, next_day=form.ends_next_day.data, by=me(), at=now()
        )
    )
    if form.done:
        flash("Mötet är avslutat. Skriv klart, och försegla när ordföranden har godkänt allt.")
        return redirect(url_for(".meeting", meeting_id=meeting.id), 303)
    return _meeting_page(meeting, OpenForm(formdata=None), form), 422


@pages.post("/moten/<int:meeting_id>/fortsatt")
@allow(KEEPS, meeting_by_id)
def reopen(meeting: Meeting) -> ResponseReturnValue:
    """Reopen a closed meeting."""
    meeting_operations.reopen_meeting(meeting, by=me(), at=now())
    flash("Mötet pågår igen.")
    return redirect(url_for(".meeting", meeting_id=meeting.id), 303)


@pages.get("/paragrafer/<int:paragraph_id>")
@allow(SEES, paragraph_by_id)
def paragraph(paragraph: Paragraph) -> ResponseReturnValue:
    """Show a paragraph's page, to write, read or approve it."""
    if paragraph.meeting.state is MeetingState.SEALED:
        address = url_for("protocols.of_meeting", meeting_id=paragraph.meeting_id, _anchor=f"p{paragraph.number}")
        return redirect(address, 303)
    return _paragraph_page(paragraph), 200


def _paragraph_page(
    paragraph: Paragraph,
    *,
    return_form: ReturnForm | None = None,
    attach_form: AttachForm | None = None,
    change_form: ChangeForm | None = None,
) -> str:
    person, meeting = someone(), paragraph.meeting
    paragraphs = rail(meeting)
    room = workspace.room_at(paragraph)
    standings = {a.presence.id: a.standing for a in room.attending}
    may_keep = keeps(person, paragraph)
    context = _room(meeting, paragraphs, may_keep=may_keep) | {
        "paragraph": paragraph,
        "facts": facts(paragraph),
        "writing": may_keep and rules.refuse_editing(paragraph) is None,
        "may_see_versions": presides(person, paragraph),
        "locked": rules.wording_locked(paragraph),
        "refuse_undoing": refuse_undoing(paragraph),
        "faults": rules.faults(paragraph, meeting.presences, standings),
        "remarks": [
            *remarks(from_json(section.body) for section in paragraph.sections),
            *drafts.odd_dues((duty.due for duty in paragraph.assignments), meeting.day),
        ],
        "refuse_ready": rules.refuse_ready(paragraph),
        "refuse_taking_back": rules.refuse_taking_back(paragraph),
        "refuse_approval": rules.refuse_approval(paragraph, person) if person else rules.Refusal.NOT_APPROVER,
        "room": room,
        "presided": presides_at(paragraph),
        "return_form": return_form or ReturnForm(formdata=None),
        "attach_form": attach_form or AttachForm(formdata=None),
        "change_form": change_form or ChangeForm(formdata=None),
        "adjusting": {adjuster.presence_id for adjuster in meeting.adjusters},
    }
    if context["writing"]:
        context |= desk.context(paragraph, standings)
    return render_template("paragraphs/room.html", **context)


@pages.post("/paragrafer/<int:paragraph_id>/utkast")
@allow(KEEPS, paragraph_to_write)
def save(paragraph: Paragraph) -> ResponseReturnValue:
    """Save the draft that the page sends as JSON; respond 409 with the stored one if someone else has saved since."""
    sent = sent_object()
    version = sent.get("version")
    if whole(version) is None or not isinstance(version, int):
        abort(400)
    at = now()
    try:
        draft = drafts.parse_sent(sent)
        version = operations.save_draft(paragraph, draft, version=version, by=me(), at=at)
    except operations.Stale as error:
        theirs = drafts.to_json(stored.read(error.paragraph)) | {"version": error.paragraph.version}
        return jsonify(version=error.paragraph.version, theirs=theirs), 409
    return jsonify(version=version, saved=local_clock(at), remarks=drafts.remarks(draft, paragraph.meeting.day))


@pages.post("/paragrafer/<int:paragraph_id>/klarmarkera")
@allow(KEEPS, paragraph_by_id)
def ready(paragraph: Paragraph) -> ResponseReturnValue:
    """Mark a paragraph as ready."""
    operations.mark_ready(paragraph, by=me(), at=now())
    flash(f"{paragraph.label} väntar nu på ordförandens godkännande.")
    return redirect(url_for(".meeting", meeting_id=paragraph.meeting_id), 303)


@pages.post("/paragrafer/<int:paragraph_id>/ta-tillbaka")
@allow(KEEPS, paragraph_by_id)
def take_back(paragraph: Paragraph) -> ResponseReturnValue:
    """Make a paragraph a draft again."""
    operations.take_back(paragraph, by=me(), at=now())
    return redirect(url_for(".paragraph", paragraph_id=paragraph.id), 303)


@pages.post("/paragrafer/<int:paragraph_id>/godkann")
@allow(PRESIDES, paragraph_by_id)
def approve(paragraph: Paragraph) -> ResponseReturnValue:
    """Approve a paragraph, and go to the next that waits."""
    operations.approve(paragraph, by=me(), at=now())
    flash(f"{paragraph.label} är godkänd.")
    following = next((p for p in rail(paragraph.meeting) if not rules.refuse_approval(p, me())), None)
    if following:
        return redirect(url_for(".paragraph", paragraph_id=following.id), 303)
    return redirect(url_for(".meeting", meeting_id=paragraph.meeting_id), 303)


@pages.post("/paragrafer/<int:paragraph_id>/skicka-tillbaka")
@allow(PRESIDES, paragraph_by_id)
def send_back(paragraph: Paragraph) -> ResponseReturnValue:
    """Send a paragraph back with a comment."""
    form = ReturnForm()
    form.try_(lambda: operations.send_back(paragraph, form.comment.data, by=me(), at=now()))
    if form.done:
        flash(f"{paragraph.label} är skickad tillbaka till sekreteraren.")
        return redirect(url_for(".meeting", meeting_id=paragraph.meeting_id), 303)
    return _paragraph_page(paragraph, return_form=form), 422


@pages.post("/paragrafer/<int:paragraph_id>/bilagor")
@allow(KEEPS, paragraph_by_id)
def attach(paragraph: Paragraph) -> ResponseReturnValue:
    """Add a file to a paragraph's list; a script that uploads it gets the updated list as JSON."""
    form = AttachForm()
    added, response = form.list_(operations.add_attachment, paragraph, by=me(), at=now())
    if wants_json():
        if added is None:
            return jsonify(response), 422
        return jsonify(
            **response, html=render_template("paragraphs/attachments.html", paragraph=paragraph, writing=True)
        )
    if form.done:
        flash("Bilagan är tillagd.")
        return redirect(url_for(".paragraph", paragraph_id=paragraph.id), 303)
    return _paragraph_page(paragraph, attach_form=form), 422


@pages.post("/paragrafer/<int:paragraph_id>/bilagor/<int:attachment_id>/ta-bort")
@allow(KEEPS, paragraph_by_id)
def detach(paragraph: Paragraph, attachment_id: int) -> ResponseReturnValue:
    """Remove a file from a paragraph's list."""
    attachment = next((a for a in paragraph.attachments if a.id == attachment_id), None) or abort(404)
    operations.remove_attachment(paragraph, attachment, by=me(), at=now())
    flash(f"”{attachment.title}” är borttagen.")
    return redirect(url_for(".paragraph", paragraph_id=paragraph.id), 303)


@pages.post("/paragrafer/<int:paragraph_id>/bilagor/<int:attachment_id>/lagg-tillbaka")
@allow(KEEPS, paragraph_by_id)
def reattach(paragraph: Paragraph, attachment_id: int) -> ResponseReturnValue:
    """Put a file back that was removed from a paragraph's list."""
    attachment = next((a for a in removed_attachments(paragraph) if a.id == attachment_id), None) or abort(404)
    operations.restore_attachment(paragraph, attachment, by=me(), at=now())
    flash(f"”{attachment.title}” är tillbaka.")
    return redirect(url_for(".paragraph", paragraph_id=paragraph.id), 303)


pages.add_app_template_global(removed_attachments)


@pages.app_template_global("hide_form")
def empty_hide_form(paper: Attachment) -> HideForm:
    """Return, for templates that list papers, the empty form that makes one of them secret."""
    return hide_form(paper, formdata=None)


@pages.post("/paragrafer/<int:paragraph_id>/bilagor/<int:attachment_id>/sekretess")
@allow(KEEPS, paragraph_by_id)
def hide_attachment(paragraph: Paragraph, attachment_id: int) -> ResponseReturnValue:
    """Make one of a paragraph's files secret."""
    _hide(paragraph, paragraph.attachments, attachment_id)
    return redirect(url_for(".paragraph", paragraph_id=paragraph.id), 303)


@pages.post("/arendepunkter/<int:item_id>/handlingar/<int:attachment_id>/sekretess")
@allow(KEEPS, item_by_id)
def hide_paper(item: AgendaItem, attachment_id: int) -> ResponseReturnValue:
    """Make a paper on the agenda secret."""
    _hide(item, item.papers, attachment_id)
    return redirect(url_for("meetings.item", item_id=item.id, _anchor="handlingar"), 303)


def _hide(listed: AgendaItem | Paragraph, papers: Sequence[Attachment], wanted: int) -> None:
    paper = next((paper for paper in papers if paper.id == wanted), None) or abort(404)
    form = hide_form(paper)
    form.try_(lambda: operations.hide_attachment(paper, form.secrecy(), listed=listed, by=me(), at=now()))
    if form.done:
        flash(f"”{paper.title}” har sekretess nu. Den syns bara för dem som sitter i forumet.")
    else:
        flash(" ".join(form.sentences), "error")


@pages.get("/bilagor/<int:attachment_id>")
@allow(SEES_ATTACHMENT, listed_attachment)
def attachment(file: Attachment) -> ResponseReturnValue:
    """Download a file, always as an attachment, so that the browser never renders it on our origin."""
    try:
        data = BytesIO(files.read(file.sha256))
    except FileNotFoundError:  # An imported protocol lists its files without their content.
        abort(404)
    return send_file(data, file.file.media_type, as_attachment=True, download_name=storable_name(file.filename))


@pages.post("/paragrafer/<int:paragraph_id>/narvaro")
@allow(KEEPS, paragraph_by_id)
def change_presence(paragraph: Paragraph) -> ResponseReturnValue:
    """Record that someone arrives, leaves, serves, stops serving or is disqualified at a paragraph."""
    form = ChangeForm()
    form.offer(paragraph.meeting, movements.standings_at(paragraph))
    form.try_(lambda: _move(paragraph, form))
    if form.done:
        flash("Närvaron är ändrad från den här paragrafen.")
        return redirect(url_for(".paragraph", paragraph_id=paragraph.id, _anchor="narvaro"), 303)
    return _paragraph_page(paragraph, change_form=form), 422


@pages.post("/paragrafer/<int:paragraph_id>/funktioner")
@allow(KEEPS, paragraph_by_id)
def appoint(paragraph: Paragraph) -> ResponseReturnValue:
    """Appoint during the meeting its chair, secretary and adjusters."""
    meeting = paragraph.meeting
    chosen = {name: request.form.get(name, 0, type=number) for name in ("chair", "secretary")}
    people = {p.person_id: p.person for p in meeting.presences if p.person_id}
    adjusters = set(request.form.getlist("adjuster", type=number))
    movements.appoint(
        paragraph,
        chair=people.get(chosen["chair"]),
        secretary=people.get(chosen["secretary"]),
        adjusters=[p for p in meeting.presences if p.id in adjusters],
        confirmed="adjusters_confirmed" in request.form,
        by=me(),
        at=now(),
    )
    flash("Det är ändrat vem som leder mötet, skriver och justerar.")
    return redirect(url_for(".paragraph", paragraph_id=paragraph.id, _anchor="narvaro"), 303)


@pages.post("/paragrafer/<int:paragraph_id>/leder")
@allow(KEEPS, paragraph_by_id)
def preside(paragraph: Paragraph) -> ResponseReturnValue:
    """Record who is chosen to preside from a paragraph on, or undo it."""
    wanted = request.form.get("presence", 0, type=number)
    who = next((p for p in paragraph.meeting.presences if p.id == wanted), None)
    if who is None:
        movements.undo_presiding(paragraph, by=me(), at=now())
    else:
        movements.preside(paragraph, who, by=me(), at=now())
    flash("Det är ändrat vem som leder mötet från den här paragrafen.")
    return redirect(url_for(".paragraph", paragraph_id=paragraph.id, _anchor="narvaro"), 303)


def _move(paragraph: Paragraph, form: ChangeForm) -> None:
    by_id = {p.id: p for p in paragraph.meeting.presences}
    who, served = by_id[form.presence.data], by_id.get(form.served.data)
    if form.change.data == "disqualified":
        movements.disqualify(paragraph, who, form.reason.data or "", by=me(), at=now())
    else:
        movements.change_presence(paragraph, who, Change(form.change.data), served, by=me(), at=now())


@pages.post("/paragrafer/<int:paragraph_id>/narvaro/<int:presence_id>/angra")
@allow(KEEPS, paragraph_by_id)
def undo_presence(paragraph: Paragraph, presence_id: int) -> ResponseReturnValue:
    """Undo what was recorded about someone at a paragraph."""
    who = next((p for p in paragraph.meeting.presences if p.id == presence_id), None) or abort(404)
    movements.undo(paragraph, who, by=me(), at=now())
    flash("Ändringen är ångrad.")
    return redirect(url_for(".paragraph", paragraph_id=paragraph.id, _anchor="narvaro"), 303)
