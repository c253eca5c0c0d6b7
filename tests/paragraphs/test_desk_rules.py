"""The rules behind the paragraph editor: comparing, phrases, late reservations, ties, secrecy; no database."""

from datetime import UTC, datetime, timedelta

import pytest

from govern.cases import secrecy
from govern.forums.states import Regime
from govern.paragraphs import rules
from govern.paragraphs.drafting import comparing
from govern.paragraphs.drafting import draft as drafts
from govern.paragraphs.models import Dissent
from govern.paragraphs.phrases import rules as phrasing
from govern.paragraphs.rules import Refusal
from govern.paragraphs.states import DissentKind

CLOSED = datetime(2024, 4, 22, 12, 0, tzinfo=UTC)
EMPTY = {"heading": "", "kind": None, "reference": None, "confidential": None}

WORDS = {
    "nothing": ("", "", ""),
    "the same": ("Rådet beslutar.", "Rådet beslutar.", "Rådet beslutar."),
    "a word comes": ("Rådet beslutar.", "Rådet beslutar nu.", "Rådet beslutar+[ nu]."),
    "a word goes": ("en två tre", "en tre", "en -[två ]tre"),
    "a word is changed": ("en två tre", "en fyra tre", "en -[två]+[fyra] tre"),
    "words beside each other are one change": ("en gul växel", "två gula växlar", "-[en gul växel]+[två gula växlar]"),
    "a comma": ("växel nu", "växel, nu", "växel+[,] nu"),
    "all new": ("", "ny text", "+[ny text]"),
}


def shown(pieces: tuple[comparing.Piece, ...]) -> str:
    """Format pieces readably."""
    marks = {"same": "{}", "ins": "+[{}]", "del": "-[{}]"}
    return "".join(marks[piece.change].format(piece.text) for piece in pieces)


@pytest.mark.parametrize(("before", "after", "told"), WORDS.values(), ids=WORDS)
def test_words_are_compared(before: str, after: str, told: str) -> None:
    """Each change is a separate piece, and both texts can be rebuilt from the pieces."""
    pieces = comparing.words(before, after)
    assert shown(pieces) == told
    assert "".join(p.text for p in pieces if p.change != "ins") == before
    assert "".join(p.text for p in pieces if p.change != "del") == after


def test_every_part_of_a_draft_is_compared() -> None:
    """Text, decisions, assignments, motions, ballots and dissents each have a heading, and people are named."""
    before = drafts.parse(EMPTY | {"heading": "Växel", "sections": [{"html": "<p>Fem växlar.</p>"}]})
    after = drafts.parse(
        EMPTY
        | {
            "heading": "Växel",
            "sections": [{"html": "<p>En växel.</p><ul><li>nu</li></ul>"}],
            "decisions": [
                {"outcome": "approval", "lead": "Rådet beslutar", "clauses": ["bifalla"], "recipients": ["Björkby"]}
            ],
            "assignments": [
                {
                    "text": "räkna",
                    "assignee": "Bo",
                    "due": "2024-06-03",
                    "alternatives": [{"text": "dyrt", "alternatives": [{"text": "mest"}]}],
                }
            ],
            "motions": [{"text": "avslag", "mover": 7, "supporters": [8], "put_order": 1, "carried": False}],
            "ballots": [{"method": "open", "question": "Bifall?", "votes": [{"presence": 7, "choice": "no"}]}],
            "dissents": [{"kind": "reservation", "person": 8, "text": "För dyrt."}],
        }
    )
    parts = {part.heading: part for part in comparing.compare(before, after, {7: "Anna Ask"})}
    assert not parts["Rubrik"].changed
    assert shown(parts["Text"].pieces) == "-[Fem växlar]+[En växel].+[\nnu]"
    added = {heading: shown(part.pieces) for heading, part in parts.items()}
    assert added["Beslut"] == "+[Rådet beslutar\natt bifalla\nUtgång: Bifall\nSkickas till: Björkby]"
    assert added["Uppdrag"] == "+[Ges till: Bo\nräkna\n1 dyrt\n1 a mest\nRedovisas senast: 3 juni 2024]"
    assert "Av: Anna Ask" in added["Yrkande"]
    assert "Anna Ask: nej" in added["Omröstning"]
    assert "Reservation av någon som inte längre finns" in added["Reservation eller yttrande"]


