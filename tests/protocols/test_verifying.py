"""A file that is brought for verification is judged at once or by the worker, and nobody waits for it to write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from govern import outbox
from govern.db import now
from govern.protocols import verifying
from govern.protocols.queries import latest_file
from govern.protocols.verify import Verdict, verify
from tests.browse import Browser
from tests.protocols.signed import seal, sign
from tests.statements import writer


@pytest.fixture
def judged(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """List what was judged, each while someone else could write."""
    found: list[bool] = []
    write = writer()

    def watched(data: bytes, **given: object) -> Verdict:
        write()
        found.append(True)
        return verify(data, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(verifying, "verify", watched)
    return found


@pytest.mark.parametrize("light", [True, False])
def test_others_write_meanwhile(
    light: bool, judged: list[bool], browse: type[Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four signatures on two hundred pages take a quarter of a minute."""
    at = now() - timedelta(hours=1)
    pdf = latest_file(sign(seal(at), at)).pdf
    monkeypatch.setattr(verifying, "LIGHT", 10_000 if light else 0)
    public = browse()
    public.get("/verifiera")
    page = public.submit("Verifiera filen", file=("protokoll.pdf", pdf))
    assert judged == [True] * light
    outbox.drain()
    assert judged == [True]
    assert "äkta och oförändrad" in public.get(page.url).text(".verdict")
