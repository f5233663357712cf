"""The command progress: daily returns in, ground counted once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from safeground.cli.files import mapping_text
from safeground.cli.options import Actor, DryRun, Json, ProjectArgument, Reason, actor_name
from safeground.cli.output import (
    Column,
    Exit,
    console,
    progress_bar,
    show_findings,
    show_table,
    square_metres,
    write_json,
)
from safeground.cli.plan import parse_day


def progress(
    project: ProjectArgument,
    files: Annotated[list[Path] | None, typer.Argument(
        metavar="[FILE…]", help="Daily returns and items found: CSV, XLSX, GeoJSON, GeoPackage, KML, or submissions of "
                                "ODK or Kobo as JSON or CSV; none = write the page anew.")] = None,
    received: Annotated[str, typer.Option("--received", help="Day on which the files came in; today if left "
                                                             "out.")] = "",
    mapping: Annotated[Path | None, typer.Option("--mapping", help="TOML mapping that a person has confirmed.")] = None,
    crs: Annotated[str, typer.Option("--crs", help="Coordinate system of the files, e.g. EPSG:32633.")] = "",
    encoding: Annotated[str, typer.Option("--encoding", help="Text encoding of the files, e.g. windows-1251.")] = "",
    delimiter: Annotated[str, typer.Option("--delimiter", help="Column separator of CSV files.")] = "",
    layer: Annotated[str, typer.Option("--layer", help="Layer or sheet to read; all if left out.")] = "",
    update_hazard: Annotated[bool, typer.Option("--update-hazard/--no-update-hazard", help="Compute the hazard of the "
                                                "touched areas' sites anew.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the hazard's draws.")] = 1,
    dry_run: DryRun = False, actor: Actor = "", reason: Reason = "", as_json: Json = False,
) -> int:
    """Take daily returns in: each submission once, each square metre once, pending until inspection accepts it."""
    from safeground.intake.readers import ReadOptions
    from safeground.operations.context import Caller
    from safeground.operations.progress import ProgressRequest, progress_json, take_returns

    options = ReadOptions(crs=crs or None, encoding=encoding or None, delimiter=delimiter or None, layer=layer or None)
    request = ProgressRequest(
        received=parse_day("--received", received) if received else None, options=options,
        mapping_toml=mapping_text(mapping), update_hazard=update_hazard, seed=seed, dry_run=dry_run)
    with progress_bar(quiet=as_json) as tell:
        result = take_returns(project, files or [], Caller(actor=actor_name(actor), reason=reason, progress=tell),
                              request)
    values = progress_json(result)
    if as_json:
        write_json("progress", values)
    else:
        _show(values)
        show_findings(result.findings)
        _show_end(values, update_hazard=update_hazard)
    nothing_in = bool(values["files"]) and any(item["rows_in"] == item["refused"] for item in values["files"])
    return Exit.FAULTY if nothing_in else Exit.DONE


def _show(values: dict[str, Any]) -> None:
    if values["files"]:
        show_table("Rows in = new + repeated + kept aside + refused", (
            Column("file"), Column("as"), Column("rows in", number=True), Column("new", number=True),
            Column("repeated", number=True), Column("kept aside", number=True), Column("refused", number=True)),
            [(item["file"] + (f" · {item['layer']}" if item["layer"] else ""), item["noun"], f"{item['rows_in']:,}",
              f"{item['new']:,}", f"{item['repeated']:,}", f"{item['quarantined']:,}", f"{item['refused']:,}")
             for item in values["files"]])
    if values["areas"]:
        show_table("Areas" if values["held"] else "Areas touched", (
            Column("area"), Column("processed", number=True), Column("waiting", number=True),
            Column("nothing reported", number=True), Column("counted", number=True)),
            [(a["name"] or a["id"], square_metres(a["processed_m2"]), square_metres(a["pending_cm2"] / 10_000),
              square_metres(a["remaining_cm2"] / 10_000), f"{100 * a['coverage']:.2f} %") for a in values["areas"]])


def _show_end(values: dict[str, Any], *, update_hazard: bool) -> None:
    out, returns, held = console(), values["returns"], values["held"]
    if held is not None:
        out.print(f"{held['returns']:,} returns hold, {held['replaced']:,} were corrected, {held['aside']:,} rows are "
                  f"kept aside; {held['finds']:,} items found.")
    else:
        out.print(f"{returns['new']:,} new returns ({returns['corrected']:,} corrections, {returns['late']:,} late): "
                  f"{square_metres(values['processed_m2'])} processed, {square_metres(values['pending_cm2'] / 10_000)} "
                  f"now wait for inspection; {values['finds']:,} items found; {values['downtime_hours']:g} hours lost.")
    if values["dry_run"]:
        out.print("Dry run: nothing was written.")
        return
    if values["page"]:
        out.print(f"Page     {values['page']}")
    if values["hazard_page"]:
        out.print(f"Hazard   {values['hazard_page']}")
    elif returns["new"] and not update_hazard:
        out.print("What is left was not computed anew; do so with --update-hazard, or with 'safeground hazard "
                  "PROJECT'.")


COMMANDS: dict[str, Callable[..., Any]] = {"progress": progress}
