"""Generating the procedure section (beslutsgång) in Swedish from the motions, their order, and the ballots.

The prose is in the present tense, as in Swedish protocols. Missing data is left out of the text, never made up;
`drafting.desk.procedure_faults` reports it. Withdrawn motions are left out (KL 5:66). Who voted how stands once, in the
table of the ballot.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from govern.record import Ballot, Motion
from govern.richtext import Blocks, Para, Run

# First words of a motion's text that can follow "yrkande om".
NOUNS = ("bifall", "avslag", "återremiss", "bordläggning", "ändring", "tillägg", "votering", "uppskov")
COMMON = (
    "att ",
    "den ",
    "det ",
    "de ",
    "en ",
    "ett ",
    "förslag",
    "yrkande",
    "ny ",
    "nytt ",
    "nya ",
    "oförändra",
    "ingen ",
)
NO_GENITIVE_S = ("s", "x", "z", "S", "X", "Z")


def write(
    motions: Sequence[Motion], ballots: Sequence[Ballot], *, forum: str, decided: bool = False, election: bool = False
) -> Blocks:
    """Write the whole procedure, one block per step; empty if there is nothing to say.

    `decided` is whether the paragraph holds a decision, `election` whether that is an election.
    """
    put = in_order([motion for motion in motions if not motion.withdrawn])
    names = labels(put)
    sentences: list[str] = []
    if len(put) > 1:
        sentences += _order(put, names, forum)
    if put:
        sentences.append(_question(put, names, forum, balloted=bool(ballots)))
    elif decided and not ballots:
        sentences.append(
            f"Ordföranden frågar om {forum} kan besluta enligt förslaget, och finner att {forum} beslutar så."
        )
    for number, ballot in enumerate(ballots):
        sentences += _ballot(ballot, forum, election, again=number > 0)
    return tuple(Para((Run(sentence),)) for sentence in sentences)


def in_order(motions: Iterable[Motion]) -> list[Motion]:
    """Sort the motions in the order in which the chair put them; those without one come last, in the order moved."""
    return sorted(motions, key=lambda motion: (motion.put_order is None, motion.put_order or 0))


def labels(motions: Sequence[Motion]) -> list[str]:
    """Return a distinguishing name for each motion: by its mover, with its text if that is short or needed."""
    movers = Counter(motion.mover for motion in motions)
    return [_label(motion, alone=bool(motion.mover) and movers[motion.mover] == 1) for motion in motions]


def _label(motion: Motion, *, alone: bool) -> str:
    text = motion.text.strip().rstrip(".")
    owner = f"{genitive(motion.mover)} yrkande" if motion.mover else "yrkandet"
    if not text or (alone and len(text) > 60):
        return owner
    if text.lower().startswith("att "):
        return f"{owner} {lowered(text)}"
    if text.lower().startswith(NOUNS):
        return f"{owner} om {lowered(text)}"
    return f"{owner} ”{text}”"


def genitive(name: str) -> str:
    """Return a name's genitive: `Anna Asks`, but `Bo Anders` unchanged (Swedish adds no s after s, x or z)."""
    return name if name.endswith(NO_GENITIVE_S) else f"{name}s"


def lowered(text: str) -> str:
    """Lower-case the first letter if the first word is one that cannot be a name."""
    return text[:1].lower() + text[1:] if text.lower().startswith((*NOUNS, *COMMON)) else text


def listed(parts: Sequence[str]) -> str:
    """Join the parts as in a sentence: `a`, `a och b`, `a, b och c`."""
    return " och ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else ""


def _order(motions: Sequence[Motion], names: Sequence[str], forum: str) -> list[str]:
    if any(motion.put_order is None for motion in motions):
        return [f"Det finns {_count(len(motions))} yrkanden: {listed(names)}."]
    middle = [f"sedan {name}" for name in names[1:-1]]
    steps = ", ".join([f"först {names[0]}", *middle])
    return [
        f"Ordföranden föreslår att yrkandena prövas i denna ordning: {steps} och sist {names[-1]}. "
        f"{capital(forum)} godkänner propositionsordningen."
    ]


