"""The Gaussian variational posterior of the field at one hyper-parameter point, exact in the modes it keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs
from scipy.special import expit

from safeground.hazard.field import add_up, to_modes, to_nodes
from safeground.hazard.nodes import NodeData
from safeground.hazard.products import order_of, pairs_for, squares

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
TINY = 1e-12
#: Newton steps at most, and steps of conjugate gradients in one of them.
STEPS, INNER = 12, 20
#: Nats that a Newton step may still be worth when it is the last: the next one would be worth a small part of it.
NEAR = 0.5
#: Nats of evidence that may be lost by taking fast modes alone (an estimate), and slow modes that are never alone.
LOSS, LEAST = 0.03, 24
#: Modes of an axis for each range that fits into it: together they hold about 94 % of the field's variance.
WAVES = 3.6


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
class Precision:
    """Precision of whitened mode coefficients: slow modes together, each fast mode by itself.

    Attributes
    ----------
    together : flat indices of the modes whose precision is one matrix.  factor : its lower Cholesky factor.
    diagonal : of the precision less one, shape (my, mx): what the data say of each mode.
    """

    together: Ints
    factor: Array
    diagonal: Array

    @property
    def alone(self) -> Array:
        """Variance of the modes by themselves, zero for the others, shape (my, mx)."""
        out = 1.0 / (1.0 + self.diagonal)
        out.ravel()[self.together] = 0.0
        return np.asarray(out)

    @property
    def log_det(self) -> float:
        """Logarithm of the determinant."""
        alone = self.alone
        return 2 * float(np.log(np.diag(self.factor)).sum()) - float(np.log(alone[alone > 0]).sum())

    def covariance(self) -> Array:
        """Return the inverse of the matrix of the modes together; only its lower triangle is filled."""
        return np.asarray(dpotri(self.factor, lower=1)[0])

    def solved(self, vectors: Array) -> Array:
        """Return the inverse times vectors of coefficients, shape (…, modes)."""
        out = vectors / (1.0 + self.diagonal.ravel())
        out[..., self.together] = dpotrs(self.factor, vectors[..., self.together].T, lower=1)[0].T
        return np.asarray(out)

    def spread(self, noise: Array) -> Array:
        """Return deviations from the mean of standard normal noise, shape (samples, modes)."""
        out = noise / np.sqrt(1.0 + self.diagonal.ravel())
        out[:, self.together] = solve_triangular(self.factor, noise[:, self.together].T, lower=True, trans="T",
                                                 check_finite=False).T
        return np.asarray(out)


@dataclass(frozen=True, slots=True, eq=False)
class GaussianFit:
    """A Gaussian for the whitened mode coefficients.

    Attributes
    ----------
    scale : prior standard deviation of each mode's coefficient, intercept included in the first, shape (my, mx); zero
        for modes that are left out.
    half_variance : half the field's prior variance at each node (the intensity is mean-one in the field).
    mean : shape (my, mx).  precision : of the coefficients.
    variance : posterior variance of the log intensity at the nodes, shape of the lattice.
    """

    range_m: float
    sigma: float
    log_weight: float
    scale: Array
    half_variance: Array
    mean: Array
    precision: Precision
    evidence: float
    variance: Array


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The prior of one hyper-parameter point in the modes kept of it.

    Attributes
    ----------
    shape : of the lattice.  scale, half_variance : as of the fit, the latter in the shape of the lattice.
    order : flat indices of the modes kept, slowest first.
    lost : about how much evidence is lost if a mode of that order and all after it are taken alone, for each unit of
        the nodes' variance of expected finds: a quarter of the squares of their couplings.
    square_y, square_x : squares of the modes of each axis.
    """

    shape: tuple[int, int]
    scale: Array
    half_variance: Array
    order: Ints
    lost: Array
    square_y: Array
    square_x: Array

    def at_nodes(self, variances: Array) -> Array:
        """Return the variance at the nodes of independent coefficients."""
        return np.asarray(self.square_y @ variances @ self.square_x.T)

    def precision(self, weight: Array) -> Precision:
        """Return ``I + T'WT`` for expected finds at the nodes, the fast modes' couplings left out."""
        count = int(np.searchsorted(-self.lost, -LOSS / max(float(weight.var()), TINY)))
        together = self.order[: min(max(LEAST, count), len(self.lost))]
        scale = self.scale.ravel()[together]
        matrix = pairs_for(self.shape, len(together)).matrix(weight, len(together))
        matrix *= scale
        matrix *= scale[:, None]
        matrix[np.diag_indices_from(matrix)] += 1.0
        factor, failed = dpotrf(matrix.T, lower=1, clean=0, overwrite_a=1)
        if failed:
            raise np.linalg.LinAlgError("the precision of the slow modes is not positive")
        return Precision(together, factor, self.scale**2 * (self.square_y.T @ weight @ self.square_x))

    def variance(self, precision: Precision, covariance: Array) -> Array:
        """Return the variance at the nodes of a precision, ``covariance`` the inverse of its matrix."""
        scale = self.scale.ravel()[precision.together]
        slow = pairs_for(self.shape, len(scale)).variance((covariance.T * scale * scale[:, None]).T)
        return np.maximum(slow + self.at_nodes(self.scale**2 * precision.alone), 0.0)


