"""How well a site's own finds are foretold: each block's finds from all evidence but the block's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import gammaln
from scipy.stats import nbinom

from safeground.hazard.field import add_up
from safeground.hazard.posterior import HazardPosterior

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Samples whose exposures are held at once.
TOGETHER = 50
#: A block whose left-out weights rest on fewer samples than this is counted as weak.
ENOUGH = 20.0
#: Shape of the flat rival's gamma prior; its mean is the prior density of present ground.
FLAT_SHAPE = 0.5


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The score of one site.

    Attributes
    ----------
    log_score : mean over blocks of the log predictive probability of the block's number of finds, nats; None without.
    flat : the same of one density for all ground and nothing else (gamma-Poisson): what the map has to beat.
    blocks : searched blocks scored.  weak : of them those whose score rests on few samples.
    note : why there is no score, "" where there is one.
    """

    log_score: float | None
    flat: float | None
    blocks: int
    weak: int
    note: str


def held_out_score(posterior: HazardPosterior) -> HeldOut:
    """Return the leave-one-block-out score of the finds.

    Notes
    -----
    A block is a square of searched ground about as wide as the shortest credible range, apart by polygon.  The block's
    own data are taken out of the weighted joint samples by importance, weights ∝ w / p(block | sample), cut at their
    mean × √n (Ionides 2008; Vehtari and others 2017 on leaving out by importance); a polygon's presence is judged from
    its other blocks.  Finds whose position is uncertain count by their shares.
    """
    site, data, samples = posterior.site, posterior.data, posterior.samples
    if not site.searches:
        return HeldOut(None, None, 0, 0, "nothing was searched: there is nothing to foretell.")
    block_of_part, polygon, count = _blocks(posterior)
    if not count:
        return HeldOut(None, None, 0, 0, "the searches reached no ground of an area.")
    f = site.finds
    part = data.part_of_cell.reshape(site.area_m2.shape)[f.row, f.col]
    found = add_up(block_of_part[part], f.weight, count)
    expected = _expected(posterior, block_of_part, count)
    log_p = _log_predictive(posterior, expected, found, polygon)
    ratio = _without(samples.weight, log_p)
    ratio = np.minimum(ratio, ratio.mean(axis=0) * np.sqrt(len(ratio)))
    ratio /= ratio.sum(axis=0)
    score = np.log((ratio * np.exp(log_p)).sum(axis=0))
    weak = int((1 / (ratio**2).sum(axis=0) < ENOUGH).sum())
    return HeldOut(float(score.mean()), _flat(posterior, block_of_part, found), count, weak, "")


def _without(weight: Array, log_p: Array) -> Array:
    """Return weights ∝ w / p of the samples without each block, (samples, blocks), the largest 1; 0 where w is 0."""
    with np.errstate(divide="ignore"):
        log_weight = np.log(weight)[:, None]
    log_ratio = np.where(log_weight > -np.inf, log_weight - log_p, -np.inf)
    return np.asarray(np.exp(log_ratio - log_ratio.max(axis=0)))


def _blocks(posterior: HazardPosterior) -> tuple[Ints, Ints, int]:
    """Return the block of each part (-1 where nothing searched it), each block's polygon, and their number."""
    data = posterior.data
    side = max(1, round(posterior.site.prior.range_05_m / data.lattice.node_m))
    row, col = np.divmod(data.part_node, data.lattice.shape[1])
    row, col = (row - data.pad[0]) // side, (col - data.pad[1]) // side
    key = (row * data.lattice.shape[1] + col) * len(data.finds_polygon) + data.part_polygon
    searched = data.exposed.mean(axis=0) > 0
    used, label = np.unique(key[searched], return_inverse=True)
    block = np.full(len(key), -1)
    block[searched] = label
    return block, used % len(data.finds_polygon), len(used)


def _expected(posterior: HazardPosterior, block: Ints, count: int) -> Array:
    """Return the finds that each sample expects in each block if its polygon holds anything, (samples, blocks)."""
    data, samples = posterior.data, posterior.samples
    inside = np.flatnonzero(block >= 0)
    into = sparse.csr_array((np.ones(len(inside)), (np.arange(len(inside)), block[inside])), (len(inside), count))
    out = np.empty((len(samples.weight), count))
    for first in range(0, len(out), TOGETHER):
        rows = slice(first, first + TOGETHER)
        rate = posterior.rate[rows][:, data.part_node[inside]]
        out[rows] = (rate * data.exposed[:, inside][samples.draw[rows]]) @ into
    return np.maximum(out, 1e-300)


def _log_predictive(posterior: HazardPosterior, expected: Array, found: Array, polygon: Ints) -> Array:
    """Return log p(block's finds | sample, finds of the other blocks), shape (samples, blocks)."""
    data, setup = posterior.data, posterior.setup
    silent = np.zeros((len(expected), len(data.finds_polygon)))
    np.add.at(silent.T, polygon, expected.T)
    proved = setup.known[polygon] | (data.finds_polygon[polygon] - found > 1e-9)
    elsewhere = silent[:, polygon] - expected
    with np.errstate(divide="ignore"):
        logit = np.log(setup.present[polygon]) - np.log1p(-setup.present[polygon])
    held = np.where(proved, 1.0, 1.0 / (1.0 + np.exp(np.clip(elsewhere - logit, -700, 700))))
    counted = found * np.log(expected) - expected - gammaln(found + 1)
    with np.errstate(divide="ignore"):
        nothing = np.logaddexp(np.log1p(-held), np.log(held) - expected)
        return np.asarray(np.where(found > 0, np.log(held) + counted, nothing))


def _flat(posterior: HazardPosterior, block: Ints, found: Array) -> float:
    """Return the score of one density for all ground, from the other blocks and a weak prior."""
    inside = block >= 0
    exposure = add_up(block[inside], posterior.data.exposed.mean(axis=0)[inside], len(found))
    rate = FLAT_SHAPE / posterior.prior_density + exposure.sum() - exposure
    law = nbinom(FLAT_SHAPE + found.sum() - found, rate / (rate + exposure))
    return float(law.logpmf(np.round(found)).mean())
