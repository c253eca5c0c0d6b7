"""The layout that papers other than the protocol share: a title with the paper's name and day, and labelled facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from govern.documents.content import Document, Element, Heading, Title, lines
from govern.documents.style import HouseStyle
from govern.record import Body


def sheet(
    *, body: Body, forum: str, title: str, subtitle: str, elements: Iterable[Element], style: HouseStyle | None
) -> Document:
    """Lay out a paper of a forum: its title, and then `elements`."""
    style = style or HouseStyle()
    head = Title(forum, tuple(filter(None, (body.name, body.org_number))), title, subtitle)
    return Document(
        title=f"{title} {forum} {subtitle}",
        author=body.name,
        running=f"{forum} · {title} {subtitle}",
        strip=(),
        elements=(head, *elements),
        **style.style_fields(),
    )


def fact(heading: str, *values: str) -> Iterator[Element]:
    """Yield a short heading in the margin with lines of text beside it; nothing if all lines are blank."""
    if any(line.strip() for line in values):
        yield Heading(2, heading, anchor=anchor_of(heading), beside=True)
        yield lines(*values)


def anchor_of(heading: str) -> str:
    """Return the anchor of a heading: `Tid och plats` becomes `tid-och-plats`."""
    plain = heading.lower().translate(str.maketrans("åäöé", "aaoe"))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
