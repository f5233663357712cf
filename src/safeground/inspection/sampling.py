"""Acceptance sampling of a lot of ground: how many units to look at, and what accepting then means.

Sources: ISO 2859 style zero acceptance as used in IMAS 07.40 practice (EODC 05.7, re-computed); the hypergeometric law.
A unit is *defective* when it holds what it must not hold.  Detection is the probability that inspection finds it there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln
from scipy.stats import binom, hypergeom

from safeground.foundation.errors import RequestError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Comparisons of probabilities forgive the rounding of decimal figures such as .9, which have no exact binary form.
ROUNDING = 1e-12

#: ISO 2859-1 general inspection level II: largest lot of each code letter, and its sample.
CODE_LETTERS: tuple[tuple[float, str, int], ...] = (
    (8, "A", 2), (15, "B", 3), (25, "C", 5), (50, "D", 8), (90, "E", 13), (150, "F", 20), (280, "G", 32),
    (500, "H", 50), (1_200, "J", 80), (3_200, "K", 125), (10_000, "L", 200), (35_000, "M", 315), (150_000, "N", 500),
    (500_000, "P", 800), (math.inf, "Q", 1_250))


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise RequestError("SG-INSPECTION-001", name, f"is {value:g}; expected: {low:g} to {high:g}.",
                           "Correct the figure of the sampling plan.")


def defective_limit(units: int, quality: float) -> int:
    """Return the fewest defective units that make a lot unacceptable: ``ceil((1 − quality) · units)``, at least 1."""
    _check("units", units, 1, 1e12)
    _check("quality", quality, 0.0, 1.0)
    return max(1, math.ceil(round((1.0 - quality) * units, 9)))


def p_accept(units: int, defective: ArrayLike, sample: int, *, acceptance: int = 0, detection: float = 1.0) -> Array:
    """Return the probability that a lot is accepted.

    Parameters
    ----------
    units, sample : units of the lot, and those drawn from it without replacement.
    defective : defective units of the lot, any shape, 0 to `units`.
    acceptance : most units found defective with which the lot is still accepted.
    detection : probability that inspection finds a defective unit that was drawn, each by itself.

    Returns
    -------
    Shape of `defective`, 0 to 1.

    Notes
    -----
    With detection 1 the hypergeometric law, ``C(N−D, n) / C(N, n)`` for acceptance 0.  Otherwise exact: the number of
    defective units in the sample is hypergeometric, of which a binomial number is found.
    """
    _check("sample", sample, 0, units)
    _check("detection", detection, 0.0, 1.0)
    _check("acceptance", acceptance, 0, units)
    number = np.asarray(defective, dtype=np.int64)
    if number.size:
        _check("defective", float(number.min()), 0, units)
        _check("defective", float(number.max()), 0, units)
    if detection == 1.0:
        return np.asarray(np.clip(hypergeom.cdf(acceptance, units, number, sample), 0.0, 1.0), dtype=np.float64)
    most = int(min(sample, number.max(initial=0)))
    drawn = np.arange(most + 1)
    share = _drawn_probability(units, number[..., None], sample, drawn)
    return np.asarray(np.clip(share @ binom.cdf(acceptance, drawn, detection), 0.0, 1.0))


def _drawn_probability(units: int, defective: Ints, sample: int, drawn: Ints) -> Array:
    """Return the hypergeometric probability of so many defective units in a sample; by logarithms, all at once.

    Relative error below 1e-9 up to a million units: scipy's own takes a thousand times as long for a whole curve.
    """
    def log_choose(n: Ints | int, k: Ints | int) -> Array:
        return np.asarray(gammaln(np.add(n, 1)) - gammaln(np.add(k, 1)) - gammaln(np.subtract(n, k) + 1))

    rest, others = units - defective, sample - drawn
    possible = (drawn <= defective) & (others <= rest)
    k, m = np.where(possible, drawn, 0), np.where(possible, others, 0)
    log_p = log_choose(defective, k) + log_choose(rest, m) - log_choose(units, sample)
    return np.asarray(np.where(possible, np.exp(log_p), 0.0))


def sample_size(units: int, quality: float, confidence: float, *, acceptance: int = 0, detection: float = 1.0
                ) -> int | None:
    """Return the smallest sample with which an unacceptable lot is rejected with the confidence asked for.

    Returns
    -------
    Units to draw; None where even looking at every unit once does not reach the confidence: search everything again.

    Notes
    -----
    Smallest n with ``p_accept(N, D, n) <= 1 − confidence``, D from :func:`defective_limit`; bisection, because
    acceptance never grows with the sample.
    """
    _check("confidence", confidence, 0.0, 1.0)
    limit = defective_limit(units, quality)
    allowed = 1.0 - confidence + ROUNDING

    def serves(sample: int) -> bool:
        most = min(acceptance, units)
        return float(p_accept(units, limit, sample, acceptance=most, detection=detection)) <= allowed

    if not serves(units):
        return None
    low, high = -1, units
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if serves(middle) else (middle, high)
    return high


def sample_size_unlimited(quality: float, confidence: float, *, acceptance: int = 0, detection: float = 1.0) -> int:
    """Return the sample for a lot without limit: the binomial law with the share ``1 − quality`` defective.

    Raises
    ------
    RequestError : quality 1, detection 0 or confidence 1: no sample serves (``SG-INSPECTION-001``).
    """
    _check("quality", quality, 0.0, 1.0 - 1e-9)
    _check("confidence", confidence, 0.0, 1.0 - 1e-12)
    _check("detection", detection, 1e-6, 1.0)
    rate, allowed = (1.0 - quality) * detection, 1.0 - confidence + ROUNDING
    low, high = -1, 1
    while binom.cdf(acceptance, high, rate) > allowed:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if binom.cdf(acceptance, middle, rate) <= allowed else (middle, high)
    return high


def acceptance_number(units: int, sample: int, quality: float, confidence: float, *, detection: float = 1.0
                      ) -> int | None:
    """Return the largest acceptance number that a sample allows; None = the sample is too small even for 0."""
    limit, allowed, found = defective_limit(units, quality), 1.0 - confidence + ROUNDING, None
    for number in range(min(sample, limit)):
        if float(p_accept(units, limit, sample, acceptance=number, detection=detection)) > allowed:
            break
        found = number
    return found


@dataclass(frozen=True, slots=True, eq=False)
class OcCurve:
    """Operating characteristic: acceptance by the share of the lot's units that are defective.

    Attributes
    ----------
    defective : whole numbers of units, shape (points,).  defective_share, p_accept : the same shape, 0 to 1.
    """

    defective: NDArray[np.int64]
    defective_share: Array
    p_accept: Array


def oc_curve(units: int, sample: int, *, acceptance: int = 0, detection: float = 1.0, points: int = 101,
             share_max: float | None = None) -> OcCurve:
    """Return a plan's operating characteristic at whole numbers of defective units.

    Parameters
    ----------
    points : most points.  share_max : largest share shown; None = where acceptance has fallen to 1 in 1,000.
    """
    if share_max is None:
        low, high = 0, units
        while high - low > 1:
            middle = (low + high) // 2
            falls = float(p_accept(units, middle, sample, acceptance=acceptance, detection=detection)) <= 1e-3
            low, high = (low, middle) if falls else (middle, high)
        share_max = high / units
    most = max(1, min(units, math.ceil(round(share_max * units, 9))))
    number = np.unique(np.rint(np.linspace(0, most, points)).astype(np.int64))
    return OcCurve(number, number / units,
                   p_accept(units, number, sample, acceptance=acceptance, detection=detection))


def p_accept_items(fraction: float, detection: float, items: ArrayLike) -> Array:
    """Return the probability that K items left are all missed when a fraction of the area is searched: (1 − f q)^K."""
    _check("fraction", fraction, 0.0, 1.0)
    _check("detection", detection, 0.0, 1.0)
    return np.asarray((1.0 - fraction * detection) ** np.asarray(items, float))


def p_accept_density(density_per_m2: float, area_m2: float, fraction: float, detection: float) -> float:
    """Return the same where items left are Poisson of a density on an area: exp(−ρ A f q)."""
    _check("fraction", fraction, 0.0, 1.0)
    _check("detection", detection, 0.0, 1.0)
    _check("density", density_per_m2, 0.0, math.inf)
    return math.exp(-density_per_m2 * area_m2 * fraction * detection)


@dataclass(frozen=True, slots=True)
class FractionNeeded:
    """The fraction of an area to search; above 1 it cannot be reached: search everything again."""

    fraction: float

    @property
    def possible(self) -> bool:
        """Whether one search of a part reaches it."""
        return self.fraction <= 1.0 + ROUNDING

    @property
    def words(self) -> str:
        """What to do."""
        return f"search {100 * self.fraction:.1f} % of the area" if self.possible else (
            "impossible: search everything again")


def fraction_needed(consumer_risk: float, items: float, detection: float) -> FractionNeeded:
    """Return the fraction with which K items left are all missed with at most the risk β: f = (1 − β^(1/K)) / q."""
    _check("consumer_risk", consumer_risk, 1e-12, 1.0)
    _check("items", items, 1e-9, math.inf)
    _check("detection", detection, 1e-9, 1.0)
    return FractionNeeded((1.0 - consumer_risk ** (1.0 / items)) / detection)


@dataclass(frozen=True, slots=True)
class LeftAfter:
    """Items left after clearance and a passed inspection: their expected number, and P(one or more)."""

    expected_items: float
    p_any: float


def left_after_passed(expected_before: float, clearance_detection: float, fraction: float, detection: float
                      ) -> LeftAfter:
    """Return what is left of Λ0 items after clearance and a passed inspection: Λ = Λ0 (1 − qc)(1 − f q), Poisson."""
    _check("expected_before", expected_before, 0.0, math.inf)
    for name, value in (("clearance_detection", clearance_detection), ("fraction", fraction), ("detection", detection)):
        _check(name, value, 0.0, 1.0)
    left = expected_before * (1.0 - clearance_detection) * (1.0 - fraction * detection)
    return LeftAfter(left, -math.expm1(-left))


def code_letter(units: int) -> tuple[str, int]:
    """Return the ISO 2859-1 code letter of a lot at general level II, and that letter's sample size.

    For comparison only: the letters assume an acceptable share of defects, which cleared ground has not.
    """
    _check("units", units, 2, math.inf)
    for largest, letter, sample in CODE_LETTERS:
        if units <= largest:
            return letter, min(sample, units)
    raise RequestError("SG-INSPECTION-001", "units", "has no code letter.", "Correct the figure of the sampling plan.")
