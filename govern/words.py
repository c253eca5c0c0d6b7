"""Enumerations with Swedish labels: English in the code and the database, Swedish on the screen."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A member is written `NAME = "stored_value", "svenskt ord"`; it compares and stores as its value."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return values and labels for a select field."""
        return [(member.value, member.label) for member in cls]
