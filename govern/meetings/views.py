"""Pages for planning and calling a meeting, and for its agenda."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from govern.cases.proposals.queries import proposal_by_id, ready_proposals
from govern.db import now
from govern.forums.access import KEEPS, READS, keeps, sits
from govern.forums.models import Forum
from govern.forums.queries import forum_by_slug
from govern.mail import configured
from govern.media import MEDIA, Ending
from govern.meetings import operations, rules
from govern.meetings.access import opens, papers_seen
from govern.meetings.forms import ItemForm, MeetingForm, PaperForm
from govern.meetings.models import AgendaItem, Meeting, SummonsPackage
from govern.meetings.papers_deadline import last_day, lateness, past
from govern.meetings.queries import item_by_id, meeting_by_id, removed_papers
from govern.meetings.summons import queries as summons
from govern.meetings.timing import timed, timetable_for
from govern.people.access import allow, me, someone
from govern.swedish import local_day, slug
from govern.web.errors import wants_json
from govern.web.incoming import sent_ids

pages = Blueprint("meetings", __name__)


@pages.route("/forum/<slug>/nytt-mote", methods=["GET", "POST"])
@allow(KEEPS, forum_by_slug)
def new(forum: Forum) -> ResponseReturnValue:
    """Plan a meeting."""
    form = MeetingForm()
    meeting = form.try_(lambda: operations.plan_meeting(forum, form.facts(), by=me(), at=now()))
    if meeting:
        flash("Mötet är planerat. Forumets stående punkter finns redan på listan.")
        return redirect(url_for(".agenda", meeting_id=meeting.id), 303)
    return render_template("meetings/form.html", form=form, forum=forum, meeting=None), _status()


@pages.route("/moten/<int:meeting_id>/andra", methods=["GET", "POST"])
@allow(KEEPS, meeting_by_id)
def change(meeting: Meeting) -> ResponseReturnValue:
    """Change when, where and how a meeting is held."""
    form = MeetingForm(obj=meeting, kind=meeting.kind.value, mode=meeting.mode.value)
    form.try_(lambda: operations.change_meeting(meeting, form.facts(), by=me(), at=now()))
    if form.done:
        response = meeting.called_at is not None and configured(current_app.config["GOVERN"])
        flash("Sparat. Är tiden eller platsen ny får de som är kallade en ny inbjudan." if response else "Sparat.")
        return redirect(url_for(".agenda", meeting_id=meeting.id), 303)
    return render_template("meetings/form.html", form=form, forum=meeting.forum, meeting=meeting), _status()


@pages.route("/moten/<int:meeting_id>/foredragningslista", methods=["GET", "POST"])
@allow(READS, meeting_by_id)
def agenda(meeting: Meeting) -> ResponseReturnValue:
    """Show the agenda, and let the secretary add an item."""
    may_keep = keeps(someone(), meeting) and rules.refuse_change(meeting) is None
    form = ItemForm().offer(ready_proposals(meeting.forum) if may_keep else [])
    if request.method == "POST" and not may_keep:
        abort(403, KEEPS.sentence)
    item = form.try_(lambda: _save(form, meeting, None))
    if item:
        flash(f"”{item.heading}” är tillagt.")
        return redirect(url_for(".agenda", meeting_id=meeting.id, _anchor="lagg-till"), 303)
    seen = papers_seen(someone(), meeting)
    context = {
        "meeting": meeting,
        "form": form,
        "may_keep": may_keep,
        "starts": {slot.item_id: slot.planned for slot in timetable_for(meeting).slots} if timed(meeting) else {},
        "ends": timetable_for(meeting).planned_end if timed(meeting) else None,
        "late": {item.id: lateness(item, seen.__contains__) for item in meeting.agenda},
        "last_day": last_day(meeting),
        "papers_past": past(meeting, now()),
        "packages": _packages(meeting),
        "seen": seen,
        "sits": sits(someone(), meeting),
        "mails": configured(current_app.config["GOVERN"]),
        "refuse_opening": rules.refuse_opening(meeting),
        "other_day": local_day(now()) != meeting.day,
        "refuse_removing": rules.refuse_removing(meeting),
        "refuse_summons": rules.refuse_summons(meeting),
    }
    return render_template("meetings/agenda.html", **context), _status()


@pages.post("/moten/<int:meeting_id>/foredragningslista/ordning")
@allow(KEEPS, meeting_by_id)
def order(meeting: Meeting) -> ResponseReturnValue:
    """Reorder the agenda, as sent in the JSON `{"order": [id, …]}`."""
    operations.order_items(meeting, sent_ids("order", rules.Refusal.ORDER), by=me(), at=now())
    return jsonify(saved=True)


@pages.post("/arendepunkter/<int:item_id>/flytta/<any(upp, ned):way>")
@allow(KEEPS, item_by_id)
def move(item: AgendaItem, way: str) -> ResponseReturnValue:
    """Move an item one step, for browsers without scripts."""
    operations.move_item(item, -1 if way == "upp" else 1, by=me(), at=now())
    return redirect(url_for(".agenda", meeting_id=item.meeting_id, _anchor=f"punkt-{item.id}"), 303)


@pages.route("/arendepunkter/<int:item_id>", methods=["GET", "POST"])
@allow(KEEPS, item_by_id)
def item(item: AgendaItem) -> ResponseReturnValue:
    """Show and change an agenda item."""
    form = _item_form(item)
    form.try_(lambda: _save(form, item.meeting, item))
    if form.done:
        flash("Sparat.")
        return redirect(url_for(".agenda", meeting_id=item.meeting_id), 303)
    return _item_page(item, form, PaperForm(formdata=None)), _status()


def _item_form(item: AgendaItem, **options: Any) -> ItemForm:
    offered = list(ready_proposals(item.forum))
    if item.proposal is not None and item.proposal not in offered:
        offered.insert(0, item.proposal)
    form = ItemForm(
        obj=item,
        kind=item.kind.value if item.kind else "",
        reference=item.case.reference if item.case else "",
        proposal_id=item.proposal.id if item.proposal else None,
        **options,
    )
    return form.offer(offered)


def _save(form: ItemForm, meeting: Meeting, item: AgendaItem | None) -> AgendaItem:
    return operations.save_item(
        meeting,
        item,
        heading=form.heading.data or "",
        kind=form.code(),
        reference=form.reference.data or "",
        note=form.note.data or "",
        minutes=form.minutes.data,
        proposal=proposal_by_id(form.proposal_id.data) if form.proposal_id.data else None,
        text=form.text.data or "",
        clauses=form.clauses.data or "",
        by=me(),
        at=now(),
    )


def _item_page(item: AgendaItem, form: ItemForm, paper_form: PaperForm) -> str:
    return render_template(
        "meetings/item.html",
        form=form,
        paper_form=paper_form,
        item=item,
        late=lateness(item),
    )


@pages.post("/arendepunkter/<int:item_id>/handlingar")
@allow(KEEPS, item_by_id)
def add_paper(item: AgendaItem) -> ResponseReturnValue:
    """Add a paper to an agenda item; a script that uploads it gets the updated list as JSON."""
    form = PaperForm()
    paper, response = form.list_(operations.add_paper, item, by=me(), at=now())
    if wants_json():
        if paper is None:
            return jsonify(response), 422
        return jsonify(**response, html=render_template("meetings/papers.html", item=item))
    if paper is not None:
        flash("Handlingen är tillagd.")
        return redirect(url_for(".item", item_id=item.id), 303)
    return _item_page(item, _item_form(item, formdata=None), form), 422


@pages.post("/arendepunkter/<int:item_id>/handlingar/<int:attachment_id>/ta-bort")
@allow(KEEPS, item_by_id)
def remove_paper(item: AgendaItem, attachment_id: int) -> ResponseReturnValue:
    """Remove a paper from an agenda item."""
    paper = next((paper for paper in item.papers if paper.id == attachment_id), None) or abort(404)
    operations.remove_paper(item, paper, by=me(), at=now())
    flash(f"”{paper.title}” är borttagen.")
    return redirect(url_for(".item", item_id=item.id), 303)


@pages.post("/arendepunkter/<int:item_id>/handlingar/<int:attachment_id>/lagg-tillbaka")
@allow(KEEPS, item_by_id)
def restore_paper(item: AgendaItem, attachment_id: int) -> ResponseReturnValue:
    """Put a paper back that was removed from an agenda item."""
    paper = next((paper for paper in removed_papers(item) if paper.id == attachment_id), None) or abort(404)
    operations.restore_paper(item, paper, by=me(), at=now())
    flash(f"”{paper.title}” är tillbaka.")
    return redirect(url_for(".item", item_id=item.id), 303)


pages.add_app_template_global(removed_papers)


def _packages(meeting: Meeting) -> list[SummonsPackage]:
    """List the packages of the latest summons that the signed-in person may open."""
    sent = meeting.summonses[-1].packages if meeting.summonses else []
    return [package for package in sent if opens(someone(), package)]


@pages.post("/moten/<int:meeting_id>/kalla")
@allow(KEEPS, meeting_by_id)
def call(meeting: Meeting) -> ResponseReturnValue:
    """Call the meeting."""
    operations.call(meeting, by=me(), at=now())
    if configured(current_app.config["GOVERN"]):
        flash("Kallelsen är klar och skickas till dem som är kallade.")
    else:
        flash("Kallelsen är klar. Ladda ned den och skicka den till dem som är kallade.")
    return redirect(url_for(".agenda", meeting_id=meeting.id), 303)


@pages.get("/moten/<int:meeting_id>/kallelse.<any(pdf, docx):ending>")
@allow(READS, meeting_by_id)
def summons_file(meeting: Meeting, ending: Ending) -> ResponseReturnValue:
    """Download the summons: the PDF last sent, if there is one that the reader may see, else as it would be now."""
    name = f"kallelse-{slug(meeting.forum.name)}-{meeting.day.isoformat()}"
    withheld = not sits(someone(), meeting) and any(item.confidential for item in meeting.agenda)
    if ending == "docx":
        return send_file(BytesIO(summons.docx(meeting, now(), withheld=withheld)), MEDIA[ending], True, f"{name}.docx")
    as_sent = meeting.summonses and not withheld  # The sent PDF may name items that have since become confidential.
    sent = meeting.summonses[-1].pdf if as_sent else summons.pdf(meeting, now(), withheld=withheld)
    return send_file(BytesIO(sent), "application/pdf", False, f"{name}.pdf")


@pages.post("/moten/<int:meeting_id>/oppna")
@allow(KEEPS, meeting_by_id)
def open_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Open the meeting."""
    operations.open_meeting(meeting, by=me(), at=now())
    flash("Mötet är öppnat. Stäm av närvaron och öppna den första paragrafen.")
    return redirect(url_for("paragraphs.meeting", meeting_id=meeting.id), 303)


def _status() -> int:
    """Return 422 if a submitted form is shown again, else 200."""
    return 422 if request.method == "POST" else 200
