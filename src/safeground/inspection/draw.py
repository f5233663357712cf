"""The draw: a lot cut into units on a grid, its strata, and a sample that anyone can draw again from the seed.

Units are ranked by SHA-256 of seed, lot and place, and the first ones of each stratum are taken: no generator of random
numbers of one library or version is needed to repeat it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely import Geometry

from safeground.foundation.canonical import sha256_hex
from safeground.foundation.errors import RefusedError, RequestError
from safeground.ground.crs import WGS84, choose_working_crs, crs_name, find_transformation, parse_crs, transform
from safeground.ground.grid import Grid
from safeground.ground.shapes import polygonal, settled
from safeground.records.fieldwork import LandPart
from safeground.records.quality import InspectionLot, SamplingDraw

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
#: In the order in which a unit that belongs to several is counted.
STRATA = ("near_finds", "edge", "last_day", "rest")
#: A sliver of a unit smaller than this is no unit, m²: one square centimetre, the book's smallest area.
SLIVER_M2 = 1e-4
UNITS_MOST = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class LotUnits:
    """The units of a lot, south to north and west to east.

    Attributes
    ----------
    crs : UTM zone of the lot.  unit_m : side of a unit, m.
    col, row : place on the lot's grid, from 0 at its south-west corner, a multiple of the unit; shape (units,).
    outline : each unit's ground within the lot, m of `crs`; units cut by the lot's outline are clipped and count.
    stratum : index of STRATA.
    """

    crs: CRS
    unit_m: float
    col: Ints
    row: Ints
    outline: NDArray[np.object_]
    stratum: Ints

    def __len__(self) -> int:
        return len(self.col)

    @property
    def names(self) -> list[str]:
        """Name of each unit: ``C<column>R<row>``, from 1 at the lot's south-west corner; no position on Earth."""
        return [f"C{c + 1}R{r + 1}" for c, r in zip(self.col.tolist(), self.row.tolist(), strict=True)]

    @property
    def sizes(self) -> list[int]:
        """Units of each stratum, in the order of STRATA."""
        return [int(n) for n in np.bincount(self.stratum, minlength=len(STRATA))]

    def find(self, names: Sequence[str]) -> Ints:
        """Return the positions of units by name.

        Raises
        ------
        RequestError : a name that no unit has (``SG-INSPECTION-013``).
        """
        at = {name: k for k, name in enumerate(self.names)}
        for name in names:
            if name not in at:
                raise RequestError("SG-INSPECTION-013", name, "is no unit of the lot.", "Use the names of the draw.")
        return np.array([at[name] for name in names], dtype=np.int64)

    def on_earth(self, chosen: Ints) -> Geometry:
        """Return the union of chosen units, EPSG:4326."""
        return to_earth(polygonal(shapely.union_all(self.outline[chosen])), self.crs)


def to_plane(geometry: Geometry, crs: CRS) -> Geometry:
    """Return a geometry of EPSG:4326 in a projected system, m.

    Edges that only just meet in degrees may cross by a nanometre once they are projected; the outline is settled then.
    """
    moved = transform(np.array([geometry], dtype=object), find_transformation(WGS84, crs))[0]
    return settled(moved)


def to_earth(geometry: Geometry, crs: CRS) -> Geometry:
    """Return a geometry of a projected system in EPSG:4326, valid where it was valid there.

    Units that only just touch, at a corner or beside clipped ones, may cross by a nanometre once they are in degrees;
    the outline is settled then.
    """
    return settled(transform(np.array([geometry], dtype=object), find_transformation(crs, WGS84))[0], degrees=True)


