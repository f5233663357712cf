"""A reference posterior by NUTS (numpyro), written apart from the engine: it shares no code with it.

Run by hand in an environment that holds numpyro; the result is stored in ``tests/golden/mcmc_32.json``:

    python benchmarks/_mcmc_reference.py tests/golden/mcmc_32.json

The site is given by its numbers alone (the file's own ``site``), so that the engine can be asked the same question.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

CELLS, CELL_M, SWEPT = 32, 5.0, 26
DENSITY, LOG_SD, SIGMA_95, RANGE_05, RANGE_MAX = 30.0, 0.6, 1.5, 30.0, 200.0
FOUND, MISSED = 45.0, 5.0
TAIL = -np.log(0.05)


def made_site(seed: int) -> np.ndarray:
    """Finds in each cell of a synthetic site: two clusters in the swept part and scatter."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:CELLS, :CELLS]
    rate = 0.01 + 0.25 * np.exp(-((x - 6) ** 2 + (y - 8) ** 2) / 18)
    rate += 0.15 * np.exp(-((x - 17) ** 2 + (y - 24) ** 2) / 30)
    finds = rng.poisson(rate)
    finds[:, SWEPT:] = 0
    return finds


def reference(finds: np.ndarray, seed: int, warmup: int, draws: int) -> dict[str, object]:
    """Run NUTS and return the posterior's summaries."""
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
    swept[:, :SWEPT] = 1.0
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
        numpyro.sample("finds", dist.Poisson(mean[:, :SWEPT] * p), obs=finds[:, :SWEPT])

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
    print("rhat", rhat, "sd of total", total.std(), "n_eff b", float(diagnostics["b"]["n_eff"]))
    return {"expected_total": float(total.mean()),
            "expected_swept": float(left[:, :, :SWEPT].sum(axis=(1, 2)).mean()),
            "p_any_cells": np.round(1 - np.exp(-left).mean(axis=0), 6).tolist(),
            "p_any_swept_rows": np.round(1 - np.exp(-left[:, :, :SWEPT].sum(axis=2)).mean(axis=0), 6).tolist(),
            "range_m": float(np.exp(out["log_range"]).mean()), "sigma": float(np.exp(out["log_sigma"]).mean()),
            "r_hat": rhat, "draws": 2 * draws}


if __name__ == "__main__":
    found = made_site(11)
    answer = reference(found, 3, 1500, 12000)
    site = {"cells": CELLS, "cell_m": CELL_M, "swept_columns": SWEPT, "density_per_ha": DENSITY,
            "density_log_sd": LOG_SD,
            "sigma_95": SIGMA_95, "range_05_m": RANGE_05, "range_max_m": RANGE_MAX, "found": FOUND, "missed": MISSED,
            "finds": found.tolist()}
    Path(sys.argv[1]).write_text(json.dumps({"site": site, "answer": answer}), encoding="utf-8")
