"""The published set of deployment problems: three sizes, five seeds, made anew from the seed alone.

Tasks lie in districts of about ten (standard deviation 5 km) in a square of 200 km; areas are lognormal and scaled so
that the work for manual teams is 2.5 times what they can do in the 120 working days; chains are machine-manual-QC 45 %,
manual-QC 35 %, machine-dog-QC 20 %; teams are 60 % manual, 15 % machines, 10 % dogs and 15 % QC in three leave waves of
20 days on and 4 off; crews of up to 4 manual teams.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from safeground.foundation.seeds import stream
from safeground.records.planning import PlanProblem, PlanTask, PlanTeam, Stage

SIZES = ((50, 10), (200, 30), (1000, 100))
SEEDS = (0, 1, 2, 3, 4)
DAYS, DEFERRAL, DEMAND_RATIO = 120, 425, 2.5
CHAINS = (("machine", "manual", "qc"), ("manual", "qc"), ("machine", "dog", "qc"))
SHARES = (0.45, 0.35, 0.20)
MACHINE_RATE, DOG_RATE, QC_RATE = 2500.0, 900.0, 1500.0


def teams_of(count: int, rng: np.random.Generator, centres: np.ndarray) -> tuple[PlanTeam, ...]:
    """Return the teams, spread over waves and over bases at district centres."""
    numbers = {"machine": max(1, round(0.15 * count)), "dog": max(1, round(0.10 * count)),
               "qc": max(1, round(0.15 * count))}
    numbers["manual"] = count - sum(numbers.values())
    teams = []
    for method in ("manual", "machine", "dog", "qc"):
        for k in range(numbers[method]):
            x, y = centres[int(rng.integers(len(centres)))]
            teams.append(PlanTeam(id=f"{method}-{k + 1:02d}", methods=(method,), calendar=f"wave-{k % 3 + 1}",
                                  x_km=float(x), y_km=float(y)))
    return tuple(teams)


def stages_of(chain: tuple[str, ...], area: float, rate: float) -> tuple[Stage, ...]:
    """Return the chain's stages with their work in team-days."""
    faster = 2.0 if "machine" in chain else 1.0
    work = {"machine": area / MACHINE_RATE, "dog": area / DOG_RATE, "manual": area / (rate * faster),
            "qc": 1 + 0.1 * area / QC_RATE}
    return tuple(Stage(method=m, team_days=float(np.ceil(work[m])), crew_max=4 if m == "manual" else 1) for m in chain)


def calendars() -> dict[str, tuple[int, ...]]:
    """Return the three leave waves: 20 working days on, 4 off, eight days apart."""
    day = np.arange(DAYS)
    return {f"wave-{w + 1}": tuple(int(v) for v in np.where((day + 8 * w) % 24 < 20, 1000, 0)) for w in range(3)}


def instance(task_count: int, team_count: int, seed: int) -> PlanProblem:
    """Return one problem of the set."""
    rng = stream(seed, "plan", task_count, team_count)
    district_count = max(1, round(task_count / 10))
    centres = rng.uniform(0, 200, (district_count, 2))
    teams = teams_of(team_count, rng, centres)
    district = np.arange(task_count) % district_count
    xy = centres[district] + rng.normal(0, 5, (task_count, 2))
    chain = rng.choice(3, task_count, p=SHARES)
    rate = rng.uniform(150, 400, task_count)
    area = rng.lognormal(0, 0.8, task_count)
    manual = sum(t.methods == ("manual",) for t in teams)
    per_m2 = np.where(chain == 0, 0.5 / rate, np.where(chain == 1, 1 / rate, 0.0))
    area *= DEMAND_RATIO * manual * DAYS * 20 / 24 / float((per_m2 * area).sum())
    worth = 1000 * rng.lognormal(0, 0.7, task_count)
    has_season = rng.random(task_count) < 0.3
    bonus = np.where(has_season, worth * rng.uniform(0.2, 0.8, task_count), 0.0)
    bonus_day = rng.integers(40, 111, task_count)
    score = worth * rng.lognormal(0, 0.3, task_count)
    tasks = tuple(
        PlanTask(id=f"T{i + 1:04d}", district=f"D{district[i] + 1:03d}", x_km=float(xy[i, 0]), y_km=float(xy[i, 1]),
                 stages=stages_of(CHAINS[chain[i]], float(area[i]), float(rate[i])),
                 benefit_per_day=float(worth[i] / DEFERRAL), bonus=float(bonus[i]), bonus_day=int(bonus_day[i]),
                 score=float(score[i]), area_m2=float(area[i]))
        for i in range(task_count))
    return PlanProblem(start=date(2026, 3, 2), days=DAYS, deferral_days=DEFERRAL, tasks=tasks, teams=teams,
                       calendars=calendars())
