"""The stated uncertainty is true in simulation, and the test can tell: the naive plug-in fails it.

A short version; ``python -m benchmarks.posterior`` runs 200 replicates and ``-m long`` 500.
"""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks._calibration import TARGETS, calibrate, one, summary
from scipy.stats import binom

from safeground.simulation.law import REGIMES


def test_intervals_cover_the_truth_and_those_of_the_naive_plug_in_do_not() -> None:
    regimes = [k for k, r in enumerate(REGIMES) if r.name in ("lanes", "poor_detection")]
    tasks = [("assumed", k, r) for k in regimes for r in range(16)]
    results = [one(task) for task in tasks]
    for target in TARGETS:
        mine = summary(results, "targets", target)
        assert mine["coverage"] >= binom.ppf(0.001, len(tasks), 0.9) / len(tasks), (target, mine)
    naive = [summary(results, "naive", t)["coverage"] for t in TARGETS]
    assert min(naive) < 0.75, naive
    assert np.mean([r["effective"] for r in results]) > 150


@pytest.mark.long
def test_full_table_of_calibration() -> None:
    table = calibrate(500, lambda text: None)
    for row in table["coverage"]:
        assert 0.87 - 2 * row["coverage_se"] <= row["coverage"] <= 0.93 + 2 * row["coverage_se"], row
        assert abs(row["bias"]) <= 0.03 + 2 * row["bias_se"], row
