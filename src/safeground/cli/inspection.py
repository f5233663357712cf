"""The command inspection: lots, sealed draws, visits, verdicts and non-conformities."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safeground.cli.options import Actor, DryRun, Json, ProjectArgument, Reason, actor_name
from safeground.cli.output import Column, console, progress_bar, show_table, square_metres, write_json
from safeground.cli.plan import parse_day
from safeground.foundation.errors import RequestError

if TYPE_CHECKING:
    from safeground.operations.context import Caller

VERBS = ("lots, reseal LOT, withdraw LOT, draw LOT, sheet LOT, record LOT, decide LOT, case open|act|verify|close "
         "[CASE], finds, show")


def inspection(
    project: ProjectArgument,
    words: Annotated[list[str], typer.Argument(metavar="VERB …", help=VERBS + ".")],
    area: Annotated[str, typer.Option("--area", help="lots, case open: one hazardous area by id or name.")] = "",
    seed_file: Annotated[Path | None, typer.Option("--seed-file", help="lots, reseal, draw: the authority's secret; "
                                                   "a random seed is kept in NAME.seeds if left out.")] = None,
    sheet: Annotated[list[str] | None, typer.Option("--sheet", help="draw, sheet: language of the printed sampling "
                                                    "sheet: en, fr, es, ar, ru or uk; give it again for more.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="record: CSV or GeoJSON of units or ground inspected, "
                                                             "and of finds.")] = None,
    day: Annotated[str, typer.Option("--date", help="record: day of the visit, such as 2026-03-01.")] = "",
    inspector: Annotated[str, typer.Option("--inspector", help="record: who inspected; a registered person, or a "
                                                               "name.")] = "",
    organisation: Annotated[str, typer.Option("--organisation", help="record: the inspecting organisation, of a person "
                                                                     "who is not registered.")] = "",
    inspected: Annotated[str, typer.Option("--inspected", help="record: the organisation that did the work, of teams "
                                                               "that are not registered.")] = "",
    failed: Annotated[list[str] | None, typer.Option("--failed", help="record: a unit that failed; give it again for "
                                                                      "more.")] = None,
    measures: Annotated[str, typer.Option("--measures", help="record: measures taken.")] = "",
    severity: Annotated[str, typer.Option("--severity", help="case open: critical, major or minor.")] = "major",
    description: Annotated[str, typer.Option("--description", help="case open: the requirement not met.")] = "",
    lot: Annotated[list[str] | None, typer.Option("--lot", help="case open: a lot in which it was seen; give it again "
                                                                "for more.")] = None,
    owner: Annotated[str, typer.Option("--owner", help="case open, act: who acts.")] = "",
    action: Annotated[str, typer.Option("--action", help="case act: what was done.")] = "",
    evidence: Annotated[str, typer.Option("--evidence", help="case act: the paper that shows it.")] = "",
    by: Annotated[str, typer.Option("--by", help="case verify: who verified; the actor if left out.")] = "",
    actor: Actor = "", reason: Reason = "", dry_run: DryRun = False, as_json: Json = False,
) -> None:
    """Inspect cleared ground: form lots, draw sealed samples, record visits, decide, follow non-conformities."""
    from safeground.operations.context import Caller

    options = {"area": area, "seed_file": seed_file, "sheet": tuple(sheet or ()), "file": file, "day": day,
               "inspector": inspector, "organisation": organisation, "inspected": inspected,
               "failed": tuple(failed or ()), "measures": measures, "severity": severity,
               "description": description, "lot": tuple(lot or ()), "owner": owner,
               "action": action, "evidence": evidence, "by": by, "dry_run": dry_run}
    with progress_bar(quiet=as_json) as tell:
        values = _run(project, words, options, Caller(actor=actor_name(actor), reason=reason, progress=tell))
    if as_json:
        write_json("inspection", values)
        return
    SHOWN[values["verb"]](values)
    for finding in values["findings"]:
        console().print(f"{finding['code']}  {finding['subject']}: {finding['message']} → {finding['remedy']}")
    if dry_run:
        console().print("Nothing was written (--dry-run).")


def _wrong(word: str, why: str = "is no verb with what it needs") -> RequestError:
    return RequestError("SG-CLI-001", word, f"{why}.", f"Verbs: {VERBS}.")


def _run(project: str, words: list[str], options: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Run one verb and return its JSON."""
    from safeground.operations import inspection as stage
    from safeground.operations import inspection_show as shown
    from safeground.report.language import catalogue

    verb, rest, dry_run = words[0], words[1:], options["dry_run"]
    if (verb in ("lots", "show", "finds") and rest) or (
            verb in ("reseal", "withdraw", "draw", "sheet", "record", "decide") and len(rest) != 1):
        raise _wrong(" ".join(words))
    if options["sheet"] and verb not in ("draw", "sheet"):
        raise _wrong("--sheet", "belongs to draw and sheet")
    if verb == "lots":
        return shown.lots_json(stage.form_lots(project, caller, area=options["area"], seed_file=options["seed_file"],
                                               dry_run=dry_run))
    if verb == "reseal":
        return shown.lots_json(stage.reseal_lot(project, rest[0], caller, seed_file=options["seed_file"],
                                                dry_run=dry_run))
    if verb == "withdraw":
        return shown.lots_json(stage.withdraw_lot(project, rest[0], caller, dry_run=dry_run))
    if verb == "draw":
        for code in options["sheet"]:
            catalogue(code)  # a language that there is none of is refused before anything is drawn
        drawn = stage.draw_sample(project, rest[0], caller, seed_file=options["seed_file"], dry_run=dry_run)
        made = shown.sample_json(drawn, *shown.write_draw_files(project, drawn, caller))
        printed = bool(options["sheet"]) and not dry_run
        return made | {"sheets": _sheets(project, rest[0], options, caller)["sheets"] if printed else {}}
    if verb == "sheet":
        return _sheets(project, rest[0], options, caller)
    if verb == "record":
        visit = stage.read_visit(
            options["file"], visit_date=parse_day("--date", options["day"]), inspector=options["inspector"],
            inspecting_organisation=options["organisation"], inspected_organisation=options["inspected"],
            measures_taken=options["measures"], failed=options["failed"])
        return shown.record_json(stage.record_visit(project, rest[0], caller, visit=visit, dry_run=dry_run))
    if verb == "decide":
        return shown.decide_json(stage.decide_lot(project, rest[0], caller, dry_run=dry_run))
    if verb == "finds":
        return shown.cases_json(stage.cases_of_find(project, caller, dry_run=dry_run))
    if verb == "case":
        return shown.cases_json(_case(project, rest, options, caller))
    if verb == "show":
        return shown.show(project, caller, page=not dry_run)
    raise _wrong(verb)


