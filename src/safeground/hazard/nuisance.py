"""Detection, hard items and class shares as draws: each draw keeps one value of each for all searches."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv
from scipy.stats import qmc

from safeground.records.site import Detector, SiteEvidence

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: Share of the finds by class that the proposal of the class shares takes in; the rest is left to the weights.
TILT = 0.8
#: Beta parameters that sum to more than this stand for a detection probability known to a thousandth: one draw does.
KNOWN = 1e5
#: Draws of the pool for each draw kept.
POOL = 8
#: Numbers held at once while finds are weighed: searches × kinds of finds × draws.
CHUNK = 2e6


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Quasi-random draws of detection, hard items and class shares.

    Attributes
    ----------
    detect : shape (draws, detectors, classes), of ordinary items.  shares : of the classes, shape (draws, classes).
    log_ratio : log of prior over proposal of each draw's shares, which are drawn near what the finds say.
    hard_share : share of each class that is hard for every search, shape (draws, classes); None = no item is.
    hard_detect : detection of hard items, shape of ``detect``, never above it.
    """

    detect: Array
    shares: Array
    log_ratio: Array
    hard_share: Array | None = None
    hard_detect: Array | None = None

    @property
    def count(self) -> int:
        """Number of draws."""
        return len(self.shares)

    def chosen(self, which: NDArray[np.int64]) -> Draws:
        """Return some of the draws."""
        hard = (None if h is None else h[which] for h in (self.hard_share, self.hard_detect))
        return Draws(self.detect[which], self.shares[which], self.log_ratio[which], *hard)


def draw(site: SiteEvidence, count: int, seed: int) -> Draws:
    """Return ``count`` quasi-random draws of detection, hard items and class shares.

    One probability for each detector and class holds in all searches of that detector, so a draw in which the detector
    is poor is poor in every sweep: E[(1 − p)^K] is kept, never (1 − E p)^K.  One share of hard items and one ease of
    finding them hold for all detectors, so misses of different teams on one item are not independent either.

    Notes
    -----
    A pool of scrambled Sobol draws is thinned in strata, in the order of what each leaves, with chances tilted
    towards the draws that explain which search found what; ``log_ratio`` takes the tilt back.
    """
    if _all_known(site):
        return _sobol(site, 1, seed)
    pool = _sobol(site, POOL * count, seed)
    if not site.searches:
        return pool.chosen(np.arange(count))
    kinds = find_kinds(site)
    everywhere = np.ones((len(site.searches), 1))
    columns = np.concatenate([kinds.cover, everywhere], axis=1)
    left = np.array([left_share(site, pool, j, columns) for j in range(pool.count)])
    found = np.log(np.maximum(1.0 - left[:, :-1], 1e-300)) @ kinds.weight
    tilt = TILT * (find_log_likelihood(site, pool, kinds) - found)
    chance = np.exp(tilt - tilt.max())
    order = np.argsort(left[:, -1], kind="stable")
    edges = np.cumsum(chance[order]) / chance.sum()
    at = np.searchsorted(edges, (np.arange(count) + np.random.default_rng([seed, 8]).random(count)) / count)
    chosen = order[np.minimum(at, pool.count - 1)]
    return replace(pool.chosen(chosen), log_ratio=pool.log_ratio[chosen] - tilt[chosen] + tilt.max())


def _all_known(site: SiteEvidence) -> bool:
    return site.class_count == 1 and site.prior.hard is None and all(
        f + m > KNOWN for d in site.detectors for f, m in zip(d.found, d.missed, strict=True))


def _sobol(site: SiteEvidence, count: int, seed: int) -> Draws:
    """Return scrambled Sobol draws of the priors; class shares near the finds by class, weighed back."""
    classes, detectors, hard = site.class_count, len(site.detectors), site.prior.hard
    own = sum(h is not None for d in site.detectors for h in d.hard) if hard is not None else 0
    cube = qmc.Sobol(classes * (detectors + 1) + (2 if hard is not None else 0) + own, scramble=True,
                     rng=np.random.default_rng([seed, 7])).random(count)
    cube = np.clip(cube, 1e-9, 1 - 1e-9) if count > 1 else np.full_like(cube, 0.5)
    common, cube = (cube[:, :2], cube[:, 2:]) if hard is not None else (cube[:, :0], cube)
    found = np.array([d.found for d in site.detectors], float).reshape(detectors, classes)
    missed = np.array([d.missed for d in site.detectors], float).reshape(detectors, classes)
    highest = np.array([d.highest for d in site.detectors], float).reshape(detectors, 1)
    units = cube[:, : detectors * classes].reshape(count, detectors, classes)
    detect = highest * betaincinv(found, missed, units)
    weight = np.array(site.prior.class_weight)
    known = site.finds.item_class >= 0
    seen = np.bincount(site.finds.item_class[known], site.finds.weight[known], classes)
    near = weight + TILT * seen
    gamma = gammaincinv(near, cube[:, detectors * classes : (detectors + 1) * classes]) + 1e-300
    shares = gamma / gamma.sum(axis=1, keepdims=True)
    ratio = -(np.log(shares) * (TILT * seen)).sum(axis=1)
    ratio -= ratio.max()
    if hard is None:
        return Draws(detect, shares, ratio)
    few, many = np.array(hard.share).T
    hard_share = np.clip(betaincinv(few, many, common[:, :1]), 1e-12, 1 - 1e-12)
    got, lost = np.array(hard.detection).T
    hard_detect = detect * betaincinv(got, lost, common[:, 1:])[:, None, :]
    _own_lanes(site.detectors, hard_detect, detect, cube[:, (detectors + 1) * classes :])
    return Draws(detect, shares, ratio, hard_share, hard_detect)


