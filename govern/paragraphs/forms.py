"""Forms for paragraphs and phrases; a paragraph's content is not a form but a draft."""

from __future__ import annotations

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from govern.cases.forms import FileForm
from govern.forums.states import ParagraphKind
from govern.meetings.models import Meeting, Presence
from govern.paragraphs.attendance import Standings
from govern.paragraphs.phrases.operations import PhraseFacts
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import Change, PhraseTarget
from govern.web.forms import REQUIRED, Form, offered

KINDS = [("", "Ingen"), *((kind.value, f"{kind.value} – {kind.label}") for kind in ParagraphKind)]


class OpenForm(Form):
    """A paragraph for something that was not on the agenda."""

    heading = StringField("Rubrik", [DataRequired(Refusal.NO_HEADING.value)])
    kind = SelectField("Kod", choices=KINDS, default="")


class ReturnForm(Form):
    """Why a paragraph is sent back."""

    comment = TextAreaField("Vad behöver ändras?", [DataRequired(Refusal.NO_COMMENT.value)])


class AttachForm(FileForm):
    """A file to list under a paragraph."""

    title = StringField("Namn på bilagan", [Optional()], description="Lämna tomt för att använda filens namn.")


class ChangeForm(Form):
    """Someone arrives, leaves, serves, stops serving or is disqualified at a paragraph."""

    presence = SelectField("Vem", coerce=int)
    change = SelectField("Vad händer", choices=[*Change.choices(), ("disqualified", "Jäv, lämnar rummet för ärendet")])
    served = SelectField("Tjänstgör för", coerce=int, default=0)
    reason = StringField("Skäl till jäv", [Optional()])

    def offer(self, meeting: Meeting, standings: Standings) -> None:
        """Fill the choices from the meeting's presence list."""
        self.presence.choices = offered([(p.id, _named(p, standings)) for p in meeting.presences])
        self.served.choices = offered(
            [(0, "–"), *((p.id, p.distinct_name) for p in meeting.presences if p.role.deciding)]
        )


def _named(presence: Presence, standings: Standings) -> str:
    away = "" if standings[presence.id].present else ", frånvarande"
    return f"{presence.distinct_name} ({presence.role.label.lower()}{away})"


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]
    """A multiple choice, shown as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PhraseForm(Form):
    """A phrase, of a forum or of the installation."""

    name = StringField("Namn", [DataRequired(REQUIRED)], description="Som det står i menyn: Mötet öppnas.")
    trigger = StringField(
        "Utlösande ord",
        [DataRequired(REQUIRED)],
        description="Ett ord. Skriv det i texten och tryck Tabb, eller med snedstreck före och mellanslag efter.",
    )
    target = SelectField("Sätts in i", choices=PhraseTarget.choices(), coerce=PhraseTarget, default=PhraseTarget.TEXT)
    kinds = MultiCheckboxField(
        "För paragrafer med kod", choices=KINDS[1:], description="Kryssa inte i någon om frasen passar alla."
    )
    html = TextAreaField("Text", [DataRequired(Refusal.NO_TEXT.value)], render_kw={"data-rich": "", "rows": 6})

    def facts(self) -> PhraseFacts:
        """Return what was typed."""
        return PhraseFacts(
            trigger=self.trigger.data,
            name=self.name.data,
            kinds=tuple(self.kinds.data or ()),
            target=self.target.data,
            html=self.html.data or "",
        )
