"""Who makes a signature: this installation's own keys, or a remote service that the signer trusts with theirs.

A maker answers two calls. `prepare` says what the signer is to do (nothing, write codes, be sent elsewhere) and gives
the job that waits; `answer` takes what came back and gives the signature. The job is stored in between, so that the
second call may come from another process, minutes later.
"""

from __future__ import annotations

from flask import current_app

from govern.config import Settings
from govern.protocols.signing.makers.base import Answer, Ask, Asked, Holder, Maker, Order

__all__ = ["Answer", "Ask", "Asked", "Holder", "Maker", "Order", "by_name", "chosen"]


def chosen() -> Maker:
    """Return the maker that the settings choose."""
    settings: Settings = current_app.config["GOVERN"]
    return by_name(settings.signing)


def by_name(name: str) -> Maker:
    """Return a maker; a job is finished by the one that began it.

    Raises:
        LookupError: when there is none of that name.
    """
    # Imported here: each loads pyHanko, and the remote ones what they ask their service with.
    settings: Settings = current_app.config["GOVERN"]
    match name:
        case "local":
            from govern.protocols.signing.makers.local import Local  # noqa: PLC0415

            return Local()
        case "csc":
            from govern.protocols.signing.makers.csc import Csc  # noqa: PLC0415

            return Csc(settings)
        case "federated":
            from govern.protocols.signing.makers.federated import Federated  # noqa: PLC0415

            return Federated(settings)
    raise LookupError(f"there is no maker of signatures called {name!r}")
