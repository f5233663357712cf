"""A layer's features as a vector tile; where there are too many, one stands for each small cell, and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from safeground.store.reader import Bounds, Overview, Reader
from safeground.web.mvt import EXTENT, encode_layer, project, tile_bounds, to_tile_units

#: More features than this in a tile are thinned: those smaller than a cell share it with one of their class.
FEATURES_MAX = 5000
#: Sides of a cell, tile units: from 1/256 of the tile doubled until few enough stay, at most to 1/64 of it.
_CELL_MIN, _CELL_MAX = 16, 64
#: More than the cells of any tile on either side of its corner.
_OFFSET = 1 << 20
#: Columns that a tile carries, where the layer has them.
COLUMNS = ("name", "local_id", "area_type", "release_method", "activity_type", "contamination", "category", "kind",
           "killed_count", "injured_count", "asset_type", "finding_codes", "area_m2")
_CLASS = ("area_type", "release_method", "contamination", "category")


def class_columns(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of a tile's columns that decide how a feature is drawn."""
    return tuple(name for name in _CLASS if name in columns)


def _standing_for_all(overview: Overview, box: Bounds, z: int, x: int, y: int) -> npt.NDArray[np.int64]:
    """Return the rows to draw: every feature larger than a cell, and of the others one in each cell and class."""
    west, south, east, north = overview.bounds.T
    inside = np.flatnonzero((west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1]))
    low = project(overview.bounds[inside, :2], z, x, y)
    high = project(overview.bounds[inside, 2:], z, x, y)
    middle, side = (low + high) / 2, np.abs(high - low).max(axis=1)
    cell = _CELL_MIN
    while True:
        small = side < cell
        across, down = (middle[small] // cell).astype(np.int64).T + _OFFSET
        # one number for cell and class: quick to sort
        keys = (overview.kinds[inside[small]] * 2 * _OFFSET + across) * 2 * _OFFSET + down
        first = np.unique(keys, return_index=True)[1]
        if len(first) + np.count_nonzero(~small) <= FEATURES_MAX or cell >= _CELL_MAX:
            kept = np.sort(np.concatenate([inside[~small], inside[small][first]]))
            return np.asarray(overview.rows[kept])
        cell *= 2


def layer_tile(
    reader: Reader, layer: str, columns: tuple[str, ...], z: int, x: int, y: int, overview: Callable[[], Overview]
) -> bytes:
    """Return a layer's tile; where features stand for others too, all carry ``thinned`` = 1.

    Parameters
    ----------
    columns : what each feature carries.
    overview : returns the layer's overview by :func:`class_columns`; called only where a tile holds too many features.
    """
    box = tile_bounds(z, x, y)
    thinned: dict[str, Any] = {}
    if reader.features_count(layer, box, stop=FEATURES_MAX + 1) > FEATURES_MAX:
        rows = _standing_for_all(overview(), box, z, x, y)
        batch = reader.features(layer, columns=columns, rows=rows.tolist())
        thinned = {"thinned": 1}
    else:
        batch = reader.features(layer, box, columns=columns)
    if not batch.ids:
        return b""
    shapes = to_tile_units(batch.geometry, z, x, y)
    if z < 14:
        simple = shapely.simplify(shapes, 0.5 * EXTENT / 4096, preserve_topology=False)
        shapes = np.where(shapely.is_empty(simple), shapes, simple)
    values = zip(*(batch.columns[name].tolist() for name in columns), strict=True)
    properties = [{"id": number, **dict(zip(columns, row, strict=True)), **thinned}
                  for number, row in zip(batch.ids, values, strict=True)]
    return encode_layer(layer, shapes, properties)
