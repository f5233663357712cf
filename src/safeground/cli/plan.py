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
    actor: Actor = "", reason: Reason = "", dry_run: DryRun = False, as_json: Json = False,
) -> None:
    """Plan who works where and when, with a bound on the best possible plan and a reason for each area left out."""
    from safeground.operations.context import Caller
    from safeground.operations.plan import PlanRequest, plan_json, run_plan

    with progress_bar(quiet=as_json) as tell:
        result = run_plan(project, PlanRequest(
            teams=teams, start=parse_day("--start", start), days=days, objective=objective, seconds=seconds,
            moves=moves, seed=seed, tasks=tasks, dry_run=dry_run),
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
    show_table("Who works where", (Column("from"), Column("to"), Column("area"), Column("method"), Column("teams")),
               [(a["start"], a["end"], a["name"], a["method"], ", ".join(a["teams"]))
                for a in values["assignments"][:40]])
    if len(values["assignments"]) > 40:
        out.print(f"… and {len(values['assignments']) - 40} more; --json and the page list them all.")
    show_table("One more team-day is worth", (Column("method"), Column("teams", number=True),
                                              Column("worth", number=True)),
               [(p["method"], str(p["teams"]), f"{p['price']:,.1f}") for p in values["prices"]])
    if values["unplanned"]:
        show_table(f"Left out: {len(values['unplanned'])} areas", (Column("area"), Column("why")),
                   [(u["name"], u["reason"]) for u in values["unplanned"][:40]])
    if len(values["unplanned"]) > 40:
        out.print(f"… and {len(values['unplanned']) - 40} more; --json and the page list them all.")


COMMANDS: dict[str, Callable[..., Any]] = {"plan": plan}
