"""Drafts of task orders from the stored plan, with lanes for each area as files beside the project."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.ground.crs import WGS84, Transformation, find_transformation, transform, transform_xy
from safeground.operations.context import Caller
from safeground.operations.plan import stored_plan
from safeground.operations.plan_tasks import working_crs
from safeground.operations.project import opened
from safeground.operations.task_book import (
    KEY,
    LIVE,
    HeldOrder,
    LaneFiles,
    TaskResult,
    held_orders,
    put_order,
    record_of,
    standing,
    task_rules,
)
from safeground.operations.task_terms import Terms, TermsFile, read_terms
from safeground.operations.whole_file import write_whole
from safeground.plan.lane_sheet import to_geojson, to_gpx, to_kml
from safeground.plan.lanes import LanePlan, plan_lanes
from safeground.records.nouns import HazardousArea
from safeground.records.planning import Plan, PlanProblem
from safeground.records.task_rules import TaskRules
from safeground.records.tasking import LaneSummary, OrderState, StateChange, TaskOrderDetail
from safeground.report.positions import is_withheld
from safeground.store.project import Project, Reader
from safeground.task.orders import TaskTerms, orders_from_plan

Floats = NDArray[np.float64]
#: Usual width of a manual lane, m [A]; the programme's own goes in with --lane-width.
LANE_M = 1.0
PROPOSED = "proposed from the outline; start line and points to be confirmed on the ground"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest:
    """What is asked when orders are drafted.

    Attributes
    ----------
    terms : TOML of what the plan does not know; None = nothing yet.
    lane_width_m : of one lane, m.
    """

    terms: Path | None = None
    lane_width_m: float = LANE_M
    dry_run: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """What drafts are made from, read in one state of the project."""

    rules: TaskRules
    problem: PlanProblem
    plan: Plan
    plan_id: str
    areas: Mapping[str, HazardousArea]
    outlines: Mapping[str, shapely.Geometry]
    way: Transformation
    held: Mapping[str, HeldOrder]


def draft_orders(location: Project | str, request: DraftRequest, caller: Caller) -> TaskResult:
    """Draft one order for each planned task that has no order under way; others are left as they are.

    Lane files are on disk before the orders are written in one transaction; cut short, the project is as it was.

    Raises
    ------
    RefusedError : the rule pack has no [task] section.
    RequestError : no plan, a terms file that does not fit, or a project that changed meanwhile (``SG-OPS-052``).
    """
    terms = read_terms(request.terms) if request.terms else None
    with opened(location, caller) as project:
        with project.read() as reader:
            given = _read(reader)
        drafts, kept, findings = _drafts(given, terms, caller)
        folder = lane_folder(project)
        made: list[tuple[HeldOrder, shapely.Geometry | None]] = []
        files: list[Path] = []
        for k, draft in enumerate(drafts):
            caller.progress(f"lanes of {draft.title}", k / len(drafts))
            held, written, found = _with_lanes(given, draft, request, folder)
            area = given.areas[draft.task_id]
            made.append((held, None if is_withheld(area) else area.geometry))
            files += written
            findings += found
        if made and not request.dry_run:
            _write(project, request, caller, given, made, files)
        day = caller.clock().date()
        return TaskResult(
            project=project.name, verb="orders", orders=tuple(standing(h, given.rules, day) for h, _ in made),
            changes=tuple((h.order.id, "", h.order.history[0]) for h, _ in made), kept=kept, findings=tuple(findings),
            files=tuple(map(str, files)))


def _read(reader: Reader) -> _Given:
    rules = task_rules(reader)
    problem, plan = stored_plan(reader)
    wanted = {part.task_id for part in plan.assignments}
    areas = {area.id: area for area in reader.records("hazardous_area") if area.id in wanted}
    if gone := sorted(wanted - set(areas)):
        raise RequestError("SG-OPS-052", gone[0], "is in the plan and not in the project.", "Plan again.")
    shapes = np.array([area.geometry for area in areas.values()], dtype=object)
    bounds = tuple(shapely.total_bounds(shapes).tolist()) if areas else (0.0, 0.0, 0.0, 0.0)
    crs = working_crs(reader, bounds)
    moved = list(transform(shapes, find_transformation(WGS84, crs, bounds))) if areas else list[shapely.Geometry]()
    return _Given(rules, problem, plan, str(reader.setting("plan/latest")["id"]), areas,
                  dict(zip(areas, moved, strict=True)), find_transformation(crs, WGS84), held_orders(reader))


def _drafts(given: _Given, terms: TermsFile | None, caller: Caller
            ) -> tuple[list[TaskOrderDetail], tuple[str, ...], list[Finding]]:
    """Return the drafts to make, the ids of orders left alone, and what is said about those."""
    live = {held.order.task_id: held.order for held in given.held.values() if held.order.state in LIVE}
    taken, said = set(given.held), dict[str, TaskTerms]()
    known: set[str] = set()
    for task_id, area in given.areas.items():
        if task_id not in live:
            names = (area.id, area.local_id, area.name)
            known |= set(names)
            order_id = _order_id(area, taken)
            taken.add(order_id)
            own = terms.of(*names) if terms else Terms()
            references: dict[str, Any] = {"survey_points": PROPOSED, **own.references}
            said[task_id] = TaskTerms(order_id=order_id, title=area.name or area.local_id, objective=own.objective,
                                      medical=own.medical, **references)
    full = orders_from_plan(given.problem, given.plan, given.rules, said)
    findings = [_differs(live[o.task_id], o) for o in full if o.task_id in live and o.stages != live[o.task_id].stages]
    if terms is not None:
        findings += [Finding(Severity.WARNING, "SG-OPS-053", name, f"is named in {terms.file} and gets no draft now.",
                             "Check the name; it is the id, the local id or the name of a planned area.")
                     for name in terms.areas if name not in known]
    day = caller.clock().date()
    line = StateChange(state=OrderState.DRAFT, changed_date=day, author=caller.actor,
                       reason=caller.reason or f"drafted from plan {given.plan_id}")
    drafts = [replace(order, history=(line,)) for order in full if order.task_id not in live]
    return drafts, tuple(o.id for o in live.values()), findings


def _order_id(area: HazardousArea, taken: set[str]) -> str:
    """Return ``TO-`` and the area's own identifier, with a number where that is taken."""
    own = re.sub(r"[^\w.-]+", "-", area.local_id).strip("-.") or area.id[:8]
    names = (f"TO-{own}{f'-{k}' if k > 1 else ''}" for k in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _differs(live: TaskOrderDetail, planned: TaskOrderDetail) -> Finding:
    def words(order: TaskOrderDetail) -> str:
        return "; ".join(f"{s.method} {', '.join(s.team_ids)} {s.first_date} to {s.last_date}" for s in order.stages)

    return Finding(Severity.WARNING, "SG-OPS-054", live.id, f"is {live.state} and differs from the plan: it says "
                   f"{words(live)}, the plan {words(planned)}.", "Cancel it and draft it anew, or keep it.")


def _with_lanes(given: _Given, draft: TaskOrderDetail, request: DraftRequest, folder: Path
                ) -> tuple[HeldOrder, list[Path], list[Finding]]:
    """Return a draft with its lanes and the files that hold them; an area that gets none is told."""
    bare = HeldOrder(order=draft, plan_id=given.plan_id)
    if is_withheld(given.areas[draft.task_id]):
        return bare, [], [Finding(Severity.WARNING, "SG-OPS-055", draft.id, "its position may not leave the project: "
                                  "no lane files, no outline on the sheet.", "Hand lanes over in person.")]
    try:
        lanes = plan_lanes(given.outlines[draft.task_id], request.lane_width_m, subject=draft.title or draft.id)
    except RequestError as error:
        if error.code == "SG-PLAN-020":
            raise
        return bare, [], [Finding(Severity.WARNING, error.code, draft.id, error.message, error.remedy)]
    stem = _stem(draft.id)
    names = tuple(f"{stem}.{form}" for form in ("geojson", "gpx", "kml"))
    summary = LaneSummary(lane_count=lanes.lane_count, lane_m=round(lanes.lane_m, 3),
                          bearing_deg=round(lanes.direction_deg, 3), files=names)
    if request.dry_run:
        return replace(bare, order=replace(draft, lanes=summary)), [], []
    texts = _texts(given, lanes, draft.id)
    paths = [folder / name for name in names]
    folder.mkdir(exist_ok=True)
    for path, text in zip(paths, texts, strict=True):
        write_whole(path, text.encode())
    held = LaneFiles(width_m=request.lane_width_m, sha256=tuple(
        (name, hashlib.sha256(text.encode()).hexdigest()) for name, text in zip(names, texts, strict=True)))
    return replace(bare, order=replace(draft, lanes=summary), lanes=held), paths, []


def _texts(given: _Given, lanes: LanePlan, name: str) -> tuple[str, str, str]:
    def to_lonlat(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return transform_xy(x, y, given.way)

    geojson = json.dumps(to_geojson(lanes, to_lonlat, name), ensure_ascii=False)
    return geojson, to_gpx(lanes, to_lonlat, name), to_kml(lanes, to_lonlat, name)


def _stem(order_id: str) -> str:
    """Return a file name for an order; ids that differ only in letter case get different names."""
    if re.fullmatch(r"[A-Z0-9._-]+", order_id):
        return order_id
    return f"{re.sub('[^a-z0-9._-]+', '-', order_id.lower())}-{hashlib.sha256(order_id.encode()).hexdigest()[:6]}"


def lane_folder(project: Project) -> Path:
    """Return the folder beside the project that holds the orders' lane files."""
    return project.path.with_suffix(".task") if project.path is not None else Path(f"{project.name}.task")


def _write(project: Project, request: DraftRequest, caller: Caller, given: _Given,
           made: list[tuple[HeldOrder, shapely.Geometry | None]], files: list[Path]) -> None:
    hashes = sorted(h for held, _ in made if held.lanes for _, h in held.lanes.sha256)
    terms = (hashlib.sha256(request.terms.read_bytes()).hexdigest(),) if request.terms else ()
    info = caller.info("task", input_hashes=(*terms, *hashes), parameters=(
        ("verb", "orders"), ("plan", given.plan_id), ("lane_width_m", f"{request.lane_width_m:g}")))
    with project.write(info) as writer:
        if writer.setting("plan/latest")["id"] != given.plan_id or any(
                writer.setting(f"{KEY}{held.order.id}") is not None for held, _ in made):
            raise RefusedError("SG-OPS-052", project.name, "was changed while the orders were drafted.", "Draft again.",
                               criterion="orders rest on one state of the project", clause="programme setting")
        for held, geometry in made:
            put_order(writer, held, replace(record_of(held.order, None), geometry=geometry))
