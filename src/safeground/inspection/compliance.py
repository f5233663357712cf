"""Search theory that others publish, as named functions: VSP's compliance sampling and transects, naval clearance.

Sources: Visual Sample Plan help (Design_UXO_Compliance, Design_Presumptively_Clean, RI_nonbayesian, vsp.pnnl.gov);
naval mine clearance with a flat prior on the initial number; Koopman 1946, Stone 1975.  VSP has no imperfect detection;
the versions here have.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from safeground.foundation.errors import RequestError
from safeground.inspection.sampling import defective_limit, sample_size

Array = NDArray[np.float64]


def _share(name: str, value: float, *, open_low: bool = False) -> None:
    if value > 1 or value < 0 or (open_low and value == 0):
        raise RequestError("SG-INSPECTION-001", name, f"is {value:g}; expected: 0 to 1.", "Give a probability.")


def compliance_units(units: int, quality: float, confidence: float, *, detection: float = 1.0) -> int | None:
    """Return the units to look at to be confident that at least a share of them holds nothing, accepting on none.

    Exact (hypergeometric); 258 for 1,000 units, 99 % and 95 % confidence as in VSP's help.  None = no sample serves.
    """
    return sample_size(units, quality, confidence, detection=detection)


def compliance_units_approximate(units: int, quality: float, confidence: float) -> int:
    """Return VSP's closed form, rounded up: n ≈ (1 − α^(1/V)) · (N − (V − 1)/2), V = most defective units allowed."""
    _share("confidence", confidence)
    most, alpha = defective_limit(units, quality), 1.0 - confidence
    found: int = math.ceil((1.0 - alpha ** (1.0 / most)) * (units - (most - 1) / 2))
    return found


def transect_share(confidence: float, items: float, *, detection: float = 1.0) -> float:
    """Return the share of an area to survey so that no find gives confidence in fewer than `items`: (1 − α^(1/N1))/d.

    Above 1 it cannot be reached with this detection.
    """
    _share("confidence", confidence)
    _share("detection", detection, open_low=True)
    return float((1.0 - (1.0 - confidence) ** (1.0 / items)) / detection)


def transect_confidence(share: float, items: float, *, detection: float = 1.0) -> float:
    """Return the confidence that fewer than `items` are there when a share was surveyed and nothing found."""
    _share("share", share)
    _share("detection", detection)
    return float(1.0 - (1.0 - share * detection) ** items)


def left_count_probability(found: int, clearance: float, left: ArrayLike) -> Array:
    """Return P(R = r) of items left after `found` were found at a clearance probability P, flat prior on their number.

    ``C(y + r, r) P^(y+1) (1 − P)^r``: negative binomial.
    """
    _share("clearance", clearance, open_low=True)
    r = np.asarray(left, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        missed = np.where(r > 0, r * np.log1p(-clearance) if clearance < 1 else -np.inf, 0.0)
    log_p = gammaln(found + r + 1) - gammaln(r + 1) - gammaln(found + 1) + (found + 1) * math.log(clearance) + missed
    return np.asarray(np.exp(log_p))


def expected_left(found: int, clearance: float) -> float:
    """Return E[R] = (y + 1)(1 − P)/P of the same law."""
    _share("clearance", clearance, open_low=True)
    return (found + 1) * (1.0 - clearance) / clearance


def first_passage_threat(found: int, clearance: float, damage: float) -> float:
    """Return the probability that a first passage is hit (simple initial threat): 1 − [P / (P + w(1 − P))]^(y+1).

    `damage` is the probability w that one item left does damage to the passage.
    """
    _share("clearance", clearance, open_low=True)
    _share("damage", damage)
    return float(1.0 - (clearance / (clearance + damage * (1.0 - clearance))) ** (found + 1))


def koopman_effort(expected: ArrayLike, area_m2: ArrayLike, effort_m2: float) -> Array:
    """Return the density of random search effort φ that finds most: φ_i = max(0, ln(π_i / (a_i μ))), Σ a_i φ_i = Φ.

    Parameters
    ----------
    expected : π, expected items of each cell, >= 0.  area_m2 : a, > 0.
    effort_m2 : Φ, sweep width times track length, m².

    Returns
    -------
    φ, shape (cells,), sweeps over each cell; it finds a share 1 − exp(−φ) there.
    """
    items, area = np.asarray(expected, float), np.asarray(area_m2, float)
    if effort_m2 < 0 or (area <= 0).any() or (items < 0).any():
        raise RequestError("SG-INSPECTION-001", "effort", "areas must be above 0, items and effort not below.",
                           "Correct the cells.")
    out = np.zeros(len(items))
    some = np.flatnonzero(items > 0)
    if not len(some) or not effort_m2:
        return out
    level = np.log(items[some] / area[some])
    order = np.argsort(-level, kind="stable")
    area_sum, level_sum = np.cumsum(area[some][order]), np.cumsum((area[some] * level)[order])
    log_mu = (level_sum - effort_m2) / area_sum  # of the first k cells; the last k whose own level lies above serves
    last = int(np.flatnonzero(level[order] > log_mu)[-1])
    out[some] = np.maximum(0.0, level - log_mu[last])
    return out
