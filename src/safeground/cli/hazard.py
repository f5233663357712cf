"""Commands about hazard: evidence, hazard, evaluate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from safeground.cli.options import Actor, DryRun, Json, ProjectArgument, Reason, actor_name
from safeground.cli.output import Column, console, progress_bar, show_findings, show_table, write_json
from safeground.foundation.errors import RequestError

Lanes = Annotated[Path | None, typer.Option("--lanes", help="CSV of blind lane tests: method, organisation, class, "
                                                            "targets, found.")]
Effort = Annotated[Path | None, typer.Option("--effort", help="CSV of single searches: activity, coverage, p_detect.")]
Resolution = Annotated[float | None, typer.Option("--resolution", help="Side of the cells, m; by site if left out.")]


def evidence(project: ProjectArgument, lanes: Lanes = None, effort: Effort = None, resolution: Resolution = None,
             as_json: Json = False) -> None:
    """Show what a project's records say as observations: areas graded, searches with effort, finds; writes nothing."""
    from safeground.operations.context import Caller
    from safeground.operations.evidence import evidence_json
    from safeground.operations.hazard import HazardRequest, gather_evidence

    with progress_bar(quiet=as_json) as tell:
        request = HazardRequest(resolution_m=resolution, lanes=lanes, effort=effort)
        sites, findings = gather_evidence(project, request, Caller(actor="", progress=tell))
    values = evidence_json(project, sites, findings)
    if as_json:
        write_json("evidence", values)
        return
    show_table(f"{len(values['sites'])} sites", (
        Column("site"), Column("cells", number=True), Column("cell m", number=True), Column("searches", number=True),
        Column("searched", number=True), Column("finds", number=True)),
        [(s["name"], f"{s['cells']:,}", f"{s['cell_m']:g}", str(len(s["searches"])), f"{s['searched_share']:.0%}",
          f"{s['finds']:,.0f}") for s in values["sites"]])
    show_table("Areas and their grade", (Column("area"), Column("P(holds anything)", number=True), Column("because")),
               [(a["name"] or a["id"], f"{a['presence']:.3f}", "; ".join(step["reason"] for step in a["steps"]))
                for s in values["sites"] for a in s["areas"]])
    show_findings(findings)


def hazard(
    project: ProjectArgument, lanes: Lanes = None, effort: Effort = None, resolution: Resolution = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws.")] = 1,
    pictures: Annotated[int | None, typer.Option("--pictures", help="Draw maps for so many sites, those with the most "
                                                                    "expected items left; all if left out.")] = None,
    actor: Actor = "", reason: Reason = "", dry_run: DryRun = False, as_json: Json = False,
) -> None:
    """Say where ordnance may be, how many, how sure, and what the searches left; maps lie beside the project."""
    from safeground.operations.context import Caller
    from safeground.operations.hazard import HazardRequest, hazard_json, run_hazard
    from safeground.report.hazard_page import items, probability

    with progress_bar(quiet=as_json) as tell:
        result = run_hazard(project, HazardRequest(resolution_m=resolution, lanes=lanes, effort=effort, seed=seed,
                                                   dry_run=dry_run, pictures=pictures),
                            Caller(actor=actor_name(actor), reason=reason, progress=tell))
    values = hazard_json(result)
    if as_json:
        write_json("hazard", values)
        return
    show_table(f"What is left: {len(values['areas'])} areas, {values['cells']:,} cells, {values['seconds']:.1f} s", (
        Column("area"), Column("ha", number=True), Column("searched", number=True), Column("expected", number=True),
        Column("90 %", number=True), Column("P(any)", number=True)),
        [(a["name"] or a["id"], f"{a['area_m2'] / 1e4:,.2f}", f"{a['searched_m2'] / a['area_m2']:.0%}",
          items(a["expected_items"]), f"{a['interval'][0]:,}–{a['interval'][1]:,}", probability(a["p_any"]))
         for a in sorted(values["areas"], key=lambda a: -a["expected_items"])[:40]])
    if len(values["areas"]) > 40:
        console().print(f"… and {len(values['areas']) - 40} areas with fewer; --json and the page list them all.")
    console().print(f"Expected items left in all areas: {items(values['expected_items'])}.")
    show_findings(result.findings)
    console().print(f"Page     {result.page}" if result.page else "Nothing was written (--dry-run).")
    console().print("Decision support: a low probability is not a statement that ground is free of hazard.")


def parse_dates(dates: Path | None, window_end: str) -> tuple[Path, date] | None:
    """Return the file of dates with the window's last day; None where neither is given.

    Raises
    ------
    RequestError : one without the other, or no date (SG-CLI-001).
    """
    if dates is None and not window_end:
        return None
    try:
        end = date.fromisoformat(window_end)
    except ValueError as error:
        raise RequestError("SG-CLI-001", "--window-end", f"{window_end!r} is no date.",
                           "Give --dates and --window-end together, the day as 2019-12-31.") from error
    if dates is None:
        raise RequestError("SG-CLI-001", "--dates", "is needed with --window-end.", "Name the file of dates.")
    return dates, end


