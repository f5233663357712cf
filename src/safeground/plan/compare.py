"""What changed from a published plan to a new one, task by task, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from safeground.plan.check import check_plan
from safeground.records.planning import Assignment, Plan, PlanProblem

Kind = Literal["moved", "new crew", "taken out", "taken in", "gone"]
Rows = tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A task whose stages are not those that were published.

    Attributes
    ----------
    kind : moved = other days; new crew = the same days and other teams; taken out, taken in; gone = no task any more.
    reason : in words.
    was, now : its stages in the published plan and in the new one.
    """

    task_id: str
    name: str
    kind: Kind
    reason: str
    was: Rows
    now: Rows


def plan_changes(published_names: Mapping[str, str], published: Plan, problem: PlanProblem, plan: Plan, today: int
                 ) -> tuple[PlanChange, ...]:
    """Return every task whose stages changed, first those whose published stages no longer hold.

    Parameters
    ----------
    published_names : names of the published plan's tasks by id; some may be no tasks any more.
    today : day of the new plan, counted from the start that both have.
    """
    was, now = _by_task(published), _by_task(plan)
    tasks = {task.id: task for task in problem.tasks}
    broken: dict[str, str] = {}
    teams: dict[str, str] = {}
    for fault in check_plan(problem, published).violations:
        if fault.task_id:
            broken.setdefault(fault.task_id, fault.message)
        elif fault.team_id:
            teams.setdefault(fault.team_id, fault.message)
    for part in published.assignments:
        for team in part.team_ids:
            if team in teams:
                broken.setdefault(part.task_id, teams[team])
    found = []
    for task_id in dict.fromkeys((*was, *now)):
        before, after = was.get(task_id, ()), now.get(task_id, ())
        if before == after:
            continue
        name = tasks[task_id].name if task_id in tasks else published_names.get(task_id, "")
        found.append(PlanChange(task_id, name or task_id, _kind(before, after, task_id in tasks),
                                _reason(before, after, broken.get(task_id), task_id in tasks, today), before, after))
    return tuple(sorted(found, key=lambda c: (c.task_id not in broken, c.kind, c.name)))


def _by_task(plan: Plan) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for part in sorted(plan.assignments, key=lambda part: (part.task_id, part.stage)):
        found[part.task_id] = (*found.get(part.task_id, ()), part)
    return found


def _kind(before: Rows, after: Rows, is_task: bool) -> Kind:
    if not is_task:
        return "gone"
    if not before:
        return "taken in"
    if not after:
        return "taken out"
    days = [[(part.start_day, part.end_day) for part in rows] for rows in (before, after)]
    return "new crew" if days[0] == days[1] else "moved"


def _reason(before: Rows, after: Rows, fault: str | None, is_task: bool, today: int) -> str:
    if not is_task:
        return "it is no open area of the project any more: released, closed or taken out"
    if not before:
        return "was not in the published plan, and now there is room for it"
    if fault is None:
        return ("room for work that is worth more" if not after else
                "still held, but the plan is worth more so; such changes are kept under the share allowed")
    begun = " Its work had begun: it is planned from its first stage." if after and before[0].start_day < today else ""
    return f"its published stages no longer hold: {fault}{begun}"
