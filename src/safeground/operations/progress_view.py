"""The state of a project's field work by team and week, as a map and a burn-up: a page beside the project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import shapely
from shapely import Geometry

from safeground.foundation.finding import Finding
from safeground.foundation.units import cm2_to_m2
from safeground.ground.area import geodesic_area_m2
from safeground.ground.shapes import polygonal
from safeground.operations.context import Caller
from safeground.operations.progress_settle import Held, held_of
from safeground.progress.returns import ReturnSet, finds_that_hold, has_ground, sort_out
from safeground.progress.standing import Stand, counting
from safeground.records.fieldwork import LandPart
from safeground.records.nouns import HazardousArea, ProgressReturn
from safeground.report.positions import is_withheld
from safeground.report.progress_page import PartShape, ProgressView, TeamWeek, progress_html
from safeground.report.progress_plots import burn_up_png, parts_png
from safeground.store.project import Project, Reader


@dataclass(frozen=True, slots=True)
class FieldState:
    """What a project's returns and land parts say now."""

    held: Held
    returns: ReturnSet
    findings: tuple[Finding, ...]


def field_state(reader: Reader) -> FieldState:
    """Return the returns that hold, the land parts, and the findings about them."""
    held = held_of(reader)
    findings = tuple(f for f in reader.findings() if f.code.startswith("SG-PROGRESS"))
    return FieldState(held, sort_out(held.returns.values()), findings)


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def team_weeks(state: FieldState) -> tuple[TeamWeek, ...]:
    """Return m² by week and team: processed by the returns, waiting and accepted by the parts.

    Processed ground counts once for each team and week; what waits or was accepted is counted once in all.
    """
    grounds: dict[tuple[date, str], list[Geometry]] = {}
    hours: dict[tuple[date, str], float] = {}
    lost: dict[tuple[date, str], float] = {}
    for item in state.returns.effective:
        key = (monday(item.work_date), item.team_id)
        hours[key] = hours.get(key, 0.0) + (item.hours or 0.0)
        lost[key] = lost.get(key, 0.0) + (item.downtime_hours or 0.0)
        grounds.setdefault(key, [])
        if has_ground(item):
            grounds[key].append(item.geometry)
    moved: dict[tuple[date, str], dict[Stand, int]] = {}
    for part, stand in _worked(state):
        if part.work_date is not None:
            sums = moved.setdefault((monday(part.work_date), part.team_id), {})
            sums[stand] = sums.get(stand, 0) + part.area_cm2
    lines = []
    for week, team in sorted({*grounds, *moved}):
        shapes, sums = grounds.get((week, team), []), moved.get((week, team), {})
        done = polygonal(shapely.union_all(shapes)) if shapes else None
        lines.append(TeamWeek(
            week=week, team=team, processed_m2=float(geodesic_area_m2([done])[0]),
            pending_m2=cm2_to_m2(sums.get(Stand.PENDING, 0)), accepted_m2=cm2_to_m2(sums.get(Stand.POSTED, 0)),
            hours=hours.get((week, team), 0.0), lost_hours=lost.get((week, team), 0.0)))
    return tuple(lines)


def _worked(state: FieldState) -> list[tuple[LandPart, Stand]]:
    return [(part, state.held.stands[part.entry_id].stand) for part in counting(state.held.parts, state.held.stands)]


def _shapes(state: FieldState) -> tuple[tuple[PartShape, ...], int]:
    """Return what the map shows, and how many areas' positions it must not."""
    hidden = {name for name, area in state.held.areas.items() if is_withheld(area)}
    touched = {part.hazardous_area_id for part in state.held.parts} | {
        item.hazardous_area_id for item in state.returns.effective}
    shapes = [PartShape(kind="area", geometry=state.held.areas[name].geometry)
              for name in sorted(touched & set(state.held.areas)) if name not in hidden]
    shapes += [PartShape(kind="processed", geometry=item.geometry) for item in state.returns.effective
               if has_ground(item) and item.hazardous_area_id not in hidden]
    shapes += [PartShape(kind=stand.value, geometry=part.geometry) for part, stand in _worked(state)
               if part.hazardous_area_id not in hidden]
    return tuple(shapes), len(hidden & touched)


