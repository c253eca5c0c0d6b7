"""Makers of signatures: this installation's own keys, or a remote service that the signer trusts with theirs.

A maker has two steps. `prepare` returns what the signer has to do (nothing, enter codes, visit the service) and the
job; `answer` takes the response and returns the signature. The job is stored in between, so that the second step may
run in another process, minutes later.
"""

from __future__ import annotations

from flask import current_app

from govern.config import Settings
from govern.protocols.signing.makers.base import Answer, Ask, Asked, Holder, Maker, Order

__all__ = ["Answer", "Ask", "Asked", "Holder", "Maker", "Order", "by_name", "chosen"]


def chosen() -> Maker:
    """Return the maker that the settings name."""
    settings: Settings = current_app.config["GOVERN"]
    return by_name(settings.signing)


def by_name(name: str) -> Maker:
    """Return the maker with this name; a job is finished by the maker that began it.

    Raises:
        LookupError: if there is none.
    """
    # Imported here, since each loads pyHanko, and the remote ones their client libraries.
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
