"""Project conventions that no linter checks."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from govern.regimes import REGIMES
from tests import picture, settings_table

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "govern").rglob("*.py"))
PRINTERS = {"cli.py", "demo.py", "__main__.py"}
TEXTS = {".py", ".md", ".html", ".css", ".js", ".mjs", ".toml", ".json", ".txt", ".sh", ".mako", ".yml", ""}

# Strings specific to a machine or a workplace, written in pieces so that this file does not match.
FOREIGN = [
    "/" + "work/",
    "/" + "home/",
    "/" + "root/",
    "/" + "Users/",
    "extra-" + "index-url",
    "files." + "pythonhosted",
    "registry." + "npmjs",
]

FOLDERS = r"govern|tests|docs|templates|static|frontend|migrations|bench|deploy|\.ci|\.github"
KINDS = "py|md|toml|html|css|js|mjs|json|svg|sh|yaml|yml|txt"
MADE = {"frontend/build/editor.js"}
"""Build products that a text may name though they are not committed."""
UNKNOWN = re.compile(r"\b[A-Z]{5,}(?:\.md)?,? §|\b[Ss]eed \d{3}\b")
"""References to documents outside the project; only the law and docs/domain.md are cited."""
UNREAD = {"requirements.txt", "requirements-dev.txt", "requirements-build.txt", "package-lock.json"}


def name(path: Path) -> str:
    """Return a file's path relative to the project."""
    return str(path.relative_to(ROOT))


def kept_files() -> list[Path]:
    """Return the files that are committed, or would be."""
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
    """Production code has a module docstring, no assert (python -O drops it), and prints only in commands."""
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "say in a sentence what belongs here"
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Assert), f"line {node.lineno}: raise Refused or an error, never assert"
        printed = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        assert not printed or path.name in PRINTERS, f"line {node.lineno}: log it, or print in the command"  # type: ignore[attr-defined]
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: name what is caught"


def test_nothing_names_a_machine() -> None:
    """No committed file holds a path on somebody's machine or the host of a package registry."""
    found = []
    for path in kept_files():
        if path.suffix in TEXTS and "vendor" not in path.parts:
            text = path.read_text(errors="ignore")
            found += [f"{name(path)}: {word}" for word in FOREIGN if re.search(rf"(?<![\w.]){re.escape(word)}", text)]
    assert not found, "\n".join(found)


def cited_paths(text: str) -> set[str]:
    """Return the project files that a text names: as a path from the root, or in backticks as the end of a path."""
    from_root = re.findall(rf"(?<![\w/.-])((?:{FOLDERS})/[\w./-]*\w\.(?:{KINDS}))(?![\w/-])", text)
    in_part = re.findall(rf"`(?!/)([\w./-]*\w\.(?:{KINDS}))(?:::\w+)?`", text)
    folders = re.findall(rf"`((?:{FOLDERS})/(?:[\w.-]+/)*)`", text)
    decisions = re.findall(r"(docs/decisions/\d{4})(?![\w-])", text)
    return {*from_root, *in_part, *folders, *decisions}


def cited_headings(text: str) -> list[tuple[str, str]]:
    """Return the documents and headings cited as in `docs/domain.md, Numbering`."""
    joined = re.sub(r"\s+(?:# |// |\* )?", " ", text)
    return re.findall(r"(docs/[\w-]+\.md)`?, \*?([A-ZÅÄÖ][^\n]{0,80})", joined)


def test_what_is_cited_is_there() -> None:
    """Code, templates and documents cite only files and headings of the project, and laws."""
    files = {name(path) for path in kept_files()}
    ends = files | {path.split("/", at)[at] for path in files for at in range(1, path.count("/") + 1)}
    ends |= {path[: at + 1] for path in files for at, letter in enumerate(path) if letter == "/"}
    ends |= {found[0] for path in files if (found := re.match(r"docs/decisions/\d{4}", path))}
    found = []
    for path in kept_files():
        if path.suffix not in TEXTS or "vendor" in path.parts or path.name in UNREAD or path == Path(__file__):
            continue
        text = path.read_text(errors="ignore")
        found += [f"{name(path)}: {cited}" for cited in sorted(cited_paths(text) - MADE) if cited not in ends]
        for document, words in cited_headings(text):
            headings = re.findall(r"^#+ (.+)$", (ROOT / document).read_text(), re.MULTILINE)
            if not words.startswith(tuple(headings)):
                found.append(f"{name(path)}: {document} has no heading {words}")
        found += [f"{name(path)}: {cited}" for cited in UNKNOWN.findall(text)]
    assert not found, "\n".join(found)


