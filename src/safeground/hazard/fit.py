"""From evidence to posterior: choose the lattice, integrate the hyper-parameters, draw joint samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from threadpoolctl import threadpool_limits

from safeground.foundation.errors import RequestError
from safeground.hazard import hyper
from safeground.hazard.field import to_nodes
from safeground.hazard.gaussian import GaussianFit, Setup, fit
from safeground.hazard.iterative import LargeFit, fit_large
from safeground.hazard.large import mixture
from safeground.hazard.nodes import NodeData, compile_nodes
from safeground.hazard.nuisance import Draws, draw
from safeground.hazard.posterior import HazardPosterior, assemble
from safeground.hazard.sample import Samples, sample
from safeground.records.site import SiteEvidence

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Settings:
    """How finely a posterior is computed; the defaults are those that the calibration table was made with.

    Attributes
    ----------
    samples : joint samples.  draws : draws of detection and class shares.
    nodes_max : latent nodes over the site at most; cells are gathered into square blocks until it is kept.
    modes : cosine modes of each axis in the exact path.  dense : modes in one precision matrix at most.
    widest : a site longer than this many typical ranges takes the large path.
    step : sides of the hyper-parameter cells in log range and in log (σ + a little).
    fine : sides are halved where the posterior's standard deviation is less than this share of them, until one is
        shorter than ``least_step``.
    padding : ground added on every side, in typical ranges: at its border the field is mirrored.
    node_share : side of a node as a share of the shortest credible range.
    drop : points whose log weight is this far below the best are left out.
    """

    samples: int = 400
    draws: int = 64
    nodes_max: int = 4096
    modes: int = 20
    dense: int = 400
    widest: float = 10.0
    step: tuple[float, float] = (0.5, 0.25)
    fine: float = 0.55
    least_step: float = 0.1
    drop: float = 6.0
    padding: float = 0.75
    node_share: float = 1 / 6
    large_nodes_max: int = 62_500


def setup_of(site: SiteEvidence) -> Setup:
    """Return the priors of a site in the engine's terms: items for each m²."""
    known = np.array(site.known_present or (False,) * len(site.present), bool)
    present = np.where(known, 1.0, np.array(site.present, float))
    return Setup(float(np.log(site.prior.density_per_ha / 1e4)), site.prior.density_log_sd, present, known)


def block_for(site: SiteEvidence, most: int, share: float = 1 / 3) -> int:
    """Return the cells of a node's side: a share of the shortest credible range, more where nodes are too many."""
    block = max(1, int(site.prior.range_05_m * share / site.cell_m + 1e-9))
    while np.prod([np.ceil(n / block) for n in site.area_m2.shape]) > most:
        block *= 2
    return block


def posterior(site: SiteEvidence, seed: int, settings: Settings | None = None) -> HazardPosterior:
    """Return the posterior of one site.

    Parameters
    ----------
    site : its evidence.
    seed : of the draws; the same seed, evidence and library versions give the same bytes.

    Notes
    -----
    Small sites take the exact path: every mode that matters in one matrix, all hyper-parameter points, importance
    weights against the exact model.  A site so wide that the range needs more modes takes the large path.
    """
    settings = settings or Settings()
    longest = max(site.area_m2.shape) * site.cell_m
    with threadpool_limits(1, "blas"):
        if not site.searches:
            return _prior_only(site, seed, settings, longest)
        if longest > settings.widest * typical_range(site, longest):
            return _large(site, seed, settings, longest)
        return _exact(site, seed, settings, longest)


def _prior_only(site: SiteEvidence, seed: int, settings: Settings, longest: float) -> HazardPosterior:
    """Return the prior of a site that nothing has searched: the polygon's evidence and nothing else.

    Each sample has its own range and σ; node by node the samples are scaled to the prior's exact mean.
    """
    draws = draw(site, 1, seed)
    data = compile_nodes(site, draws, block_for(site, settings.nodes_max, settings.node_share),
                         0.5 * typical_range(site, longest))
    setup = setup_of(site)
    rng = np.random.default_rng([seed, 3])
    count, shape = settings.samples, data.lattice.shape
    uniform = (np.arange(count) + rng.random(count)) / count
    values = zip(hyper.ranges(site.prior, longest, rng.permutation(uniform)), hyper.sigmas(site.prior, uniform),
                 strict=True)
    log_rate = np.empty((count, shape[0] * shape[1]))
    for k, (range_m, sigma) in enumerate(values):
        spectrum = data.lattice.spectrum(range_m, sigma)
        field = to_nodes(np.sqrt(spectrum) * rng.standard_normal(shape), shape)
        level = setup.log_density + setup.log_density_sd * rng.standard_normal()
        log_rate[k] = (level + field - data.lattice.variance(spectrum) / 2).ravel()
    mean = setup.log_density + setup.log_density_sd**2 / 2
    log_rate += mean - (logsumexp(log_rate, axis=0) - np.log(count))
    zero = np.zeros(count, np.int64)
    samples = Samples(log_rate, zero, zero, np.full(count, 1 / count), float(count))
    return assemble(site, draws, data, setup, samples, np.zeros((0, 3)), seed)


