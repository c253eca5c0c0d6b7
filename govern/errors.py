"""What the program refuses, said so that the user knows what to do; a bug stays a bug."""

from enum import StrEnum


class GovernError(Exception):
    """The base of every error that Govern itself raises."""


class Refusal(StrEnum):
    """Why something may not be done now. Each slice lists its own in `rules.py`; the value is a Swedish sentence."""


class Refused(GovernError):
    """Raise when a rule says no. Nothing has changed.

    `sentence` is Swedish and fit for the user; `field` names the form field it is about, if any.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = str(sentence)
        self.field = field


class TooMany(Refused):
    """Raise when something is tried too often; `seconds` is how long to wait (HTTP 429 and Retry-After)."""

    def __init__(self, sentence: str, field: str | None = None, *, seconds: int) -> None:
        super().__init__(sentence, field)
        self.seconds = max(1, seconds)


def enforce(refusal: Refusal | None, field: str | None = None) -> None:
    """Raise what a rule answered, if it answered anything.

    Raises:
        Refused: when there is a refusal.
    """
    if refusal is not None:
        raise Refused(refusal.value, field)
