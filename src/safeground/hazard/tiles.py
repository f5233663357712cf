"""A region cut into tiles with halos: each tile's cells are predicted from what lies within reach of them, no further.

Every feature has a finite reach, so a tile with a halo of that reach gives the same figures as the whole region in one
piece.  The functions are pure and take arrays, so that a cluster can run them anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree
from scipy.special import expit

from safeground.hazard.features import FAR_KM, KERNELS_KM, LABEL_COLUMNS, SURROUNDINGS_KM
from safeground.hazard.level import Level
from safeground.hazard.regional import Reach, between, probability_of
from safeground.hazard.scores import logit
from safeground.records.cells import Cells

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Shares of a block that its training rows see, one forest each: for blocks without outcomes, with few, with many.
SHARES = (0.0, 0.1, 0.4)
FEW = 0.2
REACH_KM = max(3 * KERNELS_KM[-1], 3 * SURROUNDINGS_KM[-1], FAR_KM)


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One tile's work: its cells and their halo.

    Attributes
    ----------
    rows : indices in the region of the tile's own cells.
    xy_km, covariates, outcome : of own cells first, halo cells after them, in the region's order within each.
    kind : of each own cell's block; see :func:`kinds`.
    """

    rows: Ints
    xy_km: Array
    covariates: Array
    outcome: Ints
    kind: Ints


def kinds(cells: Cells) -> Ints:
    """Return which of :data:`SHARES` each block is like: 0 no outcome known, 1 of fewer than a fifth of its cells."""
    blocks = len(cells.block_names)
    size, known = np.bincount(cells.block, minlength=blocks), np.bincount(cells.block, cells.labelled, blocks)
    return np.where(known == 0, 0, np.where(known < FEW * size, 1, 2)).astype(np.int64)


def cut(cells: Cells, side_km: float, halo_km: float = REACH_KM) -> Iterator[Tile]:
    """Yield the tiles of a region: squares of a side, each with all cells within the halo of its square."""
    kind = kinds(cells)[cells.block]
    low = cells.xy_km.min(axis=0)
    place = np.floor((cells.xy_km - low) / side_km).astype(np.int64)
    for key in np.unique(place, axis=0):
        own = np.flatnonzero((place == key).all(axis=1))
        south_west = low + key * side_km
        near = ((cells.xy_km >= south_west - halo_km) & (cells.xy_km < south_west + side_km + halo_km)).all(axis=1)
        near[own] = False
        order = np.concatenate([own, np.flatnonzero(near)])
        yield Tile(own, cells.xy_km[order], cells.covariates[order], cells.outcome[order], kind[own])


def tile_features(tile: Tile, base: float) -> Array:
    """Return the features of a tile's own cells, shape (own, columns).

    Covariates, their mean and spread at 1.5 and 4 km, label kernels at 2 and 5 km cut at three scales, and the capped
    distances to the nearest outcome of each kind; a cell's own outcome never enters.

    Parameters
    ----------
    base : share of positives in the whole region, towards which kernels shrink where there are few labels.
    """
    own = len(tile.rows)
    tree, mine = cKDTree(tile.xy_km), cKDTree(tile.xy_km[:own])
    values, known = np.nan_to_num(tile.covariates), np.isfinite(tile.covariates).astype(float)
    parts = [np.nan_to_num(tile.covariates[:own])]
    for scale in SURROUNDINGS_KM:
        kernel = _kernel(mine, tree, scale)
        total = np.maximum(kernel @ known, 1e-9)
        mean = kernel @ values / total
        parts += [mean, np.sqrt(np.maximum(kernel @ values**2 / total - mean**2, 0.0))]
    labelled = np.flatnonzero(tile.outcome >= 0)
    y = tile.outcome[labelled].astype(float)
    there = cKDTree(tile.xy_km[labelled]) if len(labelled) else None
    itself = np.searchsorted(labelled, np.arange(own))
    has = (itself < len(labelled)) & (labelled[np.minimum(itself, max(len(labelled) - 1, 0))] == np.arange(own)) if len(
        labelled) else np.zeros(own, bool)
    for scale in KERNELS_KM:
        top, bottom = np.full(own, base), np.ones(own)
        if there is not None:
            kernel = _kernel(mine, there, scale)
            top = top + kernel @ y
            bottom = bottom + kernel @ np.ones(len(y))
            top[has] -= y[itself[has]]
            bottom[has] -= 1.0
        parts.append((top / bottom)[:, None])
    parts += [_nearest(tile, labelled[y == value], own)[:, None] for value in (1.0, 0.0)]
    return np.column_stack(parts)


