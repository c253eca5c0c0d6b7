"""Reading the handbook: its text as HTML, with an id for each heading, and which part of it explains a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markupsafe import Markup

from govern import beside
from govern.swedish import slug

HELP = {
    "innan-du-borjar": ("parties", "forums", "background", "log"),
    "konton-administratorer": ("people", "accounts"),
    "ditt-eget-konto": ("account",),
    "hur-dokumenten-ser-ut": ("house", "organisation_house", "colours"),
    "kalla": ("meetings", "summons", "inviting", "removing", "proposals", "carrying"),
    "under-motet": ("paragraphs", "drafting", "presence", "phrases", "superseding", "undoing", "live"),
    "godkanna-ordforande": ("reviewing",),
    "forsegla-och-underteckna": ("protocols", "signing", "adjusting", "correcting", "immediate", "verification"),
    "ansla-sekreterare": ("notices",),
    "papper": ("papers",),
    "utdrag": ("extracts",),
    "expediera": ("dispatching",),
    "publicera": ("publishing",),
    "parm": ("binding",),
    "hitta-alla": ("search", "watching", "exporting", "abbreviations"),
    "folja-upp-uppdrag": ("assignments", "followup"),
}
"""The heading that explains the pages of these blueprints."""


@dataclass(frozen=True, slots=True)
class Handbook:
    """The handbook: its title, its HTML, and its chapters as pairs of id and heading."""

    title: str
    html: Markup
    chapters: tuple[tuple[str, str], ...]


@cache
def handbook() -> Handbook:
    """Read the handbook that is installed with the program."""
    tokens = (reader := MarkdownIt("commonmark").enable("table")).parse((beside("docs") / "guide.md").read_text())
    title, chapters = "", []
    for token, inside in pairwise(tokens):
        if token.type != "heading_open":
            continue
        token.attrSet("id", slug(inside.content))
        title = inside.content if token.tag == "h1" else title
        chapters += [(slug(inside.content), inside.content)] if token.tag == "h2" else []
    html = str(reader.renderer.render(tokens, reader.options, {}))
    html = re.sub(r"<h1.*?</h1>", "", html, count=1)
    html = html.replace("<table>", '<div class="table"><table>')
    return Handbook(title, Markup(html.replace("</table>", "</table></div>")), tuple(chapters))  # noqa: S704 — ours.


def chapter_for(blueprint: str | None) -> str:
    """Return the id of the heading that explains a blueprint's pages, or an empty string."""
    return next((heading for heading, blueprints in HELP.items() if blueprint in blueprints), "")