def _own_lanes(detectors: tuple[Detector, ...], hard_detect: Array, detect: Array, units: Array) -> None:
    """Put what detectors' own lanes with hard items say in place of the common ease."""
    at = 0
    for k, detector in enumerate(detectors):
        for m, pair in enumerate(detector.hard):
            if pair is not None:
                drawn = detector.highest * betaincinv(*pair, units[:, at])
                hard_detect[:, k, m] = np.minimum(drawn, detect[:, k, m])
                at += 1


def _outlasts(detect: Array, which: list[int], coverage: Array) -> Array:
    """Return Π over searches of 1 − coverage × detection, shape (classes, places), for one draw's ``detect``."""
    out = np.ones((detect.shape[1], coverage.shape[1]))
    for k, detector in enumerate(which):
        out *= 1.0 - detect[detector][:, None] * coverage[k][None, :]
    return out


def detector_of_searches(site: SiteEvidence) -> list[int]:
    """Return the index of each search's detector."""
    index = {d.name: k for k, d in enumerate(site.detectors)}
    return [index[s.detector] for s in site.searches]


def left_share(site: SiteEvidence, draws: Draws, j: int, coverage: Array, hard_only: bool = False) -> Array:
    """Return the share of the items that outlast the first searches, at places of given coverage, for draw ``j``.

    Parameters
    ----------
    coverage : shape (searches, places): share of each place that each of the site's first searches covered.
    hard_only : count hard items alone, as a share of all items.
    """
    which = detector_of_searches(site)[: len(coverage)]
    ordinary = draws.shares[j]
    out = np.zeros(coverage.shape[1])
    if draws.hard_share is not None and draws.hard_detect is not None:
        out = (ordinary * draws.hard_share[j]) @ _outlasts(draws.hard_detect[j], which, coverage)
        ordinary = ordinary * (1.0 - draws.hard_share[j])
    return np.asarray(out if hard_only else out + ordinary @ _outlasts(draws.detect[j], which, coverage))


@dataclass(frozen=True, slots=True, eq=False)
class FindKinds:
    """Finds of one search and class at places that the same searches covered alike, counted together.

    Attributes
    ----------
    cover : shape (searches, kinds).  search, item_class : of each kind.  weight : items.
    """

    cover: Array
    search: NDArray[np.int64]
    item_class: NDArray[np.int64]
    weight: Array


def find_kinds(site: SiteEvidence) -> FindKinds:
    """Return the kinds of a site's finds."""
    f = site.finds
    cover = np.array([s.coverage[f.row, f.col] for s in site.searches]).reshape(len(site.searches), len(f.row))
    table = np.concatenate([cover, f.search[None], f.item_class[None]])
    kinds, label = np.unique(table, axis=1, return_inverse=True)
    return FindKinds(kinds[:-2], kinds[-2].astype(np.int64), kinds[-1].astype(np.int64),
                     np.bincount(label.ravel(), f.weight, kinds.shape[1]).astype(float))


def find_log_likelihood(site: SiteEvidence, draws: Draws, kinds: FindKinds | None = None) -> Array:
    """Return, for each draw, the log probability of which search found which class, given where the items were."""
    f = kinds or find_kinds(site)
    if not len(f.weight):
        return draws.log_ratio
    together = max(1, int(CHUNK / (len(site.searches) * len(f.weight))))
    parts = [draws.chosen(np.arange(k, min(k + together, draws.count))) for k in range(0, draws.count, together)]
    return np.concatenate([_of_kinds(site, part, f) for part in parts]) + draws.log_ratio


def _of_kinds(site: SiteEvidence, draws: Draws, f: FindKinds) -> Array:
    which = np.array(detector_of_searches(site))
    per_class = np.empty((draws.count, site.class_count, len(f.weight)))
    for m in range(site.class_count):
        seen = _log_found_by(draws.detect[:, which, m], f.cover, f.search)
        if draws.hard_share is not None and draws.hard_detect is not None:
            hard = draws.hard_share[:, m, None]
            seen = np.logaddexp(np.log1p(-hard) + seen,
                                np.log(hard) + _log_found_by(draws.hard_detect[:, which, m], f.cover, f.search))
        per_class[:, m] = seen + np.log(draws.shares[:, m])[:, None]
    known = f.item_class >= 0
    picked = np.take_along_axis(per_class, np.where(known, f.item_class, 0)[None, None, :], axis=1)[:, 0]
    summed = np.logaddexp.reduce(per_class, axis=1)
    return np.asarray(np.where(known, picked, summed) @ f.weight)


def _log_found_by(detect: Array, cover: Array, search: NDArray[np.int64]) -> Array:
    """Return the log probability that the search named, and none before it, finds the item; shape (draws, finds)."""
    hit = cover[None] * detect[:, :, None]
    missed = np.log1p(-np.minimum(hit, 1 - 1e-12))
    before = np.cumsum(missed, axis=1) - missed
    at = np.arange(len(search))
    return np.asarray(np.log(np.maximum(hit[:, search, at], 1e-300)) + before[:, search, at])
