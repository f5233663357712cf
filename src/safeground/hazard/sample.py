"""Joint samples by importance: Gaussian proposals of all hyper-parameter points, weighed by the exact model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from safeground.hazard.field import to_modes, to_nodes
from safeground.hazard.gaussian import GaussianFit, Setup, hurdle, responsibility
from safeground.hazard.nodes import NodeData

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Weighted joint samples.

    Attributes
    ----------
    log_rate : log intensity of contaminated ground at each node, items for each m², shape (samples, nodes).
    draw : index of each sample's detection draw.  point : of its hyper-parameter point.
    weight : sums to 1.  effective : effective number of samples.
    """

    log_rate: Array
    draw: Ints
    point: Ints
    weight: Array
    effective: float


def allocate(fits: list[GaussianFit], count: int, least: int) -> Ints:
    """Return how many samples each point gets: by its approximate posterior weight, even, at least ``least``."""
    score = np.array([f.evidence + f.log_weight for f in fits])
    share = np.exp(score - score.max())
    share /= share.sum()
    return np.asarray(np.maximum(2 * np.round(share * count / 2).astype(np.int64), least))


def sample(fits: list[GaussianFit], data: NodeData, setup: Setup, count: int, rng: np.random.Generator) -> Samples:
    """Return about ``count`` joint samples of field, hyper-parameters and detection.

    Notes
    -----
    Within each point antithetic pairs are drawn from the Gaussian around each detection draw's own mean; a sample's
    weight is the exact likelihood with its detection draw times the prior, over the proposal, cut at the mean weight
    × √n (Ionides 2008).
    """
    numbers = allocate(fits, count, 4)
    rates, logs, draws, points = [], [], [], []
    for k, (fit, n) in enumerate(zip(fits, numbers, strict=True)):
        noise = rng.standard_normal((int(n) // 2, fit.mean.size))
        noise = np.concatenate([noise, -noise])
        move = fit.precision.spread(noise)
        middle, log_draw = centres(fit, data, setup)
        chance = np.exp(log_draw - logsumexp(log_draw))
        chance = 0.8 * chance + 0.2 / len(chance)
        j = rng.permutation(np.repeat(np.arange(len(chance)), systematic(chance, len(noise), rng)))
        u = middle[j] + move
        log_rate = setup.log_density - fit.half_variance + _field(fit, data, u)
        log_proposal = -0.5 * (noise**2).sum(axis=1) + 0.5 * fit.precision.log_det
        log_prior = -0.5 * (u**2).sum(axis=1)
        logs.append(log_likelihood(data, setup, log_rate, j) + log_prior - log_proposal + fit.log_weight
                    - np.log(n * chance[j]))
        rates.append(log_rate)
        draws.append(j)
        points.append(np.full(len(u), k))
    return weigh(np.concatenate(rates), np.concatenate(draws), np.concatenate(points), np.concatenate(logs))


def centres(fit: GaussianFit, data: NodeData, setup: Setup) -> tuple[Array, Array]:
    """Return the proposal's mean for each detection draw, shape (draws, modes), and each draw's log evidence.

    One Newton step from the mean of all draws at its precision; the evidence is Laplace's, up to a constant.

    A draw in which detection is poor needs more items for the same finds; without the shift the weights would punish
    it and the posterior of the detection probability would come out too narrow.
    """
    shape, modes = data.lattice.shape, fit.mean.shape
    log_rate = setup.log_density - fit.half_variance + _field(fit, data, fit.mean.reshape(1, -1))[0]
    rate = np.exp(np.minimum(log_rate + fit.variance.ravel() / 2, 60.0))
    by_draw = data.exposed * rate[data.part_node]
    sums = np.array([by_draw[:, data.part_polygon == k].sum(axis=1) for k in range(len(data.finds_polygon))]).T
    holds = responsibility(setup, data, sums)
    pull = data.finds_node - data.to_node(by_draw * holds[:, data.part_polygon])
    gradient = (fit.scale * to_modes(pull.reshape(-1, *shape), modes) - fit.mean).reshape(len(pull), -1)
    move = fit.precision.solved(gradient)
    log_draw = data.find_log_likelihood + hurdle(setup, data, sums).sum(axis=1) + (gradient * move).sum(axis=1) / 2
    return fit.mean.reshape(1, -1) + move, log_draw


def systematic(weights: Array, count: int, rng: np.random.Generator) -> Ints:
    """Return how often each is picked in systematic resampling: within one of weight × count."""
    edges = np.floor(np.cumsum(weights) / weights.sum() * count + rng.random())
    edges[-1] = count
    return np.diff(np.concatenate([[0.0], np.minimum(edges, count)])).astype(np.int64)


def _field(fit: GaussianFit, data: NodeData, mean: Array) -> Array:
    """Return node values of mode coefficients, shape (samples, nodes)."""
    return to_nodes(mean.reshape(-1, *fit.mean.shape) * fit.scale, data.lattice.shape).reshape(len(mean), -1)


def weigh(log_rate: Array, draw: Ints, point: Ints, log_weight: Array) -> Samples:
    """Return samples with normalised, truncated weights."""
    weight = np.exp(log_weight - log_weight.max())
    weight = np.minimum(weight, weight.mean() * np.sqrt(len(weight)))
    weight /= weight.sum()
    return Samples(log_rate, draw, point, weight, float(1 / (weight**2).sum()))


def log_likelihood(data: NodeData, setup: Setup, log_rate: Array, draw: Ints) -> Array:
    """Return the exact log likelihood of each sample with its own detection draw, constants left out."""
    rate = np.exp(np.minimum(log_rate, 60.0))
    out = log_rate @ data.finds_node + data.find_log_likelihood[draw]
    detectable = exposure_sums(data, data.exposed, rate, draw)
    return np.asarray(out + hurdle(setup, data, detectable).sum(axis=1))


def exposure_sums(data: NodeData, weights: Array, rate: Array, draw: Ints) -> Array:
    """Return Σ over each polygon's parts of weight × rate, shape (samples, polygons); weights by draw or for all."""
    part_rate = rate[:, data.part_node]
    polygons = len(data.finds_polygon)
    out = np.empty((len(rate), polygons))
    for polygon in range(polygons):
        of = slice(None) if polygons == 1 else data.part_polygon == polygon
        if weights.ndim == 1:
            out[:, polygon] = part_rate[:, of] @ weights[of]
        else:
            out[:, polygon] = np.einsum("sp,sp->s", part_rate[:, of], weights[draw][:, of])
    return out
