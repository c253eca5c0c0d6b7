"""When the owner of a saved search is notified, and the events of a case."""

from govern.words import Word


class Telling(Word):
    """When the owner of a saved search is notified of new hits by email."""

    NEVER = "never", "Nej, inga brev"
    DAILY = "daily", "En gång om dagen"
    AT_ONCE = "at_once", "Genast"


class Event(Word):
    """An event of a case; events of the same day are listed in this order."""

    PROPOSED = "proposed", "Tjänsteskrivelse"
    TREATED = "treated", "Behandlat"
    ASSIGNED = "assigned", "Uppdrag"
    SEALED = "sealed", "Protokollet förseglat"
    SIGNED = "signed", "Protokollet undertecknat"
    POSTED = "posted", "Anslaget"
    CORRECTED = "corrected", "Rättelse"
    REPORTED = "reported", "Återrapport"
    CLOSED = "closed", "Uppdraget avslutat"
