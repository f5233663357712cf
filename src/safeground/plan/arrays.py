"""The planning problem as tables of integers: every rule of calendars, seasons and travel is in a table once.

A *mode* is one way to do a stage: a crew of so many teams of one pool (an accreditation and a leave wave).  For each
mode and first day the table ``finish`` holds the day after the last, so that neither the search nor the bound knows
what a calendar is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError
from safeground.plan.worth import worth_by_day
from safeground.records.planning import FULL_DAY, PlanProblem, Stage

Ints = NDArray[np.int32]
Array = NDArray[np.float64]
CREW_LIMIT = 8


class Arrays(NamedTuple):
    """The problem in tables; days are columns 0 to H, H = no longer within the window.

    Attributes
    ----------
    worth : (tasks, H + 1) of release after so many days.
    open_day : (tasks,) first day of work; H where a gate is not met.
    stage_first : (tasks + 1,) first stage of each task.  stage_task, stage_lag, tail : (stages,); tail is the least
        number of days from a stage's end to its task's.
    mode_first : (stages + 1,).  mode_pool, mode_crew, mode_work, mode_span : (modes,), work in team-days and least days
        from start to end.  finish, latest : (modes, H + 1);
        latest is the last first-day whose finish is not after the column, −1 for none.
    pool_first, pool_team : teams of each pool.  pool_calendar : (pools,).
    arrive, depart : (calendars, H + 1, R + 1): first day of work after being free on a day and R days of travel; last
        day to be free so as to work on a day.
    travel : (places, places) working days; places are tasks, then bases.
    team_base, team_from, team_to, team_calendar : (teams,).
    stage_needs : (stages, resources).  capacity : (resources, H).  works : (calendar-season pairs, H).
    mode_works : (modes,) row of ``works``.
    bundle : (tasks,) or −1.  bundle_size, bundle_bonus.
    """

    worth: Array
    open_day: Ints
    stage_first: Ints
    stage_task: Ints
    stage_lag: Ints
    tail: Ints
    mode_first: Ints
    mode_pool: Ints
    mode_crew: Ints
    mode_work: Ints
    mode_span: Ints
    finish: Ints
    latest: Ints
    pool_first: Ints
    pool_team: Ints
    pool_calendar: Ints
    arrive: Ints
    depart: Ints
    travel: Ints
    team_base: Ints
    team_from: Ints
    team_to: Ints
    team_calendar: Ints
    stage_needs: Ints
    capacity: Ints
    works: Ints
    mode_works: Ints
    bundle: Ints
    bundle_size: Ints
    bundle_bonus: Array
    casualties: Array
    casualties_max: float
    district: Ints
    district_minimum: Ints


def _ints(values: object) -> Ints:
    return np.ascontiguousarray(np.asarray(values, dtype=np.int32))


def _progress(problem: PlanProblem) -> tuple[dict[tuple[str, str], int], Array]:
    """Pairs of calendar and season that occur, and work done before each day, thousandths, shape (pairs, H + 1)."""
    seasons = sorted({stage.season for task in problem.tasks for stage in task.stages})
    pairs = [(c, s) for c in sorted(problem.calendars) for s in seasons]
    table = np.zeros((max(1, len(pairs)), problem.days + 1))
    for row, (calendar, season) in enumerate(pairs):
        day = np.array(problem.calendars[calendar], dtype=np.float64)
        if season:
            day = day * np.array(problem.seasons[season]) / FULL_DAY
        table[row, 1:] = np.cumsum(np.floor(day + 1e-9))
    return {pair: row for row, pair in enumerate(pairs)}, table


def finish_table(progress: Array, need: float) -> Ints:
    """Return the day after the last for work begun on each day, shape (H + 1,); H + 1 where it does not fit.

    Parameters
    ----------
    progress : work done before each day, thousandths of a full day, shape (H + 1,).
    need : work, thousandths of a full day.
    """
    end = np.searchsorted(progress, progress + need - 1e-6, side="left")
    idle = np.append(np.diff(progress) <= 0, True)
    return _ints(np.where(idle | (end >= len(progress)), len(progress), end))


def latest_table(finish: Ints) -> Ints:
    """Return the last first-day whose finish is not after each day, shape (H + 1,), −1 for none."""
    days = len(finish) - 1
    latest = np.full(days + 2, -1, dtype=np.int32)
    for start in range(days):
        latest[finish[start]] = start
    return _ints(np.maximum.accumulate(latest)[: days + 1])


def _travel_tables(problem: PlanProblem, names: list[str]) -> tuple[Ints, Ints]:
    """``arrive`` and ``depart`` for each calendar."""
    days, most = problem.days, len(problem.relocation_km)
    arrive = np.full((len(names), days + 1, most + 1), days, dtype=np.int32)
    depart = np.full((len(names), days + 1, most + 1), -1, dtype=np.int32)
    for c, name in enumerate(names):
        workdays = np.flatnonzero(np.array(problem.calendars[name]) > 0)
        position = np.searchsorted(workdays, np.arange(days + 1))
        for r in range(most + 1):
            last = position + r - 1
            fits = last < len(workdays)
            there = np.where(fits, workdays[np.minimum(last, len(workdays) - 1)] + 1, days)
            arrive[c, :, r] = np.minimum(there if r else np.arange(days + 1), days)
            order = np.searchsorted(arrive[c, :, r], np.arange(days + 1), side="right") - 1
            depart[c, :, r] = order
    return arrive, depart


def places_of(problem: PlanProblem) -> tuple[Array, list[int]]:
    """Return the coordinates of tasks and then bases, km, and the place of each team's base."""
    bases = sorted({(t.x_km, t.y_km) for t in problem.teams})
    xy = np.array([(t.x_km, t.y_km) for t in problem.tasks] + bases, dtype=np.float64).reshape(-1, 2)
    return xy, [len(problem.tasks) + bases.index((t.x_km, t.y_km)) for t in problem.teams]


