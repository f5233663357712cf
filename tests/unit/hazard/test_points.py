"""The hyper-parameter points and the Gaussian at each: pairs of modes, cells, Newton steps, what may be left out."""

from __future__ import annotations

import numpy as np
import pytest

from safeground.hazard import gaussian, hyper
from safeground.hazard.field import cosines
from safeground.hazard.fit import Settings, block_for, posterior, setup_of
from safeground.hazard.nodes import NodeData, compile_nodes
from safeground.hazard.nuisance import draw
from safeground.hazard.products import order_of, pairs_for, slowest
from safeground.records.site import SitePrior
from safeground.simulation.law import REGIMES, assumed_world
from support.sites import flat_site, lane_site

PRIOR = SitePrior(30.0, 0.6, 1.5, 30.0, 200.0)
LIMIT = (20, 400)


@pytest.fixture(scope="module")
def rich() -> tuple[NodeData, gaussian.Setup]:
    """A world with some hundred finds."""
    site, _ = assumed_world(next(r for r in REGIMES if r.name == "dense"), 5, 0)
    return compile_nodes(site, draw(site, 16, 1), block_for(site, 4096, 1 / 6), 40.0), setup_of(site)


def test_pairs_give_the_matrix_of_a_weight_and_the_variance_of_a_covariance() -> None:
    shape, count = (11, 16), 30
    rows, cols = (index[:count] for index in slowest(shape))
    modes = np.einsum("yk,xk->yxk", cosines(11, 11)[:, rows], cosines(16, 16)[:, cols]).reshape(-1, count)
    rng = np.random.default_rng(1)
    weight, root = rng.random(shape), rng.random((count, count))
    pairs = pairs_for(shape, count)
    assert pairs.matrix(weight, count) == pytest.approx(modes.T @ (weight.ravel()[:, None] * modes), abs=1e-12)
    covariance = root @ root.T
    exact = np.einsum("nk,kl,nl->n", modes, covariance, modes)
    assert pairs.variance(np.tril(covariance)).ravel() == pytest.approx(exact, rel=1e-10)


def test_modes_are_ordered_by_wave_number_and_end_before_the_first_that_is_missing() -> None:
    order = order_of((40, 20), (12, 6))
    rows, cols = np.divmod(order, 6)
    wave = (rows / 40) ** 2 + (cols / 20) ** 2
    assert (np.diff(wave) >= 0).all()
    assert wave.max() < 0.3**2
    every = (np.arange(40)[:, None] / 40) ** 2 + (np.arange(20) / 20) ** 2
    assert len(order) == (every <= wave.max()).sum()


@pytest.mark.parametrize("step", [(0.5, 0.35), (0.2, 0.2)])
def test_cells_hold_the_priors_mass_and_their_own_points(step: tuple[float, float]) -> None:
    grid = hyper.Grid(PRIOR, 200.0, step)
    cells = [(i, j) for i in range(40) for j in range(30)]
    mass = sum(np.exp(grid.point(cell)[2]) for cell in cells)
    assert mass == pytest.approx(np.exp(-hyper.TAIL * 30 / 200), rel=0.02)
    assert all(grid.cell(*grid.point(cell)[:2]) == cell for cell in cells)


@pytest.mark.parametrize("start", [(0, 0), (14, 1), (7, 9)])
def test_the_search_climbs_to_the_top_and_finds_every_cell_near_it(start: tuple[int, int]) -> None:
    asked: list[tuple[int, int]] = []

    def value(cell: tuple[int, int]) -> float:
        asked.append(cell)
        x, y = cell[0] - 7.3, cell[1] - 3.8
        return -0.5 * (x**2 + y**2 + 0.8 * x * y)

    found = hyper.explore(value, start, 6.0)
    every = {(i, j): value((i, j)) for i in range(20) for j in range(20)}
    best = max(every.values())
    assert {c for c, v in found.items() if v > best - 6} == {c for c, v in every.items() if v > best - 6}
    calls = asked[: len(asked) - len(every)]
    assert len(calls) == len(set(calls)) == len(found)
    assert len(found) < 0.45 * len(every)


def test_fast_modes_taken_alone_move_neither_the_mean_nor_the_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    site = lane_site()
    data, setup = compile_nodes(site, draw(site, 16, 1), 1, 40.0), setup_of(site)
    point = (40.0, 0.7, 0.0)
    monkeypatch.setattr(gaussian, "NEAR", 1e-6)
    monkeypatch.setattr(gaussian, "STEPS", 60)
    mine = gaussian.fit(data, setup, point, LIMIT)
    monkeypatch.setattr(gaussian, "LOSS", 0.0)
    whole = gaussian.fit(data, setup, point, LIMIT)
    assert len(mine.precision.together) < 0.7 * len(whole.precision.together)
    assert mine.evidence <= whole.evidence + 1e-6
    assert mine.evidence == pytest.approx(whole.evidence, abs=0.1)
    assert np.abs((mine.mean - whole.mean) * mine.scale).max() < 0.02 * np.abs(whole.mean * whole.scale).max()


def test_a_fit_begun_from_a_neighbour_ends_where_one_begun_from_the_prior_does(
        rich: tuple[NodeData, gaussian.Setup]) -> None:
    data, setup = rich
    near = gaussian.fit(data, setup, (90.0, 1.0, 0.0), LIMIT)
    warm = gaussian.fit(data, setup, (60.0, 1.4, 0.0), LIMIT, near)
    cold = gaussian.fit(data, setup, (60.0, 1.4, 0.0), LIMIT)
    assert warm.evidence == pytest.approx(cold.evidence, abs=0.5)


def test_points_reach_all_round_the_posteriors_mass_and_samples_stay_effective() -> None:
    """A world rich in finds: cells are halved until several share the mass, none at the rim holds much of it."""
    site, _ = assumed_world(next(r for r in REGIMES if r.name == "dense"), 5, 0)
    result = posterior(site, 1, Settings(samples=1000))
    for axis in (0, 1):
        places = np.unique(result.points[:, axis])
        share = np.array([result.points[result.points[:, axis] == p, 2].sum() for p in places])
        assert len(places) >= 4
        assert share.max() < 0.6
        assert axis == 0 or share[[0, -1]].max() < 0.05
    assert result.samples.effective > 0.15 * len(result.samples.weight)


def test_the_points_of_a_site_that_hardly_learns_of_its_field_reach_its_priors_ends() -> None:
    points = posterior(flat_site(1.0, 20, 5.0, 0.2), 1, Settings(samples=300, draws=8)).points
    assert points[:, 1].min() < 0.2
    assert points[:, 1].max() > 1.0
    assert points[:, 2].sum() == pytest.approx(1.0)
