"""Commands about a project as a whole: new, backup, restore."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from safeground.cli.options import Actor, Json, ProjectArgument, Reason, actor_name, parse_region
from safeground.cli.output import console, progress_bar, write_json


def new(
    project: ProjectArgument,
    name: Annotated[str, typer.Option("--name", help="Name of the programme or district, printed on reports.")] = "",
    standard: Annotated[str, typer.Option("--standard", help="Rule pack: 'imas' or the path of a TOML file.")] = "imas",
    override: Annotated[str, typer.Option("--override", help="TOML file with the nation's own values.")] = "",
    crs: Annotated[str, typer.Option("--crs", help="Working coordinate system, e.g. EPSG:32637.")] = "",
    region: Annotated[str, typer.Option("--region", help="WEST,SOUTH,EAST,NORTH in degrees: rows far outside are "
                                                         "held back.")] = "",
    actor: Actor = "", reason: Reason = "", as_json: Json = False,
) -> None:
    """Start a project: one file that QGIS opens, with a rule pack and a place."""
    from safeground.operations.context import Caller
    from safeground.operations.new import create

    caller = Caller(actor=actor_name(actor), reason=reason)
    result = create(project, caller, name=name or Path(project).stem, standard=standard, override=override, crs=crs,
                    region=parse_region(region))
    if as_json:
        write_json("new", {"project": result.project, "standard": result.standard, "edition": result.edition,
                           "overrides": list(result.overrides), "crs": result.crs, "backend": result.backend,
                           "region": result.region})
        return
    console().print(f"Project {result.project} is there: rule pack {result.standard} {result.edition}"
                    f"{', ' + str(len(result.overrides)) + ' national values' if result.overrides else ''}, "
                    f"working coordinates {result.crs or 'chosen when the first file comes'}.")
    if result.region is None:
        console().print("No region is set: swapped axes and wrong zones cannot be told from right ones. "
                        "Start with --region WEST,SOUTH,EAST,NORTH to have each row checked against it.")


def backup(
    project: ProjectArgument, target: Annotated[Path, typer.Argument(help="File to write; must not exist.")],
    actor: Actor = "", as_json: Json = False,
) -> None:
    """Copy a project into one verified backup file while people work."""
    from safeground.operations.backup import make_backup
    from safeground.operations.context import Caller

    with progress_bar(quiet=as_json) as tell:
        result = make_backup(project, target, Caller(actor=actor_name(actor), progress=tell))
    if as_json:
        write_json("backup", {"project": result.project, "backup": result.backup, "sha256": result.sha256,
                              "journal_seq": result.journal_seq, "bytes": result.byte_count})
        return
    console().print(f"Backup {result.backup}: {result.byte_count:,} bytes, journal up to event "
                    f"{result.journal_seq:,}, SHA-256 {result.sha256}")


def restore(
    archive: Annotated[Path, typer.Argument(help="The backup file.")], project: ProjectArgument,
    actor: Actor = "", as_json: Json = False,
) -> None:
    """Rebuild a project from a backup, after checking every byte of it."""
    from safeground.operations.backup import restore_backup
    from safeground.operations.context import Caller

    with progress_bar(quiet=as_json) as tell:
        result = restore_backup(archive, project, Caller(actor=actor_name(actor), progress=tell))
    if as_json:
        write_json("restore", {"project": result.project, "backup": result.backup, "chain_ok": result.chain_ok,
                               "journal_seq": result.journal_seq})
        return
    console().print(f"Project {result.project} is restored from {result.backup}: journal up to event "
                    f"{result.journal_seq:,}, chain {'holds' if result.chain_ok else 'BROKEN'}.")


COMMANDS: dict[str, Callable[..., Any]] = {"new": new, "backup": backup, "restore": restore}
