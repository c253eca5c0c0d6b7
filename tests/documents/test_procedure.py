"""The text of the procedure, written in Swedish from the motions, propositions and votes."""

from typing import Any

import pytest

from govern.documents.papers import procedure
from govern.record import Ballot, Motion, Vote
from govern.richtext import text_of

ANNA = Motion(text="Bifall till förslaget.", mover="Anna Ask", put_order=1)
BO = Motion(text="avslag på förslaget", mover="Bo Anders", put_order=2)
CARIN = Motion(text="att ärendet återremitteras", mover="Carin Dal", put_order=3)


def motion(given: Motion, **values: Any) -> Motion:
    """Return a motion with some values changed."""
    fields = {name: getattr(given, name) for name in Motion.__dataclass_fields__}
    return Motion(**fields | values)


def ballot(yes: int, no: int, abstain: int = 0, **values: Any) -> Ballot:
    """Return a ballot."""
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
            "Omröstningen sker öppet.",
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
            "Omröstningen sker öppet.",
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
    """Each case gives exactly these lines."""
    blocks = procedure.write(motions, ballots, forum="rådet", **options)
    assert text_of(blocks).splitlines() == [line.format(**NAMES) for line in told]


def test_two_motions_by_one_person_are_told_apart() -> None:
    """A long motion is named by its mover only, unless the mover has several."""
    long = "att " + "utreda frågan vidare " * 5
    assert procedure.labels([Motion(text=long, mover="Anna Ask")]) == ["Anna Asks yrkande"]
    first, second = procedure.labels([Motion(text=long, mover="Anna Ask"), motion(ANNA)])
    assert first.startswith("Anna Asks yrkande att utreda")
    assert second == "Anna Asks yrkande om bifall till förslaget"


MORE: dict[str, tuple[list[Motion], list[Ballot], dict[str, bool], str]] = {
    "decided by ballot alone": ([], [ballot(2, 1)], {"decided": True}, "Omröstning begärs."),
    "nothing decided": ([], [], {"election": True}, ""),
    "one motion, no answer known": (
        [motion(ANNA)],
        [],
        {},
        "Ordföranden ställer proposition på Anna Asks yrkande om bifall till förslaget.",
    ),
    "both carried": ([motion(ANNA, carried=True), motion(BO, carried=True)], [], {}, "i enlighet med {A} och {B}."),
    "one carried, one unknown": (
        [motion(ANNA, carried=True), motion(BO)],
        [],
        {},
        "och finner att rådet beslutar i enlighet med {A}.",
    ),
    "both lost": (
        [motion(ANNA, carried=False), motion(BO, carried=False)],
        [],
        {},
        "vart och ett för sig, och finner att rådet avslår båda.",
    ),
    "all three lost": (
        [motion(ANNA, carried=False), motion(BO, carried=False), motion(CARIN, carried=False)],
        [],
        {},
        "vart och ett för sig, och finner att rådet avslår dem alla.",
    ),
    "one lost, one unknown": ([motion(ANNA, carried=False), motion(BO)], [], {}, "vart och ett för sig."),
    "no order known": (
        [motion(ANNA, put_order=None, carried=True), motion(BO, put_order=None, carried=False)],
        [],
        {},
        "Det finns två yrkanden: {A} och {B}.",
    ),
    "the order of one unknown": (
        [motion(ANNA, put_order=None, carried=True), motion(BO, carried=False)],
        [],
        {},
        "Det finns två yrkanden: {B} och {A}.",
    ),
    "put first of all": (
        [motion(ANNA, put_order=1), motion(BO, put_order=0)],
        [],
        {},
        "Ordföranden föreslår att yrkandena prövas i denna ordning: först {B} och sist {A}.",
    ),
    "a ballot with a question": (
        [],
        [ballot(2, 1, question="Bifall till budgeten?")],
        {},
        "Omröstning begärs i frågan om bifall till budgeten.",
    ),
    "a ballot on whether": (
        [],
        [ballot(2, 1, question="Om budgeten ska höjas?")],
        {},
        "Omröstning begärs i frågan om budgeten ska höjas.",
    ),
    "a ballot on a question": (
        [],
        [ballot(2, 1, question="Ska budgeten höjas?")],
        {},
        "Omröstning begärs i frågan ”Ska budgeten höjas?”.",
    ),
    "a ballot on a matter": (
        [],
        [ballot(2, 1, question="Budgeten.")],
        {},
        "Omröstning begärs i frågan ”Budgeten”.",
    ),
    "a second ballot": ([], [ballot(2, 1), ballot(1, 2)], {}, "Omröstning begärs på nytt."),
    "yes alone is explained": (
        [],
        [ballot(2, 1, no_means="")],
        {},
        "Rådet godkänner följande propositionsordning: ja-röst innebär bifall till förslaget.",
    ),
    "no alone is explained": (
        [],
        [ballot(1, 2, yes_means="", no_means="Avslag.")],
        {},
        "Rådet godkänner följande propositionsordning: nej-röst innebär avslag.",
    ),
    "no wins": ([], [ballot(1, 2, no_means="Avslag.")], {}, "beslutar rådet enligt nej-propositionen: avslag."),
    "a secret election": ([], [ballot(2, 1, method="secret")], {"election": True}, "Valet sker med slutna sedlar."),
    "an open election": (
        [],
        [ballot(1, 0, votes=VOTES[:1])],
        {"election": True},
        "Omröstningen sker öppet.",
    ),
    "one abstains by name": (
        [],
        [ballot(1, 0, 1, votes=(VOTES[0], Vote(name="Bo Anders", choice="abstain")))],
        {},
        "Med 1 ja-röst mot 0 nej-röster, medan 1 avstår från att rösta, beslutar rådet enligt ja-propositionen",
    ),
    "a tie while one abstains": (
        [],
        [ballot(1, 1, 1)],
        {},
        "Rösterna faller lika, 1 ja-röst mot 1 nej-röst, medan 1 avstår från att rösta.",
    ),
    "a casting vote for no": (
        [],
        [ballot(1, 1, votes=VOTES[:2], casting_vote_by="Bo Anders")],
        {},
        "Bo Anders avgör med sin utslagsröst, och rådet beslutar enligt nej-propositionen: avslag.",
    ),
    "a casting vote in a secret ballot": (
        [],
        [ballot(1, 1, method="secret", casting_vote_by="Anna Ask")],
        {},
        "Anna Ask avgör med sin utslagsröst.",
    ),
    "a casting vote of one who abstained": (
        [],
        [ballot(1, 1, 1, votes=(Vote(name="Anna Ask", choice="abstain"),), casting_vote_by="Anna Ask")],
        {},
        "Anna Ask avgör med sin utslagsröst.",
    ),
}


