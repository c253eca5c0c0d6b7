"""Enumerations of signers' roles, records, findings and adjusters' verdicts."""

from govern.words import Word


class SignerRole(Word):
    """The role in which somebody signs, in the order of signing."""

    SECRETARY = "secretary", "sekreterare"
    CHAIR = "chair", "ordförande"
    ADJUSTER = "adjuster", "justerare"
    CERTIFIER = "certifier", "bestyrker utdraget"


class ProtocolKind(Word):
    """The kind of a sealed record."""

    MAIN = "main", "Protokoll"
    IMMEDIATE = "immediate", "Omedelbart justerad paragraf"
    CORRECTION = "correction", "Rättelse"
    EXTRACT = "extract", "Protokollsutdrag"


class Severity(Word):
    """The severity of a finding: a hinder prevents the sealing, a warning can be accepted with a reason."""

    HINDER = "hinder", "Hinder"
    WARNING = "warning", "Varning"


class Reading(Word):
    """An adjuster's verdict on a paragraph before it is sealed."""

    NO_REMARKS = "no_remarks", "Inga synpunkter"
    COMMENT = "comment", "Synpunkt"
