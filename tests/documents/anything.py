"""Hypothesis strategies for any text that an editor, a paste, an import or a save can contain."""

from __future__ import annotations

from typing import Any, TypeVar

from hypothesis import strategies as st

from govern.richtext import LIST_STYLES, MARKS

WORDS = st.one_of(
    st.sampled_from(["Kommunstyrelsen", "1 234 567 kr", "–", "41,5 %", "beslutar att", "§ 45", "KS 2024/72", " ", ""]),
    st.sampled_from(["Realisationsvinstbeskattning" * 40, "aB3" * 300, "ord " * 400, "\n" * 80, "x" * 1500]),
    st.sampled_from(
        ["שלום עולם", "a\u0301\u0301\u0301" * 30, "\u202eomvänt", "👩\u200d👩\u200d👧", "\u00ad\u200b\ufeff"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=40),
)

SPANS = st.one_of(
    st.just("1"), st.just("1"), st.sampled_from(["2", "3", "15", "45", "1000", str(10**9), "0", "-1", "x"])
)


LONGEST = 20_000
"""The greatest length, as written, of repeated content: nested tables would otherwise multiply to gigabytes."""

S = TypeVar("S", str, list[Any])


def _repeated(part: S, times: int) -> S:
    """Repeat a part `times` times, or fewer to stay within `LONGEST`."""
    return part * max(1, min(times, LONGEST // max(1, len(str(part)))))


def _tag(name: str, inner: str, **attributes: str) -> str:
    shown = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{shown}>{inner}</{name}>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


_inline = st.builds(
    lambda name, words: _tag(name, _escaped(words)) if name else _escaped(words),
    st.sampled_from(["", "", "strong", "em", "sup", "sub", "s", "u", "span"]),
    WORDS,
)
_leaf = st.builds(_tag, st.sampled_from(["p", "p", "p", "h1", "h3", "blockquote", "div", "pre"]), _inline)


def _cells(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, inner, across, down: _tag(name, inner, colspan=across, rowspan=down),
        st.sampled_from(["td", "td", "th"]),
        st.one_of(_inline, children),
        SPANS,
        SPANS,
    )


def _table(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    drawn = st.lists(
        st.builds(
            lambda cells, times: _tag("tr", _repeated("".join(cells), times)),
            st.lists(_cells(children), max_size=5),
            st.sampled_from([1, 1, 1, 2, 6, 12]),
        ),
        max_size=5,
    )
    return st.builds(
        lambda rows, times: _tag("table", _repeated("".join(rows), times)), drawn, st.sampled_from([1, 1, 1, 12, 45])
    )


def _list(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, items, times: _tag(name, _repeated("".join(_tag("li", item) for item in items), times)),
        st.sampled_from(["ul", "ol"]),
        st.lists(st.one_of(_inline, children), max_size=4),
        st.sampled_from([1, 1, 1, 40]),
    )


_once = st.one_of(_leaf, _table(_leaf), _list(_leaf))
_twice = st.one_of(_leaf, _table(_once), _list(_once))
_block = st.one_of(_leaf, _table(_once), _table(_twice), _list(_twice))
HTML = st.lists(_block, min_size=1, max_size=4).map("".join)
"""Pasted HTML, with every size and span that a page cannot hold as it is."""


# --- The JSON of a record ---------------------------------------------------------------------------------

_runs = st.lists(
    st.fixed_dictionaries(
        {"text": WORDS.map(lambda text: text[:400])},
        optional={
            "marks": st.lists(st.sampled_from(MARKS), max_size=2, unique=True),
            "href": st.just("https://x.se/a"),
        },
    ),
    max_size=2,
)
_para = st.fixed_dictionaries({"type": st.just("para"), "runs": _runs})
_head = st.fixed_dictionaries({"type": st.just("head"), "level": st.integers(1, 9), "runs": _runs})
_whole = st.one_of(st.just(1), st.just(1), st.integers(1, 60), st.just(10**9))


def _grown(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    blocks = st.lists(children, max_size=3)
    cell = st.fixed_dictionaries(
        {"blocks": blocks}, optional={"head": st.booleans(), "colspan": _whole, "rowspan": _whole}
    )
    rows = st.builds(
        lambda rows, across, down: _repeated([_repeated(row, across) for row in rows], down),
        st.lists(st.lists(cell, max_size=4), max_size=4),
        st.sampled_from([1, 1, 7, 30]),
        st.sampled_from([1, 1, 20]),
    )
    table = st.fixed_dictionaries({"type": st.just("table"), "head_rows": st.integers(0, 300), "rows": rows})
    items = st.builds(_repeated, st.lists(blocks, max_size=4), st.sampled_from([1, 1, 50]))
    listing = st.fixed_dictionaries(
        {"type": st.just("list"), "style": st.sampled_from(LIST_STYLES), "items": items}, optional={"start": _whole}
    )
    return st.one_of(table, listing)


_text = st.one_of(_para, _head)
_deeper = st.one_of(_text, _grown(_text))
VALUES = st.lists(st.one_of(_text, _grown(_text), _grown(_deeper)), max_size=4)
"""The JSON of a content tree, with every number that it may contain."""
