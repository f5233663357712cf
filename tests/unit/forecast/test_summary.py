"""The forecast as a record: streams, items, deadline, baselines."""

from __future__ import annotations

import json

import numpy as np
import pytest
from benchmarks._campaigns import make_campaign
from benchmarks._forecasts import outlook_of

from safeground.forecast.baselines import last_four_weeks, pinball_loss, straight_line
from safeground.forecast.casualties import CasualtyLaw
from safeground.forecast.downtime import NO_DOWNTIME, learn_downtime
from safeground.forecast.draw import GrowthPrior, Outlook
from safeground.forecast.lines import StageState, draw_lines
from safeground.forecast.rates import LearnedRates
from safeground.forecast.streams import ItemsOutlook, StreamPrior
from safeground.forecast.summary import forecast_plan
from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stream
from support.plans import planned, problem, stage, task, team

PROBLEM = problem((task("A", stage("machine", 2), stage("manual", 3), expected_items=4.0),),
                  (team("machine-1"), team("manual-1")))
PLAN = planned(("A", 0, "machine", "machine-1", 0, 2), ("A", 1, "manual", "manual-1", 2, 5))


def certain(draws: int = 40) -> Outlook:
    """An outlook in which all goes as planned."""
    none = np.zeros(draws)
    rates = LearnedRates({("machine", ""): 50.0, ("manual", ""): 33.0}, (("machine", ""), ("manual", "")),
                         ("machine-1", "manual-1"), none, np.zeros((draws, 2)), np.zeros((draws, 2)), none, none, none)
    return Outlook(problem=PROBLEM, lines=draw_lines(PROBLEM, PLAN), rates=rates,
                   downtime=learn_downtime([], ["machine", "manual"], {"": NO_DOWNTIME}),
                   growth=GrowthPrior(task_log_sd=0.0, common_log_sd=0.0), terrain={}, known_m2={})


def test_without_doubt_the_forecast_is_the_plan() -> None:
    out = forecast_plan(certain(), seed=1, deadline_day=5, streams=StreamPrior(fixed={"A": (0.0, 0.25, 0.75)}))
    assert (out.completion.p10, out.completion.p50, out.completion.p90) == (5, 5, 5)
    assert out.probability_by_deadline == 1.0
    assert forecast_plan(certain(), seed=1, deadline_day=4).probability_by_deadline == 0.0
    assert out.cleared_m2["cleared"].p50 == pytest.approx(75)
    assert out.cleared_m2["reduced"].p90 == pytest.approx(25)
    assert out.cleared_m2["released"].p10 == pytest.approx(100)
    assert {(c.kind, c.name): c.share for c in out.criticality} == {
        ("task", "A"): 1.0, ("method", "machine"): 1.0, ("method", "manual"): 1.0, ("team", "machine-1"): 1.0,
        ("team", "manual-1"): 1.0}
    assert out.casualties_left_out == ("vehicle_km",)


def test_the_record_is_plain_and_the_same_for_the_same_seed() -> None:
    campaign = make_campaign(5, 0)
    outlook = outlook_of(campaign, 300, 7)
    first, again = (forecast_plan(outlook, seed=2, deadline_day=200) for _ in range(2))
    text = json.dumps(first.to_json())
    assert text == json.dumps(again.to_json())
    assert text != json.dumps(forecast_plan(outlook, seed=3, deadline_day=200).to_json())
    done = first.completion
    assert done.p10 is not None
    assert done.p10 < (done.p50 or 0) < (done.p80 or 0) <= (done.p90 or 0)
    assert [q.p50 for q in first.burn_up_m2] == sorted(q.p50 or 0 for q in first.burn_up_m2)
    low, high = first.casualties.interval
    assert low <= first.casualties.mean <= high + 1
    assert not any(c.name == "accident" for c in first.criticality)


@pytest.mark.parametrize(("deadline", "today"), [(-1, 0), (3, 4)])
def test_a_deadline_that_has_passed_is_refused(deadline: int, today: int) -> None:
    outlook = certain()
    object.__setattr__(outlook, "today", today)
    with pytest.raises(RequestError) as caught:
        forecast_plan(outlook, seed=1, deadline_day=deadline)
    assert caught.value.code == "SG-FORECAST-003"


