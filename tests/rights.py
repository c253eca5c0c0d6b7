"""Write docs/rights.md, the access right of each route, from the routes' declarations: `python -m tests.rights`."""

from __future__ import annotations

import inspect
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from govern.people.access import Right
from tests.apps import open_app

PATH = Path(__file__).parents[1] / "docs" / "rights.md"
HEAD = """# Rights

The access right of each route. Every route declares a right; one that declares none is closed. This page is generated
from the code (`make generate`): the sentence of each right is the docstring of its predicate.
"""


def routes(app: Flask) -> Iterator[tuple[Rule, str, Right | None]]:
    """Yield each URL rule with its methods and the right it requires, except for static files."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.endpoint != "static":
            verbs = " ".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))  # type: ignore[operator]
            yield rule, verbs, getattr(app.view_functions[rule.endpoint], "right", None)


def page(app: Flask) -> str:
    """Return the text of the page."""
    rights: dict[str, Right] = {}
    passed: defaultdict[str, list[str]] = defaultdict(list)
    for rule, verbs, right in routes(app):
        if right is not None:
            rights[right.name] = right
            passed[right.name].append(f"- {verbs} `{rule}`")
    lines = [HEAD, "| right | who | refusal shown to others | routes |", "|---|---|---|---|"]
    for name, right in sorted(rights.items()):
        lines.append(f"| [{name}](#{name}) | {who(right)} | {right.sentence} | {len(passed[name])} |")
    for name in sorted(rights):
        lines += [f"\n## {name}\n", f"{who(rights[name])}\n", *passed[name]]
    return "\n".join(lines) + "\n"


def who(right: Right) -> str:
    """Return who has a right, from the docstring of its predicate."""
    return " ".join((inspect.getdoc(right.test) or "").split())


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder, open_app(Path(folder)) as app:
        PATH.write_text(page(app))


if __name__ == "__main__":
    sys.exit(main())
