"""The form for the earlier decision that a later one replaces or amends."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired

from govern.paragraphs.states import Relation
from govern.paragraphs.superseding.rules import Refusal
from govern.web.forms import Form


class RelateForm(Form):
    """Which earlier decision, and whether it is replaced or amended."""

    relation = SelectField("Det här beslutet", choices=Relation.choices(), coerce=Relation, default=Relation.REPLACES)
    earlier = StringField(
        "Tidigare paragraf",
        [DataRequired(Refusal.NO_NUMBER.value)],
        description="Skriv numret, eller välj bland förslagen. Finns numret i flera forum: skriv också forum och dag.",
        render_kw={"list": "tidigare-paragrafer", "autocomplete": "off"},
    )
