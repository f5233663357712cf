"""Options that commands share."""

from __future__ import annotations

import getpass
import os
from typing import Annotated

import typer

from safeground.foundation.errors import RequestError

Json = Annotated[bool, typer.Option("--json", help="Write one JSON object on standard output.")]
Actor = Annotated[str, typer.Option("--actor", envvar="SAFEGROUND_ACTOR",
                                    help="Who does this, as the journal will name it; your login name if left out.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in words, for the journal.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do everything but write.")]
ProjectArgument = Annotated[str, typer.Argument(metavar="PROJECT", help="NAME.gpkg, or a postgresql:// URL.")]


def actor_name(given: str) -> str:
    """Return who acts: the name given, else the login name."""
    if given:
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return os.environ.get("USER", "unknown")


def parse_region(text: str) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north from ``W,S,E,N``; None for "".

    Raises
    ------
    RequestError : not four numbers (``SG-CLI-001``).
    """
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise RequestError("SG-CLI-001", "--region", f"{text!r} is not four numbers.",
                           "Give WEST,SOUTH,EAST,NORTH in decimal degrees, e.g. 35.0,51.0,36.0,51.5") from error
    return west, south, east, north
