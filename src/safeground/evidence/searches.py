"""Sweeps from activities, daily returns and quality control, with a detector for each method and organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from safeground.evidence.effort import LaneTest, SearchEffort
from safeground.evidence.rasters import share_inside
from safeground.evidence.surveys import searched_share
from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.ground.crs import WGS84, find_transformation, transform
from safeground.ground.grid import Grid
from safeground.ground.shapes import polygonal, settled
from safeground.records.hazard_rules import HazardRules
from safeground.records.nouns import Activity, Evidence, HazardousArea, Inspection, ProgressReturn
from safeground.records.site import Detector, Search, SearchKind
from safeground.records.vocabulary import ActivityType, EvidenceKind, EvidenceSign

Array = NDArray[np.float64]
SEARCHING = {ActivityType.CLEARANCE: "", ActivityType.BATTLE_AREA_CLEARANCE: "visual", ActivityType.TECHNICAL_SURVEY:
             "survey", ActivityType.ROAD_CLEARANCE: "", ActivityType.LEGACY_CLEARANCE: "unknown"}
WORDS = (("mech", "mechanical"), ("flail", "mechanical"), ("machine", "mechanical"), ("dog", "dog"), ("mdd", "dog"),
         ("visual", "visual"), ("surface", "visual"), ("manual", "manual"), ("detector", "manual"),
         ("survey", "survey"))
LAND_USE = "land use"
OVERLAP_M2 = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """One record's ground in a sweep: its outline in the grid's coordinates, m, its first and its last day."""

    outline: Geometry
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """A search with the records it came from, its detector's name and method, and a detection stated for it alone.

    ``works``: ground and days of its records.
    """

    record_ids: tuple[str, ...]
    search: Search
    method: str
    detector: str
    stated: float | None
    works: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class _Work:
    record_id: str
    local_id: str
    place: str
    name: str
    method: str
    organisation: str
    start: date | None
    end: date | None
    geometry: Geometry
    quality_control: bool = False
    searched: float = 1.0


@dataclass(slots=True, eq=False)
class _Pass:
    """Outlines of one detector that do not overlap, as they are gathered."""

    detector: str
    method: str
    quality_control: bool
    stated: float | None
    works: list[_Work] = field(default_factory=list)
    outlines: list[Geometry] = field(default_factory=list)
    coverage: list[Array] = field(default_factory=list)

    def takes(self, detector: str, quality_control: bool, outline: Geometry) -> bool:
        """Return whether an outline of a detector belongs to this pass: it overlaps nothing that is in it."""
        return (detector, quality_control) == (self.detector, self.quality_control) and not any(
            o.intersects(outline) and o.intersection(outline).area > OVERLAP_M2 for o in self.outlines)

    def add(self, work: _Work, outline: Geometry, coverage: Array) -> None:
        """Take one outline in."""
        self.works.append(work)
        self.outlines.append(outline)
        self.coverage.append(coverage)

    def sweep(self) -> Sweep:
        """Return the pass as one search."""
        days = [w.end for w in self.works if w.end is not None]
        span = "" if not days else f", {min(days)}" if min(days) == max(days) else f", {min(days)} to {max(days)}"
        many = self.works[0].name if len(self.works) == 1 else f"{self.works[0].organisation or 'unnamed team'}, " \
            f"{len(self.works)} outlines"
        kind: SearchKind = "quality_control" if self.quality_control else "sweep"
        coverage = np.minimum(np.sum(self.coverage, axis=0), 1.0)
        return Sweep(tuple(w.record_id for w in self.works),
                     Search(f"{self.method}: {many}{span}", self.detector, coverage, kind), self.method, self.detector,
                     self.stated, tuple(Work(outline, w.start, w.end)
                                        for w, outline in zip(self.works, self.outlines, strict=True)))


def method_of(words: str, fallback: str) -> str:
    """Return the rule pack's method named in free words, else a fallback."""
    low = words.lower()
    return next((method for word, method in WORDS if word in low), fallback or "unknown")


