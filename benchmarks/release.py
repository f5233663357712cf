"""Release honesty: of parcels released at a stated P(any left) of at most 1 %, how many hold something.

    python -m benchmarks.release --json                  # 100,000 closed-form parcels, 60 engine sites a world
    python -m benchmarks.release --parcels 0 --sites 360 --cell 15 --parts 24 --worlds as_assumed --json

Three kinds of parcels: closed-form ones under the very law of the figures (the sum must come out), the same with
detection overstated, and parcels of sites that the engine computed, in worlds that keep its assumptions or break one.
Parcels of one site share its draw of density and detection, so that bounds also come from whole sites drawn again.
Sites have 48 cells along each side: wider cells make a site larger at the same cost of its fit.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from safeground.hazard.closed_form import gamma_poisson_left, hurdle_left
from safeground.hazard.fit import posterior
from safeground.hazard.posterior import HazardPosterior
from safeground.simulation.misspecified import CELL_M, MISSPECIFIED, broken_world

LIMIT = 0.01
OVERSTATED = (0.0, 0.05, 0.10)
#: Parcels of a site: so many along each side.
PARCELS = 4
RESAMPLES = 2000


def wilson(held: int, count: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    share = held / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return float(middle - half), float(middle + half)


def row(name: str, stated: np.ndarray, holds: np.ndarray) -> dict[str, Any]:
    """One line of the table: the parcels stated at most at the limit, and what they really held."""
    chosen = stated <= LIMIT
    count, held = int(chosen.sum()), int(holds[chosen].sum())
    low, high = wilson(held, count)
    return {"parcels": name, "computed": len(stated), "released": count, "still_held": held,
            "stated_mean": float(stated[chosen].mean()) if count else None,
            "true_share": held / count if count else None, "wilson_95": [low, high],
            "understated": bool(count) and low > float(stated[chosen].mean()), "shown_within_limit": high <= LIMIT,
            "above_limit": low > LIMIT}


def closed_form(released: int, overstated: float, seed: int) -> list[dict[str, Any]]:
    """Parcels of two laws, drawn and searched one by one until so many are stated at most at the limit."""
    rng = np.random.default_rng([seed, round(overstated * 1000)])
    out = []
    for name, one in (("hurdle, known density", _hurdle), ("gamma-Poisson", _gamma)):
        stated, holds, count = [], [], 0
        while count < released:
            p, held = one(rng, overstated)
            stated.append(p)
            holds.append(held)
            count += p <= LIMIT
        out.append({"overstated": overstated, **row(name, np.array(stated), np.array(holds))})
    return out


def _searched(rng: np.random.Generator, items: int, detection: float, sweeps: int, overstated: float
              ) -> tuple[int, int]:
    """Found and left after sweeps whose true detection lies below the stated one."""
    found = int(rng.binomial(items, 1 - (1 - max(detection - overstated, 0.0)) ** sweeps)) if items else 0
    return found, items - found


def _hurdle(rng: np.random.Generator, overstated: float) -> tuple[float, bool]:
    present, mean = rng.uniform(0.02, 0.6), rng.uniform(0.5, 8.0)
    detection, sweeps = rng.uniform(0.8, 0.95), int(rng.integers(1, 4))
    items = int(rng.poisson(mean)) if rng.random() < present else 0
    found, left = _searched(rng, items, detection, sweeps, overstated)
    missed = (1 - detection) ** sweeps
    stated = hurdle_left(present, mean * (1 - missed), mean * missed) if not found else 1 - np.exp(-mean * missed)
    return float(stated), left > 0


def _gamma(rng: np.random.Generator, overstated: float) -> tuple[float, bool]:
    shape, per_ha, ground = rng.uniform(0.3, 2.0), rng.uniform(1.0, 40.0), rng.uniform(200.0, 5000.0)
    rate = shape / (per_ha / 1e4)
    detection, sweeps = rng.uniform(0.8, 0.97), int(rng.integers(1, 5))
    items = int(rng.poisson(rng.gamma(shape, 1 / rate) * ground))
    found, left = _searched(rng, items, detection, sweeps, overstated)
    exposure = ground * (1 - (1 - detection) ** sweeps)
    return gamma_poisson_left(shape, rate, ground, exposure, found)[1], left > 0


def site_parcels(task: tuple[int, int, int, float]) -> list[tuple[float, bool]]:
    """Parcels of one site, so many along each side: stated P(any left) of each, and whether it holds something."""
    position, replicate, parts, cell_m = task
    with threadpool_limits(1):
        site, truth = broken_world(MISSPECIFIED[position], 77, replicate, cell_m)
        answer = posterior(site, replicate)
    cells = np.arange(truth.left.shape[0]) * parts // truth.left.shape[0]
    parcel = (cells[:, None] * parts + cells[None, :]).ravel()
    held = np.bincount(parcel, truth.left.ravel(), parts**2) > 0
    return list(zip(p_any_of(answer, parcel, parts**2).tolist(), held.tolist(), strict=True))


def p_any_of(answer: HazardPosterior, parcel: NDArray[np.int64], parcels: int) -> NDArray[np.float64]:
    """Return P(any left) of parcels of whole cells, as ``HazardPosterior.ask`` states it of one, all at once.

    Parameters
    ----------
    parcel : parcel of each cell (flat).
    """
    site, data, samples = answer.site, answer.data, answer.samples
    known = np.flatnonzero((data.part_of_cell >= 0) & (site.area_m2.ravel() > 0))
    part = data.part_of_cell[known]
    ground = (site.area_m2 * site.support).ravel()[known]
    rate = ground * answer.rate[:, data.part_node[part]]
    pattern = data.patterns.of_cell[known]
    touched = data.patterns.touched[pattern]
    low, high = answer.holds, answer.held_at_least()
    none = np.ones((len(rate), parcels))
    for polygon in range(low.shape[1]):
        of = data.part_polygon[part] == polygon
        into = csr_array((np.ones(of.sum()), (np.arange(of.sum()), parcel[known[of]])), (of.sum(), parcels))
        left = data.patterns.left[samples.draw][:, pattern[of]]
        searched = (rate[:, of] * left * touched[of]) @ into
        raised = (rate[:, of] * answer.lift[part[of]] * ~touched[of]) @ into
        p, q = low[:, [polygon]], high[:, [polygon]]
        none *= 1 - q + (q - p) * np.exp(-raised) + p * np.exp(-raised - searched)
    return np.asarray(1 - samples.weight @ none)


def by_site(sites: list[list[tuple[float, bool]]], seed: int = 1) -> dict[str, Any]:
    """Bounds of the true share when whole sites are drawn again, and how many hold something that was released."""
    released = np.array([sum(p <= LIMIT for p, _ in site) for site in sites], float)
    held = np.array([sum(h for p, h in site if p <= LIMIT) for site in sites], float)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(sites), (RESAMPLES, len(sites)))
    shares = held[drawn].sum(axis=1) / np.maximum(released[drawn].sum(axis=1), 1.0)
    return {"sites": len(sites), "sites_that_held": int((held > 0).sum()),
            "sites_95": [float(v) for v in np.quantile(shares, (0.025, 0.975))]}


def engine(sites: int, parts: int, cell_m: float, names: list[str], workers: int, tell: Any) -> list[dict[str, Any]]:
    """Parcels of sites that the engine computed, by world."""
    chosen = [k for k, world in enumerate(MISSPECIFIED) if world.name in names or not names]
    tasks = [(k, r, parts, cell_m) for r in range(sites) for k in chosen]
    found: dict[int, list[list[tuple[float, bool]]]] = {k: [] for k in chosen}
    with ProcessPoolExecutor(max_workers=workers) as pool:
        for done, (task, parcels) in enumerate(zip(tasks, pool.map(site_parcels, tasks, chunksize=4), strict=True)):
            found[task[0]].append(parcels)
            if done % 40 == 0:
                tell(f"engine {done}/{len(tasks)}")
    return [{"world": MISSPECIFIED[k].name, **row("engine", *(np.array(v) for v in zip(
        *(parcel for site in found[k] for parcel in site), strict=True))), **by_site(found[k])} for k in chosen]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000, help="released parcels in closed form, of both laws")
    parser.add_argument("--sites", type=int, default=60, help="engine sites for each world; 0 = none")
    parser.add_argument("--parts", type=int, default=PARCELS, help="engine parcels along each side of a site")
    parser.add_argument("--cell", type=float, default=CELL_M, help="side of a cell of a site of 48 by 48, m")
    parser.add_argument("--worlds", default="", help="engine worlds by name, with commas between; all if left out")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()

    def tell(words: str) -> None:
        print(words, file=sys.stderr)

    lines = []
    for overstated in OVERSTATED if given.parcels else ():
        tell(f"closed form, detection overstated by {overstated:g}")
        lines += closed_form(given.parcels // 2, overstated, given.seed)
    names = [name for name in given.worlds.split(",") if name]
    result = {"limit": LIMIT, "closed_form": lines, "cell_m": given.cell,
              "engine": engine(given.sites, given.parts, given.cell, names, given.workers, tell) if given.sites else []}
    print(json.dumps(result) if given.json else json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
