"""The command plan: who works where and when, how good that is, and why the rest is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from safeground.cli.options import Actor, DryRun, Json, ProjectArgument, Reason, actor_name
from safeground.cli.output import Column, console, progress_bar, show_findings, show_table, write_json
from safeground.foundation.errors import RequestError


def plan(
    project: ProjectArgument,
    teams: Annotated[Path, typer.Option("--teams", help="TOML of teams, leave waves, rates and objective.")],
    start: Annotated[str, typer.Option("--start", help="First day of the window, such as 2026-03-01.")],
    days: Annotated[int, typer.Option("--days", help="Length of the window, days.")],
    tasks: Annotated[Path | None, typer.Option("--tasks", help="CSV of the areas' benefits, scores and gates.")] = None,
    objective: Annotated[str, typer.Option("--objective", help="benefit_days, score, net_present_value or corridors; "
                                                               "that of the teams file if left out.")] = "",
    seconds: Annotated[float | None, typer.Option("--seconds", help="Search for so many seconds.")] = None,
    moves: Annotated[int | None, typer.Option("--moves", help="Search for so many moves; by the number of tasks if "
                                                              "left out. The same seed gives the same plan.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the search.")] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="Keep what still holds of the stored plan, and list what changed "
                                                      "and why.")] = False,
    today: Annotated[str, typer.Option("--today", help="With --keep: nothing that began before this day moves; today "
                                                       "if left out.")] = "",
    changes: Annotated[float, typer.Option("--changes", help="With --keep: share of the published first days that may "
                                                             "change although they still hold.")] = 0.1,
    stability: Annotated[int, typer.Option("--stability", help="Make the plan so many times again under noise in the "
                                                               "weights.")] = 0,
    noise: Annotated[float, typer.Option("--noise", help="With --stability: each weight is multiplied by a factor "
                                                         "within 1 ± this.")] = 0.3,
    polish: Annotated[int, typer.Option("--polish", help="After the search, make so many windows of neighbouring "
                                                         "areas anew with CP-SAT.")] = 0,
    lanes: Annotated[int, typer.Option("--lanes", help="Draw the lanes of the first so many areas on the page.")] = 24,
    lane_width: Annotated[float, typer.Option("--lane-width", help="Width of a lane on the page, m.")] = 1.0,
    actor: Actor = "", reason: Reason = "", dry_run: DryRun = False, as_json: Json = False,
) -> None:
    """Plan who works where and when, with a bound on the best possible plan and a reason for each area left out."""
    from safeground.operations.context import Caller
    from safeground.operations.plan import PlanRequest, plan_json, run_plan

    with progress_bar(quiet=as_json) as tell:
        result = run_plan(project, PlanRequest(
            teams=teams, start=parse_day("--start", start), days=days, objective=objective, seconds=seconds,
            moves=moves, seed=seed, tasks=tasks, dry_run=dry_run, keep=keep, changes_share=changes, stability=stability,
            noise=noise, polish=polish, today=parse_day("--today", today) if today else None, lanes=lanes,
            lane_width_m=lane_width),
            Caller(actor=actor_name(actor), reason=reason, progress=tell))
    values = plan_json(result)
    if as_json:
        write_json("plan", values)
        return
    _show(values)
    show_findings(result.findings)
    console().print("Nothing was written (--dry-run)." if dry_run else f"Page     {values['page']}")


def parse_day(option: str, text: str) -> date:
    """Return a day.

    Raises
    ------
    RequestError : it is no day (``SG-CLI-001``).
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RequestError("SG-CLI-001", option, f"{text!r} is no day.", "Give the day as 2026-03-01.") from error


def _show(values: dict[str, Any]) -> None:
    from safeground.report.plan_page import gap_words

    out = console()
    out.print(f"{values['released']} of {values['tasks']} areas are released from {values['start']} to "
              f"{values['end']}: worth {values['value']:,.1f} ({values['objective']}), {gap_words(values['gap'])} "
              f"below the best possible (bound {values['bound']:,.1f}).")
    out.print(f"Authority score {values['authority_score']:,.1f}; ranking by score alone would reach "
              f"{values['practice']['authority_score']:,.1f} and a worth of {values['practice']['value']:,.1f}. "
              f"Checker: {values['checker']}.")
    if values["polish"]:
        out.print(f"Of {values['polish']['windows']} windows made anew, {values['polish']['better']} were better.")
    if values["kept"]:
        _show_kept(values["kept"])
    show_table("Who works where", (Column("from"), Column("to"), Column("area"), Column("method"), Column("teams")),
               [(a["start"], a["end"], a["name"], a["method"], ", ".join(a["teams"]))
                for a in values["assignments"][:40]])
    if len(values["assignments"]) > 40:
        out.print(f"… and {len(values['assignments']) - 40} more; --json and the page list them all.")
    show_table("One more team-day is worth", (Column("method"), Column("teams", number=True),
                                              Column("worth", number=True)),
               [(p["method"], str(p["teams"]), f"{p['price']:,.1f}") for p in values["prices"]])
    if values["resource_prices"]:
        show_table("One more unit-day is worth", (Column("resource"), Column("units", number=True),
                                                  Column("worth", number=True)),
                   [(p["resource"], str(p["units"]), f"{p['price']:,.1f}") for p in values["resource_prices"]])
    if values["stability"]:
        _show_stability(values["stability"])
    if values["unplanned"]:
        show_table(f"Left out: {len(values['unplanned'])} areas", (Column("area"), Column("why")),
                   [(u["name"], u["reason"]) for u in values["unplanned"][:40]])
    if len(values["unplanned"]) > 40:
        out.print(f"… and {len(values['unplanned']) - 40} more; --json and the page list them all.")


def _show_kept(kept: dict[str, Any]) -> None:
    def days(rows: list[dict[str, Any]]) -> str:
        return f"{rows[0]['start']} to {rows[-1]['end']}" if rows else "–"

    console().print(f"Of the published plan, {kept['kept_areas']} areas stay as they were ({kept['kept_share']:.0%} of "
                    f"the first days that still held); {len(kept['changes'])} change.")
    if kept["changes"]:
        show_table("What changed, and why",
                   (Column("area"), Column("change"), Column("was"), Column("now"), Column("why")),
                   [(c["name"], c["kind"], days(c["was"]), days(c["now"]), c["reason"]) for c in kept["changes"][:40]])
    if len(kept["changes"]) > 40:
        console().print(f"… and {len(kept['changes']) - 40} more; --json and the page list them all.")


def _show_stability(found: dict[str, Any]) -> None:
    same, alone = f"{found['agreement']:.0%}", f"{found['agreement_without']:.0%}"
    console().print(
        f"{found['draws']} plans under ±{found['noise']:.0%} noise in the weights: {same} of the areas are the same as "
        f"in this plan ({alone} with no noise and other seeds of so short a search); this plan gives away "
        f"{found['regret']['p50']:.1%} in the median draw, at most {found['regret']['p90']:.1%} in nine of ten.")
    show_table("Areas that the weights decide on", (
        Column("area"), Column("planned"), Column("share of draws", number=True), Column("without noise", number=True),
        Column("mean rank", number=True)),
        [(t["name"], "yes" if t["planned"] else "no", f"{t['share']:.0%}", f"{t['share_without']:.0%}",
          f"{t['mean_rank']:.1f}") for t in found["tasks"] if 0.05 < t["share"] < 0.95][:40])


COMMANDS: dict[str, Callable[..., Any]] = {"plan": plan}
