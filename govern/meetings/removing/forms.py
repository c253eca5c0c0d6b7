"""The form that moves a meeting."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectField

from govern.forums.models import Forum
from govern.web.forms import Form, offered


class MoveForm(Form):
    """The forum that a meeting is moved to."""

    forum = SelectField("Nytt forum", coerce=int)

    def offer(self, forums: Iterable[Forum]) -> MoveForm:
        """Fill the choices."""
        self.forum.choices = offered([(forum.id, forum.name) for forum in forums])
        return self
