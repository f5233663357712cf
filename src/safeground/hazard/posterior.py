"""The posterior of one site: joint samples, and answers for any region by summation over its cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from safeground.foundation.errors import RequestError
from safeground.hazard.gaussian import Setup, responsibility
from safeground.hazard.iterative import LargeFit
from safeground.hazard.nodes import NodeData
from safeground.hazard.nuisance import Draws
from safeground.hazard.sample import Samples, exposure_sums
from safeground.records.site import SiteEvidence

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RegionAnswer:
    """What is left in a region, with its uncertainty.

    Attributes
    ----------
    expected_items, p_any, interval : stated figures: items left, probability of one or more, 90 % interval of the
        number; unsearched ground counts at least at its polygon's own evidence.
    model_expected_items, model_p_any, model_interval : the same from the posterior alone, before that floor.
    searched_items, borrowed_items : the expected items in searched ground, and in ground that only borrows from its
        polygon and neighbours.
    area_m2, searched_m2, unknown_m2 : ground of the region; searched; about which nothing is known (in no figure).
    """

    expected_items: float
    p_any: float
    interval: tuple[int, int]
    model_expected_items: float
    model_p_any: float
    model_interval: tuple[int, int]
    searched_items: float
    borrowed_items: float
    area_m2: float
    searched_m2: float
    unknown_m2: float


@dataclass(frozen=True, slots=True, eq=False)
class HazardPosterior:
    """Everything that later stages ask of a site's posterior.

    Attributes
    ----------
    points : for each hyper-parameter point range, m; standard deviation; posterior weight.
    holds : P(polygon holds anything | sample), shape (samples, polygons).
    uniform : one uniform number for each sample and polygon, which decides presence in the joint samples.
    rate : intensity of contaminated ground, shape (samples, nodes), items for each m².
    lift : for each part, the factor (at least 1) that brings unsearched ground up to its polygon's evidence.
    fits : the Gaussians of the large path (samples not re-weighed), for the next day's update; none on the exact path.
    """

    site: SiteEvidence
    draws: Draws
    data: NodeData
    setup: Setup
    samples: Samples
    points: Array
    holds: Array
    uniform: Array
    seed: int
    rate: Array
    lift: Array
    fits: tuple[LargeFit, ...] = ()

    @property
    def prior_density(self) -> float:
        """Mean items for each m² of contaminated ground before any search."""
        return float(np.exp(self.setup.log_density + self.setup.log_density_sd**2 / 2))

    def held_at_least(self) -> Array:
        """P(polygon holds anything) used for unsearched ground: never below the polygon's own evidence."""
        return np.maximum(self.holds, self.setup.present[None, :])

    def ask(self, region: Array | Mask) -> RegionAnswer:
        """Return what is left in a region.

        Parameters
        ----------
        region : share of each cell that belongs to the region, shape of the site, 0 to 1 (or a mask).

        Raises
        ------
        RequestError : the shape differs, or the region holds no ground of the site (SG-HAZARD-003).
        """
        searched, unsearched, areas = self._weights(np.asarray(region, float))
        rate = self.rate
        with_search = exposure_sums(self.data, searched, rate, self.samples.draw)
        without = exposure_sums(self.data, unsearched, rate, self.samples.draw)
        raised = exposure_sums(self.data, unsearched * self.lift, rate, self.samples.draw)
        low, high = self.holds, self.held_at_least()
        weight = self.samples.weight
        searched_items = float(weight @ (low * with_search).sum(axis=1))
        borrowed = float(weight @ (high * raised).sum(axis=1))
        none = 1 - high + (high - low) * np.exp(-raised) + low * np.exp(-raised - with_search)
        model_none = 1 - low + low * np.exp(-without - with_search)
        present, present_high = self.uniform < low, self.uniform < high
        count = (present * with_search + present_high * raised).sum(axis=1)
        model = (present * (with_search + without)).sum(axis=1)
        return RegionAnswer(
            searched_items + borrowed, float(1 - weight @ none.prod(axis=1)), self.interval(count),
            float(weight @ (low * (with_search + without)).sum(axis=1)), float(1 - weight @ model_none.prod(axis=1)),
            self.interval(model), searched_items, borrowed, *areas)

    def p_any_interval(self, region: Array | Mask, level: float = 0.9) -> tuple[float, float]:
        """Return the equal-tailed interval of P(any left) over what is not known: density, presence, detection.

        Each sample of the posterior gives its own P(any left); their mean is ``p_any``.
        """
        searched, unsearched, _ = self._weights(np.asarray(region, float))
        with_search = exposure_sums(self.data, searched, self.rate, self.samples.draw)
        raised = exposure_sums(self.data, unsearched * self.lift, self.rate, self.samples.draw)
        low, high = self.holds, self.held_at_least()
        none = 1 - high + (high - low) * np.exp(-raised) + low * np.exp(-raised - with_search)
        each = 1 - none.prod(axis=1)
        order = np.argsort(each)
        reached = np.cumsum(self.samples.weight[order])
        tails = np.searchsorted(reached, ((1 - level) / 2, (1 + level) / 2)).clip(0, len(each) - 1)
        return float(each[order][tails[0]]), float(each[order][tails[1]])

    def searched_p_any(self, region: Array | Mask) -> float:
        """Return P(any left) in the searched ground of a region alone."""
        searched, _, _ = self._weights(np.asarray(region, float))
        left = exposure_sums(self.data, searched, self.rate, self.samples.draw)
        none = 1 - self.holds + self.holds * np.exp(-left)
        return float(1 - self.samples.weight @ none.prod(axis=1))

    def count_interval(self, region: Array | Mask, level: float) -> tuple[int, int]:
        """Return the interval of the number left at a level, as stated: unsearched ground at its evidence at least."""
        searched, unsearched, _ = self._weights(np.asarray(region, float))
        with_search = exposure_sums(self.data, searched, self.rate, self.samples.draw)
        raised = exposure_sums(self.data, unsearched * self.lift, self.rate, self.samples.draw)
        means = (self.uniform < self.holds) * with_search + (self.uniform < self.held_at_least()) * raised
        return self.interval(means.sum(axis=1), level)

    def counts(self, region: Array | Mask) -> Array:
        """Return each sample's expected number left in a region, presence drawn: a mixture of Poisson means."""
        searched, unsearched, _ = self._weights(np.asarray(region, float))
        rate = self.rate
        left = exposure_sums(self.data, searched, rate, self.samples.draw)
        left += exposure_sums(self.data, unsearched, rate, self.samples.draw)
        return np.asarray(((self.uniform < self.holds) * left).sum(axis=1))

    def at_most(self, means: Array, count: int) -> float:
        """Return P(number ≤ count) of the weighted Poisson mixture."""
        if count < 0:
            return 0.0
        return float(self.samples.weight @ np.where(means > 0, gammaincc(count + 1, np.maximum(means, 1e-300)), 1.0))

    def interval(self, means: Array, level: float = 0.9) -> tuple[int, int]:
        """Return the equal-tailed interval of the number left."""
        tail = (1 - level) / 2
        return self._quantile(means, tail), self._quantile(means, 1 - tail)

    def _quantile(self, means: Array, share: float) -> int:
        low, high = -1, int(means.max(initial=0.0) + 10 * np.sqrt(means.max(initial=0.0)) + 10)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.at_most(means, middle) >= share else (middle, high)
        return high

    def _weights(self, region: Array) -> tuple[Array, Array, tuple[float, float, float]]:
        site = self.site
        if region.shape != site.area_m2.shape or region.min() < 0 or region.max() > 1:
            raise RequestError("SG-HAZARD-003", "region", f"its shape is {region.shape}, the site's "
                               f"{site.area_m2.shape}, or a share lies outside 0 to 1.", "Give a share for each cell.")
        ground = site.area_m2 * region
        if not ground.any():
            raise RequestError("SG-HAZARD-003", "region", "holds no ground of the site.", "Ask about ground inside it.")
        part, patterns = self.data.part_of_cell, self.data.patterns
        flat = ground.ravel()
        known = np.flatnonzero((part >= 0) & (flat > 0))
        weighted = (ground * site.support).ravel()[known]
        sums = patterns.sums(known, weighted, part[known], len(self.data.part_node))
        touched = patterns.touched[patterns.of_cell[known]]
        searched = (patterns.left * patterns.touched) @ sums
        unsearched = (~patterns.touched).astype(float) @ sums
        areas = (float(flat.sum()), float(flat[known[touched]].sum()), float(flat[part < 0].sum()))
        return searched, unsearched, areas


