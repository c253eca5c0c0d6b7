"""The visible stamp of a signature fits in its box, whatever text it holds."""

from datetime import UTC, datetime

import pytest

from govern.documents.signatures.stamp import REST, DrawnRefusal, DrawnStamp, _height

AT = datetime(2024, 4, 22, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "reason", ["Fel röst. " * 400, "x" * 5000, "🦊" * 900, "Kort."], ids=["long", "one word", "odd", "short"]
)
def test_a_reason_stays_in_its_box(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(
        "govern.documents.signatures.stamp._draw", lambda rows, width, height: drawn.append((rows, width)) or b""
    )
    DrawnRefusal("Bo Björk 🦊", "justerare", reason, AT, 220, 60)
    ((rows, width),) = drawn
    assert _height(rows, width) <= 60
    assert (REST in rows[-1][0][0].text) == (len(reason) > 100)


def test_a_name_in_any_letters_is_stamped() -> None:
    stamp = DrawnStamp("Bo 🦊 \u0301Björk", "justerare", AT, 220, 60)
    assert stamp._pdf.startswith(b"%PDF")
