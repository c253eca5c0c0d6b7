"""The kinds of forums, seats and paragraphs, and choices of the house style, with their Swedish words."""

from typing import cast

from govern.record import Regime as RegimeName
from govern.regimes import REGIMES, Demands
from govern.words import Word


class Level(Word):
    """A forum's level in its collaboration (docs/domain.md, Levels of a collaboration)."""

    VISIONARY = "visionary", "Visionär"
    STRATEGIC = "strategic", "Strategisk"
    STRATEGIC_TACTICAL = "strategic_tactical", "Strategisk-taktisk"
    TACTICAL_OPERATIONAL = "tactical_operational", "Taktisk-operativ"
    OPERATIONAL = "operational", "Operativ"


class ForumKind(Word):
    """The kind of a forum."""

    STEERING_GROUP = "steering_group", "Styrgrupp"
    PROGRAMME_MANAGEMENT = "programme_management", "Programledning"
    WORKING_GROUP = "working_group", "Arbetsgrupp"
    PROJECT = "project", "Projekt"
    COMMITTEE = "committee", "Nämnd"
    BOARD = "board", "Styrelse"
    COUNCIL = "council", "Råd"
    SUBCOMMITTEE = "subcommittee", "Utskott"
    ASSEMBLY = "assembly", "Fullmäktige"
    REFERENCE_GROUP = "reference_group", "Referensgrupp"


class Regime(Word):
    """Which rules bind a forum (regelverk)."""

    KL_ASSEMBLY = "kl_assembly", "Kommunallagen, fullmäktige"
    KL_BOARD = "kl_board", "Kommunallagen, styrelse eller nämnd"
    JOINT_BOARD = "joint_board", "Kommunallagen, gemensam nämnd"
    ASSOCIATION = "association", "Ekonomisk förening"
    AGREEMENT = "agreement", "Samverkansavtal"

    @property
    def demands(self) -> Demands:
        """What the regime requires."""
        return REGIMES[cast("RegimeName", self.value)]


class Numbering(Word):
    """When a forum's paragraph numbers restart from 1."""

    CONTINUOUS = "continuous", "Löpande, börjar aldrig om"
    YEARLY = "yearly", "Börjar om varje kalenderår"
    MEETING = "meeting", "Börjar om varje möte"


class SeatRole(Word):
    """The role of a seat."""

    CHAIR = "chair", "Ordförande"
    VICE_CHAIR = "vice_chair", "Vice ordförande"
    MEMBER = "member", "Ledamot"
    SUBSTITUTE = "substitute", "Ersättare"
    SECRETARY = "secretary", "Sekreterare"
    CO_OPTED = "co_opted", "Adjungerad"
    CONVENER = "convener", "Sammanhållande"
    PROJECT_LEAD = "project_lead", "Projektledare"

    @property
    def deciding(self) -> bool:
        """Whether the role takes part in decisions without serving for anyone."""
        return self in {SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.MEMBER}


class ParagraphKind(Word):
    """A paragraph's code, shown in the contents and the legend; formal items have none."""

    DECISION = "B", "beslut"
    INFORMATION = "I", "information"
    PLAN = "P", "plan"
    RECOMMENDATION = "R", "rekommendation"
    FOLLOW_UP = "U", "uppföljning"


class DecisionOrder(Word):
    """Where in a printed § its decision is placed."""

    FIRST = "first", "Först, före ärendebeskrivningen"
    LAST = "last", "Sist, efter ärendebeskrivning och yrkanden"


class StripRole(Word):
    """Who has a field in the signature strip at the foot of every page."""

    SECRETARY = "secretary", "Sekreterare"
    CHAIR = "chair", "Ordförande"
    ADJUSTER = "adjuster", "Justerande"
    CERTIFIER = "certifier", "Utdragsbestyrkande"
