"""The tasks of a plan: a project's areas that are not yet released, with the authority's figures for each."""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.foundation.units import cm2_to_m2
from safeground.ground.crs import WGS84, choose_working_crs, find_transformation, parse_crs, transform, transform_xy
from safeground.operations.land import has_account
from safeground.operations.plan_input import BENEFITS, Rates, TeamLine, TeamsFile
from safeground.records.nouns import HazardousArea
from safeground.records.planning import PlanTask, PlanTeam, Stage
from safeground.records.vocabulary import LandStatus, WorkflowStatus
from safeground.report.positions import is_withheld
from safeground.store.project import Reader

COLUMNS = ("area", *BENEFITS, "bonus", "bonus_date", "score", "gates", "bundle", "chain", "earliest", "terrain")
Floats = NDArray[np.float64]
OVER = (WorkflowStatus.CLOSED, WorkflowStatus.RELEASED)
OPEN = (LandStatus.SUSPECTED, LandStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A row of the tasks file: its number, and its cells by column, stripped."""

    file: str
    row: int
    cells: Mapping[str, str]

    def fault(self, column: str, message: str, remedy: str) -> RequestError:
        """Return the error for a cell of this row."""
        return RequestError("SG-OPS-035", f"{self.file}, row {self.row}, {column}", message, remedy)

    def number(self, column: str) -> float:
        """Return a number of at least 0; 0 for an empty cell."""
        text = self.cells.get(column, "")
        try:
            value = float(text or 0)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= 0):
            raise self.fault(column, f"is {text!r}, not a number of 0 or more.", "Give a number, or leave it empty.")
        return value

    def day(self, column: str, start: date) -> int | None:
        """Return a date as days from the start; None for an empty cell."""
        text = self.cells.get(column, "")
        try:
            return (date.fromisoformat(text) - start).days if text else None
        except ValueError as error:
            raise self.fault(column, f"is {text!r}, not a day.", "Give the day as 2026-01-31.") from error

    def names(self, column: str) -> tuple[str, ...]:
        """Return the parts of a cell between semicolons."""
        return tuple(p.strip() for p in self.cells.get(column, "").split(";") if p.strip())


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """The areas that may become tasks, in the order of the project.

    Attributes
    ----------
    open_m2 : what of each is still suspected or confirmed.  outlines : in metres of ``crs``.
    """

    areas: Sequence[HazardousArea]
    open_m2: Sequence[float]
    outlines: Sequence[shapely.Geometry]
    crs: CRS


def read_tasks(path: Path) -> list[TaskLine]:
    """Return the rows of a tasks file.

    Raises
    ------
    RequestError : it cannot be read, or a column is unknown, missing or twice (``SG-OPS-035``).
    """
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RequestError("SG-OPS-035", path.name, f"cannot be read: {error}.", "Give a CSV file in UTF-8.") from error
    head = [h.strip().lower() for h in rows[0]] if rows else []
    odd = [h for h in head if h not in COLUMNS]
    if odd or "area" not in head or len(set(head)) < len(head):
        raise RequestError("SG-OPS-035", f"{path.name}, row 0, {odd[0] if odd else 'area'}",
                           "is not a column that is read here." if odd else "is missing or given twice.",
                           f"Give a header of {', '.join(COLUMNS)}; all but area may be left out.")
    lines = []
    for number, cells in enumerate(rows[1:], 1):
        if any(c.strip() for c in cells):
            line = TaskLine(path.name, number, dict(zip(head, (c.strip() for c in cells), strict=False)))
            if len(cells) != len(head):
                raise line.fault("", f"has {len(cells)} cells, the header {len(head)}.", "Give one cell a column.")
            lines.append(line)
    return lines


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_land(reader: Reader, open_cm2: Mapping[str, int]) -> tuple[Land, list[Finding]]:
    """Return the areas of a project that are not yet released, and a finding for each that has no outline.

    Parameters
    ----------
    open_cm2 : suspected and confirmed ground by area, cm², as the land book has it.
    """
    areas, findings = [], []
    for area in reader.records("hazardous_area"):
        if not isinstance(area, HazardousArea) or area.workflow_status in OVER:
            continue
        if not has_account(area):
            findings.append(Finding(Severity.WARNING, "SG-OPS-037", area.name or area.local_id or area.id,
                                    "has no outline and is no task of the plan.", "Survey it and take in its outline."))
        elif open_cm2.get(area.id, area.area_cm2) > 0:
            areas.append(area)
    if not areas:
        raise RequestError("SG-OPS-039", "project", "holds no area with an outline that is not yet released.",
                           "Take in suspected or confirmed areas first.")
    shapes = np.asarray([a.geometry for a in areas], dtype=object)
    west, south, east, north = shapely.total_bounds(shapes)
    crs = working_crs(reader, (west, south, east, north))
    outlines = transform(shapes, find_transformation(WGS84, crs, (west, south, east, north)))
    return Land(areas, [cm2_to_m2(open_cm2.get(a.id, a.area_cm2)) for a in areas], list(outlines), crs), findings


def working_crs(reader: Reader, bounds: tuple[float, float, float, float]) -> CRS:
    """Return the project's coordinate system if it is in metres, else the UTM zone of the middle of the bounds.

    Parameters
    ----------
    bounds : west, south, east, north in degrees (WGS 84).
    """
    named = str(reader.setting("crs", "") or "")
    crs = parse_crs(named) if named else choose_working_crs(bounds)
    return crs if crs.is_projected else choose_working_crs(bounds)


def rows_by_area(lines: Sequence[TaskLine], land: Land) -> dict[str, TaskLine]:
    """Return the row of each area that has one, by area id.

    Raises
    ------
    RequestError : a row names no open area, more than one, or one that has a row already (``SG-OPS-035``).
    """
    names: dict[str, set[str]] = {}
    for area in land.areas:
        for name in (area.id, area.local_id, area.name):
            names.setdefault(name, set()).add(area.id)
    found: dict[str, TaskLine] = {}
    for line in lines:
        name = line.cells["area"]
        ids = names.get(name, set()) if name else set()
        if len(ids) != 1:
            raise line.fault("area", f"{name!r} names {len(ids) or 'no'} open areas with an outline.",
                             "Give the id, the local id or the name of one area that is not yet released.")
        key = next(iter(ids))
        if key in found:
            raise line.fault("area", f"{name!r} has row {found[key].row} already.", "Give each area one row.")
        found[key] = line
    return found


def plan_teams(file: TeamsFile, crs: CRS, start: date, days: int) -> tuple[PlanTeam, ...]:
    """Return the teams in km of the plan's coordinate system and days of its window.

    Raises
    ------
    RequestError : a base cannot be placed, or a team may not be used on any day of the window (``SG-OPS-032``).
    """
    way = find_transformation(WGS84, crs)
    return tuple(_team(file.file, t, transform_xy(np.array([t.place[0]]), np.array([t.place[1]]), way)
                       if t.in_degrees else (np.array([t.place[0]]), np.array([t.place[1]])), start, days)
                 for t in file.teams)


def _team(file: str, t: TeamLine, xy: tuple[Floats, Floats], start: date, days: int) -> PlanTeam:
    x, y = float(xy[0][0]), float(xy[1][0])
    where = f"{file}, {t.where}"
    if not (math.isfinite(x) and math.isfinite(y)):
        raise RequestError("SG-OPS-032", f"{where}, lon", "cannot be placed in the plan's coordinate system.",
                           "Give the base within the programme's region.")
    first = max(0, (t.first_day - start).days) if t.first_day else 0
    last = (t.last_day - start).days if t.last_day else None
    if first >= days or (last is not None and last < 0):
        raise RequestError("SG-OPS-032", f"{where}, {'first_day' if first >= days else 'last_day'}",
                           f"team {t.id} may be used on no day of the window.", "Change its days, or take it out.")
    return PlanTeam(id=t.id, name=t.name, methods=t.methods, calendar=t.calendar, x_km=x / 1e3, y_km=y / 1e3,
                    first_day=first, last_day=last)


def plan_tasks(file: TeamsFile, land: Land, rows: Mapping[str, TaskLine], items: Mapping[str, float], start: date
               ) -> tuple[PlanTask, ...]:
    """Return one task for each open area.

    Parameters
    ----------
    rows : tasks file's row by area id; areas without one have a worth of 1 point a day and hectare if there is no file
        at all, and none otherwise.
    items : expected items by area id.
    """
    sizes = smallest_team(file)
    tasks = []
    for area, area_m2, outline in zip(land.areas, land.open_m2, land.outlines, strict=True):
        line = rows.get(area.id) or TaskLine(file.file, 0, {})
        middle = outline.centroid
        weights = file.goal.weights
        benefit = sum(weights[b] * line.number(b) for b in BENEFITS) if rows else area_m2 / 1e4
        expected = items.get(area.id, 0.0)
        bonus_day = line.day("bonus_date", start)
        if line.number("bonus") and bonus_day is None:
            raise line.fault("bonus_date", "is not given, but a bonus is.",
                             "Give the day by which the bonus is earned.")
        bundle = line.cells.get("bundle", "")
        if bundle and file.goal.name == "corridors" and bundle not in file.goal.corridors:
            raise line.fault("bundle", f"corridor {bundle!r} has no bonus in {file.file}.",
                             f"Add it under [objective.corridors]; there are {sorted(file.goal.corridors)}.")
        held = ("work is suspended",) if area.workflow_status is WorkflowStatus.SUSPENDED else ()
        tasks.append(PlanTask(
            id=area.id, name=area.name or area.local_id, district=area.admin_unit, x_km=middle.x / 1e3,
            y_km=middle.y / 1e3, stages=_stages(file, sizes, line, area_m2, _line_m(outline)), benefit_per_day=benefit,
            bonus=line.number("bonus") if bonus_day is not None and bonus_day >= 0 else 0.0, bonus_day=bonus_day or 0,
            score=line.number("score"), area_m2=area_m2, earliest_day=max(0, line.day("earliest", start) or 0),
            unmet_gates=(*held, *line.names("gates")), bundle=bundle, expected_items=expected,
            casualties=expected * file.goal.casualties_per_item))
    return tuple(tasks)


def benefit_parts(file: TeamsFile, rows: Mapping[str, TaskLine]) -> dict[str, tuple[float, ...]]:
    """Return, by area id, the worth a day from each kind of benefit with the weights of the teams file."""
    return {area: tuple(file.goal.weights[b] * line.number(b) for b in BENEFITS) for area, line in rows.items()}


def smallest_team(file: TeamsFile) -> float:
    """Return the deminers of the smallest manual team; work is counted in its days, so no plan promises too much."""
    return min((t.size or file.rates.team_deminers for t in file.teams if "manual" in t.methods),
               default=file.rates.team_deminers)


def _line_m(outline: shapely.Geometry) -> float:
    """Return the longest side of the outline's frame: the longest start line, m."""
    ring = shapely.get_coordinates(shapely.minimum_rotated_rectangle(outline))
    return float(np.max(np.hypot(*np.diff(ring, axis=0).T), initial=0.0))


def _stages(file: TeamsFile, deminers: float, line: TaskLine, area_m2: float, line_m: float) -> tuple[Stage, ...]:
    asked = line.names("chain")
    chain = file.chains.get(asked[0]) if len(asked) == 1 and asked[0] in file.chains else asked
    chain = chain or file.chains["default"]
    factor = 1.0
    for name in line.names("terrain"):
        if name not in file.rates.terrain:
            raise line.fault("terrain", f"{name!r} is not known.", f"Give some of {sorted(file.rates.terrain)}, or add "
                             f"it under [terrain] of {file.file}.")
        factor *= file.rates.terrain[name]
    able = {m for t in file.teams for m in t.methods}
    stages = []
    for k, method in enumerate(chain):
        if method not in able:
            where = (f"{line.file}, row {line.row}, chain" if asked else f"{file.file}, [chain], default")
            raise RequestError("SG-OPS-033", where, f"no team of {file.file} has the method {method!r}.",
                               f"Add it to the methods of a [[team]], or take it out of the chain; there are "
                               f"{', '.join(sorted(able))}.")
        work = _team_days(file.rates, file.file, method, area_m2, deminers, factor, prepared="machine" in chain[:k])
        most = file.rates.crew_max.get(method, 1)
        if method == "manual":
            most = max(1, min(most, int((line_m // file.rates.spacing_m + 1) // deminers)))
        stages.append(Stage(method=method, team_days=work, crew_max=most,
                            lag_days=file.rates.lag_days.get(method, 0) if k else 0,
                            season=file.season_of.get(method, ""), needs=file.needs_of.get(method, ())))
    return tuple(stages)


def _team_days(rates: Rates, file: str, method: str, area_m2: float, deminers: float, factor: float, *,
               prepared: bool) -> float:
    """Return work in days of one team."""
    by_method = {
        "manual": rates.manual * deminers * factor * (rates.prepared if prepared else 1.0),
        "machine": rates.machine * rates.machine_availability, "dog": rates.dog, "qc": rates.qc / rates.qc_share}
    rate = rates.other.get(method) or by_method.get(method)
    if rate is None:
        raise RequestError("SG-OPS-032", f"{file}, [rates.other], {method}", "is not given: nobody knows what a team "
                           "gets done.", f"Give {method} = m² per team-day.")
    return max(area_m2 / rate, 0.01)


def notes(file: TeamsFile, tasks: Sequence[PlanTask], objective: str, *, has_rows: bool, has_items: bool
          ) -> list[Finding]:
    """Return what a reader must know about where the figures come from."""
    out = []
    if objective == "score" and not any(t.score for t in tasks):
        out.append(Finding(Severity.WARNING, "SG-OPS-036", "score", "no area has a priority score: every plan counts "
                           "0.", "Give --tasks with a column score, or another objective."))
    elif not has_rows:
        out.append(Finding(Severity.INFO, "SG-OPS-036", "benefit", "no --tasks file is given: each hectare counts 1 "
                           "point for each day that it is released earlier.", "Give --tasks with the benefits."))
    elif not any(t.benefit_per_day + t.bonus + t.score for t in tasks):
        out.append(Finding(Severity.WARNING, "SG-OPS-036", "benefit", "no task of the --tasks file has a worth.",
                           "Fill in lives, land, access, services, bonus or score."))
    if not has_items:
        out.append(Finding(Severity.INFO, "SG-OPS-041", "expected items", "there is no result of the hazard stage: "
                           "expected items and casualties count as 0.", "Run 'safeground hazard' first."))
    sizes = {t.size or file.rates.team_deminers for t in file.teams if "manual" in t.methods}
    if len(sizes) > 1:
        out.append(Finding(Severity.INFO, "SG-OPS-038", "team size", f"manual teams have {min(sizes):g} to "
                           f"{max(sizes):g} deminers; work is counted in days of the smallest.",
                           "Split larger teams, if the plan is too slow for them."))
    return out


def withheld(land: Land) -> frozenset[str]:
    """Return the ids of areas whose position may not be shown."""
    return frozenset(a.id for a in land.areas if is_withheld(a))
