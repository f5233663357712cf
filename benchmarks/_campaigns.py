"""Clearance campaigns with hidden truth, walked through day by day, apart from the forecaster's own code.

A campaign has a small plan made by dispatch, true rates by method and terrain, teams' own skill, a week's noise, a
day's noise, days lost in runs, areas that grow or shrink, finds and accidents.  ``kind`` adds what the forecaster does
not assume: "drift" lets the programme's rate wander, "storms" stop all teams at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from safeground.forecast.lines import StageState
from safeground.forecast.rates import WeeklyReturn
from safeground.foundation.seeds import stream
from safeground.records.planning import Assignment, Plan, PlanProblem, PlanTask, PlanTeam, Stage

WEEKS, DAYS, HORIZON = 24, 168, 1500
METHODS = ("machine", "manual", "dog", "qc")
TERRAINS = ("open", "bush")
PLANNED = {("machine", "open"): 2500.0, ("machine", "bush"): 1800.0, ("manual", "open"): 350.0,
           ("manual", "bush"): 220.0, ("dog", "open"): 900.0, ("dog", "bush"): 600.0, ("qc", "open"): 4000.0,
           ("qc", "bush"): 3000.0}
CHAINS = (("machine", "manual", "qc"), ("manual", "qc"), ("machine", "dog", "qc"))
TEAMS = {"machine": 2, "manual": 6, "dog": 1, "qc": 1}
FIELD_METHODS = ("manual", "dog")
KINDS = ("assumed", "drift", "storms")
DEMINERS, HOURS = 10.0, 6.0


@dataclass(slots=True)
class Job:
    """One stage of one task as it really goes."""

    assignment: Assignment
    lag: int
    m2: float
    done: float = 0.0
    start: int = -1
    end: int = -1


@dataclass(slots=True)
class Campaign:
    """A plan, what was reported by the day of the forecast, and what came to pass."""

    problem: PlanProblem
    plan: Plan
    terrain: dict[str, str]
    returns: list[WeeklyReturn]
    states: list[StageState]
    known_m2: dict[str, float]
    today: int
    field_m2: np.ndarray
    earned_days: np.ndarray
    truth: dict[str, float]
    record: dict[str, float]


def make_problem(rng: np.random.Generator, task_count: int) -> tuple[PlanProblem, dict[str, str]]:
    """Return a district of tasks and ten teams in three leave waves."""
    day = np.arange(DAYS)
    calendars = {f"wave-{w}": tuple(int(v) for v in np.where((day + 8 * w) % 24 < 20, 1000, 0)) for w in range(3)}
    teams = [PlanTeam(id=f"{m}-{k}", methods=(m,), calendar=f"wave-{k % 3}", x_km=float(rng.uniform(0, 40)),
                      y_km=float(rng.uniform(0, 40))) for m, n in TEAMS.items() for k in range(n)]
    terrain, tasks = {}, []
    for k in range(task_count):
        name = f"T{k:03d}"
        terrain[name] = TERRAINS[int(rng.random() < 0.4)]
        chain = CHAINS[int(rng.choice(3, p=(0.45, 0.35, 0.2)))]
        area = float(min(9000 * rng.lognormal(0, 0.6), 25000))
        stages = tuple(Stage(method=m, team_days=area / PLANNED[m, terrain[name]], crew_max=2 if m == "manual" else 1)
                       for m in chain)
        tasks.append(PlanTask(id=name, district="D", x_km=float(rng.uniform(0, 40)), y_km=float(rng.uniform(0, 40)),
                              stages=stages, benefit_per_day=1.0, area_m2=area,
                              expected_items=float(rng.gamma(1.5, 150.0))))
    problem = PlanProblem(start=date(2026, 3, 2), days=DAYS, tasks=tuple(tasks), teams=tuple(teams),
                          calendars=calendars, relocation_km=(8.0, 60.0, 150.0))
    return problem, terrain


def _move(works: tuple[int, ...], day: int, travel: int) -> int:
    """Day after so many working days of travel from a day on."""
    while travel > 0:
        travel -= works[day % DAYS] > 0
        day += 1
    return day


def _travel(a: PlanTask | PlanTeam, b: PlanTask) -> int:
    gap = ((a.x_km - b.x_km) ** 2 + (a.y_km - b.y_km) ** 2) ** 0.5
    return sum(gap >= t for t in (8.0, 60.0, 150.0))


def _offers(problem: PlanProblem, task: PlanTask, stage: Stage, before: int, free: dict[str, int],
            place: dict[str, PlanTask | PlanTeam]) -> tuple[int, int, tuple[str, ...]]:
    """Return start, end and crew of the stage that is done first, crews of one wave."""
    best: tuple[int, int, tuple[str, ...]] | None = None
    for wave, works in sorted(problem.calendars.items()):
        pool = sorted((_move(works, free[t.id], _travel(place[t.id], task)), t.id) for t in problem.teams
                      if t.calendar == wave and stage.method in t.methods)
        for crew in range(1, min(stage.crew_max, len(pool)) + 1):
            start = max(before, pool[crew - 1][0])
            while works[start % DAYS] == 0:
                start += 1
            end, left = start, stage.team_days / crew
            while left > 1e-6:
                left -= works[end % DAYS] > 0
                end += 1
            if best is None or end < best[1]:
                best = (start, end, tuple(i for _, i in pool[:crew]))
    assert best is not None
    return best


def dispatch(problem: PlanProblem, task_count: int) -> Plan:
    """Return a plan of the first tasks: always the stage that can begin first, by the crew that is done first."""
    free = {t.id: 0 for t in problem.teams}
    place: dict[str, PlanTask | PlanTeam] = {t.id: t for t in problem.teams}
    next_stage = {t.id: (0, 0) for t in problem.tasks[:task_count]}
    out: list[Assignment] = []
    while next_stage:
        offers = [(*_offers(problem, t, t.stages[next_stage[t.id][0]], next_stage[t.id][1], free, place), t.id)
                  for t in problem.tasks[:task_count] if t.id in next_stage]
        start, end, crew, task_id = min(offers, key=lambda o: (o[0], o[3]))
        task = next(t for t in problem.tasks if t.id == task_id)
        k = next_stage.pop(task_id)[0]
        for team in crew:
            free[team], place[team] = end, task
        out.append(Assignment(task_id=task_id, stage=k, method=task.stages[k].method, team_ids=crew, start_day=start,
                              end_day=end))
        if k + 1 < len(task.stages):
            next_stage[task_id] = (k + 1, end)
    return Plan(tuple(out))


def fill_window(problem: PlanProblem, fill: float) -> Plan:
    """Return the plan of as many tasks as end by a share of the window."""
    low, high = 1, len(problem.tasks)
    while low < high:
        middle = (low + high + 1) // 2
        if max(a.end_day for a in dispatch(problem, middle).assignments) <= fill * problem.days:
            low = middle
        else:
            high = middle - 1
    return dispatch(problem, low)


def _truth(rng: np.random.Generator, problem: PlanProblem, terrain: dict[str, str], kind: str) -> dict[str, object]:
    programme, team_sd = rng.normal(0, 0.5), 0.35 * np.sqrt(rng.uniform(0.25, 0.75))
    week_sd = float(np.sqrt(0.35**2 - team_sd**2))
    common, spread = rng.normal(0, 0.1), rng.uniform(0.12, 0.28)
    weeks = HORIZON // 7 + 1
    steps = rng.normal(0, 0.5 / np.sqrt(52), weeks) if kind == "drift" else np.zeros(weeks)
    return {
        "rate": {c: r * np.exp(programme + rng.normal(0, 0.3)) for c, r in PLANNED.items()},
        "skill": {t.id: rng.normal(0, team_sd) for t in problem.teams},
        "week": {t.id: rng.normal(0, week_sd, weeks) for t in problem.teams},
        "drift": np.cumsum(steps), "growth": {t.id: np.exp(common + rng.normal(0, spread)) for t in problem.tasks},
        "down": {m: rng.beta(1.5, 35) for m in METHODS}, "back": {m: rng.beta(4, 4) for m in METHODS},
        "storm": rng.random(HORIZON) < (0.03 if kind == "storms" else 0.0),
        "items": {t.id: int(rng.poisson(t.expected_items * rng.gamma(2, 0.5))) for t in problem.tasks},
        "per_item": rng.gamma(1.0, 0.5 / 2000), "per_hour": rng.gamma(1.0, 1e-6)}


class _Walk:
    """The campaign day by day: who works where, what is done, who stands down."""

    def __init__(self, problem: PlanProblem, plan: Plan, terrain: dict[str, str], truth: dict[str, object],
                 rng: np.random.Generator) -> None:
        self.problem, self.terrain, self.truth, self.rng = problem, terrain, truth, rng
        self.tasks = {t.id: t for t in problem.tasks}
        self.jobs = {(a.task_id, a.stage): Job(a, self.tasks[a.task_id].stages[a.stage].lag_days,
                                               self.tasks[a.task_id].area_m2 * truth["growth"][a.task_id])
                     for a in plan.assignments}
        order = sorted(plan.assignments, key=lambda a: (a.start_day, a.end_day, a.task_id, a.stage))
        self.queue = {t.id: [(a.task_id, a.stage) for a in order if t.id in a.team_ids] for t in problem.teams}
        self.ready = {t.id: 0 for t in problem.teams}
        self.is_up = {t.id: rng.random() < 0.9 for t in problem.teams}
        self.log: list[tuple[int, str, str, str, float, bool, bool, bool]] = []
        for t in problem.teams:
            self.leave_for_next(t, t, 0)

    def leave_for_next(self, team: PlanTeam, place: PlanTask | PlanTeam, day: int) -> None:
        if self.queue[team.id]:
            travel = _travel(place, self.tasks[self.queue[team.id][0][0]])
            self.ready[team.id] = _move(self.problem.calendars[team.calendar], day, travel)

    def may_begin(self, job: Job, day: int) -> bool:
        a = job.assignment
        key = (a.task_id, a.stage)
        if not all(self.queue[t][:1] == [key] and self.ready[t] <= day for t in a.team_ids):
            return False
        before = self.jobs.get((a.task_id, a.stage - 1))
        return before is None or (before.end >= 0 and before.end + job.lag <= day)

    def day(self, day: int) -> None:
        working = [t for t in self.problem.teams if self.problem.calendars[t.calendar][day % DAYS] > 0]
        ended = []
        for team in working:
            method = team.methods[0]
            chance = self.truth["down"][method] if self.is_up[team.id] else 1 - self.truth["back"][method]
            was_up, self.is_up[team.id] = self.is_up[team.id], self.rng.random() >= chance
            if not self.queue[team.id]:
                continue
            job = self.jobs[self.queue[team.id][0]]
            if job.start < 0 and self.may_begin(job, day):
                job.start = day
            if job.start < 0 or job.done >= job.m2 - 1e-6:
                continue
            land = self.terrain[job.assignment.task_id]
            up = self.is_up[team.id] and not self.truth["storm"][day]
            rate = self.truth["rate"][method, land] * np.exp(
                self.truth["skill"][team.id] + self.truth["week"][team.id][day // 7] + self.truth["drift"][day // 7]
                + self.rng.normal(0, 0.15))
            m2 = min(rate, job.m2 - job.done) if up else 0.0
            job.done += m2
            is_done = job.done >= job.m2 - 1e-6
            self.log.append((day, team.id, method, land, m2, up, not up and was_up, is_done))
            if is_done:
                ended.append(job)
        for job in ended:
            job.end = day + 1
            for t in self.problem.teams:
                if t.id in job.assignment.team_ids:
                    self.queue[t.id].pop(0)
                    self.leave_for_next(t, self.tasks[job.assignment.task_id], day + 1)


def weekly_returns(log: list[tuple[int, str, str, str, float, bool, bool, bool]], today: int) -> list[WeeklyReturn]:
    """Return what the teams report for the weeks before a day."""
    table: dict[tuple[str, str, str, int], list[float]] = {}
    for day, team, method, land, m2, up, begun, is_done in log:
        if day < today:
            row = table.setdefault((method, land, team, day // 7), [0.0] * 5)
            for k, v in enumerate((m2, float(up), float(not up), float(begun), float(is_done))):
                row[k] += v
    return [WeeklyReturn(method=m, terrain=land, team_id=t, week=w, m2=r[0], team_days=r[1], lost_days=int(r[2]),
                         lost_runs=max(int(r[3]), int(r[2] > 0)), ended=int(r[4]))
            for (m, land, t, w), r in sorted(table.items())]


def make_campaign(seed: int, number: int, *, kind: str = "assumed", task_count: int = 60, today: int = 56,
                  fill: float = 0.95) -> Campaign:
    """Return one campaign, carried through to its end, with what was known on the day of the forecast.

    A campaign with nothing left to do on that day has nothing to forecast; another one is drawn in its place.
    """
    for attempt in range(1000):
        rng = stream(seed, "campaign", kind, number, attempt)
        problem, terrain = make_problem(rng, task_count)
        plan = fill_window(problem, fill)
        truth = _truth(rng, problem, terrain, kind)
        walk = _Walk(problem, plan, terrain, truth, rng)
        states, known = _carry_through(walk, today)
        if any(j.end < 0 or j.end > today for j in walk.jobs.values()):
            return _reported(walk, plan, states, known, today)
    raise RuntimeError("no campaign has work left on the day of the forecast")


def _carry_through(walk: _Walk, today: int) -> tuple[list[StageState], dict[str, float]]:
    """Walk to the end; return the state of work and the true areas known on the day of the forecast."""
    states: list[StageState] = []
    known: dict[str, float] = {}
    for day in range(HORIZON):
        if day == today:
            begun = [j for j in walk.jobs.values() if j.start >= 0]
            states = [StageState(task_id=j.assignment.task_id, stage=j.assignment.stage, start_day=j.start,
                                 end_day=j.end if j.end >= 0 else None, done_m2=j.done) for j in begun]
            known = {j.assignment.task_id: j.m2 for j in begun if j.end >= 0}
        walk.day(day)
        if day >= max(today, DAYS) and all(j.end >= 0 for j in walk.jobs.values()):
            break
    return states, known


def _reported(walk: _Walk, plan: Plan, states: list[StageState], known: dict[str, float], today: int) -> Campaign:
    truth, rng = walk.truth, walk.rng
    field_m2, earned, hours = np.zeros(HORIZON), np.zeros(HORIZON), np.zeros(HORIZON)
    for day, _, method, land, m2, *_ in walk.log:
        field_m2[day] += m2 * (method in FIELD_METHODS)
        earned[day] += m2 / PLANNED[method, land]
        hours[day] += DEMINERS * HOURS
    ends = {t: max(j.end if j.end >= 0 else HORIZON for (i, _), j in walk.jobs.items() if i == t)
            for t, _ in walk.jobs}
    before = sum(truth["items"][t] for t, end in ends.items() if end <= today)
    after = sum(truth["items"][t] for t, end in ends.items() if today < end <= DAYS)
    accidents = rng.poisson(truth["per_item"] * after) + rng.poisson(truth["per_hour"] * hours[today:DAYS].sum())
    record = {"items": float(before), "item_events": float(rng.poisson(truth["per_item"] * before)),
              "hours": float(hours[:today].sum()),
              "hour_events": float(rng.poisson(truth["per_hour"] * hours[:today].sum()))}
    out = {"next_m2": float(field_m2[today : today + 28].sum()), "end_m2": float(field_m2[:DAYS].sum()),
           "completion_day": float(max(ends.values())), "casualties": float(accidents), "items": float(after)}
    return Campaign(walk.problem, plan, walk.terrain, weekly_returns(walk.log, today), states, known, today, field_m2,
                    earned, out, record)
