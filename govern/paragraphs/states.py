"""The states of a paragraph and the kinds of its parts, with their Swedish words."""

from govern.words import Word


class ParagraphState(Word):
    """A paragraph's stage towards approval."""

    DRAFT = "draft", "Utkast"
    READY = "ready", "Klar för godkännande"
    RETURNED = "returned", "Återlämnad"
    APPROVED = "approved", "Godkänd"


class SectionKind(Word):
    """The kind of a section of a paragraph's text; the word is its heading if none is written."""

    TEXT = "text", ""
    MATTER = "matter", "Ärendebeskrivning"
    SUMMARY = "summary", "Sammanfattning"
    BACKGROUND = "background", "Bakgrund"
    BASIS = "basis", "Beslutsunderlag"
    PREVIOUS = "previous", "Tidigare behandling"
    PROPOSAL = "proposal", "Förslag till beslut"
    PROCEDURE = "procedure", "Beslutsgång"
    OTHER = "other", "Övrigt"


class Outcome(Word):
    """The kind of a decision."""

    APPROVAL = "approval", "Bifall"
    REJECTION = "rejection", "Avslag"
    REMISSION = "remission", "Återremiss"
    TABLING = "tabling", "Bordläggning"
    NOTING = "noting", "Anteckning"
    ELECTION = "election", "Val"
    OTHER = "other", "Annat beslut"


class BallotMethod(Word):
    """How a ballot was held."""

    OPEN = "open", "Öppen omröstning"
    SECRET = "secret", "Sluten omröstning"


class Choice(Word):
    """A vote."""

    YES = "yes", "Ja"
    NO = "no", "Nej"
    ABSTAIN = "abstain", "Avstår"


class DissentKind(Word):
    """The form in which someone enters their own view in the protocol."""

    RESERVATION = "reservation", "Reservation"
    OPINION = "opinion", "Särskilt yttrande"
    NOTE = "note", "Protokollsanteckning"


class Change(Word):
    """A change of someone's presence from a paragraph on."""

    ARRIVES = "arrives", "Kommer"
    LEAVES = "leaves", "Går"
    SERVES = "serves", "Går in som tjänstgörande"
    STEPS_BACK = "steps_back", "Slutar tjänstgöra"


class Verdict(Word):
    """The chair's verdict on a paragraph."""

    APPROVE = "approve", "Godkänd"
    RETURN = "return", "Skickad tillbaka"


class Relation(Word):
    """What a decision does to an earlier one."""

    REPLACES = "replaces", "Ersätter"
    AMENDS = "amends", "Ändrar"

    @property
    def undergone(self) -> str:
        """The word as seen from the earlier decision."""
        return {Relation.REPLACES: "Ersatt av", Relation.AMENDS: "Ändrad av"}[self]


class PhraseTarget(Word):
    """Where a phrase is inserted."""

    TEXT = "text", "Texten"
    DECISION = "decision", "Beslutet, som att-sats"
    HEADING = "heading", "Paragrafens rubrik"


COMES_BACK = (Outcome.TABLING, Outcome.REMISSION)
