"""Errors for the user: refusals that say what to do. A bug is not one of them, and remains a bug."""

from enum import StrEnum


class GovernError(Exception):
    """The base class of Govern's own errors."""


class Refusal(StrEnum):
    """Why an action is not allowed. Each slice lists its own in `rules.py`; the value is a Swedish sentence."""


class Refused(GovernError):
    """Raise when a rule does not allow an action. Nothing has changed.

    `sentence` is Swedish and shown to the user; `field` is the name of the form field concerned, if any.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = str(sentence)
        self.field = field


class TooMany(Refused):
    """Raise when an action is attempted too often; `seconds` is how long to wait (HTTP 429 and Retry-After)."""

    def __init__(self, sentence: str, field: str | None = None, *, seconds: int) -> None:
        super().__init__(sentence, field)
        self.seconds = max(1, seconds)


def enforce(refusal: Refusal | None, field: str | None = None) -> None:
    """Raise the refusal that a rule returned, if any.

    Raises:
        Refused: if there is a refusal.
    """
    if refusal is not None:
        raise Refused(refusal.value, field)
