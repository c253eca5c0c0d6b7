"""Who signs, what a check says, and what an adjuster does."""

from govern.words import Word


class SignerRole(Word):
    """As what someone signs, in the order they sign."""

    SECRETARY = "secretary", "sekreterare"
    CHAIR = "chair", "ordförande"
    ADJUSTER = "adjuster", "justerare"
    CERTIFIER = "certifier", "bestyrker utdraget"


class ProtocolKind(Word):
    """What a sealed record is of."""

    MAIN = "main", "Protokoll"
    IMMEDIATE = "immediate", "Omedelbart justerad paragraf"
    CORRECTION = "correction", "Rättelse"
    EXTRACT = "extract", "Protokollsutdrag"


class Severity(Word):
    """What a finding does: a hinder stops sealing, a warning can be accepted with a reason."""

    HINDER = "hinder", "Hinder"
    WARNING = "warning", "Varning"


class Reading(Word):
    """What an adjuster says of a paragraph before it is sealed."""

    NO_REMARKS = "no_remarks", "Inga synpunkter"
    COMMENT = "comment", "Synpunkt"
