"""Forms for collaborations and parties."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, NumberRange, Optional

from govern.web.forms import REQUIRED, Form

ORG_NUMBER = "Tio siffror, som 212000-2411."


class CollaborationForm(Form):
    """The fields of a collaboration."""

    name = StringField("Namn", [DataRequired(REQUIRED)])
    org_number = StringField("Organisationsnummer", description=f"Om samverkan är en juridisk person. {ORG_NUMBER}")
    purpose = TextAreaField("Ändamål", description="Vad parterna samverkar om, i en eller ett par meningar.")


class PartyForm(Form):
    """The fields of a party in a collaboration."""

    name = StringField("Namn", [DataRequired(REQUIRED)], description="Som det står i avtalet: Sundsvalls kommun.")
    short_name = StringField("Kort namn", description="Som det står efter ett namn i närvarolistan: Sundsvall.")
    org_number = StringField("Organisationsnummer", description=ORG_NUMBER)
    population = IntegerField(
        "Antal invånare",
        [Optional(), NumberRange(min=0, message="Skriv ett helt antal, 0 eller mer.")],
        description="Behövs om kostnader fördelas efter invånare.",
    )
    email = EmailField(
        "E-post till registraturen",
        [Optional()],
        description="Dit skickas protokollsutdrag om beslut som rör parten.",
    )
    host = BooleanField("Värd", description="Värden (värdkommunen) förvarar samverkans handlingar.")
