"""The risk-aware sample against the plan's on named worlds: what each leaves, as the model expects and in truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from safeground.evidence.assemble import AssembledSite, Papers, assemble
from safeground.evidence.effort import LaneTest
from safeground.foundation.seeds import stable_id
from safeground.ground.area import geodesic_area_cm2
from safeground.ground.shapes import polygonal
from safeground.hazard.fit import Settings, posterior
from safeground.hazard.maps import cell_maps
from safeground.inspection.draw import LotUnits, draw_units, lot_units
from safeground.inspection.lots import group_parts, make_lot
from safeground.inspection.plans import make_plan
from safeground.inspection.risk import choose_units
from safeground.operations.context import standard_text
from safeground.records.fieldwork import LandPart
from safeground.records.nouns import Activity, HazardousArea, OrdnanceItem
from safeground.records.quality import InspectionLot
from safeground.records.quality_rules import InspectionRules
from safeground.records.standard import standard_from_toml
from safeground.records.vocabulary import ActivityType, AreaType, ContaminationCategory, ReleaseMethod
from safeground.simulation.field import FieldWork, work
from safeground.simulation.worlds import World, make_world

BACK = Transformer.from_crs(32626, 4326, always_xy=True)
CATEGORIES = ("apm", "apm", "avm", "cmr", "uxo")


#: Shares of a lot's units at which a uniform and the risk-aware sample are compared beside the plan's own size.
SHARES = (0.05, 0.1, 0.2, 0.4)


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot: what is left before inspection and what each sample removes, by model and in truth; visits.

    `model_share`, `truth_share`: the same of a risk-aware sample of each of SHARES.  `detection`: of inspection.
    """

    world: str
    seed: int
    units: int
    visits: int
    model: float
    model_plan: float
    model_risk: float
    truth: int
    truth_plan: float
    truth_risk: float
    model_share: tuple[float, ...]
    truth_share: tuple[float, ...]
    detection: float


def _lonlat(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda c: np.column_stack(BACK.transform(c[:, 0], c[:, 1])))


def papers(world: World, done: FieldWork) -> tuple[Papers, list[LandPart]]:
    """Return a world's records, and the cleared parts of each area's last team as land parts."""
    areas, activities, items, parts = [], [], [], []
    last = {sweep.area: sweep.team for sweep in done.diary}
    for k, outline in enumerate(world.recorded):
        shape = _lonlat(outline)
        areas.append(HazardousArea(id=f"area-{k}", geometry=shape, area_type=AreaType.SUSPECTED_HAZARDOUS_AREA,
                                   area_cm2=int(geodesic_area_cm2([shape])[0]), name=f"{world.plan.name} {k + 1}"))
    for sweep in done.diary:
        activities.append(Activity(id=sweep.submission, local_id=sweep.submission, method=sweep.method,
                                   activity_type=ActivityType.CLEARANCE, geometry=_lonlat(sweep.outline),
                                   organisation=sweep.team, start_date=sweep.day, end_date=sweep.day))
        for item in sweep.found:
            items.append(OrdnanceItem(
                id=f"item-{item}", category=ContaminationCategory(CATEGORIES[world.item_class[item]]),
                geometry=_lonlat(shapely.Point(world.x[item], world.y[item])), activity_id=sweep.submission,
                found_date=sweep.day))
        ground = polygonal(sweep.outline.intersection(world.recorded[sweep.area]))
        if last[sweep.area] == sweep.team and not ground.is_empty:
            shape = _lonlat(ground)
            parts.append(LandPart(
                id=f"part-{sweep.submission}", entry_id=f"entry-{sweep.submission}", geometry=shape,
                hazardous_area_id=f"area-{sweep.area}", area_cm2=int(geodesic_area_cm2([shape])[0]),
                release_method=ReleaseMethod.CLEARED, team_id=sweep.team, asset=sweep.method, work_date=sweep.day))
    lanes = tuple(LaneTest(*lane) for lane in done.lanes)
    return Papers(areas=areas, activities=activities, ordnance=items, lanes=lanes), parts


def _rules() -> tuple[Any, Any, InspectionRules]:
    standard = standard_from_toml(standard_text("imas"))
    if standard.hazard is None or standard.inspection is None:
        raise SystemExit("the shipped rule pack has no [hazard] or no [inspection]")
    return standard.hazard, standard.programme, standard.inspection


