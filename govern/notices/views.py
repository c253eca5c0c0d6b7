"""The public notice board, and the page where a protocol's notice is posted and taken down."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.forums.access import KEEPS, READS, keeps
from govern.media import MEDIA, Ending
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.notices import operations, rules
from govern.notices.forms import DayForm, PostForm, WithdrawForm
from govern.notices.models import Notice, Posting
from govern.notices.printing import filename, printed_notice, what
from govern.notices.publishing.queries import public_copy_of
from govern.notices.queries import (
    adjusted_on,
    archive_page,
    board_names,
    board_page,
    boards_of,
    kept_before,
    notice_by_id,
    notice_of,
    posting_by_id,
    withdrawn_of,
)
from govern.notices.terms import post_by
from govern.people.access import ANYONE, allow, me, someone
from govern.protocols.models import Protocol
from govern.protocols.queries import minutes_by_id, protocol_of
from govern.regimes import REGIMES
from govern.swedish import local_day
from govern.web.paging import asked_page

pages = Blueprint("notices", __name__)


@pages.get("/anslagstavla")
@allow(ANYONE)
def board() -> ResponseReturnValue:
    """Show the public what is posted now, until when, and how to appeal."""
    return _board_page("notices/board.html", board_page(asked_page(), _asked_board()))


@pages.get("/anslagstavla/arkiv")
@allow(ANYONE)
def archive() -> ResponseReturnValue:
    """Show the public the notices that have been taken down."""
    return _board_page("notices/archive.html", archive_page(asked_page(), _asked_board()))


def _asked_board() -> str:
    return request.args.get("tavla", "")


def _board_page(template: str, page: object) -> str:
    today = local_day(now())
    return render_template(template, page=page, boards=board_names(), asked=_asked_board(), today=today, **_deadlines())


def _deadlines() -> dict[str, object]:
    return {
        "appeal": {name: demands.appeal for name, demands in REGIMES.items()},
        "what": what,
        "state_of": rules.state_of,
        "appeal_ends": rules.appeal_ends,
        "may_come_down": rules.may_come_down,
    }


@pages.get("/anslagstavla/<int:notice_id>")
@allow(ANYONE, notice_by_id)
def notice(notice: Notice) -> ResponseReturnValue:
    """Show the public one notice."""
    copy_id = public_copy_of(notice.protocol)
    return render_template(
        "notices/notice.html", notice=notice, copy_id=copy_id, today=local_day(now()), **_deadlines()
    )


@pages.get("/moten/<int:meeting_id>/anslag")
@allow(READS, meeting_by_id)
def of_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Redirect to the notice of a meeting's protocol."""
    protocol = protocol_of(meeting) or abort(404)
    return redirect(url_for(".of_protocol", protocol_id=protocol.id), 303)


@pages.get("/protokoll/<int:protocol_id>/anslag")
@allow(READS, minutes_by_id)
def of_protocol(protocol: Protocol) -> ResponseReturnValue:
    """Show the state of a protocol's notice, with the controls for it if the reader is the secretary."""
    return _page(protocol, PostForm(formdata=None, kept_at=kept_before(protocol.forum)))


@pages.post("/protokoll/<int:protocol_id>/anslag")
@allow(KEEPS, minutes_by_id)
def post(protocol: Protocol) -> ResponseReturnValue:
    """Post the notice."""
    form = PostForm()
    form.try_(lambda: operations.post(protocol, form.kept_at.data, by=me(), at=now()))
    if form.done:
        flash("Protokollet är anslaget.")
        return redirect(url_for(".of_protocol", protocol_id=protocol.id), 303)
    return _page(protocol, form), 422


@pages.post("/anslag/<int:posting_id>/uppsatt")
@allow(KEEPS, posting_by_id)
def note_posted(posting: Posting) -> ResponseReturnValue:
    """Record when another member of a joint board posted the notice."""
    form = DayForm(prefix=_prefix(posting))
    form.try_(lambda: operations.note_posted(posting, form.day.data, by=me(), at=now()))
    return _after_change(posting, form, f"Antecknat: anslaget sitter på {posting.board}s tavla.")