def view_of(reader: Reader, name: str, now: date) -> ProgressView:
    """Return all that the page shows, from one state of the project."""
    state = field_state(reader)
    shapes, hidden = _shapes(state)
    finds = finds_that_hold([f for f in state.held.finds.values() if f.activity_id], state.returns.replaced)
    areas = state.held.areas
    named = {item.submission_id: item for item in state.held.returns.values()}
    return ProgressView(
        project=name, day=now, weeks=team_weeks(state), shapes=shapes, hidden=hidden,
        burn_up=_burn_up(state), returns=len(state.returns.effective), replaced=len(state.returns.replaced),
        aside=sum(row.noun == "progress_return" and not row.resolved for row in state.held.aside.values()),
        finds=sum(item.quantity for item in finds),
        findings=tuple((f.code, f.severity.value, f.subject, _area_name(areas, named.get(f.subject)), f.message,
                        f.remedy) for f in state.findings if f.severity.value != "info"))


def _area_name(areas: dict[str, HazardousArea], item: ProgressReturn | None) -> str:
    area = areas.get(item.hazardous_area_id) if item is not None else None
    return area.name or area.local_id if area is not None else ""


def _burn_up(state: FieldState) -> tuple[tuple[date, float, float], ...]:
    """Return by day of work, summed up: m² that count (waiting or accepted) and m² accepted."""
    days: dict[date, list[int]] = {}
    for part, stand in _worked(state):
        if part.work_date is not None:
            sums = days.setdefault(part.work_date, [0, 0])
            sums[0] += part.area_cm2
            sums[1] += part.area_cm2 if stand is Stand.POSTED else 0
    line, counted, accepted = [], 0, 0
    for day in sorted(days):
        counted, accepted = counted + days[day][0], accepted + days[day][1]
        line.append((day, cm2_to_m2(counted), cm2_to_m2(accepted)))
    return tuple(line)


def page_folder(project: Project) -> Path:
    """Return the folder beside a project in which its page of field work lies."""
    where = project.path
    return where.with_suffix(".progress") if where is not None else Path(f"{project.name}.progress")


def progress_page(project: Project, caller: Caller) -> bytes:
    """Return the page of field work as the project stands; writes nothing."""
    with project.read() as reader:
        view = view_of(reader, project.name, caller.clock().date())
    return progress_html(view, _pictures(view.shapes, view))


def write_page(project: Project, caller: Caller, *, anew: bool = True) -> str:
    """Write the page of field work beside the project and return its path; not `anew` = only if there is none."""
    page = page_folder(project) / "progress.html"
    if page.is_file() and not anew:
        return str(page)
    content = progress_page(project, caller)
    page.parent.mkdir(exist_ok=True)
    page.write_bytes(content)
    return str(page)


def held_json(view: ProgressView) -> dict[str, Any]:
    """Return the figures of the page as JSON: what all returns and parts of the project say now, ground left out."""
    return {"returns": view.returns, "replaced": view.replaced, "aside": view.aside, "finds": view.finds,
            "weeks": [{"week": w.week.isoformat(), "team": w.team, "processed_m2": w.processed_m2,
                       "pending_m2": w.pending_m2, "accepted_m2": w.accepted_m2, "hours": w.hours,
                       "lost_hours": w.lost_hours} for w in view.weeks],
            "burn_up": [{"day": day.isoformat(), "counted_m2": counted, "accepted_m2": accepted}
                        for day, counted, accepted in view.burn_up]}


def _pictures(shapes: Sequence[PartShape], view: ProgressView) -> tuple[bytes, bytes]:
    return parts_png(shapes) if shapes else b"", burn_up_png(view.burn_up) if view.burn_up else b""
