"""Search theory in closed form: the identities that the engine must reproduce, and the formulas of older practice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import hypergeom

Array = NDArray[np.float64]


def gamma_poisson_left(shape: float, rate: float, ground: float, exposure: float, found: int) -> tuple[float, float]:
    """Return E[left] and P(left ≥ 1) for one stratum with density λ ~ Gamma(shape, rate).

    Parameters
    ----------
    ground : area, m².  exposure : area × probability of being found, m², at most ``ground``.
    found : items found.

    Notes
    -----
    λ | found ~ Gamma(shape + found, rate + exposure); what is left is negative binomial with
    P(0) = ((rate + exposure) / (rate + ground))^(shape + found).
    """
    posterior_shape = shape + found
    expected = posterior_shape / (rate + exposure) * (ground - exposure)
    none = np.exp(posterior_shape * (np.log(rate + exposure) - np.log(rate + ground)))
    return float(expected), float(1 - none)


def flat_prior_left(found: int, clearance: float, counts: Array) -> Array:
    """Return P(left = r) for a flat prior on the first number, ``found`` items at a clearance level.

    Negative binomial C(found + r, r) P^(found + 1) (1 − P)^r of naval mine clearance; mean (found + 1)(1 − P) / P.
    """
    log = gammaln(found + counts + 1) - gammaln(counts + 1) - gammaln(found + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        fade = np.where(counts > 0, counts * np.log1p(-clearance), 0.0)
    return np.asarray(np.exp(log + (found + 1) * np.log(clearance) + fade))


def first_passage_threat(found: int, clearance: float, damage: float) -> float:
    """Return the probability that a first passage meets harm, each item left doing damage with a given probability."""
    return float(1 - (clearance / (clearance + damage * (1 - clearance))) ** (found + 1))


def still_contaminated(present: float, detectable: float) -> float:
    """Return P(polygon holds anything | nothing found over an expected detectable count)."""
    silent = present * np.exp(-detectable)
    return float(silent / (1 - present + silent))


def hurdle_left(present: float, detectable: float, left: float) -> float:
    """Return P(any left) after a search without finds: polygon present or not, known intensity.

    Example
    -------
    >>> round(hurdle_left(0.10, 5 * 0.95, 5 * 0.05), 6)
    0.000212
    """
    return float(still_contaminated(present, detectable) * (1 - np.exp(-left)))


def freedom(present: float, system_sensitivity: float) -> float:
    """Return the probability of freedom after a survey without finds, (1 − π) / (1 − π·SSe) (Anderson 2013)."""
    return (1 - present) / (1 - present * system_sensitivity)


def zero_failure_trials(detection: float, confidence: float) -> int:
    """Return how many targets must all be found to show a detection probability at a confidence.

    Example
    -------
    >>> [zero_failure_trials(p, 0.95) for p in (0.90, 0.95, 0.99, 0.996)]
    [29, 59, 299, 748]
    """
    return int(np.ceil(np.log(1 - confidence) / np.log(detection)))


def transect_share(most: int, confidence: float, detection: float = 1.0) -> float:
    """Return the share of ground to search so that no find shows, at a confidence, fewer than ``most`` items.

    Visual Sample Plan's transect rule p ≥ 1 − α^(1/N), with imperfect detection p·d in place of p.
    """
    return float((1 - (1 - confidence) ** (1 / most)) / detection)


def accept_on_zero(units: int, share_clean: float, confidence: float) -> int:
    """Return the smallest sample without a find that shows a share of clean units at a confidence.

    Exact hypergeometric, as Visual Sample Plan counts it: with V = (1 − share) N defective units (rounded, at least
    one) the sample misses all of them with a probability of at most 1 − confidence.
    """
    defective = max(1, round(units * (1 - share_clean)))
    low, high = 0, units
    while high - low > 1:
        middle = (low + high) // 2
        missed = hypergeom.pmf(0, units, defective, middle)
        low, high = (low, middle) if missed <= 1 - confidence else (middle, high)
    return high


def random_search(effort: Array) -> Array:
    """Return Koopman's detection probability of a random search, 1 − exp(−sweep width × track / area)."""
    return np.asarray(-np.expm1(-effort))


def best_effort(present: Array, area: Array, total: float) -> Array:
    """Return the split of search effort over cells that finds most (Koopman 1946): log of evidence over area, cut at 0.

    Parameters
    ----------
    present : expected items of each cell.  area : of each cell, m².
    total : effort to spend, Σ area × effort.
    """
    density = np.log(np.maximum(present / area, 1e-300))
    order = np.argsort(-density)
    covered = np.cumsum(area[order])
    level = (np.cumsum((area * density)[order]) - total) / covered
    used = int(np.flatnonzero(density[order] > level)[-1])
    return np.asarray(np.maximum(0.0, density - level[used]))
