"""The form for a saved search, and the tools of the result page."""

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
    """A name, and when to be notified."""

    name = StringField("Namn", render_kw={"maxlength": LONGEST_NAME})
    telling = SelectField(
        "Brev när något nytt förseglas", choices=Telling.choices(), coerce=Telling, default=Telling.NEVER
    )


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools beside a result: the URL of the search, and a form to save it.

    `printed` is the line on a printout: the search, by whom and when.
    """

    pairs: asking.Pairs
    asked: str
    share: str
    printed: str
    form: SaveForm
    mails: bool


def tools(pairs: asking.Pairs, *, mails: bool, by: Person, at: datetime) -> Tools:
    """Return the tools for the result of a search."""
    asked = asking.address(pairs)
    share = f"{current_app.config['GOVERN'].base_url.rstrip('/')}/sok?{asked}"
    words = asking.in_words(pairs)
    form = SaveForm(formdata=None, name=words[:LONGEST_NAME])
    return Tools(pairs, asked, share, f"{words}. {by.name}, {moment(at)}.", form, mails)
