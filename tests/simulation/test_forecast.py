"""Forecast intervals are true in simulated campaigns, and the test can tell: the plug-in without doubt fails it.

A short version; ``python -m benchmarks.forecast`` walks 200 campaigns.
"""

from __future__ import annotations

import numpy as np
from benchmarks._campaigns import make_campaign
from benchmarks._forecasts import TARGETS, forecast_row
from scipy.stats import binom

CAMPAIGNS = 24


def test_intervals_cover_what_came_to_pass_and_those_of_the_plug_in_do_not() -> None:
    rows = [forecast_row(make_campaign(11, k, task_count=30), 300, k) for k in range(CAMPAIGNS)]
    low = binom.ppf(0.001, CAMPAIGNS, 0.8)

    def covered(who: str, target: str) -> int:
        return sum(r["targets"][target]["by"][who]["covered"] for r in rows)

    for target in TARGETS:
        assert covered("forecast", target) >= low, target
        loss = {who: np.mean([r["targets"][target]["by"][who]["loss"] for r in rows])
                for who in ("forecast", "last_4_weeks", "earned_value")}
        assert loss["forecast"] < 0.85 * min(loss["last_4_weeks"], loss["earned_value"]), target
    assert min(covered("plug_in", target) for target in TARGETS) < low
    assert sum(r["casualties"]["covered"] for r in rows) >= binom.ppf(0.001, CAMPAIGNS, 0.9)