def relocation_days(problem: PlanProblem, xy: Array) -> Ints:
    """Return working days of a move between places, shape (places, places); 0 on the spot."""
    gap = np.sqrt(np.maximum(((xy[:, None, :] - xy[None, :, :]) ** 2).sum(axis=2), 0.0))
    return _ints(np.searchsorted(np.array(problem.relocation_km), gap, side="right"))


def _pools(problem: PlanProblem, calendars: list[str]) -> tuple[dict[tuple[str, str], int], list[list[int]], list[int]]:
    methods = sorted({stage.method for task in problem.tasks for stage in task.stages})
    index: dict[tuple[str, str], int] = {}
    members: list[list[int]] = []
    calendar_of: list[int] = []
    for method in methods:
        for c, name in enumerate(calendars):
            teams = [k for k, t in enumerate(problem.teams) if method in t.methods and t.calendar == name]
            if teams:
                index[method, name] = len(members)
                members.append(teams)
                calendar_of.append(c)
        if not any((method, name) in index for name in calendars):
            needing = [t.id for t in problem.tasks if any(s.method == method for s in t.stages)]
            raise RequestError("SG-PLAN-005", f"method {method}", f"no team is accredited for it; {len(needing)} tasks "
                               f"need it, {needing[0]} first.",
                               "Add a team with this method, or plan the tasks otherwise.")
    return index, members, calendar_of


def _check_relocation(km: tuple[float, ...]) -> None:
    """Refuse distances by which a move takes longer than by way of a third place with a day of work there.

    The search takes tasks out of a team's line and relies on it that the line then still holds.
    """
    for i, first in enumerate(km):
        for j, second in enumerate(km):
            if km != tuple(sorted(km)) or np.searchsorted(km, first + second, side="left") > i + j + 1:
                raise RequestError("SG-PLAN-006", "relocation_km", f"{km}: two moves of less than {first:g} and "
                                   f"{second:g} km take {i + j} days, the same way in one more than {i + j + 1}.",
                                   "Give rising distances, each at least about as far from the one before as that is.")


def _firsts(lengths: list[int]) -> Ints:
    return _ints(np.concatenate([[0], np.cumsum(lengths)]))


