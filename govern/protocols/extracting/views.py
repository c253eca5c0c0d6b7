"""Pages for choosing the §§ of an extract, and for certifying it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from govern import record
from govern.db import now
from govern.forums.access import KEEPS, READS, keeps, sits
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.people.access import allow, me, someone
from govern.protocols.access import READS_FILE
from govern.protocols.correcting.operations import main_of
from govern.protocols.extracting.operations import extracts_of, make_extract
from govern.protocols.extracting.rules import refuse_unadjusted
from govern.protocols.models import Protocol
from govern.protocols.queries import minutes_by_id, protocol_by_id, protocol_of
from govern.protocols.rules import refuse_signing
from govern.protocols.states import ProtocolKind
from govern.web.forms import Form, offered

pages = Blueprint("extracts", __name__)


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]
    """A multiple choice with a checkbox for each."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ExtractForm(Form):
    """The §§ to include in an extract."""

    numbers = MultiCheckboxField("Paragrafer i utdraget", coerce=int)


@pages.get("/protokoll/<int:protocol_id>/utdrag")
@allow(READS, protocol_by_id)
def extracts(protocol: Protocol) -> ResponseReturnValue:
    """List the extracts, and offer the §§ for another one."""
    if protocol.kind is not ProtocolKind.MAIN:
        return redirect(url_for(".extracts", protocol_id=main_of(protocol).id), 303)
    return _page(protocol, ExtractForm(formdata=None)), 200


@pages.get("/moten/<int:meeting_id>/utdrag")
@allow(READS, meeting_by_id)
def of_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Redirect to the extracts of a meeting's protocol."""
    protocol = protocol_of(meeting) or abort(404)
    return redirect(url_for(".extracts", protocol_id=protocol.id), 303)


@pages.post("/protokoll/<int:protocol_id>/utdrag")
@allow(KEEPS, minutes_by_id)
def make(protocol: Protocol) -> ResponseReturnValue:
    """Make an extract."""
    form = ExtractForm()
    _offer(protocol, form)
    made = form.try_(lambda: make_extract(protocol, form.numbers.data, by=me(), at=now()))
    if made is not None:
        flash("Utdraget är gjort. Bestyrk det med din underskrift, så kan det skickas.")
        return redirect(url_for(".extracts", protocol_id=protocol.id, _anchor=f"u{made.id}"), 303)
    return _page(protocol, form), 422


def _offer(protocol: Protocol, form: ExtractForm) -> None:
    paragraphs = record.loads(protocol.record).paragraphs
    form.numbers.choices = offered(
        (p.number, f"{p.label} {p.heading}{' (sekretess)' if record.is_secret(p) else ''}") for p in paragraphs
    )


def _page(protocol: Protocol, form: ExtractForm) -> str:
    person = someone()
    _offer(protocol, form)
    rows = extracts_of(protocol)
    return render_template(
        "protocols/extracts.html",
        protocol=protocol,
        meeting=protocol.meeting,
        form=form,
        rows=rows,
        opens={row.id for row, _ in rows if READS_FILE.test(person, row)},
        waiting={row.id for row, _ in rows if person and not refuse_signing(row.signatures[0], person)},
        may_keep=keeps(person, protocol),
        sees_secrets=sits(person, protocol),
        refusal=refuse_unadjusted(protocol),
        posted=request.method == "POST",
    )