@pages.post("/anslag/<int:posting_id>/ta-ned")
@allow(KEEPS, posting_by_id)
def take_down(posting: Posting) -> ResponseReturnValue:
    """Take the notice down: from this installation's board today, from another board on the day given."""
    form = DayForm(prefix=_prefix(posting))
    if posting.here:
        operations.take_down(posting, local_day(now()), by=me(), at=now())
        form.done = True
    else:
        form.try_(lambda: operations.take_down(posting, form.day.data, by=me(), at=now()))
    done = "Anslaget är nedtaget." if posting.notice.down_at is None else "Anslaget är nedtaget. Beviset är klart."
    return _after_change(posting, form, done)


@pages.route("/anslag/<int:notice_id>/aterkalla", methods=["GET", "POST"])
@allow(KEEPS, notice_by_id)
def withdraw(notice: Notice) -> ResponseReturnValue:
    """Ask why a notice is withdrawn, and withdraw it."""
    form = WithdrawForm()
    form.try_(lambda: operations.withdraw(notice, form.reason.data or "", by=me(), at=now()))
    if form.done:
        flash("Anslaget är återkallat. Protokollet kan anslås på nytt, och tiden att överklaga räknas då om.")
        return redirect(url_for(".of_protocol", protocol_id=notice.protocol_id), 303)
    refusal = rules.refuse_withdrawing(notice, form.reason.data or "?")
    page = render_template("notices/withdraw.html", notice=notice, form=form, refusal=refusal, what=what)
    return page, 422 if request.method == "POST" else 200


def _after_change(posting: Posting, form: DayForm, done: str) -> ResponseReturnValue:
    protocol = posting.notice.protocol
    if form.done:
        flash(done)
        return redirect(url_for(".of_protocol", protocol_id=protocol.id), 303)
    return _page(protocol, PostForm(formdata=None), (posting.id, form)), 422


def _prefix(posting: Posting) -> str:
    """Return the prefix of a posting's form, which sets it apart from the others on the page."""
    return f"t{posting.id}-"


def _page(protocol: Protocol, form: PostForm, refused: tuple[int, DayForm] | None = None) -> str:
    today, notice, adjusted = local_day(now()), notice_of(protocol), adjusted_on(protocol)
    forum, meeting = protocol.forum, protocol.meeting
    forms = {p.id: DayForm(formdata=None, prefix=_prefix(p), day=today) for p in (notice.postings if notice else ())}
    refusals = {p.id: rules.refuse_removal(p, today, today=today) for p in (notice.postings if notice else ())}
    return render_template(
        "notices/protocol.html",
        protocol=protocol,
        meeting=meeting,
        notice=notice,
        withdrawn=withdrawn_of(protocol),
        adjusted=adjusted,
        form=form,
        forms=forms | dict([refused] if refused else []),
        refusals=refusals,
        refuse=rules.refuse_notice(forum.regime, protocol.kind, imported=protocol.imported, adjusted=adjusted),
        never=not forum.regime.demands.posts,
        today=today,
        boards=boards_of(forum, meeting.day),
        last_day=post_by(adjusted) if adjusted else None,
        late=adjusted is not None and rules.late((notice and notice.board.posted_on) or today, adjusted),
        may_keep=keeps(someone(), protocol),
        **_deadlines(),
    )


@pages.get("/anslag/<int:notice_id>/anslag.<any(pdf, docx):ending>")
@allow(READS, notice_by_id)
def file(notice: Notice, ending: Ending) -> ResponseReturnValue:
    """Download the notice, for printing."""
    data = printed_notice(notice, ending)
    return send_file(BytesIO(data), MEDIA[ending], ending == "docx", filename(notice, "anslag", ending))


@pages.get("/anslag/<int:notice_id>/bevis.<any(pdf, docx):ending>")
@allow(READS, notice_by_id)
def proof(notice: Notice, ending: Ending) -> ResponseReturnValue:
    """Download the proof, once the notice is down from every board."""
    kept = notice.proof or abort(404)
    data = kept.pdf if ending == "pdf" else kept.docx
    return send_file(BytesIO(data), MEDIA[ending], ending == "docx", filename(notice, "bevis", ending))
