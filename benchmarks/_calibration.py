"""Simulation-based calibration of the site posterior, its naive rival, and worlds that break its assumptions."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from safeground.hazard.fit import posterior
from safeground.hazard.naive import plug_in
from safeground.simulation.law import REGIMES, assumed_world
from safeground.simulation.misspecified import MISSPECIFIED, broken_world

TARGETS = ("swept", "unswept", "polygon", "site")
PARCELS = 4
LIMITS = (0.01, 0.05)


def _pit(at_most: Any, count: int, u: float) -> float:
    low = at_most(count - 1)
    return float(low + u * (at_most(count) - low))


def one(task: tuple[str, int, int]) -> dict[str, Any]:
    """One replicate on one thread, so that as many run side by side as there are cores."""
    with threadpool_limits(1):
        return _one(task)


def _one(task: tuple[str, int, int]) -> dict[str, Any]:
    """One replicate: place of the truth in the posterior (randomised for the integers) and both means, each target."""
    kind, position, replicate = task
    if kind == "assumed":
        site, truth = assumed_world(REGIMES[position], 5, replicate)
    else:
        site, truth = broken_world(MISSPECIFIED[position], 5, replicate)
    if kind == "blind":
        site = replace(site, prior=replace(site.prior, hard=None))
    answer = posterior(site, replicate)
    rng = np.random.default_rng([position, replicate, 17])
    out: dict[str, Any] = {"effective": answer.samples.effective, "targets": {}, "naive": {}, "parcels": []}
    simple = plug_in(site) if kind == "assumed" else None
    for name in TARGETS:
        mask = truth.targets[name]
        means = answer.counts(mask)
        count = int(truth.left[mask].sum())
        stated = answer.ask(mask)
        out["targets"][name] = (_pit(lambda k, m=means: answer.at_most(m, k), count, rng.random()), count,
                                stated.model_expected_items)
        if simple is not None:
            out["naive"][name] = (_pit(simple.distribution(mask), count, rng.random()), count, simple.expected(mask))
    n = truth.left.shape[0] // PARCELS
    for r in range(PARCELS if kind != "assumed" else 0):
        for c in range(PARCELS):
            parcel = np.zeros(truth.left.shape)
            parcel[r * n : (r + 1) * n, c * n : (c + 1) * n] = 1
            out["parcels"].append((answer.ask(parcel).p_any, int(truth.left[parcel > 0].sum() > 0)))
    return out


def _run(kind: str, places: list[int], replicates: int, tell: Any) -> list[list[dict[str, Any]]]:
    tasks = [(kind, k, r) for k in places for r in range(replicates)]
    rows: dict[int, list[dict[str, Any]]] = {k: [] for k in places}
    with ProcessPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        for done, (task, result) in enumerate(zip(tasks, pool.map(one, tasks, chunksize=5), strict=True)):
            rows[task[1]].append(result)
            if done % 50 == 0:
                tell(f"{kind} {done}/{len(tasks)}")
    return [rows[k] for k in places]


def summary(results: list[dict[str, Any]], key: str, target: str) -> dict[str, float]:
    """Coverage of the 90 % interval with its standard error, bias of the mean with its standard error, KS distance."""
    table = np.array([r[key][target] for r in results])
    place, count, mean = table.T
    n = len(place)
    covered = ((place > 0.05) & (place < 0.95)).mean()
    ordered = np.sort(place)
    distance = max((np.arange(1, n + 1) / n - ordered).max(), (ordered - np.arange(n) / n).max())
    return {"coverage": float(covered), "coverage_se": float(np.sqrt(covered * (1 - covered) / n)),
            "bias": float(mean.sum() / count.sum() - 1),
            "bias_se": float((mean - count).std() * np.sqrt(n) / count.sum()),
            "ks": float(distance), "ks_critical_5": float(1.358 / np.sqrt(n)), "true_mean": float(count.mean()),
            "posterior_mean": float(mean.mean()), "replicates": n}


def parcels_below(results: list[dict[str, Any]], limit: float) -> dict[str, float]:
    """Parcels whose stated P(any) is at most a limit: how many, and how many of them still held something."""
    table = np.array([p for r in results for p in r["parcels"]])
    chosen = table[table[:, 0] <= limit]
    n, k = len(chosen), float(chosen[:, 1].sum()) if len(chosen) else 0.0
    z = 1.96
    if not n:
        return {"parcels": 0}
    share = k / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return {"parcels": n, "still_held": k, "true_rate": share, "stated_mean": float(chosen[:, 0].mean()),
            "wilson_95_high": float(middle + half)}


def calibrate(replicates: int, tell: Any) -> dict[str, Any]:
    """Run all regimes and worlds."""
    return regimes(replicates, tell) | worlds(replicates, tell)


def regimes(replicates: int, tell: Any) -> dict[str, Any]:
    """Run worlds of the engine's own law."""
    out: dict[str, Any] = {"coverage": [], "naive": []}
    for regime, results in zip(REGIMES, _run("assumed", list(range(len(REGIMES))), replicates, tell), strict=True):
        for target in TARGETS:
            out["coverage"].append({"regime": regime.name, "target": target, **summary(results, "targets", target)})
            out["naive"].append({"regime": regime.name, "target": target, **summary(results, "naive", target)})
    out["overall"] = [{"of": key, **mean_of(out[key], target)} for key in ("coverage", "naive") for target in TARGETS]
    return out


def mean_of(rows: list[dict[str, Any]], target: str) -> dict[str, Any]:
    """Mean of cover and bias over the regimes, the bias with its standard error."""
    of = [r for r in rows if r["target"] == target]
    error = float(np.sqrt(sum(r["bias_se"] ** 2 for r in of)) / len(of))
    return {"target": target, "coverage": float(np.mean([r["coverage"] for r in of])),
            "bias": float(np.mean([r["bias"] for r in of])), "bias_se": error}


def worlds(replicates: int, tell: Any) -> dict[str, Any]:
    """Run worlds that break an assumption, and those about hard items for a model that knows none, too."""
    out: dict[str, Any] = {}
    blind = [w for w in MISSPECIFIED if w.as_believed or w.hard_share or w.name == "no_hard_items"]
    for key, kind, chosen in (("misspecified", "broken", list(MISSPECIFIED)),
                              ("misspecified_without_hard_items", "blind", blind)):
        out[key] = []
        places = [MISSPECIFIED.index(world) for world in chosen]
        for world, results in zip(chosen, _run(kind, places, replicates, tell), strict=True):
            for target in TARGETS:
                out[key].append({"world": world.name, "target": target, **summary(results, "targets", target)})
            for limit in LIMITS:
                out[key].append({"world": world.name, "target": f"parcels stated at most {100 * limit:g} %",
                                 **parcels_below(results, limit)})
    return out
