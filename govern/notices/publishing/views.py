"""Pages for masking and publishing a protocol, and the public's pages of what is published."""

from __future__ import annotations

import hashlib
from io import BytesIO

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional

from govern.bounds import number
from govern.db import now
from govern.documents.papers import public
from govern.documents.papers.protocol import present
from govern.documents.papers.public import MASK, PublicFacts
from govern.forums.access import KEEPS
from govern.media import MEDIA
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.notices.publishing import operations as publishing
from govern.notices.publishing import rules
from govern.notices.publishing.models import PublicCopy
from govern.notices.publishing.queries import published_page, shown_groups, shown_texts
from govern.notices.publishing.rules import Refusal
from govern.people.access import ANYONE, allow, me
from govern.protocols.models import Protocol
from govern.protocols.queries import minutes_by_id, protocol_of
from govern.swedish import counted, slug
from govern.web.forms import Form
from govern.web.paging import asked_page
from govern.web.security import shared

pages = Blueprint("publishing", __name__)


class MaskForm(Form):
    """The ticked spans, and what more to mask: words, or a span of one text."""

    words = StringField("Ord att maskera", [Optional()])
    place = StringField(validators=[Optional()])
    start = IntegerField(validators=[Optional()])
    stop = IntegerField(validators=[Optional()])

    @property
    def ticked(self) -> set[int]:
        """The ids of the spans that are ticked."""
        return set(request.form.getlist("span", type=number))


class UnpublishForm(Form):
    """Why a copy is unpublished."""

    reason = TextAreaField("Varför", [DataRequired(Refusal.NO_REASON.value)], render_kw={"rows": 3})


@pages.app_template_filter("masks")
def masks(html: Markup) -> Markup:
    """Mark the masks in HTML that is already escaped, so that they are styled."""
    return Markup(str(html).replace(MASK, f'<span class="masked">{MASK}</span>'))  # noqa: S704 — only wraps our own word


@pages.get("/moten/<int:meeting_id>/publicering")
@allow(KEEPS, meeting_by_id)
def of_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Redirect to the publication of a meeting's protocol."""
    found = protocol_of(meeting) or abort(404)
    return redirect(url_for(".publication", protocol_id=found.id), 303)


@pages.get("/protokoll/<int:protocol_id>/publicering")
@allow(KEEPS, minutes_by_id)
def publication(protocol: Protocol) -> ResponseReturnValue:
    """Show the state of the public copy."""
    return _page(protocol, MaskForm(formdata=None), UnpublishForm(formdata=None)), 200


def _page(protocol: Protocol, form: MaskForm, unpublish_form: UnpublishForm) -> str:
    copy = publishing.live_copy(protocol)
    ticked = form.ticked if form.is_submitted() and copy and not rules.refuse_masking(copy) else None
    texts = publishing.copy_texts(copy) if copy else []
    corrections = publishing.corrections_now(protocol)
    return render_template(
        "notices/publication.html",
        protocol=protocol,
        meeting=protocol.meeting,
        copy=copy,
        form=form,
        unpublish_form=unpublish_form,
        groups=shown_groups(copy, texts, ticked) if copy else [],
        parts=shown_texts(copy, texts, ticked) if copy else {},
        labels=publishing.labels_of(protocol),
        taken_down=publishing.taken_down(protocol),
        refuse_preparing=rules.refuse_preparing(protocol, copy),
        refuse_masking=rules.refuse_masking(copy) if copy else None,
        refuse_confirming=rules.refuse_confirming(copy, corrections) if copy else None,
        refuse_publishing=rules.refuse_publishing(copy, corrections) if copy else None,
        corrected=copy is not None and list(copy.corrections) != corrections,
    )


@pages.post("/protokoll/<int:protocol_id>/publicering")
@allow(KEEPS, minutes_by_id)
def prepare(protocol: Protocol) -> ResponseReturnValue:
    """Prepare a public copy."""
    copy = publishing.prepare(protocol, by=me(), at=now())
    proposed = counted(len(copy.spans), "ställe. Gå igenom det", "ställen. Gå igenom dem")
    flash(f"Den publika kopian är förberedd. Programmet föreslår {proposed}.")
    return _back(copy)


def _back(copy: PublicCopy, anchor: str = "maskering") -> ResponseReturnValue:
    return redirect(url_for(".publication", protocol_id=copy.protocol_id, _anchor=anchor), 303)


@pages.post("/publicering/<int:copy_id>/maskera")
@allow(KEEPS, publishing.copy_by_id)
def mask(copy: PublicCopy) -> ResponseReturnValue:
    """Mask a span marked on the page, or words that were typed, wherever they occur."""
    form = MaskForm()

    def work() -> int:
        if form.place.data:
            start, stop = form.start.data or 0, form.stop.data or 0
            return publishing.mark(copy, form.place.data, start, stop, form.ticked, by=me(), at=now())
        return publishing.mark_words(copy, form.words.data or "", form.ticked, by=me(), at=now())

    places = form.try_(work)
    if places:
        flash(f"Orden maskeras på {counted(places, 'ställe', 'ställen')}.")
        anchor = request.form.get("anchor", type=number)
        return _back(copy, f"t{anchor}" if anchor else "maskering")
    return _page(copy.protocol, form, UnpublishForm(formdata=None)), 422


