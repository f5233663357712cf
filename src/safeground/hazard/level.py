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
PRIOR_SHIFT = 0.3
PULLS = (0.1, 0.3, 0.5, 0.75, 1.0, 1.4)
PRIOR_PULL = (0.7, 0.7)
LIMIT = 5.0


@dataclass(frozen=True, slots=True)
class Level:
    """How a learner's logit becomes a probability in a block that it has not seen, or seen a little of.

    The logit of a cell is ``intercept + level + u + within * (x - level)``, ``level`` being the logit of the learner's
    mean probability in the block.  Before any outcome of a block is known, ``level`` and ``u`` are 0 outside the
    bracket: covariates rank the cells inside a block and say too little of its own level.  Once outcomes are revealed
    the learner has learned from them and its level counts (``told``); ``u`` is what they say beyond it.

    Attributes
    ----------
    intercept, within : of the marginal calibration, every cell counting once.
    typical : logit of a block of middling level; blocks count once each.
    spread : standard deviation of blocks' levels, logit; around the learner's where it is told.
    blocks : how many blocks this rests on.
    told : whether outcomes are revealed in the blocks.  pull : how far they may move a block's level beyond the
        learner's, standard deviation, logit.
    """

    intercept: float
    within: float
    typical: float
    spread: float
    blocks: int
    told: bool = False
    pull: float = PRIOR_SPREAD[0]

    def of(self, revealed: Ints, logits: Array) -> tuple[float, float]:
        """Return a block's shift of level and its standard deviation, logit.

        Parameters
        ----------
        revealed, logits : outcomes revealed in the block, and the learner's logits of these cells.

        Notes
        -----
        What is not known of the level is what is left of the wider of two spreads: that of the training blocks' levels
        around the learner's, and that under which the shift was made.  A shift made under a wide one is no surer than
        what is left of it.
        """
        if not self.told:
            return 0.0, self.spread
        shift, _ = revealed_level(revealed, logits, self.pull)
        return shift, revealed_level(revealed, logits, max(self.pull, self.spread))[1]

    def logits(self, learned: Array, revealed: Ints, at: Ints) -> tuple[Array, float]:
        """Return the calibrated logits of a block's cells, and what is not known of its level.

        Parameters
        ----------
        learned : the learner's logits of all cells of the block.
        revealed, at : outcomes known in it, and which of its cells they are of.
        """
        ranking, level = inside(learned, np.zeros(len(learned), np.int64), 1)
        shift, sd = self.of(revealed, (ranking + level[0])[at])
        return self.intercept + (level[0] if self.told else 0.0) + shift + self.within * ranking, sd

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


def inside(logits: Array, block: Ints, blocks: int) -> tuple[Array, Array]:
    """Return each cell's logit less its block's level, and the levels: the logits of blocks' mean probabilities."""
    kept = np.clip(logits, -LIMIT, LIMIT)
    count = np.bincount(block, minlength=blocks)
    mean = np.where(count, np.bincount(block, expit(kept), blocks) / np.maximum(count, 1), 0.5)
    level = np.log(mean / (1 - mean))
    return np.asarray(kept - level[block]), np.asarray(level)


def revealed_level(outcome: Ints, logits: Array | float, spread: float) -> tuple[float, float]:
    """Return mean and standard deviation of a level ``u ~ N(0, spread²)`` given outcomes of logit ``logits + u``."""
    u, weight = 0.0, 0.0
    for _ in range(50):
        p = expit(np.broadcast_to(logits, len(outcome)) + u)
        weight = float((p * (1 - p)).sum() + spread**-2)
        step = float(((outcome - p).sum() - u / spread**2) / weight)
        u += float(np.clip(step, -1.0, 1.0))
        if abs(step) < 1e-9:
            break
    return u, float(weight**-0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Cells with outcomes: 0 or 1, the learner's logit, and the block, in one order."""

    outcome: Ints
    logits: Array
    block: Ints


def fit_level(hidden: Seen, revealed: Seen, levels: Array) -> Level:
    """Return the calibration that blocks outside say holds in a new one.

    Parameters
    ----------
    hidden : cells that were held out.  revealed : those revealed in the same blocks, as they would be in the new one.
    levels : of the learner in every block; see :func:`inside`.

    Notes
    -----
    Blocks' levels are random effects (Laplace approximation, EM).  The slope inside blocks is drawn towards 1
    (standard deviation .3), the evidence of cells being divided by the design effect of the blocks (Liang and Zeger
    1986): a dozen blocks say little of the next one, however many cells they hold.  Where outcomes are revealed, the
    intercept is drawn towards 0 alike, and ``pull`` is the one that foretells these blocks' hidden cells best.
    """
    names, index = np.unique(hidden.block, return_inverse=True)
    index, told = np.asarray(index, np.int64), len(revealed.outcome) > 0
    ranking = np.clip(hidden.logits, -LIMIT, LIMIT) - levels[hidden.block]
    mean = float(np.clip(hidden.outcome.mean(), 1e-3, 1 - 1e-3))
    base = 0.0 if told else float(np.log(mean / (1 - mean)))
    level = levels[hidden.block] if told else np.zeros(len(ranking))
    design, start = np.column_stack([np.ones(len(ranking)), ranking]), np.array([base, PRIOR_WITHIN[0]])
    precision = np.array([PRIOR_SHIFT**-2 if told else 1e-4, PRIOR_WITHIN[1] ** -2])
    share = _share_of_evidence(design, hidden.outcome, level, start, index)
    best = (-np.inf, start, PRIOR_SPREAD[0])
    for pull in PULLS if told else PULLS[:1]:
        shifts = np.array([revealed_level(revealed.outcome[revealed.block == b], revealed.logits[revealed.block == b],
                                          pull)[0] if told else 0.0 for b in names])
        at, _, _ = _newton(design, hidden.outcome, level + shifts[index], start, precision, share)
        far = (precision * (at - start) ** 2).sum() + (np.log(pull / PRIOR_PULL[0]) / PRIOR_PULL[1]) ** 2
        score = share * _log_likelihood(hidden.outcome, level + shifts[index] + design @ at) - 0.5 * float(far)
        best = max(best, (score, at, pull), key=lambda one: one[0])
    (intercept, within), pull = best[1], best[2]
    typical, spread = _random_levels(hidden.outcome, level + within * ranking, index, len(names), base)
    return Level(float(intercept), float(within), typical, spread, len(names), told, pull)


def _log_likelihood(outcome: Ints, logits: Array) -> float:
    return float((outcome * logits - np.logaddexp(0.0, logits)).sum())


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