def test_a_citation_of_nothing_is_found() -> None:
    """The patterns of the test above find citations of files and headings that do not exist."""
    assert cited_paths("(docs/gone.md, Numbering) and `rules/gone.py`, not gone.py") == {
        "docs/gone.md",
        "rules/gone.py",
    }
    assert cited_paths("`tests/gone/` and docs/decisions/9999") == {"tests/gone/", "docs/decisions/9999"}
    assert cited_headings("as docs/domain.md,\n    # Numbering, says") == [("docs/domain.md", "Numbering, says")]
    assert UNKNOWN.findall("NOTES §5, seed 002, KL 5:69") == ["NOTES §", "seed 002"]


def names_of(node: ast.ClassDef) -> Iterator[str]:
    """Yield the names that a class body declares."""
    for line in node.body:
        match line:
            case ast.AnnAssign(ast.Name(named)) | ast.Assign([ast.Name(named)]) | ast.FunctionDef(named):
                yield named


def test_glossary_names_what_the_code_has() -> None:
    """Each name in the glossary of docs/domain.md is a class of the package, or a member or attribute of one."""
    made: dict[str, set[str]] = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                made.setdefault(node.name, set()).update(names_of(node))
    rows = (ROOT / "docs" / "domain.md").read_text().partition("## Glossary")[2].splitlines()
    names = [found for row in rows if row.startswith("| ") for found in re.findall(r"`([\w.]+)`", row)]
    assert len(names) > 50
    for named in names:
        one, _, part = named.partition(".")
        assert one in made, named
        assert not part or part in made[one], named


def test_the_manual_lists_the_settings() -> None:
    """The table is the one generated from `config.Settings`."""
    assert settings_table.settings_table() in settings_table.PATH.read_text(), "run make generate"


def test_the_domain_describes_every_regime() -> None:
    """The table has one row for each regime, in order."""
    section = (ROOT / "docs" / "domain.md").read_text().partition("## Regimes")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == list(REGIMES)


def test_the_picture_of_imports_is_the_codes() -> None:
    """The picture must be drawn again when a slice imports another for the first time, or many more of its names."""
    assert picture.PATH.read_text() == picture.picture(), "run make picture"
    assert picture.rooms_table() in picture.GUIDE.read_text(), "run make picture"


def test_documents_link_to_real_paths() -> None:
    """Files that a document links to exist."""
    found = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text())
        found += [f"{name(path)}: {link}" for link in links if not (path.parent / link).exists()]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=name)
def test_a_decision_is_one_page(path: Path) -> None:
    """A decision record has at most 60 lines and 500 words."""
    text = path.read_text()
    assert len(text.splitlines()) <= 60
    assert len(text.split()) <= 500


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
    """Scripts compare `data-` names and values, never text that the page shows, since that may change."""
    found = []
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        for word in COMPARED.findall(path.read_text()):
            shown = word[:1].isupper() and not word.isupper() and word not in OF_THE_BROWSER
            if shown or re.search("[åäöÅÄÖ]", word):
                found.append(f"{name(path)}: {word}")
    assert not found, "\n".join(found)


WORK = {"limited_work.py", "hostile_work.py", "crashing.py"}
"""Modules that sleep because a test observes them, or are killed at a random moment."""


def sleeps(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that sleep outside a polling loop."""
    looped = {id(node) for loop in ast.walk(tree) if isinstance(loop, (ast.While, ast.For)) for node in ast.walk(loop)}
    for node in ast.walk(tree):
        waits = isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("time.sleep", ".wait_for_timeout"))
        if waits and id(node) not in looped:
            yield node.lineno


def test_a_sleep_outside_a_loop_is_found() -> None:
    """A sleep in a polling loop is not reported."""
    assert list(sleeps(ast.parse("while not done():\n    time.sleep(0.1)"))) == []
    assert list(sleeps(ast.parse("save()\ntime.sleep(1)\npage.wait_for_timeout(50)"))) == [2, 3]


def test_no_test_waits_for_a_while() -> None:
    """Tests wait for a condition (`tests/waiting.py`); a fixed delay is too short on a busy machine."""
    paths = [path for path in sorted((ROOT / "tests").rglob("*.py")) if path.name not in WORK]
    found = [f"{name(path)} line {line}" for path in paths for line in sleeps(ast.parse(path.read_text()))]
    assert not found, "\n".join(found)
