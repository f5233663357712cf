"""The Gaussian variational posterior of the field at one hyper-parameter point, exact in the modes it keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import dpotri
from scipy.special import expit

from safeground.hazard.field import add_up, gram, node_variance, to_modes, to_nodes
from safeground.hazard.nodes import NodeData

Array = NDArray[np.float64]
TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """What a fit needs of a site besides its nodes: mean log density, its spread, and each polygon's presence."""

    log_density: float
    log_density_sd: float
    present: Array
    known: NDArray[np.bool_]

    def held(self, data: NodeData) -> NDArray[np.bool_]:
        """Return which polygons are proved to hold something: a find, or other proof."""
        return np.asarray(self.known | (data.finds_polygon > 0))


@dataclass(frozen=True, slots=True, eq=False)
class GaussianFit:
    """A Gaussian for the whitened mode coefficients.

    Attributes
    ----------
    scale : prior standard deviation of each mode's coefficient, intercept included in the first, shape (my, mx).
    half_variance : half the field's prior variance at each node (the intensity is mean-one in the field).
    mean : shape (my, mx).  factor : lower Cholesky factor of the precision.  log_det : of the precision.
    diagonal : of the precision less one, shape (my, mx): what the data say of each mode.
    variance : posterior variance of the log intensity at the nodes, shape of the lattice.
    """

    range_m: float
    sigma: float
    log_weight: float
    scale: Array
    half_variance: Array
    mean: Array
    factor: Array
    log_det: float
    evidence: float
    diagonal: Array
    variance: Array


def modes_for(data: NodeData, range_m: float, limit: int) -> tuple[int, int]:
    """Return how many modes of each axis hold about 95 % of the variance at a range, at most ``limit`` each."""
    side = [n * data.lattice.node_m for n in data.lattice.shape]
    wanted = [int(np.ceil(3.6 * s / range_m)) + 2 for s in side]
    return (min(wanted[0], limit, data.lattice.shape[0]), min(wanted[1], limit, data.lattice.shape[1]))


def responsibility(setup: Setup, data: NodeData, detectable: Array) -> Array:
    """Return P(polygon holds anything | finds, detectable count), any leading axes.

    No find over a detectable count L: π e^−L / (1 − π + π e^−L); 1 where something was found.
    """
    with np.errstate(divide="ignore"):
        logit = np.log(setup.present) - np.log1p(-setup.present)
    return np.where(setup.held(data), 1.0, expit(logit - detectable))


def polygon_sums(data: NodeData, weights: Array, rate: Array) -> Array:
    """Return Σ over each polygon's parts of weight × node rate, shape (polygons,)."""
    return add_up(data.part_polygon, weights * rate[data.part_node], len(data.finds_polygon))


