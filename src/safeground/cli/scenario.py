"""Commands that run the main job from end to end: run, demo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safeground.cli.options import Actor, Json, actor_name
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

if TYPE_CHECKING:
    from safeground.simulation.campaign_run import CampaignResult
    from safeground.simulation.scenario import ScenarioResult

_BUNDLED = "kursk-2025"


def _json(result: ScenarioResult) -> dict[str, Any]:
    return {
        "stages": [{"name": s.name, "seconds": round(s.seconds, 3), "summary": s.summary} for s in result.stages],
        "project": result.project, "report": result.report, "files": result.files,
        "rows_in": sum(i.rows_in for i in result.intakes), "accepted": sum(i.accepted for i in result.intakes),
        "quarantined": sum(i.quarantined for i in result.intakes), "refused": sum(i.refused for i in result.intakes),
        "balanced": result.ledger is not None and result.ledger.sheet.balanced,
        "chain_ok": result.ledger is not None and bool(result.ledger.chain_ok),
        "overlap_m2": result.ledger and sum(o.area_cm2 for o in result.ledger.overlaps) / 10_000,
        "contested_m2": result.ledger and result.ledger.contested_cm2 / 10_000,
        "planted": [{"file": p.file, "row": p.row, "defect": p.defect, "expected": p.expected, "caught": caught}
                    for p, caught in result.planted]}


def _show(result: ScenarioResult) -> None:
    show_table(result.title, (Column("stage"), Column("seconds", number=True), Column("what came of it")),
               [(s.name, f"{s.seconds:.1f}", s.summary) for s in result.stages])
    show_table("Files taken in: every row is accounted for", (
        Column("file"), Column("as"), Column("rows in", number=True), Column("accepted", number=True),
        Column("quarantined", number=True), Column("refused", number=True), Column("measured area", number=True)),
        [(item.file, item.noun, f"{item.rows_in:,}", f"{item.accepted:,}", f"{item.quarantined:,}", f"{item.refused:,}",
          square_metres(item.area_in_m2) if item.area_in_m2 else "–") for i in result.intakes for item in i.files])
    if result.ledger is not None:
        totals = [(status, area) for status, area in result.ledger.sheet.totals_cm2 if area]
        show_table("Land book", (Column("status"), Column("m²", number=True), Column("ha", number=True)),
                   [(str(status), f"{area / 10_000:,.2f}", hectares(area / 10_000)) for status, area in totals]
                   + [("opened in all", f"{result.ledger.sheet.opening_cm2 / 10_000:,.2f}",
                       hectares(result.ledger.sheet.opening_cm2 / 10_000))])
        console().print(f"Counted as hazardous and also recorded as released: "
                        f"{square_metres(result.ledger.contested_cm2 / 10_000)} (stays hazardous).")
    show_findings([f for i in result.intakes for f in i.findings]
                  + list(result.ledger.findings if result.ledger is not None else ()))
    missed = [p for p, caught in result.planted if not caught]
    for defect in missed:
        console().print(f"NOT CAUGHT: {defect.file} row {defect.row}: {defect.defect}")
    console().print(f"Project  {result.project}")
    for file in result.files:
        console().print(f"Report   {file}")
    console().print(f"See it in the browser: safeground serve {result.project} --open")
    console().print("Decision support: the figures state evidence and records; none says that land is free of hazard.")


def _run(path: Path, out: Path, actor: str, *, as_json: bool) -> int:
    from safeground.operations.context import Caller
    from safeground.simulation.scenario import run_scenario

    with progress_bar(quiet=as_json) as tell:
        result = run_scenario(path, out, Caller(actor=actor_name(actor), progress=tell))
    if as_json:
        write_json("run", _json(result))
    else:
        _show(result)
    sound = result.ledger is not None and result.ledger.sheet.balanced and result.ledger.chain_ok
    return Exit.DONE if sound and all(caught for _, caught in result.planted) else Exit.FAULTY


def run(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO.toml", help="Scenario file.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder for what is made; out/NAME if left out.")] = None,
    actor: Actor = "", as_json: Json = False,
) -> int:
    """Carry a scenario through every stage: files in, ledger, map, report."""
    return _run(scenario, out or Path("out") / scenario.stem, actor, as_json=as_json)


def demo(
    out: Annotated[Path | None, typer.Option("--out", help="Folder for what is made; out/kursk-2025 if left "
                                                           "out.")] = None,
    actor: Actor = "", as_json: Json = False,
) -> int:
    """Run the bundled scenario on a synthetic district; an earlier demo in the same folder is replaced."""
    from safeground.simulation.scenario import bundled

    folder = out or Path("out") / _BUNDLED
    for name in (f"{_BUNDLED}.gpkg", f"{_BUNDLED}.gpkg-wal", f"{_BUNDLED}.gpkg-shm"):
        (folder / name).unlink(missing_ok=True)
    return _run(bundled(_BUNDLED), folder, actor, as_json=as_json)


def _campaign(name: str, seed: int, folder: Path, actor: str, *, as_json: bool) -> int:
    from safeground.operations.context import Caller
    from safeground.simulation.campaign_run import campaign_result_json, run_campaign

    with progress_bar(quiet=as_json) as tell:
        run = run_campaign(name, seed, folder, Caller(actor=actor_name(actor), progress=tell))
    if as_json:
        write_json("simulate", campaign_result_json(run))
        return Exit.DONE if run.sound else Exit.BROKEN
    show_table(f"Campaign {name}, seed {seed}: {run.book['areas']:,} areas, {run.truth['items']:,} items hidden",
               (Column("figure"), Column("", number=True)),
               [(key.replace("_", " "), f"{value:,}") for part in (run.truth, run.book, run.scores)
                for key, value in part.items() if isinstance(value, int | float)])
    show_table("The auditor, with books of its own", (
        Column("check"), Column("looked at", number=True), Column("holds"), Column("first failure")),
        [(c["name"], f"{c['looked']:,}", "yes" if c["holds"] else "NO",
          (c["first_failures"] or [""])[0][:60]) for c in run.checks])
    show_table("Planted errors", (Column("error"), Column("planted", number=True), Column("caught", number=True)),
               [(kind, str(len(found)), str(sum(found))) for kind, found in _by_kind(run).items()])
    show_table("Certificates", (
        Column("area"), Column("released"), Column("P(any) stated", number=True), Column("truly left", number=True)),
        [(c["area"], c["released"], f"{c['p_any']:.3f}", f"{c['true_left']}") for c in run.certificates])
    console().print(f"Project  {run.project}")
    console().print(f"Papers   SHA-256 {run.papers_sha256}")
    console().print(f"Results  SHA-256 {run.results_sha256}")
    return Exit.DONE if run.sound else Exit.BROKEN


def _by_kind(run: CampaignResult) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = {}
    for error in run.planted:
        found.setdefault(error.kind, []).append(error.caught)
    for attempt in run.attempts:
        found.setdefault(attempt["kind"], []).append(attempt["refused"])
    return dict(sorted(found.items()))


def simulate(
    world: Annotated[str, typer.Option("--world", help="hectare, rows, strike, village or district.")] = "village",
    campaign: Annotated[str, typer.Option("--campaign", help="campaign-8 or campaign-60: daily returns to signed "
                                          "certificates, instead of a world.")] = "",
    seed: Annotated[int, typer.Option("--seed", help="Seed of the world; one seed, one world.")] = 1,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for what is made; out/WORLD-SEED if left "
                                                           "out.")] = None,
    actor: Actor = "", as_json: Json = False,
) -> int:
    """Make a world with hidden truth, carry its papers through the stages, and have every figure audited."""
    if campaign:
        return _campaign(campaign, seed, out or Path("out") / f"{campaign}-{seed}", actor, as_json=as_json)
    from safeground.operations.context import Caller
    from safeground.simulation.campaign import campaign_json
    from safeground.simulation.campaign import simulate as carry

    with progress_bar(quiet=as_json) as tell:
        folder = out or Path("out") / f"{world}-{seed}"
        result = carry(world, seed, folder, Caller(actor=actor_name(actor), progress=tell))
    sound = all(check.holds for check in result.checks)
    if as_json:
        write_json("simulate", campaign_json(result))
        return Exit.DONE if sound else Exit.BROKEN
    show_table(f"World {world}, seed {seed}: {result.truth['items']:,} items hidden",
               (Column("figure"), Column("", number=True)),
               [(key.replace("_", " "), f"{value:,}") for key, value in result.truth.items() if isinstance(value, int)]
               + [(name.replace("_", " "), f"{value:,.3f}") for name, value in result.scores.items()])
    show_table("The auditor, who knows the truth",
               (Column("check"), Column("holds"), Column("said"), Column("expected")),
               [(c.name, "yes" if c.holds else "NO", c.said[:60], c.expected[:60]) for c in result.checks])
    console().print(f"Project  {result.project}")
    console().print(f"Page     {result.page}")
    console().print(f"Papers   SHA-256 {result.digest}")
    return Exit.DONE if sound else Exit.BROKEN


COMMANDS: dict[str, Callable[..., Any]] = {"run": run, "demo": demo, "simulate": simulate}
