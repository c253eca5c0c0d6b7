"""The way to the decision, told in Swedish from what was moved, put and voted."""

from typing import Any

import pytest

from govern.paragraphs import procedure
from govern.record import Ballot, Motion, Vote
from govern.richtext import text_of

ANNA = Motion(text="Bifall till förslaget.", mover="Anna Ask", put_order=1)
BO = Motion(text="avslag på förslaget", mover="Bo Anders", put_order=2)
CARIN = Motion(text="att ärendet återremitteras", mover="Carin Dal", put_order=3)


def motion(given: Motion, **values: Any) -> Motion:
    """Give a motion with some values changed."""
    fields = {name: getattr(given, name) for name in Motion.__dataclass_fields__}
    return Motion(**fields | values)


def ballot(yes: int, no: int, abstain: int = 0, **values: Any) -> Ballot:
    """Give a ballot."""
    usual = {"method": "open", "question": "", "yes_means": "Bifall till förslaget", "no_means": "Avslag"}
    return Ballot(yes=yes, no=no, abstain=abstain, **usual | values)  # type: ignore[arg-type]


VOTES = (Vote(name="Anna Ask", choice="yes"), Vote(name="Bo Anders", choice="no"), Vote(name="Carin Dal", choice="yes"))
NAMES = {
    "A": "Anna Asks yrkande om bifall till förslaget",
    "B": "Bo Anders yrkande om avslag på förslaget",
    "C": "Carin Dals yrkande att ärendet återremitteras",
}

TABLE: dict[str, tuple[list[Motion], list[Ballot], dict[str, bool], list[str]]] = {
    "nothing": ([], [], {}, []),
    "acclamation without a motion": (
        [],
        [],
        {"decided": True},
        ["Ordföranden frågar om rådet kan besluta enligt förslaget, och finner att rådet beslutar så."],
    ),
    "one motion carried": (
        [motion(ANNA, carried=True)],
        [],
        {"decided": True},
        ["Ordföranden ställer proposition på {A} och finner att rådet bifaller det."],
    ),
    "one motion lost": (
        [motion(BO, carried=False)],
        [],
        {},
        ["Ordföranden ställer proposition på {B} och finner att rådet avslår det."],
    ),
    "two motions in order": (
        [motion(BO, carried=False), motion(ANNA, carried=True)],
        [],
        {},
        [
            "Ordföranden föreslår att yrkandena prövas i denna ordning: först {A} och sist {B}. Rådet "
            "godkänner propositionsordningen.",
            "Ordföranden ställer proposition på {A} och {B}, vart och ett för sig, och finner att rådet "
            "beslutar i enlighet med {A}.",
        ],
    ),
    "three motions": (
        [motion(ANNA, carried=False), motion(BO, carried=False), motion(CARIN, carried=True)],
        [],
        {},
        [
            "Ordföranden föreslår att yrkandena prövas i denna ordning: först {A}, sedan {B} och sist {C}. "
            "Rådet godkänner propositionsordningen.",
            "Ordföranden ställer proposition på {A}, {B} och {C}, vart och ett för sig, och finner att rådet "
            "beslutar i enlighet med {C}.",
        ],
    ),
    "a withdrawn motion is not told (KL 5:66)": (
        [motion(ANNA, carried=True), motion(BO, withdrawn=True)],
        [],
        {},
        ["Ordföranden ställer proposition på {A} och finner att rådet bifaller det."],
    ),
    "an open ballot by name": (
        [motion(ANNA), motion(BO)],
        [ballot(2, 1, votes=VOTES)],
        {},
        [
            "Ordföranden föreslår att yrkandena prövas i denna ordning: först {A} och sist {B}. Rådet "
            "godkänner propositionsordningen.",
            "Ordföranden ställer proposition på {A} och {B}, vart och ett för sig.",
            "Omröstning begärs.",
            "Rådet godkänner följande propositionsordning: ja-röst innebär bifall till förslaget och "
            "nej-röst innebär avslag.",
            "Omröstningen sker öppet. Ja röstar Anna Ask och Carin Dal. Nej röstar Bo Anders.",
            "Med 2 ja-röster mot 1 nej-röst beslutar rådet enligt ja-propositionen: bifall till förslaget.",
        ],
    ),
    "a secret ballot with someone abstaining": (
        [],
        [ballot(1, 4, 2, method="secret", yes_means="", no_means="")],
        {},
        [
            "Omröstning begärs.",
            "Omröstningen är sluten.",
            "Med 1 ja-röst mot 4 nej-röster, medan 2 avstår från att rösta, beslutar rådet enligt nej-propositionen.",
        ],
    ),
    "the chair's casting vote (KL 5:56)": (
        [],
        [ballot(1, 1, votes=VOTES[:2], casting_vote_by="Anna Ask", yes_means="", no_means="")],
        {},
        [
            "Omröstning begärs.",
            "Omröstningen sker öppet. Ja röstar Anna Ask. Nej röstar Bo Anders.",
            "Rösterna faller lika, 1 ja-röst mot 1 nej-röst. Anna Ask avgör med sin utslagsröst, och rådet "
            "beslutar enligt ja-propositionen.",
        ],
    ),
    "lots in an election (KL 5:56)": (
        [],
        [ballot(3, 3, method="secret", yes_means="Anna Ask", no_means="Bo Anders", decided_by_lot=True)],
        {"election": True},
        [
            "Omröstning begärs.",
            "Rådet godkänner följande propositionsordning: ja-röst innebär Anna Ask och nej-röst innebär Bo Anders.",
            "Valet sker med slutna sedlar.",
            "Rösterna faller lika, 3 ja-röster mot 3 nej-röster. Utgången avgörs genom lottning.",
        ],
    ),
    "a tie that nobody settled says no more than it knows": (
        [],
        [ballot(2, 2, yes_means="", no_means="")],
        {},
        ["Omröstning begärs.", "Rösterna faller lika, 2 ja-röster mot 2 nej-röster."],
    ),
}


@pytest.mark.parametrize(("motions", "ballots", "options", "told"), TABLE.values(), ids=TABLE)
def test_it_is_told(motions: list[Motion], ballots: list[Ballot], options: dict[str, bool], told: list[str]) -> None:
    """Each case in its own words."""
    blocks = procedure.write(motions, ballots, forum="rådet", **options)
    assert text_of(blocks).splitlines() == [line.format(**NAMES) for line in told]


def test_two_motions_by_one_person_are_told_apart() -> None:
    """A long motion is named by its mover alone, unless they moved more than one."""
    long = "att " + "utreda frågan vidare " * 5
    assert procedure.labels([Motion(text=long, mover="Anna Ask")]) == ["Anna Asks yrkande"]
    first, second = procedure.labels([Motion(text=long, mover="Anna Ask"), motion(ANNA)])
    assert first.startswith("Anna Asks yrkande att utreda")
    assert second == "Anna Asks yrkande om bifall till förslaget"
