"""Daily returns as the forecast learns from them: ground, days worked and days lost by team, method and week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import shapely

from safeground.evidence.searches import method_of
from safeground.forecast.rates import WeeklyReturn
from safeground.ground.area import geodesic_area_m2
from safeground.ground.shapes import polygonal
from safeground.progress.returns import has_ground
from safeground.records.nouns import ProgressReturn
from safeground.records.planning import Plan, PlanProblem

#: The hazard stage's method -> words by which plans call it.
_PLAN_WORDS = {"manual": ("manual",), "mechanical": ("machine", "mechanical"), "dog": ("dog",),
               "visual": ("visual", "bac")}


@dataclass(frozen=True, slots=True)
class LearnedFrom:
    """What a forecast learned from: weeks, how many returns went into them, and how many did not, by reason."""

    weeks: tuple[WeeklyReturn, ...]
    returns: int
    left_out: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Week:
    """A team's returns of one week by one method."""

    grounds: list[shapely.Geometry] = field(default_factory=list)
    worked: set[date] = field(default_factory=set)
    lost: set[date] = field(default_factory=set)


def _team_of(item: ProgressReturn, problem: PlanProblem) -> str:
    name = item.team_id.casefold().strip()
    return next((t.id for t in problem.teams if name in (t.id.casefold(), t.name.casefold())), "")


def _method_in(item: ProgressReturn, methods: Sequence[str], team_methods: Sequence[str]) -> str:
    """Return the plan's method of a return: its own word, a word for the same, or what its team alone does."""
    word = item.method.casefold().strip()
    own = next((m for m in methods if m.casefold() == word), "")
    if own or (word and method_of(word, "") not in _PLAN_WORDS):
        return own
    if word:
        return next((m for m in methods if m.casefold() in _PLAN_WORDS[method_of(word, "")]), "")
    return next((m for m in team_methods if m in methods), "")


def _runs(days: set[date]) -> int:
    """Return how many stand-downs lost days are: days without a break are one."""
    return sum(date.fromordinal(day.toordinal() - 1) not in days for day in days)


def weekly_returns(returns: Sequence[ProgressReturn], problem: PlanProblem, plan: Plan) -> LearnedFrom:
    """Return the returns that hold, by team, method and week of the plan.

    Ground that a team reports twice in a week by one method counts once.  A day on which any ground or hours are
    reported is a day worked; one with neither but with hours lost or a reason is a day lost.  Returns before the plan's
    start, of teams that the plan lacks or by methods that it does not price are left out and counted.
    """
    methods = sorted({a.method for a in plan.assignments})
    team_methods = {t.id: t.methods for t in problem.teams}
    weeks: dict[tuple[str, str, int], _Week] = {}
    left: Counter[str] = Counter()
    used = 0
    for item in returns:
        team = _team_of(item, problem)
        method = _method_in(item, methods, team_methods.get(team, ()))
        week = (item.work_date - problem.start).days // 7
        if week < 0 or not team or not method:
            left["before the plan's start" if week < 0 else "of teams that the plan lacks" if not team
                 else "by methods that the plan does not price"] += 1
            continue
        used += 1
        found = weeks.setdefault((team, method, week), _Week())
        if has_ground(item):
            found.grounds.append(item.geometry)
            found.worked.add(item.work_date)
        elif item.hours:
            found.worked.add(item.work_date)
        elif item.downtime_hours or item.downtime_reason:
            found.lost.add(item.work_date)
    lines = []
    for (team, method, week), found in sorted(weeks.items()):
        lost = found.lost - found.worked
        ground = polygonal(shapely.union_all(found.grounds)) if found.grounds else None
        lines.append(WeeklyReturn(
            method=method, terrain="", team_id=team, week=week, m2=float(geodesic_area_m2([ground])[0]),
            team_days=float(len(found.worked)), lost_days=len(lost), lost_runs=_runs(lost)))
    return LearnedFrom(tuple(lines), used, tuple(sorted(left.items())))
