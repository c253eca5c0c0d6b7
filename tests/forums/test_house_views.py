"""How documents look: chosen on a page, kept where it differs, taken back, and worn by what is printed."""

from collections.abc import Callable

from tests.browse import Browser
from tests.cast import Cast

Browse = Callable[..., Browser]


def test_smoke(browse: Browse, cast: Cast) -> None:
    b = browse("ada")
    for base in (f"/forum/{cast.forum.slug}/dokument", f"/installningar/samverkan/{cast.collaboration.slug}/dokument"):
        b.get(base)
        p = b.submit("Visa")
        assert len(p.all(".leaves img")) >= 3
        b.get(base)
        p = b.submit("Spara", accent="#7a1f3d")
        b.get(base + "/logotyp")
        b.get(base + "/word")
        b.get(base + "/word/sidor")
    print(p.html[:1500])