def evaluate(
    cells: Annotated[Path, typer.Argument(metavar="CELLS.csv", help="One row a cell, with a header.")],
    label: Annotated[str, typer.Option("--label", help="Column of the outcome: 1 found, 0 declared free of finds, "
                                                       "-1 or empty unknown.")],
    x: Annotated[str, typer.Option("--x", help="Column of longitude, degrees, or east, m.")],
    y: Annotated[str, typer.Option("--y", help="Column of latitude, degrees, or north, m.")],
    block: Annotated[str, typer.Option("--block", help="Column of the block that is left out as a whole, e.g. the "
                                                       "municipality.")],
    plot: Annotated[Path | None, typer.Option("--plot", help="PNG to write the reliability curve to.")] = None,
    dates: Annotated[Path | None, typer.Option("--dates", help="CSV of covariates and since when each is known: "
                                                               "covariate, known_since.")] = None,
    window_end: Annotated[str, typer.Option("--window-end", help="Last day of the outcomes' window; a covariate known "
                                                                 "later is refused.")] = "",
    baselines: Annotated[bool, typer.Option("--baselines/--no-baselines", help="Score simpler models beside.")] = True,
    seed: Annotated[int, typer.Option("--seed", help="Seed of learners and draws.")] = 0, as_json: Json = False,
) -> None:
    """Say how well ordnance can be predicted in districts not yet surveyed, on your own cells, with buffers."""
    from safeground.evidence.cells_file import Columns
    from safeground.hazard.evaluation import MODELS
    from safeground.operations.context import Caller
    from safeground.operations.regional import evaluate_cells, evaluation_json

    known_since = parse_dates(dates, window_end)
    with progress_bar(quiet=as_json) as tell:
        result = evaluate_cells(cells, Columns(label, x, y, block), Caller(actor="", progress=tell), seed=seed,
                                plot=plot, known_since=known_since, models=MODELS if baselines else MODELS[:1])
    values = evaluation_json(result)
    if as_json:
        write_json("evaluate", values)
        return
    table = [*values["rows"], *values["baselines"]]
    show_table(f"{values['file']}: {values['labelled']:,} cells of known outcome, {values['positives']:,} with finds; "
               f"{len(values['left_out'])} of {values['blocks']} blocks left out in turn", (
        Column("model"), Column("setting"), Column("ROC", number=True), Column("90 %", number=True),
        Column("PR", number=True), Column("ECE", number=True), Column("slope", number=True),
        Column("area for 80 %", number=True)),
        [(r["model"].replace("_", " "),
          f"{r['buffer_km']:g} km buffer" if "buffer_km" in r else f"{r['reveal']:.0%} revealed",
          f"{r['roc']:.3f}", f"{r['roc_interval_90'][0]:.2f}–{r['roc_interval_90'][1]:.2f}", f"{r['pr']:.3f}",
          f"{r['ece']:.3f}", f"{r['slope']:.2f}", f"{r['area_80']:.0%}") for r in table])
    budget = values["leak_budget_roc"]["safeground"]
    console().print(f"Leak budget: {budget:+.3f} of ROC is nearness to the border (no buffer minus the widest).")
    if values["dropped_columns"]:
        console().print(f"Left out because constant inside every block: {', '.join(values['dropped_columns'])}")
    show_findings(result.findings)
    if result.plot:
        console().print(f"Plot     {result.plot}")
    console().print("A probability for a cell is a reason to survey or not yet to survey; it cancels nothing.")


def predict(
    cells: Annotated[Path, typer.Argument(metavar="CELLS.csv", help="One row a cell, with a header.")],
    label: Annotated[str, typer.Option("--label", help="Column of the outcome: 1, 0, -1 or empty.")],
    x: Annotated[str, typer.Option("--x", help="Column of longitude, degrees, or east, m.")],
    y: Annotated[str, typer.Option("--y", help="Column of latitude, degrees, or north, m.")],
    block: Annotated[str, typer.Option("--block", help="Column of the block, e.g. the municipality.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="CSV to write.")],
    workers: Annotated[int, typer.Option("--workers", help="Processes of a cluster on this machine; 0 = none.")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the learner.")] = 0, as_json: Json = False,
) -> None:
    """Map a region's probability of presence cell by cell, in tiles with halos, on one process or several."""
    from safeground.evidence.cells_file import Columns
    from safeground.operations.context import Caller
    from safeground.operations.national import predict_cells

    with progress_bar(quiet=as_json) as tell:
        result = predict_cells(cells, Columns(label, x, y, block), out, Caller(actor="", progress=tell), seed=seed,
                               workers=workers)
    values = {"file": str(out), "cells": len(result.answers.rows), "tiles": result.tiles, "workers": result.workers,
              "mean_probability": float(result.answers.probability.mean()),
              "farther_than_20_km": int((result.answers.distance_km > 20).sum()),
              "not_applicable": int((~result.answers.applicable).sum()),
              "blocks": [asdict(share) for share in result.shares],
              "findings": [f.as_plain() for f in result.findings]}
    if as_json:
        write_json("predict", values)
        return
    console().print(f"{values['cells']:,} cells in {values['tiles']} tiles on "
                    f"{values['workers'] or 'no'} workers: mean probability {values['mean_probability']:.3f}; "
                    f"{values['farther_than_20_km']:,} cells lie over 20 km from any known outcome, "
                    f"{values['not_applicable']:,} have covariates unlike any that was learned from (extrapolation).")
    show_table("Blocks with the fewest known outcomes", (
        Column("block"), Column("cells", number=True), Column("known", number=True), Column("share", number=True),
        Column("90 %", number=True)),
        [(s.block, f"{s.cells:,}", f"{s.known:,}", f"{s.share:.0%}", f"{s.low:.0%}–{s.high:.0%}")
         for s in sorted(result.shares, key=lambda s: s.known)[:20]])
    show_findings(result.findings)
    console().print(f"Written  {out}")


COMMANDS: dict[str, Callable[..., Any]] = {"evidence": evidence, "hazard": hazard, "evaluate": evaluate,
                                           "predict": predict}
