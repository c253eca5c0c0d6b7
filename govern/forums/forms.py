"""Forms for forums, seats, standing items and series."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from govern.forums.models import Forum
from govern.forums.operations import ForumFacts, SeatFacts
from govern.forums.states import ForumKind, Level, Numbering, ParagraphKind, Regime, SeatRole
from govern.parties.models import Party
from govern.web.days import DayField
from govern.web.forms import REQUIRED, Form, offered, optional_id

A_DAY = "Skriv en dag som 2026-11-21."
NO_CODE = ("", "Ingen kod")


def _at_least(least: int) -> list[InputRequired | NumberRange]:
    return [InputRequired(REQUIRED), NumberRange(min=least, message=f"Skriv ett helt tal, minst {least}.")]


class ForumForm(Form):
    """A forum."""

    name = StringField("Namn", [DataRequired(REQUIRED)], description="Som gruppen kallas: Strategisk styrgrupp.")
    body = StringField("Protokollets huvud", description="Om protokollen ska ha något annat överst än samverkans namn.")
    mandate = TextAreaField("Mandat", description="Vad forumet beslutar om, och vad det ska lämna vidare.")
    level = SelectField("Nivå", choices=Level.choices(), coerce=Level, default=Level.STRATEGIC)
    kind = SelectField("Slag", choices=ForumKind.choices(), coerce=ForumKind)
    parent_id = SelectField("Ligger under", coerce=optional_id)
    regime = SelectField(
        "Regelverk",
        choices=Regime.choices(),
        coerce=Regime,
        default=Regime.AGREEMENT,
        description="Styr justering, anslag och hur man överklagar.",
    )
    numbering = SelectField(
        "Paragrafnummer",
        choices=Numbering.choices(),
        coerce=Numbering,
        description="Kan inte ändras när den första paragrafen är öppnad.",
    )
    adjusters = IntegerField("Antal justerare", _at_least(0), default=1, description="Utöver ordföranden.")
    adjust_days = IntegerField(
        "Dagar till justering",
        _at_least(1),
        default=14,
        description="Räknat från mötet. Kommunallagen tillåter högst 14.",
    )

    paper_days = IntegerField(
        "Handlingar senast, dagar före mötet",
        _at_least(0),
        default=7,
        description="Det som kommer senare står som sent ärende på föredragningslistan och i kallelsen.",
    )

    any_order = BooleanField(
        "Undertecknas i valfri ordning",
        description="Annars i tur och ordning: sekreteraren, ordföranden, justerarna.",
    )

    def offer(self, forums: list[Forum]) -> ForumForm:
        """Fill the choices of the parent forum."""
        self.parent_id.choices = offered([("", "Inget annat forum"), *((forum.id, forum.name) for forum in forums)])
        return self

    def facts(self) -> ForumFacts:
        """Return what was typed."""
        return ForumFacts(
            name=self.name.data,
            body=self.body.data or "",
            mandate=self.mandate.data or "",
            level=self.level.data,
            kind=self.kind.data,
            parent_id=self.parent_id.data,
            regime=self.regime.data,
            numbering=self.numbering.data,
            adjusters=self.adjusters.data,
            adjust_days=self.adjust_days.data,
            paper_days=self.paper_days.data,
            any_order=self.any_order.data,
        )


class SeatForm(Form):
    """A seat. A named person who is not registered yet is added in the same step."""

    name = StringField(
        "Namn",
        description="Välj ur listan eller skriv ett nytt namn. Lämna tomt om platsen är vakant.",
        render_kw={"list": "personer", "autocomplete": "off"},
    )
    email = StringField(
        "E-post",
        description="Dit kallelsen skickas. Behövs inte för den som redan finns.",
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )
    same_person = BooleanField(
        "Det är samma person, jag rättar bara namnet", description="Namnet ändras överallt utom i förseglade protokoll."
    )
    role = SelectField("Roll", choices=SeatRole.choices(), coerce=SeatRole, default=SeatRole.MEMBER)
    party_id = SelectField("Part", coerce=optional_id)
    political_party = StringField("Politiskt parti", description="Bokstaven, till exempel S eller M.")
    title = StringField("Titel", description="Till exempel KSO eller kommunchef.")
    starts_on = DayField("Från och med", [DataRequired(A_DAY)], asks="seat.starts_on")
    ends_on = DayField("Till och med", [Optional()], asks="seat.ends_on", description="Lämna tomt tills vidare.")

    def offer(self, parties: list[Party]) -> SeatForm:
        """Fill the choices of the party."""
        self.party_id.choices = offered([("", "Ingen part"), *((party.id, party.name) for party in parties)])
        return self

    def facts(self) -> SeatFacts:
        """Return what was typed, except the person."""
        return SeatFacts(
            person_id=None,
            role=self.role.data,
            party_id=self.party_id.data,
            political_party=self.political_party.data or "",
            title=self.title.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
        )


class EndSeatForm(Form):
    """The last day of a seat."""

    last_day = DayField("Sista dag", [DataRequired(A_DAY)], asks="seat.ends_on")


class StandingItemForm(Form):
    """An item on every agenda."""

    heading = StringField("Rubrik", [DataRequired(REQUIRED)], description="Till exempel Val av justerare.")
    kind = SelectField(
        "Kod",
        choices=[NO_CODE, *((kind.value, f"{kind.value} – {kind.label}") for kind in ParagraphKind)],
        coerce=lambda value: ParagraphKind(value) if value else None,
    )
    closing = BooleanField("Sist på listan", description="Annars står den bland de första punkterna.")


class SeriesForm(Form):
    """The next number of a series."""

    next_number = IntegerField("Nästa paragraf får nummer", _at_least(1))
