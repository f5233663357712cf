"""Commands that bring files in and take them out: intake, report, export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safeground.cli.options import Actor, DryRun, Json, ProjectArgument, Reason, actor_name
from safeground.cli.output import (
    Column,
    Exit,
    console,
    hectares,
    progress_bar,
    show_findings,
    show_table,
    square_metres,
    write_json,
)
from safeground.foundation.errors import RequestError

if TYPE_CHECKING:
    from safeground.operations.intake import FileIntake, IntakeResult


def _file_json(item: FileIntake) -> dict[str, Any]:
    return {name: getattr(item, name) for name in (
        "file", "layer", "noun", "sha256", "format", "encoding", "crs", "rows_in", "accepted", "new", "changed",
        "unchanged", "quarantined", "refused", "area_in_m2", "area_accepted_m2", "area_quarantined_m2",
        "area_refused_m2", "mapping", "source_id", "written", "seconds")}


def intake_json(result: IntakeResult) -> dict[str, Any]:
    """Return the JSON values of an intake."""
    return {
        "project": result.project, "dry_run": result.dry_run, "files": [_file_json(item) for item in result.files],
        "rows_in": result.rows_in, "accepted": result.accepted, "quarantined": result.quarantined,
        "refused": result.refused, "area_in_m2": result.area_in_m2, "area_accepted_m2": result.area_accepted_m2,
        "entries": result.entries,
        "overlaps": [{"counted_in": o.counted_in, "other": o.other, "counted_status": o.counted_status.value,
                      "other_status": o.other_status.value, "area_m2": o.area_cm2 / 10_000} for o in result.overlaps],
        "findings": [finding.as_plain() for finding in result.findings]}


def show_intake(result: IntakeResult) -> None:
    """Print what an intake did, file by file, and its findings."""
    rows = [(item.file + (f" · {item.layer}" if item.layer else ""), item.noun, f"{item.rows_in:,}",
             f"{item.accepted:,}", f"{item.unchanged:,}", f"{item.quarantined:,}", f"{item.refused:,}",
             square_metres(item.area_accepted_m2)) for item in result.files]
    rows.append(("total", "", f"{result.rows_in:,}", f"{result.accepted:,}",
                 f"{sum(i.unchanged for i in result.files):,}", f"{result.quarantined:,}", f"{result.refused:,}",
                 square_metres(result.area_accepted_m2)))
    show_table("Rows in = accepted + quarantined + refused", (
        Column("file"), Column("as"), Column("rows in", number=True), Column("accepted", number=True),
        Column("of these held", number=True), Column("quarantined", number=True), Column("refused", number=True),
        Column("area accepted", number=True)), rows)
    if result.overlaps:
        shared = sum(o.area_cm2 for o in result.overlaps) / 10_000
        console().print(f"Overlaps: {len(result.overlaps):,} pairs share {square_metres(shared)} "
                        f"({hectares(shared)}); that ground is counted once.")
    show_findings(result.findings)
    if result.dry_run:
        console().print("Dry run: nothing was written.")
    elif result.files and not any(item.written for item in result.files):
        console().print("Nothing was written: the project holds these rows already, or the files were refused.")


def _intake_exit(result: IntakeResult) -> int:
    nothing_in = any(item.rows_in == item.refused for item in result.files)
    return Exit.FAULTY if nothing_in or not result.files else Exit.DONE


def intake(
    project: ProjectArgument,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="CSV, XLSX, GeoJSON, GeoPackage, Shapefile, "
                                                                       "KML, KMZ or GPX.")],
    as_noun: Annotated[str, typer.Option("--as", help="What the rows are: hazardous_area, sha, cha, cleared_area, "
                                                      "incident, ordnance, activity, team, …")] = "",
    mapping: Annotated[Path | None, typer.Option("--mapping", help="TOML mapping that a person has confirmed.")] = None,
    propose: Annotated[Path | None, typer.Option("--propose", help="Write the mapping proposed for the file here, and "
                                                                   "take nothing in.")] = None,
    crs: Annotated[str, typer.Option("--crs", help="Coordinate system of the file, e.g. EPSG:32633.")] = "",
    encoding: Annotated[str, typer.Option("--encoding", help="Text encoding of the file, e.g. windows-1251.")] = "",
    delimiter: Annotated[str, typer.Option("--delimiter", help="Column separator of a CSV file.")] = "",
    layer: Annotated[str, typer.Option("--layer", help="Layer or sheet to read; all if left out.")] = "",
    accept_changes: Annotated[bool, typer.Option("--accept-changes", help="Overwrite attributes of records held, "
                                                                          "after reading the difference.")] = False,
    dry_run: DryRun = False, actor: Actor = "", reason: Reason = "", as_json: Json = False,
) -> int:
    """Take files in: every row is accepted, quarantined or refused, with the reason; nothing is repaired."""
    from safeground.intake.readers import ReadOptions
    from safeground.operations.context import Caller
    from safeground.operations.intake import IntakeRequest, take_files
    from safeground.operations.intake import propose as propose_mapping

    options = ReadOptions(crs=crs or None, encoding=encoding or None, delimiter=delimiter or None, layer=layer or None)
    text = mapping_text(mapping)
    request = IntakeRequest(as_noun=as_noun, mapping_toml=text, options=options, accept_changes=accept_changes,
                            dry_run=dry_run)
    with progress_bar(quiet=as_json) as tell:
        caller = Caller(actor=actor_name(actor), reason=reason, progress=tell)
        if propose is not None:
            proposals = propose_mapping(project, files[0], caller, request)
        else:
            result = take_files(project, files, caller, request)
    if propose is not None:
        return _write_proposals(propose, proposals, as_json=as_json)
    if as_json:
        write_json("intake", intake_json(result))
    else:
        show_intake(result)
    return _intake_exit(result)


def mapping_text(path: Path | None) -> str:
    """Return the text of a mapping file; "" for none.

    Raises
    ------
    RequestError : it cannot be read as text (``SG-CLI-001``).
    """
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError("SG-CLI-001", path.name, f"cannot be read as a mapping: {error}.",
                           "Give the path of a TOML file in UTF-8.") from error


def _write_proposals(target: Path, proposals: list[tuple[str, Any]], *, as_json: bool) -> int:
    questions = []
    for number, (text, told) in enumerate(proposals):
        path = target if number == 0 else target.with_stem(f"{target.stem}-{number + 1}")
        if text:
            if path.exists():
                raise RequestError("SG-CLI-001", path.name, "exists already.", "Choose another name.")
            path.write_text(text, encoding="utf-8")
        questions.extend(told)
    if as_json:
        write_json("intake", {"proposals": [text for text, _ in proposals],
                              "findings": [finding.as_plain() for finding in questions]})
    else:
        console().print(f"Mapping proposed in {target}. Read it, answer the questions in it, then give it back with "
                        "--mapping.")
        show_findings(questions)
    return Exit.DONE if any(text for text, _ in proposals) else Exit.FAULTY


_KINDS = "situation, completion, handover, monthly, donor, article7, ccm7, article5; settings keeps or shows settings"


def report(
    project: ProjectArgument,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=_KINDS)] = "situation",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write: .pdf, .docx, .xlsx, .csv or "
                                                ".html; situation: .html, .pdf or .png (the map alone). "
                                                "KIND.html if left out.")] = None,
    language: Annotated[str, typer.Option("--lang", help="en, fr, es, ar, ru or uk.")] = "en",
    start: Annotated[str, typer.Option("--from", help="First day of the period, ISO date; the kind's own period if "
                                                      "left out.")] = "",
    end: Annotated[str, typer.Option("--to", help="Last day of the period, ISO date.")] = "",
    area: Annotated[str, typer.Option("--area", help="With completion and handover: identifier of the area.")] = "",
    public: Annotated[bool, typer.Option("--public", help="Public edition: outlines as grid squares, no device types, "
                                                          "depths, sources, operators or names, small counts "
                                                          "withheld.")] = False,
    settings: Annotated[Path | None, typer.Option("--settings", help="With settings: TOML file of dates, donor "
                                                                     "shares and texts to keep.")] = None,
    dry_run: DryRun = False, actor: Actor = "", as_json: Json = False,
) -> None:
    """Write a report in which every figure can be traced to its records."""
    from safeground.operations.context import Caller
    from safeground.operations.report import make_report
    from safeground.operations.treaty import ReportChoice

    if kind == "settings":
        _report_settings(project, settings, Caller(actor=actor_name(actor)), dry_run=dry_run, as_json=as_json)
        return
    choice = ReportChoice(kind=kind, language=language, start=_day(start, "--from"), end=_day(end, "--to"), area=area,
                          public=public)
    target = output or Path(f"{kind}.html")
    with progress_bar(quiet=as_json) as tell:
        result = make_report(project, kind, target, Caller(actor=actor_name(actor), progress=tell), choice)
    if as_json:
        write_json("report", {"file": result.file, "kind": result.kind, "language": language, "public": public,
                              "figures": list(result.plain)})
        return
    show_table(f"{result.kind} report in {result.file}", (
        Column("figure"), Column("value", number=True), Column("unit"), Column("records", number=True)),
        [(f["name"], f"{f['value']:,.2f}" if isinstance(f["value"], float) else f"{f['value']:,}"
          if isinstance(f["value"], int) else str(f["value"]), f["unit"], f"{len(f.get('records', ())):,}")
         for f in result.plain])


def _day(text: str, option: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RequestError("SG-CLI-001", option, f"{text!r} is not a date.", "Write it as 2026-12-31.") from error


def _report_settings(project: str, path: Path | None, caller: Any, *, dry_run: bool, as_json: bool) -> None:
    from safeground.operations.treaty import set_settings

    result = set_settings(project, mapping_text(path), caller, dry_run=dry_run)
    kept = result.settings
    plain = {name: getattr(kept, name) for name in (
        "apmbc_entry_into_force", "apmbc_clearance_deadline", "ccm_entry_into_force", "ccm_clearance_deadline",
        "ccm_extension_meeting", "grid_m", "k")}
    plain |= {"destroyed": [d.value for d in kept.destroyed], "apmbc_forms": dict(kept.apmbc_forms),
              "ccm_forms": dict(kept.ccm_forms), "donors": [
                  {"by": r.by, "key": r.key, "shares": {d: str(share) for d, share in r.shares}} for r in kept.donors]}
    if as_json:
        write_json("report", {"written": result.written, "settings": plain})
        return
    show_table("Settings for reports", (Column("setting"), Column("value")),
               [(name, str(value) if value not in (None, [], {}) else "not set") for name, value in plain.items()])


def export(
    project: ProjectArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write: .gpkg, .geojson or .csv.")],
    layer: Annotated[str, typer.Option("--layer", help="Layer to export; a GeoPackage may hold all.")] = "",
    actor: Actor = "", as_json: Json = False,
) -> None:
    """Write layers for other systems; positions that must not be recorded are never written."""
    from safeground.operations.context import Caller
    from safeground.operations.report import export_layers

    with progress_bar(quiet=as_json) as tell:
        result = export_layers(project, output, Caller(actor=actor_name(actor), progress=tell), layer=layer)
    if as_json:
        write_json("export", {"file": result.file, "layers": [{"name": n, "rows": c} for n, c in result.layers]})
        return
    show_table(f"Exported to {result.file}", (Column("layer"), Column("rows", number=True)),
               [(name, f"{count:,}") for name, count in result.layers])


COMMANDS: dict[str, Callable[..., Any]] = {"intake": intake, "report": report, "export": export}
