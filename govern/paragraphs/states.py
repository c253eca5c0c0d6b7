"""The states and kinds of what a paragraph holds, with their Swedish words."""

from govern.words import Word


class ParagraphState(Word):
    """How far a paragraph has come towards its approval."""

    DRAFT = "draft", "Utkast"
    READY = "ready", "Klar för godkännande"
    RETURNED = "returned", "Återlämnad"
    APPROVED = "approved", "Godkänd"


class SectionKind(Word):
    """What a section of a paragraph's text is; the word is the heading it gets when none is written."""

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
    """What kind of decision it is."""

    APPROVAL = "approval", "Bifall"
    REJECTION = "rejection", "Avslag"
    REMISSION = "remission", "Återremiss"
    TABLING = "tabling", "Bordläggning"
    NOTING = "noting", "Anteckning"
    ELECTION = "election", "Val"
    OTHER = "other", "Annat beslut"


class BallotMethod(Word):
    """How votes were given."""

    OPEN = "open", "Öppen omröstning"
    SECRET = "secret", "Sluten omröstning"


class Choice(Word):
    """A vote."""

    YES = "yes", "Ja"
    NO = "no", "Nej"
    ABSTAIN = "abstain", "Avstår"


class DissentKind(Word):
    """How someone marks a view of their own."""

    RESERVATION = "reservation", "Reservation"
    OPINION = "opinion", "Särskilt yttrande"
    NOTE = "note", "Protokollsanteckning"


class Change(Word):
    """What happens to someone's presence from a paragraph on."""

    ARRIVES = "arrives", "Kommer"
    LEAVES = "leaves", "Går"
    SERVES = "serves", "Går in som tjänstgörande"
    STEPS_BACK = "steps_back", "Slutar tjänstgöra"


class Verdict(Word):
    """What a reviewer says of a paragraph."""

    APPROVE = "approve", "Godkänd"
    RETURN = "return", "Skickad tillbaka"


class Relation(Word):
    """What a decision does to an earlier one."""

    REPLACES = "replaces", "Ersätter"
    AMENDS = "amends", "Ändrar"

    @property
    def undergone(self) -> str:
        """The word seen from the earlier decision."""
        return {Relation.REPLACES: "Ersatt av", Relation.AMENDS: "Ändrad av"}[self]


class PhraseTarget(Word):
    """Where a phrase is put."""

    TEXT = "text", "Texten"
    DECISION = "decision", "Beslutet, som att-sats"
    HEADING = "heading", "Paragrafens rubrik"


COMES_BACK = (Outcome.TABLING, Outcome.REMISSION)
