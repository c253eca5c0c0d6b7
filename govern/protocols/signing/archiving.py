"""What is done after the last signature: the archive time-stamp, by the worker."""

from __future__ import annotations

from collections.abc import Sequence

from govern.db import now
from govern.protocols.queries import protocol_by_id
from govern.protocols.signing.operations import archive


def archive_signed(keys: Sequence[str]) -> None:
    """Archive each protocol that has been signed since; one that is archived already is left.

    Raises:
        Refused: when the authority does not answer; the outbox tries again.
    """
    for key in keys:
        protocol = protocol_by_id(int(key))
        if protocol is not None and not any(file.archived_at for file in protocol.files):
            archive(protocol, at=now())
