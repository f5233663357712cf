"""The risk-aware sample: the same number of visits laid where the posterior expects most to be found.

Shown beside the national plan, never instead of it: the plan's promise holds whatever the posterior says.
Koopman 1946 and Stone 1975 for the split of effort; with one visit to a unit the gain is linear and the greedy choice
is the best one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safeground.foundation.errors import RequestError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


def _mixture(left: ArrayLike, weight: ArrayLike | None, detection: ArrayLike) -> tuple[Array, Array, Array]:
    items = np.atleast_2d(np.asarray(left, float))
    share = np.full(len(items), 1.0 / len(items)) if weight is None else np.asarray(weight, float)
    finds = np.broadcast_to(np.asarray(detection, float), (len(items),))
    if (items < 0).any() or not np.isfinite(items).all() or (finds < 0).any() or (finds > 1).any() or share.sum() <= 0:
        raise RequestError("SG-INSPECTION-001", "residual", "items must be at least 0 and detection 0 to 1.",
                           "Correct the posterior or the detection probability.")
    return items, share / share.sum(), finds


def gains(left: ArrayLike, detection: ArrayLike, *, weight: ArrayLike | None = None, most_each: int = 1) -> Array:
    """Return what each further visit to each unit is expected to find, shape (most_each, units).

    Parameters
    ----------
    left : expected items left in each unit, shape (units,) or (samples, units) for a posterior of weighted samples.
    detection : probability that one visit finds an item, a number or one for each sample: it may be shared with what
        the sample says is left, and the mixture keeps that dependence.
    weight : of the samples; None = all the same.

    Notes
    -----
    ``Σ_s w_s λ_su q_s (1 − q_s)^(k−1)`` for the k-th visit: it never grows with k.
    """
    items, share, finds = _mixture(left, weight, detection)
    return np.array([(share * finds * (1.0 - finds) ** k) @ items for k in range(most_each)])


def allocate_visits(left: ArrayLike, detection: ArrayLike, visits: int, *, weight: ArrayLike | None = None,
                    most_each: int = 1) -> Ints:
    """Return how often each unit is visited so that `visits` visits find most in expectation, shape (units,).

    Exact: gains fall with each visit to a unit, so the largest ones overall are a feasible and best choice.  Ties go to
    the earlier unit and the earlier visit.
    """
    table = gains(left, detection, weight=weight, most_each=most_each)
    order = np.argsort(-table.ravel(), kind="stable")[: min(visits, table.size)]
    return np.bincount(order % table.shape[1], minlength=table.shape[1]).astype(np.int64)


def choose_units(expected: ArrayLike, visits: int) -> Ints:
    """Return the positions of the units with most expected items, most first; ties go to the earlier unit."""
    return np.argsort(-np.asarray(expected, float), kind="stable")[:visits].astype(np.int64)


def expected_found(left: ArrayLike, detection: ArrayLike, passes: ArrayLike, *, weight: ArrayLike | None = None
                   ) -> float:
    """Return the items that so many visits to each unit are expected to find."""
    items, share, finds = _mixture(left, weight, detection)
    missed = (1.0 - finds[:, None]) ** np.asarray(passes, float)[None, :]
    return float(share @ (items * (1.0 - missed)).sum(axis=1))


def expected_left(left: ArrayLike, detection: ArrayLike, passes: ArrayLike, *, weight: ArrayLike | None = None
                  ) -> float:
    """Return the items expected to be left after so many visits to each unit, all that they find being removed."""
    items, share, _ = _mixture(left, weight, detection)
    return float(share @ items.sum(axis=1)) - expected_found(left, detection, passes, weight=weight)