def typical_range(site: SiteEvidence, longest: float) -> float:
    """Return the prior median of the range, m."""
    return float(hyper.ranges(site.prior, longest, np.array([0.5]))[0])


def _exact(site: SiteEvidence, seed: int, settings: Settings, longest: float) -> HazardPosterior:
    draws = draw(site, settings.draws, seed)
    data = compile_nodes(site, draws, block_for(site, settings.nodes_max, settings.node_share),
                         settings.padding * typical_range(site, longest))
    setup = setup_of(site)
    kept = _points(site, data, setup, settings, longest)
    samples = sample(kept, data, setup, settings.samples, np.random.default_rng([seed, 3]))
    weight = np.bincount(samples.point, samples.weight, len(kept))
    points_out = np.array([[f.range_m, f.sigma, w] for f, w in zip(kept, weight, strict=True)])
    return assemble(site, draws, data, setup, samples, points_out, seed)


def _points(site: SiteEvidence, data: NodeData, setup: Setup, settings: Settings, longest: float) -> list[GaussianFit]:
    """Return fits at the hyper-parameter points that carry the posterior.

    Cells of equal sides are visited outwards from the most probable; each fit begins from the nearest before it.  Sides
    are halved where they are long against the posterior's standard deviation.
    """
    step = np.array(settings.step)
    every: list[GaussianFit] = []
    at = typical_range(site, longest), float(hyper.sigmas(site.prior, np.array([0.5]))[0])
    while True:
        grid = hyper.Grid(site.prior, hyper.longest_range(site.prior, longest), (float(step[0]), float(step[1])))
        fits: dict[hyper.Cell, GaussianFit] = {}
        height = hyper.explore(_log_density(data, setup, settings, grid, fits, every), grid.cell(*at), settings.drop)
        best = max(fits, key=lambda cell: height[cell])
        coarse = hyper.spread(height) < settings.fine
        if not coarse.any() or step.min() < settings.least_step:
            return [f for cell, f in fits.items() if height[cell] > height[best] - settings.drop]
        step[coarse] /= 2
        at = fits[best].range_m, fits[best].sigma


def _log_density(data: NodeData, setup: Setup, settings: Settings, grid: hyper.Grid,
                 fits: dict[hyper.Cell, GaussianFit], every: list[GaussianFit]) -> Callable[[hyper.Cell], float]:
    """Return the log posterior density of a grid's cells, up to a constant; fits are kept in ``fits`` and ``every``."""

    def at(cell: hyper.Cell) -> float:
        point = grid.point(cell)
        near = min(every, key=lambda f: abs(np.log(f.range_m / point[0])) + abs(np.log(f.sigma / point[1])),
                   default=None)
        fits[cell] = fit(data, setup, point, (settings.modes, settings.dense), near)
        every.append(fits[cell])
        return fits[cell].evidence + point[2]

    return at


def _large(site: SiteEvidence, seed: int, settings: Settings, longest: float) -> HazardPosterior:
    draws = draw(site, min(settings.draws, 8), seed)
    setup = setup_of(site)
    pad = 0.5 * typical_range(site, longest)
    points = hyper_points(site, setup, draws, pad, seed, settings)
    data = compile_nodes(site, draws, block_for(site, settings.large_nodes_max), pad)
    fits: list[LargeFit] = []
    for k, (log_range, log_sigma) in enumerate(points):
        # Over a Gaussian's density at the design point: importance weights of the five points.
        log_weight = hyper.log_prior(site.prior, log_range, log_sigma) + (hyper.RADIUS2 / 2 if k else 0.0)
        point = (float(np.exp(log_range)), float(np.exp(log_sigma)), log_weight)
        same_numbers = np.random.default_rng([seed, 9])
        fits.append(fit_large(data, setup, point, same_numbers, start=fits[0] if fits else None,
                              with_evidence=len(points) > 1))
    return from_fits(site, draws, data, setup, fits, settings.samples, seed)