@pages.post("/publicering/<int:copy_id>/spara")
@allow(KEEPS, publishing.copy_by_id)
def choose(copy: PublicCopy) -> ResponseReturnValue:
    """Save the ticked spans."""
    publishing.choose(copy, MaskForm().ticked, by=me(), at=now())
    flash("Sparat.")
    return _back(copy)


@pages.post("/publicering/<int:copy_id>/bekrafta")
@allow(KEEPS, publishing.copy_by_id)
def confirm(copy: PublicCopy) -> ResponseReturnValue:
    """Confirm the masks."""
    publishing.confirm(copy, MaskForm().ticked, by=me(), at=now())
    flash("Maskeringen är bekräftad. Nu kan protokollet publiceras.")
    return _back(copy, "publicera")


@pages.post("/publicering/<int:copy_id>/oppna")
@allow(KEEPS, publishing.copy_by_id)
def reopen(copy: PublicCopy) -> ResponseReturnValue:
    """Withdraw the confirmation."""
    publishing.reopen(copy, by=me(), at=now())
    return _back(copy)


@pages.post("/publicering/<int:copy_id>/borja-om")
@allow(KEEPS, publishing.copy_by_id)
def drop(copy: PublicCopy) -> ResponseReturnValue:
    """Delete the copy."""
    protocol_id = copy.protocol_id
    publishing.drop(copy, by=me(), at=now())
    flash("Den publika kopian är borttagen.")
    return redirect(url_for(".publication", protocol_id=protocol_id), 303)


@pages.post("/publicering/<int:copy_id>/publicera")
@allow(KEEPS, publishing.copy_by_id)
def publish(copy: PublicCopy) -> ResponseReturnValue:
    """Publish the copy."""
    copy_id, protocol_id = copy.id, copy.protocol_id
    publishing.publish(copy, by=me(), at=now())
    flash("Protokollet är publicerat. Vem som helst kan läsa det.")
    return redirect(url_for(".publication", protocol_id=protocol_id, _anchor=f"k{copy_id}"), 303)


@pages.post("/publicering/<int:copy_id>/avpublicera")
@allow(KEEPS, publishing.copy_by_id)
def unpublish(copy: PublicCopy) -> ResponseReturnValue:
    """Unpublish the copy."""
    form, protocol = UnpublishForm(), copy.protocol
    form.try_(lambda: publishing.unpublish(copy, form.reason.data, by=me(), at=now()))
    if form.done:
        flash("Protokollet är avpublicerat. Det som var publicerat finns kvar här, men ingen utanför ser det.")
        return redirect(url_for(".publication", protocol_id=protocol.id), 303)
    return _page(protocol, MaskForm(formdata=None), form), 422


@pages.get("/publicering/<int:copy_id>/granska")
@allow(KEEPS, publishing.copy_by_id)
def preview(copy: PublicCopy) -> ResponseReturnValue:
    """Show the copy as the public will see it."""
    facts = publishing.masked_facts(copy)
    return _public_page(copy, facts, preview=True)


# --- The public ---------------------------------------------------------------------------------------------


@pages.get("/publikt")
@allow(ANYONE)
def published() -> ResponseReturnValue:
    """List the published protocols."""
    return render_template("notices/published.html", page=published_page(asked_page()))


@pages.get("/publikt/protokoll/<int:copy_id>")
@allow(ANYONE, publishing.public_copy_by_id)
def protocol(copy: PublicCopy) -> ResponseReturnValue:
    """Show a published protocol."""
    return _public_page(copy, public.loads(copy.record or b""), preview=False)


def _public_page(copy: PublicCopy, facts: PublicFacts, *, preview: bool) -> str:
    return render_template(
        "notices/public.html",
        copy=copy,
        record=facts.record,
        present_groups=present(facts.record),
        amendments=facts.amendments,
        labels={p.number: p.label for p in facts.record.paragraphs},
        preview=preview,
    )


@pages.get("/publikt/protokoll/<int:copy_id>/protokoll.<any(pdf, docx):ending>")
@allow(ANYONE, publishing.public_copy_by_id)
@shared(60)
def file(copy: PublicCopy, ending: str) -> ResponseReturnValue:
    """Download a published protocol."""
    data = publishing.public_file(copy, ending)
    name = f"protokoll-{slug(copy.forum.name)}-{copy.protocol.meeting.day.isoformat()}-publik-kopia.{ending}"
    etag = hashlib.sha256(data).hexdigest()
    return send_file(BytesIO(data), MEDIA[ending], as_attachment=ending != "pdf", download_name=name, etag=etag)
