"""The base class of forms, and the one way in which a view runs an operation on their input."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, SelectChoice, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from govern.bounds import LARGEST, whole
from govern.db import undo
from govern.errors import Refused

T = TypeVar("T")

REQUIRED = "Fyll i fältet."
TOO_LARGE = "Talet är för stort."


def on_one_line(value: Any) -> Any:
    """Return single-line input without line breaks and surrounding white space, normalised to Unicode's NFC.

    In NFC a letter with its accent is one character, as keyboards write it, so that equal names are equal.
    """
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", " ".join(filter(None, (line.strip() for line in value.splitlines()))))


def blank_to_none(value: Any) -> Any:
    """Return None for an empty choice."""
    return None if value in ("", "None", None) else value


def optional_id(value: Any) -> int | None:
    """Parse a select's value as an id, or None for its empty choice."""
    return whole(value if isinstance(value, int) else str(value or ""))


def offered(choices: Iterable[tuple[Any, str] | SelectChoice]) -> list[SelectChoice]:
    """Return a select field's choices for pairs of value and label."""
    return [c if isinstance(c, SelectChoice) else SelectChoice(value=c[0], label=c[1]) for c in choices]


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]
    """A field for several choices, each a checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Form(FlaskForm):  # type: ignore[misc]
    """A form with CSRF protection, in Swedish. What an operation refuses is shown among its errors."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ("sv",)

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """Strip line breaks from fields of one line."""
            filters = unbound_field.kwargs.get("filters", ())
            if unbound_field.field_class.__name__ in {"StringField", "EmailField", "TelField"}:
                filters = [on_one_line, *filters]
            if isinstance(unbound_field.kwargs.get("choices"), list):
                options["choices"] = offered(unbound_field.kwargs["choices"])
            return unbound_field.bind(form=form, filters=filters, **options)

    form_errors: list[str]

    def validate(self, extra_validators: Any = None) -> bool:
        """Return whether the input is valid; a number too large for a column is not."""
        holds = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field, IntegerField) and not -LARGEST <= (field.data or 0) <= LARGEST:
                field.errors = [*field.errors, TOO_LARGE]
                holds = False
        return holds

    def refuse(self, error: Refused) -> None:
        """Show a refusal at the field concerned, or at the top of the form."""
        field: Field | None = self._fields.get(error.field) if error.field else None
        if field is None:
            self.form_errors.append(error.sentence)
        else:
            field.errors = [*field.errors, error.sentence]

    @property
    def sentences(self) -> list[str]:
        """All errors as sentences, for a response to a script."""
        return [*self.form_errors, *(str(message) for field in self for message in field.errors)]

    def try_(self, operation: Callable[[], T]) -> T | None:
        """Run an operation if the form is valid; on a refusal, show it in the form and return None.

        An operation may also return None itself: `done` tells the two apart.
        """
        self.done = False
        if not self.validate_on_submit():
            return None
        try:
            result = operation()
        except Refused as error:
            undo()
            self.refuse(error)
            self.refused = error
            return None
        self.done = True
        return result

    done: bool = False
    refused: Refused | None = None
    """The operation's refusal, for the status of the response."""
