"""The sampling plan of one lot: how many units are drawn from each stratum, and what that promises."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.inspection.sampling import ROUNDING, defective_limit, p_accept, sample_size
from safeground.records.quality import InspectionLot, LotState
from safeground.records.quality_rules import InspectionRules

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingPlan:
    """How many units of a lot are drawn.

    Attributes
    ----------
    units, taken : of the lot, and drawn; `by_stratum` the latter by stratum, in the order of the strata.
    formula : sample of the formula alone; None = even every unit does not reach the confidence.
    acceptance : failed units with which the lot is still accepted; never for ordnance.
    limit : fewest defective units of a lot that the plan must reject.
    p_accept_limit : probability of accepting such a lot, however its defective units lie among the strata.
    factor : multiple of the sample, above 1 after rejected lots.
    """

    units: int
    taken: int
    by_stratum: tuple[int, ...]
    formula: int | None
    acceptance: int
    limit: int
    p_accept_limit: float
    detection: float
    factor: float = 1.0


def allot(sizes: Sequence[int], sample: int) -> Ints:
    """Return the units drawn from each stratum: its share of the sample rounded up, at least 1, at most all.

    Rounding up keeps the sampled share of every stratum at or above that of the lot, so that defective units gathered
    in one stratum are found at least as often as without strata.
    """
    held = np.asarray(sizes, dtype=np.int64)
    share = np.ceil(np.round(sample * held / max(int(held.sum()), 1), 9)).astype(np.int64)
    return np.where(held > 0, np.minimum(held, np.maximum(share, 1)), 0)


def worst_p_accept(sizes: Sequence[int], taken: Sequence[int], defective: int, detection: float) -> float:
    """Return the largest probability of finding nothing over all ways in which defective units lie among the strata.

    Product over the strata of the zero-acceptance law, maximised exactly by dynamic programming over the number of
    defective units that each stratum holds.
    """
    best = np.zeros(defective + 1)
    best[0] = 1.0
    for units, sample in zip(sizes, taken, strict=True):
        if not units:
            continue
        most = min(int(units), defective)
        own = p_accept(int(units), np.arange(most + 1), int(sample), detection=detection)
        grown = np.zeros_like(best)
        for count, chance in enumerate(own):
            np.maximum(grown[count:], best[: defective + 1 - count] * chance, out=grown[count:])
        best = grown
    return float(best[defective])


def make_plan(sizes: Sequence[int], rules: InspectionRules, *, factor: float = 1.0) -> SamplingPlan:
    """Return the plan of a lot whose strata hold so many units.

    The formula's sample; at least ``share_min`` of the units; times `factor`; and, where nothing may be found, raised
    until the promise holds however defective units lie among the strata.  Where no sample serves, every unit is drawn.
    """
    units = int(sum(sizes))
    limit = defective_limit(units, rules.quality)
    acceptance = min(int(rules.acceptance_number), units)
    formula = sample_size(units, rules.quality, rules.confidence, acceptance=acceptance, detection=rules.detection)
    wanted = units if formula is None else min(units, max(formula, math.ceil(round(rules.share_min * units, 9))))
    wanted = min(units, math.ceil(round(wanted * factor, 9)))
    taken = allot(sizes, wanted)
    allowed = 1.0 - rules.confidence + ROUNDING

    def chance(by_stratum: Ints) -> float:
        if acceptance:
            drawn = int(by_stratum.sum())
            return float(p_accept(units, limit, drawn, acceptance=acceptance, detection=rules.detection))
        return worst_p_accept(sizes, by_stratum.tolist(), limit, rules.detection)

    while chance(taken) > allowed and wanted < units and formula is not None:
        wanted = min(units, wanted + max(1, wanted // 100))
        taken = allot(sizes, wanted)
    return SamplingPlan(
        units=units, taken=int(taken.sum()), by_stratum=tuple(int(n) for n in taken), formula=formula,
        acceptance=acceptance, limit=limit, p_accept_limit=chance(taken), detection=rules.detection, factor=factor)


def escalation(lot: InspectionLot, lots: Iterable[InspectionLot], rules: InspectionRules) -> float:
    """Return the multiple of the sample for a lot: raised once so many lots of one of its teams were rejected.

    A lot that was accepted and in which something was found later counts as rejected.
    """
    rejected = {team: 0 for team in lot.team_ids}
    for other in lots:
        if other.state in (LotState.REJECTED, LotState.REVOKED) and other.id != lot.id:
            for team in set(other.team_ids) & set(rejected):
                rejected[team] += 1
    raised = any(count >= rules.escalation_rejected for count in rejected.values())
    return rules.escalation_factor if raised else 1.0