def fit(data: NodeData, setup: Setup, point: tuple[float, float, float], limit: int,
        start: GaussianFit | None = None) -> GaussianFit:
    """Fit by Newton steps on the evidence lower bound with exp(m + v/2) for the expected intensity.

    Parameters
    ----------
    point : range, m; standard deviation; log prior weight.
    limit : modes kept of each axis at most.
    start : fit of a neighbouring point, to begin from.

    Notes
    -----
    Stationary point of the Gaussian variational bound for a Poisson likelihood (Opper and Archambeau 2009): precision
    ``I + T'WT``, gradient ``T'(D − W) − u``, ``W`` the expected finds.  Polygons without finds enter with their
    probability of holding anything, renewed at each step.
    """
    range_m, sigma, log_weight = point
    shape = data.lattice.shape
    my, mx = modes_for(data, range_m, limit)
    by, bx = data.lattice.basis(0, my), data.lattice.basis(1, mx)
    spectrum = data.lattice.spectrum(range_m, sigma, (my, mx))
    half = 0.5 * data.lattice.variance(spectrum).ravel()
    spectrum[0, 0] += shape[0] * shape[1] * setup.log_density_sd**2
    scale = np.sqrt(spectrum)
    flat = scale.ravel()
    mean = _adapted(start, scale)
    exposed = data.exposed.mean(axis=0)
    variance = (by**2) @ spectrum @ (bx**2).T if start is None else start.variance
    factor, inverse, diagonal, steps = np.eye(my * mx), np.eye(my * mx), np.zeros(my * mx), 12
    for step in range(steps):
        field = to_nodes(scale * mean, shape).ravel()
        rate = np.exp(np.minimum(setup.log_density - half + field + variance.ravel() / 2, 60.0))
        holds = responsibility(setup, data, polygon_sums(data, exposed, rate))
        parts = exposed * holds[data.part_polygon] * rate[data.part_node]
        weight = add_up(data.part_node, parts, len(rate))
        gradient = scale * to_modes((data.finds_node - weight).reshape(shape), (my, mx)) - mean
        precision = gram(by, bx, weight.reshape(shape)) * flat[:, None] * flat[None, :]
        diagonal = precision.diagonal().copy()
        precision[np.diag_indices_from(precision)] += 1.0
        factor = cho_factor(precision, lower=True, check_finite=False)[0]
        move = cho_solve((factor, True), gradient.ravel(), check_finite=False).reshape(my, mx)
        largest = np.abs(to_nodes(scale * move, shape)).max()
        mean = mean + move * min(1.0, 3.0 / max(largest, TINY))
        inverse = covariance(factor)
        renewed = node_variance(by, bx, inverse * flat[:, None] * flat[None, :])
        still = np.abs(renewed - variance).max()
        variance = np.maximum(renewed, 0.0)
        if step > (start is None) and largest < 0.05 and still < 0.05:
            break
    log_det = 2 * float(np.log(np.diag(factor)).sum())
    bound = _bound(data, setup, half, to_nodes(scale * mean, shape).ravel(), variance.ravel(), exposed)
    trace = float(np.trace(inverse))
    evidence = bound - 0.5 * float((mean**2).sum()) - 0.5 * log_det - 0.5 * (trace - len(flat))
    return GaussianFit(range_m, sigma, log_weight, scale, half, mean, factor, log_det, evidence,
                       diagonal.reshape(my, mx), variance)


def covariance(factor: Array) -> Array:
    """Return the inverse of a matrix from its lower Cholesky factor (LAPACK potri)."""
    lower = np.tril(dpotri(factor, lower=1)[0])
    return np.asarray(lower + np.tril(lower, -1).T)


def _adapted(start: GaussianFit | None, scale: Array) -> Array:
    """Return a neighbouring point's mean adapted to this point's scales, mode by mode; zero without one."""
    mean = np.zeros(scale.shape)
    if start is not None:
        rows, cols = (min(a, b) for a, b in zip(scale.shape, start.scale.shape, strict=True))
        ratio = scale[:rows, :cols] / start.scale[:rows, :cols]
        said = start.diagonal[:rows, :cols]
        mean[:rows, :cols] = start.mean[:rows, :cols] * ratio * (1 + said) / (1 + said * ratio**2)
    return mean


def _bound(data: NodeData, setup: Setup, half: Array, field: Array, variance: Array, exposed: Array) -> float:
    """Return the expected log likelihood, the hurdle at its mean."""
    log_rate = setup.log_density - half + field
    rate = np.exp(np.minimum(log_rate + variance / 2, 60.0))
    return float(data.finds_node @ log_rate) + float(hurdle(setup, data, polygon_sums(data, exposed, rate)).sum())


def hurdle(setup: Setup, data: NodeData, detectable: Array) -> Array:
    """Return each polygon's log probability of its silence (or of its finds' exposure), any leading axes."""
    with np.errstate(divide="ignore"):
        log_present, log_absent = np.log(setup.present), np.log1p(-setup.present)
    silent = np.logaddexp(log_absent, log_present - detectable)
    return np.where(setup.held(data), log_present - detectable, silent)
