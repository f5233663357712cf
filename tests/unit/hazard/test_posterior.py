"""The site posterior: against MCMC, by its own laws, on both paths, and what must refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchmarks._golden import FINE, golden_site

from safeground.foundation.errors import RequestError
from safeground.hazard.account import account
from safeground.hazard.fit import Settings, posterior, update
from safeground.hazard.maps import Knowledge, cell_maps
from safeground.records.site import Detector, Finds, Search, SitePrior
from support.sites import flat_site, lane_site

FEW = Settings(samples=300, draws=8)


def test_agrees_with_mcmc_on_a_grid_of_32() -> None:
    site, answer = golden_site("mcmc_32")
    result = posterior(site, 2, FINE)
    everywhere = np.ones(site.area_m2.shape)
    assert result.ask(everywhere).model_expected_items == pytest.approx(answer["expected_total"], rel=0.02)
    swept = site.searches[0].coverage > 0
    gap = np.abs(cell_maps(result).p_any - np.array(answer["p_any_cells"]))[swept]
    assert gap.max() <= 0.01
    assert result.samples.effective > 3000


def test_map_sums_to_the_answer_of_any_region_and_unknown_ground_has_no_figure() -> None:
    site = lane_site()
    polygon = site.polygon.copy()
    polygon[-3:, :] = -1
    site = replace(site, polygon=polygon)
    result = posterior(site, 1, FEW)
    maps = cell_maps(result)
    region = np.zeros(site.area_m2.shape)
    region[5:21, 3:20] = 1
    answer = result.ask(region)
    assert np.nansum(maps.expected_items[region > 0]) == pytest.approx(answer.expected_items, rel=1e-9)
    assert np.isnan(maps.expected_items[-1]).all()
    assert (maps.knowledge[-1] == Knowledge.NOTHING_KNOWN).all()
    whole = result.ask(np.ones(site.area_m2.shape))
    assert whole.unknown_m2 == pytest.approx(3 * 24 * 25.0)


@pytest.mark.parametrize("seed", range(4))
def test_one_more_clean_sweep_never_raises_what_is_left(seed: int) -> None:
    site = lane_site(seed)
    rng = np.random.default_rng(seed)
    coverage = (rng.random(site.area_m2.shape) < 0.7).astype(float)
    more = replace(site, searches=(*site.searches, Search("second", "team", coverage)))
    before, after = posterior(site, 1, FEW), posterior(more, 1, FEW)
    for region in (np.ones(coverage.shape), coverage):
        a, b = before.ask(region), after.ask(region)
        assert b.model_expected_items <= a.model_expected_items * 1.02
        assert b.model_p_any <= a.model_p_any + 0.01


@pytest.mark.parametrize("seed", range(3))
def test_union_is_never_less_probable_than_a_part(seed: int) -> None:
    site = lane_site(seed)
    result = posterior(site, 1, FEW)
    rng = np.random.default_rng(seed)
    shape = site.area_m2.shape
    part = (rng.random(shape) < 0.2).astype(float)
    union = np.maximum(part, (rng.random(shape) < 0.3).astype(float))
    small, large = result.ask(part), result.ask(union)
    assert large.p_any >= small.p_any - 1e-12
    assert large.model_p_any >= small.model_p_any - 1e-12
    assert large.interval[1] >= small.interval[1]


@pytest.mark.parametrize("present", [0.2, 1.0])
def test_unsearched_ground_never_falls_below_its_polygons_evidence(present: float) -> None:
    """Half the polygon is searched three times without a find: the model lowers the rest, what is stated not."""
    site = replace(flat_site(present, 24, 5.0, 0.9), finds=Finds.none())
    coverage = np.zeros((24, 24))
    coverage[:, :12] = 1
    site = replace(site, searches=tuple(Search(f"pass {k}", "team", coverage) for k in range(3)))
    result = posterior(site, 1, FEW)
    rest = 1 - coverage
    answer = result.ask(rest)
    evidence = present * result.prior_density * float(rest.sum()) * 25.0
    assert answer.expected_items >= evidence * (1 - 1e-9)
    assert answer.model_expected_items < evidence
    assert (cell_maps(result).expected_items[rest > 0] >= present * result.prior_density * 25.0 * (1 - 1e-9)).all()
    assert answer.borrowed_items == pytest.approx(answer.expected_items)
    maps = cell_maps(result)
    assert (maps.density_high[rest > 0] > 0).all()
    assert answer.interval[1] > 0


def test_order_of_the_evidence_changes_nothing() -> None:
    site = lane_site()
    order = np.random.default_rng(1).permutation(len(site.finds.row))
    f = site.finds
    shuffled = replace(site, finds=Finds(f.row[order], f.col[order], f.item_class[order], f.search[order],
                                         f.weight[order]))
    region = np.ones(site.area_m2.shape)
    a, b = (posterior(s, 1, FEW).ask(region) for s in (site, shuffled))
    assert a.expected_items == pytest.approx(b.expected_items, rel=1e-9)
    assert a.p_any == pytest.approx(b.p_any, rel=1e-9)


def test_two_sweeps_of_one_doubtful_detector_leave_more_than_two_detectors() -> None:
    base = replace(lane_site(), detectors=(Detector("team", (59.0,), (1.0,)), Detector("other", (59.0,), (1.0,))))
    whole = np.ones(base.area_m2.shape)

    def left(*names: str) -> float:
        site = replace(base, searches=tuple(Search(n, n, whole) for n in names))
        return posterior(site, 1, Settings(samples=2000, draws=128)).ask(whole).model_expected_items

    assert left("team", "team") > 1.5 * left("team", "other")


def test_same_seed_same_numbers_and_another_seed_others() -> None:
    a, b, c = (posterior(lane_site(), seed, FEW).samples.log_rate for seed in (5, 5, 6))
    assert a.tobytes() == b.tobytes()
    assert a.tobytes() != c.tobytes()


def test_account_walks_from_evidence_to_what_is_left() -> None:
    site = lane_site()
    result = posterior(site, 1, FEW)
    region = site.searches[0].coverage
    lines = account(result, region)
    assert [line.kind for line in lines] == ["prior", "learned", "sweep", "left", "floor"]
    assert lines[0].expected_items == pytest.approx(0.6 * result.prior_density * region.sum() * 25.0)
    assert lines[2].found == pytest.approx(float(site.finds.weight.sum()))
    assert lines[2].expected_items == pytest.approx(lines[1].expected_items * np.exp(lines[2].log_survival))
    assert lines[3].expected_items == pytest.approx(lines[2].expected_items, rel=1e-9)


def test_large_path_agrees_with_the_exact_one() -> None:
    rng = np.random.default_rng(7)
    base = flat_site(1.0, 64, 5.0, 0.9, SitePrior(60.0, 0.7, 1.5, 20.0, 150.0))
    y, x = np.mgrid[:64, :64]
    items = rng.poisson(0.02 + 0.4 * np.exp(-((x - 20) ** 2 + (y - 30) ** 2) / 60))
    coverage = np.zeros((64, 64))
    coverage[:, :48] = 1
    found = rng.binomial(items, coverage * 0.9)
    row, col = np.nonzero(found)
    zero = np.zeros(len(row), np.int64)
    site = replace(base, searches=(Search("first", "team", coverage),),
                   finds=Finds(row, col, zero, zero, found[row, col].astype(float)))
    exact, large = posterior(site, 1, Settings(samples=800)), posterior(site, 1, Settings(samples=400, widest=2.2))
    assert not exact.fits
    assert large.fits
    a, b = exact.ask(coverage), large.ask(coverage)
    assert b.model_expected_items == pytest.approx(a.model_expected_items, rel=0.15)
    c, d = exact.ask(1 - coverage), large.ask(1 - coverage)
    assert max(c.model_interval[0], d.model_interval[0]) < min(c.model_interval[1], d.model_interval[1])
    later = replace(site, searches=(*site.searches, Search("second", "team", coverage)))
    renewed, anew = update(large, later), posterior(later, 1, Settings(samples=400, widest=2.2))
    assert renewed.ask(coverage).model_expected_items == pytest.approx(anew.ask(coverage).model_expected_items, rel=0.2)
    assert renewed.ask(coverage).model_expected_items < b.model_expected_items


def test_an_update_that_takes_evidence_back_is_refused() -> None:
    site = lane_site()
    result = posterior(site, 1, FEW)
    first = site.searches[0]
    changed = (replace(site, searches=(), finds=Finds.none()), replace(site, present=(0.9,)),
               replace(site, searches=(replace(first, coverage=np.ones(first.coverage.shape)),)))
    for other in changed:
        with pytest.raises(RequestError, match="SG-HAZARD-005"):
            update(result, other)


def test_ground_that_nothing_searched_keeps_the_polygons_evidence_exactly() -> None:
    site = replace(flat_site(0.4, 20, 5.0), searches=())
    result = posterior(site, 1, FEW)
    answer = result.ask(np.ones((20, 20)))
    assert answer.expected_items == pytest.approx(0.4 * result.prior_density * 1e4, rel=1e-9)
    assert answer.p_any <= 0.4
    assert answer.searched_m2 == 0


BAD = [
    ("negative coverage", lambda s: Search("x", "team", -s.searches[0].coverage), "SG-SITE-001"),
    ("coverage above one", lambda s: Search("x", "team", 2 * s.searches[0].coverage), "SG-SITE-001"),
    ("coverage not a number", lambda s: Search("x", "team", s.searches[0].coverage * np.nan), "SG-SITE-001"),
    ("unknown detector", lambda s: Search("x", "nobody", s.searches[0].coverage), "SG-SITE-001"),
    ("another shape", lambda s: Search("x", "team", np.ones((2, 2))), "SG-SITE-002"),
]


@pytest.mark.parametrize(("what", "make", "code"), BAD, ids=[b[0] for b in BAD])
def test_a_faulty_search_is_refused(what: str, make: Any, code: str) -> None:
    site = lane_site()
    with pytest.raises(RequestError, match=code):
        replace(site, searches=(make(site),), finds=Finds.none())


def test_a_find_where_nobody_searched_and_a_detection_outside_its_range_are_refused() -> None:
    site = lane_site()
    one = np.ones(1, np.int64)
    with pytest.raises(RequestError, match="SG-SITE-003"):
        replace(site, finds=Finds(one * 3, one * 23, one * 0, one * 0, np.ones(1)))
    with pytest.raises(RequestError, match="SG-SITE-001"):
        Detector("team", (1.0,), (1.0,), highest=1.2)
    with pytest.raises(RequestError, match="SG-SITE-001"):
        replace(site, present=(1.4,))
    with pytest.raises(RequestError, match="SG-HAZARD-003"):
        posterior(site, 1, FEW).ask(np.zeros(site.area_m2.shape))
