"""Units: area is an integer number of square centimetres, and parts add up by construction."""

from __future__ import annotations

from typing import NewType

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError
from safeground.foundation.invariant import invariant

AreaCm2 = NewType("AreaCm2", int)
CM2_PER_M2 = 10_000
CM2_PER_HA = 100_000_000
#: Largest overlay noise that an allotment takes for noise: absolute part in m², and share of the parent's area.
TOLERANCE_M2 = 0.01
TOLERANCE_SHARE = 1e-9


def m2_to_cm2(area_m2: float) -> AreaCm2:
    """Round a measured area to the nearest whole cm² (half to even).

    Raises
    ------
    RequestError : the area is negative, infinite or not a number.
    """
    if not np.isfinite(area_m2) or area_m2 < 0:
        raise RequestError("SG-CORE-002", "area", f"{area_m2!r} m² is not an area.", "Check the polygon's coordinates.")
    return AreaCm2(round(area_m2 * CM2_PER_M2))


def cm2_to_m2(area_cm2: int) -> float:
    """Return m² for display; exact to 0.0001 m² below 9e11 m²."""
    return area_cm2 / CM2_PER_M2


def cm2_to_ha(area_cm2: int) -> float:
    """Return hectares for display."""
    return area_cm2 / CM2_PER_HA


def allot_area(
    parent_cm2: int, measured_m2: NDArray[np.float64], *, tolerance_m2: float | None = None
) -> NDArray[np.int64]:
    """Share out a parent's booked area among its parts, to the last square centimetre.

    Parameters
    ----------
    parent_cm2 : booked area of the parent, cm², >= 0.
    measured_m2 : shape (n_parts,), measured part areas, m², all >= 0; their sum may miss the parent by overlay noise.
    tolerance_m2 : largest miss taken for noise; None = ``TOLERANCE_M2 + TOLERANCE_SHARE * parent``.

    Returns
    -------
    shape (n_parts,), cm², in the order given.  Conserves: ``result.sum() == parent_cm2``.

    Raises
    ------
    RequestError : the measured sum misses the parent by more than the tolerance (``SG-LAND-001``, both figures
        named); no part; a part that is negative or not finite.

    Notes
    -----
    Largest-remainder method (Hamilton; Balinski & Young 1982).  Ties go to the lower index, so the result is
    deterministic.  Parts are re-measured nowhere: cut polygons re-measured do not add up to their parent.
    """
    parts = np.asarray(measured_m2, dtype=np.float64)
    parent_m2 = parent_cm2 / CM2_PER_M2
    if parts.ndim != 1 or parts.size == 0 or not np.all(np.isfinite(parts)) or np.any(parts < 0) or parent_cm2 < 0:
        raise RequestError("SG-LAND-002", "allotment", "part areas must be finite, >= 0 and at least one.",
                           "Check the geometry of the parts.")
    total = float(parts.sum())
    limit = TOLERANCE_M2 + TOLERANCE_SHARE * parent_m2 if tolerance_m2 is None else tolerance_m2
    if abs(total - parent_m2) > limit:
        raise RequestError(
            "SG-LAND-001", "allotment",
            f"the parts measure {total:.4f} m² but their parent is booked at {parent_m2:.4f} m² "
            f"(allowed difference {limit:.4f} m²).",
            "The parts overlap, leave a gap, or belong to another parent; correct the cut.")
    if total == 0:
        invariant(parent_cm2 <= limit * CM2_PER_M2, "a parent with area has parts without", code="SG-LAND-001")
        result = np.zeros(parts.size, dtype=np.int64)
        result[0] = parent_cm2
        return result
    # Rounding to integers is exact below 2**53 cm² (900,000 km²), far above any parent.
    exact = parts / total * parent_cm2  # in this order: parent / total overflows for parts of next to nothing
    result = np.floor(exact).astype(np.int64)
    short = int(parent_cm2 - int(result.sum()))
    if short < 0:  # floor of a product that float rounding pushed up
        order = np.lexsort((np.arange(parts.size), exact - result))
        for index in order[np.flatnonzero(result[order] > 0)][:-short]:
            result[index] -= 1
    else:
        order = np.lexsort((np.arange(parts.size), -(exact - result)))
        whole, rest = divmod(short, parts.size)
        result += whole
        result[order[:rest]] += 1
    invariant(int(result.sum()) == parent_cm2, f"allotted {int(result.sum())} of {parent_cm2} cm²", code="SG-LAND-003")
    return result