def _works(activities: Sequence[Activity], returns: Sequence[ProgressReturn], inspections: Sequence[Inspection]
           ) -> list[_Work]:
    out = [_Work(a.id, a.local_id, f"row {a.source_row}", a.name or a.local_id or str(a.activity_type),
                 method_of(a.method, SEARCHING[a.activity_type]), a.organisation, a.start_date, a.end_date, a.geometry,
                 searched=searched_share(a))
           for a in activities if a.activity_type in SEARCHING and a.geometry is not None]
    out += _once_a_day([
        _Work(r.id, r.local_id or r.submission_id, f"row {r.source_row}", f"return of {r.work_date}",
              method_of(r.method, ""), r.team_id, r.work_date, r.work_date, r.geometry)
        for r in returns if r.geometry is not None])
    out += [_Work(i.id, i.local_id, f"row {i.source_row}", f"inspection of {i.visit_date}", "manual",
                  i.inspecting_organisation or "inspection", i.visit_date, i.visit_date, i.geometry, True)
            for i in inspections if i.geometry is not None and i.passed is not None]
    last = date.max
    return sorted((w for w in out if w.geometry.geom_type in ("Polygon", "MultiPolygon")),
                  key=lambda w: (w.quality_control, w.end or last, w.start or last, w.record_id))


def _once_a_day(returns: list[_Work]) -> list[_Work]:
    """Return daily returns without the ground that an earlier one of the same team, method and day covers.

    Strips of one day overlap at their edges; a team's day is one pass, so that shared ground was searched once.
    """
    kept: list[_Work] = []
    days: dict[tuple[str, str, date | None], Geometry] = {}
    for work in returns:
        key = (work.organisation, work.method, work.start)
        before = days.get(key)
        outline = work.geometry if before is None else polygonal(work.geometry.difference(before))
        days[key] = work.geometry if before is None else polygonal(before.union(work.geometry))
        if not outline.is_empty:
            kept.append(replace(work, geometry=outline))
    return kept


def sweeps_of(activities: Sequence[Activity], returns: Sequence[ProgressReturn], inspections: Sequence[Inspection],
              effort: dict[str, SearchEffort], frame: tuple[Grid, Geometry, Array], findings: list[Finding]
              ) -> list[Sweep]:
    """Return the searches that reach a grid, in the order of their dates, quality control last.

    Outlines of one detector that do not overlap (a team's daily strips) are one pass: their shares of a cell add up.
    Where they overlap, the second counts as another pass.

    Parameters
    ----------
    frame : grid, union of the areas' outlines in its coordinates, and the union's share of each cell.

    Raises
    ------
    RequestError : two sweeps of one team and method on one day overlap (SG-EVIDENCE-011): the same ground would be
        counted as searched twice.
    """
    grid, union, inside = frame
    works = _works(activities, returns, inspections)
    if not works:
        return []
    moved = transform(np.array([w.geometry for w in works], dtype=object), find_transformation(WGS84, grid.crs))
    rows, cols = grid.shape_yx
    window = shapely.box(grid.west, grid.north - rows * grid.cell_m, grid.west + cols * grid.cell_m, grid.north)
    near = [(w, settled(g)) for w, g in zip(works, moved, strict=True) if shapely.box(*g.bounds).intersects(window)]
    near = [(w, g) for w, g in near if g.intersects(window)]
    _refuse_doubles(near)
    passes: list[_Pass] = []
    for work, outline in near:
        stated = effort.get(work.local_id)
        coverage = _share_of_ground(grid, outline, union, inside) * (stated.coverage if stated else work.searched)
        if not coverage.any():
            continue
        own = f"|{work.local_id}" if stated and stated.p_detect is not None else ""
        detector = f"{work.method}|{work.organisation}{own}"
        fits = next((p for p in passes if p.takes(detector, work.quality_control, outline)), None)
        if fits is None:
            fits = _Pass(detector, work.method, work.quality_control, stated.p_detect if stated else None)
            passes.append(fits)
        fits.add(work, outline, coverage)
        if work.method == "unknown":
            findings.append(Finding(Severity.WARNING, "SG-EVIDENCE-013", work.local_id or work.record_id,
                                    "does not say by what method it searched; weak and uncertain detection is assumed.",
                                    "Record its method: manual, mechanical, dog or visual."))
    return [p.sweep() for p in passes]


def _share_of_ground(grid: Grid, outline: Geometry, union: Geometry, inside: Array) -> Array:
    """Return the share of each cell's ground (the areas' part of it, or the whole cell outside them) in an outline."""
    whole = share_inside(grid, outline)
    part = share_inside(grid, outline.intersection(union))
    within = np.divide(part, inside, out=np.zeros_like(part), where=inside > 0)
    return np.asarray(np.where(inside > 0, within, whole).clip(0.0, 1.0))


