"""Counting ground: each return adds what nobody has counted yet, to the square centimetre of the book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely import Geometry

from safeground.foundation.invariant import invariant
from safeground.foundation.units import TOLERANCE_M2, allot_area, cm2_to_m2
from safeground.ground.area import edge_bow_m2, geodesic_area_m2, plane_area_m2
from safeground.ground.partition import BOOKED_M2, BOOKED_SHARE
from safeground.ground.shapes import polygonal

#: Shreds of an overlay under this size are no ground, m²: less than the smallest unit of the book.
SHRED_M2 = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaGround:
    """An area as the count sees it.

    Attributes
    ----------
    outline : EPSG:4326.  elsewhere : outlines of areas that count shared ground instead of this one.
    book_cm2 : what the area itself counts in all its statuses; ground left to others is not in it.
    open_cm2 : what of it is suspected or confirmed and not waiting for a decision.
    taken : (id of what counts it, ground, cm²) of every part that counts.
    refused : ground that inspection rejected, and the last work day that cannot count there any more.
    """

    area_id: str
    outline: Geometry
    book_cm2: int
    open_cm2: int
    elsewhere: tuple[Geometry, ...] = ()
    taken: tuple[tuple[str, Geometry, int], ...] = ()
    refused: tuple[tuple[Geometry, date], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Ground that a record says was done: its id, outline and day of work."""

    record_id: str
    geometry: Geometry
    work_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment:
    """Ground that a claim adds to what is counted, and its share of the area's cm²."""

    record_id: str
    geometry: Geometry
    area_cm2: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedGround:
    """Ground of a claim that something else counts: `counted_by` is the id of that record; m² on the ellipsoid."""

    record_id: str
    counted_by: str
    area_m2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCount:
    """What claims add to an area.

    Attributes
    ----------
    increments : in the order of the claims; one that adds nothing has none.
    shared : what a claim shares with ground counted before it.
    elsewhere_m2, refused_m2 : by record id, ground counted in another area, and ground rejected after the work.
    gap_cm2 : difference between book and parts that forbids counting; 0 = they agree.
    counted_cm2, coverage : of the area's own ground, everything that counts now, and its share.
    """

    increments: tuple[Increment, ...]
    shared: tuple[SharedGround, ...]
    elsewhere_m2: dict[str, float]
    refused_m2: dict[str, float]
    gap_cm2: int
    counted_cm2: int
    coverage: float


def _solid(geometry: Geometry) -> Geometry:
    """Return the polygons of an overlay without its shreds."""
    parts = shapely.get_parts(polygonal(geometry))
    kept = parts[plane_area_m2(parts) >= SHRED_M2]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(list(kept))


def _less(geometry: Geometry, others: Sequence[Geometry]) -> Geometry:
    return polygonal(shapely.difference(geometry, shapely.union_all(others))) if others else geometry


class _Rest:
    """What of an area nobody has counted yet, and the cm² counted so far by the share of ground that is gone."""

    def __init__(self, own: Geometry, book_cm2: int) -> None:
        self.own, self.book_cm2, self.ground = own, book_cm2, own
        self.whole_m2 = float(plane_area_m2([own])[0])
        self.limit_m2 = BOOKED_M2 + BOOKED_SHARE * cm2_to_m2(book_cm2) + edge_bow_m2([own]) + TOLERANCE_M2

    def counted_cm2(self) -> int:
        """Return the book's amount for the ground that is gone; all of it once no ground is left."""
        left = min(float(plane_area_m2([self.ground])[0]), self.whole_m2)
        if left < SHRED_M2:
            return self.book_cm2
        if left == self.whole_m2:
            return 0
        shares = allot_area(self.book_cm2, np.array([self.whole_m2 - left, left]), tolerance_m2=self.limit_m2)
        return int(shares[0])

    def take(self, geometry: Geometry) -> Geometry:
        """Remove ground and return what of it was still there."""
        found = _solid(shapely.intersection(self.ground, geometry))
        self.ground = polygonal(shapely.difference(self.ground, geometry))
        return found


