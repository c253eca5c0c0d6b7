"""Write the table of settings in docs/operations.md from `config.Settings`: `python -m tests.settings_table`."""

import re
from dataclasses import fields
from pathlib import Path

from govern.config import Settings

PATH = Path(__file__).parents[1] / "docs" / "operations.md"
TABLE = re.compile(r"\| variable \| default \| meaning \|\n(\|.*\n)+")


def settings_table() -> str:
    """Return the table."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for setting in fields(Settings):
        default = str(setting.default)
        shown = f"`{default}`" if default else "(empty)"
        lines.append(f"| `GOVERN_{setting.name.upper()}` | {shown} | {setting.metadata['meaning']} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(TABLE.sub(lambda _: settings_table(), PATH.read_text()))
