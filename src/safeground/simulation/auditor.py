"""The auditor: a second bookkeeper that knows the truth and the diary, and never reads the engine's books.

It is handed figures as the commands print them (JSON) and says where they disagree with what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import Geod, Transformer
from scipy.stats import binom
from shapely import Polygon

from safeground.simulation.field import FieldWork, Slip
from safeground.simulation.worlds import World

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was compared, whether it holds, and both figures."""

    name: str
    holds: bool
    said: str
    expected: str


@dataclass(frozen=True, slots=True)
class Handed:
    """What the auditor is handed: JSON of the hazard stage, the ledger's opening total, and the intake's rows.

    Attributes
    ----------
    quarantined : (file, row) pairs that the intake kept out.
    """

    hazard: dict[str, Any]
    opening_cm2: int
    rows_in: dict[str, int]
    accepted: dict[str, int]
    quarantined: frozenset[tuple[str, int]]


def geodesic_m2(outline: Polygon) -> float:
    """Return the area on the ellipsoid of an outline in UTM 26 N, computed ring by ring by PROJ alone."""
    back = Transformer.from_crs(32626, 4326, always_xy=True)
    lon, lat = back.transform(*np.array(outline.exterior.coords).T)
    return abs(_GEOD.polygon_area_perimeter(np.round(lon, 7), np.round(lat, 7))[0])


def _items_conserved(world: World, done: FieldWork, handed: Handed) -> Check:
    found = sum(len(s.found) for s in done.diary)
    total = found + len(done.accidents) + int(done.there.sum())
    return Check("every item is found, struck or still there", total == len(world.x), str(total), str(len(world.x)))


def _rows_counted(world: World, done: FieldWork, handed: Handed) -> Check:
    finds = sum(len(s.found) for s in done.diary)
    truth = {"areas.geojson": len(world.recorded), "returns.geojson": len(done.diary), "finds.csv": finds,
             "accidents.csv": len(done.accidents)}
    said = {f: handed.rows_in.get(f, 0) for f in truth}
    return Check("rows taken in are the rows of the diary", said == truth, str(said), str(truth))


def _area_conserved(world: World, done: FieldWork, handed: Handed) -> Check:
    own = sum(geodesic_m2(o) for o in world.recorded)
    said = handed.opening_cm2 / 1e4
    return Check("land opened in the book is the outlines' area, m²", abs(own - said) < 0.01 * len(world.recorded),
                 f"{said:.4f}", f"{own:.4f}")


def _finds_kept(world: World, done: FieldWork, handed: Handed) -> Check:
    accepted = handed.accepted.get("finds.csv", 0) + handed.accepted.get("accidents.csv", 0)
    used = sum(s["finds"] for s in handed.hazard["sites"])
    near = accepted - used
    return Check("no find or accident near an area is lost by the engine", -1e-6 <= near <= 0.02 * accepted + len(
        done.accidents), f"{used:.3f}", f"at most {accepted}, none lost inside")


def _truth_in_interval(world: World, done: FieldWork, handed: Handed) -> Check:
    inside, count = 0, 0
    for area, outline in zip(handed.hazard["areas"], _in_order(world, handed), strict=True):
        left = int((done.there & shapely.contains_xy(outline, world.x, world.y)).sum())
        inside += area["model_interval"][0] <= left <= area["interval"][1]
        count += 1
    least = int(binom.ppf(0.001, count, 0.85))
    return Check("truth lies in the stated 90 % interval often enough", inside >= least, f"{inside} of {count}",
                 f"at least {least}")


def _in_order(world: World, handed: Handed) -> list[Polygon]:
    return [world.recorded[int(area["name"].rsplit(" ", 1)[1]) - 1] for area in handed.hazard["areas"]]


def _low_statements(world: World, done: FieldWork, handed: Handed) -> Check:
    low = [(a, o) for a, o in zip(handed.hazard["areas"], _in_order(world, handed), strict=True) if a["p_any"] <= 0.01]
    wrong = sum(bool((done.there & shapely.contains_xy(o, world.x, world.y)).any()) for _, o in low)
    most = int(binom.ppf(0.999, len(low), 0.02)) if low else 0
    return Check("areas stated at P(any) ≤ 1 % hold something rarely", wrong <= most, f"{wrong} of {len(low)}",
                 f"at most {most}")


def _slips_caught(slips: Sequence[Slip]) -> Callable[[World, FieldWork, Handed], Check]:
    def check(world: World, done: FieldWork, handed: Handed) -> Check:
        caught = sum((s.file, s.row) in handed.quarantined for s in slips)
        return Check("each slip of the pen is kept out and named", caught == len(slips), str(caught), str(len(slips)))

    return check


def audit(world: World, done: FieldWork, slips: Sequence[Slip], handed: Handed) -> tuple[Check, ...]:
    """Return all checks of a run."""
    checks = (_items_conserved, _rows_counted, _area_conserved, _finds_kept, _slips_caught(slips), _truth_in_interval,
              _low_statements)
    return tuple(check(world, done, handed) for check in checks)
