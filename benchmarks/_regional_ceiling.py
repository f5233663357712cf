"""How well the regional learner ranks when nearly all of a block is known: what a reveal of a tenth can hope for.

Each block's declared cells are split at random into parts.  *One part known*: each part is revealed alone and the rest
ranked.  *All parts but one known*: each part is ranked while the others are revealed.  A block's ROC is the share of
pairs of a 1 and a 0 in the right order, over pairs that were ranked together: a part with more finds leaves fewer
known, so cells of different parts cannot be compared.  The learner's probabilities as they are: a block's level does
not change its ranking.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.hazard.cells import varies_within_blocks
from safeground.hazard.features import Reveal
from safeground.hazard.regional import (
    covariates_with_surroundings,
    learner,
    prepare,
    probability_of,
    side_by_side,
)
from safeground.records.cells import Cells

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How blocks are ranked with a share of each known.

    Attributes
    ----------
    revealed : share of each block's declared cells that was known.
    roc : mean over blocks.
    blocks : ROC of each block, in the order of the blocks that can be scored; NaN where no part held both outcomes.
    pairs : how many pairs each rests on.
    """

    revealed: float
    roc: float
    blocks: tuple[float, ...]
    pairs: tuple[int, ...]


def part_of(cells: Cells, parts: int, seed: int) -> NDArray[np.int64]:
    """Return the part of each cell, -1 for undeclared ones; a block's parts differ by one cell at most."""
    rng, part = np.random.default_rng([seed, 61]), np.full(len(cells.outcome), -1, np.int64)
    for b in range(len(cells.block_names)):
        own = np.flatnonzero((cells.block == b) & cells.labelled)
        part[rng.permutation(own)] = (np.arange(len(own)) + rng.integers(parts)) % parts
    return part


def ranked(cells: Cells, shown: NDArray[np.bool_], local: NDArray[np.float32], seed: int) -> Array:
    """Return the learner's probability of the hidden declared cells of each block that can be scored, NaN elsewhere."""
    tests = cells.scorable_blocks()
    ready = prepare(cells, tests, 0.0, Reveal(shown), local, seed)

    def one(block: int) -> tuple[NDArray[np.int64], Array]:
        left_out, rows = np.array([block]), np.flatnonzero((cells.block == block) & cells.labelled & ~shown)
        if not len(rows):
            return rows, np.zeros(0)
        train = ready.train(left_out)
        model = learner("forest", seed).fit(ready.features(left_out, train), cells.outcome[train])
        return rows, probability_of(model, ready.features(left_out, rows))

    said = np.full(len(cells.outcome), np.nan)
    for rows, answer in side_by_side(one, [int(b) for b in tests]):
        said[rows] = answer
    return said


def _pairs(cells: Cells, said: Array) -> Array:
    """Return how many pairs of each scorable block are in the right order, and how many there are: (blocks, 2)."""
    found = []
    for b in cells.scorable_blocks():
        own = (cells.block == b) & np.isfinite(said)
        ahead = said[own & (cells.outcome == 1), None] - said[None, own & (cells.outcome == 0)]
        found.append([(ahead > 0).sum() + 0.5 * (ahead == 0).sum(), ahead.size])
    return np.array(found, np.float64)


def ceiling(cells: Cells, parts: int, seed: int) -> tuple[Ceiling, Ceiling]:
    """Return the ranking with one part of ``parts`` known, and with all but one known, on the same split.

    Parameters
    ----------
    cells : with outcomes.  parts : at least 2; 10 gives a tenth known, and nine tenths.
    """
    cells = cells.with_columns(varies_within_blocks(cells))
    local, part = covariates_with_surroundings(cells), part_of(cells, parts, seed)
    shown = [[part == k, (part >= 0) & (part != k)] for k in range(parts)]
    few, most = (sum(_pairs(cells, ranked(cells, one[which], local, seed)) for one in shown) for which in (0, 1))
    return _ceiling(1 / parts, np.asarray(few)), _ceiling(1 - 1 / parts, np.asarray(most))


def _ceiling(revealed: float, pairs: Array) -> Ceiling:
    roc = np.divide(pairs[:, 0], pairs[:, 1], out=np.full(len(pairs), np.nan), where=pairs[:, 1] > 0)
    return Ceiling(revealed, float(np.nanmean(roc)), tuple(roc.tolist()), tuple(pairs[:, 1].astype(int).tolist()))