def frame_of(data: NodeData, setup: Setup, range_m: float, sigma: float, limit: tuple[int, int]) -> Frame:
    """Return the prior of a range, m, and a standard deviation in the modes that hold about 94 % of its variance.

    Parameters
    ----------
    limit : modes of each axis, and modes in one precision matrix, at most.
    """
    shape = data.lattice.shape
    kept = [min(int(np.ceil(WAVES * n * data.lattice.node_m / range_m)) + 2, limit[0], n) for n in shape]
    my, mx = kept
    square_y, square_x = squares(shape[0], my), squares(shape[1], mx)
    order = order_of(shape, (my, mx))
    spectrum = np.zeros((my, mx))
    spectrum.ravel()[order] = data.lattice.spectrum(range_m, sigma, (my, mx)).ravel()[order]
    half = 0.5 * (square_y @ spectrum @ square_x.T)
    spectrum[0, 0] += shape[0] * shape[1] * setup.log_density_sd**2
    lost = np.cumsum(spectrum.ravel()[order[::-1]] ** 2)[::-1] / 4
    return Frame(shape, np.sqrt(spectrum), half, order, lost[: limit[1]], square_y, square_x)


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


def fit(data: NodeData, setup: Setup, point: tuple[float, float, float], limit: tuple[int, int],
        start: GaussianFit | None = None) -> GaussianFit:
    """Fit by Newton steps on the evidence lower bound with exp(m + v/2) for the expected intensity.

    Parameters
    ----------
    point : range, m; standard deviation; log prior weight.
    limit : modes of each axis, and modes in one precision matrix, at most.
    start : fit of a neighbouring point, to begin from.

    Notes
    -----
    Stationary point of the Gaussian variational bound for a Poisson likelihood (Opper and Archambeau 2009): precision
    ``I + T'WT``, gradient ``T'(D − W) − u``, ``W`` the expected finds.  Polygons without finds enter with their
    probability of holding anything, renewed at each step.  Steps are exact in all modes; couplings of fast modes, of
    which the data say little, are missing in the Gaussian alone.
    """
    range_m, sigma, log_weight = point
    frame = frame_of(data, setup, range_m, sigma, limit)
    shape, scale, half = frame.shape, frame.scale, frame.half_variance
    mean, variance = _adapted(start, frame)
    exposed = data.exposed.mean(axis=0)
    for _ in range(STEPS):
        field = to_nodes(scale * mean, shape)
        rate = np.exp(np.minimum(setup.log_density - half + field + variance / 2, 60.0)).ravel()
        holds = responsibility(setup, data, polygon_sums(data, exposed, rate))
        parts = exposed * holds[data.part_polygon] * rate[data.part_node]
        weight = add_up(data.part_node, parts, len(rate)).reshape(shape)
        gradient = scale * to_modes(data.finds_node.reshape(shape) - weight, mean.shape) - mean
        precision = frame.precision(weight)
        move = _newton(gradient, scale, weight, precision)
        mean = mean + move * min(1.0, 3.0 / max(float(np.abs(to_nodes(scale * move, shape)).max()), TINY))
        inverse = precision.covariance()
        before, variance = variance, frame.variance(precision, inverse)
        if (gradient * move).sum() / 2 + (weight * (variance - before) ** 2).sum() / 8 < NEAR:
            break
    bound = _bound(data, setup, half.ravel(), to_nodes(scale * mean, shape).ravel(), variance.ravel(), exposed)
    trace = float(np.trace(inverse)) + float(precision.alone.sum())
    evidence = bound - 0.5 * float((mean**2).sum()) - 0.5 * precision.log_det - 0.5 * (trace - mean.size)
    return GaussianFit(range_m, sigma, log_weight, scale, half.ravel(), mean, precision, evidence, variance)


def _newton(gradient: Array, scale: Array, weight: Array, precision: Precision) -> Array:
    """Return the Newton step of all modes, couplings included, by conjugate gradients after the precision's inverse."""
    residual = gradient.ravel()
    move = np.zeros(len(residual))
    ready = direction = precision.solved(residual)
    size = first = float(residual @ ready)
    for _ in range(INNER):
        if size <= 0.01 * first:
            break
        at_nodes = to_nodes(scale * direction.reshape(scale.shape), weight.shape)
        product = direction + (scale * to_modes(weight * at_nodes, scale.shape)).ravel()
        step = size / float(direction @ product)
        move = move + step * direction
        residual = residual - step * product
        ready = precision.solved(residual)
        before, size = size, float(residual @ ready)
        direction = ready + size / before * direction
    return move.reshape(scale.shape)


def _adapted(start: GaussianFit | None, frame: Frame) -> tuple[Array, Array]:
    """Return a neighbouring point's mean and variance adapted to this point's scales; the prior's without one.

    What the data say of a mode is that of the neighbour, scaled; of a mode that the neighbour lacks nothing.
    """
    scale = frame.scale
    mean, left = np.zeros(scale.shape), scale**2
    if start is None:
        return mean, frame.at_nodes(left)
    rows, cols = (min(a, b) for a, b in zip(scale.shape, start.scale.shape, strict=True))
    theirs, said = start.scale[:rows, :cols], start.precision.diagonal[:rows, :cols]
    ratio = np.where(theirs > 0, scale[:rows, :cols] / np.maximum(theirs, TINY), 1.0)
    mean[:rows, :cols] = start.mean[:rows, :cols] * ratio * (1 + said) / (1 + said * ratio**2)
    left[:rows, :cols] = left[:rows, :cols] / (1 + said * ratio**2) - theirs**2 / (1 + said)
    return mean, np.maximum(start.variance + frame.at_nodes(left), 0.2 * start.variance)


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
