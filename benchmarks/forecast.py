"""Forecasts of simulated campaigns with hidden truth: do the intervals cover, and are two baselines beaten?

    python -m benchmarks.forecast --json [--campaigns 200] [--seed 1] [--kind assumed|drift|storms] [--drift 0.069]

In week 8 of 24 the forecaster sees the returns so far.  Bars: the interval from P10 to P90 covers 75 to 85 %, pinball
loss is at least 15 % below both baselines, casualty intervals of 90 % cover.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

import numpy as np
from benchmarks._campaigns import KINDS, make_campaign
from benchmarks._forecasts import LEVELS, TARGETS, forecast_row

from safeground.forecast.rates import RatePrior

FORECASTERS = ("forecast", "plug_in", "last_4_weeks", "earned_value")


def summarise(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return coverage with standard errors, losses against the baselines, and whether the bars are met."""
    out: dict[str, Any] = {"targets": {}}
    n = len(rows)
    for target in TARGETS:
        own = [r["targets"][target] for r in rows]
        losses = {f: np.array([r["by"][f]["loss"] for r in own]) for f in FORECASTERS}
        share = float(np.mean([r["by"]["forecast"]["covered"] for r in own]))
        figures = {"coverage_80": share, "coverage_80_se": float(np.sqrt(max(share * (1 - share), 1e-9) / n)),
                   "rank_mean": float(np.mean([r["rank"] for r in own])),
                   "coverage_80_of": {f: float(np.mean([r["by"][f]["covered"] for r in own])) for f in FORECASTERS},
                   "pinball": {f: float(v.mean()) for f, v in losses.items()}}
        for rival in ("last_4_weeks", "earned_value"):
            ratio = losses["forecast"].mean() / losses[rival].mean()
            spread = (losses["forecast"] - ratio * losses[rival]).std(ddof=1) / np.sqrt(n) / losses[rival].mean()
            figures[f"ratio_to_{rival}"], figures[f"ratio_to_{rival}_se"] = float(ratio), float(spread)
        out["targets"][target] = figures
    hurt = [r["casualties"] for r in rows]
    rank = np.array([h["rank"] for h in hurt])
    out["casualties"] = {
        "coverage_90": float(np.mean([h["covered"] for h in hurt])),
        "coverage_90_randomised": float(np.mean((rank >= 0.05) & (rank <= 0.95))),
        "coverage_90_randomised_se": float(np.sqrt(0.9 * 0.1 / n)),
        "truth_mean": float(np.mean([h["truth"] for h in hurt])),
        "stated_mean": float(np.mean([h["mean"] for h in hurt])),
        "none": float(np.mean([h["truth"] == 0 for h in hurt])),
        "stated_p_zero": float(np.mean([h["p_zero"] for h in hurt]))}
    own_figures = out["targets"].values()
    out["bars"] = {
        "coverage": all(0.75 <= f["coverage_80"] <= 0.85 for f in own_figures),
        "pinball": all(max(f["ratio_to_last_4_weeks"], f["ratio_to_earned_value"]) <= 0.85 for f in own_figures),
        "casualties": bool(out["casualties"]["coverage_90"] >= 0.9
                           and abs(out["casualties"]["coverage_90_randomised"] - 0.9) <= 0.05)}
    return out


def main() -> int:
    """Run the benchmark and print its table or its JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=200)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, default="assumed")
    parser.add_argument("--drift", type=float, default=0.0, help="prior's weekly step of the programme's factor")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    start, rows, prior = time.perf_counter(), [], RatePrior(drift_log_sd=args.drift)
    for number in range(args.campaigns):
        campaign = make_campaign(args.seed, number, kind=args.kind)
        row = forecast_row(campaign, args.draws, args.seed * 100_000 + number, prior)
        rows.append({"campaign": number, **row})
        if number % 20 == 19:
            sys.stderr.write(f"{number + 1} of {args.campaigns} campaigns\n")
    summary = summarise(rows)
    values = {"schema": "safeground/bench-forecast/1", "kind": args.kind, "drift": args.drift, "seed": args.seed,
              "draws": args.draws, "levels": LEVELS, "rows": rows, "summary": summary,
              "seconds": time.perf_counter() - start}
    if args.json:
        print(json.dumps(values))
        return 0
    for target, f in summary["targets"].items():
        print(f"{target:15s} covers {f['coverage_80']:.1%} ± {f['coverage_80_se']:.1%}  rank {f['rank_mean']:.2f}  "
              f"pinball v last 4 weeks {f['ratio_to_last_4_weeks']:.2f} ± {f['ratio_to_last_4_weeks_se']:.2f}, "
              f"v earned value {f['ratio_to_earned_value']:.2f} ± {f['ratio_to_earned_value_se']:.2f}, others cover "
              + ", ".join(f"{n} {v:.0%}" for n, v in f["coverage_80_of"].items() if n != "forecast"))
    print("casualties", {k: round(v, 3) for k, v in summary["casualties"].items()})
    print("bars", summary["bars"], f"{values['seconds']:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