def _cells(outline: Geometry, crs: CRS, unit_m: float, subject: str) -> tuple[Ints, Ints, NDArray[np.object_]]:
    """Return column, row and clipped outline of every unit that holds ground of the lot."""
    grid = Grid.covering(crs, tuple(outline.bounds), unit_m)
    rows, cols = grid.shape_yx
    if rows * cols > UNITS_MOST * 10 or outline.area / unit_m**2 > UNITS_MOST:
        raise RequestError("SG-INSPECTION-006", subject, f"has more than {UNITS_MOST:,} units of {unit_m:g} m.",
                           "Form smaller lots, or set larger units in the sampling plan.")
    west, south = round(grid.west / unit_m), round(grid.north / unit_m) - rows
    found: list[tuple[Ints, Ints, NDArray[np.object_]]] = []
    shapely.prepare(outline)
    x = np.arange(west, west + cols)
    for first in range(south, south + rows, max(1, 500_000 // cols)):
        y = np.arange(first, min(first + max(1, 500_000 // cols), south + rows))
        row, col = (a.ravel() for a in np.meshgrid(y, x, indexing="ij"))
        box = shapely.box(col * unit_m, row * unit_m, (col + 1) * unit_m, (row + 1) * unit_m)
        near = shapely.intersects(outline, box)
        row, col, box = row[near], col[near], box[near]
        cut = ~shapely.contains_properly(outline, box)
        box[cut] = shapely.intersection(box[cut], outline)
        keep = shapely.area(box) > SLIVER_M2
        found.append((col[keep].astype(np.int64) - west, row[keep].astype(np.int64) - south, box[keep]))
    col, row, box = (np.concatenate(part) for part in zip(*found, strict=True))
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(box), (3, 6)))
    for k in mixed:
        box[k] = polygonal(box[k])
    return col, row, box


def _strata(units: NDArray[np.object_], outline: Geometry, crs: CRS, *, edge_m: float,
            near: Sequence[tuple[float, float, float]], last: Sequence[Geometry]) -> Ints:
    """Return each unit's stratum: near a find, else on the edge, else worked on last, else the rest."""
    centre = shapely.centroid(units)
    out = np.full(len(units), STRATA.index("rest"))
    if last:
        ground = polygonal(shapely.union_all([to_plane(g, crs) for g in last]))
        shapely.prepare(ground)
        out[shapely.intersects(ground, centre)] = STRATA.index("last_day")
    if edge_m > 0:
        rim = shapely.boundary(outline)
        shapely.prepare(rim)
        out[shapely.dwithin(rim, centre, edge_m)] = STRATA.index("edge")
    for lon, lat, radius in near:
        place = to_plane(shapely.Point(lon, lat), crs)
        out[shapely.dwithin(centre, place, radius)] = STRATA.index("near_finds")
    return out


def last_day(parts: Sequence[LandPart]) -> list[Geometry]:
    """Return the ground of the last day of a lot, where work stopped; [] where one day or none is known."""
    days = sorted({p.work_date for p in parts if p.work_date is not None})
    return [p.geometry for p in parts if p.work_date == days[-1]] if len(days) > 1 else []


def lot_units(lot: InspectionLot, parts: Sequence[LandPart], *, unit_m: float, edge_m: float,
              near: Sequence[tuple[float, float, float]] = (), crs: str = "") -> LotUnits:
    """Return the units of a lot with their strata.

    Parameters
    ----------
    parts : the lot's parts; the ground of the last day is a stratum.
    unit_m, edge_m : side of a unit, and width of the strip along the outline, m.
    near : (longitude, latitude, radius in m) of each find around which ground is a stratum.
    crs : coordinate system of the grid; "" = the UTM zone of the lot's middle.

    Raises
    ------
    RequestError : too many units (``SG-INSPECTION-006``).
    """
    plane = parse_crs(crs) if crs else choose_working_crs(tuple(lot.geometry.bounds))
    outline = to_plane(lot.geometry, plane)
    col, row, box = _cells(outline, plane, unit_m, lot.local_id or lot.id)
    stratum = _strata(box, outline, plane, edge_m=edge_m, near=near, last=last_day(parts))
    return LotUnits(plane, unit_m, col, row, box, stratum)


def draw_order(seed: str, lot_id: str, col: Ints, row: Ints) -> NDArray[np.object_]:
    """Return the rank of each unit, 64 hexadecimal digits: SHA-256 of ``seed:lot:column:row``."""
    return np.array([hashlib.sha256(f"{seed}:{lot_id}:{c}:{r}".encode()).hexdigest()
                     for c, r in zip(col.tolist(), row.tolist(), strict=True)], dtype=object)


def draw_units(units: LotUnits, by_stratum: Sequence[int], seed: str, lot_id: str) -> Ints:
    """Return the positions of the drawn units, in the order of drawing: each stratum's first ones by rank."""
    rank = draw_order(seed, lot_id, units.col, units.row)
    chosen: list[int] = []
    for k, number in enumerate(by_stratum):
        of = np.flatnonzero(units.stratum == k)
        chosen += sorted(of.tolist(), key=lambda i: rank[i])[:number]
    return np.array(sorted(chosen, key=lambda i: rank[i]), dtype=np.int64)


def walk_order(units: LotUnits, chosen: Ints, block_m: float) -> Ints:
    """Return chosen units in the order of a walk: blocks of `block_m` in rows to and fro, and so within each block."""
    across = max(1, round(block_m / units.unit_m))

    def place(i: int) -> tuple[int, int, int, int]:
        col, row = int(units.col[i]), int(units.row[i])
        block_col, block_row = col // across, row // across
        return (block_row, block_col if block_row % 2 == 0 else -block_col, row, col if row % 2 == 0 else -col)

    return np.array(sorted(chosen.tolist(), key=place), dtype=np.int64)


def block_of(units: LotUnits, chosen: Ints, block_m: float) -> list[str]:
    """Return the walking block of each chosen unit: ``B<column>-<row>``, from 1 at the south-west corner."""
    across = max(1, round(block_m / units.unit_m))
    return [f"B{c // across + 1}-{r // across + 1}" for c, r in zip(
        units.col[chosen].tolist(), units.row[chosen].tolist(), strict=True)]


def require_seed(lot: InspectionLot, seed: str) -> None:
    """Refuse a seed that is not the one sealed with the lot.

    Raises
    ------
    RefusedError : its SHA-256 is another one (``SG-INSPECTION-004``).
    """
    if sha256_hex(seed.encode()) != lot.seed_sha256:
        raise RefusedError(
            "SG-INSPECTION-004", lot.local_id or lot.id, "the seed's SHA-256 is not the one recorded when the lot was "
            "formed.", "Use the sealed seed; if it is lost, seal the lot anew, with the reason, before it is drawn.",
            criterion="the sample comes from the seed sealed with the lot", clause="sampling plan, draw")


def verify_draw(lot: InspectionLot, draw: SamplingDraw, parts: Sequence[LandPart]) -> LotUnits:
    """Draw again from seed and lot, and return the units if the draw is what they give.

    Raises
    ------
    RefusedError : the seed is not the sealed one, or another sample comes out (``SG-INSPECTION-004``, ``-005``).
    """
    units = lot_units(lot, parts, unit_m=draw.unit_m, edge_m=draw.edge_m, near=draw.near_finds, crs=draw.crs)
    if draw.risk_aware:
        units.find(draw.units)
        return units
    require_seed(lot, draw.seed)
    counts = {name: (size, taken) for name, size, taken in draw.strata}
    sizes = tuple(counts.get(name, (0, 0))[0] for name in STRATA)
    again = draw_units(units, [counts.get(name, (0, 0))[1] for name in STRATA], draw.seed, lot.id)
    names = units.names
    if tuple(units.sizes) != sizes or tuple(names[i] for i in again) != draw.units:
        raise RefusedError("SG-INSPECTION-005", lot.local_id or lot.id, "seed and lot give another sample than the one "
                           "recorded.", "Draw the lot's sample again by the command, and inspect that one.",
                           criterion="a sample can be drawn again by anyone", clause="sampling plan, draw")
    return units


def grid_name(units: LotUnits) -> str:
    """Return the coordinate system of the units' grid, such as ``EPSG:32626``."""
    return crs_name(units.crs)
