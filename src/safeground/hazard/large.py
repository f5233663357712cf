"""Joint samples of the large path: a mixture of Gaussians over hyper-parameters and detection draws."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from safeground.hazard.field import to_modes, to_nodes
from safeground.hazard.gaussian import Setup, hurdle, responsibility
from safeground.hazard.iterative import LargeFit, perturb, solve
from safeground.hazard.nodes import NodeData
from safeground.hazard.sample import Samples, exposure_sums, systematic

Array = NDArray[np.float64]
BATCH = 8


def centres(fit: LargeFit, data: NodeData, setup: Setup) -> tuple[Array, Array]:
    """Return each detection draw's mean (draws, rows, cols) and its log evidence beside the others."""
    draws, shape = len(data.find_log_likelihood), data.lattice.shape
    offset = setup.log_density - fit.half_variance + fit.variance / 2
    mean = np.repeat(fit.mean[None], draws, axis=0)
    which = np.arange(draws)
    log_evidence = np.zeros(draws)
    for step in range(3):
        field = to_nodes(fit.scale * mean, shape)
        rate = np.exp(np.minimum(offset + field, 60.0)).reshape(draws, -1)
        detectable = exposure_sums(data, data.exposed, rate, which)
        log_evidence = ((setup.log_density - fit.half_variance + field).reshape(draws, -1) @ data.finds_node
                        + hurdle(setup, data, detectable).sum(axis=1) - 0.5 * (mean**2).sum(axis=(1, 2))
                        + data.find_log_likelihood)
        if step == 2 or draws == 1:
            break
        holds = responsibility(setup, data, detectable)
        parts = data.exposed * holds[:, data.part_polygon] * rate[:, data.part_node]
        pull = data.finds_node[None, :] - data.to_node(parts)
        mean = mean + solve(fit.scale * to_modes(pull.reshape(draws, *shape)) - mean, fit.scale, fit.weight)
    return mean, log_evidence


def mixture(fits: list[LargeFit], data: NodeData, setup: Setup, count: int,
            rng: np.random.Generator) -> tuple[Samples, Array]:
    """Return ``count`` equally weighted joint samples, and the posterior weight of each fit.

    Each sample picks its hyper-parameter point and detection draw by their evidence, then perturbs and solves.
    """
    score = np.array([f.evidence + f.log_weight for f in fits])
    weights = np.exp(score - logsumexp(score))
    numbers = systematic(weights, count, rng)
    shape = data.lattice.shape
    log_rate: NDArray[Any] = np.empty((count, shape[0] * shape[1]), np.float32)
    draw, point, at = np.empty(count, np.int64), np.empty(count, np.int64), 0
    for k, (fit, n) in enumerate(zip(fits, numbers, strict=True)):
        if not n:
            continue
        mean, evidence = centres(fit, data, setup)
        chosen = np.repeat(np.arange(len(mean)), systematic(np.exp(evidence - logsumexp(evidence)), int(n), rng))
        for first in range(0, int(n), BATCH):
            j = chosen[first : first + BATCH]
            z, _ = perturb(fit.scale, fit.weight, len(j), rng)
            field = to_nodes(fit.scale * (mean[j] + z), shape)
            log_rate[at : at + len(j)] = (setup.log_density - fit.half_variance + field).reshape(len(j), -1)
            draw[at : at + len(j)], point[at : at + len(j)] = j, k
            at += len(j)
    return Samples(log_rate, draw, point, np.full(count, 1.0 / count), float(count)), weights
