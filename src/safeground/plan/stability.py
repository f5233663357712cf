"""How firm a plan is when the worths behind it are doubted: the same search again under noise in the weights.

Optimisers exploit errors in the worth of single areas.  So each draw multiplies every weight, and every area's own
figures, by a factor of chance, and the plan is made again; an area that most draws plan is planned for good reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stream
from safeground.plan.check import check_plan
from safeground.plan.rules import release_days
from safeground.plan.solve import SolveSettings, Tell, solve
from safeground.plan.stops import after_moves
from safeground.records.planning import Plan, PlanProblem

Array = NDArray[np.float64]
Parts = Mapping[str, Sequence[float]]
#: Searches with other seeds and no noise, at most: how much of a change is the search's own.
CONTROLS = 5


@dataclass(frozen=True, slots=True)
class TaskStability:
    """How often an area is planned.

    Attributes
    ----------
    share : of draws in which it is planned.  share_without : the same with other seeds of the search and no noise.
    mean_rank : of its release among the planned areas, 1 = first; one that is left out ranks after all planned ones.
    """

    task_id: str
    planned: bool
    share: float
    share_without: float
    mean_rank: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """A plan under noise in the weights.

    Attributes
    ----------
    noise : each factor lies within 1 ± noise, all values alike probable.
    moves : of each search.
    tasks : by share, then mean rank.
    agreement : mean share of areas planned in both or in one of plan and draw that both have (Jaccard).
    agreement_without : the same for other seeds of the search and no noise.
    regret : worth that the plan gives away in each draw against that draw's own plan, as a share: median, and the value
        that nine draws in ten stay below; at least 0.
    """

    draws: int
    noise: float
    seed: int
    moves: int
    tasks: tuple[TaskStability, ...]
    agreement: float
    agreement_without: float
    regret: tuple[float, float]


def perturbed(problem: PlanProblem, parts: Parts, noise: float, rng: np.random.Generator) -> PlanProblem:
    """Return the problem with every weight and every area's own figures multiplied by factors within 1 ± noise.

    Parameters
    ----------
    parts : by task, its weighted worth a day from each kind of benefit; a kind has one factor for all areas.  A task
        that is not named keeps its benefit as one part.
    """
    kinds = max((len(values) for values in parts.values()), default=0)
    common = rng.uniform(1 - noise, 1 + noise, kinds)
    own = rng.uniform(1 - noise, 1 + noise, (len(problem.tasks), 3))
    tasks = []
    for task, (benefit, bonus, score) in zip(problem.tasks, own.tolist(), strict=True):
        base = float(np.dot(parts[task.id], common)) if task.id in parts else task.benefit_per_day
        tasks.append(replace(task, benefit_per_day=base * benefit, bonus=task.bonus * bonus, score=task.score * score))
    bundles = dict(zip(problem.bundle_bonus, rng.uniform(1 - noise, 1 + noise, len(problem.bundle_bonus)).tolist(),
                       strict=True))
    return replace(problem, tasks=tuple(tasks), bundle_bonus={
        name: bonus * bundles[name] for name, bonus in problem.bundle_bonus.items()})


def rank_stability(problem: PlanProblem, plan: Plan, draws: int, *, parts: Parts | None = None, noise: float = 0.3,
                   seed: int = 1, moves: int = 2000, tell: Tell | None = None) -> Stability:
    """Return how often each area is planned when the weights are doubted.

    Parameters
    ----------
    draws : how often the plan is made again.
    moves : of each search; short, so that part of a change is the search's own: ``share_without`` and
        ``agreement_without`` tell how much.

    Raises
    ------
    RequestError : draws, noise or moves make no sense (``SG-PLAN-040``).
    """
    checks = (("draws", draws >= 2, draws), ("noise", 0 < noise < 1, noise), ("moves", moves >= 1, moves))
    for name, good, value in checks:
        if not good:
            raise RequestError("SG-PLAN-040", name, f"is {value}.", "Give 2 draws or more, a noise between 0 and 1.")
    brief = SolveSettings(seed=seed, price_steps=120, way_steps=1, slice_moves=min(500, moves))
    say = tell or (lambda text, share: None)
    controls = min(draws, CONTROLS)
    plans, regrets = [], []
    for k in range(draws):
        say(f"weights doubted, {k + 1} of {draws}", k / (draws + controls))
        world = perturbed(problem, parts or {}, noise, stream(seed, "plan", "stability", k))
        found = solve(world, after_moves(moves), brief)
        plans.append(release_days(world, found.plan))
        ours = check_plan(world, plan).value
        regrets.append(max(0.0, 1 - ours / found.value) if found.value > 0 else 0.0)
    without = []
    for k in range(controls):
        say("search alone, other seeds", (draws + k) / (draws + controls))
        found = solve(problem, after_moves(moves), replace(brief, seed=seed + 1 + k))
        without.append(release_days(problem, found.plan))
    base = set(release_days(problem, plan))
    return Stability(
        draws=draws, noise=noise, seed=seed, moves=moves, tasks=_tasks(problem, base, plans, without),
        agreement=_agreement(base, plans), agreement_without=_agreement(base, without),
        regret=(float(np.quantile(regrets, 0.5)), float(np.quantile(regrets, 0.9))))


def _tasks(problem: PlanProblem, base: set[str], plans: Sequence[Mapping[str, int]],
           without: Sequence[Mapping[str, int]]) -> tuple[TaskStability, ...]:
    ranks = np.array([_ranks(problem, days) for days in plans])
    out = []
    for i, task in enumerate(problem.tasks):
        share = float(np.mean([task.id in days for days in plans]))
        alone = float(np.mean([task.id in days for days in without]))
        out.append(TaskStability(task.id, task.id in base, share, alone, float(ranks[:, i].mean())))
    return tuple(sorted(out, key=lambda t: (-t.share, t.mean_rank, t.task_id)))


def _ranks(problem: PlanProblem, days: Mapping[str, int]) -> Array:
    """Return each task's rank by day of release, ties with their mean; those left out tie for the last."""
    when = np.array([days.get(task.id, problem.days + 1) for task in problem.tasks])
    before, same = (when[None, :] < when[:, None]).sum(axis=1), (when[None, :] == when[:, None]).sum(axis=1)
    return np.asarray(before + (same + 1) / 2)


def _agreement(base: set[str], plans: Sequence[Mapping[str, int]]) -> float:
    shares = [len(base & set(days)) / len(base | set(days)) if base | set(days) else 1.0 for days in plans]
    return float(np.mean(shares))
