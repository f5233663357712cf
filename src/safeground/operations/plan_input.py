"""The teams file of a plan: teams, leave waves, seasons, resources, rates and the objective, as nouns of planning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import cast, get_args

from safeground.operations.toml_table import Table, read_toml
from safeground.records.planning import FULL_DAY, Objective

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
BENEFITS = ("lives", "land", "access", "services")
Shares = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What teams get done, m² a day; the defaults start a plan until the programme's own figures replace them.

    Attributes
    ----------
    manual, team_deminers : m² per deminer-day; deminers of a team that does not state its size.
    prepared : factor on manual work where a machine has gone before.
    machine, machine_availability : m² per machine-day, and the share of days on which the machine runs.
    dog : m² per day and pair of dogs, one pair a team.
    qc_share, qc : share of the area sampled, and m² sampled per team-day.
    spacing_m : metres of start line for each deminer.
    other : m² per team-day of methods of other names.
    crew_max : most teams at once, by method; one where nothing is stated.
    lag_days : days that pass before a method may begin after the one before it.
    terrain : factor on the manual rate, by name.
    """

    manual: float = 20.0  # manual.rate.medium_vegetation_or_metal, mode [A]
    team_deminers: float = 10.0  # no source: a team of ten, the usual example of SOPs [A]
    prepared: float = 1.5  # manual.modifier.earlier_mechanical_preparation, low [A]
    machine: float = 4000.0  # machine.rate planning default, mode [A]
    machine_availability: float = 0.65  # machine availability, planning default [A]
    dog: float = 850.0  # dog.pair_rate, middle of 800-900 [V] SFOR Bosnia 2001
    qc_share: float = 0.10  # qc share of the area [A]; the national standard comes first
    qc: float = 1500.0  # qc rate, middle of 1,000-2,000 m² per team-day [A]
    spacing_m: float = 25.0  # distance between deminers on a start line (planning.md 3.1)
    other: Mapping[str, float] = field(default_factory=dict)
    crew_max: Mapping[str, int] = field(default_factory=lambda: {"manual": 4, "dog": 2})
    lag_days: Mapping[str, int] = field(default_factory=dict)
    terrain: Mapping[str, float] = field(default_factory=lambda: {
        "clear": 1.75,  # manual.rate.clear_ground_low_metal_detector 35 over 20 [A]
        "medium": 1.0,  # manual.rate.medium_vegetation_or_metal [A]
        "dense": 0.5,  # manual.rate.dense_vegetation_or_high_metal 10 over 20 [A]
        "slope_15": 0.8, "slope_30": 0.6,  # manual.modifier.slope_over_15_deg, _30_deg [A], [P]
        "wet_clay": 0.7, "mineralised": 0.7,  # manual.modifier.wet_clay, mineralised_soil [A]
    })


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the plan is for.

    Attributes
    ----------
    weights : factor on each benefit of the tasks file.  corridors : bonus by bundle.
    casualties_per_item : expected casualties among deminers for each item expected in the ground.
    """

    name: Objective = "benefit_days"
    weights: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(BENEFITS, 1.0))
    corridors: Mapping[str, float] = field(default_factory=dict)
    district_minimum: Mapping[str, int] = field(default_factory=dict)
    casualties_max: float | None = None
    casualties_per_item: float = 1 / 2000  # accidents: about 1 per 2,000 AP mines [D] on [R], order of magnitude only
    deferral_days: int = 425
    discount_per_year: float = 0.1  # social rate 10-12 % a year [A]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team as written: its base in degrees, or in metres of the project's coordinate system."""

    id: str
    name: str
    methods: tuple[str, ...]
    calendar: str
    place: tuple[float, float]
    in_degrees: bool
    size: float | None
    first_day: date | None
    last_day: date | None
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsFile:
    """All of a teams file, calendars and seasons spread over the window.

    Attributes
    ----------
    calendars, seasons : thousandths of a full day on each day of the window.
    season_of, needs_of : season, and cumulative resources, of a method.
    resources : units by name, the same every day.
    chains : methods in their order, by name; ``default`` is always there.
    """

    file: str
    teams: tuple[TeamLine, ...]
    calendars: Mapping[str, Shares]
    seasons: Mapping[str, Shares]
    season_of: Mapping[str, str]
    resources: Mapping[str, int]
    needs_of: Mapping[str, tuple[tuple[str, int], ...]]
    relocation_km: tuple[float, ...]
    rates: Rates
    chains: Mapping[str, tuple[str, ...]]
    goal: Goal


