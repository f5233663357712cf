"""What a regional learner sees of a cell: its covariates, its surroundings, and the outcomes of other blocks nearby."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from safeground.hazard.cells import separation_km
from safeground.records.cells import Cells

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
LABEL_COLUMNS = 4
KERNELS_KM = (2.0, 5.0)
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


def usable(cells: Cells, distance: NDArray[np.float32], blocks: int | Ints, buffer_km: float) -> Mask:
    """Return the labelled cells outside a block (or several) and outside the dead zone around each."""
    left_out = np.atleast_1d(np.asarray(blocks))
    outside = cells.labelled & ~np.isin(cells.block, left_out)
    return np.asarray(outside & (distance[:, left_out] > buffer_km).all(axis=1) if buffer_km > 0 else outside)


@dataclass(frozen=True, slots=True, eq=False)
class LabelSums:
    """Label kernels of every cell, kept apart by which blocks a label lies in or near, so that any may be left out.

    A label belongs to the set of its own block and of all blocks whose dead zone it lies in; there are few such sets.
    Leaving blocks out then means leaving sets out, without touching a label again.

    Attributes
    ----------
    cells, buffer_km : what was summed.
    near : which blocks each set is in or near, shape (sets, blocks).
    count, positives : labels and positives of each set.
    top, bottom : Σ K y and Σ K over labels of *other* blocks, shape (kernels, cells, sets).
    nearest : distance to the nearest 1 and the nearest 0 of other blocks, km, at most 50, shape (2, cells, sets).
    own_top, own_bottom, own_nearest : the same over revealed labels of a cell's own block, never its own; None without.
    """

    cells: Cells
    buffer_km: float
    near: Mask
    count: Array
    positives: Array
    top: NDArray[np.float32]
    bottom: NDArray[np.float32]
    nearest: NDArray[np.float32]
    own_top: NDArray[np.float32] | None
    own_bottom: NDArray[np.float32] | None
    own_nearest: NDArray[np.float32] | None

    def features(self, left_out: Ints, rows: Ints) -> NDArray[np.float32]:
        """Return the label features of rows while some blocks' outcomes are hidden, shape (rows, 4).

        For h of 2 and 5 km ``(Σ K_h y + ȳ) / (Σ K_h + 1)``, and the distance to the nearest 1 and 0, at most 50 km.
        A row sees outcomes from outside its own block and buffer alone, as a row of a new block would, and what is
        revealed of its own block.
        """
        out = np.empty((len(rows), LABEL_COLUMNS), np.float32)
        for own in np.unique(self.cells.block[rows]):
            at = np.flatnonzero(self.cells.block[rows] == own)
            r = rows[at]
            seen = np.flatnonzero(~self.near[:, np.union1d(left_out, [own])].any(axis=1))
            base = self.positives[seen].sum() / max(self.count[seen].sum(), 1)
            top, bottom = (part[:, r][:, :, seen].sum(axis=2) for part in (self.top, self.bottom))
            nearest = self.nearest[:, r][:, :, seen].min(axis=2, initial=FAR_KM)
            if self.own_top is not None and self.own_bottom is not None and self.own_nearest is not None:
                mine = np.flatnonzero(~self.near[:, np.setdiff1d(left_out, [own])].any(axis=1))
                top = top + self.own_top[:, r][:, :, mine].sum(axis=2)
                bottom = bottom + self.own_bottom[:, r][:, :, mine].sum(axis=2)
                nearest = np.minimum(nearest, self.own_nearest[:, r][:, :, mine].min(axis=2, initial=FAR_KM))
            out[at, : len(KERNELS_KM)] = ((top + base) / (bottom + 1)).T
            out[at, len(KERNELS_KM):] = nearest.T
        return out


def label_sums(cells: Cells, buffer_km: float, reveal: Reveal) -> LabelSums:
    """Return the label kernels of all cells, ready for any blocks to be left out; see :class:`LabelSums`."""
    labelled = np.flatnonzero(cells.labelled)
    y = cells.outcome[labelled].astype(np.float32)
    distance = separation_km(cells)[labelled]
    near = distance <= buffer_km if buffer_km > 0 else np.zeros(distance.shape, bool)
    near[np.arange(len(labelled)), cells.block[labelled]] = True
    sets, member = np.unique(near, axis=0, return_inverse=True)
    of = np.asarray(member).ravel()
    belongs = np.zeros((len(labelled), len(sets)), np.float32)
    belongs[np.arange(len(labelled)), of] = 1
    everywhere = np.ones(len(labelled), bool)
    others = _sums(cells, labelled, y, belongs, everywhere, own=False)
    shown = reveal.mask[labelled]
    mine = _sums(cells, labelled, y, belongs, shown, own=True) if shown.any() else (None, None, None)
    return LabelSums(cells, buffer_km, sets, belongs.sum(axis=0).astype(float), (belongs.T @ y).astype(float), *others,
                     *mine)


def _sums(cells: Cells, labelled: Ints, y: NDArray[np.float32], belongs: NDArray[np.float32], use: Mask, own: bool
          ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return Σ K y, Σ K and the nearest 1 and 0 by set, of labels in the cell's own block or of all labels."""
    size = (len(cells.outcome), belongs.shape[1])
    top, bottom = (np.zeros((len(KERNELS_KM), *size), np.float32) for _ in range(2))
    nearest = np.full((2, *size), FAR_KM, np.float32)
    for b in range(len(cells.block_names)):
        rows = np.flatnonzero(cells.block == b)
        take = np.flatnonzero(use & (cells.block[labelled] == b) if own else use)
        apart = np.sqrt(((cells.xy_km[rows, None, :] - cells.xy_km[None, labelled[take], :]) ** 2).sum(axis=2))
        apart = apart.astype(np.float32)
        apart[rows[:, None] == labelled[None, take]] = np.inf
        for k, scale in enumerate(KERNELS_KM):
            kernel = np.exp(-0.5 * (apart / np.float32(scale)) ** 2)
            top[k, rows] = kernel @ (belongs[take] * y[take, None])
            bottom[k, rows] = kernel @ belongs[take]
        for k, value in enumerate((1.0, 0.0)):
            for s in np.flatnonzero(belongs[take][y[take] == value].any(axis=0)):
                chosen = apart[:, (belongs[take, s] > 0) & (y[take] == value)]
                nearest[k, rows, s] = np.minimum(chosen.min(axis=1), FAR_KM)
    return top, bottom, nearest


def label_features(cells: Cells, left_out: Ints, buffer_km: float, reveal: Reveal) -> NDArray[np.float32]:
    """Return label features of every cell for every left-out block alone, shape (left_out, cells, 4).

    Parameters
    ----------
    left_out : blocks whose outcomes are hidden, one at a time.
    buffer_km : width of the dead zone around the left-out block *and* around each row's own block.
    reveal : outcomes taken as known inside a row's own block (never the row's own).
    """
    sums = label_sums(cells, buffer_km, reveal)
    rows = np.arange(len(cells.outcome))
    return np.array([sums.features(np.array([b]), rows) for b in left_out])