def test_a_phrase_is_filled_in() -> None:
    """Facts are escaped, unknown ones become an ellipsis, and those only the page knows are left in place."""
    html = "<p>{Ordförande} och {sekreterare} {tid}, {person}, {nästa möte}.</p>"
    facts = {"ordförande": "Anna <Ask>", "sekreterare": ""}
    assert phrasing.fill(html, facts) == "<p>Anna &lt;Ask&gt; och … {tid}, {person}, ….</p>"
    assert phrasing.unknown_in("{ordförande} {orförande}") == ["orförande"]


HOUR = timedelta(hours=1)
LATE = {
    "noted in time": (DissentKind.RESERVATION, CLOSED - HOUR, False, CLOSED, None),
    "noted late": (DissentKind.RESERVATION, CLOSED + HOUR, False, CLOSED, Refusal.DISSENT_LATE),
    "noted late, announced in time": (DissentKind.RESERVATION, CLOSED + HOUR, True, CLOSED, None),
    "the meeting goes on": (DissentKind.RESERVATION, CLOSED + HOUR, False, None, None),
    "from before the times were kept": (DissentKind.RESERVATION, None, False, CLOSED, None),
    "an opinion": (DissentKind.OPINION, CLOSED + HOUR, False, CLOSED, None),
    "a note": (DissentKind.NOTE, CLOSED + HOUR, False, CLOSED, None),
}


@pytest.mark.parametrize(("kind", "noted", "announced", "closed", "answer"), LATE.values(), ids=LATE)
def test_a_reservation_is_announced_before_the_meeting_closes(
    kind: DissentKind, noted: datetime | None, announced: bool, closed: datetime | None, answer: Refusal | None
) -> None:
    """KL 4:27."""
    assert rules.refuse_late_dissent(Dissent(kind=kind, noted_at=noted, announced=announced), closed) is answer


TIES = {
    "a majority": (3, 2, False, False, Regime.KL_BOARD, False, None),
    "a majority settled anyhow": (3, 2, True, False, Regime.KL_BOARD, False, Refusal.NO_TIE),
    "nothing counted yet": (0, 0, False, False, Regime.KL_BOARD, False, None),
    "a tie unsettled": (2, 2, False, False, Regime.AGREEMENT, False, Refusal.TIE_UNDECIDED),
    "the chair decides": (2, 2, True, False, Regime.KL_BOARD, False, None),
    "lots in a matter": (2, 2, False, True, Regime.KL_BOARD, False, Refusal.LOT_ELECTS),
    "lots in an election": (2, 2, False, True, Regime.KL_ASSEMBLY, True, None),
    "the chair elects": (2, 2, True, False, Regime.JOINT_BOARD, True, Refusal.LOT_MISSING),
    "lots by agreement": (2, 2, False, True, Regime.AGREEMENT, False, None),
}


@pytest.mark.parametrize(("yes", "no", "casting", "lot", "regime", "election", "answer"), TIES.values(), ids=TIES)
def test_how_a_tie_is_settled(
    yes: int, no: int, casting: bool, lot: bool, regime: Regime, election: bool, answer: Refusal | None
) -> None:
    """KL 5:56: the chair's casting vote, but lots for elections; only bodies under the Act are bound by it."""
    given = rules.refuse_outcome(yes, no, casting_vote=casting, by_lot=lot, regime=regime, election=election)
    assert given is answer


def test_reasons_for_secrecy() -> None:
    """A reason is stored as chapter, section and plain words; one that is no longer listed is offered where used."""
    listed = [value for _, rows in secrecy.offered() for value, _ in rows]
    assert "OSL 19 kap. 3 § (upphandling, anbud och försäljning)" in listed
    assert len(set(listed)) == len(listed)
    assert secrecy.offered(current="OSL 99 kap.")[-1] == ("Eget skäl", [("OSL 99 kap.", "OSL 99 kap.")])
    assert secrecy.chosen("", "ord") is None
    assert secrecy.chosen(secrecy.OTHER, " eget ") == "eget"
    assert secrecy.chosen(listed[0], "ord") == listed[0]
