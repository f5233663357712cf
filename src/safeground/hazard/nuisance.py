"""Detection and class shares as draws: each draw keeps one detector's probability for all of its searches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv
from scipy.stats import qmc

from safeground.records.site import SiteEvidence

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: Share of the finds by class that the proposal of the class shares takes in; the rest is left to the weights.
TILT = 0.8
#: Beta parameters that sum to more than this stand for a detection probability known to a thousandth: one draw does.
KNOWN = 1e5


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Quasi-random draws of detection and class shares.

    Attributes
    ----------
    detect : shape (draws, detectors, classes).  shares : shape (draws, classes).
    log_ratio : log of prior over proposal of each draw's shares, which are drawn near what the finds say.
    """

    detect: Array
    shares: Array
    log_ratio: Array

    @property
    def count(self) -> int:
        """Number of draws."""
        return len(self.shares)


def draw(site: SiteEvidence, count: int, seed: int) -> Draws:
    """Return ``count`` scrambled Sobol draws of every detector's probabilities and of the class shares.

    One probability for each detector and class holds in all searches of that detector, so a draw in which the detector
    is poor is poor in every sweep: E[(1 − p)^K] is kept, never (1 − E p)^K.
    """
    classes, detectors = site.class_count, len(site.detectors)
    if classes == 1 and all(f + m > KNOWN for d in site.detectors for f, m in zip(d.found, d.missed, strict=True)):
        count = 1
    dims = classes * (detectors + 1)
    cube = qmc.Sobol(dims, scramble=True, rng=np.random.default_rng([seed, 7])).random(count)
    cube = np.clip(cube, 1e-9, 1 - 1e-9)
    if count == 1:
        cube = np.full_like(cube, 0.5)
    found = np.array([d.found for d in site.detectors], float).reshape(detectors, classes)
    missed = np.array([d.missed for d in site.detectors], float).reshape(detectors, classes)
    highest = np.array([d.highest for d in site.detectors], float).reshape(detectors, 1)
    units = cube[:, : detectors * classes].reshape(count, detectors, classes)
    detect = highest * betaincinv(found, missed, units)
    weight = np.array(site.prior.class_weight)
    known = site.finds.item_class >= 0
    seen = np.bincount(site.finds.item_class[known], site.finds.weight[known], classes)
    near = weight + TILT * seen
    gamma = gammaincinv(near, cube[:, detectors * classes :]) + 1e-300
    shares = gamma / gamma.sum(axis=1, keepdims=True)
    ratio = -(np.log(shares) * (TILT * seen)).sum(axis=1)
    return Draws(detect, shares, ratio - ratio.max())


def survival(site: SiteEvidence, draws: Draws, j: int, where: Mask | None = None, until: int | None = None) -> Array:
    """Return the probability that an item of each class outlasts the first ``until`` searches in each cell.

    Shape (classes, cells chosen by ``where``), or (classes, rows, cols) without it: the product over searches of
    1 − coverage × detection, for draw ``j``.
    """
    index = {d.name: k for k, d in enumerate(site.detectors)}
    size = site.area_m2.shape if where is None else (int(where.sum()),)
    out = np.ones((site.class_count, *size))
    for search in site.searches[:until]:
        coverage = search.coverage if where is None else search.coverage[where]
        for m in range(site.class_count):
            out[m] *= 1.0 - coverage * draws.detect[j, index[search.detector], m]
    return out


def left_share(site: SiteEvidence, draws: Draws, j: int, where: Mask | None = None, until: int | None = None) -> Array:
    """Return the share of items that the first ``until`` searches leave in each cell (or chosen cell), draw ``j``."""
    q = survival(site, draws, j, where, until)
    return np.asarray(q[0] if site.class_count == 1 else np.tensordot(draws.shares[j], q, axes=1))


def find_log_likelihood(site: SiteEvidence, draws: Draws) -> Array:
    """Return, for each draw, the log probability of which search found which class, given where the items were."""
    f = site.finds
    if not len(f.row):
        return draws.log_ratio
    index = {d.name: k for k, d in enumerate(site.detectors)}
    cover = np.array([s.coverage[f.row, f.col] for s in site.searches])
    which = np.array([index[s.detector] for s in site.searches])
    per_class = np.empty((draws.count, site.class_count, len(f.row)))
    for m in range(site.class_count):
        hit = cover[None] * draws.detect[:, which, m][:, :, None]
        before = np.cumsum(np.log1p(-np.minimum(hit, 1 - 1e-12)), axis=1) - np.log1p(-np.minimum(hit, 1 - 1e-12))
        chosen = np.arange(len(f.row))
        log_hit = np.log(np.maximum(hit[:, f.search, chosen], 1e-300))
        per_class[:, m] = log_hit + before[:, f.search, chosen] + np.log(draws.shares[:, m])[:, None]
    known = f.item_class >= 0
    picked = np.take_along_axis(per_class, np.where(known, f.item_class, 0)[None, None, :], axis=1)[:, 0]
    summed = np.logaddexp.reduce(per_class, axis=1)
    return np.asarray((np.where(known, picked, summed) * f.weight).sum(axis=1) + draws.log_ratio)