def covered_cells(site: SiteEvidence) -> Mask:
    """Return which cells any search touched."""
    covered = np.zeros(site.area_m2.shape, bool)
    for search in site.searches:
        covered |= search.coverage > 0
    return covered


def assemble(site: SiteEvidence, draws: Draws, data: NodeData, setup: Setup, samples: Samples, points: Array,
             seed: int, fits: tuple[LargeFit, ...] = ()) -> HazardPosterior:
    """Return a posterior of weighted samples: each polygon's presence and its deciding numbers are added."""
    rate = np.exp(samples.log_rate)
    holds = responsibility(setup, data, exposure_sums(data, data.exposed, rate, samples.draw))
    uniform = np.random.default_rng([seed, 11]).random(holds.shape)
    lift = _lift(data, setup, samples, holds, rate)
    return HazardPosterior(site, draws, data, setup, samples, points, holds, uniform, seed, rate, lift, fits)


def _lift(data: NodeData, setup: Setup, samples: Samples, holds: Array, rate: Array) -> Array:
    """Return evidence over expectation of each part's unsearched ground, at least 1."""
    held = np.maximum(holds, setup.present[None, :]) * samples.weight[:, None]
    expected = np.empty(len(data.part_node))
    for polygon in range(held.shape[1]):
        of = data.part_polygon == polygon
        expected[of] = held[:, polygon] @ rate[:, data.part_node[of]]
    density = np.exp(setup.log_density + setup.log_density_sd**2 / 2)
    return np.asarray(np.maximum(1.0, setup.present[data.part_polygon] * density / np.maximum(expected, 1e-300)))
