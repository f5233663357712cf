"""Parcels asked for all at once have the figures that the engine states of each, and larger sites keep their truth."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.release import p_any_of, site_parcels

from safeground.hazard.fit import Settings, posterior
from safeground.simulation.misspecified import CELLS, MISSPECIFIED, broken_world


def test_parcels_asked_for_together_are_stated_as_each_alone() -> None:
    site, _ = broken_world(MISSPECIFIED[0], 3, 1, 15.0)
    answer = posterior(site, 1, Settings(samples=100))
    rng = np.random.default_rng(4)
    parcel = rng.integers(0, 9, CELLS**2)
    alone = [answer.ask((parcel == k).reshape(CELLS, CELLS)).p_any for k in range(9)]
    assert p_any_of(answer, parcel, 9).tolist() == pytest.approx(alone, abs=1e-12)


def test_a_site_of_wider_cells_holds_more_ground_and_its_parcels_hold_what_its_truth_says() -> None:
    site, truth = broken_world(MISSPECIFIED[0], 77, 2, 15.0)
    assert float(site.area_m2.sum()) == pytest.approx(9 * (CELLS * 5.0) ** 2)
    parcels = site_parcels((0, 2, 24, 15.0))
    held = truth.left.reshape(24, 2, 24, 2).sum(axis=(1, 3)).ravel() > 0
    assert [h for _, h in parcels] == held.tolist()
    assert 0 < held.sum() < len(held)
