"""Site worlds that break one assumption of the hazard engine at a time, to see what its figures are then worth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.seeds import stream
from safeground.records.site import Detector, Finds, Search, SiteEvidence, SitePrior
from safeground.simulation.law import HARD, SiteTruth, gaussian_field

Array = NDArray[np.float64]
CELLS, CELL_M = 48, 5.0
PRIOR = SitePrior(8.0, 0.6, 1.5, 30.0, 240.0, hard=HARD)
DETECTORS = (Detector("manual", (90.0,), (10.0,)), Detector("dog", (45.0,), (5.0,)))
ORDER = ("manual", "dog", "manual")
#: Detection of the hard items of a world that has a share of them, over the detection of all.
HARD_EASE = 0.4
PRESENT = (0.5, 0.6)


@dataclass(frozen=True, slots=True)
class Broken:
    """One world.

    Attributes
    ----------
    name : what is broken.
    rows : items lie in parallel rows instead of a random field.
    overstated : how much lower the true detection probability is than the lanes say.
    displaced_m : how far the contaminated ground lies from the recorded outline, m.
    hard_share : share of items that every search tends to miss (the same ones each time), the mean kept.
    as_believed : hard items are drawn as the engine's prior says; without it or ``hard_share`` there are none.
    stream : name that seeds the world's draws; the world's own when "".
    """

    name: str
    rows: bool = False
    overstated: float = 0.0
    displaced_m: float = 0.0
    hard_share: float = 0.0
    as_believed: bool = False
    stream: str = ""


MISSPECIFIED = (
    Broken("as_assumed", as_believed=True, stream="as_believed"), Broken("no_hard_items", stream="as_assumed"),
    Broken("rows_in_a_field", rows=True), Broken("detection_overstated_.05", overstated=0.05),
    Broken("detection_overstated_.10", overstated=0.10), Broken("polygon_displaced_30_m", displaced_m=30.0),
    Broken("correlated_misses", hard_share=0.1))


def _row_items(rng: np.random.Generator, present: NDArray[np.bool_], polygon: NDArray[np.int64], mean: float,
               cell_m: float) -> Array:
    """Return counts of items laid in two to four parallel rows, 6 to 12 m apart with jitter, in contaminated ground."""
    side = CELLS * cell_m
    angle, spacing, apart = rng.uniform(0, np.pi), rng.uniform(6, 12), rng.uniform(12, 30)
    rows = int(rng.integers(2, 5))
    along = np.arange(-side, side, spacing)
    out = np.zeros((CELLS, CELLS))
    centre = rng.uniform(0.3 * side, 0.7 * side, 2)
    for r in range(rows):
        jitter = rng.normal(0, 0.5, (len(along), 2))
        across = (r - (rows - 1) / 2) * apart
        x = centre[0] + along * np.cos(angle) - across * np.sin(angle) + jitter[:, 0]
        y = centre[1] + along * np.sin(angle) + across * np.cos(angle) + jitter[:, 1]
        keep = (x >= 0) & (x < side) & (y >= 0) & (y < side)
        np.add.at(out, ((y[keep] // cell_m).astype(int), (x[keep] // cell_m).astype(int)), 1)
    out = rng.binomial(out.astype(int), min(1.0, mean / max(out.sum(), 1.0))).astype(float)
    return out * present[polygon]


def broken_world(world: Broken, seed: int, replicate: int, cell_m: float = CELL_M) -> tuple[SiteEvidence, SiteTruth]:
    """Return one site's evidence as the engine is told it, and the truth as it was made.

    Parameters
    ----------
    cell_m : side of a cell, m; a site has CELLS of them along each side, so that wider cells make it larger.
    """
    rng = stream(seed, "broken", world.stream or world.name, replicate)
    shape = (CELLS, CELLS)
    polygon = np.zeros(shape, np.int64)
    polygon[:, CELLS // 2 :] = 1
    rim = int(30 / cell_m)
    distance = np.minimum(np.arange(CELLS), CELLS - 1 - np.arange(CELLS))
    depth = np.minimum(distance[:, None], distance[None, :])
    support = np.where(depth >= rim, 1.0, np.exp(-(rim - depth) * cell_m / 30.0))
    present = rng.random(2) < np.array(PRESENT)
    density = PRIOR.density_per_ha / 1e4 * np.exp(PRIOR.density_log_sd * rng.standard_normal())
    if world.rows:
        count = _row_items(rng, present, polygon, density * CELLS**2 * cell_m**2, cell_m)
    else:
        sigma = min(rng.exponential(0.5), 2.0)
        field = gaussian_field(rng, CELLS, cell_m, float(rng.uniform(40, 160)), sigma)
        true_support = np.roll(support, round(world.displaced_m / cell_m), axis=1)
        count = rng.poisson(density * np.exp(field - sigma**2 / 2) * cell_m**2 * true_support * present[polygon])
    share, ease = (rng.beta(*HARD.share[0]), rng.beta(*HARD.detection[0])) if world.as_believed else (
        world.hard_share, HARD_EASE)
    left, hard = count.astype(np.int64), rng.binomial(count.astype(np.int64), share)
    easy = left - hard
    coverage = np.zeros(shape)
    coverage[: int(CELLS * 0.85)] = 1.0
    claimed = {d.name: float(rng.beta(d.found[0], d.missed[0])) for d in DETECTORS}
    rows, searches = [], []
    for k, name in enumerate(ORDER):
        p = max(claimed[name] - world.overstated, 0.0)
        hard_p = ease * p
        easy_p = min((p - world.hard_share * hard_p) / (1 - world.hard_share), 1.0) if world.hard_share else p
        found_easy = rng.binomial(easy, coverage * easy_p)
        found_hard = rng.binomial(hard, coverage * hard_p)
        easy, hard = easy - found_easy, hard - found_hard
        found = found_easy + found_hard
        r, c = np.nonzero(found)
        rows.append(np.array([r, c, np.zeros(len(r)), np.full(len(r), k), found[r, c]]))
        searches.append(Search(f"{name} {k + 1}", name, coverage))
    table = np.concatenate(rows, axis=1)
    whole = table.astype(np.int64)
    site = SiteEvidence(cell_m, np.full(shape, cell_m**2), polygon, support, PRESENT, PRIOR, DETECTORS, tuple(searches),
                        Finds(whole[0], whole[1], whole[2], whole[3], table[4]))
    swept = coverage > 0
    targets = {"swept": swept, "unswept": ~swept, "polygon": polygon == 0, "site": np.ones(shape, bool)}
    return site, SiteTruth(easy + hard, targets, {"density_per_ha": density * 1e4})


def more_sweeps(site: SiteEvidence, name: str) -> SiteEvidence:
    """Return the evidence after one more clean sweep of all ground by a detector."""
    again = Search(f"{name} again {len(site.searches)}", name, np.ones(site.area_m2.shape))
    return replace(site, searches=(*site.searches, again))
