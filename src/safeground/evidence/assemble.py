"""Records to sites: areas that touch become one grid with its searches, finds, accidents and grades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from scipy.ndimage import distance_transform_edt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import Geometry

from safeground.evidence.effort import LaneTest, SearchEffort
from safeground.evidence.grade import Grade, PressLead, grade_area
from safeground.evidence.late import finder_of, late_search
from safeground.evidence.rasters import distance_outside, share_inside, spread
from safeground.evidence.searches import Sweep, detectors_for, incidental, sweeps_of
from safeground.evidence.surveys import without_lanes
from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.ground.area import geodesic_area_m2
from safeground.ground.crs import WGS84, choose_working_crs, find_transformation, transform
from safeground.ground.grid import Grid
from safeground.records.fieldwork import SurveyReport
from safeground.records.hazard_rules import HazardRules
from safeground.records.nouns import (
    Accident,
    Activity,
    Evidence,
    HazardousArea,
    Inspection,
    OrdnanceItem,
    ProgressReturn,
)
from safeground.records.site import Finds, HardItems, Search, SiteEvidence, SitePrior
from safeground.records.standard import ProgrammeRules

Array = NDArray[np.float64]
CELL_SIZES_M = (1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0, 200.0)
CELLS_WANTED = 10_000
CELLS_MOST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The records of a project that bear on hazard; ``shallow``: final passes above the required depth, no searches."""

    areas: Sequence[HazardousArea]
    evidence: Sequence[Evidence] = ()
    activities: Sequence[Activity] = ()
    returns: Sequence[ProgressReturn] = ()
    shallow: Sequence[ProgressReturn] = ()
    inspections: Sequence[Inspection] = ()
    ordnance: Sequence[OrdnanceItem] = ()
    accidents: Sequence[Accident] = ()
    leads: Sequence[tuple[str, PressLead]] = ()
    lanes: Sequence[LaneTest] = ()
    surveys: Sequence[SurveyReport] = ()
    effort: dict[str, SearchEffort] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class AssembledSite:
    """One site: evidence for the engine, its frame, and for each area its record, outline in the frame and grade.

    Attributes
    ----------
    outlines : area outlines in the grid's coordinates.
    shares : share of each cell's ground that belongs to each area.
    number : place among all sites of the project, 0, 1, 2 …
    """

    name: str
    grid: Grid
    evidence: SiteEvidence
    areas: tuple[HazardousArea, ...]
    outlines: tuple[Geometry, ...]
    shares: tuple[Array, ...]
    grades: tuple[Grade, ...]
    number: int = 0


def groups_of(areas: Sequence[HazardousArea], reach_m: float) -> list[list[HazardousArea]]:
    """Return areas grouped so that those nearer than ``reach_m`` lie in one group, in the order of the records."""
    if not areas:
        return []
    outlines = np.array([a.geometry for a in areas], dtype=object)
    middle = shapely.total_bounds(outlines)
    metre = 1 / (111_000 * max(np.cos(np.radians((middle[1] + middle[3]) / 2)), 0.05))
    tree = shapely.STRtree(outlines)
    first, second = tree.query(outlines, predicate="dwithin", distance=reach_m * metre)
    links = coo_array((np.ones(len(first)), (first, second)), (len(areas), len(areas)))
    _, label = connected_components(links, directed=False)
    groups: dict[int, list[HazardousArea]] = {}
    for area, at in zip(areas, label, strict=True):
        groups.setdefault(int(at), []).append(area)
    return list(groups.values())


