"""The nouns of a deployment plan: tasks in stages, teams in leave waves, calendars, resources, and the plan itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from safeground.foundation.errors import RequestError

Objective = Literal["benefit_days", "score", "net_present_value", "corridors"]
FULL_DAY = 1000


def refuse(code: str, subject: str, message: str, remedy: str) -> RequestError:
    """Return the error for a part of a planning request that makes no sense."""
    return RequestError(code, subject, message, remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a task's chain (machine, dog, manual clearance, quality control), done without a break by one crew.

    Attributes
    ----------
    method : what the crew must be accredited for.
    team_days : work for one team at the standard rate, team-days, > 0; a crew of m needs a m-th of it, whole days.
    crew_max : most teams at once, >= 1 (start line, distance between deminers).
    lag_days : whole days that must pass after the stage before has ended.
    season : name of the calendar of place and weather, "" for always.
    needs : cumulative resources held on each of its working days, by name.
    """

    method: str
    team_days: float
    crew_max: int = 1
    lag_days: int = 0
    season: str = ""
    needs: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.team_days) and self.team_days > 0):
            raise refuse("SG-PLAN-001", self.method, f"a stage has {self.team_days} team-days of work.",
                         "Give the work as a number of team-days above 0.")
        if self.crew_max < 1 or self.lag_days < 0 or any(n < 0 for _, n in self.needs):
            raise refuse("SG-PLAN-001", self.method,
                         f"crew_max is {self.crew_max}, lag_days {self.lag_days}, needs {dict(self.needs)}.",
                         "Give crews of at least 1, lags and needs of at least 0.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTask:
    """A piece of land that may be released in the window, all of it or nothing.

    Attributes
    ----------
    x_km, y_km : place in a projected coordinate system, km.
    benefit_per_day : worth of each day that it is released before the deferral day (lives, land, access, services).
    bonus, bonus_day : worth of being released by that day (a planting date); days are counted from the plan's start.
    score : the authority's own priority score.
    earliest_day : first day on which work may start.
    unmet_gates : reasons why no work may start at all (survey missing, no access, owner has not agreed).
    bundle : corridor whose bonus is earned only when all its tasks are released.
    casualties : expected casualties among the teams by doing it.
    """

    id: str
    district: str
    x_km: float
    y_km: float
    stages: tuple[Stage, ...]
    benefit_per_day: float
    name: str = ""
    bonus: float = 0.0
    bonus_day: int = 0
    score: float = 0.0
    area_m2: float = 0.0
    earliest_day: int = 0
    unmet_gates: tuple[str, ...] = ()
    bundle: str = ""
    casualties: float = 0.0
    expected_items: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.x_km, self.y_km, self.benefit_per_day, self.bonus, self.score, self.casualties)
        if not all(map(math.isfinite, numbers)) or min(numbers[2:]) < 0:
            raise refuse("SG-PLAN-002", self.id, f"a place, benefit or score is no number of at least 0: {numbers}.",
                         "Give place in km, and benefit, bonus, score and casualties of at least 0.")
        if not self.stages:
            raise refuse("SG-PLAN-002", self.id, "the task has no stage of work.", "Give at least one stage.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTeam:
    """A team or asset that the plan may send out.

    Attributes
    ----------
    methods : what it is accredited for.
    calendar : its leave wave.
    x_km, y_km : where it stands at the start, km.
    first_day, last_day : days from the plan's start between which it may be used, the last one included.
    """

    id: str
    methods: tuple[str, ...]
    calendar: str
    x_km: float
    y_km: float
    name: str = ""
    first_day: int = 0
    last_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProblem:
    """All that a plan is made from.

    Attributes
    ----------
    days : length of the window, days from ``start``.
    deferral_days : day by which a task left out would be released anyway, counted from the start, >= days.
    calendars, seasons : share of a full day's work on each day of the window, in thousandths, by name.
    resources : units of each cumulative resource there are on each day, by name.
    relocation_km : distances up to which a move takes 0, 1, 2, … working days; farther ones take one day more.
    bundle_bonus : worth of each corridor that is released whole by the end of the window.
    district_minimum : least number of tasks to be released in a district (equity).
    casualties_max : most expected casualties of the whole plan; None for no cap.
    """

    start: date
    days: int
    tasks: tuple[PlanTask, ...]
    teams: tuple[PlanTeam, ...]
    calendars: Mapping[str, tuple[int, ...]]
    deferral_days: int = 425
    seasons: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    resources: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    relocation_km: tuple[float, ...] = (8.0, 60.0, 150.0)
    objective: Objective = "benefit_days"
    discount_per_year: float = 0.1
    bundle_bonus: Mapping[str, float] = field(default_factory=dict)
    district_minimum: Mapping[str, int] = field(default_factory=dict)
    casualties_max: float | None = None

    def __post_init__(self) -> None:
        if self.days < 1 or self.deferral_days < self.days:
            raise refuse("SG-PLAN-003", "window", f"the window has {self.days} days, deferral is day "
                         f"{self.deferral_days}.",
                         "Give a window of at least 1 day and a deferral day not before its end.")
        for kind, table in (("calendar", self.calendars), ("season", self.seasons), ("resource", self.resources)):
            for name, values in table.items():
                if len(values) != self.days or min(values) < 0:
                    raise refuse("SG-PLAN-003", f"{kind} {name}", f"it has {len(values)} days for a window of "
                                 f"{self.days}, least value {min(values, default=0)}.",
                                 "Give one value of at least 0 for each day of the window.")
        self._check_names()

    def _check_names(self) -> None:
        for name, values in self.calendars.items():
            if not any(values):
                raise refuse("SG-PLAN-004", f"calendar {name}", "it has no working day in the window.",
                             "Change the calendar, or the window.")
        for noun, ids in (("task", [t.id for t in self.tasks]), ("team", [t.id for t in self.teams])):
            twice = sorted({i for i in ids if ids.count(i) > 1}) if len(set(ids)) < len(ids) else []
            if twice:
                raise refuse("SG-PLAN-003", f"{noun} {twice[0]}", "its id is used twice.", "Give each its own id.")
        for team in self.teams:
            if team.calendar not in self.calendars:
                raise refuse("SG-PLAN-003", f"team {team.id}", f"calendar {team.calendar!r} is not given; there are "
                             f"{sorted(self.calendars)}.", "Name a calendar that is given.")
            if team.last_day is not None and team.last_day < team.first_day:
                raise refuse("SG-PLAN-003", f"team {team.id}", f"its last day {team.last_day} is before its first "
                             f"{team.first_day}.", "Give a last day not before the first.")
        for task in self.tasks:
            for stage in task.stages:
                missing = [n for n, _ in stage.needs if n not in self.resources]
                if missing or (stage.season and stage.season not in self.seasons):
                    raise refuse("SG-PLAN-003", f"task {task.id}", f"stage {stage.method} names "
                                 f"{missing or stage.season!r}, which is not given.",
                                 "Give the resource or season, or take the name out.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A crew at a stage of a task.

    Attributes
    ----------
    stage : position in the task's chain, 0 first.
    start_day, end_day : first day of work and the day after the last, counted from the plan's start.
    """

    task_id: str
    stage: int
    method: str
    team_ids: tuple[str, ...]
    start_day: int
    end_day: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Who does what when; tasks that do not occur are left out."""

    assignments: tuple[Assignment, ...]
