"""The command survey: outcomes reported and approved, areas confirmed, drawn anew, split, suspended."""

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
from safeground.foundation.errors import RequestError

ACTIONS = "list|report|approve|reject|confirm|redraw|split|suspend|resume"


def survey(
    project: ProjectArgument,
    action: Annotated[str, typer.Argument(metavar=f"[{ACTIONS}]", help="list the reports; report outcomes from FILEs "
                                                                       "or "
                                          "options; approve or reject REPORT; confirm, redraw, split, suspend or "
                                          "resume "
                                          "AREA.")] = "list",
    names: Annotated[list[str] | None, typer.Argument(metavar="[FILE…|REPORT|AREA]", help="What the action is "
                                                      "about.")] = None,
    outline: Annotated[Path | None, typer.Option("--outline", help="With redraw: file of the new outline; with report: "
                                                 "file of the part.")] = None,
    parts: Annotated[Path | None, typer.Option("--parts", help="With split: file of the pieces.")] = None,
    unfinished: Annotated[bool, typer.Option("--unfinished", help="With split: the piece is all ground that nothing "
                                                                  "counts.")] = False,
    area: Annotated[str, typer.Option("--area", help="With report: the area, by id or name.")] = "",
    report_id: Annotated[str, typer.Option("--id", help="With report: the report's own id.")] = "",
    survey_type: Annotated[str, typer.Option("--type", help="With report: nts or ts.")] = "",
    outcome: Annotated[str, typer.Option("--outcome", help="With report: cancelled or reduced; none if left "
                                                           "out.")] = "",
    day: Annotated[str, typer.Option("--date", help="With report: day of the survey.")] = "",
    criteria: Annotated[list[str] | None, typer.Option("--criterion", help="With report: id of a criterion of the rule "
                                                       "pack; may be repeated.")] = None,
    evidence: Annotated[list[str] | None, typer.Option("--evidence", help="With report: id of a record it rests on; "
                                                                          "may "
                                                       "be repeated.")] = None,
    technical_asset: Annotated[bool | None, typer.Option("--technical-asset/--no-technical-asset", help="With report: "
                                                         "whether a technical asset searched.")] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="TOML mapping that a person has confirmed.")] = None,
    crs: Annotated[str, typer.Option("--crs", help="Coordinate system of the files.")] = "",
    no_split: Annotated[bool, typer.Option("--no-split", help="With suspend: a split does not serve.")] = False,
    dry_run: DryRun = False, actor: Actor = "", reason: Reason = "", as_json: Json = False,
) -> int:
    """Report survey outcomes, approve them as another person, and keep areas as survey finds them."""
    from safeground.intake.readers import ReadOptions
    from safeground.operations.context import Caller

    given, options = list(names or []), ReadOptions(crs=crs or None)
    with progress_bar(quiet=as_json) as tell:
        caller = Caller(actor=actor_name(actor), reason=reason, progress=tell)
        if action == "list":
            return _list(project, caller, as_json=as_json)
        if action == "report":
            values, findings = _report(project, caller, given, options, mapping_text(mapping), {
                "area": area, "id": report_id, "type": survey_type, "outcome": outcome, "date": day,
                "criteria": tuple(criteria or ()), "evidence": tuple(evidence or ()), "asset": technical_asset,
                "outline": outline}, dry_run=dry_run)
        else:
            values, findings = _one(project, action, given, caller, options, outline, parts, no_split=no_split,
                                    unfinished=unfinished, dry_run=dry_run)
    if as_json:
        write_json("survey", values)
    else:
        _show(values)
        show_findings(findings)
    return Exit.FAULTY if values.get("refused") and not values.get("outcomes") else Exit.DONE


def _list(project: str, caller: Any, *, as_json: bool) -> int:
    from safeground.operations.survey import list_reports, outcome_json

    rows = [outcome_json(report, area) | {"state": state} for report, state, area in list_reports(project, caller)]
    if as_json:
        write_json("survey", {"project": project, "step": "list", "outcomes": rows, "findings": []})
    else:
        show_table("Survey reports", (Column("report"), Column("date"), Column("outcome"), Column("state"),
                                      Column("m²", number=True), Column("author"), Column("approver")),
                   [(r["report"], r["survey_date"], r["outcome"] or "none", r["state"], f"{r['area_cm2'] / 1e4:,.2f}",
                     r["author"], r["approver"]) for r in rows])
    return Exit.DONE