def assemble(papers: Papers, rules: HazardRules, programme: ProgrammeRules, resolution_m: float | None = None,
             wanted: frozenset[str] | None = None) -> tuple[list[AssembledSite], list[Finding]]:
    """Return the sites of a project and what was found on the way.

    Parameters
    ----------
    resolution_m : side of the cells, m; by the size of each site when not given (about 10,000 cells).
    wanted : ids of areas: only their sites are assembled, and nothing is said of items elsewhere; None = all.

    Raises
    ------
    RequestError : a resolution that needs too many cells (SG-EVIDENCE-010), or two sweeps of one team on one day that
        overlap (SG-EVIDENCE-011).
    """
    drawn = [a for a in papers.areas if a.geometry is not None and a.geometry.geom_type in ("Polygon", "MultiPolygon")]
    findings = [Finding(Severity.INFO, "SG-EVIDENCE-012", a.local_id or a.id, "has no outline and enters no site.",
                        "Draw its perimeter once a survey knows it.") for a in papers.areas if a not in drawn]
    sites = []
    placed: set[str] = set()
    for number, group in enumerate(groups_of(drawn, 2 * rules.edge_m)):
        if wanted is None or wanted & {area.id for area in group}:
            site = _site(group, papers, rules, programme, resolution_m, findings, placed)
            sites.append(replace(site, number=number))
    findings += [Finding(Severity.WARNING, "SG-EVIDENCE-014", item.local_id or item.id,
                         "lies in no area and no soft edge, or has no place: no figure counts it.",
                         "Draw an area around it, or record its position.")
                 for item in (*papers.ordnance, *papers.accidents) if wanted is None and item.id not in placed]
    findings += [Finding(Severity.WARNING, "SG-EVIDENCE-017", r.submission_id or r.local_id or r.id,
                         f"was worked to {r.depth_cm:g} cm, less than required: it lowers no figure.",
                         "Work the ground again to the depth, or correct the return.")
                 for r in papers.shallow if wanted is None or r.hazardous_area_id in wanted]
    return sites, findings + without_lanes(papers.surveys, papers.activities, papers.returns, wanted)


def _grid(group: Sequence[HazardousArea], edge_m: float, resolution_m: float | None) -> tuple[Grid, list[Geometry]]:
    outlines = np.array([a.geometry for a in group], dtype=object)
    west, south, east, north = shapely.total_bounds(outlines)
    crs: CRS = choose_working_crs((west, south, east, north))
    moved = transform(outlines, find_transformation(WGS84, crs))
    bounds = shapely.total_bounds(moved) + np.array([-1, -1, 1, 1]) * 2 * edge_m
    wide, high = bounds[2] - bounds[0], bounds[3] - bounds[1]
    cell = resolution_m or next((c for c in CELL_SIZES_M if wide * high / c**2 <= CELLS_WANTED), CELL_SIZES_M[-1])
    if wide * high / cell**2 > CELLS_MOST:
        raise RequestError("SG-EVIDENCE-010", group[0].local_id or group[0].id,
                           f"a resolution of {cell:g} m needs {wide * high / cell**2:,.0f} cells, more than "
                           f"{CELLS_MOST:,}.", "Choose a coarser resolution, or divide the area.")
    return Grid.covering(crs, tuple(bounds), cell), list(moved)


def _site(group: list[HazardousArea], papers: Papers, rules: HazardRules, programme: ProgrammeRules,
          resolution_m: float | None, findings: list[Finding], placed: set[str]) -> AssembledSite:
    grid, outlines = _grid(group, rules.edge_m, resolution_m)
    shares = [share_inside(grid, outline) for outline in outlines]
    union = shapely.union_all(np.array(outlines, dtype=object))
    inside = share_inside(grid, union)
    grades = [_grade(area, papers, rules, programme) for area in group]
    polygon, support = _support(grid, shares, grades, rules.edge_m)
    area_m2 = _ground(union, grid, inside, support)
    shares = [np.divide(s, inside, out=np.zeros_like(s), where=inside > 0).clip(0.0, 1.0) for s in shares]
    allowed = (polygon >= 0) & (area_m2 > 0)
    sweeps = sweeps_of(papers.activities, papers.returns, papers.inspections, papers.effort, (grid, union, inside),
                       findings)
    searches = [s.search for s in sweeps]
    located, loose = _located(papers, group, grid, sweeps, searches, allowed, rules, placed, findings)
    late = len(searches) > len(sweeps)
    used = incidental(papers.evidence, group, grid, shares, bool(len(loose)))
    if used is not None:  # people used the land before anyone swept it
        searches.insert(0, used)
    finds = _finds(located, loose, shift=int(used is not None))
    names = {s.detector: s.method for s in sweeps}
    detectors = detectors_for(names, sweeps, papers.lanes, rules, used is not None or late)
    weights = tuple(dict(rules.class_weight)[c] for c in rules.classes)
    prior = SitePrior(rules.density_per_ha, rules.density_log_sd, rules.sigma_95, rules.range_05_m, None, weights,
                      hard_items(rules))
    evidence = SiteEvidence(
        grid.cell_m, area_m2, polygon, support, tuple(g.probability for g in grades), prior, detectors, tuple(searches),
        finds, tuple(g.known for g in grades), tuple(a.id for a in group))
    name = group[0].name or group[0].local_id or group[0].id
    return AssembledSite(name, grid, evidence, tuple(group), tuple(outlines), tuple(shares), tuple(grades))


