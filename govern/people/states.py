"""The kinds of second factors, with their Swedish words."""

from govern.words import Word


class FactorKind(Word):
    """What a second factor is."""

    TOTP = "totp", "Kodapp"
    PASSKEY = "passkey", "Passkey"
