"""Dates, times and numbers as a Swedish reader expects them, and the template filters that say them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask

SWEDEN = ZoneInfo("Europe/Stockholm")


def day(value: date) -> str:
    """Say `22 april 2024`."""
    return str(format_date(value, "d MMMM y", "sv"))


def weekday(value: date) -> str:
    """Say `måndag 22 april 2024`."""
    return str(format_date(value, "EEEE d MMMM y", "sv"))


def clock(value: time) -> str:
    """Say `9.00`: hours and minutes with a full stop, as Swedish protocols print them."""
    return f"{value.hour:02}.{value.minute:02}"


def moment(value: datetime) -> str:
    """Say an instant in Swedish local time: `22 april 2024 kl. 09.00`."""
    local = value.astimezone(SWEDEN)
    return f"{day(local.date())} kl. {clock(local.time())}"


def local_day(value: datetime) -> date:
    """Say which day it is in Sweden at an instant."""
    return value.astimezone(SWEDEN).date()


def local_clock(value: datetime) -> str:
    """Say an instant's time of day in Sweden: `10.32`."""
    return clock(value.astimezone(SWEDEN).time())


def size(value: int) -> str:
    """Say a file's size in bytes as a person would: `1,4 MB`."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if value >= factor:
            return f"{value / factor:.1f}".replace(".", ",") + f" {unit}"
    return f"{value} byte"


def number(value: int) -> str:
    """Say a whole number with a thin space between thousands: `290 514`."""
    return f"{value:,}".replace(",", "\u00a0")


def slug(name: str) -> str:
    """Make a name fit for an address: `Strategisk styrgrupp` becomes `strategisk-styrgrupp`, å and ä become a."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "forum"


def init_app(app: Flask) -> None:
    """Make the filters known to the templates."""
    for say in (day, weekday, clock, moment, local_day, local_clock, size, number):
        app.add_template_filter(say)
