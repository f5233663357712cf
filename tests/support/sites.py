"""Small sites for tests of the hazard engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.stats import gamma as gamma_law

from safeground.hazard.gaussian import Setup
from safeground.hazard.nodes import compile_nodes
from safeground.hazard.nuisance import Draws
from safeground.hazard.posterior import HazardPosterior, assemble
from safeground.hazard.sample import Samples
from safeground.records.site import Detector, Finds, Search, SiteEvidence, SitePrior

PRIOR = SitePrior(30.0, 0.6, 1.5, 30.0, 200.0)


def flat_site(present: float = 1.0, cells: int = 1, cell_m: float = 50.0, detection: float = 0.5,
              prior: SitePrior = PRIOR) -> SiteEvidence:
    """A square site, searched whole once by a team of almost known detection, without finds."""
    shape = (cells, cells)
    sure = 1e9
    return SiteEvidence(cell_m, np.full(shape, cell_m**2), np.zeros(shape, np.int64), np.ones(shape), (present,), prior,
                        (Detector("team", (detection * sure,), ((1 - detection) * sure,)),),
                        (Search("first", "team", np.ones(shape)),))


def one_node_posterior(present: float, gamma: tuple[float, float] = (2.0, 100.0), detection: float = 0.5
                       ) -> HazardPosterior:
    """A posterior of one cell whose samples are a fine quadrature of a gamma density (items for each m²)."""
    site = flat_site(present, detection=detection)
    draws = Draws(np.full((1, 1, 1), detection), np.ones((1, 1)), np.zeros(1))
    data = compile_nodes(site, draws, 1, 1.0)
    x, w = np.polynomial.legendre.leggauss(4000)
    law = gamma_law(gamma[0], scale=1 / gamma[1])
    top = law.ppf(1 - 1e-15)
    density = top * ((x + 1) / 2) ** 4
    weight = w * law.pdf(density) * ((x + 1) / 2) ** 3
    rates = np.log(np.repeat(density[:, None], data.lattice.shape[0] * data.lattice.shape[1], axis=1))
    zero = np.zeros(len(density), np.int64)
    samples = Samples(rates, zero, zero, weight / weight.sum(), float(len(density)))
    setup = Setup(0.0, 1.0, np.array([present]), np.array([False]))
    return assemble(site, draws, data, setup, samples, np.zeros((1, 3)), 1)


def lane_site(seed: int = 3, cells: int = 24, items: int = 14, present: float = 0.6) -> SiteEvidence:
    """A site half searched, with a few finds in one corner."""
    rng = np.random.default_rng(seed)
    base = flat_site(present, cells, 5.0, 0.9)
    coverage = np.zeros((cells, cells))
    coverage[:, : cells // 2] = 1.0
    row, col = rng.integers(0, cells // 3, items), rng.integers(0, cells // 3, items)
    zero = np.zeros(items, np.int64)
    finds = Finds(row, col, zero, zero, np.ones(items))
    return replace(base, searches=(Search("first", "team", coverage),), finds=finds)
