"""Priors of the field's range and standard deviation, and the points at which they are integrated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RectBivariateSpline

from safeground.records.site import SitePrior

Array = NDArray[np.float64]
TAIL = -np.log(0.05)
#: Squared distance of the design's outer points from its centre, in standard deviations: five points of equal weight
#: then have the covariance asked for.
RADIUS2 = 2.5


@dataclass(frozen=True, slots=True)
class Points:
    """Quadrature points on the prior's probability scale.

    Attributes
    ----------
    range_m, sigma : at each point.  log_weight : logarithm of its prior weight.
    axes : places of the points on each axis of the probability scale.
    """

    range_m: Array
    sigma: Array
    log_weight: Array
    axes: tuple[Array, Array]


def ranges(prior: SitePrior, longest_m: float, u: Array) -> Array:
    """Return quantiles of the range's prior, cut at its upper limit.

    Penalised-complexity prior in the plane: P(range < r) = exp(−TAIL · range_05 / r).
    """
    limit = prior.range_max_m or max(longest_m, 2 * prior.range_05_m)
    return np.asarray(TAIL * prior.range_05_m / (TAIL * prior.range_05_m / limit - np.log(u)))


def sigmas(prior: SitePrior, u: Array) -> Array:
    """Return quantiles of the standard deviation's prior: exponential with P(σ > sigma_95) = .05."""
    return np.asarray(-np.log1p(-u) * prior.sigma_95 / TAIL)


def grid(prior: SitePrior, longest_m: float, counts: tuple[int, int], box: Array | None = None) -> Points:
    """Return Gauss–Legendre points of the prior within a box of its probability scale.

    Parameters
    ----------
    counts : points for range and standard deviation.
    box : shape (2, 2), lower and upper probability for each; the whole unit square when not given.
    """
    box = np.array([[0.0, 1.0], [0.0, 1.0]]) if box is None else box
    nodes, weights = [], []
    for axis, ((low, high), n) in enumerate(zip(box, counts, strict=True)):
        x, w = np.polynomial.legendre.leggauss(n)
        x, w = (x + 1) / 2, w / 2
        if axis == 1 and high == 1.0:  # closer points where σ runs away: u = 1 − (1 − t)² within the box
            x, w = 1 - (1 - x) ** 2, w * 2 * (1 - x)
        nodes.append(low + (high - low) * x)
        weights.append(w * (high - low))
        order = np.argsort(nodes[-1])
        nodes[-1], weights[-1] = nodes[-1][order], weights[-1][order]
    u_range, u_sigma = (a.ravel() for a in np.meshgrid(*nodes, indexing="ij"))
    weight = np.multiply.outer(*weights).ravel()
    return Points(ranges(prior, longest_m, u_range), sigmas(prior, u_sigma), np.log(weight), (nodes[0], nodes[1]))


def interpolated(coarse: Points, log_evidence: Array, at: tuple[Array, Array]) -> Array:
    """Return the log evidence of a coarse grid's points at a finer grid's axes, by splines on the probability scale.

    Evidence far below the best is cut first, so that a steep edge does not make the spline swing.
    """
    x, y = coarse.axes
    table = np.maximum(log_evidence, log_evidence.max() - 15.0).reshape(len(x), len(y))
    spline = RectBivariateSpline(x, y, table, kx=min(3, len(x) - 1), ky=min(3, len(y) - 1))
    return np.asarray(spline(np.clip(at[0], x[0], x[-1]), np.clip(at[1], y[0], y[-1])))


def holding(coarse: Points, log_evidence: Array, box: Array, lost: float = 0.002) -> Array:
    """Return the part of a box that holds all but ``lost`` of the posterior mass at either end of each axis."""
    axes = [np.linspace(low, high, 81) for low, high in box]
    middle = [(a[1:] + a[:-1]) / 2 for a in axes]
    guess = interpolated(coarse, log_evidence, (middle[0], middle[1]))
    mass = np.exp(guess - guess.max())
    out = box.copy()
    for axis in (0, 1):
        share = np.concatenate([[0.0], np.cumsum(mass.sum(axis=1 - axis))]) / mass.sum()
        low, high = np.interp([lost, 1 - lost], share, axes[axis])
        margin = 0.05 * (high - low)
        out[axis] = max(low - margin, box[axis, 0]), min(high + margin, box[axis, 1])
        if out[axis, 1] > 1 - 1e-3:
            out[axis, 1] = box[axis, 1]
    return out


def log_prior(prior: SitePrior, log_range: float, log_sigma: float) -> float:
    """Return the log density of both priors in (log range, log σ)."""
    r, s = np.exp(log_range), np.exp(log_sigma)
    rate = TAIL / prior.sigma_95
    return float(np.log(TAIL * prior.range_05_m / r) - TAIL * prior.range_05_m / r + np.log(rate * s) - rate * s)


def peak(evidence: Callable[[float, float], float], start: Array, steps: tuple[float, ...]) -> tuple[Array, Array]:
    """Return the mode of a smooth function of (log range, log σ) and its covariance there, from quadratic stars.

    Parameters
    ----------
    evidence : log posterior density of the two.
    start : where to begin, shape (2,).
    steps : half-widths of successive stars; six evaluations each.
    """
    centre, covariance = start.copy(), np.eye(2) * steps[-1] ** 2
    for step in steps:
        offsets = step * np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1]], float)
        value = np.array([evidence(*(centre + o)) for o in offsets])
        gradient = np.array([value[1] - value[2], value[3] - value[4]]) / (2 * step)
        curve = np.array([value[1] + value[2], value[3] + value[4]]) - 2 * value[0]
        mixed = value[5] - value[1] - value[3] + value[0]
        hessian = np.array([[curve[0], mixed], [mixed, curve[1]]]) / step**2
        values, vectors = np.linalg.eigh(-hessian)
        values = np.maximum(values, 4.0)
        covariance = (vectors / values) @ vectors.T
        move = covariance @ gradient
        best = offsets[int(np.argmax(value))]
        move = move if np.abs(move).max() <= 2 * step else best + np.clip(move, -step, step)
        centre = centre + np.clip(move, -2 * step, 2 * step)
    return centre, covariance


def design(centre: Array, covariance: Array) -> Array:
    """Return five points (log range, log σ) that, equally weighted, have the mean and covariance given, shape (5, 2).

    Where both are known to better than a tenth, one point stands for all: shape (1, 2).
    """
    values, vectors = np.linalg.eigh(covariance)
    if values.max() < 0.1**2:
        return centre[None, :]
    axes = vectors * np.sqrt(values * RADIUS2)
    return np.concatenate([[centre], centre + axes.T, centre - axes.T])
