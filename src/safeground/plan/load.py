"""A plan in the nouns as timelines again."""

from __future__ import annotations

from collections.abc import Collection

from safeground.foundation.invariant import invariant
from safeground.plan.arrays import Arrays
from safeground.plan.board import State, count_task, empty_state, put_stage
from safeground.records.planning import Plan, PlanProblem


def state_of(problem: PlanProblem, a: Arrays, plan: Plan, leave_out: Collection[str] = ()) -> State:
    """Return a plan as timelines; it must keep the rules of the problem.

    Parameters
    ----------
    leave_out : ids of tasks that are not put in.

    Raises
    ------
    InvariantBroken : a crew fits no way to do its stage, which the checker would have found.
    """
    state = empty_state(a)
    tasks = {t.id: i for i, t in enumerate(problem.tasks)}
    teams = {t.id: k for k, t in enumerate(problem.teams)}
    kept = [x for x in plan.assignments if x.task_id not in leave_out]
    for each in sorted(kept, key=lambda x: (x.start_day, x.task_id, x.stage)):
        stage = int(a.stage_first[tasks[each.task_id]]) + each.stage
        crew = [teams[i] for i in each.team_ids]
        wave = a.team_calendar[crew[0]]
        modes = [m for m in range(a.mode_first[stage], a.mode_first[stage + 1])
                 if a.mode_crew[m] == len(crew) and a.pool_calendar[a.mode_pool[m]] == wave]
        invariant(bool(modes), f"a crew of {len(crew)} fits no way to do stage {each.stage} of {each.task_id}")
        state.crew[stage, : len(crew)] = crew
        put_stage(a, state, stage, modes[0], each.start_day)
    for task in sorted({tasks[x.task_id] for x in kept}):
        count_task(a, state, task)
    return state
