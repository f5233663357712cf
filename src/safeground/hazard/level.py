"""The level of a block apart from the ranking inside it: what other blocks say of a new one, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import norm, t

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
PRIOR_WITHIN = (1.0, 0.3)
PRIOR_SPREAD = (0.7, 2.0)
LIMIT = 5.0


@dataclass(frozen=True, slots=True)
class Level:
    """How a learner's logit becomes a probability in a block that it has not seen.

    The logit of a cell is ``intercept + u + within * (x - logit of the block's mean probability)``: covariates and
    neighbours rank the cells inside a block, while the block's own level ``u`` is told by outcomes revealed in it and
    by nothing else, drawn towards the other blocks' (``u = 0``) as far as these are alike.

    Attributes
    ----------
    intercept, within : of the marginal calibration, every cell counting once.
    typical : logit of a block of middling level; blocks count once each.
    spread : standard deviation of blocks' levels, logit.
    blocks : how many blocks this rests on.
    """

    intercept: float
    within: float
    typical: float
    spread: float
    blocks: int

    def of(self, revealed: Ints) -> tuple[float, float]:
        """Return a block's shift of level and its standard deviation, logit, from outcomes revealed in it."""
        return revealed_level(revealed, self.intercept, self.spread)

    def quantile(self, tail: float = 0.05) -> float:
        """Return the multiple of a standard deviation that leaves ``tail`` above it, for so few blocks."""
        return float(t.ppf(1 - tail, max(self.blocks - 1, 1)))

    def prevalence_interval(self, logits: Array, sd: float, tail: float = 0.05) -> tuple[float, float]:
        """Return the interval of the share of positives among cells of one block.

        Parameters
        ----------
        logits : of the cells, marginal.  sd : of the block's level, logit.  tail : outside on each side.

        Notes
        -----
        The level is Student's t with one degree less than there are blocks; given it, outcomes are independent.
        """
        grid = (np.arange(99) + 0.5) / 99
        shift = self.typical - self.intercept + sd * t.ppf(grid, max(self.blocks - 1, 1))
        p = expit(logits[None, :] + shift[:, None])
        noise = np.sqrt((p * (1 - p)).sum(axis=1)) / p.shape[1]
        shares = np.clip(p.mean(axis=1)[:, None] + noise[:, None] * norm.ppf(grid)[None, :], 0.0, 1.0)
        low, high = np.quantile(shares, [tail, 1 - tail])
        return float(low), float(high)


def inside(logits: Array, block: Ints, blocks: int) -> Array:
    """Return each cell's logit less that of its block's mean probability, whatever is known of the outcomes."""
    kept = np.clip(logits, -LIMIT, LIMIT)
    count = np.bincount(block, minlength=blocks)
    mean = np.bincount(block, expit(kept), blocks) / np.maximum(count, 1)
    return np.asarray(kept - np.log(mean[block] / (1 - mean[block])))


def revealed_level(outcome: Ints, base: float, spread: float) -> tuple[float, float]:
    """Return mean and standard deviation of a level ``u ~ N(0, spread²)`` given outcomes of logit ``base + u``."""
    u, weight = 0.0, 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-(base + u)))
        weight = len(outcome) * p * (1 - p) + spread**-2
        step = float(((outcome - p).sum() - u / spread**2) / weight)
        u += float(np.clip(step, -1.0, 1.0))
        if abs(step) < 1e-9:
            break
    return u, float(weight**-0.5)


def fit_level(outcome: Ints, ranking: Array, block: Ints, revealed: Ints, revealed_block: Ints) -> Level:
    """Return the calibration that blocks outside say holds in a new one.

    Parameters
    ----------
    outcome, ranking, block : of cells that were held out: 0 or 1, logit less its block's, and the block.
    revealed, revealed_block : outcomes revealed in these blocks, as they would be in the new one.

    Notes
    -----
    Blocks' levels are random effects (Laplace approximation, EM).  The slope inside blocks is drawn towards 1
    (standard deviation .3), the evidence of cells being divided by the design effect of the blocks (Liang and Zeger
    1986): a dozen blocks say little of the next one, however many cells they hold.
    """
    mean = float(np.clip(outcome.mean(), 1e-3, 1 - 1e-3))
    base = float(np.log(mean / (1 - mean)))
    names, index = np.unique(block, return_inverse=True)
    index = np.asarray(index, np.int64)
    design, start = np.column_stack([np.ones(len(ranking)), ranking]), np.array([base, PRIOR_WITHIN[0]])
    intercept, within = start
    typical, spread = _random_levels(outcome, ranking, index, len(names), base)
    for _ in range(2):
        shifts = np.array([revealed_level(revealed[revealed_block == b], base, spread)[0] for b in names])
        share = _share_of_evidence(design, outcome, shifts[index], start, index)
        (intercept, within), _, _ = _newton(design, outcome, shifts[index], start,
                                            np.array([1e-4, PRIOR_WITHIN[1] ** -2]), share)
        typical, spread = _random_levels(outcome, within * ranking, index, len(names), base)
    return Level(float(intercept), float(within), typical, spread, len(names))


def _share_of_evidence(design: Array, outcome: Ints, offset: Array, start: Array, index: Ints) -> float:
    """Return one over the design effect: how much less cells of common blocks tell than independent ones would."""
    _, information, residual = _newton(design, outcome, offset, start, np.array([1e-6, 1e-2]), 1.0)
    blocks = int(index.max()) + 1
    pulls = np.zeros((blocks, 2))
    np.add.at(pulls, index, design * residual[:, None])
    bread = np.linalg.inv(information)
    robust = bread @ (pulls.T @ pulls) @ bread * blocks / max(blocks - 1, 1)
    return float(min(np.exp(np.log(np.diag(bread) / np.maximum(np.diag(robust), 1e-12)).mean()), 1.0))


def _newton(design: Array, outcome: Ints, offset: Array, centre: Array, precision: Array, share: float
            ) -> tuple[Array, Array, Array]:
    """Return the penalised logistic fit, its information, and the residuals."""
    at = centre.copy()
    information, residual = np.eye(2), np.zeros(len(outcome))
    for _ in range(60):
        p = expit(offset + design @ at)
        residual = outcome - p
        information = share * design.T @ ((p * (1 - p))[:, None] * design) + np.diag(precision)
        step = np.linalg.solve(information, share * design.T @ residual - precision * (at - centre))
        at = at + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return at, information, residual


def _random_levels(outcome: Ints, ranking: Array, index: Ints, blocks: int, base: float) -> tuple[float, float]:
    """Return the middling level and the spread of levels, drawn towards .7 with the weight of two blocks."""
    typical, spread = base, PRIOR_SPREAD[0]
    u: Array = np.zeros(blocks)
    for _ in range(60):
        curve: Array = np.ones(blocks)
        for _ in range(3):
            p = expit(typical + u[index] + ranking)
            curve = np.asarray(np.bincount(index, p * (1 - p), blocks) + spread**-2, np.float64)
            step = (np.bincount(index, outcome - p, blocks) - u / spread**2) / curve
            u = np.asarray(u + np.clip(step, -1, 1), np.float64)
        typical, before = typical + float(u.mean()), (typical, spread)
        u = np.asarray(u - u.mean(), np.float64)
        guess, weight = PRIOR_SPREAD
        spread = float(np.sqrt(((u**2 + 1 / curve).sum() + weight * guess**2) / (blocks + weight)))
        if abs(typical - before[0]) + abs(spread - before[1]) < 1e-6:
            break
    return typical, spread
