"""The best plan of a tiny problem, by trying everything; rules of its own, nothing from the room under test.

Why no start day but the earliest need be tried: take a best plan and let any stage start earlier that can, all else
left as it is; that ends no later, holds no resource later, and so stays a best plan.  When nothing can move any more,
taking the stages in the order of their start days and giving each its earliest day after what is already there gives
this same plan.  So it is enough to try all orders and crews, with start days that never go back.  ``every_start=True``
tries all start days as well, to prove the argument on problems that are small enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import NamedTuple

from safeground.foundation.seeds import stream
from safeground.records.planning import Assignment, Objective, Plan, PlanProblem, PlanTask, PlanTeam, Stage

LIMIT = 3_000_000


class State(NamedTuple):
    """All that the future depends on: per task (stages done, end of the last), per team (place, free from)."""

    tasks: tuple[tuple[int, int], ...]
    teams: tuple[tuple[int, int], ...]
    last_start: int
    held: tuple[tuple[int, ...], ...]


def best_plan(problem: PlanProblem, *, every_start: bool = False) -> tuple[float, Plan] | None:
    """Return the greatest value and a plan that has it; None if no plan keeps caps and minimums."""
    search = _Search(problem, every_start)
    search.go(search.start(), 0.0, ())
    return None if search.best is None else (search.best, Plan(search.plan))


class _Search:
    def __init__(self, problem: PlanProblem, every_start: bool) -> None:
        self.p, self.every_start = problem, every_start
        self.best: float | None = None
        self.plan: tuple[Assignment, ...] = ()
        self.seen: dict[State, float] = {}
        self.nodes = 0
        self.names = sorted(problem.resources)
        self.crews = {(i, k): list(self._crews(stage)) for i, t in enumerate(problem.tasks)
                      for k, stage in enumerate(t.stages)}

    def start(self) -> State:
        return State(tuple((0, -1) for _ in self.p.tasks), tuple((-1, max(0, t.first_day)) for t in self.p.teams), 0,
                     tuple((0,) * self.p.days for _ in self.names))

    # --- rules -----------------------------------------------------------------------------------------------------
    def _crews(self, stage: Stage) -> Iterator[tuple[int, ...]]:
        for size in range(1, min(stage.crew_max, 8) + 1):
            for crew in combinations(range(len(self.p.teams)), size):
                members = [self.p.teams[m] for m in crew]
                if all(stage.method in m.methods and m.calendar == members[0].calendar for m in members):
                    yield crew

    def work(self, stage: Stage, crew: tuple[int, ...], day: int) -> int:
        share = self.p.calendars[self.p.teams[crew[0]].calendar][day]
        return share if stage.season == "" else math.floor(share * self.p.seasons[stage.season][day] / 1000)

    def end(self, stage: Stage, crew: tuple[int, ...], start: int) -> int | None:
        left = math.ceil(stage.team_days * 1000 / len(crew))
        for day in range(start, self.p.days):
            left -= self.work(stage, crew, day)
            if left <= 0:
                return day + 1
        return None

    def arrival(self, team: int, at: int, free: int, task: PlanTask) -> int:
        """First day on which work may start: the day after the last day of travel."""
        noun = self.p.teams[team]
        here = noun if at < 0 else self.p.tasks[at]
        km = ((here.x_km - task.x_km) ** 2 + (here.y_km - task.y_km) ** 2) ** 0.5
        moving = sum(1 for threshold in self.p.relocation_km if km >= threshold)
        day = free
        while moving and day < self.p.days:
            moving -= self.p.calendars[noun.calendar][day] > 0
            day += 1
        return self.p.days if moving else day

    def ready(self, i: int, k: int, end: int) -> int:
        task = self.p.tasks[i]
        return (task.earliest_day if k == 0 else end) + task.stages[k].lag_days

    def spans(self, s: State, i: int, crew: tuple[int, ...]) -> Iterator[tuple[int, int, State]]:
        """Yield start, end and next state for the next stage of a task with a crew, earliest first."""
        task, (k, done) = self.p.tasks[i], s.tasks[i]
        stage = task.stages[k]
        first = max(self.ready(i, k, done), *(self.arrival(m, *s.teams[m], task) for m in crew))
        for start in range(first, self.p.days):
            end = self.end(stage, crew, start)
            if end is None or any(end - 1 > (self.p.days if (last := self.p.teams[m].last_day) is None else last)
                                  for m in crew):
                return
            if self.work(stage, crew, start) == 0:
                continue
            held = [list(row) for row in s.held]
            for name, units in stage.needs:
                for day in range(start, end):
                    held[self.names.index(name)][day] += units if self.work(stage, crew, day) > 0 else 0
            if any(row[d] > self.p.resources[n][d] for n, row in zip(self.names, held, strict=True)
                   for d in range(self.p.days)):
                continue
            if start < s.last_start:
                if self.every_start:
                    continue
                return
            whole = k + 1 == len(task.stages)
            tasks = tuple((k + 1, -1 if whole else end) if j == i else x for j, x in enumerate(s.tasks))
            teams = tuple((i, end) if m in crew else x for m, x in enumerate(s.teams))
            yield start, end, State(tasks, teams, start, tuple(map(tuple, held)))
            if not self.every_start:
                return

    # --- worth -----------------------------------------------------------------------------------------------------
    def worth(self, task: PlanTask, end: int) -> float:
        if self.p.objective == "score":
            return task.score
        if self.p.objective == "net_present_value":
            r = math.log(1 + self.p.discount_per_year) / 365
            annuity = (math.exp(-r * end) - math.exp(-r * self.p.deferral_days)) / r
            return task.benefit_per_day * annuity + task.bonus * math.exp(-r * task.bonus_day) * (end <= task.bonus_day)
        return task.benefit_per_day * (self.p.deferral_days - end) + task.bonus * (end <= task.bonus_day)

    def corridors(self, s: State) -> float:
        if self.p.objective != "corridors":
            return 0.0
        total = 0.0
        for bundle, bonus in self.p.bundle_bonus.items():
            members = [i for i, t in enumerate(self.p.tasks) if t.bundle == bundle]
            total += bonus if members and all(s.tasks[i][0] == len(self.p.tasks[i].stages) for i in members) else 0.0
        return total

    def soonest(self, s: State, i: int) -> int | None:
        """Release day of a task if it had all teams to itself, at their sites: never later than in any plan."""
        k, end = s.tasks[i]
        for stage_no in range(k, len(self.p.tasks[i].stages)):
            stage = self.p.tasks[i].stages[stage_no]
            first = max(self.ready(i, stage_no, end), s.last_start)
            ends = [e for c in self.crews[i, stage_no] if first < self.p.days
                    and (e := self.end(stage, c, first)) is not None]
            if not ends:
                return None
            end = min(ends)
        return end

    def hope(self, s: State) -> float | None:
        """Upper limit of what is still to earn; None if a task that is begun cannot be ended."""
        total = sum(self.p.bundle_bonus.values()) if self.p.objective == "corridors" else 0.0
        for i, task in enumerate(self.p.tasks):
            k = s.tasks[i][0]
            if k == len(task.stages) or task.unmet_gates:
                continue
            end = self.soonest(s, i)
            if end is None and k > 0:
                return None
            total += 0.0 if end is None else self.worth(task, end)
        return total

    def keeps_minimums(self, s: State) -> bool:
        return all(sum(s.tasks[i][0] == len(t.stages) for i, t in enumerate(self.p.tasks) if t.district == d) >= least
                   for d, least in self.p.district_minimum.items())

    # --- search ----------------------------------------------------------------------------------------------------
    def go(self, s: State, value: float, plan: tuple[Assignment, ...]) -> None:
        self.nodes += 1
        if self.nodes > LIMIT:
            raise RuntimeError(f"more than {LIMIT} plans to look at: make the problem smaller")
        if all(k in (0, len(t.stages)) for (k, _), t in zip(s.tasks, self.p.tasks, strict=True)):
            total = value + self.corridors(s)
            if (self.best is None or total > self.best) and self.keeps_minimums(s):
                self.best, self.plan = total, plan
        if self.seen.get(s, -math.inf) >= value:
            return
        self.seen[s] = value
        hope = self.hope(s)
        if hope is None or (self.best is not None and value + hope <= self.best):
            return
        for i, task in enumerate(self.p.tasks):
            k = s.tasks[i][0]
            if k == len(task.stages) or task.unmet_gates or (k == 0 and not self.may_begin(s, task)):
                continue
            for crew in self.crews[i, k]:
                for start, end, then in self.spans(s, i, crew):
                    done = Assignment(task_id=task.id, stage=k, method=task.stages[k].method, start_day=start,
                                      team_ids=tuple(self.p.teams[m].id for m in crew), end_day=end)
                    gain = self.worth(task, end) if k + 1 == len(task.stages) else 0.0
                    self.go(then, value + gain, (*plan, done))

    def may_begin(self, s: State, task: PlanTask) -> bool:
        if self.p.casualties_max is None:
            return True
        begun = sum(t.casualties for t, (k, _) in zip(self.p.tasks, s.tasks, strict=True) if k > 0)
        return begun + task.casualties <= self.p.casualties_max + 1e-12


METHODS = ("machine", "manual", "qc")


def small_problem(seed: int, objective: Objective = "benefit_days", *, limits: bool = False) -> PlanProblem:
    """Return a random problem that can be solved by trying everything.

    2-6 tasks of 1-3 stages, 2-4 teams in two leave waves, 8-14 days; now and then a resource, a lag, a season, an unmet
    gate, a bonus day, an earliest day, half days, a team that comes late or leaves early.  ``limits`` adds a cap on
    casualties and a district minimum (which may be out of reach).
    """
    rng = stream(seed, "small plan")
    days, task_count, team_count = (int(rng.integers(a, b)) for a, b in ((8, 15), (2, 7), (2, 5)))
    waves = {f"wave-{w}": tuple(0 if (d + 3 * w) % 6 == 5 else 500 if w and rng.random() < 0.1 else 1000
                                for d in range(days)) for w in (0, 1)}
    seasons = {"dry": tuple(int(v) for v in rng.choice((0, 500, 1000), days, p=(0.2, 0.2, 0.6)))}
    resources = {"ambulance": tuple(int(v) for v in rng.integers(0, 3, days))}
    teams = []
    for m in range(team_count):
        methods = tuple(sorted({METHODS[(m + 1) % 3], *rng.choice(METHODS, 2, p=(0.25, 0.5, 0.25)).tolist()}))
        late, early = rng.random(2) < 0.15
        teams.append(PlanTeam(id=f"team-{m}", methods=methods, calendar=f"wave-{int(rng.random() < 0.35)}",
                              x_km=float(rng.integers(0, 30)), y_km=0.0, first_day=2 if late else 0,
                              last_day=days - 3 if early else None))
    tasks = tuple(_small_task(rng, i, days, 1 + int(rng.integers(0, 3 if task_count < 5 else 2)))
                  for i in range(task_count))
    return PlanProblem(
        start=date(2026, 3, 2), days=days, deferral_days=days + int(rng.integers(0, 40)), tasks=tasks,
        teams=tuple(teams), calendars=waves, seasons=seasons, resources=resources, relocation_km=(8.0, 20.0),
        objective=objective, bundle_bonus={"road": 60.0, "canal": 25.0}, casualties_max=0.25 if limits else None,
        district_minimum={"north": 1} if limits else {})


def scarce_problem(seed: int, objective: Objective = "benefit_days") -> PlanProblem:
    """Return a small problem whose stages need one or two units of two resources that are short, on some days none."""
    rng, made = stream(seed, "scarce plan"), small_problem(seed, objective)

    def needs() -> tuple[tuple[str, int], ...]:
        units = rng.choice((0, 1, 2), 2, p=(0.35, 0.45, 0.2))
        return tuple((name, int(n)) for name, n in zip(("ambulance", "eod"), units, strict=True) if n)

    return replace(
        made, resources={name: tuple(int(v) for v in rng.choice((0, 1, 2), made.days, p=(0.1, 0.5, 0.4)))
                         for name in ("ambulance", "eod")},
        tasks=tuple(replace(t, stages=tuple(replace(s, needs=needs()) for s in t.stages)) for t in made.tasks))


def _small_task(rng, i: int, days: int, length: int) -> PlanTask:
    first = int(rng.integers(0, 4 - length))
    stages = []
    for k in range(length):
        season, lag, need = rng.random(3) < (0.2, 0.2, 0.25)
        stages.append(Stage(method=METHODS[first + k], team_days=float(rng.integers(1, 9)) / 2,
                            crew_max=int(rng.integers(1, 4)), lag_days=int(rng.integers(1, 3)) if lag else 0,
                            season="dry" if season else "", needs=(("ambulance", 1),) if need else ()))
    bonus, late, gate = rng.random(3) < (0.3, 0.2, 0.1)
    return PlanTask(id=f"T{i}", district=("north", "south")[i % 2], x_km=float(rng.integers(0, 30)),
                    y_km=float(rng.integers(0, 10)), stages=tuple(stages), benefit_per_day=float(rng.integers(1, 10)),
                    bonus=float(rng.integers(5, 60)) if bonus else 0.0, bonus_day=int(rng.integers(3, days)),
                    score=float(rng.integers(1, 100)), earliest_day=int(rng.integers(1, 4)) if late else 0,
                    unmet_gates=("survey missing",) if gate else (), bundle=("road", "canal", "")[i % 3],
                    casualties=float(rng.integers(0, 20)) / 100)
