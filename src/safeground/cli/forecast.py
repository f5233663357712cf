"""The command forecast: what comes of the plan, as ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from safeground.cli.options import Actor, DryRun, Json, ProjectArgument, Reason, actor_name
from safeground.cli.output import Column, console, progress_bar, show_table, write_json
from safeground.cli.plan import parse_day


def forecast(
    project: ProjectArgument,
    deadline: Annotated[str, typer.Option("--deadline", help="Day by which all planned areas should be released; the "
                                                             "window's last day if left out.")] = "",
    draws: Annotated[int, typer.Option("--draws", help="Simulated executions of the plan.")] = 2000,
    vehicle_km: Annotated[float, typer.Option("--vehicle-km", help="Kilometres that teams will drive.")] = 0.0,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws.")] = 1,
    actor: Actor = "", reason: Reason = "", dry_run: DryRun = False, as_json: Json = False,
) -> None:
    """Carry out the project's latest plan in drawn worlds: burn-up chart, dates, areas, items and casualties."""
    from safeground.operations.context import Caller
    from safeground.operations.forecast import ForecastRequest, forecast_json, run_forecast

    with progress_bar(quiet=as_json) as tell:
        result = run_forecast(project, ForecastRequest(
            deadline=parse_day("--deadline", deadline) if deadline else None, draws=draws, seed=seed,
            vehicle_km=vehicle_km, dry_run=dry_run), Caller(actor=actor_name(actor), reason=reason, progress=tell))
    values = forecast_json(result)
    if as_json:
        write_json("forecast", values)
        return
    _show(values)


def _show(values: dict[str, Any]) -> None:
    dates, chance = values["completion_dates"], values["probability_by_deadline"]
    names = ("p10", "p50", "p80", "p90")
    rows = [("all planned areas released on", *(dates[p] or "beyond the horizon" for p in names))]
    rows += [(f"{name}, m²", *(f"{area[p]:,.0f}" for p in names)) for name, area in values["cleared_m2"].items()]
    rows.append(("items found", *(f"{values['items'][p]:,.0f}" for p in names)))
    show_table("Forecast of the plan", (Column("what"), *(Column(name.upper()) for name in names)), rows)
    out, harm = console(), values["casualties"]
    out.print(f"Released by {values['deadline']}: probability {chance:.2f}.")
    low, high = harm["interval"]
    out.print(f"Casualties among the teams: mean {harm['mean']:.3f}, none with probability {harm['p_zero']:.3f}, "
              f"90 % interval {low:g} to {high:g}; orders of magnitude from world figures, not from this programme.")
    if values["casualties_left_out"]:
        out.print(f"Not counted for want of a rate: {', '.join(values['casualties_left_out'])}.")
    show_table("What the end waits for", (Column("team or asset"), Column("methods"), Column("share", number=True)),
               [(c["name"], c["methods"], f"{c['share']:.0%}") for c in values["critical"] if c["kind"] == "team"][:10])
    learned = values["learned_from"]
    if not learned["returns"]:
        out.print("Rates, downtime and area growth are priors: no daily return of the plan's teams is held.")
    else:
        out.print(f"Rates and lost days are learned from {learned['returns']:,} daily returns ({learned['weeks']:,} "
                  "team-weeks); area growth is a prior.")
    for reason, count in learned["left_out"].items():
        out.print(f"Not learned from: {count:,} returns {reason}.")
    out.print(f"Page     {values['page']}" if values["page"] else "Nothing was written (--dry-run).")


COMMANDS: dict[str, Callable[..., Any]] = {"forecast": forecast}
