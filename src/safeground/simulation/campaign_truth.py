"""What released ground truly held, against what was stated when it was released."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Probability with which honest statements may look as bad by chance before the check fails.
ALARM = 1e-3


@dataclass(frozen=True, slots=True)
class Released:
    """One released area.

    Attributes
    ----------
    p_any, expected_items, interval : as the signed dossier states them.
    true_left : items truly in its ground on the day of release.
    over_reported : whether part of its ground was reported and never searched; no statement can know that.
    certificate_sha256 : of the certificate's bytes.
    """

    area: str
    released: date
    area_m2: float
    p_any: float
    expected_items: float
    interval: tuple[int, int]
    true_left: int
    over_reported: bool
    certificate_sha256: str

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "released": self.released.isoformat(), "interval": list(self.interval)}


def count_law(probabilities: Iterable[float]) -> NDArray[np.float64]:
    """Return P(k of n areas hold something), k = 0 … n, for independent areas (Poisson's binomial law, exact)."""
    law = np.ones(1)
    for p in probabilities:
        law = np.convolve(law, [1.0 - p, p])
    return law


def most_expected(probabilities: Iterable[float], alarm: float = ALARM) -> int:
    """Return the largest number of areas holding something that is not stranger than `alarm` under the statements."""
    law = count_law(probabilities)
    above = 1.0 - np.cumsum(law)
    return int(np.argmax(above <= alarm))


def scores_of(released: Iterable[Released]) -> dict[str, Any]:
    """Return how the stated figures fare: Brier score, coverage of the 90 % interval, totals; {} without releases."""
    areas = list(released)
    if not areas:
        return {}
    honest = [a for a in areas if not a.over_reported]
    return {
        "released": len(areas), "released_over_reported": len(areas) - len(honest),
        "stated_expected_left": round(sum(a.expected_items for a in areas), 6),
        "true_left": sum(a.true_left for a in areas),
        "stated_areas_with_any": round(sum(a.p_any for a in areas), 6),
        "true_areas_with_any": sum(a.true_left > 0 for a in areas),
        "brier_p_any": round(float(np.mean([(a.p_any - (a.true_left > 0)) ** 2 for a in areas])), 6),
        "interval_90_covers": round(float(np.mean([a.interval[0] <= a.true_left <= a.interval[1] for a in areas])), 6),
        "p_any_max": max(a.p_any for a in areas)}


def truth_checks(released: Iterable[Released], residual_max: float) -> list[dict[str, Any]]:
    """Return the checks of stated against true residual, on areas whose returns were honest."""
    areas = [a for a in released if not a.over_reported]
    hold = sum(a.true_left > 0 for a in areas)
    most = most_expected(a.p_any for a in areas)
    covered = sum(a.true_left <= a.interval[1] for a in areas)
    misses = most_expected([0.1] * len(areas))
    above = [a.area for a in areas if a.p_any > residual_max]
    return [
        {"name": "released areas hold something no more often than was stated", "looked": len(areas),
         "holds": hold <= most, "failed": int(hold > most),
         "first_failures": [] if hold <= most else [f"{hold} of {len(areas)} hold something, at most {most} expected"]},
        {"name": "what is left lies below the stated 90 % interval's end often enough", "looked": len(areas),
         "holds": len(areas) - covered <= misses, "failed": int(len(areas) - covered > misses),
         "first_failures": [] if len(areas) - covered <= misses else [f"{covered} of {len(areas)} covered"]},
        {"name": "no area was released above the national residual", "looked": len(areas), "holds": not above,
         "failed": len(above), "first_failures": above[:5]}]
