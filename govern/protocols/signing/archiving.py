"""The outbox handler that adds the archive time-stamp after the last signature."""

from __future__ import annotations

from collections.abc import Sequence

from govern.db import now
from govern.protocols.queries import protocol_by_id
from govern.protocols.signing.operations import archive


def archive_signed(keys: Sequence[str]) -> None:
    """Add an archive time-stamp to each of these signed protocols that has none.

    Raises:
        Refused: if there is no time-stamp authority or it does not answer, or a signature is missing; the outbox
            retries.
    """
    for key in keys:
        protocol = protocol_by_id(int(key))
        if protocol is not None and not any(file.archived_at for file in protocol.files):
            archive(protocol, at=now())
