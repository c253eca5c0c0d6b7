"""A date field that asks for confirmation of a distant year, and keeps the other input meanwhile."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, ValidationError

from govern.db import now
from govern.plausible import doubtful, impossible
from govern.swedish import local_day

NO_DAY = "Skriv en dag som 2026-11-21."


class DayField(DateField):  # type: ignore[misc]
    """A date field. `asks` names its bounds in `govern.plausible.FIELDS`.

    A distant day is refused once, with a checkbox beside it that confirms the year; the confirmation is valid for that
    day only. An unchanged day is not questioned again.
    """

    doubt: str | None = None

    def __init__(self, label: str, validators: Any = None, *, asks: str, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.asks = asks
        self.confirmed = ""

    @property
    def box(self) -> str:
        """Return the name of the checkbox."""
        return f"{self.name}-stammer"

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        """Read the day and the checkbox."""
        super().process(formdata, *args, **options)
        self.confirmed = formdata.get(self.box, "") if formdata else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse the day.

        Raises:
            ValueError: if it is not a date.
        """
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(NO_DAY) from error

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Refuse an impossible day, and ask about a distant one.

        Raises:
            ValidationError: with the sentence to show.
        """
        if validation_stopped or self.data is None or self.data == self.object_data:
            return
        today = local_day(now())
        sentence = impossible(self.asks, self.data, today)
        if sentence:
            raise ValidationError(sentence)
        sentence = doubtful(self.asks, self.data, today)
        if sentence:
            self.doubt = f"Ja, året {self.data.year} stämmer"
            if self.confirmed != self.data.isoformat():
                raise ValidationError(sentence)