def _sheets(project: str, lot: str, options: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Write the sampling sheets of a drawn lot."""
    from safeground.operations.inspection_sheet import sheet_json, write_sheets
    from safeground.operations.inspection_show import lot_json

    dry_run = options["dry_run"]
    result = write_sheets(project, lot, options["sheet"] or ("en",), caller, dry_run=dry_run)
    return sheet_json(result, lot_json(result.lot), dry_run=dry_run)


def _case(project: str, rest: list[str], options: dict[str, Any], caller: Caller) -> Any:
    """Take one step of a case."""
    from safeground.operations import inspection as stage
    from safeground.records.vocabulary import Severity

    step, dry_run = (rest or [""])[0], options["dry_run"]
    if step == "open" and len(rest) == 1:
        if options["severity"] not in [member.value for member in Severity]:
            raise _wrong("--severity", f"{options['severity']!r} is none of critical, major, minor")
        return stage.open_case(project, caller, severity=Severity(options["severity"]),
                               description=options["description"], lot_ids=options["lot"], area=options["area"],
                               owner=options["owner"], dry_run=dry_run)
    if len(rest) != 2:
        raise _wrong(" ".join(["case", *rest]))
    if step == "act":
        return stage.act_on_case(project, rest[1], caller, owner=options["owner"], action=options["action"],
                                 evidence=options["evidence"], dry_run=dry_run)
    if step == "verify":
        return stage.verify_case(project, rest[1], caller, by=options["by"], dry_run=dry_run)
    if step == "close":
        return stage.close_case(project, rest[1], caller, dry_run=dry_run)
    raise _wrong(" ".join(["case", *rest]))


def _lots(values: dict[str, Any]) -> None:
    show_table(f"{len(values['lots'])} lots", (
        Column("lot"), Column("state"), Column("m²", number=True), Column("teams"), Column("days")),
        [(lot["number"], lot["state"], square_metres(lot["area_cm2"] / 10_000), ", ".join(lot["teams"]),
          f"{lot['first_date']} to {lot['last_date']}") for lot in values["lots"]])
    if any(lot["state"] == "formed" for lot in values["lots"]):
        console().print("The seeds are sealed: keep NAME.seeds apart from the project until the draws.")


def _draw(values: dict[str, Any]) -> None:
    out, plan, draw, risk = console(), values["plan"], values["draw"], values["risk_aware"]
    out.print(f"Lot {values['lot']['number']}: {plan['sample']:,} of {plan['units']:,} units are drawn (formula alone: "
              f"{plan['formula'] or 'no sample serves, inspect everything'}; ISO 2859-1 letter "
              f"{plan['iso_2859_letter']}: {plan['iso_2859_sample']:,}).")
    out.print(f"A lot with {plan['defective_limit']:,} or more defective units is accepted with at most "
              f"{100 * plan['p_accept_worst']:.2g} %, wherever they lie.")
    show_table("Strata", (Column("stratum"), Column("units", number=True), Column("drawn", number=True)),
               [(s["stratum"], f"{s['units']:,}", f"{s['drawn']:,}") for s in draw["strata"] if s["units"]])
    if risk is not None:
        out.print(f"Expected to be found: {draw['expected_found']:.3g} by the plan's sample, "
                  f"{risk['expected_found']:.3g} by the risk-aware one of as many units. The plan's sample decides.")
    out.print(f"Files    {draw['gpx']} {draw['geojson']}" if draw["gpx"] else "No sample file was written.")
    if values["sheets"]:
        _sheet(values)


def _sheet(values: dict[str, Any]) -> None:
    for path in values["sheets"].values():
        console().print(f"Sheet    {path}")
    if not values["sheets"]:
        console().print(f"No sheet of lot {values['lot']['number']} was written.")


def _record(values: dict[str, Any]) -> None:
    visit = values["visit"]
    console().print(f"Visit of {visit['date']} to lot {values['lot']['number']}: {visit['units_checked']:,} drawn "
                    f"units inspected, {visit['units_failed']:,} failed, items found: {len(values['finds']):,}. "
                    + (f"Still to inspect: {', '.join(values['missing'][:20])}"
                       f"{' …' if len(values['missing']) > 20 else ''}." if values["missing"] else
                       "Every drawn unit is inspected."))


def _decide(values: dict[str, Any]) -> None:
    moved = sum(e["area_cm2"] for e in values["entries"]) / 10_000
    said = "is accepted: posted" if values["accepted"] else "is REJECTED: void"
    console().print(f"Lot {values['lot']['number']} {said} {square_metres(moved)} in {len(values['entries'])} entries; "
                    f"{values['reason']}.")
    if values["case"] is not None:
        console().print(f"Case {values['case']['number']} ({values['case']['severity']}) is open, due "
                        f"{values['case']['due']}; it names {len(values['case']['lots'])} lots.")


def _cases(values: dict[str, Any]) -> None:
    show_table(f"{len(values['cases'])} cases", (
        Column("case"), Column("severity"), Column("state"), Column("due"), Column("owner"), Column("what")),
        [(c["number"] or c["id"], c["severity"], c["state"], c["due"] or "", c["owner"] or "nobody", c["description"])
         for c in values["cases"]])


def _show(values: dict[str, Any]) -> None:
    _lots(values)
    _cases(values)
    waiting = values["waiting"]
    console().print(f"Waiting for a lot: {waiting['parts']:,} parts, {square_metres(waiting['area_cm2'] / 10_000)}.")
    if values["page"]:
        console().print(f"Page     {values['page']}")


SHOWN: dict[str, Callable[[dict[str, Any]], None]] = {
    "lots": _lots, "draw": _draw, "sheet": _sheet, "record": _record, "decide": _decide, "case": _cases, "show": _show}
COMMANDS: dict[str, Callable[..., Any]] = {"inspection": inspection}