def hard_items(rules: HazardRules) -> HardItems:
    """Return what the rule pack believes of items that are hard for every search."""
    hard, ordinary, found, missed = (rules.by_class(t) for t in (
        rules.hard_items, rules.ordinary_items, rules.hard_found, rules.hard_missed))
    return HardItems(tuple(zip(hard, ordinary, strict=True)), tuple(zip(found, missed, strict=True)))


def _grade(area: HazardousArea, papers: Papers, rules: HazardRules, programme: ProgrammeRules) -> Grade:
    about = [e for e in papers.evidence if e.hazardous_area_id == area.id or (
        e.geometry is not None and not e.hazardous_area_id and e.geometry.intersects(area.geometry))]
    leads = [lead for area_id, lead in papers.leads if area_id == area.id]
    return grade_area(area.area_type, about, leads, rules, programme)


def _support(grid: Grid, shares: list[Array], grades: list[Grade], edge_m: float
             ) -> tuple[NDArray[np.int64], Array]:
    """Return each cell's polygon and support: the polygon under which it is most hazardous; fading outside outlines."""
    best = np.zeros(grid.shape_yx)
    polygon = np.full(grid.shape_yx, -1, np.int64)
    support = np.zeros(grid.shape_yx)
    for k, (share, grade) in enumerate(zip(shares, grades, strict=True)):
        fade = np.exp(-2 * distance_outside(grid, share) / edge_m)
        fade = np.where(share > 0, 1.0, np.where(fade >= 0.02, fade, 0.0))
        hazard = fade * max(grade.probability, 1e-6)
        better = hazard > best
        best = np.where(better, hazard, best)
        polygon = np.where(better, k, polygon)
        support = np.where(better, fade, support)
    return polygon, support


def _ground(union: Geometry, grid: Grid, inside: Array, support: Array) -> Array:
    """Return each cell's ground on the ellipsoid, m²: the inside of the outlines, and the soft edge around them.

    A cell that a boundary crosses holds its inside part alone; its outside part is booked to the nearest cell that lies
    outside as a whole, so that searched and unsearched ground do not mix and no ground is lost.
    """
    if not inside.any():
        return np.zeros(support.shape)
    back = transform(np.array([union], dtype=object), find_transformation(grid.crs, WGS84))
    scale = grid.cell_m**2 * float(geodesic_area_m2(back)[0]) / (float(inside.sum()) * grid.cell_m**2)
    ground = np.where(inside > 0, inside, (support > 0).astype(float))
    outer = (inside == 0) & (support > 0)
    if outer.any():
        rim = np.nonzero((inside > 0) & (inside < 1))
        near = distance_transform_edt(~outer, return_distances=False, return_indices=True)
        np.add.at(ground, (near[0][rim], near[1][rim]), 1 - inside[rim])
    return np.asarray(ground * scale)


