"""What each regime requires of a body: one table, with its sources. KL is kommunallagen (2017:725).

The names are those of `forums.states.Regime`. A body under an agreement follows its own rules; here it must meet only
the requirements of every protocol.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from govern.record import Regime


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """The requirements of the law, each with its source.

    `adjust_within` is the most days from the meeting to the adjusted protocol (KL 5:69, 6:35); None where the forum's
    own number holds. `adjusters` is how few may adjust beside the chair (lag 2018:672 7:24 asks an association for
    one; KL leaves the number to the municipality).
    `quorum` says that more than half of the members must take part (KL 5:45, 6:27), `lots` that lots settle elections
    and nothing else (KL 5:56), `minority` that a third can return or table a matter (KL 5:50, in fullmäktige only).
    `posts` says that the adjusting is announced on the notice board (KL 8:12), `every_board` that it is on every
    member's (KL 9:32), and `appeal` how its decisions are appealed (KL 13:5); empty where they cannot be.
    `unposted` tells a reader why there is no notice.
    """

    adjust_within: int | None = None
    adjusters: int = 0
    quorum: bool = False
    lots: bool = False
    minority: bool = False
    posts: bool = False
    every_board: bool = False
    appeal: str = ""
    unposted: str = ""

    def sentences(self) -> list[str]:
        """Return the requirements as sentences for the forum's members; a chapter and its section stay on one line."""
        return [sentence.replace(" kap. ", "\u00a0kap.\u00a0").replace(" §", "\u00a0§") for sentence in self._parts()]

    def _parts(self) -> Iterator[str]:
        if self.quorum:
            yield "Mer än hälften av ledamöterna ska delta i beslutet (5 kap. 45 § och 6 kap. 27 § kommunallagen)."
        if self.lots:
            yield "Lika röstetal avgörs av ordföranden, i val av lotten (5 kap. 56 §)."
        if self.minority:
            yield "En tredjedel av de närvarande kan få ett ärende bordlagt eller återremitterat (5 kap. 50 §)."
        if self.adjusters:
            yield (
                "Protokollet undertecknas av den som förde det och justeras av ordföranden och minst en till (7 kap. "
                "24 § lagen om ekonomiska föreningar)."
            )
        if self.adjust_within is not None:
            yield f"Protokollet justeras senast {self.adjust_within} dagar efter mötet (5 kap. 69 § och 6 kap. 35 §)."
        if self.posts:
            yield "Justeringen anslås senast andra dagen därefter, tills tiden att överklaga är slut (8 kap. 12 §)."
        if self.every_board:
            yield "Den anslås på varje medlems anslagstavla (9 kap. 32 §)."
        if self == replace(Demands(), unposted=self.unposted):
            yield "Det som parterna har avtalat gäller. Kommunallagens regler om möten binder inte forumet."


APPEAL = (
    "Den som är medlem i kommunen kan begära laglighetsprövning av ett beslut hos förvaltningsrätten (13 kap. "
    "kommunallagen). Överklagandet är skriftligt och ska ha kommit in till förvaltningsrätten inom tre veckor från den "
    "dag då det tillkännagavs på anslagstavlan att protokollet justerats."
)

_KL = Demands(adjust_within=14, quorum=True, lots=True, posts=True, appeal=APPEAL)

REGIMES: Mapping[Regime, Demands] = {
    "kl_assembly": replace(_KL, minority=True),
    "kl_board": _KL,
    "joint_board": replace(
        _KL,
        every_board=True,
        appeal=f"{APPEAL} För en gemensam nämnd räknas tiden från den anslagstavla där det tillkännagavs sist.",
    ),
    "association": Demands(
        adjusters=1,
        unposted="En ekonomisk förening anslår inte sina protokoll: kommunallagens regler om anslagstavla och "
        "överklagande gäller inte den.",
    ),
    "agreement": Demands(
        unposted="Forumet bygger på ett avtal mellan parterna och anslår inte sina protokoll. Det som ska gälla i en "
        "kommun beslutar dess egna organ, och det är de besluten som anslås och kan överklagas.",
    ),
}
