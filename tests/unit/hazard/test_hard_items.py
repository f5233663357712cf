"""Items that every search tends to miss: the engine against sums by hand, and what their absence would state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta as beta_law

from safeground.foundation.errors import RequestError
from safeground.hazard.account import account
from safeground.hazard.fit import Settings, posterior
from safeground.hazard.maps import cell_maps
from safeground.hazard.nodes import compile_nodes
from safeground.hazard.nuisance import Draws, draw, find_log_likelihood, left_share
from safeground.records.site import Detector, Finds, HardItems, Search, SiteEvidence, SitePrior
from safeground.simulation.misspecified import MISSPECIFIED, broken_world
from support.sites import flat_site, lane_site

HARD = HardItems(((1.0, 9.0),), ((2.0, 2.0),))
MANY = Settings(samples=4000, draws=512)


def swept(found: tuple[int, ...], hard: HardItems | None, own: tuple[float, float] | None = None) -> SiteEvidence:
    """One cell of a hectare with a nearly even density, swept so often, with so many finds of each sweep."""
    prior = SitePrior(40.0, 0.8, 0.01, 30.0, 200.0, hard=hard)
    base = flat_site(1.0, 1, 100.0, prior=prior)
    team = Detector("team", (45.0,), (5.0,), hard=(own,) if own else ())
    zero = np.zeros(len(found), np.int64)
    return replace(base, detectors=(team,), searches=tuple(Search(f"s{k}", "team", np.ones((1, 1)))
                                                           for k in range(len(found))),
                   finds=Finds(zero, zero, zero, np.arange(len(found)), np.array(found, float)))


def by_hand(found: tuple[int, ...], own: tuple[float, float] | None = None) -> tuple[float, float]:
    """E[left] and P(any left) by a sum over level, detection, share and ease: no field, no sampling."""
    def nodes(n: int) -> tuple[np.ndarray, np.ndarray]:
        x, w = np.polynomial.legendre.leggauss(n)
        return (x + 1) / 2, w / 2

    u, w = nodes(24)
    z, wz = np.polynomial.hermite_e.hermegauss(60)
    p, h, e = np.meshgrid(beta_law.ppf(u, 45, 5), beta_law.ppf(u, 1, 9), beta_law.ppf(u, *(own or (2, 2))),
                          indexing="ij")
    weight = w[:, None, None] * w[None, :, None] * w[None, None, :]
    hard_p = np.minimum(e, p) if own else e * p
    log_kinds, reached, reached_hard = np.zeros(p.shape), np.ones(p.shape), np.ones(p.shape)
    for k in range(len(found)):
        log_kinds += found[k] * np.log((1 - h) * p * reached + h * hard_p * reached_hard)
        reached, reached_hard = reached * (1 - p), reached_hard * (1 - hard_p)
    left = (1 - h) * reached + h * reached_hard
    rate = 40.0 * np.exp(0.8 * z)[:, None, None, None]
    log_post = (sum(found) * np.log(rate) + log_kinds - rate * (1 - left) + np.log(weight)
                + np.log(wz)[:, None, None, None])
    mass = np.exp(log_post - log_post.max())
    mass /= mass.sum()
    return float((mass * rate * left).sum()), float(1 - (mass * np.exp(-rate * left)).sum())


@pytest.mark.parametrize("found", [(0,), (20, 2), (30, 2, 0), (14, 6, 5), (0, 0, 0)])
def test_what_is_left_is_the_sum_over_everything_not_known(found: tuple[int, ...]) -> None:
    answer = posterior(swept(found, HARD), 3, MANY).ask(np.ones((1, 1)))
    expected, p_any = by_hand(found)
    assert answer.model_expected_items == pytest.approx(expected, rel=0.05)
    assert answer.model_p_any == pytest.approx(p_any, abs=0.015)


def test_a_detectors_own_lanes_with_hard_targets_replace_the_common_ease() -> None:
    found, own = (30, 2, 0), (2.0 + 18, 2.0 + 2)
    answer = posterior(swept(found, HARD, own), 3, MANY).ask(np.ones((1, 1)))
    assert answer.model_expected_items == pytest.approx(by_hand(found, own)[0], rel=0.05)
    assert answer.model_expected_items < 0.6 * by_hand(found)[0]


def test_later_sweeps_that_still_find_say_that_many_are_hard() -> None:
    """The same team, the same number of finds: late ones mean that what is left is hard to find."""
    early, late = (posterior(swept(f, HARD), 1, MANY) for f in ((30, 1, 0), (24, 4, 3)))
    assert late.ask(np.ones((1, 1))).model_expected_items > 2 * early.ask(np.ones((1, 1))).model_expected_items


def test_find_likelihood_and_what_is_left_are_one_law() -> None:
    """Over all searches and none, the chances of one item sum to one; hard items outlast sweeps as they should."""
    site = swept((1, 1, 1), HARD)
    draws = draw(site, 16, 1)
    total = np.zeros(draws.count)
    for k in range(3):
        one = np.zeros(1, np.int64)
        single = replace(site, finds=Finds(one, one, one, one + k, np.ones(1)))
        total += np.exp(find_log_likelihood(single, replace(draws, log_ratio=np.zeros(draws.count))))
    left = [left_share(site, draws, j, np.ones((3, 1)))[0] for j in range(draws.count)]
    assert total + left == pytest.approx(np.ones(draws.count))
    known = Draws(np.full((1, 1, 1), 0.9), np.ones((1, 1)), np.zeros(1), np.full((1, 1), 0.1), np.full((1, 1, 1), 0.4))
    assert left_share(site, known, 0, np.ones((3, 1)))[0] == pytest.approx(0.9 * 0.1**3 + 0.1 * 0.6**3)
    assert left_share(site, known, 0, np.ones((3, 1)), hard_only=True)[0] == pytest.approx(0.1 * 0.6**3)


def test_teams_that_share_hard_items_leave_more_than_teams_that_do_not() -> None:
    base = replace(lane_site(), detectors=(Detector("team", (90.0,), (10.0,)), Detector("other", (90.0,), (10.0,))))
    whole = np.ones(base.area_m2.shape)
    base = replace(base, searches=tuple(Search(f"{n} {k}", n, whole) for k, n in enumerate(("team", "other", "team"))))
    with_hard = replace(base, prior=replace(base.prior, hard=HARD))
    a, b = (posterior(s, 1, Settings(draws=128)) for s in (base, with_hard))
    assert b.ask(whole).model_expected_items > 5 * a.ask(whole).model_expected_items
    # it flows into maps, searched P(any) and the account, which says how much of the rest is hard
    assert np.nansum(cell_maps(b).expected_items) == pytest.approx(b.ask(whole).expected_items)
    assert b.searched_p_any(whole) > 3 * a.searched_p_any(whole)
    lines = {line.kind: line for line in account(b, whole)}
    assert "hard" not in {line.kind for line in account(a, whole)}
    assert 0.5 * lines["left"].expected_items < lines["hard"].expected_items <= lines["left"].expected_items
    shares = [line.log_survival for line in account(b, whole) if line.kind == "sweep"]
    assert shares[0] < shares[1] < shares[2] < 0  # each further sweep takes a smaller share of what is left


def test_stated_parcels_in_a_world_of_correlated_misses() -> None:
    """Of the parcels stated at most at 1 % few hold something; without hard items in the model many do."""
    world = next(w for w in MISSPECIFIED if w.name == "correlated_misses")
    stated = {"with": np.zeros((0, 2)), "without": np.zeros((0, 2))}
    for replicate in range(8):
        site, truth = broken_world(world, 5, replicate)
        blind = replace(site, prior=replace(site.prior, hard=None))
        for name, evidence in (("with", site), ("without", blind)):
            result = posterior(evidence, replicate, Settings(samples=200))
            for row in range(4):
                for col in range(4):
                    parcel = np.zeros(truth.left.shape)
                    parcel[12 * row : 12 * row + 12, 12 * col : 12 * col + 12] = 1
                    line = [[result.ask(parcel).p_any, truth.left[parcel > 0].sum() > 0]]
                    stated[name] = np.concatenate([stated[name], line])
    held = {name: rows[rows[:, 0] <= 0.01, 1] for name, rows in stated.items()}
    assert held["without"].mean() > 0.02, held
    assert held["with"].mean() < 0.5 * held["without"].mean()
    assert len(held["with"]) > 20


def test_ground_that_nothing_searched_is_exposed_to_nothing_at_all() -> None:
    """Class shares sum to one but for rounding; an exposure below zero would break the large path's square roots."""
    classes = 5
    base = lane_site()
    hard = HardItems(HARD.share * classes, HARD.detection * classes)
    site = replace(base, prior=replace(base.prior, class_weight=(4.0, 1.0, 1.0, 2.0, 3.0), hard=hard),
                   detectors=(Detector("team", (9.0,) * classes, (1.0,) * classes),))
    data = compile_nodes(site, draw(site, 64, 1), 1, 10.0)
    assert (data.patterns.left[:, ~data.patterns.touched] == 1.0).all()
    assert data.exposed.min() == 0.0


@pytest.mark.parametrize("make", [
    lambda: HardItems((), ()), lambda: HardItems(((0.0, 1.0),), ((1.0, 1.0),)),
    lambda: HardItems(((1.0, 1.0),), ((1.0, 1.0), (1.0, 1.0))),
    lambda: replace(SitePrior(), hard=HardItems(HARD.share * 2, HARD.detection * 2)),
    lambda: Detector("team", (1.0,), (1.0,), hard=((0.0, 1.0),)),
    lambda: Detector("team", (1.0,), (1.0,), hard=((1.0, 1.0), None))])
def test_faulty_hard_items_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(RequestError, match="SG-SITE-001"):
        make()
