"""The command ``safeground``: every stage is a command of its own name."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import typer

from safeground import __version__
from safeground.cli import (
    book,
    claims,
    files,
    forecast,
    hazard,
    inspection,
    plan,
    progress,
    project,
    release,
    scenario,
    server,
    survey,
    task,
)
from safeground.cli.output import Exit, exit_code, show_error
from safeground.foundation.errors import InvariantBroken, SafegroundError

app = typer.Typer(
    name="safeground", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Decision support for land release: evidence in, a balanced land ledger, maps and reports out. "
         "It states evidence, what was done and what may be left; it never declares land free of hazard.")


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"safeground {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Take the options that come before a command."""


_GROUPS: tuple[Mapping[str, Callable[..., Any]], ...] = (
    project.COMMANDS, files.COMMANDS, claims.COMMANDS, hazard.COMMANDS, plan.COMMANDS, task.COMMANDS,
    progress.COMMANDS, survey.COMMANDS, forecast.COMMANDS, inspection.COMMANDS, release.COMMANDS, book.COMMANDS,
    scenario.COMMANDS, server.COMMANDS)
for _group in _GROUPS:
    for _name, _function in _group.items():
        app.command(_name)(_function)


def _report_file(error: BaseException) -> str:
    """Write the traceback where a person can find it, and return the path."""
    handle, path = tempfile.mkstemp(prefix="safeground-fault-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"safeground {__version__}\n")
        traceback.print_exception(error, file=file)
    return path


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code.  The only place that catches what nobody foresaw."""
    words = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in words
    try:
        result = app(args=words, prog_name="safeground", standalone_mode=False)
        return int(result) if isinstance(result, int) else Exit.DONE
    except InvariantBroken as error:
        show_error(error, as_json=as_json)
        sys.stderr.write(f"A report for the developers is in {_report_file(error)}\n")
        return Exit.BROKEN
    except SafegroundError as error:
        show_error(error, as_json=as_json)
        return exit_code(error)
    except typer.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("SG-CLI-003  interrupted; what was not yet saved is rolled back.\n")
        return 130
    except Exception as error:
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):
            error.show()  # type: ignore[attr-defined]  # click's usage errors
            return Exit.FAULTY
        sys.stderr.write(f"SG-CLI-002  unforeseen fault: {error!r}\n"
                         f"  what to do: report it with the file {_report_file(error)}\n")
        return Exit.BROKEN


def entry() -> None:
    """Run as the installed command."""
    gc.set_threshold(200_000, 20, 50)  # a project holds millions of small values; looking for cycles costs a fifth
    sys.exit(main())