def _report(project: str, caller: Any, files: list[str], options: Any, mapping: str, said: dict[str, Any], *,
            dry_run: bool) -> tuple[dict[str, Any], Any]:
    from safeground.operations.survey import SurveyRequest, report_outcomes, survey_json

    by_hand = (_by_hand(project, caller, options, said),) if said["area"] or not files else ()
    result = report_outcomes(project, [Path(name) for name in files], caller, SurveyRequest(
        reports=by_hand, options=options, mapping_toml=mapping, dry_run=dry_run))
    return survey_json(result), result.findings


def _by_hand(project: str, caller: Any, options: Any, said: dict[str, Any]) -> Any:
    from safeground.operations.survey_land import read_part
    from safeground.records.fieldwork import SurveyReport
    from safeground.records.vocabulary import ActivityType, ReleaseMethod

    for option, value in (("--area", said["area"]), ("--id", said["id"]), ("--type", said["type"]),
                          ("--date", said["date"])):
        if not value:
            raise RequestError("SG-CLI-001", option, "is missing.", "Give a FILE, or --area, --id, --type and --date.")
    try:
        kind = ActivityType(said["type"])
        outcome = ReleaseMethod(said["outcome"]) if said["outcome"] else None
    except ValueError as error:
        raise RequestError("SG-CLI-001", "--type, --outcome", f"{error}.",
                           "Give nts or ts, and cancelled or reduced.") from error
    part = read_part(project, said["outline"], caller, options) if said["outline"] is not None else None
    return SurveyReport(
        id="", local_id=said["id"], hazardous_area_id=said["area"], survey_type=kind,
        survey_date=parse_day("--date", said["date"]), outcome=outcome, geometry=part, criteria=said["criteria"],
        evidence_ids=said["evidence"], technical_asset=said["asset"], author=caller.actor)


def _one(project: str, action: str, names: list[str], caller: Any, options: Any, outline: Path | None,
         parts: Path | None, *, no_split: bool, unfinished: bool, dry_run: bool) -> tuple[dict[str, Any], Any]:
    from safeground.operations import survey_land as land
    from safeground.operations.survey import decide_report, survey_json
    from safeground.progress.states import Step

    if action not in ACTIONS.split("|"):
        raise RequestError("SG-CLI-001", "survey", f"{action!r} is not an action.", f"Use one of: {ACTIONS}.")
    if len(names) != 1:
        raise RequestError("SG-CLI-001", f"survey {action}", f"is about {len(names)} things.", "Name one.")
    if action in ("approve", "reject"):
        decided = decide_report(project, names[0], caller, approve=action == "approve", dry_run=dry_run)
        return survey_json(decided), decided.findings
    file = {"redraw": outline, "split": parts}.get(action)
    if (action in ("redraw", "split") and file is None and not unfinished) or (unfinished and parts is not None):
        raise RequestError("SG-CLI-001", "--outline" if action == "redraw" else "--parts", "is missing."
                           if file is None else "is given beside --unfinished.",
                           "Give the file that survey drew" + (", or --unfinished." if action == "split" else "."))
    if action == "confirm":
        done = land.confirm_area(project, names[0], caller, dry_run=dry_run)
    elif action == "redraw" and file is not None:
        done = land.redraw_area(project, names[0], file, caller, options=options, dry_run=dry_run)
    elif action == "split":
        done = land.split_area(project, names[0], file, caller, options=options, dry_run=dry_run)
    else:
        done = land.change_workflow(project, names[0], Step(action), caller, no_split=no_split, dry_run=dry_run)
    return land.change_json(done), done.findings


def _show(values: dict[str, Any]) -> None:
    for line in values.get("outcomes", ()):
        console().print(f"{line['report']}: {line['outcome'] or 'no outcome'}, "
                        f"{square_metres(line['area_cm2'] / 10_000)} ({values['step']}).")
    for one in values.get("areas", ()):
        console().print(f"{one['local_id'] or one['name'] or one['id']}: {one['type']}, {one['workflow']}, "
                        f"{square_metres(one['area_m2'])}, version {one['version']}.")
    if "new" in values and values["step"] == "report":
        console().print(f"{values['new']} new reports, {values['repeated']} repeated, {values['quarantined']} kept "
                        "aside.")
    if values["dry_run"]:
        console().print("Dry run: nothing was written.")


COMMANDS: dict[str, Callable[..., Any]] = {"survey": survey}
