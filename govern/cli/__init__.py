"""The command line: `govern run`, and commands for administering an installation.

A user error prints a Swedish sentence on stderr and exits with code 1, or 2 for an invalid command line; only a bug
shows a traceback.
"""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import DBAPIError

from govern.cli import protocols, searching, serving, settings, verification
from govern.cli.installation import commands
from govern.db import Overtaken
from govern.errors import Refused
from govern.search import SearchUnavailable

__all__ = ["main", "protocols", "searching", "serving", "settings", "verification"]


def main() -> None:
    """Run a command and report an error as a sentence."""
    try:
        sys.exit(commands.main(standalone_mode=False) or 0)
    except Refused as error:
        _fail(error.sentence, 1)
    except click.Abort:
        _fail("Avbrutet.", 130)
    except click.ClickException as error:
        _fail(_sentence(error), 2)
    except SearchUnavailable:
        _fail("Sökindexet går inte att läsa. Bygg om det med govern reindex.", 1)
    except Overtaken:
        _fail("Någon annan skrev samtidigt. Det som hann göras är gjort. Kör kommandot igen.", 1)
    except DBAPIError as error:
        _fail(f"Databasen svarar inte som den ska: {error.orig}", 1)


def _fail(sentence: str, code: int) -> None:
    click.echo(sentence, err=True)
    sys.exit(code)


def _sentence(error: click.ClickException) -> str:
    """Describe a command-line error in Swedish."""
    match error:
        case click.NoSuchOption():
            said = f"Flaggan {error.option_name} finns inte."
        case click.MissingParameter(param=click.Parameter() as missing):
            said = f"{_called(missing)} saknas."
        case click.BadParameter(param=click.Parameter() as bad):
            said = f"Värdet för {_called(bad)} går inte att använda."
        case click.FileError():
            said = f"Filen {error.ui_filename} går inte att öppna."
        case _:
            said = "Kommandot finns inte, eller går inte att läsa."
    context = getattr(error, "ctx", None)
    return f"{said} Se {context.command_path if context else 'govern'} --help."


def _called(parameter: click.Parameter) -> str:
    return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
