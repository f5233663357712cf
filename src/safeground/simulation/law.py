"""Site worlds drawn from the very law that the hazard engine assumes, for simulation-based calibration.

The field is made by another method than the engine's (Fourier synthesis on a large torus, cut out, at the fineness of
the cells), so that agreement is not an echo.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from safeground.foundation.seeds import stream
from safeground.records.site import Detector, Finds, HardItems, Search, SiteEvidence, SitePrior

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Regime:
    """One row of the calibration table.

    Attributes
    ----------
    cells, cell_m : side of the square site in cells, and of a cell, m.
    swept : share of the site covered by the first search; ``lanes`` of them, or one block when 1.
    detectors : Beta parameters by class for each detector; ``order`` names the detector of each search in turn.
    present : probability of each polygon; two polygons share the site left and right.
    soft_edge_m : width over which the polygons' intensity fades at the rim (displaced outlines), m.
    """

    name: str
    prior: SitePrior
    detectors: tuple[Detector, ...] = (Detector("team", (90.0,), (10.0,)),)
    order: tuple[str, ...] = ("team",)
    swept: float = 0.6
    lanes: int = 1
    present: tuple[float, ...] = (1.0,)
    soft_edge_m: float = 0.0
    cells: int = 48
    cell_m: float = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class SiteTruth:
    """What is hidden: items left in each cell, the targets' masks, and what was drawn."""

    left: NDArray[np.int64]
    targets: dict[str, NDArray[np.bool_]]
    drawn: dict[str, float]


#: As the shipped rule pack has it for every class.
HARD = HardItems(((1.0, 9.0),), ((2.0, 2.0),))
BASE = SitePrior(30.0, 0.5, 1.5, 30.0, 240.0, hard=HARD)
REGIMES = (
    Regime("base", BASE),
    Regime("sparse", replace(BASE, density_per_ha=8.0)),
    Regime("dense", replace(BASE, density_per_ha=120.0)),
    Regime("clustered", replace(BASE, sigma_95=2.5, range_05_m=25.0)),
    Regime("lanes", BASE, swept=0.3, lanes=6),
    Regime("poor_detection", BASE, (Detector("team", (30.0,), (20.0,)),), ("team", "team")),
    Regime("class_mix", replace(BASE, class_weight=(12.0, 6.0), hard=HardItems(HARD.share * 2, HARD.detection * 2)),
           (Detector("metal", (114.0, 24.0), (6.0, 16.0)), Detector("dog", (64.0, 42.0), (16.0, 18.0))),
           ("metal", "dog")),
    Regime("displaced_polygons", BASE, present=(0.5, 0.7), soft_edge_m=40.0),
)


def gaussian_field(rng: np.random.Generator, cells: int, cell_m: float, range_m: float, sigma: float) -> Array:
    """Return a stationary Matérn field (ν = 1) on square cells, by Fourier synthesis on a torus four times wider."""
    n = 4 * cells
    wave = 2 * np.pi * np.fft.fftfreq(n, cell_m)
    kappa2 = 8.0 / range_m**2
    density = 4 * np.pi * kappa2 * sigma**2 / (kappa2 + wave[:, None] ** 2 + wave[None, :] ** 2) ** 2
    noise = np.fft.fft2(rng.standard_normal((n, n)))
    return np.asarray(np.real(np.fft.ifft2(np.sqrt(density) / cell_m * noise))[:cells, :cells])


def _hyper(rng: np.random.Generator, prior: SitePrior) -> tuple[float, float, float]:
    tail = -np.log(0.05)
    limit = prior.range_max_m or np.inf
    range_m = tail * prior.range_05_m / (tail * prior.range_05_m / limit - np.log(rng.random()))
    sigma = rng.exponential(prior.sigma_95 / tail)
    log_density = np.log(prior.density_per_ha / 1e4) + prior.density_log_sd * rng.standard_normal()
    return float(range_m), float(sigma), float(log_density)


