"""Forms for meetings, agendas and presence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, Regexp

from govern.cases.forms import FileForm
from govern.cases.models import Proposal
from govern.cases.rules import ENDINGS
from govern.forums.states import ParagraphKind, SeatRole
from govern.meetings.models import MeetingFacts
from govern.meetings.states import MeetingKind, MeetingMode
from govern.web.days import DayField
from govern.web.forms import REQUIRED, Form, offered, optional_id

KINDS = [("", "Ingen"), *((kind.value, f"{kind.value} – {kind.label}") for kind in ParagraphKind)]
ACCEPTED = ",".join(f".{ending}" for ending in ENDINGS)
DAY = "Välj en dag."
TIME = "Skriv klockslag som 09.00."
LINK = "Skriv hela länken, med https:// först."
LINK_SHOWN = "Står i kallelsen och inbjudan, och på mötets sidor."
PLACE = "Lokal och ort, som det ska stå i protokollet."


class MeetingForm(Form):
    """When, where and how a meeting is held."""

    kind = RadioField("Slag", choices=MeetingKind.choices(), default=MeetingKind.ORDINARY.value)
    day = DayField("Dag", [InputRequired(DAY)], asks="meeting.day")
    starts = TimeField("Börjar", [InputRequired(TIME)])
    ends = TimeField("Slutar", [Optional()])
    ends_next_day = BooleanField("Slutar dagen efter, efter midnatt")
    place = StringField("Plats", [DataRequired(REQUIRED)], description=PLACE)
    mode = RadioField("Deltagande", choices=MeetingMode.choices(), default=MeetingMode.ON_SITE.value)
    video_link = StringField(
        "Videolänk", [Optional(), Regexp(r"https?://[^\s/?#]\S*$", message=LINK)], description=LINK_SHOWN
    )

    def facts(self) -> MeetingFacts:
        """Return what was typed."""
        typed = {fact.name: self[fact.name].data for fact in fields(MeetingFacts)}
        return MeetingFacts(**typed | {"kind": MeetingKind(self.kind.data), "mode": MeetingMode(self.mode.data)})


class ItemForm(Form):
    """An agenda item. Without a heading it takes its proposal's."""

    heading = StringField("Rubrik", [Optional()])
    proposal_id = SelectField("Tjänsteskrivelse", coerce=optional_id)
    kind = SelectField("Kod", choices=KINDS, default="")
    reference = StringField("Diarienummer", [Optional()], description="Till exempel KS 2024/72.")
    minutes = IntegerField(
        "Minuter",
        [Optional(), NumberRange(1, 600, "Skriv tiden i hela minuter, minst 1.")],
        description="Planerad tid.",
    )
    note = TextAreaField("Anteckning för kallelsen", [Optional()])
    text = TextAreaField(
        "Text som paragrafen börjar med",
        [Optional()],
        description="Används när ärendet inte har någon tjänsteskrivelse.",
    )
    clauses = TextAreaField("Förslag till beslut", [Optional()], description="En att-sats på varje rad, utan att.")

    def offer(self, proposals: Iterable[Proposal]) -> ItemForm:
        """Fill the choices of the item's proposal."""
        rows = [(proposal.id, proposal.heading) for proposal in proposals]
        self.proposal_id.choices = offered([("", "Ingen"), *rows])
        return self

    def code(self) -> ParagraphKind | None:
        """Return the chosen paragraph kind, if any."""
        return ParagraphKind(self.kind.data) if self.kind.data else None


class PaperForm(FileForm):
    """A paper on an agenda item."""

    title = StringField("Namn på handlingen", [Optional()], description="Lämna tomt för att använda filens namn.")


class GuestForm(Form):
    """Someone at the meeting who holds no seat."""

    name = StringField("Namn", [DataRequired(REQUIRED)])
    role = SelectField("Som", choices=SeatRole.choices(), default=SeatRole.CO_OPTED.value)
    title = StringField("Titel", [Optional()])
    party = StringField("Organisation", [Optional()])
    political_party = StringField("Parti", [Optional()])


class CloseForm(Form):
    """When the meeting ended."""

    ends = TimeField("Mötet slutade", [InputRequired(TIME)])
    ends_next_day = BooleanField("Dagen efter, efter midnatt")
