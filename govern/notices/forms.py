"""Forms for posting a notice and taking it down."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import DataRequired

from govern.notices.rules import Refusal
from govern.web.days import DayField
from govern.web.forms import Form


class PostForm(Form):
    """Where the protocol is kept, as the notice states it."""

    kept_at = StringField(
        "Var protokollet finns",
        [DataRequired(Refusal.NO_PLACE.value)],
        description="Till exempel Kommunkansliet, Storgatan 1. Det står i anslaget.",
    )


class DayForm(Form):
    """The day on which a notice was posted on, or removed from, another member's board."""

    day = DayField("Dag", [DataRequired(Refusal.NO_DAY.value)], asks="notice.day")


class WithdrawForm(Form):
    """Why a notice is withdrawn."""

    reason = StringField(
        "Varför anslaget återkallas",
        [DataRequired(Refusal.NO_REASON.value)],
        description="Till exempel: Fel plats stod i anslaget. Alla kan läsa det.",
    )
