"""A protocol adjusted in a forum that posts notices, for tests of its notice."""

from __future__ import annotations

from datetime import datetime, timedelta

from govern.forums.states import Regime, SeatRole
from govern.notices import operations
from govern.notices.models import Notice
from govern.protocols.models import Protocol
from govern.protocols.signing import operations as signing
from tests import make
from tests.cast import Cast
from tests.protocols.sealed import sealed

FRESH = timedelta(minutes=5)
KEPT = "Kommunkansliet, Storgatan 1, Björkby"


def adjusted(cast: Cast, at: datetime, regime: Regime = Regime.KL_BOARD, *, all_of_them: bool = True) -> Protocol:
    """Hold a meeting of Anna's forum under a regime, seal it, and sign it at an instant."""
    cast.forum.regime = regime
    protocol = sealed(cast)
    for signature in protocol.signatures[: None if all_of_them else 2]:
        signing.sign(signature, fresh_at=at, fresh_for=FRESH, by=signature.person, at=at)
    return protocol


def posted(cast: Cast, at: datetime, regime: Regime = Regime.KL_BOARD) -> Notice:
    """Have a protocol adjusted, and posted at an instant."""
    return operations.post(adjusted(cast, at, regime), KEPT, by=cast.cilla, at=at)


def seat_the_other_member(cast: Cast) -> None:
    """Give both municipalities a member in the joint board, and a third municipality none."""
    make.party(cast.collaboration, "Ensamby kommun")
    make.seat(cast.forum, cast.david, SeatRole.MEMBER, party=cast.other)
    make.commit()
