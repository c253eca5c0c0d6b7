"""The kinds of mask span."""

from govern.words import Word


class MaskKind(Word):
    """What a span is proposed as, or that a person marked it."""

    NUMBER = "number", "Personnummer"
    EMAIL = "email", "E-postadress"
    PHONE = "phone", "Telefonnummer"
    ADDRESS = "address", "Adress"
    NAME = "name", "Namn"
    PERHAPS = "perhaps", "Kanske ett namn"
    MARKED = "marked", "Markerat för hand"
