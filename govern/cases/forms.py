"""The two fields that say why something is secret: a reason from the list, or one's own words."""

from __future__ import annotations

from typing import Any

from wtforms import SelectChoice, SelectField, StringField

from govern.cases import secrecy
from govern.cases.models import Attachment
from govern.web.forms import Form

OWN_WORDS = "Skriv skälet för sekretessen."
CHOICES = [
    SelectChoice("", "Nej, den är öppen"),
    *(SelectChoice(text, words, optgroup=group) for group, rows in secrecy.offered() for text, words in rows),
    SelectChoice(secrecy.OTHER, "Annat skäl, som jag skriver själv", optgroup="Annat"),
]


class SecretForm(Form):
    """A form for something that may be secret."""

    confidential = SelectField("Sekretess", choices=CHOICES, default="")
    confidential_words = StringField("Eget skäl", description="Om du valt Annat skäl ovan.")

    def validate_confidential_words(self, field: StringField) -> None:
        """Ask for the words when none of the listed reasons was chosen."""
        if self.confidential.data == secrecy.OTHER and not field.data:
            field.errors = [*field.errors, OWN_WORDS]

    def secrecy(self) -> str | None:
        """Give the reason, or None when it is open."""
        return secrecy.chosen(self.confidential.data, self.confidential_words.data)


class HideForm(SecretForm):
    """A form that makes secret what is open. A page has one for each of its papers."""

    confidential = SelectField("Skäl för sekretess", choices=[SelectChoice("", "Välj"), *CHOICES[1:]], default="")


def hide_form(paper: Attachment, **options: Any) -> HideForm:
    """Give the form of one paper, told apart from the others on its page."""
    return HideForm(prefix=f"hide{paper.id}-", **options)
