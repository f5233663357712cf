"""The naive plug-in: Laplace at the mode with point values for everything else.  Kept to show what it gets wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from safeground.hazard import hyper
from safeground.hazard.field import to_nodes
from safeground.hazard.fit import Settings, block_for, setup_of, typical_range
from safeground.hazard.gaussian import fit, responsibility
from safeground.hazard.nodes import compile_nodes
from safeground.hazard.nuisance import Draws, draw
from safeground.hazard.sample import exposure_sums
from safeground.records.site import SiteEvidence

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PlugIn:
    """Expected items left in each cell at the plug-in values."""

    left: Array

    def expected(self, mask: NDArray[np.bool_]) -> float:
        """Return the expected number left in a region."""
        return float(self.left[mask].sum())

    def distribution(self, mask: NDArray[np.bool_]) -> Callable[[int], float]:
        """Return P(number ≤ k): one Poisson, as if density and detection were known."""
        mean = self.expected(mask)
        return lambda count: float(poisson.cdf(count, mean))


def plug_in(site: SiteEvidence) -> PlugIn:
    """Return the usual spreadsheet practice done with a field: best density, mean detection, independent sweeps.

    One hyper-parameter point (prior medians), the Gaussian's mean with half its variance added, mean detection in place
    of its distribution.
    """
    settings = Settings()
    longest = max(site.area_m2.shape) * site.cell_m
    many = draw(site, 64, 0)
    one = Draws(many.detect.mean(axis=0, keepdims=True), many.shares.mean(axis=0, keepdims=True), np.zeros(1))
    data = compile_nodes(site, one, block_for(site, settings.nodes_max), 0.5 * typical_range(site, longest))
    setup = setup_of(site)
    middle = np.array([0.5])
    point = (float(hyper.ranges(site.prior, longest, middle)[0]), float(hyper.sigmas(site.prior, middle)[0]), 0.0)
    at = fit(data, setup, point, (settings.modes, settings.dense))
    log_rate = setup.log_density - at.half_variance + to_nodes(at.scale * at.mean, data.lattice.shape).ravel()
    detectable = exposure_sums(data, data.exposed, np.exp(log_rate)[None], np.zeros(1, np.int64))
    holds = responsibility(setup, data, detectable)
    known = data.part_of_cell >= 0
    by_part = np.exp(log_rate)[data.part_node] * holds[0][data.part_polygon]
    left = np.zeros(known.shape)
    left[known] = by_part[data.part_of_cell[known]] * data.patterns.left[0][data.patterns.of_cell[known]]
    return PlugIn(left.reshape(site.area_m2.shape) * site.area_m2 * site.support)
