"""What the hazard stage expects in each unit of a lot: the ground of the risk-aware sample."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from safeground.foundation.finding import Finding, Severity
from safeground.inspection.draw import LotUnits
from safeground.operations.inspection_state import folder_of
from safeground.records.quality import InspectionLot
from safeground.store.project import Project, Reader

Array = NDArray[np.float64]


def _none(lot: InspectionLot, why: str) -> Finding:
    return Finding(Severity.WARNING, "SG-OPS-126", lot.local_id or lot.id, f"no risk-aware sample: {why}.",
                   "Run 'safeground hazard PROJECT', then draw the next lot.")


def expected_in_units(project: Project, reader: Reader, lot: InspectionLot, units: LotUnits
                      ) -> tuple[Array | None, list[Finding]]:
    """Return the items expected in each unit by the latest hazard result, or None with the reason.

    Each unit takes its share of the cell in which its middle lies.  Only maps whose bytes are those registered in the
    journal are read, and only where they give a figure for every unit: ground about which nothing is known is no zero.
    """
    latest = reader.setting("hazard/latest")
    if not latest:
        return None, [_none(lot, "the hazard stage has not run")]
    folder = folder_of(project, "hazard")
    centre = shapely.centroid(units.outline)
    x, y = shapely.get_x(centre), shapely.get_y(centre)
    density = np.full(len(units), np.nan)
    for name, digest in sorted(latest.get("files", {}).items()):
        path = folder / name
        if not name.endswith(".tif"):
            continue
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return None, [_none(lot, f"{name} is not the file that was registered")]
        seen = _density(path, x, y, units)
        density = np.where(np.isnan(density), seen, density)
    if np.isnan(density).any():
        return None, [_none(lot, f"{int(np.isnan(density).sum()):,} of {len(units):,} units have no figure")]
    return density * shapely.area(units.outline), []


def _density(path: Path, x: Array, y: Array, units: LotUnits) -> Array:
    """Return the expected items for each m² at places, NaN outside the map or where nothing is known."""
    import rasterio
    from rasterio.warp import transform

    with rasterio.open(path) as source:
        if source.crs.to_epsg() != units.crs.to_epsg():
            east, north = transform(rasterio.CRS.from_wkt(units.crs.to_wkt()), source.crs, x.tolist(), y.tolist())
            x, y = np.asarray(east), np.asarray(north)
        band, to_map = source.read(1), source.transform  # north up: no rotation
        col = np.floor((x - to_map.c) / to_map.a).astype(np.int64)
        row = np.floor((y - to_map.f) / to_map.e).astype(np.int64)
        cell_m2 = abs(to_map.a * to_map.e)
    inside = (row >= 0) & (col >= 0) & (row < band.shape[0]) & (col < band.shape[1])
    out = np.full(len(x), np.nan)
    out[inside] = band[row[inside], col[inside]].astype(float) / cell_m2
    return out
