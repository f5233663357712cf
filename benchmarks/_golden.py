"""The stored reference sites of 32 × 32 cells, in the engine's terms, and the comparison with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from safeground.hazard.fit import Settings, posterior
from safeground.hazard.maps import cell_maps
from safeground.records.site import Detector, Finds, Search, SiteEvidence, SitePrior

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "golden"
#: Fine nodes, modes and hyper-parameter points: near what the engine converges to.
FINE = Settings(samples=12_000, draws=64, node_share=1 / 6, modes=40, step=(0.25, 0.15), drop=10.0)
#: As every command computes, with more samples so that their noise does not hide the rest.
DEFAULT = Settings(samples=40_000)


def golden_site(name: str) -> tuple[SiteEvidence, dict[str, Any]]:
    """Return a reference run's site and its answer."""
    golden = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    s = golden["site"]
    n, found = s["cells"], np.array(s["finds"])
    coverage = np.zeros((n, n))
    coverage[:, : s["swept_columns"]] = 1
    row, col = np.nonzero(found)
    zero = np.zeros(len(row), np.int64)
    prior = SitePrior(s["density_per_ha"], s["density_log_sd"], s["sigma_95"], s["range_05_m"], s["range_max_m"])
    site = SiteEvidence(s["cell_m"], np.full((n, n), s["cell_m"] ** 2), np.zeros((n, n), np.int64), np.ones((n, n)),
                        (1.0,), prior, (Detector("team", (s["found"],), (s["missed"],)),),
                        (Search("a", "team", coverage),),
                        Finds(row, col, zero, zero, found[row, col].astype(float)))
    return site, golden["answer"]


def against_mcmc(seeds: tuple[int, ...] = (1, 2, 3, 4, 5, 6)) -> list[dict[str, Any]]:
    """Compare totals and cells with the references as every command computes, each seed."""
    rows = []
    for name in ("mcmc_32", "mcmc_32_unswept"):
        site, answer = golden_site(name)
        swept = site.searches[0].coverage > 0
        for seed in seeds:
            result = posterior(site, seed, DEFAULT)
            total = result.ask(np.ones(swept.shape)).model_expected_items
            inside = result.ask(swept).model_expected_items
            gap = np.abs(cell_maps(result).p_any - np.array(answer["p_any_cells"]))[swept].max()
            rows.append({"site": name, "seed": seed, "total": total / answer["expected_total"] - 1,
                         "reference_se": answer["expected_total_se"] / answer["expected_total"],
                         "swept": inside / answer["expected_swept"] - 1, "p_any_gap_max": float(gap)})
    return rows
