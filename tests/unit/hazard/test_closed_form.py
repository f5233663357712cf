"""The engine and the formulas agree with closed forms: gamma–Poisson, flat prior, hurdle, hypergeometric."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import hypergeom, nbinom

from safeground.hazard import closed_form
from safeground.hazard.gaussian import Setup, hurdle, responsibility
from safeground.hazard.posterior import assemble
from support.sites import flat_site, one_node_posterior


@given(shape=st.floats(0.5, 8), rate=st.floats(10, 1000), ground=st.floats(100, 5000), share=st.floats(0, 1),
       found=st.integers(0, 30))
def test_left_after_gamma_prior_is_the_integral_over_density(shape: float, rate: float, ground: float, share: float,
                                                            found: int) -> None:
    exposure = share * ground
    expected, p_any = closed_form.gamma_poisson_left(shape, rate, ground, exposure, found)
    a, b = shape + found, rate + exposure
    density = lambda x: math.exp((a - 1) * math.log(x) + a * math.log(b) - b * x - math.lgamma(a))  # noqa: E731
    top = (a + 12 * math.sqrt(a) + 12) / b
    mean = quad(lambda x: density(x) * x * (ground - exposure), 0, top, limit=200, points=[a / b])[0]
    none = quad(lambda x: density(x) * math.exp(-x * (ground - exposure)), 0, top, limit=200, points=[a / b])[0]
    assert expected == pytest.approx(mean, rel=1e-6, abs=1e-9)
    assert p_any == pytest.approx(1 - none, abs=1e-6)


@pytest.mark.parametrize(("found", "clearance"), [(0, 0.5), (3, 0.8), (12, 0.96)])
def test_flat_prior_is_the_negative_binomial(found: int, clearance: float) -> None:
    counts = np.arange(60.0)
    assert closed_form.flat_prior_left(found, clearance, counts) == pytest.approx(
        nbinom.pmf(counts, found + 1, clearance), abs=1e-12)
    passage = sum(p * (1 - 0.7**r) for r, p in enumerate(closed_form.flat_prior_left(found, clearance, counts)))
    assert closed_form.first_passage_threat(found, clearance, 0.3) == pytest.approx(passage, abs=1e-6)


HALF = one_node_posterior(0.5)


@given(present=st.floats(0.01, 0.99), detectable=st.floats(0, 20))
def test_engine_hurdle_is_the_closed_form(present: float, detectable: float) -> None:
    data = HALF.data
    setup = Setup(0.0, 1.0, np.array([present]), np.array([False]))
    held = responsibility(setup, data, np.array([[detectable]]))[0, 0]
    assert held == pytest.approx(closed_form.still_contaminated(present, detectable), abs=1e-12)
    assert math.exp(hurdle(setup, data, np.array([[detectable]]))[0, 0]) == pytest.approx(
        1 - present + present * math.exp(-detectable), abs=1e-12)
    sensitivity = 1 - math.exp(-detectable)
    assert 1 - held == pytest.approx(closed_form.freedom(present, sensitivity), abs=1e-9)


def test_worked_example_of_all_reasonable_effort() -> None:
    assert closed_form.still_contaminated(0.1, 4.75) == pytest.approx(9.6e-4, rel=0.01)
    assert closed_form.hurdle_left(0.1, 4.75, 0.25) == pytest.approx(2.1e-4, rel=0.02)


@pytest.mark.parametrize(("shape", "rate", "share", "found"), [(2.0, 400.0, 0.6, 3), (0.7, 90.0, 0.9, 0)])
def test_engine_summation_reproduces_gamma_poisson(shape: float, rate: float, share: float, found: int) -> None:
    """Weighted samples of a gamma density in the engine's own containers give the closed form to 1e-6."""
    posterior = one_node_posterior(1.0, gamma=(shape + found, rate + share * 2500.0), detection=share)
    expected, p_any = closed_form.gamma_poisson_left(shape, rate, 2500.0, share * 2500.0, found)
    answer = posterior.ask(np.ones((1, 1)))
    assert answer.model_expected_items == pytest.approx(expected, rel=1e-6)
    assert answer.model_p_any == pytest.approx(p_any, abs=1e-6)
    means = posterior.counts(np.ones((1, 1)))
    exact = nbinom.cdf(2, shape + found, (rate + share * 2500.0) / (rate + 2500.0))
    assert posterior.at_most(means, 2) == pytest.approx(exact, abs=1e-6)


def test_sample_sizes_of_visual_sample_plan() -> None:
    assert closed_form.accept_on_zero(1000, 0.99, 0.95) == 258
    assert hypergeom.pmf(0, 1000, 10, 258) <= 0.05 < hypergeom.pmf(0, 1000, 10, 257)
    assert closed_form.transect_share(10, 0.95) == pytest.approx(1 - 0.05**0.1)
    assert closed_form.transect_share(10, 0.95, 0.8) == pytest.approx((1 - 0.05**0.1) / 0.8)
    assert [closed_form.zero_failure_trials(p, 0.95) for p in (0.90, 0.95, 0.99, 0.996)] == [29, 59, 299, 748]


@given(st.lists(st.floats(0.01, 5), min_size=2, max_size=12), st.floats(0.1, 20))
def test_best_effort_spends_all_and_beats_an_even_split(present: list[float], total: float) -> None:
    items, area = np.array(present), np.ones(len(present))
    effort = closed_form.best_effort(items, area, total)
    assert effort.sum() == pytest.approx(total)
    found = (items * closed_form.random_search(effort)).sum()
    assert found >= (items * closed_form.random_search(np.full(len(items), total / len(items)))).sum() - 1e-9


def test_samples_keep_presence_of_flat_site() -> None:
    posterior = one_node_posterior(0.3)
    again = assemble(flat_site(0.3), posterior.draws, posterior.data, posterior.setup, posterior.samples,
                     posterior.points, 1)
    assert (again.holds == posterior.holds).all()
