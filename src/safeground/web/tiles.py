"""A layer's features as a vector tile; where there are too many, one stands for each small cell, and says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from safeground.store.project import FeatureBatch, Reader
from safeground.web.mvt import EXTENT, encode_layer, tile_bounds, to_tile_units

#: More features than this in a tile are thinned: those smaller than a cell share it with one of their class.
FEATURES_MAX = 5000
_CELL = 16
#: Columns that a tile carries, where the layer has them.
COLUMNS = ("name", "local_id", "area_type", "release_method", "activity_type", "contamination", "category", "kind",
           "killed_count", "injured_count", "asset_type", "finding_codes", "area_m2")
_CLASS = ("area_type", "release_method", "contamination", "category")


def _thinned(shapes: npt.NDArray[np.object_], classes: list[tuple[Any, ...]]) -> npt.NDArray[np.bool_]:
    """Return which features stay: every large one, and of the small ones one in each cell and class."""
    bounds = shapely.bounds(shapes)
    small = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) < _CELL
    cells = ((bounds[:, :2] + bounds[:, 2:]) / 2 // _CELL).astype(np.int64)
    numbers = {name: number for number, name in enumerate(dict.fromkeys(classes))}
    keys = np.column_stack([cells, [numbers[item] for item in classes]])
    _, first = np.unique(keys, axis=0, return_index=True)
    keep: npt.NDArray[np.bool_] = ~small
    keep[first] = True
    return keep


def layer_tile(reader: Reader, layer: str, columns: tuple[str, ...], z: int, x: int, y: int) -> bytes:
    """Return a layer's tile; features that stand for others too carry ``thinned`` = 1."""
    batch: FeatureBatch = reader.features(layer, tile_bounds(z, x, y), columns=columns)
    if not batch.ids:
        return b""
    shapes = to_tile_units(batch.geometry, z, x, y)
    rows: list[tuple[Any, ...]] = list(zip(*(batch.columns[name].tolist() for name in columns), strict=True))
    keep = np.arange(len(shapes))
    if len(shapes) > FEATURES_MAX:
        wanted = [columns.index(name) for name in _CLASS if name in columns]
        keep = np.flatnonzero(_thinned(shapes, [tuple(row[i] for i in wanted) for row in rows]))
    thinned = {"thinned": 1} if len(keep) < len(shapes) else {}
    if z < 14:
        shapes[keep] = shapely.simplify(shapes[keep], 0.5 * EXTENT / 4096, preserve_topology=False)
    empty = shapely.is_empty(shapes)
    shapes[empty] = to_tile_units(batch.geometry[empty], z, x, y)
    properties = [{"id": batch.ids[i], **dict(zip(columns, rows[i], strict=True)), **thinned} for i in keep]
    return encode_layer(layer, shapes[keep], properties)
