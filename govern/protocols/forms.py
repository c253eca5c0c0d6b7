"""Forms for accepting a warning, appointing a substitute and verifying a file."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired

from govern.protocols.rules import Refusal
from govern.web.forms import Form


class AcceptForm(Form):
    """The reason for accepting a warning."""

    finding = HiddenField()
    reason = StringField("Varför varningen får vara", [DataRequired(Refusal.NO_REASON.value)])


class SubstituteForm(Form):
    """Who signs in an adjuster's place, and why."""

    presence = SelectField("Justerar i stället", coerce=int)
    reason = StringField("Varför", [DataRequired(Refusal.NO_SUBSTITUTE_REASON.value)])


class VerifyForm(Form):
    """A file to verify."""

    file = FileField("Fil", [FileRequired("Välj en fil.")], render_kw={"accept": ".pdf,.docx,.json"})
