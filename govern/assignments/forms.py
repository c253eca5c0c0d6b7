"""Forms for reporting on and closing assignments."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired

from govern.assignments.states import Closing
from govern.web.forms import Form


class ReportForm(Form):
    """A report on an assignment."""

    text = TextAreaField("Vad har gjorts?", [DataRequired("Skriv vad som har gjorts.")])


class ClosingForm(Form):
    """Why an assignment is closed."""

    why = RadioField("Avslutas som", choices=Closing.choices(), coerce=Closing, default=Closing.DONE)
    note = TextAreaField("Anteckning", description="Till exempel var resultatet finns, eller varför det skrivs av.")