@pytest.mark.parametrize(("motions", "ballots", "options", "line"), MORE.values(), ids=MORE)
def test_a_line_of_it(motions: list[Motion], ballots: list[Ballot], options: dict[str, bool], line: str) -> None:
    """The text contains the line, and nothing that is not known."""
    told = text_of(procedure.write(motions, ballots, forum="rådet", **options))
    assert line.format(**NAMES) in told
    assert "beslutar så" not in told
    assert told.count("på nytt") == max(len(ballots) - 1, 0)
    if not line:
        assert told == ""
    if "sin utslagsröst." in line:
        assert "enligt" not in told


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("Anna Ask", "Anna Asks"),
        *((name, name) for name in ("Bo Anders", "Eva Lax", "Ulf Walz", "EVA NÄS", "MAX", "ÅSA WALZ")),
    ],
)
def test_whose(name: str, whose: str) -> None:
    assert procedure.genitive(name) == whose


@pytest.mark.parametrize("word", [*procedure.NOUNS, *procedure.COMMON])
def test_a_sentence_goes_on_in_small_letters(word: str) -> None:
    """A capital is lowered only if the first word cannot be a name."""
    assert procedure.lowered(f"{word.capitalize()}x") == f"{word}x"
    assert procedure.lowered("Anna föreslår") == "Anna föreslår"
    assert procedure.lowered("Växjö") == "Växjö"


def test_which_words_open_a_motion() -> None:
    """The lists affect the wording of protocols, so they may not change unnoticed."""
    nouns = "bifall avslag återremiss bordläggning ändring tillägg votering uppskov"
    assert list(procedure.NOUNS) == nouns.split()
    common = "att |den |det |de |en |ett |förslag|yrkande|ny |nytt |nya |oförändra|ingen "
    assert "|".join(procedure.COMMON) == common
    for noun in procedure.NOUNS:
        assert procedure.labels([Motion(text=f"{noun.capitalize()}.", mover="Anna Ask")]) == [
            f"Anna Asks yrkande om {noun}"
        ]


LABELS = {
    "nobody's": ([Motion(text="Avslag.")], ["yrkandet om avslag"]),
    "nobody's two": ([Motion(text="Avslag."), Motion(text="x" * 61)], ["yrkandet om avslag", f"yrkandet ”{'x' * 61}”"]),
    "without words": ([Motion(text=" . ", mover="Anna Ask")], ["Anna Asks yrkande"]),
    "sixty letters": ([Motion(text="x" * 60, mover="Anna Ask")], [f"Anna Asks yrkande ”{'x' * 60}”"]),
    "one more": ([Motion(text="x" * 61, mover="Anna Ask")], ["Anna Asks yrkande"]),
    "to do something": ([Motion(text=" Att utreda. ", mover="Anna Ask")], ["Anna Asks yrkande att utreda"]),
    "in other words": ([Motion(text="Växjö först", mover="Anna Ask")], ["Anna Asks yrkande ”Växjö först”"]),
}


@pytest.mark.parametrize(("motions", "labels"), LABELS.values(), ids=LABELS)
def test_what_a_motion_is_called(motions: list[Motion], labels: list[str]) -> None:
    assert procedure.labels(motions) == labels


@pytest.mark.parametrize(
    ("parts", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")]
)
def test_a_list_in_a_sentence(parts: list[str], told: str) -> None:
    assert procedure.listed(parts) == told


COUNTS = ["två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv", "13", "14"]


@pytest.mark.parametrize("count", range(2, 15))
def test_how_many_motions(count: int) -> None:
    motions = [Motion(text="avslag", mover=f"Nr {number}") for number in range(count)]
    told = text_of(procedure.write(motions, [], forum="rådet"))
    assert told.startswith(f"Det finns {COUNTS[count - 2]} yrkanden: ")


def test_the_first_letter_of_a_sentence() -> None:
    assert procedure.capital("rådet i Växjö") == "Rådet i Växjö"
    assert procedure.capital("") == ""
