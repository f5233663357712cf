"""Shares of cells inside outlines, exactly: each cell that a boundary crosses is intersected with the outline."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from shapely import Geometry

from safeground.ground.grid import Grid

Array = NDArray[np.float64]


def cell_boxes(grid: Grid) -> NDArray[np.object_]:
    """Return the squares of a grid, shape (rows × cols)."""
    x, y = grid.centres()
    half = grid.cell_m / 2
    return np.asarray(shapely.box((x - half).ravel(), (y - half).ravel(), (x + half).ravel(), (y + half).ravel()))


def share_inside(grid: Grid, outline: Geometry) -> Array:
    """Return the share of each cell that lies within an outline in the grid's coordinates, shape (rows, cols)."""
    boxes = cell_boxes(grid)
    out = np.zeros(len(boxes))
    shapely.prepare(outline)
    touched = shapely.intersects(outline, boxes)
    whole = touched.copy()
    whole[touched] = shapely.contains_properly(outline, boxes[touched])
    out[whole] = 1.0
    rim = touched & ~whole
    out[rim] = shapely.area(shapely.intersection(outline, boxes[rim])) / grid.cell_m**2
    return np.clip(out, 0.0, 1.0).reshape(grid.shape_yx)


def distance_outside(grid: Grid, share: Array) -> Array:
    """Return the distance of each cell's centre from the nearest cell inside, m; 0 inside."""
    return np.asarray(distance_transform_edt(share < 0.5)) * grid.cell_m if (share >= 0.5).any() else np.full(
        share.shape, np.inf)


def spread(grid: Grid, x: float, y: float, error_m: float, allowed: NDArray[np.bool_]
           ) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Return cells and weights (sum 1) over which a position's error spreads an item, kept to allowed cells.

    Parameters
    ----------
    error_m : standard deviation of the position in each axis, m.
    """
    centre_x, centre_y = grid.centres()
    sigma = max(error_m, grid.cell_m / 4)
    weight = np.exp(-0.5 * ((centre_x - x) ** 2 + (centre_y - y) ** 2) / sigma**2) * allowed
    weight[weight < weight.max(initial=0.0) * 1e-3] = 0.0
    row, col = np.nonzero(weight)
    values = weight[row, col]
    return row, col, values / values.sum() if len(values) else values
