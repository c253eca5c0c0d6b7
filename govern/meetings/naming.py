"""Names of those on a presence list, told apart where two have the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from govern.forums.states import SeatRole


class Named(Protocol):
    """A row of the presence list."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def party(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def political_party(self) -> str: ...
    @property
    def role(self) -> SeatRole: ...


def distinct_names(people: Iterable[Named]) -> dict[int, str]:
    """Return everyone's name by id; namesakes get their party, title, political party or role, or else a number.

    A protocol says who took part, who moved what and how each voted (KL 5:66–67, 6:35), so a name is one person's.
    """
    groups: dict[str, list[Named]] = defaultdict(list)
    for person in people:
        groups[person.name].append(person)
    return {
        person.id: f"{name} ({detail})" if detail else name
        for name, group in groups.items()
        for person, detail in zip(group, _details(group), strict=True)
    }


def _details(group: Sequence[Named]) -> list[str]:
    if len(group) == 1:
        return [""]
    told = [(p.party or "", p.title or "", p.political_party or "", p.role.label.lower()) for p in group]
    for kind in zip(*told, strict=True):
        if len(set(kind)) == len(group):
            return list(kind)
    together = [", ".join(filter(None, each)) for each in told]
    if len(set(together)) == len(group):
        return together
    return [str(number) for number in range(1, len(group) + 1)]