def _kernel(rows: cKDTree, columns: cKDTree, scale: float) -> sparse.csr_array:
    pairs = rows.sparse_distance_matrix(columns, 3 * scale, output_type="coo_matrix")
    kernel = sparse.coo_array((np.exp(-0.5 * (pairs.data / scale) ** 2), (pairs.row, pairs.col)), pairs.shape).tocsr()
    kernel.sort_indices()
    return kernel


def _nearest(tile: Tile, where: Ints, own: int) -> Array:
    """Return the distance to the nearest cell of a kind other than itself, at most 50 km."""
    if not len(where):
        return np.full(own, FAR_KM)
    count = min(2, len(where))
    distance, index = cKDTree(tile.xy_km[where]).query(tile.xy_km[:own], k=count)
    distance, index = distance.reshape(own, count), index.reshape(own, count)
    other = where[index] != np.arange(own)[:, None]
    return np.asarray(np.minimum(np.where(other, distance, FAR_KM).min(axis=1), FAR_KM))


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What is said about cells, one value each: see :class:`~safeground.hazard.regional.Prediction`."""

    rows: Ints
    probability: Array
    low: Array
    high: Array
    distance_km: Array
    applicable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Trained models with what it takes to use them anywhere.

    Attributes
    ----------
    models, levels : the learner and how blocks' levels differ, by the kind of block; None for kinds that are not there.
    base : share of positives.  reach : area of applicability.
    """

    models: tuple[Any, ...]
    levels: tuple[Level | None, ...]
    base: float
    reach: Reach


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """What the learner says of cells before their block's level is set: logit, its doubt, and what holds of any."""

    rows: Ints
    logit: Array
    doubt: Array
    distance_km: Array
    applicable: NDArray[np.bool_]


def predict_tile(tile: Tile, learned: Learned) -> Raw:
    """Return what the learner says of a tile's own cells."""
    features = tile_features(tile, learned.base)
    said, doubt = np.zeros(len(tile.rows)), np.zeros(len(tile.rows))
    for kind in np.unique(tile.kind):
        own = np.flatnonzero(tile.kind == kind)
        said[own] = logit(probability_of(learned.models[kind], features[own]))
        doubt[own] = between(learned.models[kind], features[own])
    return Raw(tile.rows, said, doubt, np.asarray(features[:, -2:].min(axis=1)),
               learned.reach.holds(features[:, :-LABEL_COLUMNS]))


def calibrated(raw: Raw, cells: Cells, learned: Learned) -> tuple[Answers, tuple[tuple[Level, float], ...]]:
    """Return the answers for all cells of a region, in its order, and each block's level with what is not known of it.

    A block's level is told by its own outcomes and the learner's level where there are any, by the other blocks
    elsewhere; the interval holds the learner's doubt and the block's level.
    """
    centre, reach = np.zeros(len(raw.logit)), np.zeros(len(raw.logit))
    found, kind = [], kinds(cells)
    for b in range(len(cells.block_names)):
        own = np.flatnonzero(cells.block == b)
        at = np.flatnonzero(cells.labelled[own])
        level = learned.levels[kind[b]]
        if level is None:
            raise ValueError(f"no model for block {cells.block_names[b]}")
        centre[own], sd = level.logits(raw.logit[own], cells.outcome[own[at]], at)
        reach[own] = level.quantile() * np.sqrt(raw.doubt[own] ** 2 + sd**2)
        found.append((level, sd))
    return Answers(raw.rows, expit(centre), expit(centre - reach), expit(centre + reach), raw.distance_km,
                   raw.applicable), tuple(found)
