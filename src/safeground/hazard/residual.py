"""What nearby outcomes say beyond the learner: a Matérn field on the logit, by the engine of the site level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp

from safeground.hazard.field import Lattice, add_up, to_modes, to_nodes
from safeground.hazard.iterative import log_determinant, node_variance, solve

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
RANGES_KM = (4.0, 12.0)
SIGMAS = (0.3, 0.8)


@dataclass(frozen=True, slots=True, eq=False)
class ResidualField:
    """Posterior of the residual at every cell asked: mean and standard deviation, logit; and the points' weights."""

    mean: Array
    sd: Array
    points: Array


def _nodes(xy_km: Array, node_km: float, pad: int) -> tuple[Lattice, Ints]:
    low = xy_km.min(axis=0)
    place = np.floor((xy_km - low) / node_km).astype(np.int64) + pad
    shape = place.max(axis=0) + pad + 1
    lattice = Lattice((int(shape[1]), int(shape[0])), node_km)
    return lattice, place[:, 1] * lattice.shape[1] + place[:, 0]


def residual_field(xy_km: Array, outcome: Ints, offset: Array, known: NDArray[np.bool_], node_km: float = 1.0
                   ) -> ResidualField:
    """Return the residual field's posterior at all cells.

    Parameters
    ----------
    xy_km : cells, km.  outcome : 0 or 1 where ``known``.
    offset : the learner's logit, out-of-fold at the known cells.

    Notes
    -----
    Bernoulli outcomes with logit ``offset + f``; Laplace approximation by Newton-CG with the cosine preconditioner;
    range and σ integrated over a grid by their evidence, so that σ shrinks where the learner leaves nothing over.
    """
    lattice, node = _nodes(xy_km, node_km, pad=8)
    rng = np.random.default_rng(20)
    fits = [_fit(lattice, node, outcome, offset, known, (r, s), rng) for r in RANGES_KM for s in SIGMAS]
    evidence = np.array([f[2] for f in fits])
    weight = np.exp(evidence - logsumexp(evidence))
    mean = sum(w * f[0] for w, f in zip(weight, fits, strict=True))
    square = sum(w * (f[1] + f[0] ** 2) for w, f in zip(weight, fits, strict=True))
    points = np.array([[r, s] for r in RANGES_KM for s in SIGMAS])
    sd = np.sqrt(np.maximum(square - mean**2, 0.0))
    return ResidualField(np.asarray(mean)[node], np.asarray(sd)[node], np.column_stack([points, weight]))


def _fit(lattice: Lattice, node: Ints, outcome: Ints, offset: Array, known: NDArray[np.bool_],
         point: tuple[float, float], rng: np.random.Generator) -> tuple[Array, Array, float]:
    shape, size = lattice.shape, lattice.shape[0] * lattice.shape[1]
    scale = np.sqrt(lattice.spectrum(*point))
    u, at, y, eta = np.zeros(shape), node[known], outcome[known], offset[known]
    weight = np.zeros(shape)
    for _ in range(10):
        field = to_nodes(scale * u, shape).ravel()
        p = expit(eta + field[at])
        weight = add_up(at, p * (1 - p), size).reshape(shape)
        pull = add_up(at, y - p, size).reshape(shape)
        move = solve(scale * to_modes(pull) - u, scale, weight)
        u = u + move
        if np.abs(to_nodes(scale * move, shape)).max() < 1e-2:
            break
    field = to_nodes(scale * u, shape).ravel()
    p_at = eta + field[at]
    log_likelihood = float((y * p_at - np.logaddexp(0.0, p_at)).sum())
    evidence = log_likelihood - 0.5 * float((u**2).sum()) - 0.5 * log_determinant(scale, weight, 4, 12, rng)
    by, bx = lattice.basis(0, shape[0]), lattice.basis(1, shape[1])
    variance = node_variance(scale, weight, 8, max(0.35 * point[0] / lattice.node_m, 0.7), by, bx, rng)
    return field, variance.ravel(), evidence
