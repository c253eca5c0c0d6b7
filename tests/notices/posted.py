"""An adjusted protocol of a forum that posts notices, for tests."""

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
    """Seal a meeting of the forum under a regime and sign the protocol, or all but the last if not `all_of_them`."""
    cast.forum.regime = regime
    protocol = sealed(cast)
    for signature in protocol.signatures[: None if all_of_them else 2]:
        signing.sign(signature, fresh_at=at, fresh_for=FRESH, by=signature.person, at=at)
    return protocol


def posted(cast: Cast, at: datetime, regime: Regime = Regime.KL_BOARD) -> Notice:
    """Adjust and post a protocol at `at`."""
    return operations.post(adjusted(cast, at, regime), KEPT, by=cast.cilla, at=at)


def seat_the_other_member(cast: Cast) -> None:
    """Give both municipalities a member on the joint board; a third municipality has none."""
    make.party(cast.collaboration, "Ensamby kommun")
    make.seat(cast.forum, cast.david, SeatRole.MEMBER, party=cast.other)
    make.commit()
