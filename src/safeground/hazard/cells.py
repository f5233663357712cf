"""What is done to a region's cells before learning: constant columns out, late columns refused, distances to blocks."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from safeground.foundation.errors import RequestError
from safeground.records.cells import Cells


def varies_within_blocks(cells: Cells) -> NDArray[np.bool_]:
    """Return which covariates differ between cells of at least one block.

    A column that is constant inside every block (a municipality's total) names the block: it teaches the learner which
    block it is in, not where in it ordnance lies, and fails in every block that it has not seen.
    """
    varies = np.zeros(cells.covariates.shape[1], bool)
    for b in range(len(cells.block_names)):
        values = cells.covariates[cells.block == b]
        with np.errstate(invalid="ignore"):
            low, high = np.nanmin(values, axis=0, initial=np.inf), np.nanmax(values, axis=0, initial=-np.inf)
        varies |= high > low
    return varies


def refuse_late(dates: dict[str, date], window_end: date) -> None:
    """Refuse covariates that became known after the outcomes' window ended.

    Raises
    ------
    RequestError : a covariate's date of availability is later (SG-HAZARD-010): it may have been made from the outcome.
    """
    late = sorted(name for name, day in dates.items() if day > window_end)
    if late:
        raise RequestError("SG-HAZARD-010", late[0], f"{len(late)} covariates became known after {window_end}, the end "
                           f"of the outcomes' window: {', '.join(late)}.",
                           "Leave them out, or use the edition that was known before.")


def separation_km(cells: Cells) -> NDArray[np.float32]:
    """Return the distance from each cell (rows) to each block's nearest cell (columns), km."""
    out = np.empty((len(cells.outcome), len(cells.block_names)), np.float32)
    for b in range(len(cells.block_names)):
        out[:, b] = cKDTree(cells.xy_km[cells.block == b]).query(cells.xy_km)[0]
    return out
