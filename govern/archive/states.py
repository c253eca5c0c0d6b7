"""How the owner of a saved search is told, and what happens to a case."""

from govern.words import Word


class Telling(Word):
    """When the owner of a saved search gets mail of what is new in it."""

    NEVER = "never", "Nej, inga brev"
    DAILY = "daily", "En gång om dagen"
    AT_ONCE = "at_once", "Genast"


class Event(Word):
    """What happens to a case; those of one day come in this order."""

    PROPOSED = "proposed", "Tjänsteskrivelse"
    TREATED = "treated", "Behandlat"
    ASSIGNED = "assigned", "Uppdrag"
    SEALED = "sealed", "Protokollet förseglat"
    SIGNED = "signed", "Protokollet undertecknat"
    POSTED = "posted", "Anslaget"
    CORRECTED = "corrected", "Rättelse"
    REPORTED = "reported", "Återrapport"
    CLOSED = "closed", "Uppdraget avslutat"
