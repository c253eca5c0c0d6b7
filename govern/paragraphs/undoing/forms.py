"""The form that strikes a paragraph."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import DataRequired

from govern.paragraphs.undoing.rules import Refusal
from govern.web.forms import Form


class StrikeForm(Form):
    """Why a paragraph is struck."""

    reason = StringField(
        "Varför paragrafen utgår",
        [DataRequired(Refusal.NO_REASON.value)],
        description="Står i protokollet: Paragrafen utgår. Ärendet är redan behandlat i § 12.",
    )