def count_ground(area: AreaGround, claims: Sequence[Claim]) -> AreaCount:
    """Return what claims add to an area, in their order: ground once counted adds nothing.

    Parameters
    ----------
    area : outline, book and parts so far.
    claims : ground done to the end, valid polygons; ground outside the area is not looked at.

    Returns
    -------
    The increments' cm² and the parts' before them sum to the area's book once no ground is left: the last increment
    takes the exact remainder.  Where book and parts disagree by more than overlay noise, nothing is counted.

    Notes
    -----
    Not each part but everything counted so far is allotted, by its share of the area's ground; an increment is the
    difference of two such figures.  So the total depends on the ground alone and not on the order in which it was done,
    and rounding never adds up.
    """
    own = _less(area.outline, area.elsewhere)
    rest = _Rest(own, area.book_cm2)
    taken_cm2 = sum(cm2 for _, _, cm2 in area.taken)
    if area.taken:
        rest.take(shapely.union_all([ground for _, ground, _ in area.taken]))
    gap = _gap(rest, taken_cm2, len(area.taken))
    counted = [(name, ground) for name, ground, _ in area.taken]
    increments: list[Increment] = []
    shared: list[SharedGround] = []
    elsewhere: dict[str, float] = {}
    refused: dict[str, float] = {}
    for claim in claims:
        inside = polygonal(shapely.intersection(claim.geometry, area.outline))
        ground = polygonal(shapely.intersection(inside, own))
        _note(elsewhere, claim.record_id, inside, ground)
        bad = [shape for shape, day in area.refused if claim.work_date <= day]
        allowed = _less(ground, bad)
        _note(refused, claim.record_id, ground, allowed)
        shared += _shared(claim, allowed, counted)
        if gap:
            continue
        fresh = rest.take(allowed)
        share = rest.counted_cm2() - taken_cm2
        if fresh.is_empty or share <= 0:
            continue
        taken_cm2 += share
        counted.append((claim.record_id, fresh))
        increments.append(Increment(record_id=claim.record_id, geometry=fresh, area_cm2=share))
    invariant(taken_cm2 <= area.book_cm2 or bool(gap), f"{taken_cm2:,} cm² are counted of {area.book_cm2:,}",
              code="SG-LAND-003", subject=area.area_id)
    return AreaCount(
        increments=tuple(increments), shared=tuple(shared), elsewhere_m2=elsewhere, refused_m2=refused, gap_cm2=gap,
        counted_cm2=taken_cm2, coverage=taken_cm2 / area.book_cm2 if area.book_cm2 else 0.0)


def _gap(rest: _Rest, taken_cm2: int, parts: int) -> int:
    """Return by how much book and ground disagree, cm²; 0 within overlay noise."""
    off = abs(rest.whole_m2 - cm2_to_m2(rest.book_cm2))
    if off > rest.limit_m2:
        return round(off * 10_000)
    expected = rest.counted_cm2()
    allowed = (BOOKED_M2 + BOOKED_SHARE * cm2_to_m2(expected)) * 10_000 + parts
    return 0 if abs(expected - taken_cm2) <= allowed else expected - taken_cm2


def _note(found: dict[str, float], record_id: str, before: Geometry, after: Geometry) -> None:
    lost = float(np.subtract(*plane_area_m2([before, after])))
    if lost >= SHRED_M2:
        found[record_id] = lost


def _shared(claim: Claim, ground: Geometry, counted: Sequence[tuple[str, Geometry]]) -> list[SharedGround]:
    """Return what a claim's ground shares with parts counted before it, summed by what counts it."""
    counted = [(name, shape) for name, shape in counted if name != claim.record_id]
    if not counted or ground.is_empty:
        return []
    shapes = np.empty(len(counted), dtype=object)
    shapes[:] = [shape for _, shape in counted]
    near = np.flatnonzero(shapely.intersects(shapes, ground))
    areas = geodesic_area_m2([polygonal(shapely.intersection(shapes[i], ground)) for i in near])
    sums: dict[str, float] = {}
    for index, area_m2 in zip(near.tolist(), areas.tolist(), strict=True):
        sums[counted[index][0]] = sums.get(counted[index][0], 0.0) + area_m2
    return [SharedGround(record_id=claim.record_id, counted_by=name, area_m2=area_m2)
            for name, area_m2 in sums.items() if area_m2 >= SHRED_M2]