def _question(motions: Sequence[Motion], names: Sequence[str], forum: str, *, balloted: bool) -> str:
    asks = f"Ordföranden ställer proposition på {listed(names)}"
    if len(motions) > 1:
        asks += ", vart och ett för sig"
    won = [name for motion, name in zip(motions, names, strict=True) if motion.carried is True]
    lost = [name for motion, name in zip(motions, names, strict=True) if motion.carried is False]
    if balloted:  # The data does not hold the chair's finding before the ballot; the ballot's result decides.
        return f"{asks}."
    if won and (lost or len(motions) > 1):
        return f"{asks}, och finner att {forum} beslutar i enlighet med {listed(won)}."
    if won:
        return f"{asks} och finner att {forum} bifaller det."
    if lost and len(lost) == len(motions):
        what = "det" if len(motions) == 1 else "dem alla" if len(motions) > 2 else "båda"
        return f"{asks}{',' if len(motions) > 1 else ''} och finner att {forum} avslår {what}."
    return f"{asks}."


def _ballot(ballot: Ballot, forum: str, election: bool, *, again: bool) -> list[str]:
    asked = "Omröstning begärs på nytt" if again else "Omröstning begärs"
    sentences = [f"{asked}{_in_question(ballot.question)}."]
    if ballot.yes_means or ballot.no_means:
        means = [
            f"{word}-röst innebär {lowered(text.rstrip('.'))}"
            for word, text in (("ja", ballot.yes_means), ("nej", ballot.no_means))
            if text
        ]
        sentences.append(f"{capital(forum)} godkänner följande propositionsordning: {listed(means)}.")
    if ballot.method == "secret":
        sentences.append("Valet sker med slutna sedlar." if election else "Omröstningen är sluten.")
    elif ballot.votes:
        sentences.append("Omröstningen sker öppet.")
    sentences.append(result(ballot, forum))
    return sentences


def _in_question(question: str) -> str:
    """Return what a ballot is about: `i frågan om budgeten`, or the question itself where it cannot follow an om."""
    text = question.strip().rstrip(".")
    if not text:
        return ""
    if found := re.match(r"om\s+(.+?)\??$", text, flags=re.IGNORECASE | re.DOTALL):
        return f" i frågan om {found[1]}"
    about = lowered(text.rstrip("?"))
    follows = about[:1].islower() and (not text.endswith("?") or about.startswith((*NOUNS, *COMMON)))
    return f" i frågan om {about}" if follows else f" i frågan ”{text}”"


def put_to_the_meeting(motions: Sequence[Motion], *, balloted: bool, forum: str = "mötet") -> list[str]:
    """Return the order in which the chair put the motions, and what the chair found, as sentences; empty if unknown."""
    put = in_order([motion for motion in motions if not motion.withdrawn and motion.put_order is not None])
    names = labels(put)
    order = _order(put, names, forum) if len(put) > 1 else []
    return [*order, _question(put, names, forum, balloted=balloted)] if put else []


def result(ballot: Ballot, forum: str = "mötet") -> str:
    """Return a ballot's outcome as a sentence: the counts, what was decided by them, and how a tie was settled."""
    counts = f"{_votes(ballot.yes, 'ja')} mot {_votes(ballot.no, 'nej')}"
    aside = f", medan {ballot.abstain} avstår från att rösta," if ballot.abstain else ""
    if ballot.yes != ballot.no:
        return f"Med {counts}{aside} beslutar {forum} enligt {_side(ballot, ballot.yes > ballot.no)}."
    tie = f"Rösterna faller lika, {counts}{aside.rstrip(',')}."
    if ballot.decided_by_lot:
        return f"{tie} Utgången avgörs genom lottning."
    if ballot.casting_vote_by is None:
        return tie
    own = next((vote.choice for vote in ballot.votes if vote.name == ballot.casting_vote_by), None)
    if own not in ("yes", "no"):
        return f"{tie} {ballot.casting_vote_by} avgör med sin utslagsröst."
    side = _side(ballot, own == "yes")
    return f"{tie} {ballot.casting_vote_by} avgör med sin utslagsröst, och {forum} beslutar enligt {side}."


def _side(ballot: Ballot, yes: bool) -> str:
    text = lowered((ballot.yes_means if yes else ballot.no_means).rstrip("."))
    side = "ja-propositionen" if yes else "nej-propositionen"
    return f"{side}: {text}" if text else side


def _votes(count: int, word: str) -> str:
    return f"{count} {word}-{'röst' if count == 1 else 'röster'}"


def _count(count: int) -> str:
    words = ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")
    return words[count] if count < len(words) else str(count)


def capital(text: str) -> str:
    """Capitalise the first letter, to begin a sentence."""
    return text[:1].upper() + text[1:]
