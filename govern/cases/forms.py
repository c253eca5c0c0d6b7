"""What is typed of a file that is filed, and why it is secret: a reason from the list, or one's own words."""

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
        """Ask for the words when none of the listed reasons was chosen."""
        if self.confidential.data == secrecy.OTHER and not field.data:
            field.errors = [*field.errors, OWN_WORDS]

    def secrecy(self) -> str | None:
        """Return the reason, or None when it is open."""
        return secrecy.chosen(self.confidential.data, self.confidential_words.data)


class FileForm(SecretForm):
    """A file to list, what it is called, and whether it is secret."""

    file = FileField(
        "Fil",
        [FileRequired(Refusal.NO_FILE.value)],
        render_kw={"accept": ",".join(f".{ending}" for ending in ENDINGS)},
    )
    title = StringField("Namn", [Optional()], description="Lämna tomt för att använda filens namn.")

    def list_(
        self, add: Callable[..., Attachment], where: Any, *, by: Person, at: datetime
    ) -> tuple[Attachment | None, dict[str, str]]:
        """List the file by an operation; give it, or None, and what a script that uploaded it is told."""
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
    """A form that makes secret what is open. A page has one for each of its papers."""

    confidential = SelectField("Skäl för sekretess", choices=[SelectChoice("", "Välj"), *CHOICES[1:]], default="")


def hide_form(paper: Attachment, **options: Any) -> HideForm:
    """Return the form of one paper, with a prefix that separates it from the others on its page."""
    return HideForm(prefix=f"hide{paper.id}-", **options)
