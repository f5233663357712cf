"""What a regional learner sees of a cell: its covariates, its surroundings, and the outcomes of other blocks nearby."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from safeground.hazard.cells import separation_km
from safeground.records.cells import Cells

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
KERNELS_KM = (2.0, 5.0, 10.0, 20.0)
SURROUNDINGS_KM = (1.5, 4.0)
FAR_KM = 50.0


def surroundings(cells: Cells) -> Array:
    """Return each covariate's Gaussian mean at 1.5 and 4 km around a cell, and its spread there.

    Covariates are known everywhere, so no outcome enters.  Missing values are left out of the mean.
    """
    parts = []
    tree = cKDTree(cells.xy_km)
    values = np.nan_to_num(cells.covariates)
    known = np.isfinite(cells.covariates).astype(float)
    for scale in SURROUNDINGS_KM:
        pairs = tree.sparse_distance_matrix(tree, 3 * scale, output_type="coo_matrix")
        kernel = sparse.csr_array((np.exp(-0.5 * (pairs.data / scale) ** 2), (pairs.row, pairs.col)), pairs.shape)
        total = np.maximum(kernel @ known, 1e-9)
        mean = kernel @ values / total
        spread = np.sqrt(np.maximum(kernel @ values**2 / total - mean**2, 0.0))
        parts += [mean, spread]
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Reveal:
    """Outcomes of a block that are taken as known while it is scored; the same share in every training block."""

    mask: Mask


def no_reveal(cells: Cells) -> Reveal:
    """Return a reveal of nothing."""
    return Reveal(np.zeros(len(cells.outcome), bool))


def usable(cells: Cells, distance: NDArray[np.float32], block: int, buffer_km: float) -> Mask:
    """Return the labelled cells outside a block and outside the dead zone around it."""
    outside = cells.labelled & (cells.block != block)
    return np.asarray(outside & (distance[:, block] > buffer_km) if buffer_km > 0 else outside)


def label_features(cells: Cells, left_out: NDArray[np.int64], buffer_km: float, reveal: Reveal) -> Array:
    """Return label kernels of every cell for every left-out block, shape (left_out, cells, 6).

    Parameters
    ----------
    left_out : blocks whose outcomes are hidden, one at a time.
    buffer_km : width of the dead zone around the left-out block *and* around each row's own block.
    reveal : outcomes taken as known inside a row's own block (never the row's own).

    Notes
    -----
    For each h of 2, 5, 10 and 20 km ``(Σ K_h y + ȳ) / (Σ K_h + 1)``, and the distance to the nearest 1 and 0, at most
    50 km.  A training row sees outcomes from outside its own block and buffer alone, as a row of a new block would.
    """
    distance = separation_km(cells)
    labelled = np.flatnonzero(cells.labelled)
    y = cells.outcome[labelled].astype(np.float32)
    hidden = np.array([usable(cells, distance, int(b), buffer_km)[labelled] for b in left_out])
    out = np.empty((len(left_out), len(cells.outcome), len(KERNELS_KM) + 2))
    for rows, own, gap in _by_block(cells, distance, labelled, buffer_km):
        inside = reveal.mask[labelled] & own
        outside = hidden & ~own & gap
        allowed = outside | (inside & (hidden | _is_block(cells, rows, left_out)))
        apart = np.sqrt(((cells.xy_km[rows, None, :] - cells.xy_km[None, labelled, :]) ** 2).sum(axis=2))
        apart = apart.astype(np.float32)
        apart[rows[:, None] == labelled[None, :]] = np.inf
        weights = allowed.T.astype(np.float32)
        base = (outside * y).sum(axis=1) / np.maximum(outside.sum(axis=1), 1)
        for k, scale in enumerate(KERNELS_KM):
            kernel = np.exp(-0.5 * (apart / np.float32(scale)) ** 2)
            out[:, rows, k] = ((kernel @ (weights * y[:, None]) + base) / (kernel @ weights + 1)).T
        for k, value in enumerate((1.0, 0.0)):
            for t in range(len(left_out)):
                chosen = apart[:, allowed[t] & (y == value)]
                out[t, rows, len(KERNELS_KM) + k] = np.minimum(chosen.min(axis=1, initial=FAR_KM), FAR_KM)
    return out


def _by_block(cells: Cells, distance: NDArray[np.float32], labelled: NDArray[np.int64], buffer_km: float
              ) -> Iterator[tuple[NDArray[np.int64], Mask, Mask]]:
    for b in range(len(cells.block_names)):
        rows = np.flatnonzero(cells.block == b)
        own = cells.block[labelled] == b
        gap = distance[labelled, b] > buffer_km if buffer_km > 0 else np.ones(len(labelled), bool)
        yield rows, own, gap


def _is_block(cells: Cells, rows: NDArray[np.int64], left_out: NDArray[np.int64]) -> Mask:
    """Return, for each left-out block, whether the rows are its own (so that its revealed outcomes may be seen)."""
    return np.asarray(cells.block[rows[0]] == left_out)[:, None]
