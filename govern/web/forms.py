"""The base of every form, and the one way a view runs an operation on what was typed."""

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
    """Give what was typed in a field of one line as that, without white space at its ends, each letter written one way.

    A letter with marks is one character then, as keyboards write it, so that equal names are equal (Unicode's NFC).
    """
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", " ".join(filter(None, (line.strip() for line in value.splitlines()))))


def blank_to_none(value: Any) -> Any:
    """Read an empty choice as none made."""
    return None if value in ("", "None", None) else value


def optional_id(value: Any) -> int | None:
    """Read a select's value as an id, or None for its empty choice."""
    return whole(value if isinstance(value, int) else str(value or ""))


def offered(choices: Iterable[tuple[Any, str] | SelectChoice]) -> list[SelectChoice]:
    """Make what a select field offers, of pairs of value and label."""
    return [c if isinstance(c, SelectChoice) else SelectChoice(value=c[0], label=c[1]) for c in choices]


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]
    """Several choices, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Form(FlaskForm):  # type: ignore[misc]
    """A form with CSRF, in Swedish. What an operation refuses stands among its errors."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ("sv",)

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """Keep what is typed into fields of one line on one."""
            filters = unbound_field.kwargs.get("filters", ())
            if unbound_field.field_class.__name__ in {"StringField", "EmailField", "TelField"}:
                filters = [on_one_line, *filters]
            if isinstance(unbound_field.kwargs.get("choices"), list):
                options["choices"] = offered(unbound_field.kwargs["choices"])
            return unbound_field.bind(form=form, filters=filters, **options)

    form_errors: list[str]

    def validate(self, extra_validators: Any = None) -> bool:
        """Say whether all that is typed holds; a number that no column holds does not."""
        holds = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field, IntegerField) and not -LARGEST <= (field.data or 0) <= LARGEST:
                field.errors = [*field.errors, TOO_LARGE]
                holds = False
        return holds

    def refuse(self, error: Refused) -> None:
        """Show a refusal at the field it is about, or at the head of the form."""
        field: Field | None = self._fields.get(error.field) if error.field else None
        if field is None:
            self.form_errors.append(error.sentence)
        else:
            field.errors = [*field.errors, error.sentence]

    @property
    def sentences(self) -> list[str]:
        """Everything that is wrong, in words, for whoever asked by script."""
        return [*self.form_errors, *(str(message) for field in self for message in field.errors)]

    def try_(self, operation: Callable[[], T]) -> T | None:
        """Run an operation if the form holds; a refusal is shown in the form and answers None.

        An operation that has nothing to give answers None too: ask `done` which it was.
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
    """What the operation refused, for whoever answers by it."""
