"""Grids: the one authority on which way rows and columns go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from safeground.foundation.errors import RequestError
from safeground.ground.crs import crs_name


class XY(NamedTuple):
    """A position: east, north, in the grid's coordinate system, m."""

    x: float
    y: float


class RowCol(NamedTuple):
    """A cell: row counted southwards from the north edge, column eastwards from the west edge, both from 0."""

    row: int
    col: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells over a rectangle of a projected system in metres, north up.

    Attributes
    ----------
    west, north : outer corner of cell (0, 0), m.
    cell_m : side of a cell, m.
    shape_yx : number of rows and columns.
    """

    crs: CRS
    west: float
    north: float
    cell_m: float
    shape_yx: tuple[int, int]

    def __post_init__(self) -> None:
        if not self.crs.is_projected or self.cell_m <= 0 or min(self.shape_yx) < 1:
            raise RequestError("SG-GROUND-004", crs_name(self.crs), f"no grid of {self.cell_m} m cells over it.",
                               "Use a UTM zone and a positive cell size.")

    @classmethod
    def covering(cls, crs: CRS, bounds: tuple[float, float, float, float], cell_m: float) -> Grid:
        """Return the smallest grid over bounds (west, south, east, north, m) whose edges are multiples of the cell."""
        west, south, east, north = bounds
        left, top = math.floor(west / cell_m) * cell_m, math.ceil(north / cell_m) * cell_m
        rows, cols = math.ceil((top - south) / cell_m), math.ceil((east - left) / cell_m)
        return cls(crs, left, top, cell_m, (max(rows, 1), max(cols, 1)))

    def cell_of(self, place: XY) -> RowCol | None:
        """Return the cell that holds a position, None if it lies outside."""
        row, col = math.floor((self.north - place.y) / self.cell_m), math.floor((place.x - self.west) / self.cell_m)
        inside = 0 <= row < self.shape_yx[0] and 0 <= col < self.shape_yx[1]
        return RowCol(row, col) if inside else None

    def centre_of(self, cell: RowCol) -> XY:
        """Return the centre of a cell."""
        return XY(self.west + (cell.col + 0.5) * self.cell_m, self.north - (cell.row + 0.5) * self.cell_m)

    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x and y of all centres, each of shape (row, col)."""
        x = self.west + (np.arange(self.shape_yx[1]) + 0.5) * self.cell_m
        y = self.north - (np.arange(self.shape_yx[0]) + 0.5) * self.cell_m
        grid_x, grid_y = np.meshgrid(x, y)
        return grid_x, grid_y
