"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.readme import settings_table

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "govern").rglob("*.py"))
PRINTERS = {"cli.py", "demo.py", "__main__.py"}
TEXTS = {".py", ".md", ".html", ".css", ".js", ".mjs", ".toml", ".json", ".txt", ".sh", ".mako", ".yml", ""}

# What belongs to one machine or one workplace; written in pieces, so that this file does not find itself.
FOREIGN = [
    "/" + "work/",
    "/" + "home/",
    "/" + "root/",
    "/" + "Users/",
    "extra-" + "index-url",
    "files." + "pythonhosted",
    "registry." + "npmjs",
]


def name(path: Path) -> str:
    """Say a file's path in the project."""
    return str(path.relative_to(ROOT))


def kept_files() -> list[Path]:
    """List the files that are, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in listed.stdout.split("\0") if line and (ROOT / line).is_file()]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_production_code(path: Path) -> None:
    """It asserts nothing (python -O would drop it), prints only in commands, and opens with what belongs there."""
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "say in a sentence what belongs here"
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Assert), f"line {node.lineno}: raise Refused or an error, never assert"
        printed = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        assert not printed or path.name in PRINTERS, f"line {node.lineno}: log it, or print in the command"  # type: ignore[attr-defined]
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: name what is caught"


def test_nothing_names_a_machine() -> None:
    """No committed file holds a path of someone's machine or the host of a package registry."""
    found = []
    for path in kept_files():
        if path.suffix in TEXTS and "vendor" not in path.parts:
            text = path.read_text(errors="ignore")
            found += [f"{name(path)}: {word}" for word in FOREIGN if re.search(rf"(?<![\w.]){re.escape(word)}", text)]
    assert not found, "\n".join(found)


def test_readme_lists_the_settings() -> None:
    """The table in README is the one made from `config.Settings`."""
    assert settings_table() in (ROOT / "README.md").read_text(), "run make generate"


def test_readme_shows_real_paths() -> None:
    """Pictures and documents that README links to are there."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / "README.md").read_text())
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


COMPARED = re.compile(r"""(?:[=!]==?|case|includes\(|has\(|startsWith\()\s*["'`]([^"'`]*)["'`]""")
OF_THE_BROWSER = {
    *(
        "Enter",
        "Escape",
        "Tab",
        "Backspace",
        "Delete",
        "Home",
        "End",
        "PageUp",
        "PageDown",
        "Shift",
        "Control",
        "Ctrl",
        "Alt",
    ),
    *(
        "Arrow",
        "Alt+Arrow",
        "Key${key}",
        "ArrowUp",
        "ArrowDown",
        "ArrowLeft",
        "ArrowRight",
        "Files",
        "AbortError",
        "InvalidStateError",
    ),
}


def test_scripts_key_on_names_and_never_on_words() -> None:
    """What the page says may be said otherwise tomorrow; what a script asks for is a `data-` name or a value."""
    found = []
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        for word in COMPARED.findall(path.read_text()):
            shown = word[:1].isupper() and not word.isupper() and word not in OF_THE_BROWSER
            if shown or re.search("[åäöÅÄÖ]", word):
                found.append(f"{name(path)}: {word}")
    assert not found, "\n".join(found)