def _points(items: Sequence[OrdnanceItem | Accident], group: list[HazardousArea], grid: Grid, allowed: NDArray[np.bool_]
            ) -> list[tuple[OrdnanceItem | Accident, float, float]]:
    placed = [i for i in items if i.geometry is not None and i.geometry.geom_type == "Point"]
    if not placed:
        return []
    xy = shapely.get_coordinates(transform(np.array([i.geometry for i in placed], dtype=object),
                                           find_transformation(WGS84, grid.crs)))
    out = []
    for item, (x, y) in zip(placed, xy, strict=True):
        col, row = int((x - grid.west) // grid.cell_m), int((grid.north - y) // grid.cell_m)
        inside = 0 <= row < grid.shape_yx[0] and 0 <= col < grid.shape_yx[1]
        if inside and allowed[row, col]:
            out.append((item, float(x), float(y)))
    return out


Located = tuple[NDArray[np.int64], NDArray[np.int64], Array, int, int]


def _located(papers: Papers, group: list[HazardousArea], grid: Grid, sweeps: Sequence[Sweep], searches: list[Search],
             allowed: NDArray[np.bool_], rules: HazardRules, placed: set[str], findings: list[Finding]
             ) -> tuple[list[Located], list[Located]]:
    """Return finds of a search (cells, weights, class, search), and items that came to light without one.

    Items that came to light behind the work get a search of their own in ``searches``, behind the sweeps that had
    missed them.  The ids of all items are added to ``placed``.
    """
    by_id = {r: k for k, s in enumerate(sweeps) for r in s.record_ids}
    items = _points([*papers.ordnance, *papers.accidents], group, grid, allowed)
    finders = [_finder(item, x, y, sweeps, by_id) for item, x, y in items]
    behind = max((missed for _, missed in finders), default=0)
    if behind:
        searches.insert(behind, late_search(sweeps, behind))
    located: list[Located] = []
    loose: list[Located] = []
    for (item, x, y), (finder, missed) in zip(items, finders, strict=True):
        placed.add(item.id)
        error = item.position_accuracy_m or 1.0
        item_class = rules.classes.index(item.category.value) if item.category.value in rules.classes else -1
        count = item.quantity if isinstance(item, OrdnanceItem) else 1
        search = behind if missed else finder if finder is None or not behind or finder < behind else finder + 1
        if search is None and isinstance(item, OrdnanceItem):
            search = _first_over(grid, searches, x, y)
        if missed:
            findings.append(_came_late(item))
        covered = allowed & (searches[search].coverage > 0) if search is not None else allowed
        row, col, weight = spread(grid, x, y, error, covered)
        if search is not None and not len(row):
            search = None
            row, col, weight = spread(grid, x, y, error, allowed)
        entry = (row, col, weight * count, item_class, -1 if search is None else search)
        (loose if search is None else located).append(entry)
    return located, loose


def _finder(item: OrdnanceItem | Accident, x: float, y: float, sweeps: Sequence[Sweep], by_id: dict[str, int]
            ) -> tuple[int | None, int]:
    """Return the sweep that found an item, by its record or else by its day, and behind how many it came to light."""
    if isinstance(item, OrdnanceItem) and item.activity_id in by_id:
        return by_id[item.activity_id], 0
    day = item.found_date if isinstance(item, OrdnanceItem) else item.accident_date
    finder, missed = finder_of(sweeps, shapely.Point(x, y), item.position_accuracy_m or 1.0, day)
    return (finder if isinstance(item, OrdnanceItem) else None), missed


def _came_late(item: OrdnanceItem | Accident) -> Finding:
    return Finding(Severity.WARNING, "SG-EVIDENCE-016", item.local_id or item.id,
                   "came to light after the work over its place: the searches there count as having missed it.",
                   "If one of them found it, name its record in the item's activity.")


def _first_over(grid: Grid, searches: list[Search], x: float, y: float) -> int | None:
    row, col = int((grid.north - y) // grid.cell_m), int((x - grid.west) // grid.cell_m)
    return next((k for k, s in enumerate(searches) if s.coverage[row, col] > 0), None)


def _finds(located: list[Located], loose: list[Located], shift: int) -> Finds:
    """Return the table of finds; land use, which loose items belong to, is search 0 and moves the sweeps by one."""
    rows = [(r, c, np.full(len(r), m), np.full(len(r), k + shift if k >= 0 else 0), w)
            for r, c, w, m, k in [*located, *loose]]
    if not rows:
        return Finds.none()
    row, col, item_class, search, weight = (np.concatenate(part) for part in zip(*rows, strict=True))
    return Finds(row.astype(np.int64), col.astype(np.int64), item_class.astype(np.int64), search.astype(np.int64),
                 weight)
