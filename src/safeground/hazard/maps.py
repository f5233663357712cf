"""Maps of a posterior: mean, probability, interval width and knowledge for every cell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from safeground.hazard.posterior import HazardPosterior, covered_cells

Array = NDArray[np.float64]
SERIES_LIMIT = 0.05


class Knowledge(IntEnum):
    """What a cell's figure rests on; ground without knowledge has no figure at all, never a zero."""

    OUTSIDE = 0
    NOTHING_KNOWN = 1
    BORROWED = 2
    SEARCHED = 3


@dataclass(frozen=True, slots=True, eq=False)
class HazardMaps:
    """Cell products, each of the site's shape; NaN where nothing is known or outside.

    Attributes
    ----------
    expected_items : items left in the cell.  p_any : P(one or more).
    density_low, density_median, density_high : 5, 50 and 95 % of the items left for each hectare.
    knowledge : :class:`Knowledge` codes.
    """

    expected_items: Array
    p_any: Array
    density_low: Array
    density_median: Array
    density_high: Array
    knowledge: NDArray[np.int8]


def cell_maps(posterior: HazardPosterior) -> HazardMaps:
    """Return the maps; the sum of ``expected_items`` over any region equals that region's answer.

    Notes
    -----
    P(any) of a cell is 1 − E[exp(−x)] with x the expected number in each sample; cells are so small that a series to
    x⁴ suffices (x at most .05 in every sample), larger ones are summed exactly.
    """
    site, data = posterior.site, posterior.data
    part = data.part_of_cell.reshape(site.area_m2.shape)
    covered = covered_cells(site)
    known = part >= 0
    expected = np.full(part.shape, np.nan)
    p_any = np.full(part.shape, np.nan)
    low, high = posterior.holds, posterior.held_at_least()
    rate = posterior.rate
    lift = posterior.lift
    for touched, held, factor in ((True, low, np.ones_like(lift)), (False, high, lift)):
        cells = known & (covered == touched)
        if cells.any():
            expected[cells], p_any[cells] = _cells(posterior, cells, part[cells], held, factor, rate)
    share = np.where(known & covered, _mean_left(posterior, known & covered), 1.0)
    searched, bare = _bands(posterior, low, rate), _bands(posterior, high, rate, lift)
    place = np.maximum(part, 0)
    density = [np.where(known, np.where(covered, s[place], b[place]) * share * site.support * 1e4, np.nan)
               for s, b in zip(searched, bare, strict=True)]
    knowledge = np.where(known & covered, Knowledge.SEARCHED, np.where(known, Knowledge.BORROWED, np.where(
        site.area_m2 > 0, Knowledge.NOTHING_KNOWN, Knowledge.OUTSIDE))).astype(np.int8)
    return HazardMaps(expected, p_any, density[0], density[1], density[2], knowledge)


def _cells(posterior: HazardPosterior, cells: NDArray[np.bool_], part: NDArray[np.int64], held: Array, factor: Array,
           rate: Array) -> tuple[Array, Array]:
    site, data, samples = posterior.site, posterior.data, posterior.samples
    ground = (site.area_m2 * site.support)[cells]
    pattern = data.patterns.of_cell[cells.ravel()]
    expected, p_any = np.zeros(len(part)), np.zeros(len(part))
    largest = factor * rate[:, data.part_node].max(axis=0)
    for j in range(posterior.draws.count):
        of = samples.draw == j
        if not of.any():
            continue
        left = ground * data.patterns.left[j][pattern]
        by_part = rate[of][:, data.part_node] * factor
        weight = samples.weight[of, None] * held[of][:, data.part_polygon]
        powers = [np.einsum("sp,sp->p", weight, by_part**k) for k in (1, 2, 3, 4)]
        expected += left * powers[0][part]
        series = left * (powers[0][part] - left * (powers[1][part] / 2 - left * (
            powers[2][part] / 6 - left * powers[3][part] / 24)))
        big = left * largest[part] > SERIES_LIMIT
        for first in range(0, int(big.sum()), 4096):
            at = np.flatnonzero(big)[first : first + 4096]
            series[at] = (weight[:, part[at]] * -np.expm1(-left[at] * by_part[:, part[at]])).sum(axis=0)
        p_any += series
    return expected, p_any


def _mean_left(posterior: HazardPosterior, cells: NDArray[np.bool_]) -> Array:
    out = np.ones(cells.shape)
    if cells.any():
        weight = np.bincount(posterior.samples.draw, posterior.samples.weight, posterior.draws.count)
        patterns = posterior.data.patterns
        out[cells] = (weight @ patterns.left)[patterns.of_cell[cells.ravel()]]
    return out


def _bands(posterior: HazardPosterior, held: Array, rate: Array, factor: Array | float = 1.0) -> list[Array]:
    """Return weighted 5, 50 and 95 % quantiles of each part's intensity, items for each m², presence included."""
    data, samples = posterior.data, posterior.samples
    present = (posterior.uniform < held)[:, data.part_polygon]
    values = np.where(present, rate[:, data.part_node] * factor, 0.0)
    order = np.argsort(values, axis=0)
    ranked = np.take_along_axis(values, order, axis=0)
    share = np.cumsum(samples.weight[order], axis=0)
    return [np.take_along_axis(ranked, (share < q - 1e-12).sum(axis=0)[None, :].clip(max=len(ranked) - 1), axis=0)[0]
            for q in (0.05, 0.5, 0.95)]
