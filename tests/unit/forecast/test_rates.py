"""Learned rates and lost days against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from safeground.forecast.downtime import NO_DOWNTIME, DowntimePrior, draw_up, learn_downtime
from safeground.forecast.rates import RatePrior, WeeklyReturn, learn_rates, pool
from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stream

PLANNED = {("manual", "open"): 300.0, ("manual", "bush"): 200.0}
TEAMS = ("manual-1", "manual-2")


def week(number: int, m2: float, *, team: str = "manual-1", terrain: str = "open", days: float = 5,
         **more: object) -> WeeklyReturn:
    return WeeklyReturn(method="manual", terrain=terrain, team_id=team, week=number, m2=m2, team_days=days, **more)


def test_one_effect_is_shrunk_by_the_formula_of_two_normals() -> None:
    y = np.array([0.3, 0.5, 0.1])
    mean, cov = pool(np.ones((3, 1)), y, np.array([0.09]), np.array([[0.25]]))
    keep = 3 * 0.25 / (3 * 0.25 + 0.09)
    assert mean[0, 0] == pytest.approx(keep * 0.3)
    assert cov[0, 0, 0] == pytest.approx(1 / (1 / 0.25 + 3 / 0.09))


def test_many_effects_agree_with_the_normal_equations() -> None:
    rng = stream(1, "forecast", "test")
    x, y = rng.standard_normal((12, 4)), rng.standard_normal(12)
    mean, cov = pool(x, y, np.array([0.5, 2.0]), np.array([[1.0, 0.2, 3.0, 0.7]] * 2))
    for k, noise in enumerate((0.5, 2.0)):
        joint = x @ np.diag([1.0, 0.2, 3.0, 0.7]) @ x.T + noise * np.eye(12)
        gain = np.diag([1.0, 0.2, 3.0, 0.7]) @ x.T @ np.linalg.inv(joint)
        assert np.allclose(mean[k], gain @ y)
        assert np.allclose(cov[k], np.diag([1.0, 0.2, 3.0, 0.7]) - gain @ x @ np.diag([1.0, 0.2, 3.0, 0.7]))


def test_no_returns_give_the_prior() -> None:
    rates = learn_rates([], PLANNED, TEAMS, RatePrior(weight=50.0), 8000, stream(1, "forecast"))
    mean, sd = rates.log_rate(("manual", "open"))
    assert mean == pytest.approx(math.log(300), abs=0.03)
    assert sd == pytest.approx(math.hypot(0.5, 0.3), rel=0.04)
    _, with_team = rates.log_rate(("manual", "open"), "manual-2")
    assert with_team == pytest.approx(math.sqrt(0.25 + 0.09 + 0.35**2 / 2), rel=0.04)
    ahead = np.log(rates.predict_weeks(("manual", "open"), "manual-1", 4, stream(2, "forecast")))
    assert ahead.std(axis=0) == pytest.approx(np.full(4, math.sqrt(0.25 + 0.09 + 0.35**2)), rel=0.05)


def test_returns_move_the_rate_they_speak_of_most_and_its_neighbours_some() -> None:
    returns = [week(w, 5 * 600.0) for w in range(8)]
    rates = learn_rates(returns, PLANNED, TEAMS, RatePrior(), 4000, stream(1, "forecast"))
    seen, sd = rates.log_rate(("manual", "open"), "manual-1")
    other, other_sd = rates.log_rate(("manual", "bush"), "manual-2")
    assert seen == pytest.approx(math.log(600), abs=0.08)
    assert sd < 0.2
    assert math.log(200) + 0.25 < other < math.log(400)
    assert other_sd > 2 * sd


def test_common_weeks_leave_a_common_factor_in_the_predictions() -> None:
    rates = learn_rates([week(0, 1500.0)], PLANNED, TEAMS, RatePrior(), 4000, stream(1, "forecast"))
    one, two = (rates.log_ratio(("manual", t), i) for t, i in (("open", "manual-1"), ("bush", "manual-2")))
    assert np.corrcoef(one, two)[0, 1] > 0.1


def test_a_wandering_programme_is_followed_and_widens_what_comes() -> None:
    returns = [week(w, 1500.0 * math.exp(0.1 * w)) for w in range(10)]
    still = learn_rates(returns, PLANNED, TEAMS, RatePrior(), 2000, stream(1, "forecast"))
    walk = learn_rates(returns, PLANNED, TEAMS, RatePrior(drift_log_sd=0.1), 2000, stream(1, "forecast"))
    cell = ("manual", "open")
    assert walk.log_rate(cell)[0] > still.log_rate(cell)[0] + 0.15
    wide = np.log(walk.predict_weeks(cell, "manual-1", 12, stream(2, "forecast"))).std(axis=0)
    assert wide[-1] > wide[0] + 0.05


def test_the_last_day_of_a_stage_counts_half() -> None:
    assert week(0, 900.0, days=3, ended=1).log_rate() == pytest.approx(math.log(360))


@pytest.mark.parametrize("more", [
    {"m2": -1.0}, {"m2": math.nan}, {"m2": 5.0, "days": 0}, {"m2": 5.0, "days": -2}, {"m2": 5.0, "lost_days": -1},
    {"m2": 5.0, "lost_days": 1, "lost_runs": 2}, {"m2": 5.0, "lost_days": 2, "lost_runs": 0}, {"m2": 5.0, "ended": 6}])
def test_a_return_that_no_week_can_have_is_refused(more: dict[str, float]) -> None:
    with pytest.raises(RequestError) as caught:
        week(0, **more)
    assert caught.value.code == "SG-FORECAST-001"


@pytest.mark.parametrize(("item", "code"), [(week(0, 5.0, team="dog-1"), "SG-FORECAST-002"),
                                            (week(0, 5.0, terrain="marsh"), "SG-FORECAST-005")])
def test_a_return_from_outside_the_plan_is_refused(item: WeeklyReturn, code: str) -> None:
    with pytest.raises(RequestError) as caught:
        learn_rates([item], PLANNED, TEAMS, RatePrior(), 10, stream(1, "forecast"))
    assert caught.value.code == code


def test_lost_days_and_stand_downs_update_two_betas() -> None:
    prior = DowntimePrior(lost_share=0.1, run_days=2.0, weight_days=40)
    assert prior.beta() == pytest.approx((2, 34, 2, 2))
    returns = [week(w, 1500.0, lost_days=3, lost_runs=1) for w in range(2)]
    assert learn_downtime(returns, ["manual"], {"": prior}).beta["manual"] == pytest.approx((4, 42, 4, 6))
    nothing = [week(0, 0.0, days=4)]
    assert learn_downtime(nothing, ["manual"], {"": prior}).beta["manual"] == pytest.approx((4, 34, 4, 4))


def test_days_are_lost_in_runs_of_the_learned_length() -> None:
    up = draw_up(np.full(4000, 0.05), np.full(4000, 0.25), 1, 200, stream(1, "forecast"))[:, 0]
    assert 1 - up.mean() == pytest.approx(0.05 / 0.30, abs=0.01)
    starts = up[:, :-1] & ~up[:, 1:]
    assert (~up[:, 1:]).sum() / starts.sum() == pytest.approx(4, rel=0.05)


def test_without_downtime_no_day_is_lost() -> None:
    learned = learn_downtime([], ["manual"], {"": NO_DOWNTIME})
    assert draw_up(*learned.draw_chain("manual", 50, stream(1, "forecast")), 3, 100, stream(2, "forecast")).all()