def _expected(site: AssembledSite, items: np.ndarray, units: LotUnits) -> np.ndarray:
    """Return the items expected in each unit: its ground's share of the cell in which its middle lies."""
    centre = shapely.get_coordinates(shapely.centroid(units.outline))
    cell = site.grid.cell_m
    col = np.floor((centre[:, 0] - site.grid.west) / cell).astype(int)
    row = np.floor((site.grid.north - centre[:, 1]) / cell).astype(int)
    return np.nan_to_num(items[row, col]) / cell**2 * shapely.area(units.outline)


def lots_of(name: str, seed: int) -> Iterator[LotRow]:
    """Yield the inspected lots of one world."""
    hazard, programme, rules = _rules()
    world = make_world(name, seed)
    done = work(world)
    records, parts = papers(world, done)
    sites, _ = assemble(records, hazard, programme)
    maps = {a.id: (site, cell_maps(posterior(site.evidence, seed, Settings())).expected_items)
            for site in sites for a in site.areas if any(p.hazardous_area_id == a.id for p in parts)}
    lots: list[InspectionLot] = []
    for group in group_parts(parts, rules):
        lot = make_lot(group, lots, number=len(lots) + 1, plan_version=rules.version, seed_sha256="",
                       formed_at=None)  # type: ignore[arg-type]
        lots.append(lot)
        site, items = maps[lot.hazardous_area_id]
        yield _row(name, seed, lot, group, rules, _expected, site, items, world, done)


def _row(name: str, seed: int, lot: InspectionLot, group: Any, rules: InspectionRules, expect: Any,
         site: AssembledSite, items: np.ndarray, world: World, done: FieldWork) -> LotRow:
    units = lot_units(lot, group, unit_m=rules.unit_m, edge_m=rules.edge_m, crs="EPSG:32626")
    expected = expect(site, items, units)
    plan = make_plan(units.sizes, rules)
    sample = draw_units(units, plan.by_stratum, stable_id("benchmark", name, seed), lot.id)
    risk = choose_units(expected, plan.taken)
    held = true_items(units, world, done)
    q = rules.detection
    ranked = [choose_units(expected, int(np.ceil(share * len(units)))) for share in SHARES]
    return LotRow(name, seed, len(units), plan.taken, float(expected.sum()), float(q * expected[sample].sum()),
                  float(q * expected[risk].sum()), int(held.sum()), float(q * held[sample].sum()),
                  float(q * held[risk].sum()), tuple(float(q * expected[r].sum()) for r in ranked),
                  tuple(float(q * held[r].sum()) for r in ranked), q)


def true_items(units: LotUnits, world: World, done: FieldWork) -> np.ndarray:
    """Return the items that are still in each unit."""
    points = shapely.points(world.x[done.there], world.y[done.there])
    _, unit = shapely.STRtree(units.outline).query(points, predicate="intersects")
    return np.bincount(unit, minlength=len(units)).astype(float)


def summary(rows: list[LotRow]) -> dict[str, Any]:
    """Return what both samples leave, summed over lots; shares are of what was left before."""
    total = {key: float(sum(getattr(r, key) for r in rows))
             for key in ("model", "model_plan", "model_risk", "truth", "truth_plan", "truth_risk", "units", "visits")}
    out: dict[str, Any] = {"lots": len(rows), "visits": int(total["visits"]), "units": int(total["units"]),
                           "share_of_units": total["visits"] / total["units"]}
    for side in ("model", "truth"):
        left = {k: total[side] - total[f"{side}_{k}"] for k in ("plan", "risk")}
        out[side] = {"before": total[side], "left_plan": left["plan"], "left_risk": left["risk"],
                     "found_plan": total[f"{side}_plan"], "found_risk": total[f"{side}_risk"],
                     "less_left": 1 - left["risk"] / left["plan"] if left["plan"] else 0.0,
                     "times_found": total[f"{side}_risk"] / total[f"{side}_plan"] if total[f"{side}_plan"] else None}
    out["by_share"] = [{"share": share} | {
        f"{side}_less_left": 1 - (total[side] - sum(getattr(r, f"{side}_share")[k] for r in rows)) / (
            total[side] * (1 - rows[0].detection * share)) for side in ("model", "truth")}
        for k, share in enumerate(SHARES)]
    return out
