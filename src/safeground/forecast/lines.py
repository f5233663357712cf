"""The plan as a partial order: who follows whom on a team's line, in a task's chain and on a scarce resource."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from safeground.foundation.errors import RequestError
from safeground.records.planning import Assignment, Plan, PlanProblem, PlanTask, PlanTeam, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StageState:
    """How far a stage is on the day of the forecast.

    Attributes
    ----------
    start_day : its first day of work.  end_day : the day after its last; None while it goes on.
    done_m2 : area done so far, m².
    """

    task_id: str
    stage: int
    start_day: int
    end_day: int | None = None
    done_m2: float = 0.0


@dataclass(frozen=True, slots=True)
class Follow:
    """One stage that another must wait for.

    Attributes
    ----------
    earlier : position of the stage waited for in :attr:`Lines.stages`; −1 for a team's base.
    team : the team that comes from there; None for the task's own chain and for resources.
    place_km : where the team comes from.  lag_days : whole days between.
    """

    earlier: int
    team: PlanTeam | None = None
    place_km: tuple[float, float] = (0.0, 0.0)
    lag_days: int = 0


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """A stage of the plan with its crew and all that it waits for."""

    task: PlanTask
    stage: Stage
    assignment: Assignment
    crew: tuple[PlanTeam, ...]
    follows: tuple[Follow, ...]
    state: StageState | None


@dataclass(frozen=True, slots=True)
class Lines:
    """The stages of a plan in an order in which each comes after all that it waits for.

    Attributes
    ----------
    tasks : the tasks of the plan, in the problem's order.
    """

    stages: tuple[PlannedStage, ...]
    tasks: tuple[PlanTask, ...]


def _refuse(subject: str, message: str, remedy: str) -> RequestError:
    return RequestError("SG-FORECAST-002", subject, message, remedy)


def _check(problem: PlanProblem, plan: Plan, states: Sequence[StageState]) -> None:
    tasks = {t.id: t for t in problem.tasks}
    teams = {t.id for t in problem.teams}
    seen: set[tuple[str, int]] = set()
    for item in plan.assignments:
        key = (item.task_id, item.stage)
        task = tasks.get(item.task_id)
        if task is None or not 0 <= item.stage < len(task.stages) or key in seen or (
                item.method != task.stages[item.stage].method):
            raise _refuse(f"task {item.task_id}", f"stage {item.stage} ({item.method}) is not in the problem, or is "
                          "planned twice.", "Give the plan that was made for this problem.")
        unknown = sorted(set(item.team_ids) - teams)
        if unknown or not item.team_ids:
            raise _refuse(f"task {item.task_id}", f"its crew is {item.team_ids}; the problem lacks {unknown}.",
                          "Give crews of the problem's teams.")
        seen.add(key)
    for task_id in {t for t, _ in seen}:
        lacking = [k for k in range(len(tasks[task_id].stages)) if (task_id, k) not in seen]
        if lacking:
            raise _refuse(f"task {task_id}", f"the plan has no crew for its stage {lacking[0]}.",
                          "Plan all stages of a task, or none.")
    for state in states:
        if (state.task_id, state.stage) not in seen:
            raise _refuse(f"task {state.task_id}", f"stage {state.stage} is under way and not in the plan.",
                          "Give states of planned stages.")


def _resource_follows(problem: PlanProblem, order: Sequence[Assignment], tasks: dict[str, PlanTask]) -> list[list[int]]:
    """For each stage the earlier ones that hand it units of a resource, by chaining in the plan's order."""
    out: list[list[int]] = [[] for _ in order]
    for name, values in sorted(problem.resources.items()):
        chains: list[tuple[int, int]] = [(0, -1)] * max(values)
        for at, item in enumerate(order):
            units = dict(tasks[item.task_id].stages[item.stage].needs).get(name, 0)
            chains.sort(key=lambda c: -c[0])
            free = [k for k, (end, _) in enumerate(chains) if end <= item.start_day][:units]
            out[at] += sorted({chains[k][1] for k in free if chains[k][1] >= 0})
            for k in free:
                chains[k] = (item.end_day, at)
    return out


def draw_lines(problem: PlanProblem, plan: Plan, states: Sequence[StageState] = ()) -> Lines:
    """Return the plan's stages with what each waits for; the order on each team's line is the plan's.

    Raises
    ------
    RequestError : the plan or the state of work does not fit the problem.

    Notes
    -----
    A scarce resource is handed on in the plan's order (chaining, after Policella et al. 2004), so that late stages
    never hold more of it than the plan's peak.  Where the resource itself shrinks later, that is not seen.
    """
    _check(problem, plan, states)
    tasks = {t.id: t for t in problem.tasks}
    teams = {t.id: t for t in problem.teams}
    state_of = {(s.task_id, s.stage): s for s in states}
    order = sorted(plan.assignments, key=lambda a: (a.start_day, a.end_day, a.task_id, a.stage))
    resources = _resource_follows(problem, order, tasks)
    stage_at: dict[tuple[str, int], int] = {}
    team_at: dict[str, int] = {}
    out: list[PlannedStage] = []
    for at, item in enumerate(order):
        task = tasks[item.task_id]
        stage = task.stages[item.stage]
        if item.stage > 0 and (item.task_id, item.stage - 1) not in stage_at:
            raise _refuse(f"task {task.id}", f"stage {item.stage} is planned before stage {item.stage - 1}.",
                          "Plan stages in their order.")
        follows = [Follow(stage_at[task.id, item.stage - 1], lag_days=stage.lag_days)] if item.stage else []
        for team_id in item.team_ids:
            team, before = teams[team_id], team_at.get(team_id, -1)
            place = out[before].task if before >= 0 else team
            follows.append(Follow(before, team, (place.x_km, place.y_km)))
            team_at[team_id] = at
        follows += [Follow(k) for k in resources[at]]
        stage_at[task.id, item.stage] = at
        out.append(PlannedStage(task, stage, item, tuple(teams[t] for t in item.team_ids), tuple(follows),
                                state_of.get((task.id, item.stage))))
    planned = {a.task_id for a in order}
    return Lines(tuple(out), tuple(t for t in problem.tasks if t.id in planned))