def _ground(regime: Regime) -> tuple[NDArray[np.int64], Array]:
    n = regime.cells
    polygon = np.zeros((n, n), np.int64)
    if len(regime.present) > 1:
        polygon[:, n // 2 :] = 1
    support = np.ones((n, n))
    if regime.soft_edge_m:
        steps = np.arange(n)
        rim = np.minimum(steps, n - 1 - steps) * regime.cell_m
        distance = np.minimum(rim[:, None], rim[None, :])
        support = np.exp(-np.maximum(regime.soft_edge_m - distance, 0.0) / (regime.soft_edge_m / 2))
    return polygon, support


def _coverage(regime: Regime) -> Array:
    n = regime.cells
    out = np.zeros((n, n))
    width = round(n * regime.swept / regime.lanes)
    for lane in range(regime.lanes):
        first = round(lane * n / regime.lanes)
        out[:, first : first + width] = 1.0
    return out


def _hard_items(rng: np.random.Generator, prior: SitePrior, items: NDArray[np.int64]
                ) -> tuple[NDArray[np.int64], Array]:
    """Return how many items of each class and cell are hard, and the ease of finding them by class."""
    if prior.hard is None:
        return np.zeros_like(items), np.ones(len(items))
    share, ease = rng.random(), rng.random()
    of_class = np.array([betaincinv(*pair, share) for pair in prior.hard.share])
    return (rng.binomial(items, of_class[:, None, None]),
            np.array([betaincinv(*pair, ease) for pair in prior.hard.detection]))


def assumed_world(regime: Regime, seed: int, replicate: int) -> tuple[SiteEvidence, SiteTruth]:
    """Return one site's evidence and its hidden truth, all unknowns drawn from the regime's priors."""
    rng = stream(seed, "law", regime.name, replicate)
    n, prior = regime.cells, regime.prior
    range_m, sigma, log_density = _hyper(rng, prior)
    field = gaussian_field(rng, n, regime.cell_m, range_m, sigma)
    polygon, support = _ground(regime)
    present = rng.random(len(regime.present)) < np.array(regime.present)
    mean = np.exp(log_density + field - sigma**2 / 2) * regime.cell_m**2 * support * present[polygon]
    weights = np.array(prior.class_weight)
    shares = rng.dirichlet(weights) if len(weights) > 1 else np.ones(1)
    left = rng.poisson(mean[None] * shares[:, None, None])
    detect = {d.name: d.highest * rng.beta(d.found, d.missed) for d in regime.detectors}
    hard, ease = _hard_items(stream(seed, "hard", regime.name, replicate), prior, left)
    coverage = _coverage(regime)
    searches, rows = [], []
    for k, name in enumerate(regime.order):
        searches.append(Search(f"{name} {k + 1}", name, coverage))
        chance = coverage[None] * detect[name][:, None, None]
        found_hard = rng.binomial(hard, chance * ease[:, None, None])
        found = rng.binomial(left - hard, chance) + found_hard
        left, hard = left - found, hard - found_hard
        m, r, c = np.nonzero(found)
        rows.append(np.array([r, c, m, np.full(len(m), k), found[m, r, c]]))
    table = np.concatenate(rows, axis=1)
    finds = Finds(table[0], table[1], table[2], table[3], table[4].astype(float))
    site = SiteEvidence(regime.cell_m, np.full((n, n), regime.cell_m**2), polygon, support, regime.present, prior,
                        regime.detectors, tuple(searches), finds)
    swept = coverage > 0
    targets = {"swept": swept, "unswept": ~swept, "polygon": (polygon == 0) & (np.arange(n)[:, None] >= n // 3),
               "site": np.ones((n, n), bool)}
    drawn = {"range_m": range_m, "sigma": sigma, "density_per_ha": float(np.exp(log_density) * 1e4)}
    return site, SiteTruth(left.sum(axis=0), targets, drawn)
