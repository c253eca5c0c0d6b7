"""Pages for refusing to adjust, and for correcting a sealed protocol."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired

from govern import record
from govern.bounds import number
from govern.db import now
from govern.forums.access import KEEPS
from govern.people.access import allow, me
from govern.protocols.access import SIGNS
from govern.protocols.correcting import operations as correcting
from govern.protocols.models import Protocol, Signature
from govern.protocols.queries import minutes_by_id, signature_by_id
from govern.protocols.rules import Refusal
from govern.web.forms import Form, offered

pages = Blueprint("correcting", __name__)


class RefuseForm(Form):
    """The reason for an adjuster's refusal."""

    reason = TextAreaField(
        "Varför du vägrar att justera", [DataRequired(Refusal.NO_REFUSAL_REASON.value)], render_kw={"rows": 4}
    )


class CorrectForm(Form):
    """What was wrong in which paragraph, how it should have read, and why."""

    paragraph = SelectField("Paragraf", coerce=number)
    old = TextAreaField("Så stod det", [DataRequired(Refusal.NOT_QUOTED.value)], render_kw={"rows": 3})
    new = TextAreaField("Så skulle det stå", [DataRequired(Refusal.NO_CHANGE.value)], render_kw={"rows": 3})
    reason = TextAreaField(
        "Varför det rättas", [DataRequired(Refusal.NO_CORRECTION_REASON.value)], render_kw={"rows": 2}
    )


@pages.route("/underskrifter/<int:signature_id>/vagra", methods=["GET", "POST"])
@allow(SIGNS, signature_by_id)
def refuse(signature: Signature) -> ResponseReturnValue:
    """Refuse to adjust."""
    form = RefuseForm()
    if request.method == "POST":
        form.try_(lambda: correcting.refuse_to_adjust(signature, form.reason.data, by=me(), at=now()))
    if form.done:
        flash("Det är antecknat att du vägrar att justera. De andra kan underteckna.")
        return redirect(url_for("protocols.protocol", protocol_id=signature.protocol_id, _anchor="underskrifter"), 303)
    page = render_template("review/refuse.html", signature=signature, protocol=signature.protocol, form=form)
    return page, 422 if request.method == "POST" else 200


@pages.route("/protokoll/<int:protocol_id>/ratta", methods=["GET", "POST"])
@allow(KEEPS, minutes_by_id)
def correct(protocol: Protocol) -> ResponseReturnValue:
    """Correct a paragraph."""
    form = CorrectForm()
    paragraphs = record.loads(protocol.record).paragraphs
    form.paragraph.choices = offered((p.number, f"{p.label} {p.heading}") for p in paragraphs)
    if request.method == "POST":
        form.try_(
            lambda: correcting.correct(
                protocol,
                form.paragraph.data,
                old=form.old.data,
                new=form.new.data,
                reason=form.reason.data,
                by=me(),
                at=now(),
            )
        )
    if form.done:
        flash("Rättelsen är upprättad. Nu väntar ordförandens och justerarnas underskrifter.")
        return redirect(url_for("protocols.protocol", protocol_id=protocol.id, _anchor="rattelser"), 303)
    page = render_template("review/correct.html", protocol=protocol, form=form)
    return page, 422 if request.method == "POST" else 200
