"""Priors of the field's range and standard deviation, and the points at which they are integrated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.records.site import SitePrior

Array = NDArray[np.float64]
TAIL = -np.log(0.05)
#: Squared distance of the design's outer points from its centre, in standard deviations: five points of equal weight
#: then have the covariance asked for.
RADIUS2 = 2.5


#: Cells of the plane of range and standard deviation: places along log range and along log (σ + a little).
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """Midpoints of equal cells in (log range, log (σ + ``little``)), counted from the longest range and from σ = 0.

    Attributes
    ----------
    limit_m : longest range.  step : side of a cell along either axis.
    """

    prior: SitePrior
    limit_m: float
    step: tuple[float, float]

    @property
    def little(self) -> float:
        """A third of the prior mean of σ: below it cells are about evenly wide in σ itself."""
        return float(self.prior.sigma_95 / (3 * TAIL))

    def point(self, cell: Cell) -> tuple[float, float, float]:
        """Return range, m; σ; and the log prior weight of a cell."""
        range_m = self.limit_m * np.exp(-(cell[0] + 0.5) * self.step[0])
        sigma = self.little * np.expm1((cell[1] + 0.5) * self.step[1])
        wide = np.log1p(self.little / sigma) + np.log(self.step[0] * self.step[1])
        return float(range_m), float(sigma), log_prior(self.prior, np.log(range_m), np.log(sigma)) + float(wide)

    def cell(self, range_m: float, sigma: float) -> Cell:
        """Return the cell that holds a point."""
        along = -np.log(range_m / self.limit_m) / self.step[0], np.log1p(sigma / self.little) / self.step[1]
        return max(0, int(along[0])), max(0, int(along[1]))


def explore(value: Callable[[Cell], float], start: Cell, drop: float) -> dict[Cell, float]:
    """Return a log density at all cells within ``drop`` of its maximum that hang together with the start, and others.

    Parameters
    ----------
    value : log density of a cell; asked once of each cell.

    Notes
    -----
    Best first.  A cell is left out where its neighbours' slopes already lead below the limit, a log density that
    curves downwards lies under its tangents, or where the slope of the line beside leads far below it.
    """
    known, done = {start: value(start)}, set[Cell]()
    while True:
        best = max(known.values())
        waiting = [c for c in known if c not in done and known[c] > best - drop]
        if not waiting:
            return known
        here = max(waiting, key=lambda c: known[c])
        done.add(here)
        for there in _around(here):
            if there not in known and min(there) >= 0 and _at_most(known, there, drop / 2) > best - drop:
                known[there] = value(there)
                best = max(best, known[there])


def spread(height: dict[Cell, float]) -> Array:
    """Return the standard deviation along both axes of a log density at cells, in cells."""
    places, values = np.array(list(height), float), np.array(list(height.values()))
    weight = np.exp(values - values.max())
    mean = weight @ places / weight.sum()
    return np.asarray(np.sqrt(weight @ (places - mean) ** 2 / weight.sum()))


def _around(cell: Cell) -> list[Cell]:
    return [(cell[0] + a, cell[1] + b) for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1))]


def _at_most(known: dict[Cell, float], cell: Cell, doubt: float) -> float:
    """Return the least continuation of falling slopes that lead to a cell, infinite without one.

    ``doubt`` is added where the slope is that of the line beside: it may change from line to line.
    """
    guess = np.inf
    for a, b in _around((0, 0)):
        here = (cell[0] - a, cell[1] - b)
        if here not in known:
            continue
        slopes = [((here[0] - a, here[1] - b), here, 0.0)]
        slopes += [((here[0] + s * b, here[1] + s * a), (cell[0] + s * b, cell[1] + s * a), doubt) for s in (1, -1)]
        for before, after, more in slopes:
            if before in known and after in known and known[after] < known[before]:
                guess = min(guess, known[here] + known[after] - known[before] + more)
    return guess


def longest_range(prior: SitePrior, longest_m: float) -> float:
    """Return the upper limit of the range's prior for a site of the length given, m."""
    return prior.range_max_m or max(longest_m, 2 * prior.range_05_m)


def ranges(prior: SitePrior, longest_m: float, u: Array) -> Array:
    """Return quantiles of the range's prior, cut at its upper limit.

    Penalised-complexity prior in the plane: P(range < r) = exp(−TAIL · range_05 / r).
    """
    limit = longest_range(prior, longest_m)
    return np.asarray(TAIL * prior.range_05_m / (TAIL * prior.range_05_m / limit - np.log(u)))


def sigmas(prior: SitePrior, u: Array) -> Array:
    """Return quantiles of the standard deviation's prior: exponential with P(σ > sigma_95) = .05."""
    return np.asarray(-np.log1p(-u) * prior.sigma_95 / TAIL)


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
