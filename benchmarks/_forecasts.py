"""One campaign forecast by Safeground, by a plug-in without doubt about rates, and by the two baselines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from benchmarks._campaigns import DAYS, DEMINERS, FIELD_METHODS, HOURS, METHODS, PLANNED, Campaign

from safeground.forecast.baselines import last_four_weeks, pinball_loss, straight_line
from safeground.forecast.casualties import CasualtyLaw, Exposure, forecast_casualties
from safeground.forecast.downtime import DowntimePrior, learn_downtime
from safeground.forecast.draw import GrowthPrior, Outlook, simulate
from safeground.forecast.execute import Execution
from safeground.forecast.lines import draw_lines
from safeground.forecast.rates import LearnedRates, RatePrior, learn_rates
from safeground.forecast.streams import ItemsOutlook
from safeground.foundation.seeds import stream

LEVELS = (0.1, 0.2, 0.5, 0.8, 0.9)
TARGETS = ("next_m2", "end_m2", "completion_day")
MOST_WEEKS = 104.0
PLUG_IN_DRAWS = 200


def outlook_of(campaign: Campaign, draws: int, seed: int, prior: RatePrior | None = None) -> Outlook:
    """Return what a forecaster knows on the day of the forecast."""
    rng = stream(seed, "forecast", "rates")
    rates = learn_rates(campaign.returns, PLANNED, [t.id for t in campaign.problem.teams], prior or RatePrior(), draws,
                        rng)
    downtime = learn_downtime(campaign.returns, METHODS, {"": DowntimePrior()})
    return Outlook(problem=campaign.problem, lines=draw_lines(campaign.problem, campaign.plan, campaign.states),
                   rates=rates, downtime=downtime, growth=GrowthPrior(), terrain=campaign.terrain,
                   known_m2=campaign.known_m2, today=campaign.today, may_start_early=True, horizon=1000)


def plug_in(outlook: Outlook) -> Outlook:
    """Return the same outlook with rates at their posterior means, no noise, no growth: the naive simulation."""
    r = outlook.rates

    def flat(a: np.ndarray) -> np.ndarray:
        few = (min(PLUG_IN_DRAWS, len(a)), *a.shape[1:])
        return np.broadcast_to(a.mean(axis=0), few).copy()

    rates = LearnedRates(r.planned, r.cells, r.teams, flat(r.programme), flat(r.cell), flat(r.team),
                         flat(r.cell_log_sd), flat(r.team_log_sd), 0 * flat(r.week_log_sd))
    return replace(outlook, rates=rates, growth=GrowthPrior(task_log_sd=0.0, common_log_sd=0.0))


def drawn_targets(campaign: Campaign, execution: Execution) -> dict[str, np.ndarray]:
    """Return the draws of each target."""
    work = sum(execution.worked_m2[m] for m in FIELD_METHODS if m in execution.worked_m2)
    done = campaign.field_m2[: campaign.today].sum()
    return {"next_m2": work[:, 4], "end_m2": done + work[:, (DAYS - campaign.today) // 7],
            "completion_day": execution.completion_day().astype(float)}


def baseline_targets(campaign: Campaign, which: str) -> dict[str, np.ndarray]:
    """Return a baseline's quantiles of each target, (levels,)."""
    trend = last_four_weeks if which == "last_4_weeks" else straight_line
    today, stages = campaign.today, {t.id: t for t in campaign.problem.tasks}
    weekly = campaign.field_m2[:today].reshape(-1, 7).sum(axis=1)
    value = campaign.earned_days[:today].reshape(-1, 7).sum(axis=1)
    planned = sum(stages[a.task_id].area_m2 for a in campaign.plan.assignments if a.method in FIELD_METHODS)
    budget = sum(stages[a.task_id].stages[a.stage].team_days for a in campaign.plan.assignments)
    left, done = max(planned - weekly.sum(), 0.0), weekly.sum()
    work, series = (left, weekly) if which == "last_4_weeks" else (max(budget - value.sum(), 0.0), value)
    weeks = trend(series).weeks_until(work, LEVELS, MOST_WEEKS)
    return {"next_m2": trend(weekly).total(4, LEVELS, left),
            "end_m2": done + trend(weekly).total((DAYS - today) / 7, LEVELS, left),
            "completion_day": today + 7 * weeks}


def casualty_row(campaign: Campaign, execution: Execution, seed: int) -> dict[str, float]:
    """Return the casualty interval, whether it covers, and the randomised rank of the truth."""
    draws, record = len(execution.task_end), campaign.record
    law = CasualtyLaw(
        items=Exposure(prior_rate=0.5 / 2000, events=int(record["item_events"]), exposure=record["items"]),
        deminer_hours=Exposure(prior_rate=1e-6, events=int(record["hour_events"]), exposure=record["hours"]))
    expected = ItemsOutlook(expected={t.id: t.expected_items for t in campaign.problem.tasks})
    items = expected.draw_items(execution.task_ids, draws, stream(seed, "forecast", "items"))
    inside = (execution.task_end > campaign.today) & (execution.task_end <= DAYS)
    span = np.maximum(execution.end - np.maximum(execution.start, campaign.today), 1)
    share = np.clip((DAYS - np.maximum(execution.start, campaign.today)) / span, 0, 1)
    days = (execution.stage_team_days * share).sum(axis=1)
    out = forecast_casualties(law, {"items": (items * inside).sum(axis=1).astype(float),
                                    "deminer_hours": days * DEMINERS * HOURS}, draws,
                              stream(seed, "forecast", "casualties"))
    truth = campaign.truth["casualties"]
    below, at = float((out.counts < truth).mean()), float((out.counts == truth).mean())
    rank = below + at * float(stream(seed, "forecast", "rank").random())
    low, high = out.total.interval
    return {"truth": truth, "mean": out.total.mean, "p_zero": out.total.p_zero, "low": float(low), "high": float(high),
            "covered": float(low <= truth <= high), "rank": rank}


def forecast_row(campaign: Campaign, draws: int, seed: int, prior: RatePrior | None = None) -> dict[str, Any]:
    """Return truth, quantiles, coverage and losses of one campaign; losses of area as shares of the planned area."""
    outlook = outlook_of(campaign, draws, seed, prior)
    execution = simulate(outlook, seed)
    mine = drawn_targets(campaign, execution)
    naive = drawn_targets(campaign, simulate(plug_in(outlook), seed))
    area = {t.id: t.area_m2 for t in campaign.problem.tasks}
    unit = sum(area[a.task_id] for a in campaign.plan.assignments if a.method in FIELD_METHODS)
    row: dict[str, Any] = {"targets": {}, "casualties": casualty_row(campaign, execution, seed)}
    rivals = {name: baseline_targets(campaign, name) for name in ("last_4_weeks", "earned_value")}
    for target in TARGETS:
        truth = campaign.truth[target]
        stated = {"forecast": np.quantile(mine[target], LEVELS), "plug_in": np.quantile(naive[target], LEVELS)}
        stated |= {name: quantiles[target] for name, quantiles in rivals.items()}
        scale = 1.0 if target == "completion_day" else unit
        rank = float(((mine[target] < truth).mean() + (mine[target] <= truth).mean()) / 2)
        row["targets"][target] = {"truth": truth, "rank": rank, "by": {
            name: {"quantiles": [float(v) for v in q], "loss": float(pinball_loss(LEVELS, q, truth)) / scale,
                   "covered": bool(q[0] - 1e-6 <= truth <= q[-1] + 1e-6)} for name, q in stated.items()}}
    return row
