"""Stated against true residual: the count's law, the scores, and the checks that go red."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from scipy.stats import binom

from safeground.simulation.campaign_truth import Released, count_law, most_expected, scores_of, truth_checks

AREA = Released("CHA-001", date(2025, 5, 1), 1000.0, 0.05, 0.06, (0, 1), 0, over_reported=False, certificate_sha256="")


def test_the_law_of_the_count_is_the_binomial_for_equal_areas_and_sums_to_one() -> None:
    assert np.allclose(count_law([0.1] * 30), binom.pmf(np.arange(31), 30, 0.1))
    assert abs(count_law([0.01, 0.4, 0.9]).sum() - 1) < 1e-12
    assert most_expected([0.1] * 30) == binom.isf(1e-3, 30, 0.1)


def test_honest_statements_pass_and_low_ones_are_caught() -> None:
    honest = [replace(AREA, true_left=int(k < 2)) for k in range(40)]
    assert all(c["holds"] for c in truth_checks(honest, 0.25))
    low = [replace(AREA, true_left=int(k < 12), interval=(0, 0)) for k in range(40)]
    assert [c["holds"] for c in truth_checks(low, 0.25)] == [False, False, True]
    assert not truth_checks([replace(AREA, p_any=0.4)], 0.25)[2]["holds"]


def test_areas_with_over_reported_ground_are_scored_and_not_held_against_the_statement() -> None:
    lied = [replace(AREA, true_left=3, over_reported=True) for _ in range(40)]
    assert all(c["holds"] for c in truth_checks(lied, 0.25))
    scores = scores_of(lied)
    assert scores["true_left"] == 120
    assert scores["released_over_reported"] == 40
    assert scores["interval_90_covers"] == 0.0
    assert scores_of([]) == {}
