"""Cells that the same searches covered alike: what is computed of a search is computed once for each pattern."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from safeground.hazard.nuisance import Draws, left_share
from safeground.records.site import SiteEvidence

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Patterns of coverage.

    Attributes
    ----------
    of_cell : pattern of each cell (flat), -1 without ground.
    coverage : share of a cell that each search covers, shape (searches, patterns).
    touched : whether any search reached the pattern's cells.
    left : share of the items that all searches leave, shape (draws, patterns).
    """

    of_cell: Ints
    coverage: Array
    touched: Mask
    left: Array

    def sums(self, cells: Ints, values: Array, part: Ints, parts: int) -> sparse.csr_array:
        """Return the sum of cells' values for each pattern and part, shape (patterns, parts)."""
        return sparse.csr_array((values, (self.of_cell[cells], part)), shape=(len(self.touched), parts))


def find_patterns(site: SiteEvidence, draws: Draws, inside: Mask) -> Patterns:
    """Return the patterns of the cells chosen, in an order that their coverage alone decides."""
    of_cell = np.full(inside.size, -1)
    cells = np.flatnonzero(inside)
    rows = np.array([s.coverage.ravel()[cells] for s in site.searches]).reshape(len(site.searches), len(cells))
    key = np.random.default_rng(1).random(len(rows)) @ rows
    _, first, label = np.unique(key, return_index=True, return_inverse=True)
    if not (rows == rows[:, first][:, label]).all():  # two patterns with one key: each cell stands for itself
        first = label = np.arange(len(cells))
    of_cell[cells] = label
    coverage = rows[:, first]
    left = np.array([left_share(site, draws, j, coverage) for j in range(draws.count)])
    touched = np.asarray((coverage > 0).any(axis=0))
    # Shares that sum to one but for rounding: what nothing searched is left whole, and nothing is exposed below zero.
    left = np.where(touched, np.minimum(left.reshape(draws.count, len(first)), 1.0), 1.0)
    return Patterns(of_cell, coverage, touched, left)
