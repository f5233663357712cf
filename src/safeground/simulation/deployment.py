"""The scenario's deployment: hazard, a plan for its teams, what may come of it, and drafts of task orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from safeground.operations.context import Caller
from safeground.operations.forecast import ForecastRequest, forecast_json, run_forecast
from safeground.operations.hazard import HazardRequest, hazard_json, run_hazard
from safeground.operations.plan import PlanRequest, plan_json, run_plan
from safeground.operations.task_book import task_json
from safeground.operations.task_draft import DraftRequest, draft_orders

#: Returns a caller whose progress is a part of the whole run's, from a share on and so wide.
Told = Callable[[float, float], Caller]


def teams_toml(plan: dict[str, Any], crews: list[dict[str, Any]]) -> str:
    """Return a teams file: crews spread over bases and leave waves in turn.

    Parameters
    ----------
    plan : ``bases`` as [longitude, latitude], ``days_on``, ``days_off``, ``waves``, ``chain``.
    crews : ``prefix`` of the ids, ``method``, ``count``, ``size``.
    """
    waves, on, off = int(plan.get("waves", 1)), int(plan.get("days_on", 20)), int(plan.get("days_off", 4))
    lines = ["# Teams of a synthetic scenario, written from its file.", "[chain]",
             f"default = [{', '.join(map(_quoted, plan['chain']))}]"]
    for wave in range(waves):
        lines += [f"[calendar.wave-{wave + 1}]", f"days_on = {on}", f"days_off = {off}",
                  f"shift = {wave * (on + off) // waves}"]
    bases = plan["bases"]
    for crew in crews:
        for k in range(int(crew["count"])):
            longitude, latitude = bases[k % len(bases)]
            name = f"{crew['prefix']}{k + 1:02d}"
            lines += ["[[team]]", f"id = {_quoted(name)}",
                      f"methods = [{_quoted(crew['method'])}]", f'calendar = "wave-{k // len(bases) % waves + 1}"',
                      f"lon = {float(longitude)}", f"lat = {float(latitude)}", f"size = {int(crew.get('size', 1))}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(slots=True)
class Deployment:
    """The stages from hazard to task orders of one run.

    Attributes
    ----------
    data : the scenario's tables.  told : makes the caller of a stage.
    files : pages and folders that were made.  said : JSON of each stage.
    """

    data: dict[str, Any]
    out: Path
    project: str
    told: Told
    files: list[str] = field(default_factory=list)
    said: dict[str, dict[str, Any]] = field(default_factory=dict)

    def hazard(self) -> str:
        """Compute what may be left in every area."""
        given = self.data["hazard"]
        result = run_hazard(self.project, HazardRequest(
            resolution_m=given.get("resolution_m"), samples=int(given.get("samples", 400)),
            pictures=given.get("pictures"), seed=self._seed()), self.told(0.15, 0.3))
        values = self.said["hazard"] = hazard_json(result)
        self.files.append(result.page)
        most = max(values["areas"], key=lambda area: float(area["expected_items"]))
        return (f"{values['expected_items']:,.0f} items expected in {len(values['areas'])} areas of "
                f"{values['cells']:,} cells; most in {most['name']}: {most['expected_items']:,.0f}, 90 % interval "
                f"{most['interval'][0]:,} to {most['interval'][1]:,}")

    def plan(self) -> str:
        """Write the teams file and plan the window."""
        given, crews = self.data["plan"], self.data.get("crew", [])
        file = self.out / "papers" / "teams.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(teams_toml(given, crews), encoding="utf-8")
        result = run_plan(self.project, PlanRequest(
            teams=file, start=date.fromisoformat(given["start"]), days=int(given["days"]), moves=given.get("moves"),
            seed=self._seed()), self.told(0.45, 0.15))
        values = self.said["plan"] = plan_json(result)
        self.files.append(result.page)
        area = {task.id: task.area_m2 for task in result.problem.tasks}
        done = sum(area[name] for name in result.solution.report.released) / 1e4
        people = sum(int(crew["count"]) * int(crew.get("size", 1)) for crew in crews)
        return (f"{len(result.problem.teams)} teams of {people:,} people, {values['days']} days: {values['released']} "
                f"of {values['tasks']} areas, {done:,.1f} of {sum(area.values()) / 1e4:,.1f} ha; at most "
                f"{values['gap']:.1%} below the best possible plan; {values['checker']}")

    def forecast(self) -> str:
        """Carry out the plan in drawn worlds."""
        given = self.data["forecast"]
        deadline = date.fromisoformat(given["deadline"]) if given.get("deadline") else None
        result = run_forecast(self.project, ForecastRequest(
            deadline=deadline, draws=int(given.get("draws", 2000)), seed=self._seed()), self.told(0.6, 0.12))
        values = self.said["forecast"] = forecast_json(result)
        self.files.append(result.page)
        area, harm = values["cleared_m2"]["released"], values["casualties"]
        dates = values["completion_dates"]
        return (f"{area['p10'] / 1e4:,.1f} to {area['p90'] / 1e4:,.1f} ha released by {values['end']} (P10 to P90); "
                f"all planned areas by {values['deadline']} with probability {values['probability_by_deadline']:.2f}, "
                f"half of the draws by {dates['p50'] or 'beyond the horizon'}; "
                f"casualties {harm['mean']:.2f} in the mean, "
                f"90 % interval {harm['interval'][0]:g} to {harm['interval'][1]:g}")

    def task(self) -> str:
        """Draft task orders with their lanes."""
        given = self.data["task"]
        result = draft_orders(self.project, DraftRequest(lane_width_m=float(given.get("lane_width_m", 1.0))),
                              self.told(0.72, 0.1))
        values = self.said["task"] = task_json(result)
        lanes = [order["lanes"] for order in values["orders"] if order["lanes"]]
        if result.files:
            self.files.append(str(Path(result.files[0]).parent))
        missing = sum(len(order["missing_papers"]) for order in values["orders"])
        return (f"{len(values['orders'])} orders drafted, none issued: {missing:,} papers missing; "
                f"{sum(lane['lane_count'] for lane in lanes):,} lanes of {given.get('lane_width_m', 1.0):g} m in "
                f"{len(result.files)} files")

    def _seed(self) -> int:
        return int(self.data["scenario"].get("seed", 1))
