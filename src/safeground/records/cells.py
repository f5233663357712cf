"""Cells of a region with known outcomes, blocks and covariates: what regional prediction learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One row a cell.

    Attributes
    ----------
    xy_km : east and north in a local plane, km, shape (cells, 2).
    outcome : 1 found, 0 declared free of finds, -1 unknown; unknown is never taken for 0.
    block : index of each cell's block (municipality); ``block_names`` in that order.
    covariates : shape (cells, columns), NaN where missing; ``names`` in that order.
    """

    xy_km: Array
    outcome: Ints
    block: Ints
    block_names: tuple[str, ...]
    covariates: Array
    names: tuple[str, ...]

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """Cells whose outcome is known."""
        return np.asarray(self.outcome >= 0)

    def with_columns(self, keep: NDArray[np.bool_]) -> Cells:
        """Return the cells with the chosen covariates alone."""
        names = tuple(n for n, k in zip(self.names, keep, strict=True) if k)
        return Cells(self.xy_km, self.outcome, self.block, self.block_names, self.covariates[:, keep], names)

    def scorable_blocks(self, least: int = 5) -> Ints:
        """Return blocks with at least ``least`` cells of each outcome; the others only serve for learning."""
        counts = np.array([[np.sum((self.block == b) & (self.outcome == v)) for v in (0, 1)]
                           for b in range(len(self.block_names))])
        return np.flatnonzero((counts >= least).all(axis=1))