def build(problem: PlanProblem) -> Arrays:
    """Return the tables of a problem.

    Raises
    ------
    RequestError : a method that no team is accredited for; relocation distances of which a detour would save days.
    """
    _check_relocation(problem.relocation_km)
    calendars = sorted(problem.calendars)
    pairs, progress = _progress(problem)
    pool_of, members, pool_calendar = _pools(problem, calendars)
    stages = [(i, stage) for i, task in enumerate(problem.tasks) for stage in task.stages]
    cache: dict[tuple[int, int], tuple[Ints, Ints]] = {}
    rows: list[tuple[int, int, int, int]] = []
    tables: list[tuple[Ints, Ints]] = []
    counts: list[int] = []
    for _, stage in stages:
        before = len(rows)
        for calendar in calendars:
            pool = pool_of.get((stage.method, calendar))
            if pool is None:
                continue
            pair = pairs[calendar, stage.season]
            for crew in range(min(stage.crew_max, len(members[pool]), CREW_LIMIT), 0, -1):
                need = int(np.ceil(stage.team_days * FULL_DAY / crew - 1e-6))
                if (pair, need) not in cache:
                    finish = finish_table(progress[pair], need)
                    cache[pair, need] = finish, latest_table(finish)
                rows.append((pool, crew, crew * -(-need // FULL_DAY), pair))
                tables.append(cache[pair, need])
        counts.append(len(rows) - before)
    mode_first = _firsts(counts)
    finish = np.stack([t[0] for t in tables]) if tables else np.zeros((0, problem.days + 1), dtype=np.int32)
    table = _ints(rows).reshape(-1, 4)
    span = finish - np.arange(problem.days + 1)
    span[finish > problem.days] = problem.days + 1
    return Arrays(
        worth=np.ascontiguousarray(worth_by_day(problem)), stage_task=_ints([i for i, _ in stages]),
        open_day=_ints([problem.days if t.unmet_gates else t.earliest_day for t in problem.tasks]),
        stage_first=_firsts([len(t.stages) for t in problem.tasks]),
        stage_lag=_ints([s.lag_days for _, s in stages]), tail=_tails(problem, finish, mode_first),
        mode_first=mode_first, mode_pool=_ints(table[:, 0]), mode_crew=_ints(table[:, 1]),
        mode_work=_ints(table[:, 2]),
        mode_span=_ints(span.min(axis=1)) if len(rows) else _ints([]), mode_works=_ints(table[:, 3]), finish=finish,
        latest=np.stack([t[1] for t in tables]) if tables else finish,
        pool_first=_firsts([len(m) for m in members]), pool_team=_ints([k for m in members for k in m]),
        pool_calendar=_ints(pool_calendar), works=_ints(np.diff(progress, axis=1) > 0),
        **_land_and_teams(problem, calendars), **_rules(problem, [s for _, s in stages]))


def _tails(problem: PlanProblem, finish: Ints, mode_first: Ints) -> Ints:
    """Least days from the end of each stage to the end of its task."""
    tail, row = [], 0
    for task in problem.tasks:
        need = []
        for k, stage in enumerate(task.stages):
            modes = finish[mode_first[row + k] : mode_first[row + k + 1]]
            span = modes - np.arange(problem.days + 1)
            fits = modes <= problem.days
            need.append(stage.lag_days + int(span[fits].min()) if fits.any() else problem.days)
        tail += [sum(need[k + 1 :]) for k in range(len(need))]
        row += len(need)
    return _ints(tail)


def _land_and_teams(problem: PlanProblem, calendars: list[str]) -> Mapping[str, Any]:
    xy, base = places_of(problem)
    arrive, depart = _travel_tables(problem, calendars)
    to = [problem.days if t.last_day is None else min(problem.days, t.last_day + 1) for t in problem.teams]
    return {"travel": relocation_days(problem, xy), "arrive": arrive, "depart": depart, "team_base": _ints(base),
            "team_from": _ints([min(t.first_day, problem.days) for t in problem.teams]), "team_to": _ints(to),
            "team_calendar": _ints([calendars.index(t.calendar) for t in problem.teams])}


def _rules(problem: PlanProblem, stages: list[Stage]) -> Mapping[str, Any]:
    names = sorted(problem.resources)
    needs = np.zeros((len(stages), len(names)), dtype=np.int32)
    for row, stage in enumerate(stages):
        for name, units in stage.needs:
            needs[row, names.index(name)] += units
    capacity = _ints([problem.resources[n] for n in names]).reshape(len(names), problem.days)
    used = problem.bundle_bonus if problem.objective == "corridors" else {}
    bundles = sorted(b for b in used if any(t.bundle == b for t in problem.tasks))
    districts = sorted({t.district for t in problem.tasks})
    return {"stage_needs": needs, "capacity": capacity,
            "bundle": _ints([bundles.index(t.bundle) if t.bundle in bundles else -1 for t in problem.tasks]),
            "bundle_size": _ints([sum(t.bundle == b for t in problem.tasks) for b in bundles]),
            "bundle_bonus": np.array([used[b] for b in bundles], dtype=np.float64),
            "casualties": np.array([t.casualties for t in problem.tasks], dtype=np.float64),
            "casualties_max": np.inf if problem.casualties_max is None else float(problem.casualties_max),
            "district": _ints([districts.index(t.district) for t in problem.tasks]),
            "district_minimum": _ints([problem.district_minimum.get(d, 0) for d in districts])}
