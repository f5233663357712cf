"""A reference posterior by NUTS (numpyro), written apart from the engine: it shares no code with it.

Run by hand in an environment that holds numpyro; the results are stored in ``tests/golden``:

    python benchmarks/_mcmc_reference.py tests/golden/mcmc_32.json 26
    python benchmarks/_mcmc_reference.py tests/golden/mcmc_32_unswept.json 20

The second number is that of the columns swept.  The site is given by its numbers alone (the file's own ``site``), so
that the engine can be asked the same question.  Several runs with their own seeds are averaged, and the standard error
of the total between their chains is stored: a bar of 2 % needs a reference known to a few tenths.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

CELLS, CELL_M = 32, 5.0
DENSITY, LOG_SD, SIGMA_95, RANGE_05, RANGE_MAX = 30.0, 0.6, 1.5, 30.0, 200.0
FOUND, MISSED = 45.0, 5.0
TAIL = -np.log(0.05)
SEEDS, WARMUP, DRAWS = (21, 22, 23, 24), 1500, 12000


def made_site(seed: int, swept: int) -> np.ndarray:
    """Finds in each cell of a synthetic site: two clusters in the swept part and scatter."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:CELLS, :CELLS]
    rate = 0.01 + 0.25 * np.exp(-((x - 6) ** 2 + (y - 8) ** 2) / 18)
    rate += 0.15 * np.exp(-((x - 17) ** 2 + (y - 24) ** 2) / 30)
    finds = rng.poisson(rate)
    finds[:, swept:] = 0
    return finds


def reference(finds: np.ndarray, columns: int, seed: int, warmup: int, draws: int) -> dict[str, object]:
    """Run NUTS (two chains) and return the posterior's summaries."""
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from numpyro.infer import MCMC, NUTS

    jax.config.update("jax_enable_x64", True)
    numpyro.set_host_device_count(2)
    pad = 10
    n = CELLS + 2 * pad
    j = np.arange(n)
    basis = np.sqrt(2.0 / n) * np.cos(np.pi * (j[:, None] + 0.5) * j[None, :] / n)
    basis[:, 0] = np.sqrt(1.0 / n)
    wave = np.pi * j / (n * CELL_M)
    omega2 = wave[:, None] ** 2 + wave[None, :] ** 2
    inside = basis[pad : pad + CELLS]
    swept = np.zeros((CELLS, CELLS))
    swept[:, :columns] = 1.0
    area = CELL_M**2

    def intensity(p: dict[str, object]) -> object:
        range_m, sigma = jnp.exp(p["log_range"]), jnp.exp(p["log_sigma"])
        kappa2 = 8 / range_m**2
        spectrum = 4 * jnp.pi * kappa2 * sigma**2 / (kappa2 + omega2) ** 2 / area
        field = inside @ (jnp.sqrt(spectrum) * p["u"]) @ inside.T
        variance = (inside**2) @ spectrum @ (inside**2).T
        return jnp.exp(jnp.log(DENSITY / 1e4) + LOG_SD * p["b"] + field - variance / 2) * area

    def model() -> None:
        log_range = numpyro.sample("log_range", dist.Uniform(jnp.log(RANGE_05 * 0.25), jnp.log(RANGE_MAX)))
        r = jnp.exp(log_range)
        numpyro.factor("range", jnp.log(TAIL * RANGE_05 / r) - TAIL * RANGE_05 / r)
        log_sigma = numpyro.sample("log_sigma", dist.Uniform(-7.0, 2.0))
        rate = TAIL / SIGMA_95
        numpyro.factor("sigma", log_sigma - rate * jnp.exp(log_sigma))
        b = numpyro.sample("b", dist.Normal(0, 1))
        u = numpyro.sample("u", dist.Normal(0, 1).expand([n, n]).to_event(2))
        p = numpyro.sample("p", dist.Beta(FOUND, MISSED))
        mean = intensity({"log_range": log_range, "log_sigma": log_sigma, "b": b, "u": u})
        numpyro.sample("finds", dist.Poisson(mean[:, :columns] * p), obs=finds[:, :columns])

    sampler = MCMC(NUTS(model, target_accept_prob=0.9), num_warmup=warmup, num_samples=draws, num_chains=2,
                   progress_bar=False)
    sampler.run(jax.random.PRNGKey(seed))
    out = sampler.get_samples()
    means = jax.vmap(lambda a, s, b, u: intensity({"log_range": a, "log_sigma": s, "b": b, "u": u}))(
        out["log_range"], out["log_sigma"], out["b"], out["u"])
    left = np.asarray(means * (1 - swept * out["p"][:, None, None]))
    total = left.sum(axis=(1, 2))
    diagnostics = numpyro.diagnostics.summary(sampler.get_samples(group_by_chain=True))
    rhat = {k: float(np.max(v["r_hat"])) for k, v in diagnostics.items()}
    return {"expected_total": float(total.mean()), "chain_totals": total.reshape(2, -1).mean(axis=1).tolist(),
            "expected_swept": float(left[:, :, :columns].sum(axis=(1, 2)).mean()),
            "p_any_cells": (1 - np.exp(-left).mean(axis=0)).tolist(),
            "p_any_swept_rows": (1 - np.exp(-left[:, :, :columns].sum(axis=2)).mean(axis=0)).tolist(),
            "range_m": float(np.exp(out["log_range"]).mean()), "sigma": float(np.exp(out["log_sigma"]).mean()),
            "r_hat": rhat, "draws": 2 * draws}


def averaged(runs: list[dict[str, Any]]) -> dict[str, object]:
    """Return the mean of runs of equal length, with the standard error of the total between all their chains."""
    out: dict[str, object] = {key: np.round(np.mean([r[key] for r in runs], axis=0), 6).tolist()
                              for key in ("expected_total", "expected_swept", "p_any_cells", "p_any_swept_rows",
                                          "range_m", "sigma")}
    chains = np.concatenate([r["chain_totals"] for r in runs])
    worst = {k: max(r["r_hat"][k] for r in runs) for k in runs[0]["r_hat"]}
    return out | {"expected_total_se": float(chains.std(ddof=1) / np.sqrt(len(chains))), "r_hat": worst,
                  "draws": sum(r["draws"] for r in runs)}


if __name__ == "__main__":
    target, columns_swept = Path(sys.argv[1]), int(sys.argv[2])
    found = made_site(11, columns_swept)
    answer = averaged([reference(found, columns_swept, seed, WARMUP, DRAWS) for seed in SEEDS])
    site = {"cells": CELLS, "cell_m": CELL_M, "swept_columns": columns_swept, "density_per_ha": DENSITY,
            "density_log_sd": LOG_SD,
            "sigma_95": SIGMA_95, "range_05_m": RANGE_05, "range_max_m": RANGE_MAX, "found": FOUND, "missed": MISSED,
            "finds": found.tolist()}
    target.write_text(json.dumps({"site": site, "answer": answer}), encoding="utf-8")