def hyper_points(site: SiteEvidence, setup: Setup, draws: Draws, pad: float, seed: int, settings: Settings) -> Array:
    """Return five equally weighted points (log range, log σ) for the large path, found on coarser lattices."""
    longest = max(site.area_m2.shape) * site.cell_m
    fits: dict[int, LargeFit] = {}

    def on(nodes: int) -> Callable[[float, float], float]:
        data = compile_nodes(site, draws, block_for(site, nodes), pad)

        def evidence(log_range: float, log_sigma: float) -> float:
            point = (float(np.exp(log_range)), float(np.exp(log_sigma)), 0.0)
            same_numbers = np.random.default_rng([seed, 8])
            fits[nodes] = fit_large(data, setup, point, same_numbers, start=fits.get(nodes), probes=6)
            return fits[nodes].evidence + hyper.log_prior(site.prior, log_range, log_sigma)

        return evidence

    rough = on(settings.large_nodes_max // 16)
    ranges = np.log(hyper.ranges(site.prior, longest, np.array([0.15, 0.4, 0.7, 0.92])))
    sigmas = np.log(hyper.sigmas(site.prior, np.array([0.2, 0.5, 0.8])))
    tried = [(rough(r, s), r, s) for s in sigmas for r in ranges]
    best = np.array(max(tried)[1:])
    centre, _ = hyper.peak(rough, best, (0.3,))
    centre, covariance = hyper.peak(on(settings.large_nodes_max // 4), centre, (0.25,))
    return hyper.design(centre, covariance)


def from_fits(site: SiteEvidence, draws: Draws, data: NodeData, setup: Setup, fits: list[LargeFit], count: int,
              seed: int) -> HazardPosterior:
    """Return the posterior of large fits: their mixture's samples."""
    samples, weights = mixture(fits, data, setup, count, np.random.default_rng([seed, 3]))
    points = np.array([[f.range_m, f.sigma, w] for f, w in zip(fits, weights, strict=True)])
    return assemble(site, draws, data, setup, samples, points, seed, fits=tuple(fits))


def update(before: HazardPosterior, site: SiteEvidence, count: int | None = None) -> HazardPosterior:
    """Return the posterior after more evidence, begun from yesterday's.

    Parameters
    ----------
    before : posterior of the same ground, polygons, grades and prior with fewer searches or finds.
    site : the evidence now; its first searches are those of ``before``.
    count : joint samples; as many as before when not given.

    Raises
    ------
    RequestError : the new evidence takes something back (SG-HAZARD-005); such a change needs a new posterior.

    Notes
    -----
    Small sites are fitted anew (under a second).  On the large path the hyper-parameter points stay, their fits are
    renewed by warm Newton steps, and their weights are computed again.
    """
    old = before.site
    same = (np.array_equal(old.area_m2, site.area_m2) and np.array_equal(old.polygon, site.polygon)
            and (old.present, old.known_present, old.prior) == (site.present, site.known_present, site.prior)
            and len(site.searches) >= len(old.searches) and site.finds.total >= old.finds.total - 1e-9
            and all(a.name == b.name and np.array_equal(a.coverage, b.coverage)
                    for a, b in zip(old.searches, site.searches, strict=False)))
    if not same:
        raise RequestError("SG-HAZARD-005", "site", "the new evidence is not the old evidence and more.",
                           "Compute the posterior anew.")
    if not before.fits:
        return posterior(site, before.seed, replace(Settings(), samples=count or Settings().samples))
    with threadpool_limits(1, "blas"):
        rng = np.random.default_rng([before.seed, 6])
        draws = draw(site, before.draws.count, before.seed)
        data = compile_nodes(site, draws, before.data.block, before.data.pad[0] * before.data.lattice.node_m - 1e-9)
        fits = [fit_large(data, before.setup, (f.range_m, f.sigma, f.log_weight), rng, start=f, probes=6)
                for f in before.fits if isinstance(f, LargeFit)]
        return from_fits(site, draws, data, before.setup, fits, count or len(before.samples.weight), before.seed)