def _refuse_doubles(near: list[tuple[_Work, Geometry]]) -> None:
    days: dict[tuple[str, str, date], list[tuple[_Work, Geometry]]] = {}
    for work, outline in near:
        if work.start is not None and work.start == work.end and work.organisation:
            days.setdefault((work.organisation, work.method, work.start), []).append((work, outline))
    for (team, _, day), pieces in days.items():
        for (a, first), (b, second) in combinations(pieces, 2):
            shared = first.intersection(second).area
            if shared > OVERLAP_M2:
                raise RequestError(
                    "SG-EVIDENCE-011", f"{a.local_id or a.record_id} {a.place}, {b.local_id or b.record_id} {b.place}, "
                    "geometry", f"two sweeps of {team} on {day} overlap by {shared:,.1f} m²: the ground would count as "
                    "searched twice in one pass.", "Correct one outline, or record them as two days' work.")


def incidental(evidence: Sequence[Evidence], group: Sequence[HazardousArea], grid: Grid, shares: Sequence[Array],
               needed: bool) -> Search | None:
    """Return the search that land use amounts to: where land is used, or everywhere if items were met by chance."""
    used = np.zeros(grid.shape_yx)
    ids = {a.id: k for k, a in enumerate(group)}
    for item in evidence:
        if item.kind is not EvidenceKind.LAND_IN_USE or item.sign is not EvidenceSign.ABSENCE:
            continue
        if item.geometry is not None and item.geometry.geom_type in ("Polygon", "MultiPolygon"):
            moved = transform(np.array([item.geometry], dtype=object), find_transformation(WGS84, grid.crs))[0]
            used = np.maximum(used, share_inside(grid, moved))
        elif item.hazardous_area_id in ids:
            used = np.maximum(used, shares[ids[item.hazardous_area_id]])
    if needed:
        used = np.ones(grid.shape_yx)
    return Search("land use and chance finds", LAND_USE, used, "land_use") if used.any() else None


def _with_lane(detector: Detector, lane: LaneTest, rules: HazardRules) -> Detector:
    k, missed = rules.classes.index(lane.item_class), lane.targets - lane.found
    if lane.hard:
        own = list(detector.hard or (None,) * len(rules.classes))
        before = own[k] or (rules.by_class(rules.hard_found)[k], rules.by_class(rules.hard_missed)[k])
        own[k] = (before[0] + lane.found, before[1] + missed)
        return replace(detector, hard=tuple(own))
    hits, misses = list(detector.found), list(detector.missed)
    hits[k], misses[k] = hits[k] + lane.found, misses[k] + missed
    return replace(detector, found=tuple(hits), missed=tuple(misses))


def detectors_for(names: dict[str, str], sweeps: Sequence[Sweep], lanes: Sequence[LaneTest], rules: HazardRules,
                  land_use: bool) -> tuple[Detector, ...]:
    """Return one detector for each method and organisation: the rule pack's Beta and the lane tests of that pair.

    Lanes laid with hard targets give the detector a detection of hard items of its own.
    """
    found, missed = dict(rules.detection_found), dict(rules.detection_missed)

    def of(table: dict[str, float], method: str) -> tuple[float, ...]:
        plain = table.get(method, table["unknown"])
        return tuple(table.get(f"{method}/{c}", plain) for c in rules.classes)

    out = []
    stated = {s.detector: s.stated for s in sweeps}
    for name, method in names.items():
        detector = Detector(name, of(found, method), of(missed, method))
        share = stated[name]
        if share is not None:
            weight = 20.0
            sure = (max(share * weight, 1e-3), max((1 - share) * weight, 1e-3))
            detector = Detector(name, tuple(sure[0] for _ in rules.classes), tuple(sure[1] for _ in rules.classes))
        for lane in lanes:
            if f"{lane.method}|{lane.organisation}" == name:
                detector = _with_lane(detector, lane, rules)
        out.append(detector)
    if land_use:
        out.append(Detector(LAND_USE, of(found, "land_use"), of(missed, "land_use"), rules.land_use_highest))
    return tuple(out)
