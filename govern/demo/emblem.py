"""The demo's house style: a drawn logo, a header text, and one forum with overrides."""

from __future__ import annotations

import io
import math

from PIL import Image, ImageDraw, ImageFont

from govern.db import db
from govern.demo.dates import instant
from govern.demo.stage import Stage
from govern.documents import fonts
from govern.forums.house import operations as house_operations
from govern.forums.house.rules import Choices
from govern.forums.states import DecisionOrder, StripRole
from govern.parties.models import Collaboration

ACCENT = "1b4f72"
HEADER = "Nordsam · gemensamma digitala tjänster för fem kommuner"
OTHERWISE = "informationssakerhet"
SKY, LIGHT, RIVER = "#1b4f72", "#2e8b74", "#6fb3a3"
SCALE = 4
"""The logo is drawn this many times larger and scaled down, for smooth edges."""


def set_house_style(stage: Stage) -> None:
    """Set the collaboration's house style, and one forum's overrides, on the first day."""
    at, by = instant(stage.began, "09:00"), stage.person(stage.spec.sign_ins[0].name)
    collaboration = db.session.get_one(Collaboration, stage.collaboration_id)
    choices = Choices(
        accent=ACCENT, header_text=HEADER, strip=(StripRole.SECRETARY, StripRole.CHAIR, StripRole.ADJUSTER)
    )
    house_operations.choose(collaboration, choices, by=by, at=at)
    house_operations.set_logo(collaboration, logo(collaboration.name), f"{collaboration.name}s logotyp", by=by, at=at)
    other = Choices(
        accent=ACCENT,
        header_text=HEADER,
        strip=choices.strip,
        decision_order=DecisionOrder.FIRST,
        paragraphs_on_own_page=False,
        name_columns=1,
    )
    house_operations.choose(stage.forum(OTHERWISE), other, by=by, at=at)


def logo(name: str) -> bytes:
    """Return a logo as a PNG: northern lights over a river, with the name beside."""
    picture = Image.new("RGB", (1080 * SCALE, 288 * SCALE), "white")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle(_at(8, 8, 280, 280), 44 * SCALE, fill=SKY)
    for left, top, colour in ((64, 92, LIGHT), (124, 52, RIVER), (184, 76, LIGHT)):
        draw.rounded_rectangle(_at(left, top, left + 40, 180), 20 * SCALE, fill=colour)
    for x in range(52, 237):
        y = round(222 - 14 * math.sin((x - 44) / 200 * 2 * math.pi))
        draw.ellipse(_at(x - 9, y - 9, x + 9, y + 9), fill="white")
    face = ImageFont.truetype(str(fonts.FOLDER / f"{fonts.BOLD}.ttf"), 150 * SCALE)
    draw.text((330 * SCALE, 144 * SCALE), name, font=face, fill=SKY, anchor="lm")
    across = draw.textbbox((330 * SCALE, 144 * SCALE), name, font=face, anchor="lm")[2] + 8 * SCALE
    buffer = io.BytesIO()
    picture.crop((0, 0, round(across), picture.height)).reduce(SCALE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _at(*corners: int) -> tuple[int, ...]:
    return tuple(corner * SCALE for corner in corners)
