"""The form for an abbreviation."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import DataRequired

from govern.web.forms import REQUIRED, Form


class AbbreviationForm(Form):
    """An abbreviation and what it stands for."""

    short = StringField("Förkortning", [DataRequired(REQUIRED)], description="Ett ord, utan punkt.")
    long = StringField("Står för", description="Lämna tomt om den inte ska betyda något här.")
