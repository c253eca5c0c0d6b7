"""What is typed of a saved search, and what can be done with a result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from wtforms import SelectField, StringField

from govern.archive.searching import asking
from govern.archive.states import Telling
from govern.archive.watching.rules import LONGEST_NAME
from govern.people.models import Person
from govern.swedish import moment
from govern.web.forms import Form


class SaveForm(Form):
    """A name, and when to be told."""

    name = StringField("Namn", render_kw={"maxlength": LONGEST_NAME})
    telling = SelectField(
        "Brev när något nytt förseglas", choices=Telling.choices(), coerce=Telling, default=Telling.NEVER
    )


@dataclass(frozen=True, slots=True)
class Tools:
    """What the result page offers beside the result: the question's own address, and a form to save it.

    `printed` is what paper says of it: what was asked, by whom and when.
    """

    pairs: asking.Pairs
    asked: str
    share: str
    printed: str
    form: SaveForm
    mails: bool


def tools(pairs: asking.Pairs, *, mails: bool, by: Person, at: datetime) -> Tools:
    """Gather what can be done with the result of a question."""
    asked = asking.address(pairs)
    share = f"{current_app.config['GOVERN'].base_url.rstrip('/')}/sok?{asked}"
    words = asking.in_words(pairs)
    form = SaveForm(formdata=None, name=words[:LONGEST_NAME])
    return Tools(pairs, asked, share, f"{words}. {by.name}, {moment(at)}.", form, mails)
