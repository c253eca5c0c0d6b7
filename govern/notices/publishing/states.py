"""What sort of personal data a masked stretch holds."""

from govern.words import Word


class MaskKind(Word):
    """Why a stretch is proposed, or was marked."""

    NUMBER = "number", "Personnummer"
    EMAIL = "email", "E-postadress"
    PHONE = "phone", "Telefonnummer"
    ADDRESS = "address", "Adress"
    NAME = "name", "Namn"
    PERHAPS = "perhaps", "Kanske ett namn"
    MARKED = "marked", "Markerat för hand"
