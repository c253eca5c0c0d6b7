"""Forms for files, and for the reason for secrecy: one from the list, or free text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import Optional

from govern.cases import secrecy
from govern.cases.models import Attachment
from govern.cases.rules import ENDINGS, Refusal
from govern.people.models import Person
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
        """Require the free text if none of the listed reasons was chosen."""
        if self.confidential.data == secrecy.OTHER and not field.data:
            field.errors = [*field.errors, OWN_WORDS]

    def secrecy(self) -> str | None:
        """Return the reason for secrecy, or None if it is open."""
        return secrecy.chosen(self.confidential.data, self.confidential_words.data)


class FileForm(SecretForm):
    """A file to list, its title, and whether it is secret."""

    file = FileField(
        "Fil",
        [FileRequired(Refusal.NO_FILE.value)],
        render_kw={"accept": ",".join(f".{ending}" for ending in ENDINGS)},
    )
    title = StringField("Namn", [Optional()], description="Lämna tomt för att använda filens namn.")

    def list_(
        self, add: Callable[..., Attachment], where: Any, *, by: Person, at: datetime
    ) -> tuple[Attachment | None, dict[str, str]]:
        """List the file by the operation `add`; return the attachment, if any, and the JSON for a script's upload."""
        added = self.try_(
            lambda: add(
                where,
                self.file.data.filename,
                self.file.data.read(),
                self.title.data or "",
                confidential=self.secrecy(),
                by=by,
                at=at,
            )
        )
        return added, {"title": added.title} if added else {"refusal": " ".join(self.sentences)}


class HideForm(SecretForm):
    """A form that makes an open paper secret; a page has one for each of its papers."""

    confidential = SelectField("Skäl för sekretess", choices=[SelectChoice("", "Välj"), *CHOICES[1:]], default="")


def hide_form(paper: Attachment, **options: Any) -> HideForm:
    """Return the form of one paper, with a prefix that distinguishes it from the others on the page."""
    return HideForm(prefix=f"hide{paper.id}-", **options)
