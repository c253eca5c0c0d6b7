"""Forms for the house style."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import BooleanField, ColorField, RadioField, StringField
from wtforms.validators import DataRequired, Optional

from govern.forums.house.rules import LONGEST_HEADER, Choices
from govern.forums.states import DecisionOrder, StripRole
from govern.web.forms import REQUIRED, Form, MultiCheckboxField


class HouseForm(Form):
    """The choices of a house style."""

    accent = ColorField(
        "Accentfärg",
        [DataRequired(REQUIRED)],
        description="Rubriker, paragrafnummer och linjer. Den behöver synas väl på vitt papper.",
    )
    header_text = StringField(
        "Text i sidhuvudet",
        [Optional()],
        description="En rad överst på varje sida, till exempel namn och adress.",
        render_kw={"maxlength": LONGEST_HEADER},
    )
    decision_order = RadioField("Beslutets plats", choices=DecisionOrder.choices(), coerce=DecisionOrder)
    paragraphs_on_own_page = BooleanField("Varje paragraf börjar på ny sida")
    contents = BooleanField("Innehållsförteckning")
    legend = BooleanField("Teckenförklaring för B, I, P, R och U", description="Står under innehållsförteckningen.")
    name_columns = RadioField("Namn på närvarande", choices=[("1", "I en spalt"), ("2", "I två spalter")], coerce=int)
    strip = MultiCheckboxField(
        "Signaturrad längst ned på varje sida",
        [Optional()],
        choices=StripRole.choices(),
        coerce=StripRole,
        description="De som sätter sitt signum på en utskrift.",
    )

    @classmethod
    def showing(cls, choices: Choices) -> HouseForm:
        """Return the form filled with the current choices."""
        return cls(
            accent=f"#{choices.accent}",
            header_text=choices.header_text,
            decision_order=choices.decision_order,
            paragraphs_on_own_page=choices.paragraphs_on_own_page,
            contents=choices.contents,
            legend=choices.legend,
            name_columns=choices.name_columns,
            strip=list(choices.strip),
        )

    def choices(self) -> Choices:
        """Return what was chosen."""
        return Choices(
            accent=self.accent.data.removeprefix("#").lower(),
            header_text=self.header_text.data or "",
            decision_order=self.decision_order.data,
            paragraphs_on_own_page=self.paragraphs_on_own_page.data,
            contents=self.contents.data,
            legend=self.legend.data,
            name_columns=self.name_columns.data,
            strip=tuple(role for role in StripRole if role in self.strip.data),
        )


class LogoForm(Form):
    """A logo and its text alternative."""

    file = FileField("Bild", render_kw={"accept": "image/png,image/jpeg"}, description="PNG eller JPEG, högst 4 MB.")
    logo_alt = StringField(
        "Beskrivning",
        description="Läses upp för den som inte ser bilden, till exempel ”Nordsams logotyp”.",
    )


class BaseForm(Form):
    """A DOCX that Word documents are based on."""

    file = FileField("Word-dokument", render_kw={"accept": ".docx"}, description="Ett .docx utan makron, högst 10 MB.")