def read_teams(path: Path, start: date, days: int) -> TeamsFile:
    """Return a teams file for a window.

    Parameters
    ----------
    start, days : the window's first day and its length.

    Raises
    ------
    RequestError : a key is unknown (``SG-OPS-031``) or does not fit (``SG-OPS-032``); it names file, table and key.
    """
    top = read_toml(path)
    calendars = {n: _calendar(t, start, days) for n, t in _named(top.table("calendar"))}
    seasons, season_of = _seasons(top.table("season"), start, days)
    resources, needs_of = _resources(top.table("resource"))
    teams = _teams(top, calendars)
    moves = top.table("relocation")
    km = _thresholds(moves)
    moves.close()
    rates, goal = _rates(top.table("rates"), top.table("terrain")), _goal(top.table("objective"), days)
    chain = top.table("chain")
    chains = {"default": ("manual", "qc")} | {name: chain.names(name) for name in chain.keys()}  # noqa: SIM118
    top.close()
    return TeamsFile(file=path.name, teams=teams, calendars=calendars, seasons=seasons, season_of=season_of,
                     resources=resources, needs_of=needs_of, relocation_km=km, rates=rates, chains=chains, goal=goal)


def _named(group: Table) -> list[tuple[str, Table]]:
    return [(name, group.table(name)) for name in group.keys()]  # noqa: SIM118


def _calendar(t: Table, start: date, days: int) -> Shares:
    """Spread a leave wave over the window: days on, days off, weekly rest and holidays."""
    on, off = t.whole("days_on", 20, least=1), t.whole("days_off", 4)
    shift, since = t.whole("shift", 0), t.day("cycle_start") or start
    rest, holidays = t.names("weekly_off", ()), set(t.days("holidays"))
    t.close()
    odd = [d for d in rest if d not in WEEKDAYS]
    if odd:
        raise t.fault("weekly_off", f"names {odd[0]!r}.", f"Give days of {', '.join(WEEKDAYS)}.")
    out = []
    for k in range(days):
        day = start + timedelta(days=k)
        at_work = ((day - since).days - shift) % (on + off) < on
        out.append(FULL_DAY if at_work and WEEKDAYS[day.weekday()] not in rest and day not in holidays else 0)
    if not any(out):
        raise t.fault("", f"has no working day in the {days} days from {start}.", "Change the calendar, or the window.")
    return tuple(out)


def _seasons(group: Table, start: date, days: int) -> tuple[dict[str, Shares], dict[str, str]]:
    shares: dict[str, Shares] = {}
    season_of: dict[str, str] = {}
    for name, t in _named(group):
        by_month = [round(FULL_DAY * t.number(month, 1.0, most=1.0)) for month in MONTHS]
        for method in t.names("methods"):
            if method in season_of:
                raise t.fault("methods", f"names {method}, which has season {season_of[method]} already.",
                              "Give each method one season.")
            season_of[method] = name
        t.close()
        shares[name] = tuple(by_month[(start + timedelta(days=k)).month - 1] for k in range(days))
    return shares, season_of


def _resources(group: Table) -> tuple[dict[str, int], dict[str, tuple[tuple[str, int], ...]]]:
    units: dict[str, int] = {}
    needs: dict[str, tuple[tuple[str, int], ...]] = {}
    for name, t in _named(group):
        units[name], each = t.whole("units"), t.whole("each", 1, least=1)
        for method in t.names("methods"):
            needs[method] = (*needs.get(method, ()), (name, each))
        t.close()
    return units, needs


def _thresholds(t: Table) -> tuple[float, ...]:
    value = t.get("km")
    if value is None:
        return (8.0, 60.0, 150.0)
    fits = isinstance(value, list) and all(isinstance(v, int | float) and v > 0 for v in value)
    if not fits or sorted(set(value)) != value:
        raise t.fault("km", f"is {value!r}, not a list of rising distances.", "Give km = [8, 60, 150].")
    return tuple(float(v) for v in value)


