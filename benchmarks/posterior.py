"""The site posterior: calibration against known truth, speed from 10⁴ to 10⁶ cells, and its peers in the same run.

    python -m benchmarks.posterior --json                       # 200 replicates, all sizes, peers
    python -m benchmarks.posterior --replicates 500 --json
    python -m benchmarks.posterior --skip speed,peers,mcmc,regimes --json      # worlds that break an assumption alone
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from benchmarks import _peers_posterior
from benchmarks._calibration import regimes, worlds
from benchmarks._golden import against_mcmc

from safeground.hazard.fit import Settings, posterior, update
from safeground.hazard.maps import cell_maps
from safeground.records.site import Detector, Finds, Search, SiteEvidence, SitePrior
from safeground.simulation.law import gaussian_field

SIZES = (10_000, 100_000, 1_000_000)


def speed_site(cells: int, seed: int = 1) -> tuple[SiteEvidence, np.ndarray, np.ndarray]:
    """A square site of 2 m cells: range 40 m, σ 1, 60 items/ha, 70 % swept at about .9; finds and what is left."""
    side, cell_m = round(cells**0.5), 2.0
    rng = np.random.default_rng(seed)
    field = gaussian_field(rng, side, cell_m, 40.0, 1.0) if side < 500 else _wide_field(rng, side, cell_m)
    items = rng.poisson(60e-4 * np.exp(field - 0.5) * cell_m**2)
    coverage = np.zeros((side, side))
    coverage[:, : int(side * 0.7)] = 1.0
    found = rng.binomial(items, coverage * 0.9)
    row, col = np.nonzero(found)
    zero = np.zeros(len(row), np.int64)
    prior = SitePrior(40.0, 1.0, 2.5, 12.0, 200.0)
    site = SiteEvidence(cell_m, np.full((side, side), cell_m**2), np.zeros((side, side), np.int64),
                        np.ones((side, side)),
                        (1.0,), prior, (Detector("manual", (90.0,), (10.0,)),), (Search("day 1", "manual", coverage),),
                        Finds(row, col, zero, zero, found[row, col].astype(float)))
    return site, items - found, coverage


def _wide_field(rng: np.random.Generator, side: int, cell_m: float) -> np.ndarray:
    n = 1 << int(np.ceil(np.log2(side * 1.2)))
    wave = 2 * np.pi * np.fft.fftfreq(n, cell_m)
    kappa2 = 8 / 40.0**2
    density = 4 * np.pi * kappa2 / (kappa2 + wave[:, None] ** 2 + wave[None, :] ** 2) ** 2
    return np.real(np.fft.ifft2(np.sqrt(density) / cell_m * np.fft.fft2(rng.standard_normal((n, n)))))[:side, :side]


def _timed(cells: int, pipe: Any) -> None:
    site, left, coverage = speed_site(cells)
    # What a command needs at first sight (a few samples, all hyper-parameters integrated); 100 joint samples apart.
    few = Settings(samples=32) if cells > 50_000 else Settings()
    start = time.perf_counter()
    first = posterior(site, 1, few)
    first_seconds = time.perf_counter() - start
    next_day = np.zeros_like(coverage)
    next_day[: coverage.shape[0] // 20, int(coverage.shape[1] * 0.7) :] = 1.0
    rng = np.random.default_rng(5)
    found = rng.binomial(left, next_day * 0.9)
    row, col = np.nonzero(found)
    zero = np.zeros(len(row), np.int64)
    old = site.finds
    finds = Finds(np.concatenate([old.row, row]), np.concatenate([old.col, col]),
                  np.concatenate([old.item_class, zero]),
                  np.concatenate([old.search, zero + 1]), np.concatenate([old.weight, found[row, col].astype(float)]))
    later = replace(site, searches=(*site.searches, Search("day 2", "manual", next_day)), finds=finds)
    start = time.perf_counter()
    second = update(first, later, few.samples if not first.fits else 8)
    update_seconds = time.perf_counter() - start
    start = time.perf_counter()
    full = update(first, site, 100) if first.fits else posterior(site, 1, Settings(samples=100))
    samples_seconds = time.perf_counter() - start
    start = time.perf_counter()
    maps = cell_maps(first)
    map_seconds = time.perf_counter() - start
    answers = {}
    for name, mask in (("swept", coverage), ("unswept", 1 - coverage)):
        a = full.ask(mask)
        answers[name] = {"true_left": int(left[mask > 0].sum()), "expected": a.model_expected_items,
                         "interval_90": list(a.model_interval)}
    pipe.send({"cells": cells, "first_seconds": first_seconds, "update_seconds": update_seconds,
               "samples_100_seconds": samples_seconds, "map_seconds": map_seconds,
               "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
               "path": "large" if first.fits else "exact", "latent_nodes": int(np.prod(first.data.lattice.shape)),
               "hyper_points": len(first.points), "finds": float(old.total), "answers": answers,
               "sum_of_map_equals_answer": bool(np.isclose(np.nansum(maps.expected_items),
                                                           first.ask(np.ones(coverage.shape)).expected_items)),
               "after_update": second.ask(np.ones(coverage.shape)).model_expected_items})
    pipe.close()


def speed(sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Time each size in a process of its own, so that its peak memory is its own."""
    rows = []
    for cells in sizes:
        here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
        process = multiprocessing.get_context("spawn").Process(target=_timed, args=(cells, there))
        process.start()
        there.close()
        rows.append(here.recv())
        process.join()
        sys.stderr.write(f"{cells} cells: first {rows[-1]['first_seconds']:.2f} s\n")
    return rows


