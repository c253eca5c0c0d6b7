"""The kinds of second factors and of account events."""

from govern.words import Word


class FactorKind(Word):
    """The kind of a second factor."""

    TOTP = "totp", "Kodapp"
    PASSKEY = "passkey", "Passkey"


class Happening(Word):
    """The kind of an account event, worded for its owner: `{by}` is who caused it, `{about}` its subject."""

    ACCOUNT_MADE = "account_made", "{by} gav dig ett konto."
    LINK_MADE = "link_made", "{by} gjorde en länk som låter den som har den välja ett nytt lösenord till ditt konto."
    LINK_ENDED = "link_ended", "{by} återkallade länken för att välja lösenord."
    PASSWORD_SET = "password_set", "Ett nytt lösenord valdes med länken som {by} gjorde."
    PASSWORD_CHANGED = "password_changed", "{by} bytte lösenord."
    FACTORS_RESET = "factors_reset", "{by} tog bort alla andra steg och återställningskoder från ditt konto."
    FACTOR_ADDED = "factor_added", "{by} lade till ett andra steg: {about}."
    FACTOR_REMOVED = "factor_removed", "{by} tog bort ett andra steg: {about}."
    CODES_MADE = "codes_made", "{by} gjorde nya återställningskoder. De gamla gäller inte längre."
    CODE_USED = "code_used", "{by} använde en återställningskod."
    ADDRESS_CHANGED = "address_changed", "{by} ändrade din e-postadress: {about}."
    NAME_CHANGED = "name_changed", "{by} ändrade ditt namn: {about}."
    ADMINISTRATOR_GIVEN = "administrator_given", "{by} gjorde dig till administratör."
    ADMINISTRATOR_TAKEN = "administrator_taken", "{by} tog bort dig som administratör."
    DISABLED = "disabled", "{by} stängde av ditt konto."
    ENABLED = "enabled", "{by} öppnade ditt konto igen."
    SESSIONS_ENDED = "sessions_ended", "{by} loggade ut dig överallt."
    RESET_CONFIRMED = "reset_confirmed", "{by} bekräftade att återställningen av ditt konto är riktig."
    NEW_ADMINISTRATOR = "new_administrator", "{by} gjorde {about} till administratör."