def _teams(top: Table, calendars: Mapping[str, Shares]) -> tuple[TeamLine, ...]:
    out: list[TeamLine] = []
    for t in top.tables("team"):
        name = t.text("id")
        if any(name == other.id for other in out):
            raise t.fault("id", f"{name!r} is used twice.", "Give each team its own id.")
        calendar = t.text("calendar")
        if calendar not in calendars:
            raise t.fault("calendar", f"{calendar!r} is not given; there are {sorted(calendars)}.",
                          f"Add [calendar.{calendar}], or name one that is given.")
        in_degrees = not (t.has("x") or t.has("y"))
        place = (t.number("lon", least=-180, most=180), t.number("lat", least=-90, most=90)) if in_degrees else (
            t.number("x", least=-1e8), t.number("y", least=-1e8))
        first, last = t.day("first_day"), t.day("last_day")
        if first and last and last < first:
            raise t.fault("last_day", f"{last} is before first_day {first}.", "Give a last day not before the first.")
        size = t.number("size", least=1) if t.has("size") else None
        out.append(TeamLine(id=name, name=t.text("name", name), methods=t.names("methods"), calendar=calendar,
                            place=place, in_degrees=in_degrees, size=size, first_day=first, last_day=last,
                            where=t.where))
        t.close()
    if not out:
        raise top.fault("[[team]]", "is not given: there is no team.", "Add a [[team]] for each team.")
    return tuple(out)


def _rates(t: Table, terrain: Table) -> Rates:
    base = Rates()
    other, crew, lag = t.table("other"), t.table("crew_max"), t.table("lag_days")
    rates = Rates(
        manual=t.number("manual", base.manual, least=0.1), team_deminers=t.number("team_deminers", base.team_deminers,
                                                                                  least=1),
        prepared=t.number("prepared", base.prepared, least=0.1), machine=t.number("machine", base.machine, least=1),
        machine_availability=t.number("machine_availability", base.machine_availability, least=0.01, most=1),
        dog=t.number("dog", base.dog, least=1), qc=t.number("qc", base.qc, least=1),
        qc_share=t.number("qc_share", base.qc_share, least=0.001, most=1),
        spacing_m=t.number("spacing_m", base.spacing_m, least=1),
        other={k: other.number(k, least=1) for k in other.keys()},  # noqa: SIM118
        crew_max={**base.crew_max, **{k: crew.whole(k, least=1) for k in crew.keys()}},  # noqa: SIM118
        lag_days={k: lag.whole(k) for k in lag.keys()},  # noqa: SIM118
        terrain={**base.terrain, **{k: terrain.number(k, least=0.01) for k in terrain.keys()}})  # noqa: SIM118
    t.close()
    return rates


def _goal(t: Table, days: int) -> Goal:
    base = Goal()
    name = t.text("name", base.name)
    if name not in get_args(Objective):
        raise t.fault("name", f"{name!r} is no objective.", f"Give one of {', '.join(get_args(Objective))}.")
    weights, corridors, minimum = t.table("weights"), t.table("corridors"), t.table("district_minimum")
    deferral = t.whole("deferral_days", max(base.deferral_days, days))
    if deferral < days:
        raise t.fault("deferral_days", f"is {deferral}, before the window's end on day {days}.",
                      f"Give {days} or more: the day by which land left out would be released anyway.")
    goal = Goal(
        name=cast(Objective, name), weights={b: weights.number(b, 1.0) for b in BENEFITS},
        corridors={k: corridors.number(k) for k in corridors.keys()},  # noqa: SIM118
        district_minimum={k: minimum.whole(k) for k in minimum.keys()},  # noqa: SIM118
        casualties_max=t.number("casualties_max") if t.has("casualties_max") else None,
        casualties_per_item=t.number("casualties_per_item", base.casualties_per_item),
        deferral_days=deferral, discount_per_year=t.number("discount_per_year", base.discount_per_year, most=1))
    weights.close()
    t.close()
    return goal