def peers() -> dict[str, Any]:
    """GPBoost, mgcv and Safeground at 10⁴ cells of one site: same training cells, same held-out cells scored."""
    site, _, coverage = speed_site(10_000, seed=4)
    side = coverage.shape[0]
    rng = np.random.default_rng(9)
    block = rng.random((side // 5, side // 5)) < 0.2
    held = np.kron(block, np.ones((5, 5))).astype(bool) & (coverage > 0)
    counts = np.zeros((side, side))
    np.add.at(counts, (site.finds.row, site.finds.col), site.finds.weight)
    train = (coverage > 0) & ~held
    y, x = np.indices((side, side)) * site.cell_m
    detection = 0.9
    exposure = np.full(int(train.sum()), site.cell_m**2 * detection)
    held_exposure = np.full(int(held.sum()), site.cell_m**2 * detection)
    arrays = (np.column_stack([x[train], y[train]]), counts[train], exposure, np.column_stack([x[held], y[held]]),
              counts[held], held_exposure)
    keep = train[site.finds.row, site.finds.col]
    f = site.finds
    finds = Finds(f.row[keep], f.col[keep], f.item_class[keep], f.search[keep], f.weight[keep])
    known = replace(site, searches=(Search("day 1", "manual", train.astype(float)),), finds=finds,
                    detectors=(Detector("manual", (9e6,), (1e6,)),))
    posterior(known, 1)
    start = time.perf_counter()
    answer = posterior(known, 1)
    seconds = time.perf_counter() - start
    part = answer.data.part_of_cell.reshape(held.shape)[held]
    node = answer.data.part_node[part]
    mean = np.exp(answer.samples.log_rate)[:, node] * held_exposure[None, :]
    from scipy.special import gammaln

    log_p = counts[held][None, :] * np.log(mean) - mean - gammaln(counts[held] + 1)[None, :]
    score = float(np.log((answer.samples.weight[:, None] * np.exp(log_p)).sum(axis=0)).mean())
    out: dict[str, Any] = {"safeground": {"seconds": seconds, "log_score": score}}
    for name in ("gpboost", "mgcv", "mgcv_discrete"):
        sys.stderr.write(f"peer {name}\n")
        with said_on_stderr():
            result = getattr(_peers_posterior, name)(*arrays)
        if "seconds" in result:
            result["speedup"] = result["seconds"] / seconds
        out[name] = result
    return out


@contextmanager
def said_on_stderr() -> Iterator[None]:
    """Send what a peer's own library prints to standard error: standard output holds one JSON object."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def main() -> int:
    """Run the parts asked for and print JSON or a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--skip", default="", help="Parts left out: speed, peers, mcmc, calibration (or one of its "
                                                           "parts: regimes, worlds).")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    skip = set(args.skip.split(","))
    out: dict[str, Any] = {"schema": "safeground/benchmark-posterior/1", "replicates": args.replicates, "rows": []}
    if "speed" not in skip:
        out["rows"] = speed(tuple(int(s) for s in args.sizes.split(",")))
        first = out["rows"]
        if len(first) > 1:
            out["exponent"] = float(np.log(first[-1]["first_seconds"] / first[0]["first_seconds"])
                                    / np.log(first[-1]["cells"] / first[0]["cells"]))
    if "peers" not in skip:
        out |= peers()
    if "mcmc" not in skip:
        out["mcmc"] = against_mcmc()
    if "calibration" not in skip:
        for name, part in (("regimes", regimes), ("worlds", worlds)):
            if name not in skip:
                out |= part(args.replicates, lambda text: sys.stderr.write(text + "\n"))
    if args.json:
        print(json.dumps(out))
        return 0
    for key, value in out.items():
        if isinstance(value, list):
            for row in value:
                print(key, {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()})
        else:
            print(key, value)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
