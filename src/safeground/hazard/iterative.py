"""The same Gaussian posterior on large lattices: conjugate gradients with the cosine transform as preconditioner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal
from scipy.ndimage import gaussian_filter

from safeground.hazard.field import add_up, to_modes, to_nodes
from safeground.hazard.gaussian import Setup, hurdle, polygon_sums, responsibility
from safeground.hazard.nodes import NodeData

Array = NDArray[np.float64]
#: Above the smallest number of single precision: keeps 0 / 0 out of a direction that is already solved.
TINY = 1e-30


@dataclass(frozen=True, slots=True, eq=False)
class LargeFit:
    """A Gaussian whose precision ``I + S Φ'WΦ S`` is held by its weights, never as a matrix.

    Attributes
    ----------
    mean : whitened mode coefficients, shape of the lattice.  weight : expected finds at each node (W).
    variance : posterior variance of the log intensity at each node.  evidence : approximate log evidence.
    """

    range_m: float
    sigma: float
    log_weight: float
    scale: Array
    half_variance: Array
    mean: Array
    weight: Array
    variance: Array
    evidence: float


def precision_times(u: Array, scale: Array, weight: Array) -> Array:
    """Return ``(I + SΦ'WΦS) u`` for any leading axes."""
    return np.asarray(u + scale * to_modes(weight * to_nodes(scale * u, scale.shape)))


def solve(right: Array, scale: Array, weight: Array, tolerance: float = 1e-3, most: int = 60) -> Array:
    """Solve with the precision by preconditioned conjugate gradients, all leading right-hand sides at once.

    The preconditioner is the precision with W replaced by its mean, diagonal in the modes.  The iterations run in
    single precision, which a tolerance of 1e-3 never notices: Newton's gradient outside is in double precision.
    """
    scale, weight = scale.astype(np.float32), weight.astype(np.float32)
    inverse = 1.0 / (1.0 + weight.mean() * scale**2)
    axes = (-2, -1)
    residual = right.astype(np.float32)
    x = np.zeros_like(residual)
    direction = inverse * residual
    rho = (residual * direction).sum(axis=axes, keepdims=True)
    target = tolerance**2 * rho
    for _ in range(most if rho.any() else 0):
        image = precision_times(direction, scale, weight)
        step = rho / np.maximum((direction * image).sum(axis=axes, keepdims=True), TINY)
        x += step * direction
        residual -= step * image
        conditioned = inverse * residual
        renewed = (residual * conditioned).sum(axis=axes, keepdims=True)
        if (renewed <= target).all():
            break
        direction = conditioned + renewed / np.maximum(rho, TINY) * direction
        rho = renewed
    return np.asarray(x, np.float64)


def perturb(scale: Array, weight: Array, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return ``count`` exact zero-mean samples of the Gaussian's modes, and the control samples beside them.

    Perturb and solve: ``(I + SΦ'WΦS) z = ε₁ + SΦ'√W ε₂``.  The control has W replaced by its mean, where the solution
    is a division.
    """
    first = rng.standard_normal((count, *scale.shape))
    second = rng.standard_normal((count, *scale.shape))
    z = solve(first + scale * to_modes(np.sqrt(weight) * second), scale, weight)
    mean = weight.mean()
    control = (first + scale * np.sqrt(mean) * to_modes(second)) / (1.0 + mean * scale**2)
    return z, control


def node_variance(scale: Array, weight: Array, probes: int, smooth: float, by: Array, bx: Array,
                  rng: np.random.Generator) -> Array:
    """Estimate the posterior variance at each node from samples, with the control's known variance taken out."""
    z, control = perturb(scale, weight, probes, rng)
    known = (by**2) @ (scale**2 / (1.0 + weight.mean() * scale**2)) @ (bx**2).T
    difference = (to_nodes(scale * z, scale.shape) ** 2 - to_nodes(scale * control, scale.shape) ** 2).mean(axis=0)
    estimate = known + gaussian_filter(difference, smooth, mode="reflect")
    return np.asarray(np.clip(estimate, 1e-4, (by**2) @ scale**2 @ (bx**2).T))


def log_determinant(scale: Array, weight: Array, probes: int, steps: int, rng: np.random.Generator) -> float:
    """Return the precision's log determinant: the preconditioner's exactly, the rest by stochastic Lanczos."""
    base = 1.0 + weight.mean() * scale**2
    root = 1.0 / np.sqrt(base)
    n = scale.size
    q = rng.choice([-1.0, 1.0], (probes, *scale.shape)) / np.sqrt(n)
    before, beta = np.zeros_like(q), np.zeros(probes)
    alphas, betas = np.zeros((probes, steps)), np.zeros((probes, steps - 1))
    for k in range(steps):
        w = root * precision_times(root * q, scale, weight) - beta[:, None, None] * before
        alphas[:, k] = (w * q).sum(axis=(1, 2))
        w -= alphas[:, k, None, None] * q
        beta = np.sqrt((w**2).sum(axis=(1, 2)))
        if k < steps - 1:
            betas[:, k] = beta
            before, q = q, w / np.maximum(beta, 1e-300)[:, None, None]
    total = 0.0
    for a, b in zip(alphas, betas, strict=True):
        values, vectors = eigh_tridiagonal(a, b)
        total += n * float((vectors[0] ** 2) @ np.log(np.maximum(values, 1e-12)))
    return float(np.log(base).sum()) + total / probes


def fit_large(data: NodeData, setup: Setup, point: tuple[float, float, float], rng: np.random.Generator, *,
              start: LargeFit | None = None, probes: int = 12, with_evidence: bool = True) -> LargeFit:
    """Fit by Newton-CG on the same bound as ``gaussian.fit``, all modes kept.

    Parameters
    ----------
    point : range, m; standard deviation; log prior weight.
    start : an earlier fit of this lattice (yesterday's, or a neighbouring point's).
    probes : samples for the node variances.
    """
    range_m, sigma, log_weight = point
    shape = data.lattice.shape
    by, bx = data.lattice.basis(0, shape[0]), data.lattice.basis(1, shape[1])
    spectrum = data.lattice.spectrum(range_m, sigma)
    half = 0.5 * data.lattice.variance(spectrum)
    spectrum[0, 0] += shape[0] * shape[1] * setup.log_density_sd**2
    scale = np.sqrt(spectrum)
    exposed = data.exposed.mean(axis=0)
    mean = np.zeros(shape) if start is None else start.mean * np.where(scale > 0, start.scale / scale, 0.0)
    variance = 2 * half + setup.log_density_sd**2 if start is None else start.variance
    smooth = max(0.35 * range_m / data.lattice.node_m, 0.7)
    weight = np.zeros(shape)
    same_point = start is not None and np.allclose((start.range_m, start.sigma), (range_m, sigma))
    rounds = (3, 1) if same_point else (7, 3, 2)
    for k, newton in enumerate(rounds):
        for _ in range(newton):
            field = to_nodes(scale * mean, shape)
            rate = np.exp(np.minimum(setup.log_density - half + field + variance / 2, 60.0)).ravel()
            holds = responsibility(setup, data, polygon_sums(data, exposed, rate))
            parts = exposed * holds[data.part_polygon] * rate[data.part_node]
            weight = add_up(data.part_node, parts, rate.size).reshape(shape)
            pull = scale * to_modes(data.finds_node.reshape(shape) - weight) - mean
            move = solve(pull, scale, weight)
            largest = float(np.abs(to_nodes(scale * move, shape)).max())
            mean = mean + move * min(1.0, 3.0 / max(largest, 1e-12))
            if largest < 0.02:
                break
        if k < len(rounds) - 1:  # the last steps set the mean for the variance that the samples will have
            variance = node_variance(scale, weight, probes, smooth, by, bx, rng)
    evidence = 0.0
    if with_evidence:
        log_rate = (setup.log_density - half + to_nodes(scale * mean, shape)).ravel()
        rate = np.exp(np.minimum(log_rate + variance.ravel() / 2, 60.0))
        silent = hurdle(setup, data, polygon_sums(data, exposed, rate))
        quadratic = float((weight * variance).sum())
        evidence = (float(data.finds_node @ log_rate) + float(silent.sum()) - 0.5 * float((mean**2).sum())
                    - 0.5 * log_determinant(scale, weight, 4, 12, rng) + 0.5 * quadratic)
    return LargeFit(range_m, sigma, log_weight, scale, half, mean, weight, variance, evidence)