def test_a_terrain_without_planned_rate_is_refused() -> None:
    outlook = certain()
    object.__setattr__(outlook, "terrain", {"A": "marsh"})
    with pytest.raises(RequestError) as caught:
        forecast_plan(outlook, seed=1)
    assert caught.value.code == "SG-FORECAST-005"


def test_a_state_of_work_outside_the_plan_is_refused() -> None:
    with pytest.raises(RequestError):
        draw_lines(PROBLEM, PLAN, [StageState(task_id="B", stage=0, start_day=0)])


def test_streams_follow_the_programmes_counts_and_are_wide_without_them() -> None:
    rng = stream(1, "forecast")
    known = StreamPrior(counts=(700.0, 200.0, 100.0), likeness=1000.0).draw_shares(["A", "B"], 4000, rng)
    assert known.sum(axis=2) == pytest.approx(np.ones((4000, 2)))
    assert known.mean(axis=(0, 1)) == pytest.approx([0.7, 0.2, 0.1], abs=0.01)
    weak = StreamPrior().draw_shares(["A"], 4000, rng)
    assert weak.mean(axis=(0, 1)) == pytest.approx([1 / 3] * 3, abs=0.03)
    assert weak.std() > 5 * known.std(axis=0).max()
    with pytest.raises(RequestError):
        StreamPrior(counts=(-1.0, 0.0, 0.0))
    with pytest.raises(RequestError):
        StreamPrior(fixed={"A": (0.5, 0.2, 0.2)})


def test_items_keep_the_dependence_of_posterior_draws() -> None:
    joint = np.arange(100)
    drawn = ItemsOutlook(draws={"A": joint, "B": 2 * joint}, expected={"C": 5.0}).draw_items(
        ["A", "B", "C", "D"], 20_000, stream(1, "forecast"))
    assert (drawn[:, 1] == 2 * drawn[:, 0]).all()
    assert drawn[:, 2].mean() == pytest.approx(5, rel=0.05)
    assert drawn[:, 2].var() == pytest.approx(5 + 25 / 2, rel=0.1)
    assert not drawn[:, 3].any()


def test_a_law_without_any_exposure_forecasts_no_count_and_says_so() -> None:
    out = forecast_plan(certain(), seed=1, casualties=CasualtyLaw(items=None, deminer_hours=None))
    assert out.casualties_left_out == ("items", "deminer_hours", "vehicle_km")


def test_area_doubts_are_learned_from_finished_tasks() -> None:
    rng = stream(1, "forecast")
    common, spread = GrowthPrior().learn([1.2] * 12, 4000, rng)
    assert 0.1 < common.mean() < np.log(1.2)
    assert np.median(spread) < 0.2
    prior, prior_spread = GrowthPrior().learn([], 40_000, rng)
    assert prior.std() == pytest.approx(0.1, rel=0.05)
    assert np.median(prior_spread) == pytest.approx(0.2, rel=0.05)


def test_baselines_draw_a_line_through_the_last_four_weeks_or_all() -> None:
    output = [0.0, 0.0, 100.0, 100.0, 100.0, 100.0]
    assert last_four_weeks(output).total(3, [0.1, 0.5, 0.9]) == pytest.approx([300, 300, 300])
    assert straight_line(output).mean == pytest.approx(400 / 6)
    assert last_four_weeks(output).weeks_until(250, [0.5], 50)[0] == pytest.approx(2.5, abs=0.05)
    assert last_four_weeks([0.0] * 4).weeks_until(250, [0.5], 50)[0] == 50
    wide = straight_line(output).total(6, [0.1, 0.5, 0.9], most=500)
    assert wide[0] < wide[1] == pytest.approx(400)
    assert wide[2] == 500
    with pytest.raises(RequestError):
        straight_line([-1.0])
    with pytest.raises(RequestError):
        straight_line([])


def test_pinball_loss_by_hand() -> None:
    assert pinball_loss([0.1, 0.9], np.array([2.0, 8.0]), 10.0) == pytest.approx((0.1 * 8 + 0.9 * 2) / 2)
    assert pinball_loss([0.1, 0.9], np.array([[2.0, 8.0]]), np.array([0.0])) == pytest.approx([(0.9 * 2 + 0.1 * 8) / 2])
